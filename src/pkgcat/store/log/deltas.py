"""How the log keeps a list: as slices of the list on the other side of its change, where that is
shorter.

Of 52 weeks 51 are still there a week later, and of 400 participants 399. `{"~":["1:52",[7]]}` is
items 1 to 51 of the other list, then 7. Only fields that hold lists are kept so: a text may look
like anything.
"""

import re
from collections.abc import Iterable
from typing import Any

from pkgcat.model.change import Change
from pkgcat.model.fields import FIELDS
from pkgcat.model.parsing import compact_json, load_stored_json, refuse_stored
from pkgcat.model.types import TextList

DELTA_FIELDS = frozenset(name for name, field in FIELDS.items() if isinstance(field.type, TextList))
"""The fields whose values in the log may be deltas."""

_MARK = '{"~":'
_REFERENCE = r"(\d{1,9}):(\d{1,9})"

_SHORT_LIST = 64
"""In a list of so many items (52 weeks) a match is looked for at every place where it may begin."""

_PLACES = 4
"""In a longer list it is looked for at so many places: work stays linear in the length of
both lists.
"""


def pack_change(change: Change) -> Change:
    """Return a change as the log keeps it."""
    field, old, new = change
    if field not in DELTA_FIELDS or not isinstance(old, str) or not isinstance(new, str):
        return change
    old_items, new_items = load_stored_json(old, list), load_stored_json(new, list)
    return Change(field, _shorter(old, old_items, new_items), _shorter(new, new_items, old_items))


def is_delta(kept: Any) -> bool:
    """Whether a value of the log is kept as slices of the other one. A text of a field that is none of
    DELTA_FIELDS may look so, too.
    """
    return isinstance(kept, str) and kept.startswith(_MARK)


def unpack_value(kept: Any, other: Any) -> Any:
    """Return a value of the log whole; `other` is the whole value on the other side of its
    change.
    """
    return apply_deltas([kept], other)


def apply_deltas(olds: Iterable[Any], now: Any) -> Any:
    """Return what a value was before a row of changes, given the old value of each, the
    newest first.
    """
    items: list[Any] | None = None
    for old in olds:
        if is_delta(old):
            there = load_stored_json(now, list) if items is None else items
            items = _put_together(old, there)
        else:
            now, items = old, None
    return now if items is None else compact_json(items)


def _put_together(delta: str, there: list[Any]) -> list[Any]:
    whole: list[Any] = []
    for part in load_stored_json(delta, dict)["~"]:
        reference = re.fullmatch(_REFERENCE, part) if isinstance(part, str) else None
        if reference:
            whole += there[int(reference[1]) : int(reference[2])]
        elif isinstance(part, list):
            whole += part
        else:
            raise refuse_stored(delta, "a part of a list")
    return whole


def _shorter(text: str, items: list[Any], other: list[Any]) -> str:
    """Return the list as a delta, or its own text where that is no longer."""
    delta = f"{_MARK}{compact_json(_delta(items, other))}}}"
    return delta if len(delta) < len(text) else text


def _delta(items: list[Any], other: list[Any]) -> list[Any]:
    """Return slices of the other list and items of one's own which together are the list.

    At each item the longest match is taken, as LZ77 does. Comparisons: at most `_PLACES` for each
    item, as no match that is not taken is longer than the one that is; `_SHORT_LIST` for each item
    of a short list.
    """
    places = _places(other)
    parts: list[Any] = []
    own: list[Any] = []
    at = 0
    while at < len(items):
        start, length = _longest_match(items, at, other, places.get(items[at], ()))
        stop = at + max(length, 1)
        reference = f"{start}:{start + length}"
        if _saves_room(reference, items[at:stop], length):
            if own:
                parts.append(own)
                own = []
            parts.append(reference)
        else:
            own += items[at:stop]
        at = stop
    if own:
        parts.append(own)
    return parts


def _places(items: list[Any]) -> dict[Any, list[int]]:
    """Return where each item first stands; of a short list, every place."""
    most = len(items) if len(items) <= _SHORT_LIST else _PLACES
    places: dict[Any, list[int]] = {}
    for place, item in enumerate(items):
        found = places.setdefault(item, [])
        if len(found) < most:
            found.append(place)
    return places


def _longest_match(
    items: list[Any], at: int, other: list[Any], starts: Iterable[int]
) -> tuple[int, int]:
    """Return where in the other list the longest match with the items from `at` on begins,
    and its length.
    """
    best, longest = 0, 0
    for start in starts:
        most = min(len(items) - at, len(other) - start)
        length = 1
        while length < most and items[at + length] == other[start + length]:
            length += 1
        if length > longest:
            best, longest = start, length
    return best, longest


def _saves_room(reference: str, matched: list[Any], length: int) -> bool:
    """Whether a reference is shorter than the items it stands for: each takes two characters
    or more.
    """
    if length == 0:
        return False
    return length > len(reference) or sum(len(str(item)) + 1 for item in matched) > len(reference)
