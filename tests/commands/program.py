"""The command line without its start-up: `main` in this process, with streams and an
environment of its own.
"""

import io
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pkgcat.cli import main
from tests.conftest import Ran

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stream(io.TextIOWrapper):
    """A stream that keeps its bytes, and may be a terminal."""

    terminal = False

    def isatty(self) -> bool:
        return self.terminal


class Program:
    """`program("show", "django-cities", input=..., env={...}, terminal=True)`; a traceback
    ends up in `err`.
    """

    def __init__(self, catalog: Path) -> None:
        self.catalog = catalog

    @property
    def stored(self) -> bytes:
        """The whole catalog: equal bytes mean that nothing was stored."""
        return self.catalog.read_bytes() if self.catalog.exists() else b""

    def record(self, slug: str) -> dict[str, Any]:
        """What `show --json` says of a package."""
        answer = self("show", slug, "--json")
        assert answer.code == 0, answer.err
        record: dict[str, Any] = json.loads(answer.out)
        return record

    def slugs(self, *args: str | int) -> list[str]:
        """The slugs that a `list` with these options, or a `search`, answers."""
        command = [] if args[:1] == ("search",) else ["list"]
        answer = self(*command, *args, "--json", "--fields", "slug")
        assert answer.code == 0, answer.err
        return [record["slug"] for record in json.loads(answer.out)]

    def __call__(
        self,
        *args: str | Path | int,
        input: str | bytes = b"",  # noqa: A002  # as subprocess has it
        env: dict[str, str] | None = None,
        terminal: bool = False,
        encoding: str = "utf-8",
    ) -> Ran:
        given = input.encode() if isinstance(input, str) else input
        stdin = _Stream(io.BytesIO(given), encoding="utf-8")
        kept = io.BytesIO()
        stdout = _Stream(kept, encoding=encoding, newline="\n")
        stdout.terminal = terminal
        stderr = io.StringIO()
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        try:
            with (
                patch.object(sys, "argv", ["pkgcat", *map(str, args)]),
                patch.object(sys, "stdin", stdin),
                patch.object(sys, "stdout", stdout),
                patch.object(sys, "stderr", stderr),
                patch.dict(os.environ, {"PKGCAT_DB": str(self.catalog), **(env or {})}),
            ):
                code = _code()
                stdout.flush()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        raw = kept.getvalue()
        return Ran(raw.decode("utf-8", "surrogateescape"), stderr.getvalue(), code, raw)


def _code() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # what Python would print
        traceback.print_exc(file=sys.stderr)
        return 1


def told(answer: Ran, code: int) -> str:
    """Return the one clear line an expected failure leaves, and nothing else."""
    assert (answer.code, answer.out) == (code, ""), answer
    assert answer.err.startswith("pkgcat: "), answer.err
    assert answer.err.count("\n") == 1, answer.err
    assert answer.err.endswith("\n")
    assert answer.err.isprintable() or answer.err[:-1].isprintable(), answer.err
    return answer.err
