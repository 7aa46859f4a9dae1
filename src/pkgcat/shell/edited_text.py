"""The fields of a package as TOML (toml.io, v1.0.0), and what a person changed in it."""

import json
import re
from datetime import date
from typing import Any

from pkgcat.errors import Invalid
from pkgcat.model.package import Package
from pkgcat.model.parsing import parse_toml
from pkgcat.model.suggest import suggest
from pkgcat.model.text import clean
from pkgcat.model.types import Value
from pkgcat.shell.field_options import EDIT_FIELDS

EDITED_NAMES = tuple(field.name for field in EDIT_FIELDS)
"""The fields in the text."""

_BASE = "# as it was: "

_UNSEEN = r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
"""Controls (C1 and DEL included), and what changes the direction of text."""


def write_fields(package: Package) -> str:
    """Return the text that a person edits."""
    slug = clean(package.slug)
    parts = [
        f"# {slug}: save and close to store, leave unchanged or empty to store nothing.\n",
    ]
    for field in EDIT_FIELDS:
        literal = write_value(package.values[field.name])
        parts.append(f"\n# {field.help}\n{field.name} = {literal}\n")
    return "".join(parts)


def read_changes(text: str, package: Package) -> dict[str, Any]:
    """Return the fields whose values differ from the package's; raise Invalid for a mistake."""
    changes = {}
    for name, value in parse_toml(text).items():
        if name not in EDITED_NAMES:
            raise Invalid(f"there is no field {name!r} here{suggest(name, EDITED_NAMES)}")
        given = value.isoformat() if type(value) is date else value
        if given != _convert(package.values[name]):
            changes[name] = value
    return changes


def write_base(package: Package) -> str:
    """Return the line of a kept draft that says what the fields were when it was made."""
    values = {name: _convert(package.values[name]) for name in EDITED_NAMES}
    return f"{_BASE}{json.dumps(values)}\n"


def read_base(text: str, package: Package) -> Package:
    """Return a package as it was when this draft of it was made, as far as the draft tells."""
    lines = [line for line in text.splitlines() if line.startswith(_BASE)]
    if not lines:
        return package
    try:
        found = json.loads(lines[-1].removeprefix(_BASE))
    except (ValueError, RecursionError):
        return package
    values = {}
    for name in EDITED_NAMES:
        if isinstance(found, dict) and name in found:
            given = found[name]
            values[name] = tuple(given) if isinstance(given, list) else given
    return package.replace(**values)


def _convert(value: Value) -> object:
    """Return a value as it comes back from the text when it is unchanged: dates have quotes."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    return value or ""


def write_value(value: Value) -> str:
    """Return a value of TOML; JSON's strings are TOML's, once U+007F is escaped."""
    if isinstance(value, tuple):
        items = [_quote(str(item)) for item in value]
        return f"[{', '.join(items)}]"
    if value is None:
        return '""'
    lines = str(value).split("\n")
    if len(lines) == 1:
        return _quote(lines[0])
    quoted = "\n".join(_quote(line)[1:-1] for line in lines)
    return f'"""\n{quoted}"""'


def _quote(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(_UNSEEN, _escape, quoted)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"
