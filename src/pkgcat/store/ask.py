"""Queries with all their parameters, those among them that settings tell."""

from typing import Any

from pkgcat.model.query import Query
from pkgcat.store import Store
from pkgcat.store.condition_sql import Parameters
from pkgcat.store.query_sql import select
from pkgcat.store.state_sql import bind_day, bind_inactivity


def select_in(store: Store, what: str, query: Query, **more: Any) -> tuple[str, Parameters]:
    """Return the SQL of `query_sql.select`, and its parameters. Settings are read where the answer
    depends on them alone: to find them takes a twentieth of a start.
    """
    sql, parameters = select(what, query, **more)
    parameters |= bind_day(query.now)
    if ":inactive_before" in sql:
        parameters |= bind_inactivity(query.now, store.read_inactive_after())
    return sql, parameters
