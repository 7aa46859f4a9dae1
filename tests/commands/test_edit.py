"""edit by options and by a patch: only what was named changes, and one undo takes it back."""

import json
from pathlib import Path
from typing import Any

import pytest

from pkgcat.model.fields import EDITABLE, FIELDS, PINNABLE
from tests.commands.program import Program, told


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in FIELDS if before[name] != after[name]}


def test_edit_changes_what_is_named_and_undo_restores_every_byte(many: Program) -> None:
    exported, before = many("export").raw, many.record("django-cities")
    answer = many(
        "edit", "django-cities", "--title", "Cities", "--category", "frameworks", "--tag", "geo"
    )
    assert (answer.code, answer.err, answer.out.count("\n")) == (0, "", 1)
    for word in ("django-cities", "title", "category", "tags", "undo"):
        assert word in answer.out
    assert "modified" not in answer.out
    after = many.record("django-cities")
    assert changed(before, after) == {"title", "category", "tags", "modified"}
    assert (after["title"], after["category"], after["tags"]) == ("Cities", "frameworks", ["geo"])
    assert after["modified"] > before["modified"]
    assert many("undo").code == 0
    assert many("export").raw == exported


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (("--title", " Cities "), "title", "Cities"),
        (("--slug", "Towns"), "slug", "Towns"),
        (("--category", "other"), "category", "other"),
        (("--category", ""), "category", None),
        (("--repo-url", "owner/name"), "repo_url", "https://github.com/owner/name"),
        (("--repo-url", "https://gitlab.com/o/n.git"), "repo_url", "https://gitlab.com/o/n.git"),
        (("--repo-host", "forgejo"), "repo_host", "forgejo"),
        (("--pypi-url", "other.name"), "pypi_url", "https://pypi.org/project/other-name/"),
        (
            ("--documentation-url", "https://d.example.org"),
            "documentation_url",
            "https://d.example.org",
        ),
        (("--description", "mine"), "repo_description", "mine"),
        (("--notes", " two\nlines "), "notes", " two\nlines "),
        (("--tag", "b", "--tag", " a "), "tags", ["a", "b"]),
        (("--replaced-by", "Sorethumb"), "replaced_by", "sorethumb"),
        (("--unset", "repo_url"), "repo_url", None),
        (("--unset", "participants"), "participants", []),
        (("--unset", "repo_watchers"), "repo_watchers", None),
    ],
)
def test_each_option_sets_its_field(
    many: Program, options: tuple[str, ...], field: str, value: Any
) -> None:
    key = many.record("django-cities")["id"]
    assert many("edit", "django-cities", *options).code == 0
    assert many.record(str(key))[field] == value


def test_tags_are_added_and_taken_away_whatever_their_case(one: Program) -> None:
    one("edit", "1326", "--tag", "geo", "--tag", "GEO", "--tag", "used")
    assert [tag.casefold() for tag in one.record("1326")["tags"]] == ["geo", "used"]
    one("edit", "1326", "--untag", "Geo", "--tag", "maps", "--untag", "never")
    assert one.record("1326")["tags"] == ["maps", "used"]
    one("edit", "1326", "--unset", "tags")
    assert one.record("1326")["tags"] == []


def test_a_fact_set_by_hand_is_pinned_until_it_is_given_back(one: Program) -> None:
    assert one("edit", "1326", "--description", "mine").code == 0
    record = one.record("1326")
    assert (record["repo_description"], record["pinned"]) == ("mine", ["repo_description"])
    assert one("edit", "1326", "--unpin", "repo_description").code == 0
    record = one.record("1326")
    assert record["repo_description"] == "Countries and cities of the world for Django projects"
    assert record["pinned"] == []


def test_a_repository_that_moves_to_another_host_takes_its_host_along(one: Program) -> None:
    one("edit", "1326", "--repo-url", "https://codeberg.org/o/n")
    assert one.record("1326")["repo_host"] == "forgejo"
    one("edit", "1326", "--unset", "repo_url")
    assert one.record("1326")["repo_host"] is None


def test_a_package_that_replaces_another_may_be_renamed(many: Program) -> None:
    many("edit", "1326", "--replaced-by", "sorethumb")
    many("edit", "sorethumb", "--slug", "sore-thumb")
    assert many.record("1326")["replaced_by"] == "sore-thumb"


def test_several_packages_are_edited_at_once_or_none(many: Program) -> None:
    answer = many("edit", "1326", "sorethumb", "--tag", "x", "--json")
    assert [record["tags"] for record in json.loads(answer.out)] == [["x"], ["x"]]
    assert many.slugs("--tag", "x") == ["django-cities", "sorethumb"]
    before = many.stored
    told(many("edit", "1326", "nope", "--tag", "y"), 4)
    told(many("edit", "1326", "sorethumb", "--slug", "y"), 2)
    told(many("edit", "1326", "sorethumb", "--repo-url", "o/y"), 2)
    assert many.stored == before
    assert many("undo").code == 0
    assert many.slugs("--tag", "x") == []


