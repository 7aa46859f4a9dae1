"""A bar on stderr while something long goes on: how many, how long still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pkgcat.model.text import clean


@contextmanager
def show_progress(label: str, total: int | None, out: IO[str]) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal; yield a function that advances it by one, with a text beside it.

    No total: how many there will be is not known.

    Within the block standard error is a stream of Rich, which prints lines above the bar.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[text]}", style="dim", markup=False),
    )
    console = Console(file=out, markup=False, emoji=False, highlight=False)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(clean(label), total=total, text="")

        def advance(text: str) -> None:
            bar.update(task, advance=1, text=clean(text))

        yield advance
