"""Which packages a list is to have, from what a person or a program asks for."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.fields import check_field
from pkgcat.model.parsing import subtract_duration
from pkgcat.model.query import Query, SortKey
from pkgcat.services.conditions import read_conditions
from pkgcat.services.state_filters import read_decisions, read_states
from pkgcat.store import Store


class ListFilters(NamedTuple):
    """What is asked for, as texts; `stale` is a duration, `sort` fields that `-` may precede, `state` and
    `decision` words with commas between them.
    """

    category: str | None = None
    grid: str | None = None
    tags: Sequence[str] = ()
    host: str | None = None
    archived: bool | None = None
    stale: str | None = None
    failing: bool = False
    pinned: bool = False
    participant: str | None = None
    where: Sequence[str] = ()
    supports: Sequence[str] = ()
    sort: str | None = None
    limit: int | None = None
    offset: int = 0
    state: str | None = None
    decision: str | None = None
    due: bool = False


def make_list_query(store: Store, filters: ListFilters, now: datetime) -> Query:
    """Return the query of a list; raise Invalid or NotFound for what cannot be asked for."""
    return Query(
        now,
        category=_check(store, "category", filters.category),
        grid=_check(store, "grids", filters.grid),
        tags=tuple(filters.tags),
        host=_check(store, "repo_host", filters.host),
        archived=filters.archived,
        fetched_before=subtract_duration(now, filters.stale) if filters.stale is not None else None,
        failing=filters.failing,
        pinned=filters.pinned,
        participant=filters.participant,
        where=read_conditions(store, filters.where, now, filters.supports),
        sort=parse_sort(filters.sort) if filters.sort is not None else (),
        limit=filters.limit,
        offset=filters.offset,
        states=read_states(filters.state),
        decisions=read_decisions(filters.decision),
        is_due=filters.due,
    )


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """Read fields to sort by, such as `category,-repo_watchers`; raise Invalid."""
    keys: list[SortKey] = []
    for part in text.split(","):
        name = part.strip()
        field = check_field(name.removeprefix("-")).name
        if field in [key.field for key in keys]:
            raise Invalid(f"--sort names {field} twice")
        keys.append(SortKey(field, descending=name.startswith("-")))
    return tuple(keys)


def _check(store: Store, field: str, value: str | None) -> str | None:
    if value is None:
        return None
    from pkgcat.services.user_values import check_known_value  # most lists name no group

    return check_known_value(store, field, value)