def test_slugs_are_read_from_standard_input(many: Program) -> None:
    answer = many("edit", "-", "--tag", "x", "--json", input="sorethumb\n")
    assert [record["slug"] for record in json.loads(answer.out)] == ["sorethumb"]
    assert many("edit", "-", "--tag", "x", "--json").out == "[]\n"


def test_edit_prints_the_record_with_json_and_its_words_apart(one: Program) -> None:
    answer = one("edit", "1326", "--title", "Cities", "--json")
    assert json.loads(answer.out) == one.record("1326")
    assert "undo" in answer.err
    chosen = one("edit", "1326", "--title", "Towns", "--format", "csv", "--fields", "slug,title")
    assert chosen.out == "slug,title\ndjango-cities,Towns\n"


def test_an_edit_that_changes_nothing_says_so_and_leaves_no_trace(one: Program) -> None:
    before = one.stored
    answer = one("edit", "1326", "--title", "django-cities", "--category", "apps")
    assert (answer.code, answer.out) == (0, "django-cities: nothing to change\n")
    assert one.stored == before


PATCH = {
    "title": "Cities",
    "repo_watchers": 1000,
    "tags": ["geo"],
    "notes": None,
    "repo_archived": True,
}


@pytest.mark.parametrize("way", ["file", "-"])
def test_a_patch_sets_fields_of_every_kind(one: Program, tmp_path: Path, way: str) -> None:
    file = tmp_path / "patch.json"
    file.write_text(json.dumps(PATCH), encoding="utf-8")
    where = file if way == "file" else "-"
    assert one("edit", "1326", "--patch", where, input=json.dumps(PATCH)).code == 0
    record = one.record("1326")
    assert record.items() >= PATCH.items()
    assert record["pinned"] == ["repo_archived", "repo_watchers"]


def test_a_patch_and_options_go_together(one: Program) -> None:
    one("edit", "1326", "--tag", "old")
    one("edit", "1326", "--patch", "-", "--tag", "more", "--notes", "n", input='{"tags": ["new"]}')
    record = one.record("1326")
    assert (record["tags"], record["notes"]) == (["more", "new"], "n")


@pytest.mark.parametrize(
    "name", sorted(EDITABLE - {"slug", "title", "category", "grids", "replaced_by"})
)
def test_whatever_a_record_says_can_be_patched_back_in(one: Program, name: str) -> None:
    before = one.record("1326")
    patch = {name: before[name]}
    assert one("edit", "1326", "--patch", "-", input=json.dumps(patch)).code == 0
    assert changed(before, one.record("1326")) <= {"modified", "pinned", "upstream_values"}


@pytest.mark.parametrize(
    ("patch", "code", "clue"),
    [
        ("", 2, "JSON"),
        ("{", 2, "JSON"),
        ("[]", 2, "object"),
        ("5", 2, "object"),
        ('{"titel": "x"}', 2, "'title'"),
        ('{"id": 5}', 2, "id"),
        ('{"slug": null}', 2, "slug"),
        ('{"title": ""}', 2, "title"),
        ('{"title": 5}', 2, "title"),
        ('{"tags": "geo"}', 2, "tags"),
        ('{"tags": [5]}', 2, "tags"),
        ('{"repo_watchers": "1"}', 2, "repo_watchers"),
        ('{"repo_watchers": -1}', 2, "repo_watchers"),
        ('{"repo_watchers": 1.5}', 2, "repo_watchers"),
        ('{"repo_watchers": NaN}', 2, ""),
        ('{"repo_watchers": 9223372036854775808}', 2, "repo_watchers"),
        ('{"repo_watchers": true}', 2, "repo_watchers"),
        ('{"repo_archived": 1}', 2, "repo_archived"),
        ('{"last_updated": "2026-01-01"}', 2, "last_updated"),
        ('{"last_updated": "0001-01-01T00:00:00+01:00"}', 2, "last_updated"),
        ('{"notes": "\\ud800"}', 2, "U+D800"),
        ('{"notes": "a\\u0000b"}', 2, "U+0000"),
        ('{"category": "app"}', 4, "'apps'"),
        ('{"grids": ["nope"]}', 4, "'nope'"),
        ('{"replaced_by": "django-citie"}', 4, "'django-cities'"),
        ('{"replaced_by": "django-cities"}', 2, "cannot be replaced by itself"),
        ("[" * 100_000, 2, "JSON"),
        ('{"repo_watchers": ' + "9" * 5000 + "}", 2, ""),
    ],
)
def test_a_patch_that_breaks_a_rule_is_refused_whole(
    one: Program, patch: str, code: int, clue: str
) -> None:
    before = one.stored
    assert clue in told(one("edit", "1326", "--patch", "-", input=patch), code)
    assert one.stored == before


