"""The state of a package as SQL: judged for a moment, never stored.

`:today` is the day of that moment in UTC. `:inactive_before` is the first moment that is not so
long ago that a package without a later commit or release is inactive.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from pkgcat.model.days import CalendarSpan
from pkgcat.model.query import Query
from pkgcat.model.states import STATES
from pkgcat.model.types import DATETIME, SqlValue

ACTIVITY = "max(coalesce(f.last_updated, ''), coalesce(f.pypi_released, ''))"
"""The time of the last commit or release, whichever is later; '' where neither is known."""

_IS_FINISHED = "coalesce(p.finished_until, '') >= :today"


class Rule(NamedTuple):
    """A state, when it holds, and why.

    `detail` is what is said of it; of a list, `each` is that list, and `detail` its `value`.
    `candidates` is a query that finds, by an index, the keys of all packages of which it holds.
    """

    state: str
    holds: str
    detail: str
    candidates: str
    each: str = ""


RULES = (
    Rule(
        "gone",
        "f.gone <> '[]'",
        "value",
        "SELECT key FROM facts WHERE gone <> '[]'",
        each="f.gone",
    ),
    Rule(
        "quarantined",
        "f.pypi_status = 'quarantined'",
        "'on PyPI'",
        "SELECT key FROM facts WHERE pypi_status <> 'active' AND pypi_status = 'quarantined'",
    ),
    Rule(
        "vulnerable",
        "f.pypi_vulnerabilities <> '[]'",
        "value",
        "SELECT key FROM facts WHERE pypi_vulnerabilities <> '[]'",
        each="f.pypi_vulnerabilities",
    ),
    Rule(
        "yanked",
        "f.pypi_yanked = 1",
        "coalesce(f.pypi_version, 'on PyPI')",
        "SELECT key FROM facts WHERE pypi_yanked = 1",
    ),
    Rule(
        "deprecated",
        "f.pypi_status IN ('deprecated', 'archived')",
        "f.pypi_status || ' on PyPI'",
        """SELECT key FROM facts
            WHERE pypi_status <> 'active' AND pypi_status IN ('deprecated', 'archived')""",
    ),
    Rule(
        "archived",
        "f.repo_archived = 1",
        "'repository'",
        "SELECT key FROM facts WHERE repo_archived = 1",
    ),
    Rule(
        "replaced",
        "p.replaced_by IS NOT NULL",
        "p.replaced_by",
        "SELECT key FROM packages WHERE replaced_by IS NOT NULL",
    ),
    Rule(
        "inactive",
        f"{ACTIVITY} > '' AND {ACTIVITY} < :inactive_before AND NOT {_IS_FINISHED}",
        f"'since ' || substr({ACTIVITY}, 1, 10)",
        f"SELECT f.key FROM facts f WHERE {ACTIVITY} > '' AND {ACTIVITY} < :inactive_before",
    ),
    Rule(
        "finished",
        _IS_FINISHED,
        "'until ' || p.finished_until",
        "SELECT key FROM packages WHERE finished_until >= :today",
    ),
    Rule(
        "unknown",
        """f.last_fetched IS NULL AND f.last_updated IS NULL AND f.repo_watchers IS NULL
            AND f.pypi_version IS NULL""",
        "'never fetched'",
        """SELECT key FROM facts WHERE last_fetched IS NULL AND last_updated IS NULL
            AND repo_watchers IS NULL AND pypi_version IS NULL""",
    ),
)
"""A package has the first state that holds, and is 'ok' where none does."""


def _make_state(rules: Iterable[Rule] = RULES) -> str:
    """Return the SQL of the first state of these rules that holds, else 'ok'."""
    cases = " ".join(f"WHEN {rule.holds} THEN '{rule.state}'" for rule in rules)
    return f"CASE {cases} ELSE 'ok' END"


def _make_reasons() -> str:
    """Return the SQL of a JSON array of the reasons of every state that holds, in their order."""
    parts = []
    for rule in RULES:
        reason = f"json_quote('{rule.state}: ' || {rule.detail}) || ','"
        if rule.each:
            reason = f"(SELECT group_concat({reason}, '') FROM json_each({rule.each}))"
        parts.append(f"CASE WHEN {rule.holds} THEN {reason} ELSE '' END")
    return f"'[' || rtrim({' || '.join(parts)}, ',') || ']'"


STATE = _make_state()
REASONS = _make_reasons()


def make_conditions(query: Query, parameters: dict[str, SqlValue]) -> Iterator[str]:
    """Yield what a query asks of states and decisions, and put the values into the parameters."""
    if query.states:
        yield _has_state(query.states)
    if query.decisions:
        yield _has_decision(query.decisions, parameters)
    if query.is_due:
        yield "p.review_by <= :today"


def _has_state(states: Collection[str]) -> str:
    """Return the condition of a package that has one of these states.

    Where indexes tell which packages may have them, these alone are judged, and only by the rules
    that matter.
    """
    names = ", ".join(f"'{state}'" for state in STATES if state in set(states))
    wanted = [rule for rule in RULES if rule.state in set(states)]
    if "ok" in states:
        return f"{STATE} IN ({names})"
    candidates = " UNION ".join(rule.candidates for rule in wanted)
    rules = RULES[: RULES.index(wanted[-1]) + 1]
    return f"p.key IN ({candidates}) AND {_make_state(rules)} IN ({names})"


def _has_decision(decisions: Iterable[str | None], parameters: dict[str, SqlValue]) -> str:
    choices = []
    for number, decision in enumerate(decisions):
        parameters[f"decision{number}"] = decision
        is_it = "p.decision IS NULL" if decision is None else f"p.decision = :decision{number}"
        choices.append(is_it)
    return f"({' OR '.join(choices)})"


def bind_day(now: datetime) -> dict[str, SqlValue]:
    """Return the parameter `:today` for a moment."""
    return {"today": now.astimezone(UTC).date().isoformat()}


def bind_inactivity(now: datetime, inactive_after: CalendarSpan) -> dict[str, SqlValue]:
    """Return the parameter `:inactive_before` for a moment.

    A package is inactive for whole days: all day long from the day on that is so long after that
    of its last commit or release.
    """
    newest_inactive_day = inactive_after.before(now.astimezone(UTC).date())
    inactive_before = datetime.combine(newest_inactive_day + timedelta(days=1), time(), UTC)
    return {"inactive_before": DATETIME.to_sql(inactive_before)}
