"""What was decided of packages at an earlier moment."""

from datetime import datetime

from pkgcat.errors import Invalid
from pkgcat.model.decision import DECISIONS
from pkgcat.model.parsing import parse_moment, refuse_stored
from pkgcat.store import Store
from pkgcat.store.log import history

EarlierDecisions = dict[int, str | None]
"""What was decided, by the key of the package, of those of which it has changed since. None: there
was no decision, or no such package.
"""


def parse_since(text: str, now: datetime) -> datetime:
    """Read the moment since which moves are told; raise Invalid."""
    moment = parse_moment("--since", text, now)
    if moment > now:
        raise Invalid(f"--since {text} is in the future")
    return moment


def read_earlier_decisions(store: Store, since: datetime) -> EarlierDecisions:
    """Return what was decided at a moment of the packages whose decision has changed since."""
    operation = history.operation_at(store, since)
    earlier: EarlierDecisions = {}
    for key, old in history.find_earlier_values(store, operation, "decision").items():
        if old is not None and old not in DECISIONS:
            raise refuse_stored(old, "a decision")
        earlier[key] = None if old is None else str(old)
    for key, removed in history.find_earlier_values(store, operation, "removed").items():
        if removed != 0:
            earlier[key] = None
    return earlier
