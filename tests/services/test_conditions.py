"""Conditions of every field against plain Python over the same records."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from pkgcat.errors import Invalid, NotFound
from pkgcat.model.expression import quote_value
from pkgcat.model.fields import FIELDS, Field
from pkgcat.model.folding import fold_text
from pkgcat.model.package import Package
from pkgcat.model.query import Query
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
from pkgcat.services.conditions import read_conditions
from pkgcat.store import Store, packages
from pkgcat.store.query_sql import select
from tests import records
from tests.conftest import NOW
from tests.store.checks import add, plan, slugs, take

VERSIONS = ("1.0", "1.0.0", "1.0+local", "1.0rc1", "1.0.post1", "2!0.1", "10.0", "9.9", "latest")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Packages with known and unknown values in every field."""
    path = tmp_path_factory.mktemp("many") / "catalog.db"
    with Store.write(path, explicit=True, create=True) as store:
        take(store, *records.own(80, seed=3))
        add(store, "unknown")
        add(store, "Empty", documentation_url="", title="Ærø 'quoted' and more")
        for number, version in enumerate(VERSIONS):
            replaced = {"replaced_by": "unknown"} if number % 2 else {}
            moment = NOW - timedelta(days=number, microseconds=1)
            add(
                store,
                f"version-{number}",
                pypi_version=version,
                pypi_name=None,
                last_updated=moment,
                **replaced,
            )
        yield store


@pytest.fixture(scope="module")
def everything(many: Store) -> list[Package]:
    return list(packages.read(many, Query(NOW)))


# Plain Python

Holds = Callable[[Package], bool]


class Expression(NamedTuple):
    """The text of an expression, and what it says in plain Python."""

    text: str
    holds: Holds


ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def fold(text: str) -> str:
    """Return a text as it is compared: this catalog has these letters alone beside ASCII."""
    return text.lower().replace("æ", "ae").replace("ø", "o")


def is_unknown(value: Any) -> bool:
    return value in (None, "", (), {})


def sortable(field: Field, value: Any) -> Any:
    """Return a value as it is compared by plain Python."""
    if field.type is VERSION:
        try:
            return (1, Version(value))
        except InvalidVersion:
            return (0, fold(value))
    if field.type is DATETIME:
        return value.replace(microsecond=0)
    if isinstance(value, str):
        return fold(value)
    return value


def compare(field: Field, sign: str, value: Any) -> Holds:
    def holds(package: Package) -> bool:
        mine = getattr(package, field.name)
        if field.type.is_collection:
            has = fold(str(value)) in [fold(str(item)) for item in mine]
            return has != (sign == "!=")
        if is_unknown(mine):
            return sign == "!="
        if sign == "~":
            return fold(value) in fold(mine)
        wanted = value if field.type is DATETIME else sortable(field, value)
        return ORDER[sign](sortable(field, mine), wanted)

    return holds


# Expressions


OTHER_VALUES: dict[str, list[Any]] = {
    BOOLEAN.name: [True, False],
    INTEGER.name: [0, -1, 4000],
    INTEGER_LIST.name: [0, -1, 4000],
    DATETIME.name: [
        datetime(2020, 2, 1, tzinfo=UTC),
        NOW,
        datetime.max.replace(tzinfo=UTC),
        datetime.max.replace(microsecond=0, tzinfo=UTC),
    ],
    DATE.name: [date(2026, 5, 1), date(2020, 1, 1), NOW.date()],
    TEXT.name: ["zzz", "Django", "it's", "", "1.0.0.0", "v1.0", "1.0+LOCAL", "nightly"],
    TEXT_LIST.name: ["GEO", "nothing has it"],
}
"""Values that may occur or not, for each type."""

ONLY_VALUES: dict[str, list[Any]] = {
    "category": ["apps", "OTHER"],
    "grids": ["maps", "Wikis"],
    "replaced_by": ["unknown", "version-1"],
    "pinned": ["repo_watchers", "repo_host", "pypi_version"],
    "upstream_values": ["repo_watchers"],
}
"""Values of fields that not every text can be a value of."""


