"""Decisions as a picture: a technology radar, with a legend of the numbers on it.

Rings are decisions, from adopt in the middle to hold; what was rejected stands apart. What moved is
told by the shape of a mark, whose colour repeats the ring.
"""

from html import escape
from math import cos, sin

from pkgcat.formats.radar_layout import RING_NAME_SIZE, Place, RadarLayout, arrange_radar
from pkgcat.formats.radar_legend import (
    REASON_HEIGHT,
    RING_HEIGHT,
    SECTION_HEIGHT,
    LegendEntry,
    PlacedEntry,
    place_entries,
)
from pkgcat.formats.radar_marks import MOVE_WORDS, STYLE, draw_mark
from pkgcat.formats.svg_picture import (
    LETTER_WIDTH,
    LINE_HEIGHT,
    MARGIN,
    Picture,
    cut_text,
    measure_text,
    wrap_text,
)
from pkgcat.model.decision import DECISIONS, describe_move, find_move
from pkgcat.model.text import clean, link
from pkgcat.model.wording import format_count
from pkgcat.results.output import Output
from pkgcat.results.radar import Blip, Radar

_RINGS = DECISIONS[:-1]
_REJECTED = "Rejected"
_SECTOR_LETTERS = 18
_GAP = 30
_TEXT_INDENT = 34
_REASON_LINES = 2
_MAX_REASONS = 60
"""A legend has the reasons of all, or else of what moved, or else of none: of so many at most."""
_WIDE_LETTERS = 58
_NARROW_LETTERS = 38
"""A line of the legend has so many letters at the most, with reasons and without."""


def render_radar(radar: Radar, out: Output) -> None:
    """Write a radar and its legend as one picture."""
    picture = Picture()
    picture.shapes.append(STYLE)
    _write_heading(picture, radar)
    top = picture.y
    layout = arrange_radar(_count_blips(radar))
    left, right = _measure_names(radar, layout)
    center = MARGIN + left, top + layout.radius + MARGIN
    _draw_radar(picture, radar, layout, center)
    picture.y = top + 2 * layout.radius + 3 * MARGIN
    _draw_legend(picture, radar, MARGIN + left + right + _GAP, top)
    picture.write_to(out)


def _write_heading(picture: Picture, radar: Radar) -> None:
    picture.write_text(MARGIN, "Decisions", "title")
    picture.y += LINE_HEIGHT + 4
    picture.write_text(MARGIN, _describe(radar), "dim")
    picture.y += LINE_HEIGHT + 8
    if radar.since is not None:
        x = MARGIN + 12.0
        for move, words in MOVE_WORDS.items():
            draw_mark(picture, (x, picture.y + 10), "reject", move, "", 0.8)
            picture.write_text(x + 18, words, "dim")
            x += measure_text(words) * LETTER_WIDTH + 52
        picture.y += LINE_HEIGHT + 12


def _describe(radar: Radar) -> str:
    """Say how many packages there are, and how many of them moved."""
    parts = [format_count(len(radar.blips), "package")]
    if radar.last_decided is not None:
        parts.append(f"last decided on {radar.last_decided:%Y-%m-%d}")
    if radar.since is not None:
        moves = [find_move(blip.earlier, blip.decision) for blip in radar.blips]
        moved = []
        for move in ("new", "in", "out"):
            if move in moves:
                moved.append(f"{moves.count(move)} {MOVE_WORDS[move]}")
        parts.append(f"since {radar.since:%Y-%m-%d}: {', '.join(moved) or 'nothing moved'}")
    return " · ".join(parts)


def _count_blips(radar: Radar) -> list[list[int]]:
    counts = []
    for sector in radar.sectors:
        decisions = [blip.decision for blip in sector.blips]
        counts.append([decisions.count(ring) for ring in _RINGS])
    return counts or [[0] * len(_RINGS)]


def _measure_names(radar: Radar, layout: RadarLayout) -> tuple[float, float]:
    """Return how far the radar reaches to the left and to the right of its centre, the names of its
    sectors included.
    """
    left = right = layout.radius + 10
    for name, (x, _), anchor in _place_names(radar, layout):
        width = measure_text(name) * LETTER_WIDTH
        if anchor == "end":
            left = max(left, width - x)
        elif anchor == "start":
            right = max(right, width + x)
    return left, right


def _place_names(radar: Radar, layout: RadarLayout) -> list[tuple[str, Place, str]]:
    """Return the names of the sectors, where they stand, and which end of them stands there."""
    names = []
    for number, sector in enumerate(radar.sectors):
        angle = (layout.angles[number] + layout.angles[number + 1]) / 2
        x, y = (layout.radius + 16) * sin(angle), -(layout.radius + 16) * cos(angle)
        anchor = "middle"
        if abs(sin(angle)) > 0.2:
            anchor = "start" if x > 0 else "end"
        names.append((cut_text(clean(sector.title), _SECTOR_LETTERS), (x, y + 5), anchor))
    return names


