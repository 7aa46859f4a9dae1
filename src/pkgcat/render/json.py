"""JSON and JSON Lines: ASCII only, so that no terminal, pipe or locale can harm it."""

import json
import re
from collections.abc import Iterable, Iterator

from pkgcat.models import EMPTY, Cell
from pkgcat.render import Column, Format, Out, Screen, View

_BEYOND = re.compile(r"[^\x00-\x7e]")


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write an object for one, an array (or lines) for many; `[]` for none."""
    objects = view.objects if view.objects is not None else _objects(view.columns, view.rows)
    lines = map(escape, objects)
    if form is Format.JSONL:
        out.writelines(f"{line}\n" for line in lines)
    elif view.one:
        out.writelines(f"{_spread(line)}\n" for line in lines)
    else:
        write_array(lines, out)


def write_array(lines: Iterable[str], out: Out, end: str = "") -> None:
    """Write objects as one array, an object a line."""
    before = "["
    for line in lines:
        out.write(f"{before}\n{line}")
        before = ","
    out.write(f"[]{end}\n" if before == "[" else f"\n]{end}\n")


def escape(text: str) -> str:
    """Write JSON in printable ASCII (RFC 8259, section 7)."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _BEYOND.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _spread(line: str) -> str:
    """Give each key of an object a line of its own."""
    pairs = json.loads(line).items()
    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in pairs) + "\n}"


def _objects(columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps({column.name: _native(column, value) for column, value in zip(columns, row, strict=True)})


def _native(column: Column, value: Cell) -> object:
    if value is None:
        return None
    if column.kind == "bool":
        return bool(value)
    return json.loads(str(value)) if column.kind in EMPTY else value
