"""Packages in as text: every form is read, nothing wrong gets in, and all that came in comes out again."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat import transfer
from pkgcat.errors import Conflict, Invalid, NotFound, PkgcatError
from pkgcat.models import Package, Query
from pkgcat.render import Addresses, Format, Screen, View, render
from pkgcat.store import Store, edits, groups, packages
from tests import records
from tests.conftest import DATA, NOW, Run
from tests.records import Record, api_record
from tests.store.checks import check_whole, edit, exported, get, operations, slugs, take, written

REFERENCE = [json.loads(line) for line in (DATA / "records.ndjson").read_text(encoding="utf-8").splitlines()]


def entries(text: str) -> list[Any]:
    return list(transfer.read(io.StringIO(text, newline="")))


def incoming(text: str) -> list[Record]:
    return [entry.record for entry in entries(text)]


def take_text(store: Store, text: str, *, overwrite: bool = False) -> list[transfer.Taken]:
    """Import a text as one operation."""
    taken = []
    with store.operation("import", NOW) as operation:
        for entry in entries(text):
            if isinstance(entry, dict):
                transfer.take_header(operation, entry)
            else:
                taken.append(transfer.take(operation, entry, overwrite=overwrite))
    return taken


def refused(store: Store, text: str) -> PkgcatError:
    """Import a text that must be refused; return the error, once it is sure that nothing was stored."""
    before = exported(store), operations(store)
    with pytest.raises(PkgcatError) as error:
        take_text(store, text)
    assert (exported(store), operations(store)) == before
    assert "\n" not in str(error.value)
    return error.value


def as_apiv4(store: Store, found: list[Package], *, one: bool) -> str:
    """Show packages with `--format apiv4` into a pipe."""
    addresses = Addresses(
        {group.slug: group.url for group in groups.categories(store)},
        {group.slug: group.url for group in groups.grids(store)},
    )
    out = io.StringIO()
    screen = Screen(False, 80, False, True, NOW)
    render(View((), packages=found, addresses=addresses, one=one), Format.APIV4, screen, out)
    return out.getvalue()


def shown(store: Store, name: Any) -> str:
    return as_apiv4(store, [get(store, str(name))], one=True)


# API v4


def test_the_first_record_comes_out_byte_for_byte(store: Store) -> None:
    text = (DATA / "package-1326.json").read_text(encoding="utf-8")
    assert [taken.outcome for taken in take_text(store, text)] == ["added"]
    for name in ("django-cities", "1326", "Django.Cities", "https://github.com/coderholic/django-cities"):
        assert shown(store, name) == text


def test_the_37_records_come_out_value_for_value(store: Store) -> None:
    assert len(take_text(store, (DATA / "records.ndjson").read_text(encoding="utf-8"))) == 37
    for record in REFERENCE:
        expected = records.without_query(record)
        assert shown(store, record["id"]) == records.as_api_text(expected)
        assert list(json.loads(shown(store, record["slug"])).items()) == list(expected.items())
    check_whole(store)


@settings(max_examples=150)
@given(records.api_records())
def test_an_invented_record_comes_out_byte_for_byte(empty: Store, record: Record) -> None:
    with empty.operation("import", NOW, dry_run=True):
        (entry,) = entries(json.dumps(record))
        transfer.take(_operation(empty), entry, overwrite=False)
        expected = records.as_api_text(records.without_query(record))
        found = list(packages.read(empty, Query(NOW)))
        assert as_apiv4(empty, found, one=True) == expected


@settings(max_examples=50)
@given(records.api_records(), st.booleans())
def test_an_invented_record_offered_again_is_unchanged(empty: Store, record: Record, overwrite: bool) -> None:
    with empty.operation("import", NOW, dry_run=True):
        operation = _operation(empty)
        transfer.take(operation, transfer.Incoming("1", record), overwrite=False)
        logged = empty.value("SELECT count(*) FROM changes")
        again = transfer.take(operation, transfer.Incoming("2", record), overwrite=overwrite)
        assert (again.outcome, again.kept) == ("unchanged", ())
        assert empty.value("SELECT count(*) FROM changes") == logged


def _operation(store: Store) -> Any:
    from pkgcat.store import Operation

    return Operation(store, "import", NOW)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An empty catalog; what a test writes to it is rolled back."""
    path = tmp_path_factory.mktemp("empty") / "catalog.db"
    with Store.write(path, named=True, create=True) as store:
        yield store


