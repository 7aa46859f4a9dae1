"""How results look: a View goes in, text in one format comes out."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from pkgcat.errors import Invalid
from pkgcat.models import Cell, Kind, Package


class Format(StrEnum):
    """The formats `--format` takes."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"
    APIV4 = "apiv4"


class Column(NamedTuple):
    """A column: the name of a field, and the kind of its values."""

    name: str
    kind: Kind


class Addresses(NamedTuple):
    """Where API v4 has the categories and grids, by slug."""

    categories: dict[str, str | None]
    grids: dict[str, str | None]


class View(NamedTuple):
    """A result, for any format: each takes the part it is made from.

    `rows` are values as SQLite gives them; `objects` the same as JSON texts, where the store can
    write them faster; `packages` whole records, for a page and for API v4. `one` tells a single
    thing from a list of one; `fit` lets a table leave out columns that the width has no room for.
    """

    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]] = ()
    objects: Iterable[str] | None = None
    packages: Iterable[Package] | None = None
    addresses: Addresses | None = None
    one: bool = False
    fit: bool = False
    noun: tuple[str, str] = ("package", "packages")
    empty: str = ""


class Screen(NamedTuple):
    """Where the text will be read."""

    terminal: bool
    width: int
    colour: bool
    unicode: bool
    now: datetime
    timezone: str = "America/New_York"


class Out(Protocol):
    """What takes text: a file, or a spool."""

    def write(self, text: str, /) -> int: ...
    def writelines(self, lines: Iterable[str], /) -> None: ...


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write a view in a format. Only the format that is asked for is imported."""
    if form is Format.TABLE and screen.terminal and view.packages is not None:
        from pkgcat.render.page import render as chosen
    elif form is Format.TABLE and screen.terminal:
        from pkgcat.render.table import render as chosen
    elif form is Format.TABLE:
        from pkgcat.render.plain import render as chosen
    elif form in (Format.JSON, Format.JSONL):
        from pkgcat.render.json import render as chosen
    elif form in (Format.CSV, Format.TSV):
        from pkgcat.render.csv import render as chosen
    elif form is Format.MARKDOWN:
        from pkgcat.render.markdown import render as chosen
    elif view.packages is None:
        raise Invalid("API v4 knows packages only; choose another --format")
    else:
        from pkgcat.render.apiv4 import render as chosen
    chosen(view, form, screen, out)
