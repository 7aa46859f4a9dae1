"""Records in CSV, as pkgcat and spreadsheets write it."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from pkgcat.errors import Invalid
from pkgcat.formats.csv import unescape_formula
from pkgcat.model.fields import FIELDS, FORMER_NAMES
from pkgcat.model.parsing import shorten
from pkgcat.model.types import TEXT
from pkgcat.services.text_source import MAX_LENGTH

_DELIMITERS = ",;\t|"
"""What stands between cells where no `sep=` tells; which one depends on a spreadsheet's locale."""

_DELIMITER_LINE = re.compile(r'"?sep=([^"\w\r\n ])\1*"?\s*', re.IGNORECASE)
"""Excel's own first line, which is no part of the table."""

Row = tuple[int, dict[str, Any]]
"""The number of a row's last line, and its record."""


def find_delimiter(header_line: str) -> str | None:
    """Return what stands between the cells of a header that names `slug`, in any case; None
    where it names none.
    """
    for delimiter in _DELIMITERS:
        if "slug" in read_header_line(header_line, delimiter):
            return delimiter
    return None


def read_header_line(line: str, delimiter: str) -> list[str]:
    """Return the names in one line, as `_read_name` spells them."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [_read_name(cell) for cell in cells]


def read_delimiter_line(line: str) -> str | None:
    """Return the delimiter that a line `sep=;` tells; None for any other line."""
    told = _DELIMITER_LINE.fullmatch(line)
    return told[1] if told else None


def read_rows(first_line: str, rest: Iterable[str], delimiter: str, number: int) -> Iterator[Row]:
    """Yield the rows below a header, which is the first line, of this number. Empty rows are left
    out.

    Raises Invalid with the line of the mistake.
    """
    csv.field_size_limit(MAX_LENGTH)  # notes may be long
    reader = csv.reader(chain([first_line], rest), delimiter=delimiter, strict=True)
    before = number - 1
    try:
        names = [_read_name(cell) for cell in next(reader)]
        _check_names(names, before + reader.line_num)
        for row in reader:
            if any(map(str.strip, row)):
                line = before + reader.line_num
                yield line, _read_row(line, names, row)
    except csv.Error as error:
        raise Invalid(f"broken CSV at line {before + reader.line_num}: {error}") from error


def _read_name(cell: str) -> str:
    """Return what a column is called: a field's name in any case is that field's, and a former
    name is today's.
    """
    name = unescape_formula(cell).strip()
    spelled = name.lower()
    spelled = FORMER_NAMES.get(spelled, spelled)
    return spelled if spelled in FIELDS else name


def _check_names(names: list[str], line: int) -> None:
    """Raise Invalid where two columns have one name."""
    seen = set()
    for name in filter(None, names):
        if name in seen:
            raise Invalid(f"line {line}: the header has two columns {shorten(name)}")
        seen.add(name)


def _read_row(line: int, names: list[str], row: list[str]) -> dict[str, Any]:
    while len(row) > len(names) and not row[-1].strip():
        row.pop()
    if len(row) != len(names):
        raise Invalid(f"line {line}: {len(row)} cells, and the header has {len(names)}")
    record = {}
    for name, cell in zip(names, row, strict=True):
        if name:
            type_ = FIELDS[name].type if name in FIELDS else TEXT
            record[name] = type_.from_csv(unescape_formula(cell))
        elif cell.strip():
            raise Invalid(f"line {line}: {shorten(cell)} stands in a column without a name")
    return record