def test_a_page_of_packages_goes_in_and_comes_out(store: Store) -> None:
    page = {"count": 3, "next": None, "previous": None, "results": records.invented(3)}
    take_text(store, json.dumps(page, indent=4))
    found = [get(store, record["slug"]) for record in page["results"]]
    assert as_apiv4(store, found, one=False) == records.as_api_text(page)
    assert json.loads(as_apiv4(store, [], one=False)) == {**page, "count": 0, "results": []}


def test_ids_are_kept_while_they_are_free(store: Store) -> None:
    take(store, api_record(id=1326))
    take(store, api_record(id=1326, slug="rival", repo_url="", pypi_url=""))
    assert get(store, "django-example").id == 1326
    assert get(store, "rival").id not in (0, 1326)


def test_the_largest_id_leaves_room_for_the_next_package(store: Store) -> None:
    take(store, api_record(id=2**63 - 1))
    take(store, api_record(id=0, slug="next", repo_url="", pypi_url=""))
    assert get(store, "next").id > 0


def test_a_category_of_another_site_is_made_and_keeps_its_address(store: Store) -> None:
    address = "https://example.org/api/v4/categories/9/"
    take(store, api_record(category=f"{address}?format=api", grids=[]))
    category = get(store, "django-example").category
    assert category not in (None, "apps")
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
    with store.operation("edit --unpin", NOW) as operation:
        edits.unpin(operation, 1, {"repo_watchers"})
    assert get(store, "django-example").repo_watchers == 95


def test_what_a_person_called_a_category_survives_an_import(store: Store) -> None:
    take(store, api_record())
    text = exported(store)
    with store.operation("category edit", NOW) as operation:
        groups.edit(operation, "categories", groups.find(store, "categories", "apps"), {"title": "Mine"})
    take_text(store, text)
    assert {group.slug: group.title for group in groups.categories(store)}["apps"] == "Mine"


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
        def __iter__(self) -> Any:
            return lines

        def __next__(self) -> str:
            return next(lines)

        def read(self, size: int | None = -1) -> str:
            raise AssertionError("the whole text was asked for")

    found = transfer.read(Pipe())
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
        {"title": 'A, "b"', "slug": "a", "repo_watchers": 5, "tags": ["geo"], "repo_archived": True},
        {"title": "=B", "slug": "b", "repo_watchers": None, "tags": None, "repo_archived": None},
    ]


def test_a_key_that_pkgcat_does_not_know_is_named() -> None:
    assert transfer.unknown_keys({"slug": "a", "stars": 1, "title": "A"}) == {"stars"}


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
        ({"slug": None}, "slug: it is required"),
        ({"slug": ""}, "slug: it is required"),
        ({"title": None}, "title: it is required"),
        ({"title": ""}, "title: it is required"),
        ({"title": "  "}, "title: it is empty"),
        ({"slug": "two words"}, "slug 'two words': only letters"),
        ({"slug": "x" * 51}, "51 characters"),
        ({"slug": "1326"}, "digits"),
        ({"slug": 1326}, "slug: 1326 is not text"),
        ({"slug": ["a"]}, "slug"),
        ({"title": "x" * 101}, "title: 101 characters"),
        ({"repo_watchers": "many"}, "repo_watchers: 'many' is not a whole number"),
        ({"repo_forks": -1}, "repo_forks"),
        ({"commits_over_52": "0,1"}, "commits_over_52"),
        ({"participants": [None]}, "participants"),
        ({"last_updated": "yesterday"}, "last_updated: 'yesterday'"),
        ({"created": "2026-02-15T04:01:40"}, "created"),
        ({"repo_description": "\ud800"}, "repo_description: U[+]D800"),
        ({"category": 5}, "category"),
        ({"category": "https://example.org/two words"}, "only letters"),
        ({"grids": "https://example.org/1/"}, "grids"),
        ({"id": -1}, "id"),
        ({"id": 2**63}, "id"),
    ],
)
def test_a_wrong_record_is_refused_by_its_place_and_field(store: Store, change: Record, told: str) -> None:
    error = refused(store, json.dumps([GOOD, api_record(slug="b", repo_url="", pypi_url="") | change]))
    assert error.exit_code == 2
    assert "record 2" in str(error)
    with pytest.raises(Invalid, match=told):
        raise error


