"""Packages side by side: which rows there are, and what is best in each."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.classifiers import (
    VERSION_LIST,
    find_development_status,
    list_django_versions,
    list_python_versions,
    make_order_key,
)
from pkgcat.model.fields import FIELDS, check_field
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.model.suggest import suggest
from pkgcat.model.types import TEXT, FieldType, Value
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.store import Store, packages


class DerivedRow(NamedTuple):
    """A row that is no field of the record: its type, and what a package has there."""

    name: str
    label: str
    type: FieldType
    help: str
    read: Callable[[Package], Value]


def _read_development_status(package: Package) -> Value:
    return find_development_status(package.pypi_classifiers)


def _read_python_versions(package: Package) -> Value:
    if not package.pypi_classifiers:
        return None
    return list_python_versions(package.pypi_classifiers)


def _read_django_versions(package: Package) -> Value:
    if not package.pypi_classifiers:
        return None
    return list_django_versions(package.pypi_classifiers)


DERIVED_ROWS = {
    row.name: row
    for row in (
        DerivedRow(
            "development_status",
            "development status",
            TEXT,
            "development status that the classifiers name",
            _read_development_status,
        ),
        DerivedRow(
            "python_versions",
            "Python",
            VERSION_LIST,
            "Python versions that the classifiers name",
            _read_python_versions,
        ),
        DerivedRow(
            "django_versions",
            "Django",
            VERSION_LIST,
            "Django versions that the classifiers name",
            _read_django_versions,
        ),
    )
}

_WANTED_ROWS = (
    "repo_description",
    "category",
    "state",
    "decision",
    "development_status",
    "python_versions",
    "pypi_requires_python",
    "django_versions",
    "pypi_version",
    "pypi_released",
    "pypi_vulnerabilities",
    "pypi_downloads",
    "repo_watchers",
    "repo_forks",
    "commits_over_52",
    "last_updated",
    "repo_open_issues",
    "repo_license",
    "pypi_license",
    "repo_url",
    "pypi_url",
    "documentation_url",
)

DEFAULT_ROWS = tuple(name for name in _WANTED_ROWS if name in FIELDS or name in DERIVED_ROWS)
"""The rows where none are asked for, in their order: those whose field exists."""

_LABELS = {
    "pypi_requires_python": "requires Python",
    "pypi_vulnerabilities": "vulnerabilities",
    "pypi_license": "licence on PyPI",
    "repo_url": "repository",
    "pypi_url": "PyPI",
    "documentation_url": "documentation",
}
"""What rows are called where the heading or the label of their field says too little."""


def _newest_version(versions: Value) -> Any:
    """Return what orders lists of versions: the newest of each; an empty list is the oldest."""
    assert isinstance(versions, tuple)
    return max((make_order_key(str(version)) for version in versions), default=())


def _sum_of(numbers: Value) -> Any:
    assert isinstance(numbers, tuple)
    return sum(map(int, numbers))


def _fewest(items: Value) -> Any:
    assert isinstance(items, tuple)
    return -len(items)


def _itself(value: Value) -> Any:
    return value


_BEST: dict[str, Callable[[Value], Any]] = {
    "python_versions": _newest_version,
    "django_versions": _newest_version,
    "pypi_released": _itself,
    "pypi_vulnerabilities": _fewest,
    "pypi_downloads": _itself,
    "repo_watchers": _itself,
    "repo_forks": _itself,
    "commits_over_52": _sum_of,
    "last_updated": _itself,
    "score": _itself,
}
"""The rows in which one value is better than another, each with what is largest for the best."""


def make_comparison(
    store: Store,
    slugs: Iterable[str],
    now: datetime,
    *,
    rows: Sequence[str] | None = None,
    more_rows: Sequence[ComparisonRow] = (),
    title: str = "",
    fold_equal: bool = True,
    empty: str = "",
) -> Comparison:
    """Compare the packages of these names, in their order; see `compare_packages`. Raises NotFound
    and Ambiguous.
    """
    keys = [packages.find(store, slug) for slug in slugs]
    found = read_packages(store, keys, now)
    return compare_packages(
        found, rows=rows, more_rows=more_rows, title=title, fold_equal=fold_equal, empty=empty
    )


def read_packages(store: Store, keys: Iterable[int], now: datetime) -> list[Package]:
    """Return the packages of these keys in their order, each once."""
    found: list[Package] = []
    for key in dict.fromkeys(keys):
        found += packages.read(store, Query(now, key=key))
    return found


def compare_packages(
    compared: Sequence[Package],
    *,
    rows: Sequence[str] | None = None,
    more_rows: Sequence[ComparisonRow] = (),
    title: str = "",
    fold_equal: bool = True,
    empty: str = "",
) -> Comparison:
    """Compare packages in the rows that are named, or in all that is usual, and in `more_rows`, whose
    values are in the order of the packages.
    """
    names = DEFAULT_ROWS if rows is None else rows
    made = [make_row(name, compared) for name in names]
    return Comparison(
        title,
        tuple(package.slug for package in compared),
        tuple(package.title for package in compared),
        (*made, *more_rows),
        fold_equal=fold_equal,
        empty=empty,
    )


def make_row(name: str, compared: Sequence[Package]) -> ComparisonRow:
    """Return the row of a field, or a derived one."""
    derived = DERIVED_ROWS.get(name)
    if derived is not None:
        values = tuple(derived.read(package) for package in compared)
        return ComparisonRow(name, derived.label, derived.type, values, find_best(name, values))
    field = FIELDS[name]
    values = tuple(_read_field(package, name) for package in compared)
    label = _LABELS.get(name) or field.heading or field.label or name.replace("_", " ")
    return ComparisonRow(name, label, field.type, values, find_best(name, values))


def check_row(name: str) -> str:
    """Return the name of a row; raise Invalid naming the nearest."""
    if name in DERIVED_ROWS:
        return name
    if name not in FIELDS and (hint := suggest(name, DERIVED_ROWS)):
        raise Invalid(f"there is no field {name!r}{hint}")
    return check_field(name).name


def find_best(name: str, values: Sequence[Value]) -> frozenset[int]:
    """Return the places of the best values of a row; none where no value is better than another
    one that is known.
    """
    measure = _BEST.get(name)
    if measure is None:
        return frozenset()
    measured = {place: measure(value) for place, value in enumerate(values) if value is not None}
    if not measured:
        return frozenset()
    most = max(measured.values())
    best = frozenset(place for place, value in measured.items() if value == most)
    if len(best) == len(measured):
        return frozenset()
    return best


def _read_field(package: Package, name: str) -> Value:
    """Return a value; None where it is unknown, also where the unknown of its type is an empty
    collection that a source has not filled.
    """
    value = package.values[name]
    if value == "":
        return None
    if value == () and FIELDS[name].writer == "upstream" and not _has_source(package, name):
        return None
    return value


def _has_source(package: Package, name: str) -> bool:
    """Whether the source of an empty list was heard, or a person: it says that there is nothing.

    PyPI says of every version whether it is yanked. A version alone may come from Django Packages.
    """
    if name in package.pinned:
        return True
    return name.startswith("pypi_") and package.pypi_yanked is not None
