"""Interactive shells on a terminal of their own, with pkgcat's completion, for tests to type
into.
"""

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
import pytest

PKGCAT = Path(sys.executable).with_name("pkgcat")
PROMPT = "READY> "
ROWS, COLUMNS = 250, 200
"""High enough that fish, which fills half of a screen, lists a hundred candidates at once."""
_SECONDS = 120
"""How long to wait for what must come: no test takes so long, however busy the machine."""

_STARTS = {
    "bash": ["--noprofile", "--rcfile", "start", "-i"],
    "zsh": ["-o", "NO_GLOBAL_RCS", "-i"],
    "fish": ["--no-config", "--private", "--init-command", "source start", "-i"],
}
_SETTINGS = {
    "bash": f"""
PS1='{PROMPT}'
bind 'set completion-query-items 0'
bind 'set page-completions off'
bind 'set show-all-if-ambiguous on'
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
""",
    "zsh": f"""
PROMPT='{PROMPT}'
LISTMAX=0
unsetopt BEEP PROMPT_SP
autoload -Uz compinit && compinit -u -D
""",
    "fish": f"""
function fish_prompt; printf '{PROMPT}'; end
set fish_greeting
set fish_autosuggestion_enabled 0
""",
}
_ON_TERMINAL = 'exec "$@" <"$0" >"$0" 2>"$0"'
"""The first terminal that a new session opens controls it (termios(3)), so that job control
works as after a login.
"""

SHELLS = [
    pytest.param(
        name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"there is no {name} here")
    )
    for name in _STARTS
]
"""The shells that are typed into; those that are not installed are skipped."""


class Shell:
    """A shell whose folder is empty but for its start-up file; the terminal is so high that
    nothing is paged.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        catalog: Path,
        *,
        has_script: bool = True,
        **environment: str,
    ) -> None:
        self.name = name
        self.folder = folder
        self.raw = b""
        self._dropped = 0
        self._display: list[str] = []
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        own = {
            "PATH": f"{PKGCAT.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "ZDOTDIR": str(folder),
            "PKGCAT_DB": str(catalog),
            "TERM": "xterm",
        }
        self._environment = {**os.environ, **own, **environment}
        script = self.print_script() if has_script else ""
        start = folder / (".zshrc" if name == "zsh" else "start")
        start.write_text(f"{_SETTINGS[name]}\n{script}\n")

    def print_script(self) -> str:
        """Return what makes this shell complete pkgcat's words."""
        command = [PKGCAT, "completion", self.name]
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=True
        ).stdout

    def __enter__(self) -> Self:
        program = shutil.which(self.name)
        assert program
        self._terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            ["sh", "-c", _ON_TERMINAL, os.ttyname(inside), program, *_STARTS[self.name]],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            cwd=self.folder,
            env=self._environment,
            start_new_session=True,
        )
        os.close(inside)
        try:
            self.wait_until(lambda: self.lines == [PROMPT.rstrip()])
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._terminal)

    @property
    def lines(self) -> list[str]:
        """What the screen shows, without empty lines."""
        return [line.rstrip() for line in self._display if line.strip()]

    @property
    def written(self) -> str:
        """All that the shell wrote, as text."""
        return self.raw.decode("utf-8", "replace")

    @property
    def title(self) -> str:
        """The title of the terminal's window."""
        return self._screen.title

    def type(self, text: str) -> None:
        """Type text; a tab asks for completions."""
        os.write(self._terminal, text.encode())

    @property
    def is_at_prompt(self) -> bool:
        """Whether the cursor stands on the last prompt's line, as it does once a list of
        candidates is drawn.
        """
        line = self._display[self._screen.cursor.y]
        later = self._display[self._screen.cursor.y + 1 :]
        return line.startswith(PROMPT) and not any(other.startswith(PROMPT) for other in later)

    def wait_until(self, is_reached: Callable[[], bool]) -> None:
        """Read what the shell writes until that is so."""
        end = time.monotonic() + _SECONDS
        while not is_reached():
            left = end - time.monotonic()
            assert left > 0, f"{self.name} shows:\n" + "\n".join(self.lines)
            while select.select([self._terminal], [], [], left)[0] and time.monotonic() < end:
                written = os.read(self._terminal, 1 << 16)
                self.raw += written
                self._stream.feed(written)
                left = 0
            self._display = self._screen.display

    def drop_line(self) -> None:
        """Take back the line being typed, and wait until the shell has done all that it was
        asked so far.
        """
        self._dropped += 1
        last = f"dropped-{self._dropped}"
        self.type(f"\x15echo dropped''-{self._dropped}\r")
        self.wait_until(lambda: self.lines[-2:] == [last, PROMPT.rstrip()])
