"""What pictures are made of: shapes and lines of text, in the colours of the reader's screen.

Nothing is loaded from elsewhere, and no script is needed. Text is in a font whose letters are all
of one width, so that what fits is known; what does not fit ends in `…`.
"""

from collections.abc import Sequence
from html import escape

from pkgcat.formats.drawings import BAR_WIDTH, draw_bars
from pkgcat.model.wording import format_count
from pkgcat.results.output import Output

LETTER_WIDTH = 7.8
"""The width of a letter of 13 pixels, in pixels."""
LINE_HEIGHT = 22
MARGIN = 20

_STYLE = """<style>
svg { --text: #1c2128; --dim: #5a6472; --line: #d8dee6; --back: #fff; --link: #0b57b0; --bar: #2f7d4f;
  --bad: #a4161a; --warning: #7a4b00; --good: #1b6137; }
@media (prefers-color-scheme: dark) { svg { --text: #e3e8ee; --dim: #9aa6b4; --line: #333c47; --back: #14181d;
  --link: #7db8ff; --bar: #5fbf86; --bad: #ff9d97; --warning: #f3c969; --good: #8fdcae; } }
.back { fill: var(--back); }
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--text); white-space: pre; }
.title { font-weight: bold; font-size: 17px; }
.head, .dim { fill: var(--dim); }
.link { fill: var(--link); }
.bad { fill: var(--bad); }
.warning { fill: var(--warning); }
.good, .best { fill: var(--good); font-weight: bold; }
.line { stroke: var(--line); }
.bars { stroke: var(--bar); stroke-width: 1.4; }
.steps { stroke: var(--bar); stroke-width: 2; fill: none; }
</style>"""


class Picture:
    """Shapes, and how much room they take."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.width = 0.0
        self.y = float(MARGIN)

    def write_text(
        self, x: float, text: str, css: str = "", *, href: str | None = None, end: bool = False
    ) -> None:
        """Write text on the present line, from `x` on, or up to `x` where `end` is set."""
        anchor = ' text-anchor="end"' if end else ""
        given = f' class="{css}"' if css else ""
        shape = f'<text x="{x:.0f}" y="{self.y + 15:.0f}"{given}{anchor}>{escape(text)}</text>'
        if href:
            shape = f'<a href="{escape(href)}" rel="noreferrer noopener">{shape}</a>'
        self.shapes.append(shape)
        if not end:
            self.width = max(self.width, x + measure_text(text) * LETTER_WIDTH)

    def draw_weeks(self, x: float, weeks: Sequence[int], height: int, most: int = 0) -> None:
        """Draw the commits of weeks on the present line."""
        words = f"{format_count(sum(weeks), 'commit')} in {format_count(len(weeks), 'week')}"
        self.shapes.append(
            f'<g transform="translate({x:.0f} {self.y + 2:.0f})"><title>{words}</title>'
            f'<path class="line" d="M0 {height}H{len(weeks) * BAR_WIDTH}"/>'
            f'<path class="bars" d="{draw_bars(weeks, height, most)}"/></g>'
        )
        self.width = max(self.width, x + len(weeks) * BAR_WIDTH)

    def draw_rule(self, width: float) -> None:
        """Draw a line across a width."""
        self.shapes.append(f'<path class="line" d="M{MARGIN} {self.y:.0f}H{width:.0f}"/>')

    def write_to(self, out: Output) -> None:
        """Write the picture as a file of its own."""
        width, height = self.width + MARGIN, self.y + MARGIN
        out.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">\n{_STYLE}\n'
            '<rect class="back" width="100%" height="100%"/>\n'
        )
        out.writelines(f"{shape}\n" for shape in self.shapes)
        out.write("</svg>\n")


def measure_text(text: str) -> int:
    """Return how many letters wide a text is: those of East Asia take two."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # most text is ASCII

    width = 0
    for character in text:
        if not combining(character):
            width += 2 if east_asian_width(character) in "WF" else 1
    return width


def cut_text(text: str, most: int) -> str:
    """Return text of at most so many letters; what was cut ends in `…`."""
    if measure_text(text) <= most:
        return text
    kept = text[:most]
    while kept and measure_text(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrap_text(text: str, most: int, *, lines: int) -> list[str]:
    """Return text in so many lines at the most, of so many letters each; what was cut ends in
    `…`.
    """
    wrapped = [""]
    for word in text.split():
        line = f"{wrapped[-1]} {word}".lstrip()
        if wrapped[-1] and measure_text(line) > most:
            if len(wrapped) == lines:
                wrapped[-1] += " …" if measure_text(wrapped[-1]) < most - 1 else "…"
                break
            line = word
            wrapped.append("")
        wrapped[-1] = line
    return [cut_text(line, most) for line in wrapped if line]
