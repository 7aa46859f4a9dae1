"""A table on a terminal, fitted to its width: drawn by Rich, or streamed in plain columns when it is long."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from json import loads
from typing import IO, Literal, NamedTuple, cast

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pkgcat.models import Cell
from pkgcat.render import Column, Format, Out, Screen, View
from pkgcat.render.values import age, counted, number, spark, text_of

LONG = 200
"""Above so many rows Rich's millisecond a row is felt, and columns are laid out plainly."""

_GAP = 2
_RULE = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_LEAST = {"slug": 24, "title": 16, "pypi_version": 8, "repo_description": 24, "tags": 12, "description": 24}
"""What a column needs to be worth its place; one not named here needs all it has."""
_HEADINGS = {
    "repo_watchers": "stars",
    "repo_forks": "forks",
    "pypi_version": "version",
    "last_updated": "last commit",
    "last_fetched": "refreshed",
    "commits_over_52": "52 weeks",
    "repo_description": "description",
}
_STYLES = {
    "slug": "bold",
    "repo_description": "dim",
    "state": "yellow",
    "commits_over_52": "green",
    "tags": "cyan",
}


class Fitted(NamedTuple):
    """A column with its heading and the width it gets."""

    column: Column
    heading: str
    width: int


def console(screen: Screen, out: Out) -> Console:
    """Return a Rich console that writes what it is given and nothing of its own invention."""
    return Console(
        file=cast("IO[str]", out),
        width=screen.width,
        force_terminal=screen.colour,
        no_color=not screen.colour,
        color_system="standard" if screen.colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write the rows that there are, or what to do when there are none."""
    rows = iter(view.rows)
    sample = list(islice(rows, LONG + 1))
    if not sample:
        out.write(f"{view.empty}\n" if view.empty else "")
        return
    texts = [_texts(view.columns, row, screen) for row in sample]
    columns = _fit(view, texts, screen.width)
    if len(sample) > LONG:
        every = chain(texts, (_texts(view.columns, row, screen) for row in rows))
        count = _stream(view.columns, columns, every, out)
    else:
        _draw(view.columns, columns, texts, screen, out)
        count = len(texts)
    out.write(f"\n{counted(count, *view.noun)}\n")


def _texts(columns: Iterable[Column], row: tuple[Cell, ...], screen: Screen) -> tuple[str, ...]:
    return tuple(cell_text(column, value, screen) for column, value in zip(columns, row, strict=True))


def cell_text(column: Column, value: Cell, screen: Screen) -> str:
    """Write a value for eyes: a time as an age, a number with its thousands apart, the 52 weeks as blocks."""
    if column.kind == "datetime" and value:
        return age(datetime.fromisoformat(str(value)), screen.now).removesuffix(" ago")
    if column.kind == "int" and value is not None and column.name != "id":
        return number(int(value))
    if column.name == "commits_over_52" and value:
        return spark(loads(str(value)), _weeks_width(screen.width), unicode=screen.unicode)
    return text_of(column.kind, value)


def _weeks_width(width: int) -> int:
    return 13 if width < 90 else 26 if width < 160 else 52


def _fit(view: View, texts: list[tuple[str, ...]], width: int) -> list[Fitted]:
    """Choose the columns the width has room for, the leftmost first, and give each its share."""
    left = width + _GAP - 1
    chosen: list[tuple[Column, str, int, int]] = []
    for index, column in enumerate(view.columns):
        heading = _HEADINGS.get(column.name, column.name.replace("_", " "))
        natural = max(cell_len(row[index]) for row in texts)
        if view.fit and not natural:
            continue
        natural = max(natural, len(heading))
        least = min(natural, _LEAST.get(column.name, natural if view.fit else 8))
        if view.fit and chosen and least + _GAP > left:
            continue
        chosen.append((column, heading, least, natural))
        left -= least + _GAP
    fitted = []
    for column, heading, least, natural in chosen:
        more = max(0, min(natural - least, left))
        left -= more
        fitted.append(Fitted(column, heading, least + more))
    return fitted


def _draw(
    columns: tuple[Column, ...],
    fitted: list[Fitted],
    texts: list[tuple[str, ...]],
    screen: Screen,
    out: Out,
) -> None:
    table = Table(
        box=SIMPLE_HEAD if screen.unicode else _RULE,
        show_edge=False,
        padding=(0, _GAP - 1, 0, 0),
        header_style="dim",
        border_style="dim",
    )
    for fit in fitted:
        table.add_column(
            Text(fit.heading),
            width=fit.width,
            no_wrap=True,
            overflow="ellipsis" if screen.unicode else "crop",
            justify=_side(fit.column),
            style=_STYLES.get(fit.column.name, ""),
        )
    wanted = [columns.index(fit.column) for fit in fitted]
    for row in texts:
        table.add_row(*(Text(row[index]) for index in wanted))
    console(screen, out).print(table)


def _stream(columns: tuple[Column, ...], fitted: list[Fitted], texts: Iterable[tuple[str, ...]], out: Out) -> int:
    wanted = [(columns.index(fit.column), fit.width, _side(fit.column) == "right") for fit in fitted]
    named = {columns.index(fit.column): fit.heading for fit in fitted}
    out.writelines(_lines([tuple(named.get(index, "") for index in range(len(columns)))], wanted))
    count = 0
    for count, line in enumerate(_lines(texts, wanted), 1):  # noqa: B007  # the last number is the count
        out.write(line)
    return count


def _lines(texts: Iterable[tuple[str, ...]], wanted: list[tuple[int, int, bool]]) -> Iterator[str]:
    for row in texts:
        cells = (_sized(row[index], width, right) for index, width, right in wanted)
        yield f"{'  '.join(cells).rstrip()}\n"


def _sized(text: str, width: int, right: bool) -> str:
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return f"{set_cell_size(text, width - 1)}…"
    padding = " " * (width - length)
    return f"{padding}{text}" if right else f"{text}{padding}"


def _side(column: Column) -> Literal["left", "right"]:
    return "right" if column.kind == "int" else "left"
