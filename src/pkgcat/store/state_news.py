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


def _select_state_of_values() -> str:
    """Return the SQL of the state of a package with given values of the fields that it follows
    from.
    """
    package = ", ".join(f":{name} AS {name}" for name in _PACKAGE_FIELDS)
    facts = ", ".join(f":{name} AS {name}" for name in STATE_FIELDS if name not in _PACKAGE_FIELDS)
    return f"SELECT {state_sql.STATE} FROM (SELECT {package}) p, (SELECT {facts}) f"


_STATE_OF_VALUES = _select_state_of_values()


class ReachedDay(NamedTuple):
    """A package, and the value of its field whose day was reached."""

    key: int
    value: SqlValue


class StateJudge:
    """Judges the states of packages now, as they are and as they would be."""

    def __init__(self, store: Store, since: datetime | None, now: datetime) -> None:
        """What was fetched after `since` for the first time was not fetched before."""
        self._store = store
        self._since = None if since is None else str(DATETIME.to_sql(since))
        columns = ", ".join(map(stored, STATE_FIELDS))
        query = Query(now, key=0)
        self._sql, self._parameters = select_in(store, f"{state_sql.STATE}, {columns}", query)

    def judge_before(self, key: int, changed: Mapping[str, Any]) -> tuple[str, str]:
        """Return the state that a package would have had these fields not changed, and the one it
        has.
        """
        state, *values = self._store.rows(self._sql, {**self._parameters, "key": key}).fetchone()
        before = {**dict(zip(STATE_FIELDS, values, strict=True)), **changed}
        if self._since is not None and str(before["last_fetched"]) > self._since:
            before["last_fetched"] = None
        return str(self._store.value(_STATE_OF_VALUES, {**self._parameters, **before})), state


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
