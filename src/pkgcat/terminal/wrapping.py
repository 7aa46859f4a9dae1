"""Text in columns, without Rich's tables: measured, wrapped, cut and painted line by line, in time
linear in what is shown.
"""

import re
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from pkgcat.model.text import clean, link
from pkgcat.results.output import Output, Screen

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"
"""Styles (ECMA-48, 8.3.117): colours of the terminal's own palette, light or dark."""

_PIECES = re.compile(r"[^/_.?&=-]*[/_.?&=-]|[^/_.?&=-]+")
"""Where a word that is too long for its line may be broken, before it is broken anywhere."""
_MOST_CHARACTERS = 8
"""A cell takes at most so many characters of cleaned text: one, and its marks."""


class Wrapped(NamedTuple):
    """Lines of a text, and whether it goes on behind them: then the last one ends in a mark."""

    lines: list[str]
    is_cut: bool


def clean_for(text: str, screen: Screen) -> str:
    """Return a text cleaned, and escaped as `escape_for` does it."""
    return escape_for(clean(text), screen)


def escape_for(text: str, screen: Screen) -> str:
    """Return a cleaned text in which what the encoding of the screen lacks is escaped, as the stream
    would do it later: so it is measured as it is written.
    """
    if text.isascii() or screen.encoding.lower().startswith("utf"):
        return text
    return text.encode(screen.encoding, "backslashreplace").decode(screen.encoding)


def measure(text: str) -> int:
    """Return how many columns a cleaned text takes."""
    if text.isascii():
        return len(text)
    return cell_len(text)


def ellipsis(screen: Screen) -> str:
    """Return the mark of what is cut."""
    return "…" if screen.unicode else "..."


def cut_text(text: str, width: int, screen: Screen) -> str:
    """Return a text of one line that fits the width; what is cut ends in a mark."""
    text = text[: (width + 1) * _MOST_CHARACTERS]
    if measure(text) <= width:
        return text
    mark = ellipsis(screen)[:width]
    return f"{set_cell_size(text, width - len(mark)).rstrip()}{mark}"


def wrap_text(text: str, width: int, most_lines: int, screen: Screen) -> Wrapped:
    """Break a text into lines of a width: between words, and within a word where it is longer than
    a line.
    """
    if measure(text) <= width:
        return Wrapped([text], is_cut=False)
    shown = text[: width * (most_lines + 1) * _MOST_CHARACTERS]
    lines = [""]
    for word in shown.split():
        _add_word(lines, word, width)
        if len(lines) > most_lines:
            break
    if len(lines) <= most_lines and len(shown) == len(text):
        return Wrapped(lines, is_cut=False)
    mark = ellipsis(screen)[:width]
    lines = lines[:most_lines]
    room = width - len(mark)
    if measure(lines[-1]) > room:
        lines[-1] = set_cell_size(lines[-1], room).rstrip()
    lines[-1] += mark
    return Wrapped(lines, is_cut=True)


def pad(text: str, width: int, *, to_right: bool = False) -> str:
    """Fill a text up to a width."""
    padding = " " * (width - measure(text))
    if to_right:
        return padding + text
    return text + padding


def paint(text: str, style: str, screen: Screen, *, address: str | None = None) -> str:
    """Return a text in a style, and as a link where an address is given that may be one; spaces at
    its ends stay plain.
    """
    bare = text.strip(" ")
    if not screen.colour or not bare:
        return text
    painted = bare
    target = link(address)
    if target:
        painted = f"\x1b]8;;{target}\x1b\\{painted}\x1b]8;;\x1b\\"
    if style:
        painted = f"\x1b[{style}m{painted}\x1b[0m"
    before, _, after = text.partition(bare)
    return f"{before}{painted}{after}"


def write_wrapped(text: str, style: str, screen: Screen, out: Output) -> None:
    """Write a whole text over the width of the screen."""
    for line in wrap_text(text, screen.width, len(text) + 1, screen).lines:
        out.write(f"{paint(line, style, screen)}\n")


def _add_word(lines: list[str], word: str, width: int) -> None:
    """Add a word to the last line, or to lines of its own."""
    separator = " " if lines[-1] else ""
    if measure(lines[-1]) + len(separator) + measure(word) <= width:
        lines[-1] += separator + word
        return
    if measure(word) <= width:
        lines.append(word)
        return
    if lines[-1]:
        lines.append("")
    for piece in _PIECES.findall(word):
        _add_piece(lines, piece, width)


def _add_piece(lines: list[str], piece: str, width: int) -> None:
    """Add a piece of a word to the last line, or to lines of its own."""
    if measure(lines[-1]) + measure(piece) <= width:
        lines[-1] += piece
        return
    chopped = chop_cells(piece, width)
    if not lines[-1]:
        lines.pop()
    lines += chopped
