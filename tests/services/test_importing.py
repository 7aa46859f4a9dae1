"""Packages in as text: every form is read, nothing wrong gets in, and all that came in comes
out again.
"""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat.errors import Conflict, Invalid, NotFound, PkgcatError
from pkgcat.formats import apiv4
from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.results.output import Screen
from pkgcat.results.records import read_addresses
from pkgcat.services import import_groups, importing
from pkgcat.services.record_reader import IncomingRecord, read_records
from pkgcat.store import Store, categories, edits, grids, groups, packages
from pkgcat.store.log import undo as taking_back
from pkgcat.store.operation import begin_operation
from tests import records
from tests.conftest import DATA, NOW, Run
from tests.records import Record, api_record
from tests.store.checks import (
    add,
    check_whole,
    edit,
    exported,
    get,
    operations,
    slugs,
    take,
    written,
)

REFERENCE = [
    json.loads(line) for line in (DATA / "records.ndjson").read_text(encoding="utf-8").splitlines()
]


def entries(text: str) -> list[Any]:
    return list(read_records(io.StringIO(text, newline="")))


def incoming(text: str) -> list[Record]:
    return [entry.record for entry in entries(text)]


def bring(
    store: Store, *given: Any, overwrite: bool = False, lenient: bool = False
) -> import_groups.ImportState:
    """Import headers and records as one operation, as the command does; return what it would
    tell.
    """
    with begin_operation(store, "import site.jsonl", NOW, kind="import") as operation:
        state = import_groups.ImportState(store)
        for number, entry in enumerate(given, 1):
            if "pkgcat" in entry:
                import_groups.store_header(
                    operation, entry, overwrite=overwrite, lenient=lenient, state=state
                )
            else:
                incoming = IncomingRecord(f"record {number}", entry)
                importing.store_record(operation, incoming, overwrite=overwrite, state=state)
        importing.finish_import(operation, state)
    return state


def import_all(
    store: Store, *given: Record, lenient: bool = False, **more: Any
) -> importing.ImportReport:
    """Import records as one operation; return the report of it."""
    entries = [IncomingRecord(f"record {number}", record) for number, record in enumerate(given, 1)]
    more.setdefault("overwrite", False)
    with begin_operation(store, "import", NOW, kind="import") as operation:
        return importing.import_entries(operation, entries, lenient=lenient, **more)


def take_text(store: Store, text: str, *, overwrite: bool = False) -> list[importing.StoredRecord]:
    """Import a text as one operation."""
    taken = []
    with begin_operation(store, "import", NOW, kind="import") as operation:
        for entry in entries(text):
            if isinstance(entry, dict):
                import_groups.store_header(operation, entry)
            else:
                taken.append(importing.store_record(operation, entry, overwrite=overwrite))
    return taken


def refused(store: Store, text: str) -> PkgcatError:
    """Import a text that must be refused; return the error, once it is sure that nothing was
    stored.
    """
    before = exported(store), operations(store)
    with pytest.raises(PkgcatError) as error:
        take_text(store, text)
    assert (exported(store), operations(store)) == before
    assert "\n" not in str(error.value)
    return error.value


def as_apiv4(store: Store, found: list[Package], *, one: bool) -> str:
    """Show packages with `--format apiv4` into a pipe."""
    out = io.StringIO()
    screen = Screen(False, 80, False, True, NOW)
    texts = apiv4.format_packages(found, read_addresses(store), screen)
    write = apiv4.write_single if one else apiv4.write_page
    write(texts, screen, out)
    return out.getvalue()


def shown(store: Store, name: Any) -> str:
    return as_apiv4(store, [get(store, str(name))], one=True)


# API v4


def test_the_first_record_comes_out_byte_for_byte(store: Store) -> None:
    text = (DATA / "package-1326.json").read_text(encoding="utf-8")
    assert [taken.outcome for taken in take_text(store, text)] == ["added"]
    for name in (
        "django-cities",
        "1326",
        "Django.Cities",
        "https://github.com/coderholic/django-cities",
    ):
        assert shown(store, name) == text


def test_the_37_records_come_out_value_for_value(store: Store) -> None:
    assert len(take_text(store, (DATA / "records.ndjson").read_text(encoding="utf-8"))) == 37
    for record in REFERENCE:
        expected = records.without_query(record)
        assert shown(store, record["id"]) == records.as_api_text(expected)
        assert list(json.loads(shown(store, record["slug"])).items()) == list(expected.items())
    check_whole(store)


@pytest.mark.long
@settings(max_examples=150)
@given(records.api_records())
def test_an_invented_record_comes_out_byte_for_byte(empty: Store, record: Record) -> None:
    with begin_operation(empty, "import", NOW, dry_run=True, kind="import"):
        (entry,) = entries(json.dumps(record))
        importing.store_record(_operation(empty), entry, overwrite=False)
        expected = records.as_api_text(records.without_query(record))
        found = list(packages.read(empty, Query(NOW)))
        assert as_apiv4(empty, found, one=True) == expected


@settings(max_examples=50)
@given(records.api_records(), st.booleans())
def test_an_invented_record_offered_again_is_unchanged(
    empty: Store, record: Record, overwrite: bool
) -> None:
    with begin_operation(empty, "import", NOW, dry_run=True, kind="import"):
        operation = _operation(empty)
        importing.store_record(operation, IncomingRecord("1", record), overwrite=False)
        logged = empty.value("SELECT count(*) FROM changes")
        again = importing.store_record(operation, IncomingRecord("2", record), overwrite=overwrite)
        assert (again.outcome, again.kept) == ("unchanged", ())
        assert empty.value("SELECT count(*) FROM changes") == logged


