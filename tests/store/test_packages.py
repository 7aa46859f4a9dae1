"""Packages: found by any of their names, added, edited, pinned and removed."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.model.fields import FIELDS, PINNABLE
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.model.types import DATE, DATETIME
from pkgcat.services.edit import PackageEdit, edit_package
from pkgcat.store import Store, edits, packages
from pkgcat.store.operation import begin_operation
from tests import records
from tests.conftest import NOW
from tests.records import api_record
from tests.store.checks import add, check_whole, edit, exported, get, operations, slugs, take

LATER = NOW + timedelta(days=1)


# Found


@pytest.fixture
def cities(store: Store) -> Store:
    take(store, *records.invented(40))
    add(
        store,
        "Django-Cities",
        id=1326,
        title="Cities",
        repo_url="https://github.com/coderholic/django-cities",
        pypi_url="http://pypi.python.org/pypi/django-cities-light",
    )
    return store


@pytest.mark.parametrize(
    "name",
    [
        "django-cities",
        "Django-Cities",
        " DJANGO-CITIES\n",
        "1326",
        "Django.Cities_Light",
        "https://pypi.org/project/django-cities-light/",
        "https://github.com/coderholic/django-cities",
        "git@github.com:CoderHolic/django-cities.git",
        "github.com/coderholic/django-cities/",
        "https://github.com/coderholic/django-cities/issues/12",
    ],
)
def test_a_package_is_found_by_every_spelling_of_its_names(cities: Store, name: str) -> None:
    assert packages.slug(cities, packages.find(cities, name)) == "Django-Cities"


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "django",
        "99999",
        "9" * 40,
        "\u0661\u0663\u0662\u0667",
        "https://github.com/coderholic/other",
        "%",
        "'",
    ],
)
def test_a_name_of_nothing_is_not_found(cities: Store, name: str) -> None:
    with pytest.raises(NotFound, match="there is no package") as missing:
        packages.find(cities, name)
    assert missing.value.exit_code == 4


@pytest.mark.parametrize(
    "name", ["django-citis", "djnago-cities", "DJANGO-CITIES2", "jango-cities", "django_cities"]
)
def test_the_nearest_slugs_are_named(cities: Store, name: str) -> None:
    with pytest.raises(NotFound, match=r"did you mean.*Django-Cities"):
        packages.find(cities, name)


@pytest.mark.long
def test_the_nearest_slug_is_found_among_many(store: Store) -> None:
    many = records.invented(3000)
    take(store, *({"slug": one["slug"], "title": one["title"]} for one in many))
    add(store, "zebra-crossing")
    with pytest.raises(NotFound, match="zebra-crossing"):
        packages.find(store, "xebra-crossing")


def test_a_name_that_nothing_comes_near_names_nothing(store: Store) -> None:
    with pytest.raises(NotFound) as missing:
        packages.find(store, "x")
    assert "did you mean" not in str(missing.value)


def test_a_removed_package_is_not_found(cities: Store) -> None:
    key = packages.find(cities, "1326")
    with begin_operation(cities, "remove", NOW, kind="remove") as operation:
        edits.remove(operation, key)
    for name in (
        "Django-Cities",
        "1326",
        "django-cities-light",
        "github.com/coderholic/django-cities",
    ):
        with pytest.raises(NotFound):
            packages.find(cities, name)
    assert packages.count(cities) == 40
    check_whole(cities)


def test_slugs_are_completed(cities: Store) -> None:
    assert ("Django-Cities", "Cities") in packages.slugs(cities, "django-c")
    assert packages.slugs(cities, "zzz") == []
    assert len(packages.slugs(cities, "", limit=5)) == 5


# Added


def test_a_new_package_knows_when_it_was_made_and_nothing_it_was_not_told(store: Store) -> None:
    add(store, "new")
    expected = Package(
        id=1_000_001,
        slug="new",
        title="new",
        created=NOW,
        modified=NOW,
        error_count=0,
        state="unknown",
        state_reasons=("unknown: never fetched",),
    )
    assert get(store, "new") == expected


def test_a_slug_is_made_of_the_title_and_a_title_of_the_slug(store: Store) -> None:
    with begin_operation(store, "add", NOW, kind="add") as operation:
        edits.add(operation, {"title": "Django Cities!"})
        edits.add(operation, {"slug": "alone"})
    assert get(store, "django-cities").title == "Django Cities!"
    assert get(store, "alone").title == "alone"


def test_no_slug_of_digits_alone_is_made_of_a_title(store: Store) -> None:
    with (
        pytest.raises(Invalid, match="digits"),
        begin_operation(store, "add", NOW, kind="add") as operation,
    ):
        edits.add(operation, {"title": "2048"})


def test_packages_that_are_made_here_count_from_1_000_001(store: Store) -> None:
    add(store, "a", id=1326)
    add(store, "b")
    add(store, "c", id=1326)
    add(store, "d", id=7)
    assert [get(store, slug).id for slug in "abcd"] == [1326, 1_000_001, 1_000_002, 7]


def test_a_package_without_a_sites_number_is_of_no_site(store: Store) -> None:
    key = add(store, "a", site="djangopackages.org")
    row = store.rows("SELECT id, site FROM packages WHERE key = ?", (key,)).fetchone()
    assert row == (1_000_001, None)


def test_the_host_and_the_pypi_name_follow_from_the_addresses(store: Store) -> None:
    add(
        store,
        "a",
        repo_url="git@gitlab.com:o/n.git",
        pypi_url="https://pypi.org/project/Some.Name/",
    )
    add(store, "b", repo_url="https://git.example.org/o/n")
    assert (get(store, "a").repo_host, get(store, "a").pypi_name) == ("gitlab", "some-name")
    assert (get(store, "b").repo_host, get(store, "b").pypi_name) == (None, None)


@pytest.mark.parametrize(
    "rival",
    [
        {"slug": "FIRST"},
    ],
)
def test_a_name_that_is_taken_is_a_conflict_that_names_who_has_it(
    store: Store, rival: dict[str, Any]
) -> None:
    add(store, "first", repo_url="https://github.com/owner/name", pypi_url="some-name")
    other = add(store, "other")
    before = exported(store), operations(store)
    with (
        pytest.raises(Conflict, match="first") as taken,
        begin_operation(store, "add", NOW, kind="add") as operation,
    ):
        edits.add(operation, rival)
    assert taken.value.exit_code == 5
    with pytest.raises(Conflict, match="first"):
        edit(store, other, **rival)
    assert (exported(store), operations(store)) == before


def test_an_unknown_category_or_grid_is_not_found(store: Store) -> None:
    with (
        pytest.raises(NotFound, match="'frameworks'"),
        begin_operation(store, "add", NOW, kind="add") as operation,
    ):
        edits.add(operation, {"slug": "a", "category": "framework"})
    with (
        pytest.raises(NotFound, match="no grid 'geo'"),
        begin_operation(store, "add", NOW, kind="add") as operation,
    ):
        edits.add(operation, {"slug": "a", "grids": ("geo",)})
    assert packages.count(store) == 0


# Read


def test_every_field_comes_back_as_it_was_stored(store: Store) -> None:
    some = records.own(60, seed=5)
    take(store, *some)
    for record in some:
        found = get(store, record["slug"])
        for name, given in record.items():
            kept = getattr(found, name)
            if FIELDS[name].type is DATETIME:
                assert kept == (given and datetime.fromisoformat(given)), name
            elif FIELDS[name].type is DATE:
                assert kept == (given and date.fromisoformat(given)), name
            elif isinstance(given, list):
                assert list(kept) == given, name
            else:
                assert kept == (
                    given or None if name != "documentation_url" and given == "" else given
                ), name
    check_whole(store)


def test_json_says_what_the_record_says(store: Store) -> None:
    take(store, *records.own(60, seed=6))
    kept = {package.slug: package for package in packages.read(store, Query(NOW))}
    objects = [json.loads(text) for text in packages.as_json(store, FIELDS, Query(NOW))]
    assert len(objects) == 60
    for shown in objects:
        package = kept[shown["slug"]]
        assert list(shown) == list(FIELDS)
        for name, field in FIELDS.items():
            expected = getattr(package, name)
            if field.type is DATETIME and expected:
                expected = expected.strftime("%Y-%m-%dT%H:%M:%SZ")
            elif field.type is DATE and expected:
                expected = expected.isoformat()
            elif name == "documentation_url":
                expected = expected or None
            elif isinstance(expected, tuple):
                expected = list(expected)
            assert shown[name] == expected, name
            assert type(shown[name]) is type(expected), name


def test_json_never_says_that_unknown_is_zero_or_false_or_empty(store: Store) -> None:
    add(store, "new", documentation_url="")
    (text,) = packages.as_json(store, FIELDS, Query(NOW))
    shown = json.loads(text)
    unknown = {
        name
        for name, field in FIELDS.items()
        if (not field.required and not field.type.is_collection)
    } - {"created", "modified"}
    assert {name: shown[name] for name in unknown} == dict.fromkeys(unknown)
    assert shown["commits_over_52"] == shown["tags"] == shown["pinned"] == []


def test_an_export_keeps_microseconds_and_both_empties(store: Store) -> None:
    for number, empty in enumerate((None, "")):
        add(
            store,
            f"a{number}",
            documentation_url=empty,
            created=datetime(2026, 1, 1, 0, 0, 0, 7, tzinfo=UTC),
        )
    kept = [
        json.loads(text)
        for text in packages.for_export(store, ["documentation_url", "created"], Query(NOW))
    ]
    assert [record["documentation_url"] for record in kept] == [None, ""]
    assert kept[0]["created"] == "2026-01-01T00:00:00.000007Z"


# Edited


def test_an_edit_changes_what_it_names_and_when_it_was_modified(store: Store) -> None:
    take(store, *records.own(5))
    before = {package.slug: package for package in packages.read(store, Query(NOW))}
    slug = next(iter(before))
    changed = edit(
        store,
        packages.find(store, slug),
        LATER,
        title="Cities",
        category="apps",
        tags=("geo", "used"),
    )
    after = {package.slug: package for package in packages.read(store, Query(NOW))}
    expected = before[slug].replace(
        title="Cities", category="apps", tags=("geo", "used"), modified=LATER
    )
    assert after == before | {slug: expected}
    assert set(changed) <= {"title", "category", "tags"}
    check_whole(store)


def test_an_edit_that_changes_nothing_leaves_no_trace(store: Store) -> None:
    key = add(store, "a", title="A", tags=("b", "a"), notes="words")
    before = exported(store), operations(store), packages.revision(store, key)
    assert (
        edit(store, key, LATER, title="A", tags=("a", "b", "b"), notes="words", category=None) == []
    )
    assert (exported(store), operations(store), packages.revision(store, key)) == before


def test_a_word_can_be_unset(store: Store) -> None:
    key = add(
        store,
        "a",
        notes="words",
        category="apps",
        repo_url="https://github.com/o/n",
        pypi_url="n",
        tags=("x",),
    )
    edit(store, key, notes=None, category=None, repo_url=None, pypi_url=None, tags=())
    found = get(store, "a")
    assert (found.notes, found.category, found.repo_url, found.repo_host) == (None,) * 4
    assert (found.pypi_url, found.pypi_name, found.tags) == (None, None, ())
    add(store, "b", repo_url="https://github.com/o/n", pypi_url="n")


def test_an_address_of_its_own_in_another_spelling_is_no_conflict(store: Store) -> None:
    key = add(store, "a", repo_url="https://github.com/o/n", pypi_url="n")
    edit(
        store,
        key,
        repo_url="git@github.com:O/N.git",
        pypi_url="https://pypi.org/project/N/",
        slug="A",
    )
    assert get(store, "a").repo_url == "git@github.com:O/N.git"
    assert get(store, "a").slug == "A"


def test_a_new_slug_is_followed_by_those_it_replaces(store: Store) -> None:
    key = add(store, "old-name")
    add(store, "a", replaced_by="old-name")
    edit(store, key, slug="new-name")
    assert get(store, "a").replaced_by == "new-name"
    with pytest.raises(NotFound, match="new-name"):
        packages.find(store, "old-name")


def test_the_same_address_again_keeps_the_host_that_was_found(store: Store) -> None:
    take(store, api_record(repo_url="https://git.example.org/a/b") | {"repo_host": "forgejo"})
    key = packages.find(store, "django-example")
    edit(store, key, repo_url="https://git.example.org/a/b", title="Other")
    assert get(store, "django-example").repo_host == "forgejo"


def test_an_edit_of_what_was_edited_meanwhile_is_a_conflict(store: Store) -> None:
    key = add(store, "a", title="A")
    seen = packages.revision(store, key)
    edit(store, key, title="Theirs")
    before = exported(store)
    with (
        pytest.raises(Conflict, match="meanwhile") as late,
        begin_operation(store, "edit", LATER, kind="edit") as operation,
    ):
        edit_package(operation, key, PackageEdit({"title": "Mine"}), rev=seen)
    assert late.value.exit_code == 5
    assert exported(store) == before
    with begin_operation(store, "edit", LATER, kind="edit") as operation:
        change, rev = PackageEdit({"title": "Mine"}), packages.revision(store, key)
        assert edit_package(operation, key, change, rev=rev).changes
    assert get(store, "a").title == "Mine"


@pytest.mark.parametrize("values", [{"title": "B"}, {"repo_watchers": 5}, {"tags": ("x",)}])
def test_every_edit_moves_the_revision(store: Store, values: dict[str, Any]) -> None:
    key = add(store, "a")
    seen = packages.revision(store, key)
    edit(store, key, **values)
    assert packages.revision(store, key) > seen


def test_an_import_moves_the_revision_too(store: Store) -> None:
    """An editor that was opened before it must not store over it."""
    key = add(store, "a")
    seen = packages.revision(store, key)
    with begin_operation(store, "import", NOW, kind="import") as operation:
        edits.merge(operation, key, {"title": "Theirs"})
    assert packages.revision(store, key) > seen


def test_a_second_edit_of_a_pinned_fact_in_the_same_instant_moves_the_revision_too(
    store: Store,
) -> None:
    key = add(store, "a")
    edit(store, key, repo_watchers=5)
    seen = packages.revision(store, key)
    edit(store, key, repo_watchers=6)
    assert packages.revision(store, key) > seen


# Pinned

VALUES: dict[str, tuple[Any, Any]] = {
    "text": ("theirs", "mine"),
    "integer": (10, 20),
    "boolean": (True, False),
    "datetime": (NOW - timedelta(days=9), NOW),
    "list of texts": (("theirs",), ("mine", "own")),
    "list of integers": ((1, 2), (3,)),
}


@pytest.mark.parametrize("name", sorted(PINNABLE))
def test_a_fact_that_is_set_is_pinned_kept_and_given_back(store: Store, name: str) -> None:
    theirs, mine = VALUES[FIELDS[name].type.name]
    newest = {
        "text": "newest",
        "integer": 0,
        "boolean": None,
        "datetime": None,
        "list of texts": (),
        "list of integers": (),
    }[FIELDS[name].type.name]
    key = add(store, "a", **{name: theirs})
    edit(store, key, LATER, **{name: mine})
    assert (getattr(get(store, "a"), name), get(store, "a").pinned) == (mine, (name,))
    assert get(store, "a").modified == LATER
    with begin_operation(store, "import", NOW, kind="import") as operation:
        edits.merge(operation, key, {name: newest})
    assert getattr(get(store, "a"), name) == mine
    assert get(store, "a").modified == LATER
    with begin_operation(store, "edit --unpin", LATER, kind="edit") as operation:
        edits.unpin(operation, key, {name})
    assert (getattr(get(store, "a"), name), get(store, "a").pinned) == (newest, ())
    check_whole(store)


def test_unpinning_before_anything_new_came_gives_the_old_value_back(store: Store) -> None:
    take(store, api_record())
    edit(store, 1, repo_watchers=1000, repo_description=None)
    edit(store, 1, repo_watchers=2000)
    found = get(store, "django-example")
    assert (found.repo_watchers, found.repo_description) == (2000, None)
    assert found.pinned == ("repo_description", "repo_watchers")
    with begin_operation(store, "edit --unpin", NOW, kind="edit") as operation:
        edits.unpin(operation, 1, {"repo_watchers", "repo_forks"})
    assert get(store, "django-example").repo_watchers == 94
    assert get(store, "django-example").pinned == ("repo_description",)
    with begin_operation(store, "edit --unpin", NOW, kind="edit") as operation:
        edits.unpin(operation, 1, {"repo_description"})
    assert get(store, "django-example") == get(store, "django-example").replace(
        repo_watchers=94, repo_description="An example for Django projects", pinned=()
    )


def test_unpinning_what_is_not_pinned_changes_nothing(store: Store) -> None:
    key = add(store, "a")
    before = exported(store), operations(store)
    with begin_operation(store, "edit --unpin", LATER, kind="edit") as operation:
        assert edits.unpin(operation, key, {"repo_watchers"}) == []
    assert (exported(store), operations(store)) == before


def test_unpinning_moves_the_time_of_the_edit(store: Store) -> None:
    key = add(store, "a")
    edit(store, key, repo_watchers=5)
    with begin_operation(store, "edit --unpin", LATER, kind="edit") as operation:
        edits.unpin(operation, key, {"repo_watchers"})
    assert get(store, "a").modified == LATER


def test_a_pinned_host_survives_a_new_address(store: Store) -> None:
    key = add(store, "a", repo_url="https://git.example.org/a/b")
    edit(store, key, repo_host="gitlab")
    edit(store, key, repo_url="https://github.com/a/b")
    assert get(store, "a").repo_host == "gitlab"


# Merged


def test_a_merge_moves_no_time_of_a_person(store: Store) -> None:
    key = add(store, "a")
    with begin_operation(store, "import", LATER, kind="import") as operation:
        assert edits.merge(operation, key, {"repo_watchers": 5})
    assert get(store, "a").modified == NOW
    assert get(store, "a").repo_watchers == 5


# Removed


def test_what_a_removed_package_was_called_is_free_again(store: Store) -> None:
    key = add(store, "a", id=5, repo_url="https://github.com/o/n", pypi_url="n")
    with begin_operation(store, "remove", NOW, kind="remove") as operation:
        edits.remove(operation, key)
    add(store, "a", id=5, repo_url="https://github.com/o/n", pypi_url="n")
    assert slugs(store) == ["a"]
    assert get(store, "a").id == 5
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        edits.edit(operation, packages.find(store, "a"), {"slug": "b"})
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        edits.edit(operation, packages.find(store, "b"), {"slug": "a"})
    assert slugs(store) == ["a"]
    check_whole(store)
