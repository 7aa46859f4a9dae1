"""A package as a page: marks, description, facts with their ages, 52 weeks, people, links."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pkgcat.errors import Invalid
from pkgcat.model.fields import FIELDS
from pkgcat.model.package import Package
from pkgcat.model.text import clean, link
from pkgcat.model.types import Value
from pkgcat.model.wording import format_age, format_number
from pkgcat.results.output import Output, Screen
from pkgcat.results.package_page import list_facts, list_marks, list_memberships
from pkgcat.results.records import Records
from pkgcat.results.result import Result
from pkgcat.terminal.console import make_console
from pkgcat.terminal.weeks_chart import draw_weeks
from pkgcat.terminal.wrapping import escape_for

_TWO_COLUMNS_WIDTH = 76
_MAX_PARTICIPANTS = 12
_LABEL_WIDTH = 11
_STYLES = {"bad": "red", "warning": "yellow", "good": "green"}
"""How marks are drawn, by their tone."""


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a page for each package."""
    if not isinstance(result, Records):
        raise Invalid("only packages have pages")
    render_packages(result.packages(), screen, out)


def render_packages(packages: Iterable[Package], screen: Screen, out: Output) -> None:
    """Write a page for each package, with a rule between two."""
    console = make_console(screen, out)
    for index, package in enumerate(packages):
        if index > 0:
            console.rule(style="dim", characters="─" if screen.unicode else "-")
        _print_page(_escape_package(package, screen), screen, console)


def _escape_package(package: Package, screen: Screen) -> Package:
    """Return a package whose texts are cleaned and escaped as the stream would do it later, so
    that they are laid out as they are written.
    """
    if screen.encoding.lower().startswith("utf"):
        return package
    values = {name: _escape_value(value, screen) for name, value in package.values.items()}
    return package.replace(**values)


def _escape_value(value: Any, screen: Screen) -> Any:
    if isinstance(value, str):
        cleaned = clean(value, lines=True)
        return escape_for(cleaned, screen)
    if isinstance(value, tuple):
        return tuple(_escape_value(item, screen) for item in value)
    if isinstance(value, dict):
        return {name: _escape_value(item, screen) for name, item in value.items()}
    return value


def _print_page(package: Package, screen: Screen, console: Console) -> None:
    console.print()
    _print_block(console, _make_heading(package))
    if package.repo_description:
        _print_block(console, Text(clean(package.repo_description)))
    memberships = list_memberships(package)
    if memberships:
        _print_block(console, Text(_choose_separator(screen).join(memberships), "dim"))
    console.print()
    _print_block(console, _make_facts(package, screen))
    for label, block in _optional_blocks(package, screen):
        console.print()
        if label:
            _print_block(console, Group(Text(label, "dim"), block))
        else:
            _print_block(console, block)
    console.print()
    _print_block(console, Text(_describe_times(package, screen), "dim"))
    if package.last_error:
        _print_block(console, Text(f"last error: {clean(package.last_error)}", "red"))
    console.print()


def _print_block(console: Console, block: RenderableType) -> None:
    console.print(Padding(block, (0, 1)))


def _choose_separator(screen: Screen) -> str:
    return " · " if screen.unicode else " | "


def _make_heading(package: Package) -> Text:
    text = Text(clean(package.title).strip(), "bold")
    if package.title.strip() != package.slug:
        text.append(f"  {clean(package.slug)}", "cyan not bold")
    for mark in list_marks(package):
        text.append("  ")
        text.append(mark.text, _STYLES[mark.tone])
    return text


def _make_facts(package: Package, screen: Screen) -> RenderableType:
    tables = []
    for section in ("repository", "pypi"):
        table = _make_section(package, section, screen)
        if table.row_count:
            tables.append(table)
    if not tables:
        return Text("no facts yet", "dim")
    if screen.width < _TWO_COLUMNS_WIDTH or len(tables) == 1:
        return Group(*tables)
    columns = Table.grid(padding=(0, 4, 0, 0))
    columns.add_row(*tables)
    return columns