def _draw_radar(picture: Picture, radar: Radar, layout: RadarLayout, center: Place) -> None:
    x, y = center
    for radius in reversed(layout.radii):
        picture.shapes.append(f'<circle class="disc" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    if len(radar.sectors) > 1:
        for angle in layout.angles[:-1]:
            end = x + layout.radius * sin(angle), y - layout.radius * cos(angle)
            picture.shapes.append(
                f'<path class="border" d="M{x:.1f} {y:.1f}L{end[0]:.1f} {end[1]:.1f}"/>'
            )
    width, height = RING_NAME_SIZE
    for name, radius in zip(_RINGS, layout.radii, strict=True):
        corner = x - width / 2, y - radius + 3
        picture.shapes.append(
            f'<rect class="back" x="{corner[0]:.1f}" y="{corner[1]:.1f}" width="{width}" '
            f'height="{height - 5}" rx="8"/>'
        )
        _write_at(picture, (x, y - radius + 15.5), name.upper(), f"ring {name}", "middle")
    for name, place, anchor in _place_names(radar, layout):
        _write_at(picture, (x + place[0], y + place[1]), name, "section", anchor)
    for number, sector in enumerate(radar.sectors):
        places = [place for ring in layout.places[number] for place in ring]
        for blip, place in zip(sector.blips, places, strict=True):
            _draw_blip(picture, blip, (x + place[0], y + place[1]), radar)


def _draw_blip(picture: Picture, blip: Blip, place: Place, radar: Radar) -> None:
    """Draw the mark of a package, which tells more when it is pointed at."""
    words = f"{blip.number}. {clean(blip.title).strip()}: {blip.decision}"
    moved = describe_move(blip.earlier, blip.decision)
    if radar.since is not None and moved:
        words += f", {moved}"
    move = find_move(blip.earlier, blip.decision)
    picture.shapes.append(f"<g><title>{escape(cut_text(words, 200))}</title>")
    draw_mark(picture, place, blip.decision, move, str(blip.number), 1)
    picture.shapes.append("</g>")


def _write_at(picture: Picture, place: Place, text: str, css: str, anchor: str) -> None:
    picture.shapes.append(
        f'<text class="{css}" x="{place[0]:.1f}" y="{place[1]:.1f}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _draw_legend(picture: Picture, radar: Radar, x: float, top: float) -> None:
    """Draw the legend beside the radar, from the top on, and below it where there is more."""
    entries = _make_entries(radar)
    has_reasons = any(entry.reasons for entry in entries) or len(entries) <= _MAX_REASONS
    letters = _WIDE_LETTERS if has_reasons else _NARROW_LETTERS
    column_width = _TEXT_INDENT + letters * LETTER_WIDTH
    picture.width = x + column_width
    below = bottom = picture.y
    if not entries:
        picture.y = top + MARGIN
        picture.write_text(x, "Nothing is decided yet.", "dim")
    columns_below = max(1, int(picture.width // (column_width + _GAP)))
    placed = place_entries(entries, below - top, columns_below)
    if any(one.column for one in placed):
        picture.draw_rule(picture.width)
        below += MARGIN
    for one in placed:
        column_x, column_top = x, top
        if one.column:
            column_x = MARGIN + (one.column - 1) * (picture.width - MARGIN) / columns_below
            column_top = below
        picture.y = column_top + one.y
        _draw_entry(picture, one, column_x, radar, letters)
        bottom = max(bottom, column_top + one.bottom)
    picture.y = bottom


def _make_entries(radar: Radar) -> list[LegendEntry]:
    """Return what the legend has of each package."""
    sections = [(number, sector.blips) for number, sector in enumerate(radar.sectors)]
    sections.append((len(radar.sectors), radar.rejected))
    explained = _choose_explained(radar)
    entries = []
    for number, blips in sections:
        for blip in blips:
            reasons: list[str] = []
            if blip.reason and blip.number in explained:
                reason = clean(blip.reason).strip()
                reasons = wrap_text(reason, _WIDE_LETTERS, lines=_REASON_LINES)
            has_ring = blip.decision in _RINGS
            entries.append(LegendEntry(number, blip, tuple(reasons), has_ring))
    return entries


def _choose_explained(radar: Radar) -> set[int]:
    """Return the numbers of the packages whose reasons there is room for."""
    everything = {blip.number for blip in radar.blips}
    moved = {blip.number for blip in radar.blips if describe_move(blip.earlier, blip.decision)}
    for numbers in (everything, moved):
        if len(numbers) <= _MAX_REASONS:
            return numbers
    return set()


def _draw_entry(
    picture: Picture, placed: PlacedEntry, x: float, radar: Radar, letters: int
) -> None:
    """Draw a package of the legend, with the headings above it."""
    entry = placed.entry
    blip = entry.blip
    if placed.has_section:
        title = _REJECTED
        if entry.section < len(radar.sectors):
            title = clean(radar.sectors[entry.section].title)
        continued = " (continued)" if placed.is_continued else ""
        title = f"{cut_text(title, letters // 2)}{continued}"
        picture.y += SECTION_HEIGHT - LINE_HEIGHT
        picture.write_text(x, title, "section")
        picture.y += LINE_HEIGHT
    if placed.has_ring:
        picture.write_text(x, blip.decision.upper(), f"ring {blip.decision}")
        picture.y += RING_HEIGHT
    move = find_move(blip.earlier, blip.decision)
    draw_mark(picture, (x + 13, picture.y + 11), blip.decision, move, str(blip.number), 0.85)
    _write_title(picture, blip, x + _TEXT_INDENT, radar, letters)
    picture.y += REASON_HEIGHT
    for line in entry.reasons:
        picture.write_text(x + _TEXT_INDENT, line, "reason")
        picture.y += REASON_HEIGHT


def _write_title(picture: Picture, blip: Blip, x: float, radar: Radar, letters: int) -> None:
    """Write the title of a package, as a link where it has an address, and what moved."""
    moved = ""
    if radar.since is not None:
        moved = describe_move(blip.earlier, blip.decision)
    room = letters
    if moved:
        room -= len(moved) + 2
    title = cut_text(clean(blip.title).strip(), room)
    href = link(blip.address)
    picture.write_text(x, title, "link" if href else "", href=href)
    if moved:
        picture.write_text(x + (measure_text(title) + 2) * LETTER_WIDTH, moved, "dim")
