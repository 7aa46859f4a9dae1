"""A digest as text that can be mailed, or as Markdown: it is read, not scanned like a table."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pkgcat.formats.markdown_text import escape_markdown, link_address
from pkgcat.model.fields import FIELDS
from pkgcat.model.text import clean
from pkgcat.model.types import Value
from pkgcat.model.wording import format_number
from pkgcat.results.digest import Digest, DigestEvent
from pkgcat.results.output import Output, Screen

HEADINGS = {
    "released": "New releases",
    "withdrawn": "Releases taken back",
    "yanked": "Yanked",
    "unyanked": "No longer yanked",
    "vulnerable": "New vulnerabilities",
    "fixed": "No longer vulnerable",
    "status": "Another status on PyPI",
    "relicensed": "Another licence",
    "archived": "Archived",
    "unarchived": "No longer archived",
    "moved": "Moved",
    "gone": "Gone",
    "back": "Back",
    "state": "Another state",
    "inactive": "Inactive",
    "unfinished": "No longer finished",
    "due": "To be reviewed",
    "stars": "Stars",
    "added": "Added to the catalog",
    "removed": "Removed from the catalog",
    "changed": "Changed",
}
_MAX_EVENTS = {"stars": 10, "added": 20, "removed": 20}
"""At most so many of these are told, of stars the largest changes; the others are counted."""
_SOURCE_NAMES = {"repository": "repository", "pypi": "project on PyPI"}
_LICENCE_PLACES = {"repo_license": "repository", "pypi_license": "on PyPI"}
_DAY_WORDS = {"inactive": "since", "unfinished": "since the end of", "due": "by"}
_CHANGES = ("released", "withdrawn", "moved", "status", "relicensed", "state")
_BOLD, _NOT_BOLD = "\x1b[1m", "\x1b[22m"


class _Wording(NamedTuple):
    """What is said of an event, in two parts that stand under each other."""

    first: str = ""
    second: str = ""


def render_digest(digest: Digest, screen: Screen, out: Output) -> None:
    """Write events under their headings as plain text, or that there are none."""
    heading = f"Changes since {clean(digest.since)}"
    if not digest.events:
        out.write(f"{heading}: none\n")
        return
    out.write(f"{_emphasize(heading, screen)}\n")
    for event, group in groupby(digest.events, lambda item: item.event):
        out.write(f"\n{_emphasize(HEADINGS[event], screen)}\n")
        out.writelines(_format_lines(list(group), screen))


def render_markdown_digest(digest: Digest, out: Output) -> None:
    """Write events under their headings as Markdown, or that there are none."""
    heading = f"Changes since {clean(digest.since)}"
    if not digest.events:
        out.write(f"{heading}: none\n")
        return
    out.write(f"# {heading}\n")
    for event, group in groupby(digest.events, lambda item: item.event):
        out.write(f"\n## {HEADINGS[event]}\n\n")
        out.writelines(_format_points(list(group)))


def _emphasize(text: str, screen: Screen) -> str:
    if screen.colour:
        return f"{_BOLD}{text}{_NOT_BOLD}"
    return text


def _format_points(events: list[DigestEvent]) -> Iterator[str]:
    shown = _select_shown(events)
    for event in shown:
        wording = _describe_event(event, arrow="→")
        text = " ".join(part for part in wording if part)
        if text:
            text = f": {_escape_wording(event, text)}"
        yield f"- **{escape_markdown(clean(event.slug))}**{text}\n"
    if len(events) > len(shown):
        yield f"- and {format_number(len(events) - len(shown))} more\n"


def _escape_wording(event: DigestEvent, text: str) -> str:
    """Return Markdown that shows a text; addresses, where an event is about some, as links."""
    if event.field and FIELDS[event.field].type.is_address:
        return " ".join(map(link_address, text.split(" ")))
    return escape_markdown(text)


def _format_lines(events: list[DigestEvent], screen: Screen) -> Iterator[str]:
    shown = _select_shown(events)
    arrow = "→" if screen.unicode else "->"
    slugs = [clean(event.slug) for event in shown]
    wordings = [_describe_event(event, arrow=arrow) for event in shown]
    slug_width = max(map(len, slugs))
    first_width = max(len(wording.first) for wording in wordings)
    for slug, wording in zip(slugs, wordings, strict=True):
        line = f"  {slug:<{slug_width}}  {wording.first:<{first_width}}  {wording.second}"
        yield line.rstrip() + "\n"
    if len(events) > len(shown):
        yield f"  and {format_number(len(events) - len(shown))} more\n"


def _select_shown(events: Sequence[DigestEvent]) -> list[DigestEvent]:
    """Return the events that are told one by one; one with a warning is always told."""
    most = _MAX_EVENTS.get(events[0].event, len(events))
    others = [event for event in events[most:] if event.warning]
    return [*events[:most], *others]


def _describe_event(event: DigestEvent, *, arrow: str) -> _Wording:
    if event.event in ("vulnerable", "fixed"):
        return _Wording(_format_value(event.field, event.new))
    if event.event in ("gone", "back"):
        return _Wording(_describe_sources(event.new))
    change = (
        f"{_format_value(event.field, event.old)} {arrow} {_format_value(event.field, event.new)}"
    )
    if event.event == "stars":
        return _describe_stars(event, change)
    if event.event == "changed":
        return _Wording(f"{event.field}  {change}")
    if event.event in _DAY_WORDS:
        change = f"{_DAY_WORDS[event.event]} {_format_value(event.field, event.new)[:10]}"
    if event.event in (*_CHANGES, *_DAY_WORDS):
        return _Wording(change, _LICENCE_PLACES.get(event.field, ""))
    return _Wording()


def _describe_stars(event: DigestEvent, change: str) -> _Wording:
    assert isinstance(event.old, int)
    assert isinstance(event.new, int)
    if event.warning:
        change += f" ({event.warning})"
    return _Wording(f"{event.new - event.old:+,}", change)


def _describe_sources(sources: Value) -> str:
    assert isinstance(sources, tuple)
    names = [_SOURCE_NAMES.get(str(source), clean(str(source))) for source in sources]
    return f"its {' and its '.join(names)}"


def _format_value(field: str, value: Value) -> str:
    """Return a value in words: unknown, none, yes, thousands apart."""
    if value is None:
        return "unknown"
    if value == ():
        return "none"
    if isinstance(value, int) and not isinstance(value, bool):
        return format_number(value)
    type_ = FIELDS[field].type
    return type_.to_text(type_.to_sql(value))