def _operation(store: Store) -> Any:
    from pkgcat.store.operation import Operation

    return Operation(store, "import", NOW, "import")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An empty catalog; what a test writes to it is rolled back."""
    path = tmp_path_factory.mktemp("empty") / "catalog.db"
    with Store.write(path, explicit=True, create=True) as store:
        yield store


def test_a_page_of_packages_goes_in_and_comes_out(store: Store) -> None:
    page = {"count": 3, "next": None, "previous": None, "results": records.invented(3)}
    take_text(store, json.dumps(page, indent=4))
    found = [get(store, record["slug"]) for record in page["results"]]
    assert as_apiv4(store, found, one=False) == records.as_api_text(page)
    assert json.loads(as_apiv4(store, [], one=False)) == {**page, "count": 0, "results": []}


def test_ids_are_kept_while_they_are_free(store: Store) -> None:
    take(store, api_record(id=1326))
    take(store, {"id": 1326, "slug": "rival", "title": "rival"})
    assert get(store, "django-example").id == 1326
    assert get(store, "rival").id == 1_000_001


def test_the_largest_id_leaves_room_for_the_next_package(store: Store) -> None:
    take(store, api_record(id=2**63 - 1))
    take(store, api_record(id=0, slug="next", repo_url="", pypi_url=""))
    assert get(store, "next").id > 0


def test_a_category_of_another_site_is_made_and_keeps_its_address(store: Store) -> None:
    address = "https://example.org/api/v4/categories/9/"
    take(store, api_record(category=f"{address}?format=api", grids=[]))
    category = get(store, "django-example").category
    assert category not in (None, "apps")
    assert get(store, "django-example").site == "example.org/api/v4"
    assert json.loads(shown(store, "django-example"))["category"] == address


def test_the_four_categories_of_the_site_are_known(store: Store) -> None:
    take(store, api_record())
    assert get(store, "django-example").category == "apps"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_a_time_at_the_calendars_end_can_be_shown_or_is_refused(store: Store, moment: str) -> None:
    try:
        take(store, api_record(created=moment))
    except Invalid:
        return
    shown(store, "django-example")


# Again


def test_an_import_offered_again_changes_nothing_and_leaves_no_trace(store: Store) -> None:
    text = (DATA / "records.ndjson").read_text(encoding="utf-8")
    take_text(store, text)
    before = exported(store), operations(store)
    assert {taken.outcome for taken in take_text(store, text)} == {"unchanged"}
    assert {taken.outcome for taken in take_text(store, text, overwrite=True)} == {"unchanged"}
    assert (exported(store), operations(store)) == before


def test_newer_facts_come_in_and_my_words_stay(store: Store) -> None:
    take(store, api_record())
    edit(store, 1, title="Mine", notes="tried it")
    newer = api_record(title="Theirs", repo_watchers=95, last_fetched="2026-02-16T00:00:00-05:00")
    (taken,) = take(store, newer)
    assert taken == ("changed", "django-example", ("title",))
    found = get(store, "django-example")
    assert (found.title, found.notes, found.repo_watchers) == ("Mine", "tried it", 95)


def test_older_facts_stay_outside_unless_overwritten(store: Store) -> None:
    take(store, api_record())
    older = api_record(repo_watchers=1, last_fetched="2020-01-01T00:00:00-05:00")
    assert take(store, older)[0].outcome == "unchanged"
    assert get(store, "django-example").repo_watchers == 94
    assert take(store, older, overwrite=True)[0].outcome == "changed"
    assert get(store, "django-example").repo_watchers == 1


def test_a_missing_word_comes_in(store: Store) -> None:
    take(store, api_record(documentation_url=None, grids=[]))
    take(store, api_record(documentation_url="https://docs.example.org/", grids=[]))
    assert get(store, "django-example").documentation_url == "https://docs.example.org/"


def test_overwriting_takes_the_files_words(store: Store) -> None:
    take(store, api_record())
    edit(store, 1, title="Mine", notes="tried it")
    take(store, api_record(), overwrite=True)
    assert get(store, "django-example").title == "django-example"
    assert get(store, "django-example").notes == "tried it"


def test_overwriting_with_the_same_address_keeps_the_host_that_was_found(store: Store) -> None:
    record = api_record(repo_url="https://git.example.org/a/b")
    take(store, record | {"repo_host": "forgejo"})
    assert get(store, "django-example").repo_host == "forgejo"
    assert take(store, record, overwrite=True)[0].outcome == "unchanged"
    assert get(store, "django-example").repo_host == "forgejo"


def test_a_pinned_fact_stays_and_the_new_one_waits_behind_it(store: Store) -> None:
    take(store, api_record())
    edit(store, 1, repo_watchers=1000)
    take(store, api_record(repo_watchers=95, last_fetched="2026-02-16T00:00:00-05:00"))
    assert get(store, "django-example").repo_watchers == 1000
    with begin_operation(store, "edit --unpin", NOW, kind="edit") as operation:
        edits.unpin(operation, 1, {"repo_watchers"})
    assert get(store, "django-example").repo_watchers == 95


def test_an_export_with_pins_replaces_those_that_are_here_if_asked(store: Store) -> None:
    take(store, GOOD)
    edit(store, 1, repo_watchers=7)
    record = json.loads(exported(store).splitlines()[-1])
    take(store, record | {"repo_watchers": 5}, overwrite=True)
    found = get(store, GOOD["slug"])
    assert (found.repo_watchers, found.pinned) == (5, ("repo_watchers",))
    assert found.upstream_values == {"repo_watchers": GOOD["repo_watchers"]}


@pytest.mark.parametrize("name", ["upstream_values", "behind_pins"])
def test_what_sources_say_of_pinned_facts_is_read_under_its_former_name_too(
    store: Store, name: str
) -> None:
    pins: Record = {"repo_watchers": 1000, "pinned": ["repo_watchers"], name: {"repo_watchers": 95}}
    take(store, api_record() | pins)
    assert get(store, "django-example").upstream_values == {"repo_watchers": 95}
    with begin_operation(store, "edit --unpin", NOW, kind="edit") as operation:
        edits.unpin(operation, 1, {"repo_watchers"})
    assert get(store, "django-example").repo_watchers == 95


def test_a_field_by_its_name_and_its_former_name_is_refused(store: Store) -> None:
    pins: Record = {"upstream_values": {}, "behind_pins": {}}
    error = refused(store, json.dumps(api_record() | pins))
    assert "upstream_values is named twice" in str(error)


def test_what_a_person_called_a_category_survives_an_import(store: Store) -> None:
    take(store, api_record())
    text = exported(store)
    with begin_operation(store, "category edit", NOW, kind="category") as operation:
        groups.edit(
            operation, "categories", groups.find(store, "categories", "apps"), {"title": "Mine"}
        )
    take_text(store, text)
    assert {group.slug: group.title for group in categories.list_categories(store)}[
        "apps"
    ] == "Mine"


# Forms


def test_records_a_list_a_page_and_lines_are_read_alike() -> None:
    some = records.invented(3)
    assert incoming(json.dumps(some)) == some
    assert incoming(json.dumps(some, indent=2)) == some
    assert incoming(json.dumps({"count": 3, "results": some})) == some
    assert incoming("".join(f"{json.dumps(record)}\n" for record in some)) == some
    assert incoming("\r\n".join(json.dumps(record) for record in some)) == some
    assert incoming("\n\n" + "\n\n".join(json.dumps(record) for record in some)) == some
    assert incoming(json.dumps(some[0], indent=4)) == some[:1]
    assert incoming("[]") == incoming("[\n]") == incoming('{"results": []}') == []


def test_lines_are_read_one_by_one() -> None:
    """A reader that wants the next line before the last is done could not be fed by a pipe."""
    lines = (f"{json.dumps(record)}\n" for record in records.invented(3))

    class Pipe(io.StringIO):
        def readline(self, size: int | None = -1) -> str:
            return next(lines)

        def read(self, size: int | None = -1) -> str:
            raise AssertionError("the whole text was asked for")

    found = read_records(Pipe())
    next(found)
    next(found)
    assert next(lines)


def test_pkgcats_own_export_is_read_in_both_its_forms() -> None:
    header = {"pkgcat": 1, "categories": [{"slug": "apps", "title": "App"}], "grids": []}
    record = {"slug": "a", "title": "A"}
    whole = entries(json.dumps({**header, "packages": [record]}))
    by_line = entries(f"{json.dumps(header)}\n{json.dumps(record)}\n")
    assert whole[0] == by_line[0] == header
    assert whole[1].record == by_line[1].record == record


def test_csv_is_read_by_its_header() -> None:
    text = 'title,slug,repo_watchers,tags,repo_archived\r\n"A, ""b""",a,5,"[""geo""]",true\r\n\'=B,b,,,\r\n'
    assert incoming(text) == [
        {
            "title": 'A, "b"',
            "slug": "a",
            "repo_watchers": 5,
            "tags": ["geo"],
            "repo_archived": True,
        },
        {"title": "=B", "slug": "b", "repo_watchers": None, "tags": None, "repo_archived": None},
    ]


