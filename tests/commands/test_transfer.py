"""import and export: all or nothing in, whole or not at all out."""

import csv
import json
import os
import re
import stat
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pkgcat.model.fields import FIELDS
from pkgcat.shell.output_buffer import OutputBuffer
from tests.commands.program import Program, told
from tests.conftest import DATA
from tests.online import config
from tests.records import api_record, own
from tests.upstream import Upstream, World, faults
from tests.upstream.models import Category, Grid

LINES = (DATA / "records.ndjson").read_text(encoding="utf-8").splitlines()


def forms() -> dict[str, str]:
    """The same records in every form that `import` takes."""
    records = [json.loads(line) for line in LINES]
    page = {"count": len(records), "next": None, "previous": None, "results": records}
    return {
        "lines": "\n".join(LINES),
        "lines with a byte order mark": "\ufeff" + "\r\n".join(LINES) + "\n\n",
        "list": json.dumps(records),
        "indented list": json.dumps(records, indent=2),
        "page": json.dumps(page),
        "indented page": json.dumps(page, indent=4),
    }


# import


@pytest.mark.parametrize("form", forms())
def test_import_takes_api_v4_in_every_form(empty: Program, tmp_path: Path, form: str) -> None:
    file = tmp_path / "records"
    file.write_text(forms()[form], encoding="utf-8", newline="")
    answer = empty("import", file)
    assert (answer.code, answer.err) == (0, "")
    assert "37" in answer.out
    assert "undo" in answer.out
    assert len(empty.slugs()) == 37


def test_offered_again_an_import_changes_nothing_and_says_so(many: Program) -> None:
    before = many.stored
    for file in ("records.ndjson", "package-1326.json"):
        answer = many("import", DATA / file)
        assert answer.code == 0
        assert "nothing changed" in answer.out
    assert many.stored == before


def test_import_reads_standard_input(empty: Program) -> None:
    text = (DATA / "package-1326.json").read_bytes()
    assert empty("import", "-", input=text).code == 0
    assert empty("show", "1326", "--format", "apiv4").raw == text


def test_import_brings_newer_facts_and_keeps_what_was_written_by_hand(one: Program) -> None:
    one("edit", "1326", "--title", "Mine", "--description", "pinned")
    newer = json.loads((DATA / "package-1326.json").read_text()) | {
        "repo_watchers": 1000,
        "repo_description": "theirs",
        "last_fetched": "2030-01-01T00:00:00Z",
        "documentation_url": "https://d.example.org/",
    }
    answer = one("import", "-", input=json.dumps(newer))
    assert answer.code == 0
    assert "--overwrite" in answer.out
    expected = {
        "title": "Mine",
        "repo_description": "pinned",
        "repo_watchers": 1000,
        "documentation_url": "https://d.example.org/",
    }
    assert one.record("1326").items() >= expected.items()
    one("edit", "1326", "--unpin", "repo_description")
    assert one.record("1326")["repo_description"] == "theirs"


def test_import_leaves_facts_that_are_newer_than_the_file(one: Program) -> None:
    older = api_record(
        slug="django-cities", repo_watchers=1, last_fetched="2020-01-01T00:00:00Z", repo_url=""
    )
    older |= {"pypi_url": ""}
    one("import", "-", input=json.dumps(older))
    assert one.record("1326")["repo_watchers"] == 949
    assert one("import", "-", "--overwrite", input=json.dumps(older)).code == 0
    assert one.record("1326")["repo_watchers"] == 1


def test_import_with_overwrite_takes_the_words_of_the_file(one: Program) -> None:
    one("edit", "1326", "--title", "Mine", "--notes", "n")
    assert one("import", "--overwrite", DATA / "package-1326.json").code == 0
    record = one.record("1326")
    assert (record["title"], record["notes"]) == ("django-cities", "n")


def test_import_names_the_fields_it_does_not_know(empty: Program) -> None:
    answer = empty(
        "import",
        "-",
        input=json.dumps({"slug": "a", "title": "A", "usage_count": 3, "\x1b]0;x\x07": 1}),
    )
    assert answer.code == 0
    assert "usage_count" in answer.err
    assert answer.err[:-1].isprintable()


def test_a_dry_run_counts_and_stores_nothing(one: Program) -> None:
    before = one.stored
    answer = one("import", DATA / "records.ndjson", "--dry-run")
    assert (answer.code, "37" in answer.out, "dry run" in answer.out) == (0, True, True)
    assert one.stored == before


def test_a_dry_run_makes_no_catalog(empty: Program) -> None:
    assert empty("import", DATA / "records.ndjson", "--dry-run").code == 0
    assert not empty.catalog.exists()


def test_import_of_no_record_is_an_answer(one: Program) -> None:
    before = one.stored
    for text in (
        "[]",
        '{"count": 0, "next": null, "previous": null, "results": []}',
        "slug,title\n",
    ):
        answer = one("import", "-", input=text)
        assert (answer.code, "nothing" in answer.out) == (0, True)
    assert one.stored == before


GOOD = api_record()


def wrong(**changes: Any) -> str:
    return json.dumps(GOOD | changes)


