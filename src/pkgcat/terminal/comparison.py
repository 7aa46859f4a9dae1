"""A comparison on a terminal: columns while they fit, then the table on its side, then a block for
each package.

What is the same of all packages is said in a line. Nothing is left out, and what is cut ends in a
mark. All of it takes time linear in the number of cells.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.text import clean
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result
from pkgcat.terminal.comparison_blocks import write_blocks
from pkgcat.terminal.comparison_cells import format_short
from pkgcat.terminal.comparison_columns import fit_columns, write_columns
from pkgcat.terminal.comparison_sideways import fit_sideways, write_sideways
from pkgcat.terminal.wrapping import BOLD, DIM, clean_for, ellipsis, write_wrapped

_REPEATS = {"pypi_license": "repo_license"}
"""Rows that are not shown where they only repeat another one."""


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a comparison in the layout that the width has room for."""
    if not isinstance(result, Comparison):
        raise Invalid("only a comparison has columns of packages")
    if result.title:
        write_wrapped(clean_for(result.title, screen), BOLD, screen, out)
        out.write("\n")
    if not result.slugs:
        if result.empty:
            out.write(f"{clean(result.empty, lines=True)}\n")
        return
    comparison = _clean_texts(result, screen)
    shown, same, unknown, repeated = _divide_rows(comparison)
    is_cut = _write_layout(comparison, shown, screen, out)
    notes = _describe_equal(same, screen) + _describe_unknown(unknown)
    notes += _describe_repeated(repeated, comparison)
    legend = _describe_marks(shown, screen, is_cut=is_cut)
    if notes or legend:
        out.write("\n")
    for note in notes:
        write_wrapped(note, "", screen, out)
    if legend:
        write_wrapped(legend, DIM, screen, out)


def _clean_texts(comparison: Comparison, screen: Screen) -> Comparison:
    """Return a comparison whose slugs, titles and labels can be measured and shown as they are."""
    rows = [row._replace(label=clean_for(row.label, screen)) for row in comparison.rows]
    return Comparison(
        comparison.title,
        tuple(clean_for(slug, screen) for slug in comparison.slugs),
        tuple(clean_for(title, screen).strip() for title in comparison.titles),
        tuple(rows),
        fold_equal=comparison.fold_equal,
    )


class _Division(NamedTuple):
    """The rows that are shown, those that are the same of all packages, those of which nothing is
    known, and those that repeat another row.
    """

    shown: list[ComparisonRow]
    same: list[ComparisonRow]
    unknown: list[ComparisonRow]
    repeated: list[ComparisonRow]


def _divide_rows(comparison: Comparison) -> _Division:
    """Divide the rows; without folding all of them are shown."""
    if not comparison.fold_equal:
        return _Division(list(comparison.rows), [], [], [])
    division = _Division([], [], [], [])
    values = {row.name: row.values for row in comparison.rows}
    for row in comparison.rows:
        if row.is_unknown and not row.is_question:
            division.unknown.append(row)
        elif row.values == values.get(_REPEATS.get(row.name, "")):
            division.repeated.append(row)
        elif row.differs or row.is_unknown or len(comparison.slugs) == 1:
            division.shown.append(row)
        else:
            division.same.append(row)
    return division


def _write_layout(
    comparison: Comparison, rows: Sequence[ComparisonRow], screen: Screen, out: Output
) -> bool:
    """Write the rows in the first layout that fits; return whether anything was cut."""
    columns = fit_columns(comparison, rows, screen)
    if columns is not None:
        return write_columns(comparison, rows, columns, screen, out)
    sideways = fit_sideways(comparison, rows, screen)
    if sideways is not None:
        return write_sideways(comparison, sideways, screen, out)
    return write_blocks(comparison, rows, screen, out)


def _describe_equal(rows: Sequence[ComparisonRow], screen: Screen) -> list[str]:
    if not rows:
        return []
    parts = [f"{row.label} {format_short(row, screen)[0]}" for row in rows]
    return [f"the same: {', '.join(parts)}"]


def _describe_unknown(rows: Sequence[ComparisonRow]) -> list[str]:
    if not rows:
        return []
    return [f"not known: {', '.join(row.label for row in rows)}"]


def _describe_repeated(rows: Sequence[ComparisonRow], comparison: Comparison) -> list[str]:
    labels = {row.name: row.label for row in comparison.rows}
    return [f"{row.label}: as {labels[_REPEATS[row.name]]}" for row in rows]


def _describe_marks(rows: Sequence[ComparisonRow], screen: Screen, *, is_cut: bool) -> str:
    parts = []
    if any(row.best for row in rows):
        parts.append(f"{'◆' if screen.unicode else '*'} best of its row")
    if is_cut:
        parts.append(f"{ellipsis(screen)} cut here, whole with --json")
    return "; ".join(parts)
