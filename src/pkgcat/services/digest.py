"""What of all that changed is news: each event once, with the implausible flagged."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from json import dumps
from typing import NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.parsing import load_stored_datetime
from pkgcat.model.states import STATE_FIELDS
from pkgcat.model.types import Value
from pkgcat.results.digest import DigestEvent
from pkgcat.services.state_digest import find_day_events, find_state_events
from pkgcat.store import Store, packages
from pkgcat.store.log import history, news
from pkgcat.store.log.history import Step

EVENT_ORDER = (
    "released",
    "withdrawn",
    "yanked",
    "unyanked",
    "vulnerable",
    "fixed",
    "status",
    "relicensed",
    "archived",
    "unarchived",
    "moved",
    "gone",
    "back",
    "state",
    "inactive",
    "unfinished",
    "due",
    "stars",
    "added",
    "removed",
    "changed",
)
"""Every event, in the order in which they are told."""

NEWS_FIELDS = ("removed", *(field.name for field in FIELDS.values() if field.events))
"""The fields whose changes are news; `removed` is that of the packages themselves."""

_READ_FIELDS = tuple(dict.fromkeys((*NEWS_FIELDS, *STATE_FIELDS)))
"""The fields whose changes are read: some are news only by the state they bring about."""

_IMPLAUSIBLE_RISE = 1000
_IMPLAUSIBLE_FALL = 100


class DigestStart(NamedTuple):
    """Where a digest begins: with an operation, and after a change of that number; for what the
    days bring, after a moment, where that is known.
    """

    operation: int
    after_change: int
    moment: datetime | None = None


def find_start(store: Store, moment: datetime) -> DigestStart:
    """Return where a digest of all since a moment begins."""
    return DigestStart(history.operation_at(store, moment), 0, moment)


def find_beginning(store: Store) -> DigestStart:
    """Return where a digest of all there ever was begins."""
    return DigestStart(0, 0, _read_moment(history.beginning(store)))


def _read_moment(stored: str | None) -> datetime | None:
    return None if stored is None else load_stored_datetime(stored)


def name_digest(**filters: object) -> str:
    """Return the name under which the catalog keeps where the last digest of these filters ended.

    Each choice of filters has a name of its own: what a digest of one category did not tell is
    still news to the digest of all.
    """
    given = {name: value for name, value in sorted(filters.items()) if value}
    if not given:
        return "last"
    return f"last {dumps(given)}"


def find_last_end(store: Store, name: str) -> DigestStart | None:
    """Return where the last digest of a name ended, or None where there was none."""
    end = news.digested(store, name)
    if end is None:
        return None
    return DigestStart(0, end.change, _read_moment(end.at))


def read_events(
    store: Store, start: DigestStart, category: str | None, now: datetime
) -> list[DigestEvent]:
    """Return what is news since a start, of one category where one is named by its slug."""
    changes = list(_read_changes(store, start, _READ_FIELDS, category, every_change=False))
    events = digest_events(change for change in changes if change[1].field in NEWS_FIELDS)
    events += find_state_events(store, changes, events, start.moment, now)
    if start.moment is not None:
        events += find_day_events(store, start.moment, now, category)
    return sorted(events, key=_sort_key)


def read_field_changes(
    store: Store, start: DigestStart, fields: tuple[str, ...], category: str | None
) -> list[DigestEvent]:
    """Return every change of these fields since a start."""
    events = []
    for slug, change in _read_changes(store, start, fields, category, every_change=True):
        old, new = _read_values(change)
        events.append(_make_event("changed", slug, change, old, new))
    return sorted(events, key=lambda event: (event.slug, event.field))


def digest_events(changes: Iterable[tuple[str, Step]]) -> list[DigestEvent]:
    """Turn changes, each with its package's slug, into events in the order in which they are told.

    Of a package that is removed by now nothing else is news.
    """
    changes = list(changes)
    removed = {change.key for _, change in changes if change.field == "removed" and change.new}
    events: list[DigestEvent] = []
    for slug, change in changes:
        if change.field == "removed":
            events += _presence_events(slug, change)
        elif change.key not in removed:
            events += _field_events(slug, change)
    return sorted(events, key=_sort_key)


def _read_changes(
    store: Store,
    start: DigestStart,
    fields: tuple[str, ...],
    category: str | None,
    *,
    every_change: bool,
) -> Iterator[tuple[str, Step]]:
    """Yield the net change of each field with its package's slug; categories and grids by slug."""
    found = news.since(
        store, start.operation, start.after_change, fields, every_change=every_change
    )
    slugs = packages.slugs_ever(store, {change.key for change in found}, category)
    for change in found:
        if change.key not in slugs:
            continue
        old = history.resolve_references(store, change.field, change.old)
        new = history.resolve_references(store, change.field, change.new)
        yield slugs[change.key], change._replace(old=old, new=new)


