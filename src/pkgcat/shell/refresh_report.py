"""What a refresh tells: a bar while it runs, a line or a JSON report when it is done."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

import typer

from pkgcat import signals
from pkgcat.errors import Unreachable
from pkgcat.formats.json import escape_json
from pkgcat.model.change import Change
from pkgcat.model.fields import FIELDS
from pkgcat.model.types import DATETIME
from pkgcat.model.wording import format_count
from pkgcat.results.table import Table, text_columns
from pkgcat.services.refresh import STATUSES, RefreshedPackage, RefreshEnd, RefreshStatus
from pkgcat.services.refresh_plan import HostEstimate
from pkgcat.services.token_hint import describe_missing_token
from pkgcat.shell.progress import ProgressBar
from pkgcat.shell.session import Session

_MAX_LINES = 12
"""So many packages are told of one by one; the others are counted."""

_MAX_LISTED = 3
"""So many hosts that did not answer are named."""

_FIELD_LABELS = {
    "repo_url": "moved",
    "pypi_version": "version",
    "repo_watchers": "stars",
    "repo_archived": "archived",
    "pypi_status": "status on PyPI",
    "pypi_yanked": "yanked",
    "pypi_vulnerabilities": "vulnerabilities",
}
"""Fields whose changes from a known value a person at a terminal is told, and their names there."""

_FAILED: tuple[RefreshStatus, ...] = ("blocked", "limited", "failed")

_GITHUB_REQUESTS_WITHOUT_TOKEN = 60
"""In an hour."""


def print_estimates(run: Session, estimates: Sequence[HostEstimate], packages: int) -> None:
    """Print how many requests each host would get for so many packages."""
    rows = []
    total = 0
    for estimate in estimates:
        rows.append((estimate.host, estimate.requests, _describe_quotas(estimate)))
        total += estimate.requests
        if estimate.host == "github.com" and estimate.requests > _GITHUB_REQUESTS_WITHOUT_TOKEN:
            hint = describe_missing_token(run.settings)
            if hint:
                run.warn(hint)
    columns = text_columns("host", "requests", "left", numbers=("requests",))
    empty = "nothing to ask: no package has an address"
    run.print(Table(columns, rows, noun=("host", "hosts"), empty=empty))
    requests = format_count(total, "request")
    count = format_count(packages, "package")
    run.say(f"{count}, {requests} if nothing was pushed; nothing was sent (--plan)")


def _describe_quotas(estimate: HostEstimate) -> str | None:
    """Say what a host had left when it was last asked, as far as that still holds."""
    parts = []
    for name, remaining, resets in estimate.quotas:
        time = resets[11:16]
        parts.append(f"{remaining:,} {name} until {time} UTC")
    return ", ".join(parts) or None


class RefreshReport:
    """Collects refreshed packages and sums up. Within its `with` block a terminal sees a bar."""

    def __init__(self, run: Session, total: int) -> None:
        self.end = RefreshEnd({}, out_of_time=False)
        """How the refresh ended; to be set before the block is left."""
        self._run, self._total = run, total
        self._hint = describe_missing_token(run.settings)
        self._counts: Counter[str] = Counter()
        self._lines: list[str] = []
        self._until: datetime | None = None
        self._was_reached = False
        self._unreached = _UnreachedPackages()
        self._bar = ProgressBar(is_shown=run.shows_progress and total > 1)

    def __enter__(self) -> Self:
        self._bar.begin("refreshing", self._total)
        if self._run.structured:
            self._run.write_data('{"packages": [')
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
        if error is None:
            self._sum_up()
            return
        total = format_count(self._total, "package")
        text = f"{self._done:,} of {total} are stored, the next run goes on"
        signals.describe_outcome(text)

    @property
    def _done(self) -> int:
        return sum(self._counts.values())

    def add(self, package: RefreshedPackage) -> None:
        """Count one package, and write or keep what there is to tell of it."""
        run = self._run
        if package.reached:
            self._was_reached = True
        run.credentials_cut += package.credentials_cut
        self._unreached.add(package)
        if run.structured:
            run.write_data(",\n" if self._counts else "\n")
            record = json.dumps(_make_record(package), ensure_ascii=False)
            run.write_data(escape_json(record))
        elif len(self._lines) < _MAX_LINES:
            line = _describe_package(package, terminal=run.screen.terminal)
            if line:
                self._lines.append(line)
        if package.until and (self._until is None or package.until > self._until):
            self._until = package.until
        self._counts[package.status] += 1
        self._bar.advance(package.slug)

    def _sum_up(self) -> None:
        run = self._run
        failed = sum(self._counts[status] for status in _FAILED)
        if run.structured:
            self._write_totals()
        elif failed or not run.quiet:
            for line in self._lines:
                run.tell(line)
            unreached = self._unreached.describe(is_offline=not self._was_reached)
            if unreached:
                run.tell(unreached)
            run.tell(self._summarize())
            if self._until and self._hint:
                run.tell(self._hint)
        if not failed:
            return
        run.failure = typer.Exit(3)
        if not self._was_reached:
            run.failure = Unreachable("no host could be reached; everything stays as it was")

    def _write_totals(self) -> None:
        totals = {
            "counts": {status: self._counts[status] for status in STATUSES},
            "requests": self.end.requests,
            "left": self._total - self._done,
        }
        members = json.dumps(totals)[1:]
        line_break = "\n" if self._done else ""
        self._run.write_data(f"{line_break}], {members}\n")

    def _summarize(self) -> str:
        counts = []
        for status in STATUSES:
            if self._counts[status]:
                counts.append(f"{self._counts[status]:,} {status}")
        outcome = ", ".join(counts) or "nothing to do"
        requests = format_count(sum(self.end.requests.values()), "request")
        text = f"refreshed {self._done:,} of {self._total:,}: {outcome}; {requests}"
        if self.end.out_of_time:
            left = self._total - self._done
            text += f"; the time is up, {left:,} are left for the next run"
        if self._until:
            text += f"; limits end at {self._until:%H:%M} UTC, then go on"
        return text


class _UnreachedPackages:
    """Packages with hosts that did not answer at all, told together."""

    def __init__(self) -> None:
        self._slugs: list[str] = []
        self._hosts: dict[str, None] = {}
        self._reasons: dict[str, None] = {}

    def add(self, package: RefreshedPackage) -> None:
        """Note a package, if one of its hosts did not answer."""
        if package.unreached:
            self._slugs.append(package.slug)
        for host, reason in package.unreached:
            self._hosts.setdefault(host)
            self._reasons.setdefault(reason)

    def describe(self, *, is_offline: bool) -> str | None:
        """Return one line for all of them, or None where there are none."""
        if not self._slugs:
            return None
        who = self._slugs[0]
        if len(self._slugs) > 1:
            who = format_count(len(self._slugs), "package")
        hosts = _list_first(list(self._hosts))
        reasons = _list_first(list(self._reasons))
        hint = " (no network?)" if is_offline else ""
        return f"{who}: cannot reach {hosts}: {reasons}{hint}"


def _list_first(texts: Sequence[str]) -> str:
    """Return the first texts of a list, and how many more there are."""
    listed = ", ".join(texts[:_MAX_LISTED])
    more = len(texts) - _MAX_LISTED
    return f"{listed} and {more:,} more" if more > 0 else listed


def _describe_package(package: RefreshedPackage, *, terminal: bool) -> str | None:
    """Return what a person should know of one package: a failure always, what changed on a
    terminal.
    """
    if package.status == "gone" or package.status in _FAILED:
        errors = [error for error in package.errors if error not in package.unreached_errors]
        if not errors:
            return None
        return f"{package.slug}: {package.status}: {'; '.join(errors)}"
    if not terminal:
        return None
    parts = []
    for change in package.changes:
        if change.field in _FIELD_LABELS and change.old is not None:
            parts.append(_describe_change(change))
    parts += package.notes
    if not parts:
        return None
    return f"{package.slug}: {', '.join(parts)}"


def _describe_change(change: Change) -> str:
    type_ = FIELDS[change.field].type
    old = type_.to_text(change.old) or "none"
    new = type_.to_text(change.new) or "none"
    return f"{_FIELD_LABELS[change.field]} {old} -> {new}"


def _make_record(package: RefreshedPackage) -> dict[str, object]:
    changes = {}
    for field, old, new in package.changes:
        if field in FIELDS:
            type_ = FIELDS[field].type
            changes[field] = {"old": type_.sql_to_json(old), "new": type_.sql_to_json(new)}
    return {
        "slug": package.slug,
        "outcome": package.status,
        "changes": changes,
        "errors": package.errors,
        "notes": package.notes,
        "until": DATETIME.to_json(package.until),
    }