def test_a_key_that_pkgcat_does_not_know_is_named() -> None:
    assert importing.unknown_keys({"slug": "a", "stars": 1, "title": "A"}) == {"stars"}


def test_a_pypi_name_alone_is_as_good_as_its_address(store: Store) -> None:
    take(store, {"slug": "a", "title": "A", "pypi_name": "Django.A"})
    assert get(store, "a").pypi_url == "https://pypi.org/project/Django.A/"
    assert get(store, "a").pypi_name == "django-a"


# Mistakes

GOOD = api_record()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"slug": "a", "title": }', "line 1, column 24"),
        ('{\n  "slug": "a",\n  "title": oops\n}', "line 3, column 12"),
        ('[\n{"slug": "a", "title": "A"},\n{"slug": }\n]', "line 3, column 10"),
        ('{"slug": "a", "title": "A"}\n{"slug": "b" "title"}\n', "line 2, column 14"),
        ('{"slug": "a", "title": "A"}\n\n{"slug"\n', "line 3, column"),
        ('\n\n{"slug": oops}\n', "line 3, column 10"),
        ('\n{"slug": "a", "title": "A"}\n{"slug": oops}\n', "line 3, column 10"),
        ('{"slug": "a"', "line 1, column 13"),
        ('{"slug": "a", "title": "A"} trailing', "line 1, column 29"),
        ('{"slug": "a", "title": "A", "repo_watchers": NaN}', "NaN"),
        ('{"slug": "a", "title": "A", "repo_watchers": -Infinity}', "-Infinity"),
        ('{"slug": "a", "title": "A", "repo_watchers": ' + "9" * 5000 + "}", "line 1"),
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 100_000, "nested too deep"),
    ],
)
def test_broken_json_is_told_with_its_place(store: Store, text: str, place: str) -> None:
    error = refused(store, text)
    assert error.exit_code == 2
    assert "broken JSON" in str(error)
    assert place in str(error)


def test_text_after_a_list_is_no_silence(store: Store) -> None:
    assert refused(store, '[{"slug": "a", "title": "A"}]\ngarbage\n').exit_code == 2
    assert refused(store, '[]\n{"slug": "a", "title": "A"}\n').exit_code == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"slug": None}, "slug may not be empty"),
        ({"slug": ""}, "slug may not be empty"),
        ({"title": None}, "title may not be empty"),
        ({"title": ""}, "title may not be empty"),
        ({"title": "  "}, "title may not be empty"),
        ({"slug": "two words"}, "slug 'two words': only letters"),
        ({"slug": "x" * 51}, "51 characters"),
        ({"slug": 1326}, "slug: 1326 is not text"),
        ({"slug": ["a"]}, "slug"),
        ({"title": "x" * 101}, "title: 101 characters"),
        ({"repo_watchers": "many"}, "repo_watchers: 'many' is not a whole number"),
        ({"repo_forks": -1}, "repo_forks"),
        ({"commits_over_52": "0,1"}, "commits_over_52"),
        ({"participants": [None]}, "participants"),
        ({"last_updated": "yesterday"}, "last_updated: 'yesterday'"),
        ({"repo_description": "\ud800"}, "repo_description: U[+]D800"),
        ({"category": 5}, "category"),
        ({"category": "https://example.org/two words"}, "only letters"),
        ({"grids": "https://example.org/1/"}, "grids"),
        ({"id": -1}, "id"),
        ({"id": 2**63}, "id"),
    ],
)
def test_a_wrong_record_is_refused_by_its_place_and_field(
    store: Store, change: Record, told: str
) -> None:
    error = refused(
        store, json.dumps([GOOD, api_record(slug="b", repo_url="", pypi_url="") | change])
    )
    assert error.exit_code == 2
    assert "record 2" in str(error)
    with pytest.raises(Invalid, match=told):
        raise error


