"""The marks of packages on a radar: one shape for each move, with the number in it."""

from math import cos, pi, sin

from pkgcat.formats.radar_layout import Place
from pkgcat.formats.svg_picture import Picture
from pkgcat.model.decision import Move

MOVE_WORDS: dict[Move, str] = {
    "new": "new",
    "in": "moved in",
    "out": "moved out",
    "unchanged": "unchanged",
}

STYLE = """<style>
.disc { fill: var(--dim); fill-opacity: .055; stroke: var(--line); }
.border { stroke: var(--line); stroke-width: 1.5; }
.ring { font-size: 11px; font-weight: bold; letter-spacing: 1px; }
.section { font-size: 15px; font-weight: bold; }
.reason { font-size: 12px; fill: var(--dim); }
.mark { stroke: var(--back); stroke-width: 1.5; stroke-linejoin: round; }
.number { font-size: 10.5px; font-weight: bold; fill: var(--back); }
.adopt { fill: var(--good); }
.trial { fill: var(--link); }
.assess { fill: var(--warning); }
.hold { fill: var(--bad); }
.reject { fill: var(--dim); }
</style>"""


def _draw_star() -> str:
    points = []
    for corner in range(16):
        radius = 11.5 if corner % 2 else 15.5
        angle = corner * pi / 8
        points.append(f"{radius * sin(angle):.1f} {-radius * cos(angle):.1f}")
    return f"M{'L'.join(points)}Z"


_CIRCLE = "M-12 0A12 12 0 1 1 12 0A12 12 0 1 1 -12 0Z"
_SHAPES: dict[Move, tuple[str, int]] = {
    "new": (_draw_star(), 4),
    "in": ("M0 -16.5L15 9.5L-15 9.5Z", 7),
    "out": ("M0 16.5L15 -9.5L-15 -9.5Z", 1),
    "unchanged": (_CIRCLE, 4),
}
"""The outline of a mark, and how far below its middle its number stands."""


def draw_mark(
    picture: Picture, place: Place, decision: str, move: Move, number: str, scale: float
) -> None:
    """Draw a mark with a number, or without one where that is empty."""
    shape, below = _SHAPES[move]
    transform = f"translate({place[0]:.1f} {place[1]:.1f})"
    if scale != 1:
        transform += f" scale({scale})"
    text = f'<text class="number" y="{below}" text-anchor="middle">{number}</text>'
    picture.shapes.append(
        f'<g transform="{transform}"><path class="mark {decision}" d="{shape}"/>'
        f"{text if number else ''}</g>"
    )
