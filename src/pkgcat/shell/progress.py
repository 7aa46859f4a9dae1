"""A progress bar on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pkgcat.shell import streams


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """Show a bar; yield a function that advances it by one, with a text beside it.

    No total: how many there will be is not known.
    """
    from pkgcat.terminal.progress import show_progress  # with Rich

    with show_progress(label, total, streams.raw_stderr()) as advance:
        streams.clean_stderr()  # Rich has put a stream of its own there
        yield advance