@pytest.mark.parametrize(
    ("text", "code", "clues"),
    [
        ("", 2, ("empty",)),
        (" \n\n ", 2, ("empty",)),
        ('{"slug": "a",\n  "title" "b"}', 2, ("line 2", "column 11", "JSON")),
        ('[\n{"slug": "a", "title": "b"},\n{"slug" "c"}\n]', 2, ("line 3", "column 9")),
        ('{"slug": "a", "title": "b"}\n{"slug": "c"', 2, ("line 2", "column")),
        ("[" * 100_000, 2, ("JSON",)),
        ('{"slug": "a", "title": "b", "repo_forks": NaN}', 2, ("NaN",)),
        ('{"slug": "a", "title": "b", "repo_forks": ' + "9" * 5000 + "}", 2, ("JSON",)),
        ("hello", 2, ("JSON", "CSV")),
        ("5", 2, ("JSON",)),
        ("[5]", 2, ("record 1", "object")),
        ('{"results": 5}', 2, ("object",)),
        (json.dumps({"title": "no slug"}), 2, ("slug",)),
        (json.dumps({"slug": "no-title"}), 2, ("no-title", "title")),
        (wrong(slug=""), 2, ("slug",)),
        (wrong(title=""), 2, ("title",)),
        (wrong(title=None), 2, ("title",)),
        (wrong(slug="two words"), 2, ("two words",)),
        (wrong(slug="s" * 51), 2, ("51",)),
        (wrong(slug=5), 2, ("slug",)),
        (wrong(title="t" * 101), 2, ("title", "101")),
        (wrong(title="\0"), 2, ("title",)),
        (wrong(title="\ud800"), 2, ("title", "U+D800")),
        (wrong(category="app"), 4, ("'apps'",)),
        (wrong(category=5), 2, ("category",)),
        (wrong(repo_watchers="many"), 2, ("repo_watchers", "'many'")),
        (wrong(repo_watchers=2**63), 2, ("repo_watchers",)),
        (wrong(created="yesterday"), 2, ("created",)),
        (wrong(created="0001-01-01T00:00:00+14:00"), 2, ("created",)),
        (wrong(participants="blag"), 2, ("participants",)),
        (wrong(participants=[None]), 2, ("participants",)),
        (wrong(commits_over_52=[1, "2"]), 2, ("commits_over_52",)),
        (wrong(grids={}), 2, ("grids",)),
        ("slug,title\na,b,c\n", 2, ("line 2",)),
        ('slug,title\na,"b', 2, ("line 2", "CSV")),
        ("title,notes\na,b\n", 2, ("slug",)),
        ("slug,title,repo_watchers\na,b,many\n", 2, ("line 2", "repo_watchers")),
        ("slug,title,tags\na,b,geo\n", 2, ("line 2", "tags")),
        ('{"pkgcat": 99, "packages": []}', 2, ("upgrade",)),
        ('{"pkgcat": 1, "packages": 5}', 2, ()),
        ('{"pkgcat": 1, "categories": 5}', 2, ("categor",)),
        ('{"pkgcat": 1, "categories": [5]}', 2, ("category",)),
        ('{"pkgcat": 1, "categories": [{"title": "x"}]}', 2, ("category",)),
        ('{"pkgcat": 1, "categories": [{"slug": null, "title": "x"}]}', 2, ("slug",)),
        ('{"pkgcat": 1, "categories": [{"slug": "x", "title": null}]}', 2, ("title",)),
        ('{"pkgcat": 1, "categories": [{"slug": "x", "title": "' + "t" * 51 + '"}]}', 2, ("title",)),
        ('{"pkgcat": 1, "grids": [{"slug": "x", "title": "' + "t" * 101 + '"}]}', 2, ("title",)),
        ('{"pkgcat": 1, "grids": [{"slug": "a b", "title": "x"}]}', 2, ("slug",)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_nothing_is_stored(
    one: Program, text: str, code: int, clues: tuple[str, ...]
) -> None:
    before = one.stored
    line = told(one("import", "-", input=text.encode("utf-8", "surrogatepass")), code)
    for clue in clues:
        assert clue in line
    assert one.stored == before


@pytest.mark.parametrize(
    "changes",
    [
        {"repo_watchers": -1},
        {"repo_watchers": 1.5},
        {"repo_forks": 0.5},
        {"commits_over_52": [1, -2]},
        {"commits_over_52": [1, 2.5]},
        {"id": -7},
        {"id": 1.5},
        {"error_count": -1},
        {"pinned": ["repo_watchers"], "upstream_values": {"repo_watchers": -1}},
    ],
    ids=str,
)
def test_a_record_with_a_number_that_is_no_count_is_skipped_and_told(
    empty: Program, changes: dict[str, Any]
) -> None:
    first = api_record(slug="first", repo_url="", pypi_url="")
    last = api_record(slug="last", repo_url="", pypi_url="")
    answer = empty("import", "-", input=json.dumps([first, GOOD | changes, last]))
    assert answer.code == 3
    assert empty.slugs() == ["first", "last"]
    assert "skipped: record 2 (django-example): " in answer.err
    assert next(iter(changes)) in answer.err or "upstream_values" in changes
    assert answer.err.count("\n") == 1


def test_a_whole_number_in_a_cell_may_be_written_with_a_point(empty: Program) -> None:
    text = "slug,title,repo_watchers,repo_forks\na,A,373.0,\nb,B,,2.00\n"  # as pandas writes it
    assert empty("import", "-", input=text).code == 0
    assert (empty.record("a")["repo_watchers"], empty.record("b")["repo_forks"]) == (373, 2)


def test_a_whole_number_of_json_may_be_written_with_a_point(empty: Program) -> None:
    record = api_record(repo_watchers=373.0, commits_over_52=[1.0, 2])
    assert empty("import", "-", input=json.dumps(record)).code == 0
    found = empty.record(record["slug"])
    assert repr([found["repo_watchers"], found["commits_over_52"]]) == "[373, [1, 2]]"


def test_a_category_that_is_not_there_can_be_added(empty: Program) -> None:
    text = "slug,title,category\na,A,geo-tools\n"
    answer = empty("import", "-", input=text)
    assert told(answer, 4).endswith("; 'pkgcat category add geo-tools' would add it\n")
    assert empty("category", "add", "geo-tools").code == 0
    assert empty("import", "-", input=text).code == 0
    answer = empty("edit", "a", "--category", "$(x)")
    assert "would add" not in told(answer, 4)


def test_a_cell_with_a_number_that_is_no_count_is_skipped_and_told(empty: Program) -> None:
    text = "slug,title,repo_watchers\na,A,-5\nb,B,2.5\nc,C,7\n"
    answer = empty("import", "-", input=text)
    assert (answer.code, empty.slugs()) == (3, ["c"])
    assert "line 2 (a)" in answer.err
    assert "line 3 (b)" in answer.err


def test_of_many_skipped_records_some_are_told_and_all_are_counted(empty: Program) -> None:
    records = [api_record(slug=f"p{number}", id=-1) for number in range(60)]
    answer = empty("import", "-", input=json.dumps(records))
    assert answer.code == 3
    assert answer.err.count("\n") == 41
    assert "skipped: 20 more" in answer.err


def test_a_slug_of_digits_comes_in_from_a_file_and_stays_refused_by_hand(empty: Program) -> None:
    records = [
        api_record(slug="1234", id=77, repo_url="", pypi_url=""),
        api_record(slug="other", id=1234, repo_url="https://github.com/a/other", pypi_url=""),
        api_record(slug="99", id=5, repo_url="https://github.com/a/99", pypi_url=""),
    ]
    answer = empty("import", "-", input=json.dumps(records))
    assert (answer.code, answer.err) == (0, "")
    assert empty.slugs() == ["1234", "99", "other"]
    assert empty.record("1234")["slug"] == "other"  # digits name an id first
    assert empty.record("99")["id"] == 5
    for command in (
        ("add", "--no-fetch", "--title", "T", "--slug", "77"),
        ("edit", "other", "--slug", "77"),
        ("category", "add", "77"),
    ):
        assert "digits" in told(empty(*command), 2)
    assert "digits" in told(empty("edit", "other", "--patch", "-", input='{"slug": "77"}'), 2)


def test_a_slug_twice_in_a_file_is_refused_and_both_places_are_told(
    one: Program, tmp_path: Path
) -> None:
    before = one.stored
    first = {"slug": "twice", "title": "First", "notes": "one"}
    second = {"slug": "twice", "title": "Second", "notes": "two", "tags": ["late"]}
    for text, places in (
        (json.dumps([first, second]), ("record 1", "record 2")),
        (f"{json.dumps(first)}\n\n{json.dumps(second)}", ("line 1", "line 3")),
        ("slug,title\ntwice,First\nother,Other\ntwice,Second\n", ("line 2", "line 4")),
    ):
        line = told(one("import", "-", input=text), 2)
        for clue in ("twice", *places):
            assert clue in line
    assert one.stored == before


def test_slugs_that_differ_only_in_case_are_never_one_package(empty: Program) -> None:
    first = {"slug": "same-case", "title": "First", "notes": "one"}
    second = {"slug": "Same-Case", "title": "Second", "notes": "two", "tags": ["late"]}
    answer = empty("import", "-", input=json.dumps([first, second]))
    assert answer.code == 3
    assert "skipped: record 2 (Same-Case)" in answer.err
    assert "record 1" in answer.err
    answer = empty("import", "-", "--overwrite", input=json.dumps(second))
    assert answer.code == 3
    assert "skipped: line 1 (Same-Case)" in answer.err
    assert "same-case" in answer.err
    assert empty.slugs() == ["same-case"]
    assert empty.record("same-case")["title"] == "First"


def test_times_without_an_offset_are_those_of_the_configured_zone(
    empty: Program, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    record = json.loads((DATA / "naive-times.json").read_text())
    for zone, expected in (
        (None, ["2023-07-01T12:00:00Z", "2023-11-05T05:30:00Z", "2011-03-13T07:15:00Z"]),
        ("Europe/Berlin", ["2023-07-01T06:00:00Z", "2023-11-05T00:30:00Z", "2011-03-13T02:15:00Z"]),
    ):
        config.write_text(f'timezone = "{zone}"\n' if zone else "")
        program = Program(tmp_path / f"{zone}.db".replace("/", "-"))
        for text in (json.dumps(record), _as_csv(record)):
            answer = program(
                "import", "-", "--overwrite", input=text, env={"PKGCAT_CONFIG": str(config)}
            )
            assert (answer.code, answer.err) == (0, "")
            stored = program.record("sample-bar")
            times = [stored[name] for name in ("last_updated", "last_fetched", "created")]
            assert times == expected


def test_times_of_the_site_without_an_offset_are_those_of_the_configured_zone(
    first_steps: Program, upstream: Upstream, world: World
) -> None:
    """The stand-in writes the times of New York, which is the zone where none is configured."""
    world.list_package("New", "new")
    expected = world.package("new").created.strftime("%Y-%m-%dT%H:%M:%SZ")
    without_offset = faults.change_texts(
        lambda text: re.sub(r"(T[\d:.]+)[+-]\d\d:\d\d$", r"\1", text)
    )
    upstream.faults.add("/djangopackages/*", without_offset)
    assert first_steps("add", "https://djangopackages.org/packages/p/new/").code == 0
    assert first_steps.record("new")["created"] == expected
    assert first_steps("undo").code == 0
    assert first_steps("import", "--from", "djangopackages").code == 0
    assert first_steps.record("new")["created"] == expected


def _as_csv(record: dict[str, Any]) -> str:
    names = ("slug", "title", "last_updated", "last_fetched", "created")
    return f"{','.join(names)}\n{','.join(str(record[name]) for name in names)}\n"


PAGES = {
    "page": lambda rows: {"count": 2, "next": None, "previous": None, "results": rows},
    "list": lambda rows: rows,
}


@pytest.mark.parametrize("form", ["page", "list", "lines", "one"])
def test_grids_of_a_file_come_in_as_grids(empty: Program, form: str) -> None:
    grid = json.loads((DATA / "grids-page.json").read_text())["results"][0]
    package = api_record(id=90002, slug="sample-bar", grids=[f"{GRID}/77/"])
    assert empty("import", "-", input=json.dumps(package)).code == 0
    assert grids_of(empty, "sample-bar") == ["grid-77"]
    other = grid | {"id": 78, "slug": "other-checks", "title": "Other", "packages": []}
    texts = {
        "page": json.dumps(PAGES["page"]([grid, other])),
        "list": json.dumps(PAGES["list"]([grid, other]), indent=2),
        "lines": f"{json.dumps(grid)}\n{json.dumps(other)}\n",
        "one": json.dumps(grid, indent=4),
    }
    answer = empty("import", "-", input=texts[form])
    assert (answer.code, answer.err) == (0, "")
    assert "grid grid-77 is now called sample-checks" in answer.out
    assert empty.slugs() == ["sample-bar"]
    assert grids_of(empty, "sample-bar") == ["sample-checks"]
    expected = {"title": "Sample checks", "description": "A comparison", "url": f"{GRID}/77/"}
    assert groups_of(empty)["sample-checks"].items() >= expected.items()
    assert ("other-checks" in groups_of(empty)) == (form != "one")


GRID = "https://djangopackages.org/api/v4/grids"


def test_categories_of_a_file_come_in_as_categories(empty: Program) -> None:
    row = {
        "id": 9,
        "title": "Theme",
        "slug": "themes",
        "description": "Looks",
        "title_plural": "Themes",
        "show_pypi": True,
        "created": "2024-01-02T03:04:05",
        "modified": "2024-01-02T03:04:05-05:00",
    }
    skipped = row | {"id": -9, "slug": "wrong"}
    answer = empty("import", "-", input=json.dumps(PAGES["page"]([row, skipped])))
    assert answer.code == 3
    assert "skipped: category (wrong): id: -9" in answer.err
    found = groups_of(empty)
    assert found.keys() == {"apps", "frameworks", "projects", "other", "themes"}
    assert found["themes"]["url"] == "https://djangopackages.org/api/v4/categories/9/"
    assert found["themes"]["title_plural"] == "Themes"


def test_one_wrong_record_of_500_stops_all_and_is_named(empty: Program, tmp_path: Path) -> None:
    records = own(500)
    records[416]["repo_watchers"] = "lots"
    file = tmp_path / "records.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    line = told(empty("import", file), 2)
    assert "record 417" in line
    assert records[416]["slug"] in line
    assert "repo_watchers" in line
    assert empty.slugs() == []


def test_bytes_that_are_no_text_are_refused(one: Program) -> None:
    before = one.stored
    assert "UTF-8" in told(one("import", "-", input=b'{"slug": "a", "title": "\xff"}'), 2)
    assert "UTF-8" in told(one("import", one.catalog), 2)
    assert one.stored == before


@pytest.mark.parametrize(
    ("file", "code"),
    [("missing.json", 2), ("", 2), ("file/below", 2), ("n" * 300, 2)],
    ids=["missing", "folder", "below", "long"],
)
def test_a_file_that_cannot_be_opened_is_told(
    one: Program, tmp_path: Path, file: str, code: int
) -> None:
    (tmp_path / "file").touch()
    before = one.stored
    answer = one("import", tmp_path / file)
    told(answer, answer.code)
    assert answer.code in (code, 74)
    assert one.stored == before


def test_a_file_may_be_called_anything(one: Program, tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.json"
    with open(file, "wb") as out:  # noqa: PTH123  # a name that is no text
        out.write(b'{"slug": "a", "title": "A"}')
    answer = one("import", os.fsdecode(file))
    assert (answer.code, answer.err) == (0, "")
    assert one("undo").code == 0


# import after import


@pytest.fixture
def world() -> World:
    """Django Packages with two of the packages that the README imports, and grids that it
    names by address.
    """
    world = World()
    for number, slug in ((71, "countries-old"), (18, "templates"), (9, "thumbnails")):
        world.grids[number] = Grid(number, slug.capitalize(), slug, f"About {slug}")
    records = [json.loads((DATA / "package-1326.json").read_text()), *map(json.loads, LINES[:2])]
    for record in records:
        list_package(world, record)
    return world


def list_package(world: World, record: dict[str, Any]) -> None:
    """List a package on the site, with the same id and addresses as a record of it."""
    world.list_package(
        record["title"],
        record["slug"],
        category=number_in(record["category"]),
        repo_url=record["repo_url"],
        pypi_url=record["pypi_url"],
        documentation_url=record["documentation_url"],
        created=datetime.fromisoformat(record["created"]),
    )
    package = world.package(record["slug"])
    del world.packages[package.id]
    world.package_ids.remove(package.id)
    package.id = record["id"]
    package.grids = [number_in(address) for address in record["grids"]]
    world.packages[package.id] = package
    world.package_ids = sorted({*world.package_ids, package.id})
    world.slugs[package.slug] = package.id
    for grid in package.grids:
        world.grids[grid].packages.append(package.id)


def number_in(address: str) -> int:
    return int(address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1])


@pytest.fixture
def first_steps(
    empty: Program, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """pkgcat after the README's first steps, with a stand-in of the site."""
    upstream.unlimited()
    for name, value in config(upstream, tmp_path).items():
        monkeypatch.setenv(name, value)
    for command in (
        ("import", DATA / "package-1326.json"),
        ("import", DATA / "package-1326.json"),
        ("import", DATA / "records.ndjson"),
        (
            "add",
            "--no-fetch",
            "--title",
            "Our fork",
            "--repo-url",
            "git@github.com:me/fork.git",
            "--tag",
            "ours",
        ),
        ("edit", "django-cities", "--title", "Cities", "--category", "apps", "--tag", "geo"),
        ("undo",),
    ):
        assert empty(*command).code == 0
    return empty


def from_site(program: Program) -> str:
    """Import the whole site, which never fails; return what was told."""
    answer = program("import", "--from", "djangopackages")
    assert (answer.code, answer.err) == (0, ""), answer
    return answer.out


def grids_of(program: Program, slug: str) -> list[str]:
    grids: list[str] = program.record(slug)["grids"]
    return grids


def groups_of(program: Program) -> dict[str, dict[str, Any]]:
    """Categories and grids by slug, as an export has them."""
    header = json.loads(program("export", "--format", "jsonl").out.splitlines()[0])
    return {group["slug"]: group for group in (*header["categories"], *header["grids"])}


def test_the_site_can_be_imported_after_the_first_steps_and_again_after_renames(
    first_steps: Program, world: World
) -> None:
    packages = len(first_steps.slugs())
    before = first_steps("list", "--json").out
    told = from_site(first_steps)
    assert "grid grid-71 is now called countries-old" in told.splitlines()
    assert "'pkgcat undo' takes it back" in told
    assert len(first_steps.slugs()) == packages
    assert grids_of(first_steps, "django-cities") == ["countries-old"]
    assert grids_of(first_steps, "django-reversetag") == ["templates"]
    assert groups_of(first_steps)["countries-old"] == {
        "slug": "countries-old",
        "title": "Countries-old",
        "description": "About countries-old",
        "url": "https://djangopackages.org/api/v4/grids/71/",
        "is_locked": False,
        "header": False,
        "created": "2019-05-04T09:30:00.000000Z",
        "modified": "2019-05-04T09:30:00.000000Z",
    }
    assert "nothing changed" in from_site(first_steps)

    world.grids[71].slug, world.grids[71].title = "countries", "Countries & Cities"
    world.categories[1] = Category(1, "Application", "applications", "Small", "Applications")
    package = world.package("django-cities")
    package.slug = "cities"
    world.slugs["cities"] = package.id
    lines = from_site(first_steps).splitlines()
    assert "grid countries-old is now called countries" in lines
    assert "category apps is now called applications" in lines
    assert "package django-cities is now called cities" in lines
    record = first_steps.record("1326")
    assert (record["slug"], record["category"], record["grids"]) == (
        "cities",
        "applications",
        ["countries"],
    )
    assert groups_of(first_steps)["applications"]["title"] == "Application"
    assert groups_of(first_steps)["countries"]["title"] == "Countries & Cities"
    assert len(first_steps.slugs()) == packages
    stored = first_steps.stored
    assert "is now" not in from_site(first_steps)
    assert first_steps.stored == stored

    for _ in range(2):
        assert first_steps("undo").code == 0
    assert grids_of(first_steps, "django-cities") == ["grid-71"]
    assert first_steps("list", "--json").out == before


def test_an_import_that_only_renames_says_so(first_steps: Program, world: World) -> None:
    from_site(first_steps)
    world.grids[71].slug = "countries"
    lines = from_site(first_steps).splitlines()
    assert lines[0] == "grid countries-old is now called countries"
    assert "only names, categories or grids changed, 3 unchanged" in lines[-1]
    assert "'pkgcat undo' takes it back" in lines[-1]
    dry = first_steps("import", "--from", "djangopackages", "--dry-run").out
    assert "is now" not in dry


@pytest.mark.parametrize(
    "options", [(), ("--slug", "mine")], ids=["its own slug", "a slug of mine"]
)
def test_a_package_added_by_its_page_follows_renames_if_it_was_given_no_slug(
    first_steps: Program, world: World, options: tuple[str, ...]
) -> None:
    world.list_package("New", "new")
    page = "https://djangopackages.org/packages/p/new/"
    assert first_steps("add", page, *options).code == 0
    package = world.package("new")
    package.slug = "newer"
    world.slugs["newer"] = package.id
    told = from_site(first_steps)
    if options:
        assert "package mine: your slug stays; the import calls it newer" in told
        assert "newer" not in first_steps.slugs()
    else:
        assert "package new is now called newer" in told
        assert "new" not in first_steps.slugs()


def test_what_a_person_called_a_category_stays_and_is_told(
    first_steps: Program, world: World
) -> None:
    from_site(first_steps)
    assert first_steps("category", "edit", "apps", "--title", "Piece", "--slug", "pieces").code == 0
    world.categories[1] = Category(1, "Application", "applications", "Small", "Applications")
    told = from_site(first_steps)
    assert "category pieces: your slug stays; the import calls it applications" in told
    assert "category pieces: your title stays; the import has another" in told
    assert first_steps.record("1326")["category"] == "pieces"
    assert (
        groups_of(first_steps)["pieces"].items()
        >= {"title": "Piece", "title_plural": "Applications"}.items()
    )
    assert first_steps("import", "--from", "djangopackages", "--overwrite").code == 0
    assert first_steps.record("1326")["category"] == "applications"


def test_a_category_that_was_removed_here_stays_removed_and_is_told(
    first_steps: Program, world: World
) -> None:
    assert first_steps("category", "remove", "frameworks").code == 0
    world.list_package("New", "new", category=2, repo_url="https://github.com/ann/new")
    for _ in range(2):
        assert "category frameworks was removed here and stays removed" in from_site(first_steps)
        assert "frameworks" not in groups_of(first_steps)
        assert first_steps.record("new")["category"] is None


def test_nothing_on_the_site_stops_the_import_of_the_rest(
    first_steps: Program, world: World
) -> None:
    world.categories[5] = Category(5, "T" * 60, "themes", "", "Themes")
    world.grids[400] = Grid(400, "x" * 120, "g" * 60)
    world.grids[401] = Grid(401, "", "two words")
    world.grids[402] = Grid(402, "Year", "2024")
    world.grids[403] = Grid(403, "Named like a placeholder", "grid-71")
    world.grids[404] = Grid(404, "Twice", "templates")
    numbers = [400, 401, 402, 403, 404]
    world.list_package(
        "New", "new", category=5, grids=numbers, repo_url="https://github.com/ann/new"
    )
    world.list_package("Wrong", "1" * 9)
    world.list_package("Fork", "rival", repo_url="https://github.com/me/fork")
    for again in (False, True):
        answer = first_steps("import", "--from", "djangopackages")
        assert (answer.code, answer.err) == (0, "")
        assert first_steps.record("111111111")["title"] == "Wrong"
        assert "category themes: its title has 60 characters and was cut to 50" in answer.out
        assert again == ("nothing changed" in answer.out)
    found = groups_of(first_steps)
    assert found["themes"]["title"] == "T" * 50
    assert found["2024"]["title"] == "Year"
    assert found["grid-71"]["title"] == "Named like a placeholder"
    assert found["templates"]["title"] == "Templates"
    assert grids_of(first_steps, "new") == ["g" * 50, "grid-401", "2024", "grid-71", "templates-2"]
    assert grids_of(first_steps, "django-cities") == ["countries-old"]
    assert first_steps.record("rival")["repo_url"] == "https://github.com/me/fork"


def test_many_renames_are_not_all_told(first_steps: Program, world: World) -> None:
    for number in range(500, 560):
        world.grids[number] = Grid(number, "Old", f"old-{number}")
    from_site(first_steps)
    for number in range(500, 560):
        world.grids[number].slug = f"new-{number}"
    told = from_site(first_steps)
    assert told.count("is now called") == 40
    assert "and 20 more\n" in told


ONE = {
    "slug": "sample-one",
    "title": "Sample One",
    "grids": ["https://djangopackages.org/api/v4/grids/5/"],
}


def export_of(slug: str, title: str) -> str:
    """An export of a catalog with one package on one grid."""
    grid = {
        "slug": slug,
        "title": title,
        "description": "",
        "url": "https://djangopackages.org/api/v4/grids/5/",
    }
    package = {"slug": "sample-two", "title": "Sample Two", "grids": [slug]}
    return (
        f"{json.dumps({'pkgcat': 1, 'categories': [], 'grids': [grid]})}\n{json.dumps(package)}\n"
    )


def test_a_grid_is_known_by_its_address_through_three_imports(empty: Program) -> None:
    assert empty("import", "-", input=json.dumps(ONE)).code == 0
    answer = empty("import", "-", input=export_of("notifications", "Notifications"))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[0] == "grid grid-5 is now called notifications"
    assert grids_of(empty, "sample-one") == grids_of(empty, "sample-two") == ["notifications"]
    answer = empty("import", "-", input=export_of("notices", "Notices"))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[0] == "grid notifications is now called notices"
    assert grids_of(empty, "sample-one") == grids_of(empty, "sample-two") == ["notices"]
    assert groups_of(empty)["notices"]["title"] == "Notices"
    assert "nothing changed" in empty("import", "-", input=export_of("notices", "Notices")).out


def test_any_order_of_these_imports_ends_alike(empty: Program) -> None:
    for text in (
        export_of("notices", "Notices"),
        json.dumps(ONE),
        export_of("notifications", "Notifications"),
    ):
        assert empty("import", "-", input=text).code == 0
    assert grids_of(empty, "sample-one") == grids_of(empty, "sample-two") == ["notifications"]
    assert [slug for slug, group in groups_of(empty).items() if group["url"]] == ["notifications"]


def test_a_header_without_packages_that_changes_something_says_so(empty: Program) -> None:
    assert empty("import", "-", input=json.dumps(ONE)).code == 0
    header = export_of("notices", "Notices").splitlines()[0]
    answer = empty("import", "-", input=header)
    assert "nothing to import" not in answer.out
    assert answer.out.splitlines()[0] == "grid grid-5 is now called notices"
    assert "holds no package" in empty("import", "-", input=header).out


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "apiv4"])
def test_an_export_of_this_catalog_comes_in_again_after_edits(
    first_steps: Program, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"export.{form}"
    assert first_steps("category", "add", "themes").code == 0
    assert first_steps("edit", "our-fork", "--category", "themes").code == 0
    assert first_steps("export", "--format", form, file).code == 0
    for command in (
        ("category", "edit", "themes", "--slug", "looks", "--title", "Look"),
        ("category", "edit", "apps", "--slug", "pieces"),
        ("edit", "django-cities", "--slug", "cities", "--title", "Cities", "--category", "other"),
        ("edit", "our-fork", "--slug", "django-cities"),
        ("remove", "sorethumb"),
    ):
        assert first_steps(*command).code == 0
    ours, cities = first_steps.record("django-cities"), first_steps.record("cities")
    answer = first_steps("import", file)
    assert (answer.code, answer.err) == (0, ""), answer
    assert "added 1 (sorethumb)" in answer.out
    words = ("slug", "title", "category", "repo_url", "tags", "id")
    for before in (ours, cities):
        after = first_steps.record(before["slug"])
        assert {name: after[name] for name in words} == {name: before[name] for name in words}
    assert "package cities: your slug stays; the import calls it django-cities" in answer.out


# export


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A catalog with every field filled in many ways; only read here."""
    program = Program(tmp_path_factory.mktemp("whole") / "catalog.db")
    assert program("category", "add", "themes", "--description", "=1+1").code == 0
    assert program("import", "-", input="\n".join(map(json.dumps, own(120)))).code == 0
    return program


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
@pytest.mark.parametrize("way", ["file", "-"])
def test_an_export_into_an_empty_catalog_gives_an_equal_export(
    whole: Program, empty: Program, tmp_path: Path, form: str, way: str
) -> None:
    file = tmp_path / f"export.{form}"
    if way == "file":
        assert whole("export", file).code == 0
        assert empty("import", file).code == 0
    else:
        file.write_bytes(whole("export", "--format", form).raw)
        assert empty("import", "-", input=file.read_bytes()).code == 0
    assert empty("export", "--format", form).raw == file.read_bytes()
    if form != "csv":
        assert empty("category", "list", "--json").out == whole("category", "list", "--json").out
    assert empty("list", "--json").out == whole("list", "--json").out


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.json", "json"),
        ("x.jsonl", "jsonl"),
        ("x.ndjson", "jsonl"),
        ("x.csv", "csv"),
        ("x.JSON", "json"),
        ("x.tsv", "tsv"),
        ("x.md", "markdown"),
        ("x.html", "html"),
        ("x.HTM", "html"),
        ("x.svg", "svg"),
        ("x", "json"),
    ],
)
def test_the_name_of_the_file_tells_the_form(
    one: Program, tmp_path: Path, name: str, kind: str
) -> None:
    answer = one("export", tmp_path / name)
    assert (answer.code, "1 package" in answer.out) == (0, True)
    assert (tmp_path / name).read_bytes() == one("export", "--format", kind).raw


@pytest.mark.parametrize("name", ["site.htmx", "x.xyz", "x.txt", "catalog.json.gz"])
def test_an_ending_that_export_does_not_know_is_refused_and_the_known_ones_are_told(
    one: Program, tmp_path: Path, name: str
) -> None:
    line = told(one("export", tmp_path / name), 2)
    for clue in (Path(name).suffix, ".json", ".jsonl", ".csv", ".tsv", ".md", "--format"):
        assert clue in line
    assert not (tmp_path / name).exists()
    assert one("export", tmp_path / name, "--format", "json").code == 0


def test_a_markdown_export_is_the_table_that_list_shows(many: Program, tmp_path: Path) -> None:
    assert many("export", tmp_path / "x.md").code == 0
    assert (tmp_path / "x.md").read_text() == many("list", "--format", "markdown").out


def test_a_tsv_export_comes_in_again(whole: Program, empty: Program, tmp_path: Path) -> None:
    assert whole("export", tmp_path / "x.tsv").code == 0
    assert empty("import", tmp_path / "x.tsv").code == 0
    assert len(empty.slugs()) == 120


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_an_export_as_a_table_keeps_every_text(one: Program, tmp_path: Path, ending: str) -> None:
    notes = ' two\nlines,\ttabs; \u200b "quotes"\r\n'
    one("edit", "django-cities", "--notes", notes)
    before = one.record("django-cities")
    assert one("export", tmp_path / f"x.{ending}").code == 0
    again = one("import", tmp_path / f"x.{ending}", "--overwrite")
    assert again.out == "nothing changed: 1 package is in the catalog already\n"
    assert one.record("django-cities") == before
    other = Program(tmp_path / "other.db")
    assert other("import", tmp_path / f"x.{ending}").code == 0
    assert other.record("django-cities")["notes"] == notes


def test_the_option_wins_over_the_name(one: Program, tmp_path: Path) -> None:
    one("export", tmp_path / "x.csv", "--format", "json")
    assert json.loads((tmp_path / "x.csv").read_text())["pkgcat"] == 3


def test_an_api_v4_export_is_a_page(many: Program) -> None:
    page = json.loads(many("export", "--format", "apiv4").out)
    assert list(page) == ["count", "next", "previous", "results"]
    assert page["count"] == len(page["results"]) == 38
    assert many("import", "-", input=json.dumps(page)).out.startswith("nothing changed")


def test_a_json_export_is_ascii_and_a_csv_reads_back(whole: Program) -> None:
    assert whole("export").raw.isascii()
    rows = list(csv.DictReader(whole("export", "--format", "csv").out.splitlines(keepends=True)))
    assert len(rows) == 120
    assert set(rows[0]) == {name for name, field in FIELDS.items() if field.writer != "derived"}


def test_an_export_is_its_owners_alone_and_leaves_nothing_beside_it(
    one: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    old = folder / "x.json"
    old.write_text("old")
    old.chmod(0o644)
    before = os.umask(0o022)
    try:
        assert one("export", old).code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [old]


def test_an_export_interrupted_leaves_the_old_one_whole(
    one: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    file = folder / "x.json"
    assert one("export", file).code == 0
    before = file.read_bytes()
    one("add", "--no-fetch", "another")
    for error, code in ((OSError(28, "No space left on device"), 74), (KeyboardInterrupt(), 130)):

        def broken(_descriptor: int, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(
                os, "fsync", broken
            )  # the disk, the one thing here that cannot be had otherwise
            assert one("export", file).code == code
        assert file.read_bytes() == before
        assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("no/such/folder/x.json", {74}),
        ("file/x.json", {2, 74}),
        ("", {2, 74}),
        ("n" * 300, {2, 74}),
    ],
    ids=["missing", "below", "folder", "long"],
)
def test_an_export_to_nowhere_is_told(
    one: Program, tmp_path: Path, file: str, codes: set[int]
) -> None:
    (tmp_path / "file").touch()
    answer = one("export", tmp_path / file)
    told(answer, answer.code)
    assert answer.code in codes


@pytest.mark.parametrize("file", ["", ".", "..", "/"])
def test_an_export_to_a_folder_is_told(
    one: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "is a folder; name another file" in told(one("export", file, "--format", "json"), 2)


@pytest.mark.parametrize("form", ["csv", "apiv4", "markdown"])
def test_a_file_is_the_same_whether_or_not_a_terminal_looks_on(
    one: Program, tmp_path: Path, form: str
) -> None:
    assert one("edit", "1326", "--title", "Käse\x7f", "--notes", "two\nlines").code == 0
    for name, terminal in (("a", False), ("b", True)):
        answer = one("export", tmp_path / name, "--format", form, terminal=terminal)
        assert answer.code == 0, answer.err
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_export_never_takes_the_place_of_the_catalog(one: Program, tmp_path: Path) -> None:
    before = one.stored
    (tmp_path / "link.json").symlink_to(one.catalog)
    for file in (one.catalog, tmp_path / "link.json", tmp_path / "home" / ".." / "catalog.db"):
        answer = one("export", file)
        told(answer, answer.code)
        assert one.stored == before


def test_an_export_through_a_link_keeps_the_link(one: Program, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert one("export", tmp_path / "link.json").code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["pkgcat"] == 3


def test_an_export_into_a_named_pipe_goes_through_it(one: Program, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []

    def reader() -> None:
        descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            finished.wait(10)
            while piece := os.read(descriptor, 1 << 16):
                read.append(piece)
        except BlockingIOError:
            pass
        finally:
            os.close(descriptor)

    finished = threading.Event()
    thread = threading.Thread(target=reader)
    thread.start()
    try:
        assert one("export", pipe).code == 0
    finally:
        finished.set()
        thread.join()
    assert pipe.is_fifo()
    assert b"".join(read) == one("export").raw


def test_an_unknown_form_is_refused(one: Program, tmp_path: Path) -> None:
    line = told(one("export", tmp_path / "x", "--format", "yaml"), 2)
    assert "jsonl" in line
    assert not (tmp_path / "x").exists()


def test_an_export_of_nothing_can_be_read(empty: Program) -> None:
    answer = empty("export", env={"PKGCAT_DB": ""})
    assert json.loads(answer.out)["packages"] == []
    assert empty("import", "-", input=answer.out).code == 0


def test_a_large_export_is_kept_on_disk_until_it_is_printed() -> None:
    buffer = OutputBuffer()
    for _ in range(300):
        buffer.write("é" * 10_000)
    assert buffer.text().read() == "é" * 3_000_000
