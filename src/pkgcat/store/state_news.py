"""Which packages came into another state: by changes of their fields, or by the days that passed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.model.parsing import compact_json
from pkgcat.model.query import Query
from pkgcat.model.states import STATE_FIELDS
from pkgcat.model.types import DATETIME, SqlValue
from pkgcat.store import Store, state_sql
from pkgcat.store.ask import select_in
from pkgcat.store.field_sql import stored


class StateChange(NamedTuple):
    """The state that a package would have had some fields not changed, and the one it has."""

    before: str
    now: str


def judge_changes(
    store: Store, changed: Mapping[int, Mapping[str, Any]], since: datetime | None, now: datetime
) -> dict[int, StateChange]:
    """Return what became of the states of packages, by key: `changed` has, as stored, what fields of
    theirs were before.

    What was fetched after `since` for the first time was not fetched before. Packages that are not
    there are left out.
    """
    columns = ", ".join(map(stored, STATE_FIELDS))
    keys = "p.key IN (SELECT value FROM json_each(:keys))"
    what = f"p.key, {state_sql.STATE}, {columns}"
    sql, parameters = select_in(store, what, Query(now), having=keys)
    states, former = {}, []
    for key, state, *values in store.rows(sql, {**parameters, "keys": compact_json([*changed])}):
        states[key] = state
        before = {**dict(zip(STATE_FIELDS, values, strict=True)), **changed[key]}
        if since is not None and str(before["last_fetched"]) > str(DATETIME.to_sql(since)):
            before["last_fetched"] = None
        former.append([key, *(before[name] for name in STATE_FIELDS)])
    judged = store.rows(_STATES_OF_VALUES, {**parameters, "former": compact_json(former)})
    return {key: StateChange(before, states[key]) for key, before in judged}


def _select_states_of_values() -> str:
    """Return the SQL of the keys and states of packages with given values of STATE_FIELDS:
    `:former` is a JSON array of arrays of a key and these values.
    """
    values = ", ".join(
        f"json_extract(value, '$[{place}]') AS {name}"
        for place, name in enumerate(("key", *STATE_FIELDS))
    )
    return f"""WITH former AS (SELECT {values} FROM json_each(:former))
        SELECT p.key, {state_sql.STATE} FROM former p JOIN former f ON f.key = p.key"""


_STATES_OF_VALUES = _select_states_of_values()


class ReachedDay(NamedTuple):
    """A package, and the value of its field whose day was reached."""

    key: int
    value: SqlValue


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
