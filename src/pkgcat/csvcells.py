"""How values stand in the cells of a CSV text, and how they are read from there."""

import json
from typing import Any

from pkgcat.models import EMPTY, Cell, Kind

_FORMULA = frozenset("=+-@\t\r'")


def to_cell(kind: Kind, given: Cell) -> str:
    """Write a value: unknown as an empty cell, bool as true or false, lists and facts as JSON."""
    if given is None:
        return ""
    if kind == "bool":
        return "true" if given else "false"
    return str(given)


def from_cell(kind: Kind, cell: str) -> Any:
    """Turn a cell into what JSON would have had; what cannot be is left for the field to refuse."""
    if cell == "":
        return None
    if kind in EMPTY:
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    if kind == "int" and cell.removeprefix("-").isdecimal() and len(cell) < 20:
        return int(cell)
    return {"true": True, "false": False}.get(cell, cell) if kind == "bool" else cell


def defuse(text: str) -> str:
    """Quote a cell that a spreadsheet would run as a formula; `undefuse` takes the quote away again.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text[:1] in _FORMULA else text


def undefuse(text: str) -> str:
    """Take away the quote that `defuse` set."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text
