"""The legend of a radar, put into columns: beside the radar, and what finds no room there below."""

from collections.abc import Sequence
from typing import NamedTuple

from pkgcat.results.radar import Blip

SECTION_HEIGHT = 34
RING_HEIGHT = 24
ENTRY_HEIGHT = 29
REASON_HEIGHT = 17
_TOLERANCE = 160
"""The column beside the radar may be so much longer than it, before others begin below."""
_STEP = 20


class LegendEntry(NamedTuple):
    """A package, the number of the section in which it stands, and the lines of its reason.

    It stands under the name of its ring, if it `has_ring`.
    """

    section: int
    blip: Blip
    reasons: tuple[str, ...] = ()
    has_ring: bool = True

    @property
    def height(self) -> int:
        """Its height without headings, in pixels."""
        return ENTRY_HEIGHT + REASON_HEIGHT * len(self.reasons)


class PlacedEntry(NamedTuple):
    """Where an entry stands: in which column, how far below its top, and with which headings.

    A section that goes on in another column `is_continued` there.
    """

    entry: LegendEntry
    column: int
    y: float
    has_section: bool
    has_ring: bool
    is_continued: bool

    @property
    def bottom(self) -> float:
        """How far below the top of the column it ends."""
        return self.y + _measure_height(
            self.entry, has_section=self.has_section, has_ring=self.has_ring
        )


def place_entries(
    entries: Sequence[LegendEntry], beside: float, columns_below: int
) -> list[PlacedEntry]:
    """Place entries in the column beside the radar, which is 0, and in columns of one height below
    it.
    """
    everything = _fill(entries, [beside + _TOLERANCE])
    if everything is not None:
        return everything
    height = 0.0
    while True:
        height += _STEP
        placed = _fill(entries, [beside, *[height] * columns_below])
        if placed is not None:
            return placed


def _fill(entries: Sequence[LegendEntry], heights: Sequence[float]) -> list[PlacedEntry] | None:
    """Fill columns of these heights; None where they are not enough."""
    placed: list[PlacedEntry] = []
    column, y = 0, 0.0
    before: LegendEntry | None = None
    for entry in entries:
        found = _place(entry, before, column, y)
        while found.bottom > heights[column]:
            column += 1
            if column == len(heights):
                return None
            found = _place(entry, None, column, 0.0)
            found = found._replace(is_continued=_has_section(before, entry))
        placed.append(found)
        y = found.bottom
        before = entry
    return placed


def _has_section(before: LegendEntry | None, entry: LegendEntry) -> bool:
    return before is not None and before.section == entry.section


def _place(entry: LegendEntry, before: LegendEntry | None, column: int, y: float) -> PlacedEntry:
    is_same = before is not None and before.section == entry.section
    is_same_ring = before is not None and before.blip.decision == entry.blip.decision
    has_ring = entry.has_ring and not (is_same and is_same_ring)
    return PlacedEntry(entry, column, y, not is_same, has_ring, is_continued=False)


def _measure_height(entry: LegendEntry, *, has_section: bool, has_ring: bool) -> float:
    height = float(entry.height)
    if has_section:
        height += SECTION_HEIGHT
    if has_ring:
        height += RING_HEIGHT
    return height