@pytest.mark.parametrize("file", ["missing.json", "", "folder", "latin.json"])
def test_a_patch_that_cannot_be_read_is_refused(one: Program, tmp_path: Path, file: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.json").write_bytes(b'{"title": "\xff"}')
    told(one("edit", "1326", "--patch", tmp_path / file), 2)


@pytest.mark.parametrize(
    ("options", "code", "clue"),
    [
        (("--title", ""), 2, "title"),
        (("--title", "t" * 101), 2, "101"),
        (("--slug", "a b"), 2, "slug"),
        (("--slug", "1326"), 2, "digits"),
        (("--slug", "s" * 51), 2, "51"),
        (("--slug", "sorethumb"), 5, "sorethumb"),
        (("--pypi-url", "SoreThumb"), 5, "sorethumb"),
        (("--repo-host", "sourceforge"), 2, "github"),
        (("--category", "aps"), 4, "'apps'"),
        (("--replaced-by", "sorethum"), 4, "'sorethumb'"),
        (("--unset", "titel"), 2, "'title'"),
        (("--unset", "title"), 2, "title"),
        (("--unset", "slug"), 2, "slug"),
        (("--unset", "id"), 2, "id"),
        (("--unset", "score"), 2, "score"),
        (("--unset", "last_error"), 2, "last_error"),
        (("--unpin", "title"), 2, "title"),
        (("--unpin", "stars"), 2, "'repo_watchers'"),
    ],
)
def test_an_edit_that_breaks_a_rule_is_refused_whole(
    many: Program, options: tuple[str, ...], code: int, clue: str
) -> None:
    before = many.stored
    assert clue in told(many("edit", "1326", "--notes", "kept out", *options), code)
    assert many.stored == before


def test_edit_of_nothing_names_the_nearest(one: Program) -> None:
    assert "'django-cities'" in told(one("edit", "django-citis", "--title", "x"), 4)


def test_without_options_terminal_or_editor_it_says_what_to_do(one: Program) -> None:
    assert "--title" in told(one("edit", "1326"), 2)


def test_a_dry_run_shows_old_and_new_and_stores_nothing(one: Program) -> None:
    before = one.stored
    answer = one("edit", "1326", "--title", "Cities", "--dry-run")
    assert (answer.code, answer.out) == (0, "django-cities\ttitle\tdjango-cities\tCities\n")
    assert one.stored == before
    shown = one("edit", "1326", "--title", "Cities", "--dry-run", "--json")
    assert json.loads(shown.out)["title"] == "Cities"
    assert one.stored == before


def test_pinnable_fields_are_what_refresh_supplies() -> None:
    assert {name for name, field in FIELDS.items() if field.writer == "upstream"} == PINNABLE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("way", ["file", "-"])
def test_a_patch_may_begin_with_a_byte_order_mark(
    one: Program, tmp_path: Path, way: str, encoding: str
) -> None:
    text = '{"title": "Städte"}\r\n'.encode(encoding)
    file = tmp_path / "patch.json"
    file.write_bytes(text)
    where = file if way == "file" else "-"
    assert one("edit", "1326", "--patch", where, input=text).code == 0
    assert one.record("1326")["title"] == "Städte"


def test_a_patch_that_names_a_key_twice_is_refused_with_the_key(one: Program) -> None:
    before = one.stored
    line = told(one("edit", "1326", "--patch", "-", input='{"title": "A", "title": "B"}'), 2)
    assert "'title' stands twice" in line
    assert one.stored == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_names_on_standard_input_may_begin_with_a_byte_order_mark(
    many: Program, encoding: str
) -> None:
    names = "sorethumb\r\ndjango-cities\r\n".encode(encoding)
    assert many("edit", "-", "--tag", "x", input=names).code == 0
    assert many.slugs("--tag", "x") == ["django-cities", "sorethumb"]
    assert many("add", "--no-fetch", "-", input="new-one\n".encode(encoding)).code == 0
    assert "new-one" in many.slugs()
    assert many("remove", "-", input="new-one\n".encode(encoding)).code == 0


def test_names_that_are_no_text_are_refused(many: Program) -> None:
    before = many.stored
    assert "UTF-8" in told(many("edit", "-", "--tag", "x", input=b"caf\xe9\n"), 2)
    assert "SQLite" in told(many("edit", "-", "--tag", "x", input=before), 2)
    assert many.stored == before