@pytest.mark.parametrize("missing", ["slug", "title"])
def test_a_record_without_slug_or_title_is_refused(store: Store, missing: str) -> None:
    record = {name: value for name, value in GOOD.items() if name != missing}
    assert f"{missing} may not be empty" in str(refused(store, json.dumps(record)))


def test_an_unknown_category_is_refused_and_the_nearest_named(store: Store) -> None:
    error = refused(store, json.dumps(api_record(category="framework", grids=[])))
    assert isinstance(error, NotFound)
    assert "'frameworks'" in str(error)


def test_one_wrong_record_of_500_stores_nothing_and_is_named(store: Store) -> None:
    take(store, GOOD)
    many = records.invented(500, seed=7)
    many[422]["repo_watchers"] = "many"
    for text, place in (
        (json.dumps(many), "record 423"),
        ("".join(f"{json.dumps(record)}\n" for record in many), "line 423"),
        (json.dumps({"results": many}), "record 423"),
    ):
        error = refused(store, text)
        assert place in str(error)
        assert many[422]["slug"] in str(error)
        assert "repo_watchers: 'many' is not a whole number" in str(error)
    assert slugs(store) == ["django-example"]
    check_whole(store)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "5",
        "null",
        '"text"',
        "[5]",
        "[null]",
        '[["slug"]]',
        "nonsense",
        "a,b\n1,2\n",
        "\x00",
        "{}",
        '{"results": 5}',
        '{"results": null}',
        '{"pkgcat": 1, "packages": [5]}',
        '{"pkgcat": 1, "packages": "x"}',
        "slug,title\na\n",
        "slug,title\na,A,more\n",
        'slug,title\n"a,A\n',
        "slug\na\n",
        "slug,title\n,A\n",
        f"slug,title,repo_watchers\na,A,{'9' * 5000}\n",
        f"slug,title,tags\na,A,{'[' * 100_000}\n",
        "slug,title,tags\na,A,geo\n",
        "slug,title,repo_archived\na,A,perhaps\n",
        '"slug',
        "slug,title\na,\x00\n",
    ],
)
def test_a_text_that_is_no_list_of_packages_is_refused(store: Store, text: str) -> None:
    assert refused(store, text).exit_code == 2


@pytest.mark.parametrize("form", ["", "[\n", "slug,title\n", '{"slug": "a", "title": "A"}\n'])
def test_a_text_that_is_not_utf_8_is_refused(store: Store, form: str) -> None:
    text = io.TextIOWrapper(io.BytesIO(form.encode() + b'{"title": "caf\xe9"}'), encoding="utf-8")
    with pytest.raises(Invalid, match="not UTF-8"):
        list(read_records(text))


@pytest.mark.parametrize(
    "header",
    [
        {"pkgcat": 4},
        {"pkgcat": "1"},
        {"pkgcat": None},
        {"pkgcat": 1, "categories": 5},
        {"pkgcat": 1, "categories": None},
        {"pkgcat": 1, "categories": {"slug": "a", "title": "A"}},
        {"pkgcat": 1, "categories": [5]},
        {"pkgcat": 1, "categories": [{}]},
        {"pkgcat": 1, "categories": [{"slug": "a"}]},
        {"pkgcat": 1, "categories": [{"title": "A"}]},
        {"pkgcat": 1, "categories": [{"slug": None, "title": "A"}]},
        {"pkgcat": 1, "categories": [{"slug": "a", "title": None}]},
        {"pkgcat": 1, "categories": [{"slug": "a", "title": ""}]},
        {"pkgcat": 1, "categories": [{"slug": "a", "title": "x" * 51}]},
        {"pkgcat": 1, "categories": [{"slug": "a", "title": "\ud800"}]},
        {"pkgcat": 1, "categories": [{"slug": "two words", "title": "A"}]},
        {"pkgcat": 1, "categories": [{"slug": "a", "title": "A", "description": 5}]},
        {
            "pkgcat": 1,
            "categories": [
                {"slug": "a", "title": "A", "url": "https://x/"},
                {"slug": "b", "title": "B", "url": "https://x/"},
            ],
        },
        {"pkgcat": 1, "grids": [{"slug": "g"}]},
        {"pkgcat": 1, "grids": [{"slug": "g", "title": "x" * 101}]},
    ],
)
def test_a_header_of_the_wrong_form_is_refused(store: Store, header: Record) -> None:
    assert refused(store, json.dumps(header)).exit_code in (2, 5)


# Conflicts


def test_packages_of_one_repository_and_of_one_pypi_name_are_taken(store: Store) -> None:
    rivals = [
        api_record(slug="core", id=5, repo_url="git@github.com:example/django-example.git"),
        api_record(slug="docs", id=6, pypi_url=""),
    ]
    take_text(store, json.dumps([GOOD, *rivals]))
    assert slugs(store) == ["core", "django-example", "docs"]
    before = exported(store)
    assert [one.outcome for one in take(store, GOOD, *rivals)] == ["unchanged"] * 3
    assert exported(store) == before


def test_a_slug_that_its_site_writes_in_another_case_is_followed(store: Store) -> None:
    take(store, GOOD)
    assert take(store, api_record(slug="Django-Example"))[0].outcome == "changed"
    assert slugs(store) == ["Django-Example"]


@pytest.mark.parametrize("slugs_given", [("a", "A"), ("A", "a")])
@pytest.mark.parametrize("known", [(), ("a",)])
@pytest.mark.parametrize("from_site", [False, True])
def test_of_two_slugs_that_differ_in_case_one_is_skipped_and_told(
    store: Store, slugs_given: tuple[str, str], known: tuple[str, ...], from_site: bool
) -> None:
    for slug in known:
        take(store, package(1, slug) if from_site else {"slug": slug, "title": slug})
    given: list[Record] = [{"slug": slug, "title": slug} for slug in slugs_given]
    if from_site:
        given = [package({"a": 1, "A": 2}[slug], slug) for slug in slugs_given]
    report = import_all(store, *given)
    assert report.counts["skipped"] == 1
    assert "only in case" in report.skipped[0]
    kept = "a" if known else slugs_given[0]
    assert slugs(store) == [kept]
    assert get(store, kept).title == kept