def values_of(field: Field, everything: list[Package]) -> list[Any]:
    """Return values worth comparing with: some that occur, some that do not."""
    if field.name in ONLY_VALUES:
        return ONLY_VALUES[field.name]
    if field.choices:
        return list(field.choices)
    found = []
    for package in everything:
        mine = getattr(package, field.name)
        if not is_unknown(mine):
            found.append(mine[0] if isinstance(mine, tuple) else mine)
    if field.type is DATETIME:
        found += [moment.replace(microsecond=0) for moment in found]
    return [*found[:: max(1, len(found) // 8)], *OTHER_VALUES[field.type.name]]


def write_value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "False"
    if isinstance(value, datetime):
        return value.isoformat()
    return quote_value(str(value))


@st.composite
def comparisons(draw: st.DrawFn, everything: list[Package]) -> Expression:
    field = draw(st.sampled_from(list(FIELDS.values())))
    name = field.name
    sign = draw(st.sampled_from(field.type.operators))
    value = draw(st.sampled_from(values_of(field, everything)))
    if sign == "is" or (sign in ("=", "!=") and draw(st.integers(0, 5)) == 0):
        wants_unknown = draw(st.booleans())
        form = {True: ("= null", "is unknown"), False: ("!= null", "IS known")}[wants_unknown]
        text = f"{name} {draw(st.sampled_from(form))}"
        return Expression(text, lambda p: is_unknown(getattr(p, name)) == wants_unknown)
    if sign in ("older", "younger"):
        days = draw(st.integers(0, 3000))
        moment: Any = NOW - timedelta(days=days)
        if field.type is DATE:
            moment = moment.date()
        holds = compare(field, "<" if sign == "older" else ">", moment)
        return Expression(f"{name} {sign} than {days}d", holds)
    if sign == "in":
        some = draw(st.lists(st.sampled_from(values_of(field, everything)), min_size=1, max_size=4))
        one_of = [compare(field, "=", each) for each in some]
        listed = ", ".join(map(write_value, some))
        return Expression(f"{name} in ({listed})", lambda p: any(one(p) for one in one_of))
    python_sign = "=" if sign in ("has", "~") and field.type.is_collection else sign
    return Expression(f"{name} {sign} {write_value(value)}", compare(field, python_sign, value))


def combine(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=4)
    return (
        several.map(
            lambda some: Expression(
                " and ".join(f"({one.text})" for one in some),
                lambda p: all(one.holds(p) for one in some),
            )
        )
        | several.map(
            lambda some: Expression(
                f"({' OR '.join(one.text for one in some)})",
                lambda p: any(one.holds(p) for one in some),
            )
        )
        | parts.map(lambda one: Expression(f"not ({one.text})", lambda p: not one.holds(p)))
    )


def check_an_expression(many: Store, everything: list[Package], data: st.DataObject) -> None:
    """Assert that SQL and plain Python agree on the packages of an invented expression."""
    expressions = st.recursive(comparisons(everything), combine, max_leaves=6)
    expression = data.draw(expressions)
    where = read_conditions(many, [expression.text], NOW)
    expected = {package.slug for package in everything if expression.holds(package)}
    assert set(slugs(many, where=where)) == expected, expression.text


@pytest.mark.long
@settings(max_examples=400)
@given(st.data())
def test_an_expression_names_the_packages_that_plain_python_does(
    many: Store, everything: list[Package], data: st.DataObject
) -> None:
    check_an_expression(many, everything, data)


@pytest.mark.slow
@settings(max_examples=2000)
@given(st.data())
def test_2000_expressions_name_the_packages_that_plain_python_does(
    many: Store, everything: list[Package], data: st.DataObject
) -> None:
    check_an_expression(many, everything, data)


def test_what_is_unknown_is_in_no_comparison_but_unequal(many: Store) -> None:
    def count(text: str) -> int:
        return len(slugs(many, where=read_conditions(many, [text], NOW)))

    total = count("slug is known")
    unknown = count("repo_watchers is unknown")
    assert unknown > 0
    assert count("repo_watchers >= 0") == total - unknown
    assert count("not repo_watchers >= 0") == unknown
    assert count("repo_watchers != -1") == total
    assert count("not repo_watchers = -1") == total


def test_several_expressions_must_all_hold(many: Store) -> None:
    both = read_conditions(many, ["repo_watchers > 2000", "title ~ maps or title ~ geo"], NOW)
    one = read_conditions(many, ["repo_watchers > 2000 and (title ~ maps or title ~ geo)"], NOW)
    assert slugs(many, where=both) == slugs(many, where=one) != []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("id = 1 or not (category = nosuch)", NotFound),
        ("grids in (maps, nosuch)", NotFound),
        ("not replaced_by = nobody", NotFound),
        ("repo_host in (github, gihub)", Invalid),
    ],
)
def test_a_value_that_no_package_can_have_is_refused_wherever_it_stands(
    many: Store, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_conditions(many, [text], NOW)


def test_the_largest_expression_is_answered(many: Store) -> None:
    for text in (
        " or ".join(f"id = {number}" for number in range(499)),
        " and ".join(f"not (title ~ x{number})" for number in range(499)),
        f"slug in ({', '.join(f's{number}' for number in range(500))})",
        f"{'not (' * 24}{' or '.join(['tags has geo'] * 499)}{')' * 24}",
    ):
        slugs(many, where=read_conditions(many, [text], NOW), category="apps", tags=("geo",))


WORDS = st.sampled_from(
    [
        *(
            "(",
            ")",
            ",",
            "'",
            '"',
            "@",
            "@x",
            "and",
            "or",
            "not",
            "in",
            "is",
            "has",
            "~",
            "=",
            "!=",
        ),
        *("<", "<=", ">", ">=", "older than", "younger than", "unknown", "known", "null", "in ()"),
        *(
            "title",
            "id",
            "tags",
            "repo_archived",
            "last_updated",
            "pypi_version",
            "category",
            "score",
        ),
        *("upstream_values", "state", "finished_until", "grids", "replaced_by", "nosuch", "Title"),
        *(
            "1",
            "-1",
            "9" * 30,
            "1e5",
            "\u0663",
            "yes",
            "5y",
            "0d",
            "999999y",
            "2026-02-30",
            "1.0+l",
        ),
        *(
            "'; DROP TABLE packages; --",
            "' OR 1=1 --",
            ":now",
            ":value3",
            "?1",
            "%",
            "*",
            "\0",
            "\n",
        ),
        *("\x1b[31m", "\u202e", "\ud800", "\ufdd0", "{sql}", "{}", "%s", "x" * 300, "'a b'", "''"),
    ]
)


@settings(max_examples=400)
@given(st.lists(WORDS | st.text(max_size=8), max_size=10).map(" ".join))
def test_any_words_are_answered_or_refused_in_one_line(many: Store, text: str) -> None:
    count = many.value("SELECT count(*) FROM packages")
    try:
        where = read_conditions(many, [text], NOW)
    except (Invalid, NotFound) as mistake:
        refusal = str(mistake)
        assert refusal.count("\n") == 0 or "\n" in text
        return
    with suppress(UnicodeEncodeError):  # leaving the store makes that Invalid
        assert set(slugs(many, where=where)) <= set(slugs(many))
    assert many.value("SELECT count(*) FROM packages") == count


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(
    "text", ["'", '"', "x' OR 1=1 --", ":now", "?", "%", "_", "[bold]", "\0", "NULL"]
)
def test_no_value_is_sql(many: Store, everything: list[Package], name: str, text: str) -> None:
    for sign in ("=", "!=", "~", "has", "<", ">="):
        try:
            where = read_conditions(many, [f"{name} {sign} {quote_value(text)}"], NOW)
        except (Invalid, NotFound):
            continue
        holds = compare(FIELDS[name], "=" if sign == "has" else sign, text)
        expected = {package.slug for package in everything if holds(package)}
        assert set(slugs(many, where=where)) == expected, (name, sign, text)


def test_lists_are_asked_by_their_index_and_python_folds_only_what_is_not_ascii(
    store: Store,
) -> None:
    for number in range(40):
        add(store, f"a{number:02}", tags=("GEO", f"tag-{number}"))
    add(store, "b", tags=("Géo",))
    add(store, "c", tags=("other",))
    folded: list[object] = []

    def fold(value: object) -> object:
        folded.append(value)
        return None if value is None else fold_text(str(value))

    store.connection.create_function("fold_text", 1, fold, deterministic=True)
    for text, expected in (
        ("tags has geo", 41),
        ("tags in (gÉo, other)", 42),
        ("not tags has geo", 1),
        ("tags has tag-7", 1),
    ):
        where = read_conditions(store, [text], NOW)
        assert len(slugs(store, where=where)) == expected, text
    assert set(folded) == {"Géo"}
    query = Query(NOW, where=read_conditions(store, ["tags has geo and category = apps"], NOW))
    shown = plan(store, *select("p.slug", query))
    assert "SEARCH tags" in shown
    assert "SCAN p" not in shown
