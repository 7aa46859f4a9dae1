"""News of states: what changes brought about that no other news tells, and what the days brought."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pkgcat.model.fields import FIELDS
from pkgcat.model.states import STATE_FIELDS
from pkgcat.model.types import DATETIME
from pkgcat.results.digest import DigestEvent
from pkgcat.store import Store, packages, state_news
from pkgcat.store.log.history import Step
from pkgcat.store.state_news import ReachedDay

_TELLING = frozenset(
    {
        "yanked",
        "unyanked",
        "vulnerable",
        "fixed",
        "status",
        "archived",
        "unarchived",
        "gone",
        "back",
    }
)
"""Events that say themselves what became of the state."""


def find_state_events(
    store: Store,
    changes: Iterable[tuple[str, Step]],
    events: Iterable[DigestEvent],
    since: datetime | None,
    now: datetime,
) -> Iterator[DigestEvent]:
    """Yield a change of state for each package that these changes brought into another one.

    What other events tell is left out, and so are packages that came or went, or were fetched for
    the first time and are ok.
    """
    changes = list(changes)
    told = {event.slug for event in events if event.event in _TELLING}
    moved = {step.key for _, step in changes if step.field == "removed"}
    former: dict[int, dict[str, Any]] = {}
    for slug, step in changes:
        if step.field in STATE_FIELDS and slug not in told and step.key not in moved:
            former.setdefault(step.key, {})[step.field] = step.old
    in_order = sorted(changes, key=lambda change: change[1].number)
    newest = {step.key: (slug, step) for slug, step in in_order}
    for key, states in state_news.judge_changes(store, former, since, now).items():
        if states.before != states.now and states != ("unknown", "ok"):
            slug, last = newest[key]
            old, new = states
            yield DigestEvent("state", slug, "state", old, new, last.at, last.operation)


def find_day_events(
    store: Store, since: datetime, now: datetime, category: str | None
) -> Iterator[DigestEvent]:
    """Yield what became of packages by the days alone, after one moment and until another: they
    became inactive, are finished no more, or their review is due.
    """
    found = (
        ("inactive", "last_updated", state_news.find_inactive(store, since, now)),
        ("unfinished", "finished_until", state_news.find_finished(store, since, now)),
        ("due", "review_by", state_news.find_due(store, since, now)),
    )
    for event, field, reached in found:
        yield from _make_events(store, event, field, list(reached), now, category)


def _make_events(
    store: Store,
    event: str,
    field: str,
    reached: list[ReachedDay],
    now: datetime,
    category: str | None,
) -> Iterator[DigestEvent]:
    slugs = packages.slugs_ever(store, [one.key for one in reached], category)
    at = str(DATETIME.to_sql(now))
    for one in reached:
        if one.key in slugs:
            value = FIELDS[field].type.from_sql(one.value)
            yield DigestEvent(event, slugs[one.key], field, None, value, at, None)
