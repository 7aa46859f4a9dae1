"""What a person wants to hear of what changed: each piece of news once, with the doubtful flagged."""

from collections.abc import Iterable
from json import loads
from typing import Any, NamedTuple

from pkgcat.models import Cell
from pkgcat.store.history import Step

TOLD = (
    "removed",
    "repo_url",
    "gone",
    "repo_archived",
    "pypi_version",
    "pypi_yanked",
    "pypi_vulnerabilities",
    "pypi_status",
    "repo_watchers",
)
"""The fields whose changes are news."""

_JUMP, _FALL = 1000, 100


class News(NamedTuple):
    """One piece of news: what happened to which package; `doubt` says what is odd about it."""

    event: str
    slug: str
    field: str
    old: Any
    new: Any
    at: str
    operation: int
    doubt: str | None = None


EVENTS = {
    "released": "New releases",
    "withdrawn": "Releases taken back",
    "yanked": "Yanked",
    "unyanked": "No longer yanked",
    "vulnerable": "New vulnerabilities",
    "fixed": "No longer vulnerable",
    "status": "Another status on PyPI",
    "archived": "Archived",
    "unarchived": "No longer archived",
    "moved": "Moved",
    "gone": "Gone",
    "back": "Back",
    "stars": "Stars",
    "added": "Added to the catalog",
    "removed": "Removed from the catalog",
    "changed": "Changed",
}
"""Every event, in the order they are told, with its heading."""


def news(changes: Iterable[tuple[str, Step]]) -> list[News]:
    """Turn changes, each with its package's slug, into news in the order they are told.

    What is learned of a package on its way in is no news: that it was added says it all.
    """
    told = list(changes)
    came = {step.key for _, step in told if step.field == "removed" and not step.new}
    went = {step.key for _, step in told if step.field == "removed" and step.new}
    found = [
        item
        for slug, step in told
        for item in _news(slug, step)
        if item.event in ("added", "removed") or step.key not in came | went
    ]
    order = list(EVENTS)
    return sorted(found, key=lambda item: (order.index(item.event), -_size(item), item.slug))


def plain(changes: Iterable[tuple[str, Step]]) -> list[News]:
    """Return changes as they are, for somebody who asked for these fields."""
    found = [News("changed", slug, step.field, step.old, step.new, step.at, step.operation) for slug, step in changes]
    return sorted(found, key=lambda item: (item.slug, item.field))


def _news(slug: str, step: Step) -> list[News]:
    """Return what one field's change means."""
    old, new = step.old, step.new
    item = News("", slug, step.field, old, new, step.at, step.operation)
    if step.field == "removed":
        came_and_went = old is None and new
        presence = item._replace(event="removed" if new else "added", field="", old=None, new=None)
        return [] if came_and_went else [presence]
    if step.field in _LISTS:
        more, less = _items(new) - _items(old), _items(old) - _items(new)
        pairs = zip(_LISTS[step.field], (more, less), strict=True)
        return [item._replace(event=event, old=None, new=sorted(names)) for event, names in pairs if names]
    if step.field in _STATES:
        yes, no = _STATES[step.field]
        return [item._replace(event=yes if new else no, old=bool(old), new=bool(new))] if new or old else []
    if old is None or new is None:
        return []
    doubt = _doubt(old, new) if step.field == "repo_watchers" else None
    return [item._replace(event=_event(step), doubt=doubt)]


_LISTS = {"gone": ("gone", "back"), "pypi_vulnerabilities": ("vulnerable", "fixed")}
_STATES = {"repo_archived": ("archived", "unarchived"), "pypi_yanked": ("yanked", "unyanked")}


def _event(step: Step) -> str:
    if step.field == "pypi_version":
        return "withdrawn" if _goes_back(step.old, step.new) else "released"
    return {"repo_watchers": "stars", "repo_url": "moved"}.get(step.field, "status")


def _items(listed: Cell) -> set[str]:
    return set(loads(str(listed))) if listed else set()


def _goes_back(old: str, new: str) -> bool:
    """Whether a version is lower than the one before (PEP 440); one that is no version is taken for a release."""
    from packaging.version import InvalidVersion, Version  # only where a version changed

    try:
        return Version(new) < Version(old)
    except InvalidVersion:
        return False


def _doubt(old: int, new: int) -> str | None:
    """Say what is odd about stars: half as many again in one go, or half of them lost."""
    if new - old >= _JUMP and new - old > old / 2:
        return "implausible jump"
    if old - new >= _FALL and old - new > old / 2:
        return "implausible fall"
    return None


def _size(item: News) -> int:
    return abs(item.new - item.old) if item.event == "stars" else 0