def _sort_key(event: DigestEvent) -> tuple[int, int, str, str]:
    size = 0
    if event.event == "stars":
        assert isinstance(event.old, int)
        assert isinstance(event.new, int)
        size = abs(event.new - event.old)
    return EVENT_ORDER.index(event.event), -size, event.slug, event.field


def _presence_events(slug: str, change: Step) -> list[DigestEvent]:
    """Return whether a package came or went; one that did both is no news."""
    if change.old is None and change.new:
        return []
    event = "removed" if change.new else "added"
    return [_make_event(event, slug, change, None, None)._replace(field="")]


def _field_events(slug: str, change: Step) -> list[DigestEvent]:
    """Return what a change of a field means, from the events that the table of fields names."""
    field = FIELDS[change.field]
    old, new = _read_values(change)
    if field.type.is_collection:
        return _list_events(slug, change, _as_set(old), _as_set(new))
    if isinstance(old, bool) or isinstance(new, bool):
        return _boolean_events(slug, change, was=bool(old), is_now=bool(new))
    if old is None or new is None:
        return []
    if change.field == "pypi_version":
        released, withdrawn = field.events
        name = withdrawn if _is_lower_version(str(new), str(old)) else released
        return [_make_event(name, slug, change, old, new)]
    event = _make_event(field.events[0], slug, change, old, new)
    if isinstance(old, int) and isinstance(new, int):
        event = event._replace(warning=_find_implausible(old, new))
    return [event]


def _list_events(slug: str, change: Step, old: set[str], new: set[str]) -> list[DigestEvent]:
    """Return what came to a list, and what left it."""
    came_event, left_event = FIELDS[change.field].events
    events = []
    if new - old:
        events.append(_make_event(came_event, slug, change, None, tuple(sorted(new - old))))
    if old - new:
        events.append(_make_event(left_event, slug, change, None, tuple(sorted(old - new))))
    return events


def _boolean_events(slug: str, change: Step, *, was: bool, is_now: bool) -> list[DigestEvent]:
    """Return what became of a mark; unknown counts as unset."""
    if not was and not is_now:
        return []
    set_event, unset_event = FIELDS[change.field].events
    event = set_event if is_now else unset_event
    return [_make_event(event, slug, change, was, is_now)]


def _make_event(event: str, slug: str, change: Step, old: Value, new: Value) -> DigestEvent:
    return DigestEvent(event, slug, change.field, old, new, change.at, change.operation)


def _read_values(change: Step) -> tuple[Value, Value]:
    type_ = FIELDS[change.field].type
    values = []
    for stored in (change.old, change.new):
        values.append(type_.unknown if stored is None else type_.from_sql(stored))
    return values[0], values[1]


def _as_set(value: Value) -> set[str]:
    if not isinstance(value, tuple):
        return set()
    return {str(item) for item in value}


def _is_lower_version(version: str, other: str) -> bool:
    """Whether a version is lower than another (PEP 440); what is no version is not lower."""
    from packaging.version import Version  # only where a version changed

    try:
        return Version(version) < Version(other)
    except ValueError:  # InvalidVersion, or a number of more digits than int() takes
        return False


def _find_implausible(old: int, new: int) -> str | None:
    """Say what is implausible about stars: half as many again at once, or half of them lost."""
    difference = new - old
    if difference >= _IMPLAUSIBLE_RISE and difference > old / 2:
        return "implausible jump"
    if -difference >= _IMPLAUSIBLE_FALL and -difference > old / 2:
        return "implausible fall"
    return None