# Groups known by address

GRIDS = f"{records.SITE}/grids"
ONE = {"slug": "sample-one", "title": "Sample One", "grids": [f"{GRIDS}/5/"]}


def header(slug: str, title: str, number: int = 5, **more: Any) -> Record:
    """The header of an export with one grid."""
    grid = {"slug": slug, "title": title, "description": "", "url": f"{GRIDS}/{number}/"}
    return {"pkgcat": 1, "categories": [], "grids": [grid | more]}


def two(grid: str) -> Record:
    return {"slug": "sample-two", "title": "Sample Two", "grids": [grid]}


def test_an_export_names_the_grid_that_a_record_made_by_address(store: Store) -> None:
    bring(store, ONE)
    assert get(store, "sample-one").grids == ("grid-5",)
    state = bring(store, header("notifications", "Notifications"), two("notifications"))
    assert state.renamed == ["grid grid-5 is now called notifications"]
    assert state.notes == []
    assert get(store, "sample-one").grids == get(store, "sample-two").grids == ("notifications",)
    state = bring(store, header("notices", "Notices"), two("notices"))
    assert state.renamed == ["grid notifications is now called notices"]
    assert get(store, "sample-one").grids == get(store, "sample-two").grids == ("notices",)
    assert grids.list_grids(store) == [Grid("notices", "Notices", url=f"{GRIDS}/5/")]
    before = operations(store)
    assert bring(store, header("notices", "Notices"), two("notices")).renamed == []
    assert operations(store) == before


def test_a_slug_in_a_record_means_the_grid_that_its_header_calls_so(store: Store) -> None:
    bring(store, ONE)
    with begin_operation(store, "grid edit", NOW, kind="grid") as operation:
        groups.edit(operation, "grids", 1, {"slug": "mine"})
    state = bring(store, header("notices", "Notices"), two("Notices"))
    assert state.notes == ["grid mine: your slug stays; the import calls it notices"]
    assert [group.slug for group in grids.list_grids(store)] == ["mine"]
    assert get(store, "sample-two").grids == ("mine",)


def test_a_slug_in_a_record_means_no_other_grid_of_that_slug(store: Store) -> None:
    bring(store, header("forms", "Forms", 5))
    bring(store, header("forms", "Other forms", 9), two("forms"))
    assert get(store, "sample-two").grids == ("forms-2",)
    assert {group.slug: group.title for group in grids.list_grids(store)} == {
        "forms": "Forms",
        "forms-2": "Other forms",
    }


def test_the_category_of_a_header_may_have_another_slug_here(store: Store) -> None:
    text = exported(store)
    add(store, "a", category="apps")
    with begin_operation(store, "category edit", NOW, kind="category") as operation:
        groups.edit(
            operation, "categories", groups.find(store, "categories", "apps"), {"slug": "pieces"}
        )
    state = bring(store, json.loads(text), {"slug": "b", "title": "B", "category": "apps"})
    assert get(store, "b").category == get(store, "a").category == "pieces"
    assert state.notes == ["category pieces: your slug stays; the import calls it apps"]


def test_a_category_that_a_record_names_by_its_former_slug_is_found(store: Store) -> None:
    """CSV and JSON of this catalog would be refused for ever, as an import makes no category
    of a slug.
    """
    with begin_operation(store, "category edit", NOW, kind="category") as operation:
        groups.edit(
            operation, "categories", groups.find(store, "categories", "apps"), {"slug": "pieces"}
        )
    bring(store, {"slug": "a", "title": "A", "category": "Apps"})
    assert get(store, "a").category == "pieces"


def test_a_header_may_come_after_records_that_name_grids_by_address(store: Store) -> None:
    later = two("x") | {"grids": ["http://127.0.0.1:8102/api/v4/grids/7/"]}
    bring(store, ONE, header("maps", "Maps", 7), later)
    assert get(store, "sample-two").grids == ("maps",)


def test_a_record_that_names_one_grid_twice_is_on_it_once(store: Store) -> None:
    addresses = [
        f"{GRIDS}/5/",
        f"{GRIDS}/7/",
        f"{GRIDS}/5/?format=api",
        "http://127.0.0.1:8102/api/v4/grids/5/",
    ]
    bring(store, two("x") | {"grids": addresses})
    assert get(store, "sample-two").grids == ("grid-5", "grid-7")


def test_a_package_keeps_its_places_on_grids_that_are_renamed(store: Store) -> None:
    bring(store, two("x") | {"grids": [f"{GRIDS}/{number}/" for number in (9, 5, 7)]})
    swapped = {"pkgcat": 1, "grids": [*header("z", "Z", 5)["grids"], *header("a", "A", 9)["grids"]]}
    bring(store, swapped)
    assert get(store, "sample-two").grids == ("a", "z", "grid-7")
    assert list(json.loads(shown(store, "sample-two"))["grids"]) == [
        f"{GRIDS}/{number}/" for number in (9, 5, 7)
    ]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8102/api/v4/grids/5.json", "http://djangopackages.org/grids/5"]
)
def test_an_address_comes_out_as_it_came_in_however_it_is_spelt_later(
    store: Store, address: str
) -> None:
    record = api_record(grids=[address])
    bring(store, record)
    bring(store, ONE, header("notices", "Notices"))
    assert shown(store, "django-example") == records.as_api_text(record)
    assert get(store, "sample-one").grids == ("notices",)


