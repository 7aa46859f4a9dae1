"""News as a letter: plain text that can be mailed, or Markdown. Not a table: it is read, not scanned."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from pkgcat.digest import EVENTS, News
from pkgcat.render import Format, Out, Screen
from pkgcat.render.markdown import escaped
from pkgcat.render.text import clean
from pkgcat.render.values import number

_MOST = {"stars": 10, "added": 20, "removed": 20}
"""Of these so many are told, of stars the largest changes; the others are counted."""


def letter(told: Sequence[News], since: str, form: Format, screen: Screen, out: Out) -> None:
    """Write news under their headings, or that there are none."""
    heading = f"Changes since {since}"
    markdown = form is Format.MARKDOWN
    bold = ("\x1b[1m", "\x1b[22m") if screen.colour else ("", "")
    if not told:
        out.write(f"{heading}: none\n")
        return
    out.write(f"# {heading}\n" if markdown else f"{bold[0]}{heading}{bold[1]}\n")
    for event, group in groupby(told, lambda item: item.event):
        title, items = EVENTS[event], list(group)
        out.write(f"\n## {title}\n\n" if markdown else f"\n{bold[0]}{title}{bold[1]}\n")
        out.writelines(_points(items) if markdown else _lines(items, screen))


def _points(items: list[News]) -> Iterator[str]:
    for item in _first(items):
        said = " ".join(filter(None, _said(item, arrow="→")))
        yield f"- **{escaped(item.slug)}**{f': {escaped(said)}' if said else ''}\n"
    if more := _left(items):
        yield f"- and {more} more\n"


def _lines(items: list[News], screen: Screen) -> Iterator[str]:
    shown = _first(items)
    said = [_said(item, arrow="→" if screen.unicode else "->") for item in shown]
    slug = max(len(item.slug) for item in shown)
    first = max(len(part) for part, _ in said)
    for item, (part, more) in zip(shown, said, strict=True):
        yield f"  {item.slug:<{slug}}  {part:<{first}}  {more}".rstrip() + "\n"
    if left := _left(items):
        yield f"  and {left} more\n"


def _said(item: News, *, arrow: str) -> tuple[str, str]:
    """Say what became of it, in two parts that stand under each other."""
    change = f"{_text(item.old)} {arrow} {_text(item.new)}"
    if item.event == "stars":
        return f"{item.new - item.old:+,}", f"{change}{f' ({item.doubt})' if item.doubt else ''}"
    if item.event in ("vulnerable", "fixed"):
        return ", ".join(map(clean, item.new)), ""
    if item.event in ("gone", "back"):
        return f"its {' and its '.join({'pypi': 'project on PyPI'}.get(half, half) for half in item.new)}", ""
    if item.event in ("released", "withdrawn", "moved", "status"):
        return change, ""
    return (f"{item.field}  {change}", "") if item.event == "changed" else ("", "")


def _text(value: object) -> str:
    if value in (None, []):
        return "unknown" if value is None else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(clean(str(item)) for item in value)
    return number(value) if isinstance(value, int) else clean(str(value))


def _first(items: list[News]) -> list[News]:
    """Return what is told one by one, every doubtful item among it."""
    most = _MOST.get(items[0].event, len(items))
    return [item for place, item in enumerate(items) if place < most or item.doubt]


def _left(items: list[News]) -> str:
    count = len(items) - len(_first(items))
    return number(count) if count else ""
