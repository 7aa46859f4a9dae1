"""Figures about the catalog."""

from datetime import datetime
from typing import Literal

from pkgcat.model.decision import DECISIONS, NO_DECISION
from pkgcat.model.query import Query
from pkgcat.model.states import STATES
from pkgcat.store import Store, state_sql
from pkgcat.store.ask import select_in

_COUNTS = {
    "packages": "count(*)",
    "categories": "(SELECT count(*) FROM categories WHERE removed = 0)",
    "grids": "(SELECT count(*) FROM grids WHERE removed = 0)",
    "tags": """(SELECT count(DISTINCT t.name) FROM tags t JOIN packages o ON o.key = t.package
        WHERE o.removed = 0)""",
    "with_repository": "count(p.repo_key)",
    "on_pypi": "count(p.pypi_name)",
    "fetched": "count(f.last_fetched)",
    "archived": "count(*) FILTER (WHERE f.repo_archived = 1)",
    "yanked": "count(*) FILTER (WHERE f.pypi_yanked = 1)",
    "vulnerable": "count(*) FILTER (WHERE f.pypi_vulnerabilities <> '[]')",
    "failing": "count(*) FILTER (WHERE f.error_count > 0)",
    "pinned": "count(*) FILTER (WHERE p.pinned <> '[]')",
    "operations": "(SELECT count(*) FROM operations)",
    "stale_30d": """count(*)
        FILTER (WHERE coalesce(f.last_fetched, '') < strftime('%Y-%m-%dT%H:%M:%f', :now, '-30 days'))""",
    "due": "count(*) FILTER (WHERE p.review_by <= :today)",
}

_STATE_FIGURES = {state: f"state_{state}" for state in STATES}
_DECISION_FIGURES = {decision: f"decision_{decision}" for decision in (*DECISIONS, NO_DECISION)}

FIGURES = (*_COUNTS, *_STATE_FIGURES.values(), *_DECISION_FIGURES.values())
"""What is counted, by name."""

GroupedBy = Literal["state", "decision", "category"]


def count_all(store: Store, now: datetime) -> dict[str, int]:
    """Return what the catalog counts, by name."""
    sql, parameters = select_in(store, ", ".join(_COUNTS.values()), Query(now))
    row = store.rows(sql, parameters).fetchone()
    counts = dict(zip(_COUNTS, row, strict=True))
    states = count_by(store, "state", now)
    decisions = count_by(store, "decision", now)
    counts |= {figure: states.get(state, 0) for state, figure in _STATE_FIGURES.items()}
    counts |= {figure: decisions.get(word, 0) for word, figure in _DECISION_FIGURES.items()}
    return counts


def count_by(store: Store, what: GroupedBy, now: datetime) -> dict[str, int]:
    """Return how many packages there are of each state, decision or category: of states and
    decisions in their own order, of categories the largest first. Where a package has none the
    name is `none`.
    """
    columns = {
        "state": state_sql.STATE,
        "decision": f"coalesce(p.decision, '{NO_DECISION}')",
        "category": f"coalesce(c.slug, '{NO_DECISION}')",
    }
    sql, parameters = select_in(store, f"{columns[what]} AS name", Query(now))
    counted = f"SELECT name, count(*) FROM ({sql}) GROUP BY name ORDER BY count(*) DESC, name"
    found = dict(store.rows(counted, parameters).fetchall())
    order = {"state": STATES, "decision": (*DECISIONS, NO_DECISION)}.get(what, tuple(found))
    return {name: found[name] for name in order if name in found}
