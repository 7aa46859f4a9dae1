"""The terms of the state and the score of a package, in words."""

from datetime import date, timedelta

from pkgcat.model.query import Query
from pkgcat.model.wording import format_count, format_number
from pkgcat.store import Store
from pkgcat.store.score_sql import LOWEST
from pkgcat.store.terms import ScoreTerms, StateTerms, read_score_terms, read_state_terms


def describe_terms(store: Store, query: Query, field: str) -> tuple[str, ...]:
    """Return what a field of the package of a query is made of, each term as `NAME: VALUE`; of
    fields that are not computed nothing.
    """
    if field in ("state", "state_reasons"):
        return tuple(_describe_state(read_state_terms(store, query)))
    if field == "score":
        return tuple(_describe_score(read_score_terms(store, query)))
    return ()


def _describe_state(terms: StateTerms) -> list[str]:
    """Say of each state whether it holds and why; the first one that does is the state."""
    lines = []
    for term in terms.terms:
        if term.holds:
            text = f"yes, {', '.join(term.reasons)}"
        elif term.state == "inactive":
            text = f"no, {_describe_activity(terms)}"
        else:
            text = "no"
        lines.append(f"{term.state}: {text}")
    is_ok = not any(term.holds for term in terms.terms)
    lines.append("ok: yes, as no other state holds" if is_ok else "ok: no")
    return lines


def _describe_activity(terms: StateTerms) -> str:
    if terms.last_activity is None:
        return "no commit and no release is known"
    first_active_day = date.fromisoformat(terms.inactive_before[:10])
    last_inactive_day = first_active_day - timedelta(days=1)
    return (
        f"last commit or release {terms.last_activity[:10]}, "
        f"and inactive are those of {last_inactive_day.isoformat()} and before"
    )


def _describe_score(terms: ScoreTerms) -> list[str]:
    """Say what is taken off the stars, and for what."""
    if terms.stars is None or terms.last_commit is None:
        unknown = "stars" if terms.stars is None else "last commit"
        return [f"score: unknown, as its {unknown} is"]
    assert terms.months is not None
    assert terms.less_for_age is not None
    assert terms.less_for_python is not None
    rest = terms.stars - terms.less_for_age - terms.less_for_python
    lines = [
        f"stars: {format_number(terms.stars)}",
        f"age: {_format_less(terms.less_for_age)}, {_describe_age(terms.months, terms.last_commit)}",
        f"Python 3: {_describe_python(terms)}",
    ]
    if rest < LOWEST:
        lines.append(f"lowest: {LOWEST}, and not {rest:,.1f}")
    return lines


def _describe_age(months: int, last_commit: str) -> str:
    count = format_count(months, "whole month")
    return f"a tenth of the stars for every 3 of {count} since {last_commit[:10]}"


def _describe_python(terms: ScoreTerms) -> str:
    assert terms.less_for_python is not None
    less = _format_less(terms.less_for_python)
    if not terms.knows_classifiers:
        return (
            f"{less}, as no classifier is known (Django Packages takes three tenths off for that)"
        )
    if terms.less_for_python:
        return f"{less}, three tenths of the stars and 1,000 at most, as no classifier names it"
    return f"{less}, as a classifier names it"


def _format_less(less: float) -> str:
    return f"-{less:,.1f}" if less else "0"
