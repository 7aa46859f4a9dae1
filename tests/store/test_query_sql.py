"""Queries: each filter, order and comparison against the same asked of plain Python, and the
indexes they use.
"""

import operator
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from pkgcat.model.category import Category
from pkgcat.model.fields import FACT_VALUES, FIELDS
from pkgcat.model.grid import Grid
from pkgcat.model.package import Package
from pkgcat.model.query import Condition, Query, SortKey
from pkgcat.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    INTEGER,
    INTEGER_LIST,
    TEXT,
    TEXT_LIST,
    VERSION,
)
from pkgcat.store import Store, edits, groups, packages
from pkgcat.store.operation import begin_operation
from pkgcat.store.query_sql import select
from tests import records
from tests.conftest import NOW
from tests.store.checks import add, edit, plan, slugs, take


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Four hundred packages, some of them unknown in every field, one removed."""
    with Store.write(
        tmp_path_factory.mktemp("many") / "catalog.db", explicit=True, create=True
    ) as store:
        take(store, *records.own(400, seed=2))
        add(store, "unknown")
        add(store, "empty", documentation_url="", title="Ærø")
        key = add(
            store,
            "gone",
            tags=("geo",),
            category="apps",
            repo_watchers=9**9,
            participants=("blag",),
        )
        with begin_operation(store, "remove", NOW, kind="remove") as operation:
            edits.remove(operation, key)
        yield store


@pytest.fixture(scope="module")
def everything(many: Store) -> dict[str, Package]:
    return {package.slug: package for package in packages.read(many, Query(NOW))}


def matching(everything: dict[str, Package], holds: Callable[[Package], bool]) -> list[str]:
    return sorted(slug for slug, package in everything.items() if holds(package))


# Filters


@pytest.mark.parametrize("entity", ["categories", "grids"])
def test_a_group_is_the_one_that_is_there_and_none_that_was_removed(
    store: Store, entity: groups.Entity
) -> None:
    group = Category("geo", "Geo") if entity == "categories" else Grid("geo", "Geo")
    for _ in range(2):
        with begin_operation(store, "add", NOW, kind="category") as operation:
            key = groups.add(operation, entity, group)
        if entity == "categories":
            package = {"category": "geo"}
            query = Query(NOW, category="geo")
        else:
            package = {"grids": ("geo",)}
            query = Query(NOW, grid="geo")
        last = add(store, "maps", **package)
        assert [found.slug for found in packages.read(store, query)] == ["maps"]
        with begin_operation(store, "remove", NOW, kind="remove") as operation:
            edits.remove(operation, last)
            groups.remove(operation, entity, key)
    assert list(packages.read(store, query)) == []


FILTERS: list[tuple[dict[str, Any], Callable[[Package], bool]]] = [
    ({}, lambda p: True),
    ({"category": "apps"}, lambda p: p.category == "apps"),
    ({"category": "APPS"}, lambda p: p.category == "apps"),
    ({"grid": "maps"}, lambda p: "maps" in p.grids),
    ({"tags": ("geo",)}, lambda p: "geo" in p.tags),
    ({"tags": ("GEO", "used")}, lambda p: {"geo", "used"} <= set(p.tags)),
    ({"tags": ("nothing has it",)}, lambda p: False),
    ({"host": "github"}, lambda p: p.repo_host == "github"),
    ({"archived": True}, lambda p: p.repo_archived is True),
    ({"archived": False}, lambda p: p.repo_archived is not True),
    ({"failing": True}, lambda p: p.error_count > 0),
    ({"participant": "Jane Doe"}, lambda p: "Jane Doe" in p.participants),
    ({"participant": "JEZDEZ"}, lambda p: "jezdez" in p.participants),
    ({"category": "apps", "tags": ("geo",)}, lambda p: p.category == "apps" and "geo" in p.tags),
    ({"host": "github", "failing": True}, lambda p: p.repo_host == "github" and p.error_count > 0),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "holds"), FILTERS)
def test_a_filter_names_what_it_says(
    many: Store,
    everything: dict[str, Package],
    wanted: dict[str, Any],
    holds: Callable[[Package], bool],
) -> None:
    assert slugs(many, **wanted) == matching(everything, holds)


@pytest.mark.parametrize("days", [0, 20, 400, 10_000])
def test_stale_is_not_fetched_since_or_never(
    many: Store, everything: dict[str, Package], days: int
) -> None:
    moment = NOW - timedelta(days=days)
    stale = matching(everything, lambda p: p.last_fetched is None or p.last_fetched < moment)
    assert slugs(many, fetched_before=moment) == stale


def test_a_limit_and_an_offset_cut_a_page_out(many: Store) -> None:
    whole = slugs(many)
    assert slugs(many, limit=0) == []
    assert slugs(many, limit=7) == whole[:7]
    assert slugs(many, limit=7, offset=395) == whole[395:]
    assert slugs(many, offset=400) == whole[400:]
    assert slugs(many, offset=10_000) == []


# Orders


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        name
        for name, field in FIELDS.items()
        if not (field.type.is_collection or field.type.is_text)
    ],
)
def test_an_order_is_that_of_the_values_with_the_unknown_last(
    many: Store, everything: dict[str, Package], name: str, descending: bool
) -> None:
    values = [
        getattr(everything[slug], name)
        for slug in slugs(many, sort=(SortKey(name, descending=descending),))
    ]
    if FIELDS[name].type is DATETIME:
        values = [value and value.replace(microsecond=0) for value in values]
    known = [value for value in values if value is not None]
    assert len(values) == len(everything)
    assert values[: len(known)] == known
    assert known == sorted(known, reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "name",
    [name for name, field in FIELDS.items() if field.type.is_text and field.type is not VERSION],
)
def test_an_order_of_texts_has_the_unknown_last(
    many: Store, everything: dict[str, Package], name: str, descending: bool
) -> None:
    values = [
        getattr(everything[slug], name) or None
        for slug in slugs(many, sort=(SortKey(name, descending=descending),))
    ]
    known = [value for value in values if value is not None]
    assert len(values) == len(everything)
    assert values[: len(known)] == known
    assert [fold(value) for value in known] == sorted(map(fold, known), reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
def test_an_order_of_versions_is_that_of_pep_440(
    many: Store, everything: dict[str, Package], descending: bool
) -> None:
    found = slugs(many, sort=(SortKey("pypi_version", descending=descending),))
    values = [everything[slug].pypi_version for slug in found]
    known = [Version(value) for value in values if value is not None]
    assert len(known) > 100
    assert values[len(known) :] == [None] * (len(everything) - len(known))
    assert known == sorted(known, reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "name", [name for name, field in FIELDS.items() if field.type.is_collection]
)
def test_an_order_by_a_list_has_the_unknown_last(
    many: Store, everything: dict[str, Package], name: str, descending: bool
) -> None:
    values = [
        getattr(everything[slug], name)
        for slug in slugs(many, sort=(SortKey(name, descending=descending),))
    ]
    known = [value for value in values if value]
    assert values[: len(known)] == known


def test_equals_keep_the_order_they_came_in(store: Store) -> None:
    for slug in ("c", "a", "b"):
        add(store, slug, repo_watchers=5)
    for descending in (False, True):
        assert slugs(store, sort=(SortKey("repo_watchers", descending=descending),)) == [
            "c",
            "a",
            "b",
        ]


# Comparisons

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def fold(text: str) -> str:
    """Return a text as it is compared: one text of this catalog has more than ASCII."""
    return text.lower().replace("æ", "ae").replace("ø", "o")


def holds(package: Package, condition: Condition) -> bool:
    """Whether a condition holds, in plain Python."""
    field, sign, value = FIELDS[condition.field], condition.operator, condition.value
    mine = getattr(package, condition.field)
    if value is None:
        unknown = mine in (None, "", (), {})
        return unknown if sign == "=" else not unknown
    if isinstance(mine, tuple | dict):
        found = str(value).casefold() in [str(item).casefold() for item in mine]
        return not found if sign == "!=" else found
    if mine is None or (mine == "" and field.name == "documentation_url"):
        return sign == "!="
    if sign == "~":
        return fold(str(value)) in fold(str(mine))
    if field.type is DATETIME:
        return SIGNS[sign](mine.replace(microsecond=0), value)
    if field.type is VERSION:
        return SIGNS[sign](Version(mine), Version(value))
    if field.type.is_text:
        return SIGNS[sign](fold(mine), fold(value))
    return SIGNS[sign](mine, value)


def _asked(name: str, package: Package) -> list[Any]:
    """Values worth comparing a field with: none, one that occurs, one that does not."""
    mine = getattr(package, name)
    type_ = FIELDS[name].type
    if type_ is DATETIME:
        return [None, NOW.replace(microsecond=0), (mine or NOW).replace(microsecond=0)]
    other: dict[str, list[Any]] = {
        TEXT.name: ["zzz", "DJANGO"],
        INTEGER.name: [0, -1, 4000],
        BOOLEAN.name: [True, False],
        TEXT_LIST.name: ["GEO", "nothing has it"],
        INTEGER_LIST.name: [5, 10**9],
        FACT_VALUES.name: ["repo_watchers"],
        DATE.name: [NOW.date()],
    }
    if type_ is VERSION:
        return [None, "1.10", "10.0.dev1", mine or "1.0"]
    own = [] if mine in (None, (), {}) else [mine[0] if isinstance(mine, tuple) else mine]
    return [None, *other[type_.name], *own]


@pytest.mark.parametrize("name", FIELDS)
def test_a_comparison_names_what_python_would(
    many: Store, everything: dict[str, Package], name: str
) -> None:
    samples = [
        package for package in everything.values() if getattr(package, name) not in (None, (), {})
    ] or [everything["unknown"]]
    type_ = FIELDS[name].type
    for value in _asked(name, samples[len(samples) // 2]):
        if value is None:
            signs = ["=", "!="]
        elif type_.is_collection:
            signs = ["=", "!=", "~"]
        else:
            signs = [*SIGNS, *(["~"] if type_.is_text else [])]
        for sign in signs:
            condition = Condition(name, sign, value)  # type: ignore[arg-type]
            expected = matching(everything, lambda p, c=condition: holds(p, c))  # type: ignore[misc]
            assert slugs(many, where=(condition,)) == expected, condition


def test_every_condition_must_hold(many: Store, everything: dict[str, Package]) -> None:
    both = (Condition("repo_watchers", ">=", 3000), Condition("title", "~", "MAPS"))
    expected = matching(everything, lambda p: all(holds(p, condition) for condition in both))
    assert slugs(many, where=both, category=None) == expected


@pytest.mark.parametrize("text", ["'", '"', "%", "_", "x' OR 1=1 --", ":now", "?", "[bold]", "Æ"])
def test_no_text_of_a_condition_is_sql(
    many: Store, everything: dict[str, Package], text: str
) -> None:
    for sign in ("=", "~", "!="):
        condition = Condition("title", sign, text)  # type: ignore[arg-type]
        expected = matching(everything, lambda p, c=condition: holds(p, c))  # type: ignore[misc]
        assert slugs(many, where=(condition,)) == expected


# The score


def months_between(old: datetime, now: datetime) -> int:
    """Whole months, as dateutil's relativedelta counts them for times before now."""
    months = (now.year - old.year) * 12 + now.month - old.month
    early = (now.day, now.time()) < (old.day, old.time())
    return max(0, months - early)


