"""Which packages came into another state: by changes of their fields, or by the days that passed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.model.query import Query
from pkgcat.model.states import STATE_FIELDS
from pkgcat.model.types import DATETIME, SqlValue
from pkgcat.store import Store, state_sql
from pkgcat.store.ask import select_in
from pkgcat.store.field_sql import stored

_PACKAGE_FIELDS = ("replaced_by", "finished_until")


class ReachedDay(NamedTuple):
    """A package, and the value of its field whose day was reached."""

    key: int
    value: SqlValue


def judge_before(
    store: Store, key: int, changed: Mapping[str, Any], since: datetime | None, now: datetime
) -> tuple[str, str]:
    """Return the state that a package would have now had these fields not changed, and the one it
    has.

    What was fetched since then for the first time was not fetched before.
    """
    columns = ", ".join(map(stored, STATE_FIELDS))
    sql, parameters = select_in(store, f"{state_sql.STATE}, {columns}", Query(now, key=key))
    state, *values = store.rows(sql, parameters).fetchone()
    before = {**dict(zip(STATE_FIELDS, values, strict=True)), **changed}
    if since is not None and str(before["last_fetched"]) > str(DATETIME.to_sql(since)):
        before["last_fetched"] = None
    return _judge(store, {**parameters, **before}), state


def _judge(store: Store, values: dict[str, SqlValue]) -> str:
    """Return the state of a package with these values of the fields that it follows from."""
    package = ", ".join(f":{name} AS {name}" for name in _PACKAGE_FIELDS)
    facts = ", ".join(f":{name} AS {name}" for name in STATE_FIELDS if name not in _PACKAGE_FIELDS)
    sql = f"SELECT {state_sql.STATE} FROM (SELECT {package}) p, (SELECT {facts}) f"
    return str(store.value(sql, values))


def find_inactive(store: Store, since: datetime, now: datetime) -> Iterator[ReachedDay]:
    """Yield the packages that became inactive after one moment and until another, each with the
    time of its last commit or release.
    """
    then = state_sql.bind_inactivity(since, store.read_inactive_after())["inactive_before"]
    having = f"{state_sql.ACTIVITY} >= :inactive_before_then AND {state_sql.STATE} = 'inactive'"
    query = Query(now, states=("inactive",))
    sql, parameters = select_in(store, f"p.key, {state_sql.ACTIVITY}", query, having=having)
    for row in store.rows(sql, {**parameters, "inactive_before_then": then}):
        yield ReachedDay(*row)


def find_finished(store: Store, since: datetime, now: datetime) -> Iterator[ReachedDay]:
    """Yield the packages that were finished until a day that ended after one moment and until
    another.
    """
    having = "p.finished_until >= :day_then AND p.finished_until < :today"
    yield from _find_days(store, "p.finished_until", having, since, now)


def find_due(store: Store, since: datetime, now: datetime) -> Iterator[ReachedDay]:
    """Yield the packages whose review became due after one moment and until another."""
    having = "p.review_by > :day_then AND p.review_by <= :today"
    yield from _find_days(store, "p.review_by", having, since, now)


def _find_days(
    store: Store, column: str, having: str, since: datetime, now: datetime
) -> Iterator[ReachedDay]:
    sql, parameters = select_in(store, f"p.key, {column}", Query(now), having=having)
    then = state_sql.bind_day(since)["today"]
    for row in store.rows(sql, {**parameters, "day_then": then}):
        yield ReachedDay(*row)
