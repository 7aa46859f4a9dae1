"""JSON Lines (jsonlines.org): one object a line."""

from pkgcat.formats.json import escape_json
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a line for each object."""
    out.writelines(f"{escape_json(line)}\n" for line in result.json_lines())
