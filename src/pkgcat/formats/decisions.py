"""Decisions as a Markdown document that can be committed: it is another one only where a decision
is.
"""

from collections.abc import Sequence

from pkgcat.formats import markdown
from pkgcat.results.output import Output, Screen
from pkgcat.results.table import Table


def render_decisions(tables: Sequence[tuple[str, Table]], screen: Screen, out: Output) -> None:
    """Write a heading and a table for each decision."""
    out.write("# Dependencies\n")
    if not tables:
        out.write("\nNothing is decided yet.\n")
    for decision, table in tables:
        out.write(f"\n## {decision.capitalize()}\n\n")
        markdown.render(table, screen, out)