def test_an_apiv4_export_of_this_catalog_comes_in_again_after_edits(store: Store) -> None:
    """A group without an address is written with its slug in the place of the id."""
    with begin_operation(store, "category add themes", NOW, kind="category") as operation:
        groups.add(operation, "categories", Category("themes", "Theme"))
        groups.add(operation, "grids", Grid("own", "Own"))
    add(store, "a", category="themes", grids=("own",), repo_watchers=0, repo_forks=0)
    bring(store, api_record())
    page = json.loads(as_apiv4(store, [get(store, "a"), get(store, "django-example")], one=False))
    before = exported(store), operations(store)
    assert bring(store, *page["results"]).notes == []
    assert (exported(store), operations(store)) == before
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        groups.edit(operation, "grids", groups.find(store, "grids", "own"), {"slug": "mine"})
        groups.edit(
            operation, "categories", groups.find(store, "categories", "themes"), {"slug": "looks"}
        )
        edits.edit(operation, packages.find(store, "a"), {"slug": "b", "title": "B"})
        edits.edit(
            operation, packages.find(store, "django-example"), {"slug": "example", "notes": "mine"}
        )
    before = exported(store), operations(store)
    assert bring(store, *page["results"]).notes == [
        "package b: your slug stays; the import calls it a",
        "package example: your slug stays; the import calls it django-example",
    ]
    assert (exported(store), operations(store)) == before


# Groups removed here


def remove_group(store: Store, entity: groups.Entity, slug: str) -> None:
    with begin_operation(
        store, f"{groups.SINGULAR[entity]} remove {slug}", NOW, kind="category"
    ) as operation:
        groups.remove(operation, entity, groups.find(store, entity, slug))


def test_a_package_comes_without_the_groups_that_were_removed_here(store: Store) -> None:
    remove_group(store, "categories", "apps")
    bring(store, header("geo", "Geo", 5))
    remove_group(store, "grids", "geo")
    state = bring(store, api_record(grids=[f"{GRIDS}/7/", f"{GRIDS}/5/"]), ONE)
    assert (get(store, "django-example").category, get(store, "django-example").grids) == (
        None,
        ("grid-7",),
    )
    assert get(store, "sample-one").grids == ()
    assert set(state.notes) == {
        "category apps was removed here and stays removed",
        "grid geo was removed here and stays removed",
    }
    own = {"slug": "c", "title": "C", "category": "apps", "grids": ["geo"]}
    assert set(bring(store, own).notes) == set(state.notes)
    assert (get(store, "c").category, get(store, "c").grids) == (None, ())
    before = exported(store)
    bring(
        store,
        header("geo", "Geo", 5),
        api_record(grids=[f"{GRIDS}/7/", f"{GRIDS}/5/"]),
        overwrite=True,
    )
    assert exported(store) == before
    check_whole(store)


def test_the_category_of_a_package_stays_where_the_imports_was_removed_here(store: Store) -> None:
    add(store, "django-example", category="other")
    remove_group(store, "categories", "apps")
    bring(store, api_record(), overwrite=True)
    assert get(store, "django-example").category == "other"


def test_a_removed_grid_that_the_site_names_by_address_gets_no_placeholder(store: Store) -> None:
    with begin_operation(store, "grid add", NOW, kind="grid") as operation:
        groups.add(operation, "grids", Grid("forms", "Forms"))
    remove_group(store, "grids", "forms")
    bring(store, header("forms", "Forms", 5), ONE)
    bring(store, header("forms", "Forms", 5), ONE)
    assert grids.list_grids(store) == []


def test_categories_that_an_import_left_out_come_with_the_next_one(store: Store) -> None:
    bring(store, {"pkgcat": 1, "categories": []}, {"slug": "a", "title": "A"})
    assert categories.list_categories(store) == []
    bring(store, api_record())
    assert get(store, "django-example").category == "category-1"


# Groups that break a rule


@pytest.mark.parametrize(
    ("change", "told", "slug", "title"),
    [
        ({"title": "T" * 60}, "its title has 60 characters and was cut to 50", "themes", "T" * 50),
        ({"slug": "s" * 51}, "its slug has 51 characters and was cut to 50", "s" * 50, "Theme"),
        ({"slug": "two words"}, "only letters", "category-9", "Theme"),
        ({"slug": ""}, "only letters", "category-9", "Theme"),
        ({"slug": None, "title": None}, "^$", "category-9", "Category 9"),
        ({"slug": 5}, "slug: 5 is not text", "category-9", "Theme"),
        ({"slug": "2024"}, "^$", "2024", "Theme"),
        ({"title": " "}, "title: 1 characters", "themes", "Category 9"),
        ({"title": "\0"}, "U[+]0000", "themes", "Category 9"),
        ({"title": ["x"]}, "is not text", "themes", "Category 9"),
        ({"description": 5}, "description: 5 is not text", "themes", "Theme"),
        ({"title_plural": "\ud800"}, "U[+]D800", "themes", "Theme"),
    ],
)
def test_what_a_site_says_against_the_rules_is_repaired_and_told(
    store: Store, change: Record, told: str, slug: str, title: str
) -> None:
    address = f"{records.SITE}/categories/9/"
    bad = {
        "slug": "themes",
        "title": "Theme",
        "title_plural": "Themes",
        "description": "Looks",
        "url": address,
    }
    good = {"slug": "apps", "title": "Application", "url": f"{records.SITE}/categories/1/"}
    package = {"slug": "b", "title": "B", "category": address}
    add(store, "a")
    given = {"pkgcat": 1, "categories": [bad | change, good]}
    state = bring(store, given, package, lenient=True)
    assert re.search(told, "\n".join(state.notes))
    assert [
        (group.slug, group.title)
        for group in categories.list_categories(store)
        if group.url == address
    ] == [(slug, title)]
    assert get(store, "b").category == slug
    assert "Application" in [group.title for group in categories.list_categories(store)]
    before = exported(store), operations(store)
    bring(store, given, package, lenient=True)
    assert (exported(store), operations(store)) == before
    check_whole(store)


def test_a_known_group_keeps_what_a_site_says_against_the_rules(store: Store) -> None:
    bring(store, header("geo", "Geo", 5))
    bring(store, header("a b", "", 5, description="New"), lenient=True)
    assert grids.list_grids(store) == [Grid("geo", "Geo", "New", f"{GRIDS}/5/")]


