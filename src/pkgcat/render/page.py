"""One record as a page: state, description, facts with their ages, 52 weeks, people, links."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pkgcat.models import Package, Value
from pkgcat.render import Format, Out, Screen, View
from pkgcat.render.table import console
from pkgcat.render.text import clean, link
from pkgcat.render.values import age, counted, number, squeeze

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HEIGHT = 4
_TWO_COLUMNS = 76
_FIRST = 12
"""So many participants are named; the others are counted."""


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write a page for each package."""
    paper = console(screen, out)
    for number_, package in enumerate(view.packages or ()):
        if number_:
            paper.rule(style="dim", characters="─" if screen.unicode else "-")
        _page(package, screen, paper)


def _page(package: Package, screen: Screen, paper: Console) -> None:
    paper.print()
    _put(paper, _heading(package))
    if package.repo_description:
        _put(paper, Text(clean(package.repo_description)))
    groups = [*_groups(package)]
    if groups:
        _put(paper, Text(" · ".join(groups) if screen.unicode else " | ".join(groups), "dim"))
    paper.print()
    _put(paper, _facts(package, screen))
    if package.commits_over_52:
        paper.print()
        _put(paper, _chart(package, screen))
    blocks = (("participants", _people(package)), ("notes", _notes(package)), ("pinned", _pinned(package)))
    for label, block in blocks:
        if block:
            paper.print()
            _put(paper, Group(Text(label, "dim"), block))
    links = _links(package)
    if links.row_count:
        paper.print()
        _put(paper, links)
    paper.print()
    _put(paper, Text(_footer(package, screen), "dim"))
    if package.last_error:
        _put(paper, Text(f"last error: {clean(package.last_error)}", "red"))
    paper.print()


def _put(paper: Console, what: RenderableType) -> None:
    paper.print(Padding(what, (0, 1)))


def _heading(package: Package) -> Text:
    text = Text(clean(package.title).strip(), "bold")
    if package.title.strip() != package.slug:
        text.append(f"  {package.slug}", "cyan not bold")
    for state, style in states(package):
        text.append("  ")
        text.append(state, style)
    return text


def states(package: Package) -> Iterator[tuple[str, str]]:
    """Yield what a user must know before anything else, and how loud to say it."""
    if package.replaced_by:
        yield f"replaced by {package.replaced_by}", "yellow"
    if package.gone:
        yield f"{' and '.join(package.gone)} gone", "red"
    if package.repo_archived:
        yield "archived", "yellow"
    if package.pypi_status not in (None, "active"):
        yield clean(f"{package.pypi_status} on PyPI"), "yellow"
    if package.pypi_yanked:
        yield "yanked", "red"
    if count := len(package.pypi_vulnerabilities):
        yield counted(count, "vulnerability", "vulnerabilities"), "red"
    if package.error_count:
        yield f"failing ({package.error_count} in a row)", "red"


def _groups(package: Package) -> Iterator[str]:
    if package.category:
        yield package.category
    if package.grids:
        yield f"on {'grid' if len(package.grids) == 1 else 'grids'} {', '.join(package.grids)}"
    if package.tags:
        yield " ".join(f"#{clean(tag)}" for tag in package.tags)


def _facts(package: Package, screen: Screen) -> RenderableType:
    repository = _pairs(package, _repository_facts(package, screen))
    pypi = _pairs(package, _pypi_facts(package, screen))
    tables = [table for table in (repository, pypi) if table.row_count]
    if not tables:
        return Text("no facts yet", "dim")
    if screen.width < _TWO_COLUMNS or len(tables) == 1:
        return Group(*tables)
    both = Table.grid(padding=(0, 4, 0, 0))
    both.add_row(*tables)
    return both


