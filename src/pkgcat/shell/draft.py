"""A text in a person's editor, with a mistake in the first line; what could not be stored is kept."""

import os
import shlex
import stat
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pkgcat import config, signals
from pkgcat.errors import Invalid, IOFailed, NotFound, PkgcatError, describe_os_error
from pkgcat.model.text import clean
from pkgcat.shell import streams
from pkgcat.shell.foreground import foreground

_MISTAKE = "# mistake: "

_AT_ONCE_SECONDS = 2
"""An editor that changed nothing in so short a time may have gone on in the background."""


def check_editor(hint: str) -> None:
    """Raise Invalid with a hint where there is neither a terminal nor an editor that was named."""
    if not streams.stdin_is_terminal() and config.terminal().editor is None:
        raise Invalid(f"nothing to change: {hint} (there is no terminal for an editor)")


class Draft:
    """A text in the editor.

    `name` is what it is about. `command` stores a draft that was kept, whose path follows on it.
    `base` is what such a draft ends with: how the text was when it was made.
    """

    def __init__(
        self,
        name: str,
        text: str,
        *,
        command: Sequence[str],
        base: str = "",
        file_name: str = "",
        suffix: str = ".toml",
    ) -> None:
        self.name = name
        self.path = _make_draft_file(file_name or name, suffix)
        self._command = command
        self._base = base
        self._text = text
        self._write_text()
        self._mistake = ""
        self.ended_at_once = False
        """Whether the editor changed nothing and ended so fast that it may be open still, as
        `code` without --wait is.
        """

    @property
    def text(self) -> str:
        """What the person wrote, without the line of a mistake."""
        return "".join(self._lines())

    def store(self, write: Callable[[str], None]) -> bool:
        """Open the editor, again after each mistake, until `write` has stored the text; return
        whether it did.

        Nothing happens where the text is unchanged or empty. Where `write` raises an error other
        than Invalid and NotFound, the draft is kept, and the error says where.
        """
        while self.open():
            try:
                write(self.text)
            except (Invalid, NotFound) as error:
                self.set_mistake(str(error))
                continue
            except PkgcatError as error:
                error.args = (f"{self.name}: {error}; {self.keep()}",)
                raise
            self.path.unlink()
            return True
        if not self.ended_at_once:
            self.path.unlink(missing_ok=True)
        return False

    def describe_end_at_once(self) -> str:
        """Say what may have become of an editor that ended at once."""
        return (
            "the editor ended at once and left the text as it was; if it is open still, let it "
            f"wait (EDITOR='code --wait'); {self.describe_use()}"
        )

    def open(self) -> bool:
        """Run the editor; return whether there is a text to store.

        Raises Invalid where a text with a mistake was left as it was.
        """
        begun = time.monotonic()
        self._run_editor()
        text = self._read_text()
        is_unchanged = text == self._text
        self._text = text
        if is_unchanged and self._mistake:
            raise Invalid(f"{self._mistake}; nothing was stored; {self.keep()}")
        self.ended_at_once = is_unchanged and time.monotonic() - begun < _AT_ONCE_SECONDS
        return bool(text.strip()) and not is_unchanged

    def keep(self) -> str:
        """Write into the draft how the text was when it was made; return what is told of it."""
        if self._base:
            with suppress(PkgcatError):  # the draft is kept all the same
                self._text = f"{self._read_text().rstrip()}\n\n{self._base}"
                self._write_text()
        return self.describe_use()

    def describe_use(self) -> str:
        """Say where the draft is and how it is used again."""
        use = shlex.join([*self._command, str(self.path)])
        return f"your draft is kept in {self.path}; {use!r} stores it"

    def set_mistake(self, mistake: str) -> None:
        """Write a mistake into the first line of the text, in place of the one before."""
        self._mistake = mistake
        one_line = " ".join(clean(mistake).split())
        self._text = f"{_MISTAKE}{one_line}\n{self.text}"
        self._write_text()

    def _lines(self) -> list[str]:
        lines = self._text.splitlines(keepends=True)
        while lines and lines[0].startswith(_MISTAKE):
            lines.pop(0)
        return lines

    def _run_editor(self) -> None:
        editor = config.terminal().editor or "vi"
        try:
            with foreground([*shlex.split(editor), str(self.path)]) as process:
                pass
        except (OSError, ValueError) as error:
            self.path.unlink()
            reason = describe_os_error(error)
            raise PkgcatError(
                f"the editor {editor!r} did not start ({reason}); set $EDITOR"
            ) from error
        if process.returncode:
            raise PkgcatError(
                f"the editor ended with {process.returncode}; nothing was stored; {self.keep()}"
            )

    def _read_text(self) -> str:
        try:
            with open(self._open(os.O_RDONLY), encoding="utf-8-sig") as file:  # noqa: PTH123  # a descriptor
                return file.read()
        except OSError as error:
            raise self._explain(describe_os_error(error)) from error
        except UnicodeDecodeError as error:
            raise self._explain("it is not UTF-8") from error

    def _write_text(self) -> None:
        try:
            with open(self._open(os.O_WRONLY), "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor
                file.truncate(0)
                file.write(self._text)
        except OSError as error:
            text = f"the draft {self.path}: {describe_os_error(error)}; nothing was stored"
            raise IOFailed(text) from error

    def _open(self, mode: int) -> int:
        """Open the draft if it is still a file of the user's: an editor, or another user, may have
        put something else in its place.
        """
        descriptor = os.open(self.path, mode | os.O_NOFOLLOW | os.O_NONBLOCK)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(descriptor)
            raise self._explain("it is another's, or no ordinary file")
        return descriptor

    def _explain(self, reason: str) -> PkgcatError:
        return PkgcatError(f"the draft {self.path} cannot be read: {reason}; nothing was stored")


def _make_draft_file(name: str, suffix: str) -> Path:
    """Make an empty file for a draft; raise IOFailed."""
    try:
        handle, path = tempfile.mkstemp(prefix=f"pkgcat-{name}-", suffix=suffix)
    except OSError as error:
        text = f"no draft can be made in {error.filename}: {describe_os_error(error)}"
        raise IOFailed(text) from error
    os.close(handle)
    signals.mention_draft(path)
    return Path(path)