@pytest.mark.parametrize(
    "entries",
    [
        [{}, {"slug": "other"}],
        [{}, {"slug": "other", "url": f"{GRIDS}/5"}],
        [{}, {"url": None}],
        [{"url": None}, {"url": f"{GRIDS}/7/"}],
    ],
    ids=[
        "one address",
        "one address in two spellings",
        "one slug, no address",
        "one slug, an address",
    ],
)
def test_a_group_that_comes_twice_is_refused_in_a_file_and_skipped_from_a_site(
    store: Store, entries: list[Record]
) -> None:
    (geo,) = header("geo", "Geo", 5)["grids"]
    twice = {"pkgcat": 1, "grids": [geo | entry for entry in entries]}
    add(store, "a")
    with pytest.raises(Conflict, match="twice"):
        bring(store, twice)
    (note,) = bring(store, twice, lenient=True).notes
    assert "twice" in note
    assert grids.list_grids(store) == [Grid("geo", "Geo", "", entries[0].get("url", f"{GRIDS}/5/"))]


@pytest.mark.parametrize("lenient", [False, True])
def test_a_record_of_a_group_that_was_skipped_is_put_in_no_other_one(
    store: Store, *, lenient: bool
) -> None:
    """Slugs that differ in case are two groups wherever they come from."""
    groups_of_file = {
        "pkgcat": 1,
        "categories": [{"slug": "APPS", "title": "Others"}],
        "grids": [{"slug": "geo", "title": "Geo"}, {"slug": "Geo", "title": "Other"}],
    }
    record = {"slug": "b", "title": "B", "category": "APPS", "grids": ["Geo", "geo"]}
    add(store, "a")
    state = bring(store, groups_of_file, record, lenient=lenient)
    assert [note.split(":")[0] for note in state.notes] == [
        "category APPS of the import was skipped",
        "grid Geo of the import was skipped",
    ]
    assert grids.list_grids(store) == [Grid("geo", "Geo")]
    assert "Others" not in [category.title for category in categories.list_categories(store)]
    assert (get(store, "b").category, get(store, "b").grids) == (None, ("geo",))


def test_a_slug_that_two_addresses_have_is_two_groups_in_a_file_too(store: Store) -> None:
    add(store, "a")
    given = [*header("geo", "Geo", 5)["grids"], *header("geo", "Other", 7)["grids"]]
    bring(store, {"pkgcat": 1, "grids": given})
    assert [group.slug for group in grids.list_grids(store)] == ["geo", "geo-2"]


def test_a_group_without_slug_and_address_is_skipped(store: Store) -> None:
    add(store, "a")
    nameless = header("geo", "Geo", 5)
    nameless["grids"][0] |= {"slug": None, "url": ""}
    (note,) = bring(store, nameless, lenient=True).notes
    assert "skipped" in note
    assert grids.list_grids(store) == []


# Packages that were renamed


def package(number: int, slug: str, **more: Any) -> Record:
    address = f"https://github.com/example/p{number}"
    return (
        api_record(
            id=number, slug=slug, title=slug, repo_url=address, pypi_url=f"p{number}", grids=[]
        )
        | more
    )


def ids(store: Store) -> dict[str, int]:
    return {slug: get(store, slug).id for slug in slugs(store)}


def test_a_package_that_its_site_renamed_is_followed(store: Store) -> None:
    bring(store, package(1326, "django-cities"))
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        edits.add(operation, {"slug": "old", "replaced_by": "django-cities"})
    state = bring(store, package(1326, "cities", repo_watchers=5))
    assert state.renamed == ["package django-cities is now called cities"]
    assert get(store, "cities").id == 1326
    assert get(store, "old").replaced_by == "cities"
    assert slugs(store) == ["cities", "old"]


@pytest.mark.parametrize(
    "changes",
    [
        {"repo_url": "https://github.com/new/p1", "pypi_url": "new"},
        {"repo_url": "https://github.com/new/p1", "created": "2020-01-01T00:00:00Z"},
        {"pypi_url": "", "created": "2020-01-01T00:00:00Z"},
    ],
    ids=["same moment", "same project", "same repository"],
)
def test_a_renamed_package_is_known_by_its_id_and_one_thing_more(
    store: Store, changes: Record
) -> None:
    bring(store, package(1, "a"))
    bring(store, package(1, "b", **changes))
    assert ids(store) == {"b": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {
            "repo_url": "https://github.com/new/p1",
            "pypi_url": "new",
            "created": "2020-01-01T00:00:00Z",
        },
        {
            "repo_url": "https://github.com/new/p1",
            "pypi_url": "",
            "created": "2020-01-01T00:00:00Z",
        },
        {"repo_url": "", "pypi_url": "new", "created": "2020-01-01T00:00:00Z"},
    ],
    ids=["all else is another", "another repository", "another project"],
)
def test_an_id_alone_is_no_package(store: Store, changes: Record) -> None:
    known = {name: value for name, value in package(1, "a").items() if changes.get(name) != ""}
    bring(store, known)
    bring(store, without_site(package(1, "b", **changes)))
    assert slugs(store) == ["a", "b"]
    assert get(store, "a").id == 1


@pytest.mark.parametrize("changes", [{}, {"repo_url": "", "pypi_url": ""}, {"pypi_url": "new"}])
def test_a_site_and_an_id_are_a_package_whatever_else_is_another(
    store: Store, changes: Record
) -> None:
    moved = {"repo_url": "https://github.com/new/p1", "created": "2020-01-01T00:00:00Z"}
    bring(store, package(1, "a"))
    bring(store, package(1, "b", **(moved | changes)))
    assert ids(store) == {"b": 1}


def without_site(record: Record) -> Record:
    """A record that tells no site: its category is named by slug."""
    return record | {"category": "apps"}


def test_a_record_without_an_address_is_not_the_package_that_has_one(store: Store) -> None:
    bring(store, package(1, "a"))
    bring(store, without_site(package(1, "b", repo_url="", pypi_url="")))
    assert slugs(store) == ["a", "b"]


def test_one_id_twice_in_one_import_is_no_rename(store: Store) -> None:
    bring(store, package(1, "a"), package(1, "b"))
    assert slugs(store) == ["a", "b"]


def test_a_number_of_another_catalog_is_no_package_of_this_one(store: Store) -> None:
    """Both count what was made there from 1,000,001."""
    add(store, "a")
    import_all(store, {"slug": "b", "title": "B", "id": 1_000_001})
    assert ids(store) == {"a": 1_000_001, "b": 1_000_002}


