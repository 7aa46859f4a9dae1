"""Progress bars on stderr."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

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


class ProgressBar:
    """One bar after another on stderr where somebody looks on; elsewhere nothing."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._stack = ExitStack()
        self._advance: Callable[[str], None] | None = None

    def begin(self, label: str, total: int | None) -> None:
        """End the bar that is there, and show one of this label."""
        self.close()
        if self._is_shown:
            self._advance = self._stack.enter_context(progress(label, total))

    def advance(self, text: str) -> None:
        """Advance the bar by one, with a text beside it."""
        if self._advance is not None:
            self._advance(text)

    def close(self) -> None:
        """End the bar."""
        self._stack.close()
        self._advance = None
