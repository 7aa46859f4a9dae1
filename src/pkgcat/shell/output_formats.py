"""The formats that `--format` takes, and which module writes a result in each.

A new format is a module in `formats/` with `render(result, screen, out)` and a line here.
"""

from importlib import import_module
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.suggest import suggest
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result


class OutputFormat(NamedTuple):
    """A format: its name, what completion says of it, and the module that writes it.

    `for_programs`: what a command says beside its answer goes to stderr, and `export` writes it.
    `endings` are those of the files that hold it.
    """

    name: str
    help: str
    module: str
    for_programs: bool = True
    endings: tuple[str, ...] = ()


FORMATS = {
    output_format.name: output_format
    for output_format in (
        OutputFormat("table", "for eyes", "pkgcat.formats.plain", for_programs=False),
        OutputFormat("json", "an object or an array", "pkgcat.formats.json", endings=(".json",)),
        OutputFormat(
            "jsonl", "an object a line", "pkgcat.formats.jsonl", endings=(".jsonl", ".ndjson")
        ),
        OutputFormat("csv", "for spreadsheets", "pkgcat.formats.csv", endings=(".csv",)),
        OutputFormat(
            "tsv", "tabs between the cells", "pkgcat.formats.tsv", endings=(".tsv", ".tab")
        ),
        OutputFormat(
            "markdown",
            "a table in Markdown",
            "pkgcat.formats.markdown",
            endings=(".md", ".markdown"),
        ),
        OutputFormat("apiv4", "as Django Packages' API v4", "pkgcat.formats.apiv4"),
        OutputFormat(
            "html", "a page for browsers", "pkgcat.formats.html", endings=(".html", ".htm")
        ),
        OutputFormat("svg", "a picture", "pkgcat.formats.svg", endings=(".svg",)),
    )  # end of the formats
}

TABLE = FORMATS["table"]


def find_format(name: str) -> OutputFormat:
    """Return the format of that name; raise Invalid naming the nearest."""
    if name in FORMATS:
        return FORMATS[name]
    hint = suggest(name, FORMATS) or f"; there are {', '.join(FORMATS)}"
    raise Invalid(f"there is no format {name!r}{hint}")


def render_result(result: Result, output_format: OutputFormat, screen: Screen, out: Output) -> None:
    """Write a result. Only the module that is needed is imported."""
    module = output_format.module
    if output_format is TABLE and screen.terminal:
        module = _find_terminal_module(result)
    import_module(module).render(result, screen, out)


def _find_terminal_module(result: Result) -> str:
    """Return the module that shows a result on a terminal: as a table, unless it says otherwise."""
    if getattr(result, "shows_pages", False):
        return "pkgcat.terminal.page"
    if getattr(result, "shows_columns", False):
        return "pkgcat.terminal.comparison"
    return "pkgcat.terminal.table"
