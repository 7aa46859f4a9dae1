"""Values as SQLite keeps them, and back."""

from datetime import datetime
from json import dumps, loads

from pkgcat.models import Cell, Kind, Value


def cell(value: Value) -> Cell:
    """Turn a value into what is stored: times as 27 characters of UTC, lists as JSON, bool as 0 or 1."""
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    if isinstance(value, tuple):
        return dumps(value, ensure_ascii=False, separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def value(kind: Kind, stored: Cell) -> Value:
    """Turn what is stored into the field's own type."""
    if kind == "datetime" and isinstance(stored, str):
        return datetime.fromisoformat(stored)
    if kind in ("strs", "ints") and isinstance(stored, str):
        return tuple(loads(stored))
    return None if stored is None else bool(stored) if kind == "bool" else stored
