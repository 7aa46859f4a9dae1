"""JSON: an object for one, an array for many. ASCII only, so that no terminal or locale can
harm it.
"""

import re
from collections.abc import Iterable

from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result

_NOT_PRINTABLE_ASCII = re.compile(r"[^\x00-\x7e]")


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write an object for one, an array for many; `[]` for none."""
    lines = map(escape_json, result.json_lines())
    if result.single:
        out.writelines(f"{_spread_object(line)}\n" for line in lines)
    else:
        write_array(lines, out)


def write_array(lines: Iterable[str], out: Output, end: str = "") -> None:
    """Write objects as one array, an object a line."""
    separator = "["
    for line in lines:
        out.write(f"{separator}\n{line}")
        separator = ","
    if separator == "[":
        out.write(f"[]{end}\n")
    else:
        out.write(f"\n]{end}\n")


def escape_json(text: str) -> str:
    """Write JSON in printable ASCII (RFC 8259, section 7)."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _NOT_PRINTABLE_ASCII.sub(_escape_character, text)


def _escape_character(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    escaped = []
    for i in range(0, len(units), 2):
        escaped.append(f"\\u{units[i]:02x}{units[i + 1]:02x}")
    return "".join(escaped)


def _spread_object(line: str) -> str:
    """Give each key of an object a line of its own."""
    import json  # an array of packages does without

    pairs = []
    for key, value in json.loads(line).items():
        pairs.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(pairs) + "\n}"
