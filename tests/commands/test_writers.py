"""A field follows its last writer: what an import or a refresh wrote is renewed, what a person wrote
stays.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import Program
from tests.conftest import DATA

CITIES = json.loads((DATA / "package-1326.json").read_text(encoding="utf-8"))

THEIRS: dict[str, Any] = {
    "category": "https://djangopackages.org/api/v4/categories/2/",
    "grids": ["https://djangopackages.org/api/v4/grids/18/"],
    "title": "Cities of the world",
    "repo_url": "https://github.com/jazzband/django-cities",
    "pypi_url": "https://pypi.org/project/django-cities-now/",
    "documentation_url": "https://cities.example.org/",
    "modified": "2026-03-01T10:00:00-05:00",
}
"""What the site says of the fields of a person later on."""


def bring(program: Program, *options: str, **changes: Any) -> str:
    answer = program("import", "-", *options, input=json.dumps(CITIES | changes))
    assert (answer.code, answer.err) == (0, "")
    return answer.out


def why(program: Program, slug: str, field: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(program("show", slug, "--why", field, "--json").out)
    return found


@pytest.mark.parametrize("name", [*THEIRS, "all"])
def test_what_only_ever_came_from_an_import_follows_the_next_one(one: Program, name: str) -> None:
    changes = THEIRS if name == "all" else {name: THEIRS[name]}
    bring(one, **changes)
    shown = json.loads(one("show", "1326", "--format", "apiv4").out)
    assert shown == CITIES | changes


@pytest.mark.parametrize("empty_value", [None, ""])
def test_what_a_site_has_no_more_is_unknown_here_too(one: Program, empty_value: Any) -> None:
    bring(one, documentation_url=THEIRS["documentation_url"])
    bring(one, documentation_url=empty_value)
    assert json.loads(one("show", "1326", "--format", "apiv4").out)["documentation_url"] == (
        empty_value
    )


def test_what_a_person_wrote_stays_and_is_told_by_slug_and_field(one: Program) -> None:
    one("edit", "1326", "--title", "Mine", "--unset", "repo_url", "--category", "other")
    before = one.record("1326")
    told = bring(one, **THEIRS)
    assert (
        "package django-cities: your category, title, repo_url stays; the import has another"
        in told.splitlines()
    )
    record = one.record("1326")
    for name in ("title", "repo_url", "category", "modified"):
        assert record[name] == before[name]
    assert record["documentation_url"] == THEIRS["documentation_url"]
    bring(one, "--overwrite", **THEIRS)
    assert json.loads(one("show", "1326", "--format", "apiv4").out) == CITIES | THEIRS
    assert "your" not in bring(one, title="Theirs again")
    assert one.record("1326")["title"] == "Theirs again"


def test_what_a_person_wrote_and_took_back_is_the_imports_again(one: Program) -> None:
    one("edit", "1326", "--title", "Mine")
    one("undo")
    assert "your" not in bring(one, title="Theirs")
    assert one.record("1326")["title"] == "Theirs"


def test_what_an_add_took_from_a_host_follows_an_import(empty: Program) -> None:
    empty("add", "--no-fetch", "django-cities", "--title", "Mine", "--slug", "django-cities")
    bring(empty)
    bring(empty, documentation_url="https://a.example.org/")
    assert empty.record("django-cities")["title"] == "Mine"
    assert empty.record("django-cities")["documentation_url"] == "https://a.example.org/"


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "apiv4"])
@pytest.mark.parametrize("options", [(), ("--overwrite",)])
def test_an_own_export_is_unchanged_even_with_overwrite(
    catalog: Path, tmp_path: Path, form: str, options: tuple[str, ...]
) -> None:
    shutil.copy(DATA / "catalogs" / "0.1.0.db", catalog)
    catalog.chmod(0o600)
    program = Program(catalog)
    file = tmp_path / f"export.{form}"
    assert program("export", "--format", form, file).code == 0
    program("import", file)  # the site of packages that 0.1.0 imported is stored this once
    stored = program.stored
    answer = program("import", file, *options)
    assert (answer.code, answer.err) == (0, "")
    assert "nothing changed: 35 packages" in answer.out
    assert program.stored == stored
    if form != "apiv4":
        assert program("import", file, "--overwrite", "--dry-run").out.startswith("nothing changed")


@pytest.mark.parametrize("form", ["apiv4", "csv"])
def test_what_is_unknown_or_empty_is_unchanged_in_forms_that_cannot_tell(
    empty: Program, tmp_path: Path, form: str
) -> None:
    record = '{"slug": "maps", "title": "Maps", "documentation_url": ""}'
    assert empty("import", "-", input=record).code == 0
    stored, file = empty.stored, tmp_path / f"export.{form}"
    assert empty("export", "--format", form, file).code == 0
    answer = empty("import", file, "--overwrite")
    assert (answer.code, answer.out.startswith("nothing changed")) == (0, True), answer
    assert empty.stored == stored


def test_what_list_prints_in_whole_seconds_is_unchanged_too(one: Program) -> None:
    stored = one.stored
    answer = one("import", "-", "--overwrite", input=one("list", "--json").out)
    assert (answer.code, answer.out.startswith("nothing changed")) == (0, True), answer
    assert one.stored == stored


FIELDS_OF_A_COPY = (
    "title",
    "slug",
    "category",
    "grids",
    "tags",
    "notes",
    "repo_url",
    "documentation_url",
    "repo_watchers",
    "repo_description",
    "pinned",
    "upstream_values",
    "pypi_name",
    "score",
    "last_fetched",
    "repo_license",
)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_copy_of_a_catalog_answers_why_alike_and_behaves_alike(
    one: Program, tmp_path: Path, form: str
) -> None:
    one("import", DATA / "records.ndjson")
    one("edit", "1326", "--title", "Mine", "--tag", "geo", "--description", "Pinned")
    one("edit", "1326", "--unset", "documentation_url")
    one("category", "edit", "apps", "--title", "Piece")
    one("undo")
    one("undo", "4")
    one("undo", "5")
    one("category", "edit", "other", "--title", "Rest")
    file = tmp_path / f"export.{form}"
    one("export", file)
    copy = Program(tmp_path / "copy.db")
    assert copy("import", file).code == 0
    assert copy("export", "--format", form).raw == file.read_bytes()
    for slug in ("1326", "sorethumb"):
        for field in FIELDS_OF_A_COPY:
            first, second = why(one, slug, field), why(copy, slug, field)
            for name in ("value", "source", "fetched", "pinned", "upstream_value"):
                assert first[name] == second[name], (slug, field, name)
    header = {
        "pkgcat": 1,
        "categories": [
            {"slug": name, "title": f"Their {name}", "url": f"https://djangopackages.org/api/v4/categories/{number}/"}
            for number, name in ((1, "apps"), (4, "other"))
        ],
    }  # fmt: skip
    told = []
    for program in (one, copy):
        told.append(program("import", "-", input=json.dumps(header)).out)
        told[-1] += bring(program, **THEIRS, repo_description="Theirs")
    assert told[0] == told[1]
    assert "your title stays" in told[0]
    assert one("list", "--json").out == copy("list", "--json").out
    assert one("category", "list", "--json").out == copy("category", "list", "--json").out


def test_an_export_names_what_came_from_elsewhere_than_the_package(one: Program) -> None:
    """`*` is all else that has a value; a field that a person emptied is named as well."""
    one("edit", "1326", "--title", "Mine", "--unset", "repo_url")
    one("edit", "1326", "--title", "Mine again")
    assert exported_origins(one) == {
        "file package-1326.json": ["*"],
        "person": ["modified", "repo_host", "repo_url", "title"],
    }
    one("undo")
    one("undo")
    assert exported_origins(one) == {"file package-1326.json": ["*"]}


def test_a_value_that_came_with_the_package_is_not_named_when_it_comes_again(one: Program) -> None:
    """So that the export of a copy is the same text."""
    file = DATA / "package-1326.json"
    one("edit", "1326", "--title", "Mine")
    assert one("import", "--overwrite", file).code == 0
    assert exported_origins(one)["file package-1326.json"] == ["*"]


def exported_origins(program: Program) -> dict[str, list[str]]:
    """Return the origins of the package that stands last in an export."""
    found: dict[str, list[str]] = json.loads(
        program("export", "--format", "jsonl").out.splitlines()[-1]
    )["origins"]
    return found


def test_origins_of_many_packages_are_each_package_s_own(one: Program) -> None:
    """More than are asked at once."""
    lines = [json.dumps({"slug": f"p{number}", "title": f"P{number}"}) for number in range(1100)]
    assert one("import", "-", input="\n".join(lines)).code == 0
    one("edit", "p7", "p700", "p1099", "--tag", "mine")
    by_slug = {}
    for line in one("export", "--format", "jsonl").out.splitlines()[1:]:
        record = json.loads(line)
        by_slug[record["slug"]] = record["origins"]
    assert len(by_slug) == 1101
    of_persons = {slug for slug, origins in by_slug.items() if "person" in origins}
    assert of_persons == {"p7", "p700", "p1099"}


@pytest.mark.parametrize(
    "origins",
    [5, "person", ["person"], {"person": "title"}, {"nobody": ["title"]}, {"host": ["title"]}, {"undo 5": []}, {"person": "*"}],
)  # fmt: skip
def test_origins_of_another_form_are_refused(one: Program, origins: Any) -> None:
    record = {"slug": "a", "title": "A", "origins": origins}
    answer = one("import", "-", input=json.dumps(record))
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "origins" in answer.err


def test_what_others_write_into_origins_is_shown_cleaned(one: Program) -> None:
    origins = {"file \x1b[31mx\u202e": ["title"], "person": ["nothing", 5, "notes"]}
    record = {"slug": "a", "title": "A", "notes": "n", "origins": origins}
    assert one("import", "-", input=json.dumps(record)).code == 0
    page = one("show", "a", "--why", "title", terminal=True).out
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert why(one, "a", "notes")["source"] == "a person"


def test_the_source_of_a_value_survives_undo_and_redo(one: Program) -> None:
    sources = [why(one, "1326", "title")["source"]]
    one("edit", "1326", "--title", "Mine")
    for _ in range(3):
        one("undo", json.loads(one("undo", "--list", "--json").out)[0]["operation"])
        sources.append(why(one, "1326", "title")["source"])
    assert sources == ["file package-1326.json"] * 2 + ["a person", "file package-1326.json"]
