"""Values as SQLite keeps them, and back."""

from datetime import datetime
from json import dumps, loads
from typing import Any

from pkgcat.models import FIELDS, Cell, Kind, Value


def cell(value: Value) -> Cell:
    """Turn a value into what is stored: times as 27 characters of UTC, lists and facts as JSON, bool as 0 or 1."""
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    if isinstance(value, dict):
        value = {name: cell(fact) if isinstance(fact, datetime) else fact for name, fact in value.items()}
    if isinstance(value, tuple | dict):
        return dumps(value, ensure_ascii=False, separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def value(kind: Kind, stored: Cell) -> Value:
    """Turn what is stored into the field's own type."""
    if kind == "bool":
        return None if stored is None else bool(stored)
    return _typed(kind, loads(stored)) if kind in _JSON and isinstance(stored, str) else _typed(kind, stored)


def native(kind: Kind, stored: Cell) -> Any:
    """Turn what is stored into what JSON has for it: times in whole seconds."""
    found = value(kind, stored)
    if isinstance(found, datetime):
        return f"{found:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(found, dict):
        return {name: native(FIELDS[name].kind, cell(fact)) for name, fact in found.items()}
    return list(found) if isinstance(found, tuple) else found


_JSON = ("strs", "ints", "facts")


def _typed(kind: Kind, native: Any) -> Value:
    """Turn a value as JSON has it into the field's own type."""
    if native is None:
        return None
    if kind == "facts":
        return {name: _typed(FIELDS[name].kind, fact) for name, fact in native.items()}
    if kind in _JSON:
        return tuple(native)
    return datetime.fromisoformat(native) if kind == "datetime" and isinstance(native, str) else native