def _make_section(package: Package, section: str, screen: Screen) -> Table:
    """Return the known fields of a section of the page, with the labels of the table of fields."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, width=_LABEL_WIDTH)
    table.add_column(overflow="fold", min_width=10)
    for fact in list_facts(package, section, screen.now):
        text = Text(fact.text)
        if fact.field.name in package.pinned:
            text.append(" pinned", "magenta")
        table.add_row(fact.label, text)
    return table


def _optional_blocks(package: Package, screen: Screen) -> list[tuple[str, RenderableType]]:
    """Return the blocks that have something in them, each with its label."""
    blocks: list[tuple[str, RenderableType]] = []
    if package.commits_over_52:
        weeks = draw_weeks(package.commits_over_52, package.last_fetched, screen)
        blocks.append(("", weeks))
    if package.participants:
        blocks.append(("participants", _list_participants(package)))
    if package.decision:
        blocks.append(("decision", _describe_decision(package, screen)))
    if package.notes:
        blocks.append(("notes", Text(clean(package.notes, lines=True))))
    user_fields = _make_section(package, "user", screen)
    if user_fields.row_count:
        blocks.append(("", user_fields))
    if package.pinned:
        blocks.append(("pinned", _describe_pins(package)))
    links = _make_links(package)
    if links.row_count:
        blocks.append(("", links))
    return blocks


def _list_participants(package: Package) -> Text:
    names = [clean(name) for name in package.participants[:_MAX_PARTICIPANTS]]
    text = Text(", ".join(names))
    more = len(package.participants) - _MAX_PARTICIPANTS
    if more > 0:
        text.append(f" and {format_number(more)} more", "dim")
    return text


def _describe_decision(package: Package, screen: Screen) -> Text:
    """Tell what was decided, why, and until when that holds."""
    text = Text(clean(package.decision), "bold")
    if package.decided:
        text.append(f"  {format_age(package.decided, screen.now)}", "not bold")
    if package.review_by:
        is_due = package.review_by <= screen.now.date()
        style = "yellow not bold" if is_due else "not bold"
        text.append(f"  review by {package.review_by.isoformat()}", style)
    if package.decision_reason:
        text.append(f"\n{clean(package.decision_reason, lines=True)}", "not bold")
    if package.decision_url:
        style = _choose_link_style(package.decision_url)
        text.append(f"\n{clean(package.decision_url)}", f"not bold {style}".rstrip())
    return text


def _describe_pins(package: Package) -> Text:
    """Name the facts a person has set, each with what its source says if that differs."""
    lines = []
    for name in package.pinned:
        line = name
        if name in package.upstream_values:
            upstream_value = package.upstream_values[name]
            if upstream_value != package.values[name]:
                line += f"; its source says {_format_upstream_value(name, upstream_value)}"
        lines.append(clean(line))
    return Text("\n".join(lines))


def _format_upstream_value(name: str, value: Value) -> str:
    if value in (None, (), ""):
        return "nothing"
    if isinstance(value, tuple):
        names = ", ".join(clean(str(item)) for item in value[:_MAX_PARTICIPANTS])
        if len(value) > _MAX_PARTICIPANTS:
            names += " ..."
        return names
    type_ = FIELDS[name].type
    return type_.to_text(type_.to_sql(value))


def _make_links(package: Package) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, width=13)
    table.add_column(overflow="fold")
    links = (
        ("repository", package.repo_url),
        ("PyPI", package.pypi_url),
        ("documentation", package.documentation_url),
    )
    for label, url in links:
        if url:
            table.add_row(label, Text(clean(url), _choose_link_style(url)))
    return table


def _choose_link_style(url: str) -> str:
    """Return the style that makes a text a link, where its address is safe to open."""
    target = link(url)
    if not target:
        return ""
    return f"link {target}"


def _describe_times(package: Package, screen: Screen) -> str:
    parts = [f"id {package.id}"]
    moments = (
        ("added", package.created),
        ("edited", package.modified),
        ("refreshed", package.last_fetched),
    )
    for verb, moment in moments:
        if moment:
            parts.append(f"{verb} {format_age(moment, screen.now)}")
        else:
            parts.append(f"never {verb}")
    return _choose_separator(screen).join(parts)
