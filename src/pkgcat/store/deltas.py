"""How the log keeps a list: as what became of the other one, where that is shorter than the list itself.

Of 52 weeks 51 are still there a week later, and of 400 participants 399. The old list is kept as parts of
the new one and the new one as parts of the old: `{"~":["1:52",[7]]}` is items 1 to 51 of the other, then 7.
"""

from collections.abc import Iterable
from json import dumps, loads
from typing import Any

from pkgcat.models import Change

_MARK = '{"~":'


def packed(change: Change) -> Change:
    """Return a change as the log keeps it."""
    field, old, new = change
    if not (isinstance(old, str) and isinstance(new, str) and old[:1] == new[:1] == "["):
        return change
    return Change(field, _shorter(old, new), _shorter(new, old))


def is_delta(kept: Any) -> bool:
    """Whether a value of the log is kept as parts of the other one."""
    return isinstance(kept, str) and kept.startswith(_MARK)


def unpacked(kept: Any, other: Any) -> Any:
    """Return a value of the log whole; `other` is the whole value on the other side of its change."""
    return wound_back([kept], other)


def wound_back(olds: Iterable[Any], now: Any) -> Any:
    """Return what a value was before a row of changes, given the old value of each, the newest first."""
    items: list[Any] | None = None
    for old in olds:
        if is_delta(old):
            items = _put_together(loads(old)["~"], loads(now) if items is None else items)
        else:
            now, items = old, None
    return now if items is None else _text(items)


def _put_together(parts: list[Any], there: list[Any]) -> list[Any]:
    whole: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            start, stop = part.split(":")
            whole += there[int(start) : int(stop)]
        else:
            whole += part
    return whole


def _shorter(text: str, other: str) -> str:
    from difflib import SequenceMatcher  # most commands change no list

    items, there = loads(text), loads(other)
    parts: list[Any] = []
    for tag, start, stop, first, last in SequenceMatcher(None, there, items, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(f"{start}:{stop}")
        elif first < last:
            parts.append(items[first:last])
    delta = f"{_MARK}{_text(parts)}}}"
    return delta if len(delta) < len(text) else text


def _text(items: list[Any]) -> str:
    return dumps(items, ensure_ascii=False, separators=(",", ":"))
