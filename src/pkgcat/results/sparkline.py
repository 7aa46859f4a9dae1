"""The commits of 52 weeks as a line of blocks."""

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII_BLOCKS = "_.-=+*#@"
_NO_COMMITS, _ASCII_NO_COMMITS = "·", " "

FULL_BLOCK = 8
"""Commits: a block is full from so many on, so that a busiest week of two is drawn low."""


def draw_sparkline(
    weeks: Sequence[int], width: int, *, unicode: bool = True, most: int = FULL_BLOCK
) -> str:
    """Draw numbers as one line of blocks, at most `width` long; a dot stands for 0.

    The highest is a full block, or one of as many eighths as its number; `most` is the number of a
    full block where it is higher, for lines on one scale.
    """
    columns = squeeze_weeks(weeks, width)
    most = max([most, *columns])
    blocks = _BLOCKS if unicode else _ASCII_BLOCKS
    none = _NO_COMMITS if unicode else _ASCII_NO_COMMITS
    drawn = []
    for count in columns:
        if count == 0:
            drawn.append(none)
        else:
            drawn.append(blocks[(count * 8 - 1) // most])
    return "".join(drawn)


def squeeze_weeks(weeks: Sequence[int], width: int) -> list[int]:
    """Add neighbours up until they fit the width; groups are counted back from the newest week."""
    if not weeks:
        return []
    group_size = -(-len(weeks) // width)
    first_size = len(weeks) % group_size
    columns = []
    if first_size:
        columns.append(sum(weeks[:first_size]))
    for start in range(first_size, len(weeks), group_size):
        columns.append(sum(weeks[start : start + group_size]))
    return columns
