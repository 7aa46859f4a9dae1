"""What `add` tells: a bar while it runs, what became of each package, one line at the end."""

from types import TracebackType
from typing import Self

import typer

from pkgcat import signals
from pkgcat.errors import Duplicate, PkgcatError, Unreachable
from pkgcat.model.wording import format_count, format_number
from pkgcat.services.add import AddedPackage
from pkgcat.shell import streams
from pkgcat.shell.progress import ProgressBar
from pkgcat.shell.session import Session

_MAX_LINES = 12
"""So many packages are told of one by one; the others are counted."""

_MAX_NAMES = 8
"""So many names are listed after a reason."""


class AddReport:
    """Collects what became of targets. Within its `with` block a terminal sees a bar.

    Of several targets a failure is told and counted; of one it is raised.
    """

    def __init__(self, run: Session, total: int, *, many: bool) -> None:
        self._run, self._total = run, total
        self.many = many
        self._added: dict[int, AddedPackage] = {}
        self._there: list[str] = []
        self._failed: dict[str, list[str]] = {}
        """The targets that failed, by the reason."""
        self._errors: list[PkgcatError] = []
        self._warnings: dict[str, list[str]] = {}
        """The packages that a person should know something of, by what it is."""
        self._bar = ProgressBar(is_shown=run.shows_progress and total > 1)

    def __enter__(self) -> Self:
        self._bar.begin("adding", self._total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
        if error is None:
            return
        outcome = "nothing was stored"
        if self._added:
            total = format_count(self._total, "package")
            outcome = f"{len(self._added):,} of {total} were added and stay"
        signals.describe_outcome(outcome)
        if self._added and isinstance(error, Exception):
            self._run.warn(outcome)

    @property
    def keys(self) -> list[int]:
        """The keys of the packages that were added, in the order of their targets."""
        return [self._added[number].key for number in sorted(self._added)]

    def add(self, number: int, added: AddedPackage) -> None:
        """Take a package that was added."""
        run, slug = self._run, added.package.slug
        self._added[number] = added
        run.credentials_cut += added.credentials_cut
        for warning in added.warnings:
            self._warnings.setdefault(warning, []).append(slug)
        self._bar.advance(slug)

    def fail(self, target: str, error: PkgcatError) -> None:
        """Take why a target was not added; raise that where it is the only one."""
        if not self.many:
            raise error
        self._bar.advance(target)
        if isinstance(error, Duplicate):
            self._there.append(error.slug)
            return
        self._errors.append(error)
        reason = str(error).replace(target, "…")
        self._failed.setdefault(reason, []).append(target)

    def sum_up(self) -> None:
        """Tell what was done, and set the exit code."""
        for warning, slugs in self._warnings.items():
            self._run.warn(f"{_list_names(slugs)}: {warning}")
        if len(self._added) <= _MAX_LINES:
            for number in sorted(self._added):
                self._tell_added(self._added[number])
        if self.many:
            self._sum_up_several()

    def _sum_up_several(self) -> None:
        run = self._run
        if self._there:
            run.say(f"there already: {_list_names(self._there)}")
        for reason, targets in self._failed.items():
            streams.write_message(f"pkgcat: {_list_names(targets)}: {reason}")
        run.say(self._summarize())
        if self._errors:
            run.failure = typer.Exit(3)
            is_offline = all(isinstance(error, Unreachable) for error in self._errors)
            if is_offline and not self._added and not self._there:
                run.failure = Unreachable("no package was added: no source could be reached")

    def _tell_added(self, added: AddedPackage) -> None:
        run = self._run
        package = added.package
        if run.dry_run:
            run.say(f"would add {package.slug} (id {package.id})")
            return
        line = f"added {package.slug} (id {package.id})"
        if not self.many:
            line += "; 'pkgcat undo' takes it back"
        run.say(line)

    def _summarize(self) -> str:
        verb = "would add" if self._run.dry_run else "added"
        failed = len(self._errors)
        text = f"{verb} {format_number(len(self._added))} of {format_count(self._total, 'package')}"
        parts = []
        if self._there:
            parts.append(f"{format_number(len(self._there))} there already")
        if failed:
            parts.append(f"{format_number(failed)} failed")
        if parts:
            text += f": {', '.join(parts)}"
        if self._added and not self._run.dry_run:
            text += "; 'pkgcat undo' takes them back"
        return text


def _list_names(names: list[str]) -> str:
    listed = ", ".join(names[:_MAX_NAMES])
    more = len(names) - _MAX_NAMES
    if more > 0:
        listed += f" and {format_number(more)} more"
    return listed
