"""Which packages a command is about."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from pkgcat.model.types import Value

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]


class Condition(NamedTuple):
    """`field operator value`; a value of None means unknown; `~` means contains.

    Of what is unknown no comparison holds but `!=`.
    """

    field: str
    operator: Operator
    value: Value


class OneOf(NamedTuple):
    """The field has one of these values; a list has one of them in it."""

    field: str
    values: tuple[Value, ...]


class AllOf(NamedTuple):
    """Every part holds."""

    parts: tuple["ConditionTree", ...]


class AnyOf(NamedTuple):
    """One of the parts holds, or several."""

    parts: tuple["ConditionTree", ...]


class Not(NamedTuple):
    """The part does not hold: a comparison with what is unknown does not."""

    part: "ConditionTree"


class DeclaredSupport(NamedTuple):
    """What a package says of the versions that it supports.

    It has this classifier, or one that goes on with a dot, or one of these `admitting`
    Requires-Python; and it has none of the `refusing` ones, and no `refusing_classifier`.
    """

    classifier: str
    admitting: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    refusing_classifier: str | None = None


ConditionTree = Condition | OneOf | DeclaredSupport | AllOf | AnyOf | Not


def list_comparisons(tree: ConditionTree) -> Iterator[Condition | OneOf]:
    """Yield the comparisons of fields that a tree is made of."""
    if isinstance(tree, Condition | OneOf):
        yield tree
    elif isinstance(tree, Not):
        yield from list_comparisons(tree.part)
    elif isinstance(tree, AllOf | AnyOf):
        for part in tree.parts:
            yield from list_comparisons(part)


class SortKey(NamedTuple):
    """A field to sort by; what is unknown comes last, either way."""

    field: str
    descending: bool = False


class Query(NamedTuple):
    """Which packages, in which order, at which moment. Every condition of `where` must hold.

    `words` is an expression of the full-text index. Of what it finds, packages with one of these
    `names` come first (`store.search.list_names`), then those with a name that begins so. A package
    has one of the `states` and of the `decisions`, None among which means none; `is_due` asks for a
    review that is due.
    """

    now: datetime
    key: int | None = None
    category: str | None = None
    grid: str | None = None
    tags: tuple[str, ...] = ()
    host: str | None = None
    archived: bool | None = None
    fetched_before: datetime | None = None
    failing: bool = False
    pinned: bool = False
    participant: str | None = None
    where: tuple[ConditionTree, ...] = ()
    words: str | None = None
    names: tuple[str, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    offset: int = 0
    states: tuple[str, ...] = ()
    decisions: tuple[str | None, ...] = ()
    is_due: bool = False