@pytest.mark.parametrize("missing", ["slug", "title"])
def test_a_record_without_slug_or_title_is_refused(store: Store, missing: str) -> None:
    record = {name: value for name, value in GOOD.items() if name != missing}
    assert f"{missing}: it is required" in str(refused(store, json.dumps(record)))


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
        list(transfer.read(text))


@pytest.mark.parametrize(
    "header",
    [
        {"pkgcat": 2},
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


@pytest.mark.parametrize(
    "spelling",
    [
        "https://github.com/Example/Django-Example.git",
        "git@github.com:example/django-example.git",
        "http://www.github.com/example/django-example/",
        "ssh://git@github.com/example/django-example",
        "https://github.com/example/django-example/tree/main/docs",
        "github.com/example/django-example",
    ],
)
def test_a_second_package_of_one_repository_is_a_conflict_however_spelt(store: Store, spelling: str) -> None:
    take(store, GOOD)
    rival = api_record(slug="rival", id=5, repo_url=spelling, pypi_url="")
    error = refused(store, json.dumps(rival))
    assert isinstance(error, Conflict)
    assert "repository" in str(error)
    assert "django-example" in str(error)
    assert refused(store, json.dumps([rival, rival | {"slug": "third"}])).exit_code == 5


@pytest.mark.parametrize(
    "spelling",
    [
        "Django_Example",
        "https://pypi.org/project/DJANGO.EXAMPLE/",
        "http://pypi.python.org/pypi/django--example",
    ],
)
def test_a_second_package_of_one_pypi_name_is_a_conflict_however_spelt(store: Store, spelling: str) -> None:
    take(store, GOOD)
    error = refused(store, json.dumps(api_record(slug="rival", id=5, repo_url="", pypi_url=spelling)))
    assert isinstance(error, Conflict)
    assert "django-example" in str(error)


def test_two_in_one_file_with_one_repository_are_a_conflict(store: Store) -> None:
    error = refused(store, json.dumps([GOOD, api_record(slug="rival", id=5, pypi_url="")]))
    assert isinstance(error, Conflict)
    assert "record 2 (rival)" in str(error)


def test_slugs_that_differ_in_case_are_one_package(store: Store) -> None:
    take(store, GOOD)
    assert take(store, api_record(slug="Django-Example"))[0].outcome == "unchanged"
    assert slugs(store) == ["django-example"]


# There and back


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


def test_all_forms_of_an_export_keep_every_text(run: Run, tmp_path: Path) -> None:
    odd = ["line\u2028end", "\r", "a\rb", "a\r\nb", "\x1b[31m", "=1+1", "'x", "\u202e", "⛺", ' "', "\ufeff"]
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
        assert run("export", "--format", "jsonl", env=elsewhere).raw == expected, name


def test_very_long_notes_survive_csv(run: Run, tmp_path: Path) -> None:
    record = {"slug": "a", "title": "A", "notes": "word " * 40_000}
    assert run("import", written(tmp_path / "long.jsonl", [record])).code == 0
    assert run("export", "long.csv").code == 0
    assert "nothing changed" in run("import", "long.csv").out