def test_a_package_that_a_site_tells_of_twice_is_taken_once(store: Store) -> None:
    """Its pages move while they are read."""
    report = import_all(store, package(1, "a"), package(1, "a", title="Later"), lenient=True)
    assert report.counts == {"added": 1, "skipped": 1}
    assert "a was named before, by record 1" in report.skipped[0]
    assert get(store, "a").title == package(1, "a")["title"]


def test_what_was_deleted_on_a_site_while_it_was_read_is_left_out(store: Store) -> None:
    report = import_all(store, package(1, "a"), package(2, "b"), lenient=True, deleted={2})
    assert (slugs(store), report.counts) == (["a"], {"added": 1})


@pytest.mark.parametrize(
    "wanted",
    [
        {1: "b", 2: "a"},
        {2: "a", 1: "b"},
        {1: "b", 2: "c", 3: "a"},
        {1: "b", 2: "c", 3: "d"},
        {3: "x", 2: "c", 1: "b"},
    ],
    ids=["swap", "swap from the newest", "circle", "chain", "chain from the newest"],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_packages_that_change_names_with_each_other_are_followed(
    store: Store, wanted: dict[int, str], overwrite: bool
) -> None:
    bring(store, *(package(number, slug) for number, slug in {1: "a", 2: "b", 3: "c"}.items()))
    before = exported(store)
    given = [package(number, slug, title="x") for number, slug in wanted.items()]
    state = bring(store, *given, overwrite=overwrite)
    assert ids(store) == {slug: number for number, slug in ({3: "c"} | wanted).items()}
    assert state.notes == []
    assert len(state.renamed) == len(wanted)
    check_whole(store)
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        taking_back.undo(operation, 2)
    assert exported(store) == before


def test_a_new_slug_that_is_another_packages_is_told_and_nothing_is_lost(store: Store) -> None:
    bring(store, package(1, "a", repo_watchers=1), package(2, "b"))
    newer = {"repo_watchers": 7, "last_fetched": "2026-02-18T00:00:00Z"}
    state = bring(store, package(1, "b", **newer))
    assert state.notes == [
        "package a keeps its slug: the import calls it b, and another package has that slug here"
    ]
    assert ids(store) == {"a": 1, "b": 2}
    assert get(store, "a").repo_watchers == 7


def test_the_slug_that_a_person_chose_stays_until_overwritten(store: Store) -> None:
    bring(store, package(1, "a"))
    edit(store, 1, slug="mine")
    state = bring(store, package(1, "a"))
    assert state.notes == ["package mine: your slug stays; the import calls it a"]
    assert ids(store) == {"mine": 1}
    bring(store, package(1, "a"), overwrite=True)
    assert ids(store) == {"a": 1}


def test_the_slug_of_a_package_that_a_person_added_stays(store: Store) -> None:
    add(store, "mine", id=1, repo_url="https://github.com/example/p1")
    bring(store, package(1, "a"))
    assert slugs(store) == ["mine"]


# There and back


@pytest.mark.long
def test_an_export_of_10_000_packages_imported_elsewhere_is_equal(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path / "invented.jsonl", records.own(10_000))
    assert run("category", "add", "themes", "--title", "Theme", "--description", "Looks").code == 0
    assert run("category", "remove", "other").code == 0
    assert run("category", "add", "other", "--title", "Something else").code == 0
    for command in (("import", source), ("export", "first.jsonl"), ("export", "first.json")):
        assert run(*command).code == 0
    elsewhere = {"PKGCAT_DB": str(tmp_path / "elsewhere.db")}
    assert run("import", "first.json", env=elsewhere).code == 0
    assert run("export", "second.jsonl", env=elsewhere).code == 0
    assert (tmp_path / "first.jsonl").read_bytes() == (tmp_path / "second.jsonl").read_bytes()
    lines = (tmp_path / "first.jsonl").read_text().splitlines()
    assert len(lines) == 10_001


@pytest.mark.long
def test_all_forms_of_an_export_keep_every_text(run: Run, tmp_path: Path) -> None:
    odd = [
        "line\u2028end",
        "\r",
        "a\rb",
        "a\r\nb",
        "\x1b[31m",
        "=1+1",
        "'x",
        "\u202e",
        "⛺",
        ' "',
        "\ufeff",
    ]
    some = [
        {"slug": f"p{number}", "title": f"x{text}", "notes": f"{text}x" * 3, "tags": [f"{text}t"]}
        for number, text in enumerate(odd)
    ]
    assert run("import", written(tmp_path / "odd.jsonl", some)).code == 0
    expected = run("export", "--format", "jsonl").raw
    for name in ("o.json", "o.jsonl", "o.csv"):
        assert run("export", name).code == 0
        elsewhere = {"PKGCAT_DB": str(tmp_path / f"{name}.db")}
        imported = run("import", name, env=elsewhere)
        assert imported.code == 0, imported.err
        found = run("export", "--format", "jsonl", env=elsewhere).raw
        if name.endswith(".csv"):  # which tells no origins
            expected, found = without_origins(expected), without_origins(found)
        assert found == expected, name


def without_origins(export: bytes) -> bytes:
    return re.sub(rb'"origins":\{[^}]*\}', b"", export)


def test_very_long_notes_survive_csv(run: Run, tmp_path: Path) -> None:
    record = {"slug": "a", "title": "A", "notes": "word " * 40_000}
    assert run("import", written(tmp_path / "long.jsonl", [record])).code == 0
    assert run("export", "long.csv").code == 0
    assert "nothing changed" in run("import", "long.csv").out


def test_a_text_of_thousands_of_headers_is_refused(store: Store) -> None:
    text = "\n".join(
        json.dumps({"pkgcat": 1, "grids": [{"slug": f"g{number}", "title": "Grid"}]})
        for number in range(101)
    )
    with (
        pytest.raises(Invalid, match="more than 100 exports"),
        begin_operation(store, "import", NOW, kind="import") as operation,
    ):
        importing.import_entries(operation, entries(text), overwrite=False, lenient=False)
    assert grids.list_grids(store) == []
