"""What a person decides of packages, and the days that are set for it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pkgcat.errors import Invalid
from pkgcat.model.days import add_months
from pkgcat.model.decision import DECISIONS, describe_move
from pkgcat.model.query import Query
from pkgcat.model.types import DATE, TEXT, URL, Values
from pkgcat.results.table import Column, Row, Table
from pkgcat.services.decision_moves import read_earlier_decisions
from pkgcat.store import Store, packages

DETAIL_FIELDS = ("decision_reason", "decision_url", "review_by")
"""What is said of a decision, and goes with it."""

DECISION_FIELDS = ("decision", *DETAIL_FIELDS, "decided")

_MAX_FINISHED_MONTHS = 24


def check_days(values: Values, now: datetime) -> None:
    """Raise Invalid for a day in the past, or for one on which nobody can know yet that a package
    is finished.
    """
    for name in ("review_by", "finished_until"):
        day = values.get(name)
        if isinstance(day, date) and day < now.date():
            raise Invalid(f"{name}: {day.isoformat()} is in the past")
    finished = values.get("finished_until")
    last_day = add_months(now.date(), _MAX_FINISHED_MONTHS)
    if isinstance(finished, date) and finished > last_day:
        raise Invalid(
            f"finished_until: {finished.isoformat()} is more than 2 years ahead; "
            f"{last_day.isoformat()} is the last day"
        )


def complete_decision(store: Store, key: int, values: Values, now: datetime) -> Values:
    """Return values that a person sets, with all that follows for the decision of a package.

    A decision is of the moment at which it is made or made again. Another decision than before has
    none of the earlier one's reason, evidence and review day, and no decision has any; a review day
    that has come is over once the decision is made again. Raises Invalid for a reason, evidence or
    a day without a decision.
    """
    if not values.keys() & {"decision", *DETAIL_FIELDS}:
        return values
    stored = _read_decision(store, key, now)
    decision = values.get("decision", stored["decision"])
    if decision is None:
        for name in DETAIL_FIELDS:
            if values.get(name) is not None:
                raise Invalid(f"{name}: there is no decision that it could be of")
        return {**values, **dict.fromkeys(DECISION_FIELDS)}
    if "decision" not in values:
        return values
    kept: Values = {}
    if decision == stored["decision"]:
        kept = {name: stored[name] for name in DETAIL_FIELDS}
        if isinstance(kept["review_by"], date) and kept["review_by"] <= now.date():
            kept["review_by"] = None
    return {**dict.fromkeys(DETAIL_FIELDS), **kept, **values, "decided": now}


def _read_decision(store: Store, key: int, now: datetime) -> Values:
    package = next(packages.read(store, Query(now, key=key)))
    return {name: package.values[name] for name in DECISION_FIELDS}


def make_decision_fields(
    decision: str | None, reason: str | None, evidence: str | None, review_by: str | None
) -> Mapping[str, Any]:
    """Return the fields that a decision sets; what is None is not given, a decision of None takes
    the decision back.
    """
    given = {"decision_reason": reason, "decision_url": evidence, "review_by": review_by}
    details = {name: value for name, value in given.items() if value is not None}
    return {"decision": decision, **details}


def make_decision_tables(
    store: Store, query: Query, since: datetime | None
) -> list[tuple[str, Table]]:
    """Return the decisions about the packages of a query: of each decision a table with a row for
    each package. With `since`, a column tells what moved since that moment.
    """
    names = ("slug", "decision_reason", "decision_url", "decided", "review_by")
    moved_columns = () if since is None else (Column("moved", TEXT, "moved"),)
    earlier = {} if since is None else read_earlier_decisions(store, since)
    columns = (
        Column("package", TEXT, "package"),
        *moved_columns,
        Column("why", TEXT, "why"),
        Column("evidence", URL, "evidence"),
        Column("decided", DATE, "decided"),
        Column("review by", DATE, "review by"),
        Column("address", URL, "address"),
    )
    tables = []
    for decision in DECISIONS:
        rows: list[Row] = []
        found = query._replace(decisions=(decision,))
        keys = packages.keys(store, found)
        stored = packages.rows(store, (*names, "repo_url", "pypi_url"), found)
        for key, row in zip(keys, stored, strict=True):
            slug, reason, evidence, decided, review_by, repo_url, pypi_url = row
            day = None if decided is None else str(decided)[:10]
            moved: tuple[str, ...] = ()
            if since is not None:
                moved = (describe_move(earlier.get(key, decision), decision),)
            rows.append((slug, *moved, reason, evidence, day, review_by, repo_url or pypi_url))
        if rows:
            tables.append((decision, Table(columns, rows)))
    return tables
