"""Conditions as a person gives them, about this catalog."""

from collections.abc import Iterable
from datetime import datetime

from pkgcat.errors import Invalid, NotFound
from pkgcat.model.expression import ExpressionContext, parse_expression
from pkgcat.model.fields import FIELDS
from pkgcat.model.query import Condition, ConditionTree, OneOf, Query, list_comparisons
from pkgcat.services.supports import read_supports
from pkgcat.store import Store, packages
from pkgcat.store.filters import find_filter


def read_conditions(
    store: Store, where: Iterable[str], now: datetime, supports: Iterable[str] = ()
) -> tuple[ConditionTree, ...]:
    """Parse expressions and what packages are to support (see `read_supports`), all of which are to
    hold.

    Raises Invalid or NotFound, also for a value that no package can have, and for filters that are
    not there or say nothing any more.
    """
    reader = _Reader(store, now)
    return (*map(reader.read, where), *read_supports(store, supports))


def check_filter(store: Store, name: str, expression: str, now: datetime) -> None:
    """Raise Invalid or NotFound where an expression cannot be the filter of that name."""
    reader = _Reader(store, now)
    reader.open_filters.append(name.lower())
    reader.read(expression)


def find_slugs(store: Store, where: tuple[ConditionTree, ...], now: datetime) -> set[str]:
    """Return the slugs of the packages of which these conditions hold."""
    query = Query(now, where=where)
    return {str(row[0]) for row in packages.rows(store, ["slug"], query)}


class _Reader:
    """Reads expressions, and the filters that they use."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._context = ExpressionContext(now, self._read_filter)
        self.open_filters: list[str] = []
        """The names, in lower case, of the filters that are being read, one within the other."""

    def read(self, text: str) -> ConditionTree:
        """Return the conditions of an expression."""
        tree = parse_expression(text, self._context)
        _check_values(self._store, tree)
        return tree

    def _read_filter(self, name: str) -> ConditionTree:
        if name.lower() in self.open_filters:
            raise Invalid(f"filter {name} uses itself")
        found = find_filter(self._store, name)
        self.open_filters.append(name.lower())
        try:
            return self.read(found.expression)
        except (Invalid, NotFound) as error:
            raise type(error)(f"filter {found.name}: {error}") from error
        finally:
            self.open_filters.pop()


def _check_values(store: Store, tree: ConditionTree) -> None:
    from pkgcat.services.user_values import check_known_value  # most lists have no condition

    for comparison in list_comparisons(tree):
        if isinstance(comparison, OneOf):
            values = comparison.values
        elif _names_a_value(comparison):
            values = (comparison.value,)
        else:
            continue
        for value in values:
            if isinstance(value, str):
                check_known_value(store, comparison.field, value)


def _names_a_value(condition: Condition) -> bool:
    """Whether the value is a whole one, and no part or bound."""
    if condition.operator == "~":
        return FIELDS[condition.field].type.is_collection
    return condition.operator in ("=", "!=")
