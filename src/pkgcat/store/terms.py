"""What the state and the score of one package are made of."""

from typing import NamedTuple

from pkgcat.model.query import Query
from pkgcat.model.states import STATE_REASONS
from pkgcat.store import Store, score_sql, state_sql
from pkgcat.store.ask import select_in


class StateTerm(NamedTuple):
    """A state: whether it holds, with its reasons."""

    state: str
    holds: bool
    reasons: tuple[str, ...]


class StateTerms(NamedTuple):
    """All that a state is made of: every state in the order in which they are judged, the time of
    the last commit or release, and the first moment at which an older one is inactive no more.
    """

    terms: tuple[StateTerm, ...]
    last_activity: str | None
    inactive_before: str


class ScoreTerms(NamedTuple):
    """All that a score is made of: the whole months since the last commit, and what is taken off
    the stars for them, and for Python 3; whether classifiers tell of that.
    """

    stars: int | None
    last_commit: str | None
    months: int | None
    less_for_age: float | None
    less_for_python: float | None
    knows_classifiers: bool
    score: int | None


def read_state_terms(store: Store, query: Query) -> StateTerms:
    """Return what the state of the package of a query is made of."""
    columns = [state_sql.REASONS, f"nullif({state_sql.ACTIVITY}, '')", ":inactive_before"]
    columns += [f"coalesce({rule.holds}, 0)" for rule in state_sql.RULES]
    row = store.rows(*select_in(store, ", ".join(columns), query)).fetchone()
    reasons = STATE_REASONS.from_sql(row[0])
    assert isinstance(reasons, tuple)
    terms = []
    for rule, holds in zip(state_sql.RULES, row[3:], strict=True):
        own = [str(reason) for reason in reasons if str(reason).startswith(f"{rule.state}: ")]
        details = tuple(reason.removeprefix(f"{rule.state}: ") for reason in own)
        terms.append(StateTerm(rule.state, bool(holds), details))
    return StateTerms(tuple(terms), row[1], row[2])


def read_score_terms(store: Store, query: Query) -> ScoreTerms:
    """Return what the score of the package of a query is made of."""
    columns = (
        "f.repo_watchers",
        "f.last_updated",
        score_sql.MONTHS,
        score_sql.LESS_FOR_AGE,
        score_sql.LESS_FOR_PYTHON,
        "f.pypi_classifiers <> '[]'",
        score_sql.SCORE,
    )
    row = store.rows(*select_in(store, ", ".join(columns), query)).fetchone()
    return ScoreTerms._make(row)