def score(
    stars: int | None, last: datetime | None, now: datetime, classifiers: tuple[str, ...]
) -> int | None:
    """Django Packages' formula: see the comment in store/columns.py."""
    if stars is None or last is None:
        return None
    aged = months_between(last, now) // 3 * stars / 10
    python3 = any(
        classifier.startswith("Programming Language :: Python :: 3") for classifier in classifiers
    )
    old_python = 0.0 if python3 or not classifiers else min(stars * 3 / 10, 1000)
    return max(-500, int(stars - aged - old_python))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.write(
        tmp_path_factory.mktemp("one") / "catalog.db", explicit=True, create=True
    ) as store:
        add(store, "a")
        yield store


MOMENTS = st.integers(0, 41 * 365 * 86_400 * 1000).map(
    lambda ms: datetime(1995, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@given(
    st.integers(0, 300_000),
    MOMENTS,
    MOMENTS,
    st.sampled_from(
        [
            (),
            ("Framework :: Django",),
            ("Framework :: Django", "Programming Language :: Python :: 3.12"),
            ("Programming Language :: Python :: 2.7",),
        ]
    ),
)
def test_the_score_is_django_packages_own(
    one: Store, stars: int, last: datetime, now: datetime, classifiers: tuple[str, ...]
) -> None:
    with begin_operation(one, "edit", now, dry_run=True, kind="edit") as operation:
        edits.merge(
            operation,
            1,
            {"repo_watchers": stars, "last_updated": last, "pypi_classifiers": classifiers},
        )
        found = next(packages.read(one, Query(now))).score
    assert found == score(stars, last, now, classifiers)


@pytest.mark.parametrize(
    ("last", "months"),
    [
        (datetime(2026, 2, 20, 12, 30, 15, 250000, tzinfo=UTC), 0),
        (datetime(2025, 11, 20, 12, 30, 15, 250000, tzinfo=UTC), 3),
        (datetime(2025, 11, 20, 12, 30, 15, 250001, tzinfo=UTC), 2),
        (datetime(2025, 11, 20, 12, 30, 16, tzinfo=UTC), 2),
        (datetime(2024, 2, 29, tzinfo=UTC), 23),
        (datetime(2030, 1, 1, tzinfo=UTC), 0),
        (datetime(1995, 1, 31, tzinfo=UTC), 372),
    ],
)
def test_the_score_falls_a_tenth_every_three_whole_months(
    store: Store, last: datetime, months: int
) -> None:
    assert months_between(last, NOW) == months
    add(store, "a", repo_watchers=100, last_updated=last)
    add(store, "b", repo_watchers=30_000, last_updated=last)
    found = {package.slug: package.score for package in packages.read(store, Query(NOW))}
    assert found["a"] == max(-500, 100 - months // 3 * 10)
    assert found["b"] == max(-500, 30_000 - months // 3 * 3000)


def test_the_score_of_what_is_not_known_is_not_known(store: Store) -> None:
    add(store, "a", repo_watchers=5)
    add(store, "b", last_updated=NOW)
    add(store, "c", repo_watchers=0, last_updated=NOW)
    found = {package.slug: package.score for package in packages.read(store, Query(NOW))}
    assert found == {"a": None, "b": None, "c": 0}


# What a grid says


def test_grids_stand_in_the_order_they_were_put_on(store: Store) -> None:
    take(
        store,
        {"slug": "a", "title": "A", "grids": ["z", "b", "m"]},
        {"slug": "b", "title": "B", "grids": ["b", "z"]},
    )
    found = {package.slug: package.grids for package in packages.read(store, Query(NOW))}
    assert found == {"a": ("z", "b", "m"), "b": ("b", "z")}
    edit(store, 1, grids=("m", "z"))
    assert slugs(store, grid="b") == ["b"]
    assert slugs(store, grid="m") == ["a"]


# Indexes


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"key": 5}, "PRIMARY KEY"),
        ({"category": "apps"}, "packages_category"),
        ({"grid": "maps"}, "memberships"),
        ({"tags": ("geo",)}, "tags"),
        ({"participant": "blag"}, "participants"),
        ({"fetched_before": NOW}, "facts_fetched"),
        ({"failing": True}, "facts_failing"),
        ({"archived": True}, "facts_archived"),
        ({"sort": (SortKey("repo_watchers", descending=True),), "limit": 20}, "facts_watchers"),
        ({"sort": (SortKey("last_updated", descending=True),), "limit": 20}, "facts_updated"),
        ({"sort": (SortKey("repo_watchers"),), "limit": 20}, "facts_watchers"),
        ({"sort": (SortKey("last_updated"),), "limit": 20}, "facts_updated"),
        ({"sort": (SortKey("title"),), "limit": 20}, "packages_title"),
        ({"sort": (SortKey("title", descending=True),), "limit": 20}, "packages_title"),
        ({"sort": (SortKey("slug"),), "limit": 20}, "packages_slug"),
        ({"limit": 20}, "packages_slug"),
    ],
)
def test_a_question_that_is_asked_often_uses_an_index(
    many: Store, wanted: dict[str, Any], index: str
) -> None:
    found = plan(many, *select("p.slug", Query(NOW, **wanted)))
    assert index in found, found
    if wanted.get("key") or "tags" in wanted or "participant" in wanted:
        assert "SCAN p" not in found, found


def test_words_are_looked_up_in_the_full_text_index(many: Store) -> None:
    found = plan(many, *select("p.slug", Query(NOW, words='"geo"*')))
    assert "VIRTUAL TABLE INDEX" in found
    assert "SCAN p" not in found


def test_names_are_looked_up_in_indexes(many: Store) -> None:
    for column, index in (
        ("slug", "packages_slug"),
        ("id", "packages_id"),
        ("pypi_name", "packages_pypi"),
        ("repo_key", "packages_repo"),
    ):
        sql = f"SELECT key FROM packages WHERE {column} = ? AND removed = 0"
        assert index in plan(many, sql, ("x",)), column
