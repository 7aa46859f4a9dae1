"""What a refresh tells: a bar while it runs, a line or a JSON report when it is done."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

import typer

from pkgcat.commands.session import Session
from pkgcat.errors import Unreachable
from pkgcat.models import FIELDS, Change
from pkgcat.refresh import VERDICTS, Refreshed, Verdict
from pkgcat.render.json import escape
from pkgcat.render.text import clean
from pkgcat.render.values import counted, text_of
from pkgcat.store.cells import native

_TOLD = 12
"""So many packages are told of one by one; the others are counted."""

_NEWS = {
    "repo_url": "moved",
    "pypi_version": "version",
    "repo_watchers": "stars",
    "repo_archived": "archived",
    "pypi_status": "status on PyPI",
    "pypi_yanked": "yanked",
    "pypi_vulnerabilities": "vulnerabilities",
}
"""What a person at a terminal is told when it changed from something known, and what it is called there."""

_WRONG: tuple[Verdict, ...] = ("blocked", "limited", "failed")


class Report:
    """Hears of each package and sums up. Within its `with` block a terminal sees a bar.

    `hint` is told where a limit was reached.
    """

    def __init__(self, here: Session, total: int, hint: str = "") -> None:
        self._here, self._total, self._hint = here, total, hint
        self._counts: Counter[str] = Counter()
        self._requests: dict[str, int] = {}
        self._lines: list[str] = []
        self._until: datetime | None = None
        self._reached = self._late = False
        self._stack = ExitStack()
        self._on: Callable[[str], None] = _nothing

    def __enter__(self) -> Self:
        here = self._here
        if sys.stderr.isatty() and not here.quiet and not here.structured and self._total > 1:
            from pkgcat.render.progress import progress

            self._on = self._stack.enter_context(progress("refreshing", self._total))
        if here.structured:
            here.write('{"packages": [')
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if error is None:
            self._sum_up()

    def add(self, one: Refreshed) -> None:
        """Hear of one package."""
        self._reached |= one.reached
        if self._here.structured:
            self._here.write("\n" if not self._counts else ",\n")
            self._here.write(escape(json.dumps(_told(one), ensure_ascii=False)))
        elif line := self._line(one):
            self._lines.append(line)
        if one.until:
            self._until = max(one.until, self._until or one.until)
        self._counts[one.verdict] += 1
        self._on(one.slug)

    def end(self, requests: dict[str, int], *, out_of_time: bool) -> None:
        """Hear that it is over, and how many requests each host got."""
        self._requests, self._late = requests, out_of_time

    def _line(self, one: Refreshed) -> str | None:
        """Return what a person should know of one package: what is wrong always, what is new on a terminal."""
        if len(self._lines) >= _TOLD:
            return None
        if one.verdict in (*_WRONG, "gone"):
            return f"{one.slug}: {one.verdict}: {clean('; '.join(one.errors))}"
        if not self._here.screen.terminal or not (one.changes or one.notes):
            return None
        said = [_changed(change) for change in one.changes if change.field in _NEWS and change.old is not None]
        return f"{one.slug}: {', '.join([*said, *one.notes])}" if said or one.notes else None

    def _sum_up(self) -> None:
        here, done = self._here, sum(self._counts.values())
        wrong = sum(self._counts[verdict] for verdict in _WRONG)
        if here.structured:
            counts = {verdict: self._counts[verdict] for verdict in VERDICTS}
            more = {"counts": counts, "requests": self._requests, "left": self._total - done}
            here.write(f"{'' if not done else chr(10)}], {json.dumps(more)[1:]}\n")
        elif not here.quiet or wrong:
            for line in self._lines:
                here.tell(line)
            here.tell(self._summary(done))
        if wrong:
            here.failure = typer.Exit(3)
        if done and wrong == done and not self._reached:
            here.failure = Unreachable("no host could be reached; everything stays as it was")

    def _summary(self, done: int) -> str:
        counts = ", ".join(f"{self._counts[verdict]:,} {verdict}" for verdict in VERDICTS if self._counts[verdict])
        requests = sum(self._requests.values())
        text = f"refreshed {done:,} of {self._total:,}: {counts or 'nothing to do'}; {counted(requests, 'request')}"
        if self._late:
            text += f"; the time is up, {self._total - done:,} are left for the next run"
        if self._until:
            text += f"; limits end at {self._until:%H:%M} UTC, then go on"
            text += f"\n{self._hint}" if self._hint else ""
        return text


def _nothing(_said: str) -> None:
    """Show no bar."""


def _told(one: Refreshed) -> dict[str, object]:
    changes = {
        field: {"old": native(FIELDS[field].kind, old), "new": native(FIELDS[field].kind, new)}
        for field, old, new in one.changes
        if field in FIELDS
    }
    told: dict[str, object] = {
        "slug": one.slug,
        "outcome": one.verdict,
        "changes": changes,
        "errors": one.errors,
    }
    return {**told, "notes": one.notes, "until": one.until and f"{one.until:%Y-%m-%dT%H:%M:%SZ}"}


def _changed(change: Change) -> str:
    """Say what became of a field."""
    old, new = (text_of(FIELDS[change.field].kind, value) or "none" for value in (change.old, change.new))
    return f"{_NEWS[change.field]} {old} -> {new}"
