"""Values as people read them: text, ages, numbers, the 52 weeks as a line of blocks."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from pkgcat.models import Cell, Kind
from pkgcat.render.text import clean

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=+*#@"
_SPANS = (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60))


def text_of(kind: Kind, value: Cell) -> str:
    """Write a value on one line, cleaned; unknown is empty."""
    if value is None:
        return ""
    if kind in ("str", "datetime"):
        return clean(str(value))
    if kind == "bool":
        return "yes" if value else "no"
    if kind == "strs":
        return ", ".join(clean(item) for item in json.loads(str(value)))
    if kind == "facts":
        return ", ".join(f"{name}: {clean(json.dumps(fact))}" for name, fact in json.loads(str(value)).items())
    return str(value).strip("[]") if kind == "ints" else str(value)


def age(moment: datetime, now: datetime) -> str:
    """Say how long ago it was, or will be, in the largest whole unit."""
    seconds = (now - moment) // timedelta(seconds=1)
    for unit, length in _SPANS:
        if abs(seconds) >= length:
            count = abs(seconds) // length
            span = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now"


def number(value: int) -> str:
    """Write a number with its thousands apart."""
    return f"{value:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """Write a number with its noun: 1 package, 1,200 packages."""
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"


def spark(weeks: Sequence[int], width: int, *, unicode: bool = True) -> str:
    """Draw numbers as one line of blocks, at most `width` long; a dot is none at all."""
    columns = squeeze(weeks, width)
    most = max(columns, default=0)
    blocks = _BLOCKS if unicode else _ASCII
    dot = "·" if unicode else " "
    return "".join(blocks[(count * 8 - 1) // most] if count else dot for count in columns)


def squeeze(weeks: Sequence[int], width: int) -> list[int]:
    """Add neighbours up until they fit the width; the newest stay whole."""
    step = -(-len(weeks) // width) if weeks else 1
    first = len(weeks) % step
    columns = [sum(weeks[i : i + step]) for i in range(first, len(weeks), step)]
    return [sum(weeks[:first]), *columns] if first else columns