def _pairs(package: Package, facts: Iterator[tuple[str, str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, width=11)
    table.add_column(overflow="fold", min_width=10)
    for name, label, value in facts:
        text = Text(clean(value))
        if name in package.pinned:
            text.append(" pinned", "magenta")
        table.add_row(label, text)
    return table


def _repository_facts(package: Package, screen: Screen) -> Iterator[tuple[str, str, str]]:
    if package.repo_host:
        yield "repo_host", "host", package.repo_host
    if package.repo_watchers is not None:
        score = "" if package.score in (None, package.repo_watchers) else f"  (score {number(package.score or 0)})"
        yield "repo_watchers", "stars", f"{number(package.repo_watchers)}{score}"
    if package.repo_forks is not None:
        yield "repo_forks", "forks", number(package.repo_forks)
    if package.repo_open_issues is not None:
        yield "repo_open_issues", "open issues", number(package.repo_open_issues)
    if package.repo_commit_count is not None:
        yield "repo_commit_count", "commits", number(package.repo_commit_count)
    if package.last_updated:
        yield "last_updated", "last commit", _day(package.last_updated, screen)
    if package.repo_license:
        yield "repo_license", "licence", package.repo_license


def _pypi_facts(package: Package, screen: Screen) -> Iterator[tuple[str, str, str]]:
    if package.pypi_name:
        yield "pypi_name", "on PyPI", package.pypi_name
    if package.pypi_version:
        yield "pypi_version", "version", package.pypi_version
    if package.pypi_released:
        yield "pypi_released", "released", _day(package.pypi_released, screen)
    if package.pypi_requires_python:
        yield "pypi_requires_python", "Python", package.pypi_requires_python
    if package.pypi_license:
        yield "pypi_license", "licence", package.pypi_license
    if django := [
        name.rsplit(" ", 1)[-1] for name in package.pypi_classifiers if name.startswith("Framework :: Django :: ")
    ]:
        yield "pypi_classifiers", "Django", ", ".join(django)
    if package.pypi_vulnerabilities:
        yield "pypi_vulnerabilities", "vulnerable", ", ".join(package.pypi_vulnerabilities)


def _day(moment: datetime, screen: Screen) -> str:
    return f"{moment:%Y-%m-%d}  ({age(moment, screen.now)})"


def _chart(package: Package, screen: Screen) -> Text:
    """Draw the weeks as columns, and say how many commits there were and when the most."""
    weeks = package.commits_over_52
    total = sum(weeks)
    if not total:
        return Text(f"no commits in {len(weeks)} weeks", "dim")
    room = screen.width - 2
    wide = 2 if room >= 2 * len(weeks) and screen.width >= 120 else 1
    columns = squeeze(weeks, room // wide)
    height = _HEIGHT if max(columns) > 1 else 1
    text = Text(style="green")
    for row in reversed(range(height)):
        line = "".join(_block(count, max(columns), row, height, unicode=screen.unicode) * wide for count in columns)
        text.append(f"{line.rstrip()}\n")
    text.append(("▔" if screen.unicode else "-") * len(columns) * wide + "\n", "dim")
    text.append(f"{counted(total, 'commit')} in {len(weeks)} weeks, ", "default")
    busiest = max(range(len(weeks)), key=lambda week: weeks[week])
    text.append(f"busiest week {number(weeks[busiest])}{_when(package, len(weeks) - busiest)}", "default")
    return text


def _block(count: int, most: int, row: int, height: int, *, unicode: bool) -> str:
    """Return the part of a column that stands in a row, the lowest being 0."""
    eighths = -(-count * height * 8 // most) - row * 8
    if unicode:
        return _EIGHTHS[max(0, min(8, eighths))]
    return "#" if eighths > 0 else " "


def _when(package: Package, weeks_before: int) -> str:
    if package.last_fetched is None:
        return ""
    week = package.last_fetched - timedelta(weeks=weeks_before)
    return f" (from {week.day} {week:%b %Y})"


def _people(package: Package) -> Text | None:
    if not package.participants:
        return None
    names = [clean(name) for name in package.participants]
    text = Text(", ".join(names[:_FIRST]))
    if more := len(names[_FIRST:]):
        text.append(f" and {number(more)} more", "dim")
    return text


def _notes(package: Package) -> Text | None:
    return Text(clean(package.notes, lines=True)) if package.notes else None


def _pinned(package: Package) -> Text | None:
    """Name the facts a person has set, each with what its source says where that is something else."""
    if not package.pinned:
        return None
    lines = []
    for name in package.pinned:
        behind = package.behind_pins.get(name)
        differs = name in package.behind_pins and behind != getattr(package, name)
        lines.append(f"{name}{f'; its source says {_said(behind)}' if differs else ''}")
    return Text("\n".join(lines))


def _said(value: Value) -> str:
    if value in (None, (), ""):
        return "nothing"
    if isinstance(value, tuple):
        return ", ".join(clean(str(item)) for item in value[:_FIRST]) + (" ..." if value[_FIRST:] else "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int) else clean(str(value))


def _links(package: Package) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, width=13)
    table.add_column(overflow="fold")
    for label, url in (
        ("repository", package.repo_url),
        ("PyPI", package.pypi_url),
        ("documentation", package.documentation_url),
    ):
        if url:
            target = link(url)
            table.add_row(label, Text(clean(url), f"link {target}" if target else ""))
    return table


def _footer(package: Package, screen: Screen) -> str:
    said = [f"id {package.id}"]
    for word, moment in (
        ("added", package.created),
        ("edited", package.modified),
        ("refreshed", package.last_fetched),
    ):
        said.append(f"{word} {age(moment, screen.now)}" if moment else f"never {word}")
    return (" · " if screen.unicode else " | ").join(said)
