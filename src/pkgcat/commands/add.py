"""add: packages by name or address, fetched at once, or by hand."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from pkgcat.errors import Conflict, Invalid, NotFound, PkgcatError
from pkgcat.model.fields import addresses_in
from pkgcat.model.hosts import HostKinds
from pkgcat.model.types import Values
from pkgcat.services.add import (
    Draft,
    check_targets,
    draft_package,
    store_draft,
    validate_fields,
)
from pkgcat.shell.add_report import AddReport
from pkgcat.shell.clock import read_clock
from pkgcat.shell.field_options import Adding, read_field_values
from pkgcat.shell.options import program
from pkgcat.shell.records import print_packages
from pkgcat.shell.session import Session, operating, read_names, session
from pkgcat.store.operation import Operation

if TYPE_CHECKING:
    from pkgcat.services.discover import Found
    from pkgcat.services.first_refresh import FoundOrError


def add(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="PyPI name, repository address, owner/repo, or page of Django Packages; "
            "- reads them from standard input.",
        ),
    ] = None,
    no_fetch: Annotated[
        bool, typer.Option("--no-fetch", help="Stay offline; refresh brings the facts.")
    ] = False,
    allow_duplicate: Annotated[
        bool,
        typer.Option("--allow-duplicate", help="Add what is there already once more."),
    ] = False,
) -> None:
    """Add packages: a name on PyPI or a repository is enough.

    PyPI and the repository's host are asked at once, and each leads to the
    other. Options set fields by hand. Of several packages each is stored as
    soon as it is there; exit code 3 tells that some could not be added.

    \b
    Examples:
      pkgcat add django-cities --category apps --tag geo
      pkgcat add https://codeberg.org/owner/name
      pkgcat add --no-fetch --title "Our fork" --repo-url git@github.com:me/fork.git
    """
    values = read_field_values(ctx)
    fields: Values = {**values.fields, **values.added}
    wanted = list(dict.fromkeys(read_names(targets or ())))
    check_targets(wanted, fields)
    many = len(targets or ()) > 1 or "-" in (targets or ())
    command = _make_command(wanted, fields)
    with session(ctx) as run:
        run.note_credentials([*wanted, *addresses_in(fields)])
        with AddReport(run, max(1, len(wanted)), many=many) as report:
            adding = _Adding(run, report, wanted, allow_duplicate=allow_duplicate)
            drafts = adding.draft(fields, offline=no_fetch)
            if run.dry_run:
                adding.try_out(command, drafts, offline=no_fetch)
            else:
                adding.store(command, drafts, offline=no_fetch)


class _Adding:
    """One run of `add`: its targets and its report."""

    def __init__(
        self, run: Session, report: AddReport, wanted: list[str], *, allow_duplicate: bool
    ) -> None:
        self._run, self._report = run, report
        self._targets: list[str | None] = [*wanted] or [None]
        self._allow_duplicate = allow_duplicate
        self._host_kinds: HostKinds = {}

    def draft(self, fields: Values, *, offline: bool) -> dict[int, Draft]:
        """Return a draft of each target, by its number; a target that has none is reported."""
        run = self._run
        drafts: dict[int, Draft] = {}
        with run.read_catalog(must_exist=False) as run.store:
            values = validate_fields(run.store, fields, run.now)
            if not offline:
                self._host_kinds = run.store.host_kinds
            for number, target in enumerate(self._targets):
                try:
                    drafts[number] = draft_package(
                        run.store,
                        target,
                        values,
                        offline=offline,
                        allow_duplicate=self._allow_duplicate,
                    )
                except PkgcatError as error:
                    self._report.fail(target or "", error)
        return drafts

    def store(self, command: str, drafts: Mapping[int, Draft], *, offline: bool) -> None:
        """Store each package as soon as it is there. The catalog is opened for the first one."""
        run = self._run
        with ExitStack() as stack:

            @cache
            def open_operation() -> Operation:
                run.store = stack.enter_context(run.write_catalog(create=True))
                return Operation(run.store, command, run.now, "add")

            def store_found(number: int, found: "FoundOrError | None") -> None:
                if isinstance(found, PkgcatError):
                    self._fail(number, found)
                    return
                operation = open_operation()
                self._store_one(operation, number, drafts[number], found, operation.step())

            self._find(drafts, store_found, offline=offline)
            self._finish()

    def try_out(self, command: str, drafts: Mapping[int, Draft], *, offline: bool) -> None:
        """Tell what would be stored."""
        run = self._run
        found: dict[int, FoundOrError | None] = {}
        self._find(drafts, found.__setitem__, offline=offline)
        with operating(run, command, kind="add", create=True):
            for number in sorted(found):
                one = found[number]
                if isinstance(one, PkgcatError):
                    self._fail(number, one)
                else:
                    self._store_one(run.operation, number, drafts[number], one, nullcontext())
            self._finish()

    def _find(
        self,
        drafts: Mapping[int, Draft],
        on_found: "Callable[[int, FoundOrError | None], None]",
        *,
        offline: bool,
    ) -> None:
        """Call `on_found` with what the sources tell of each draft, or with nothing."""
        run = self._run
        if offline:
            for number in drafts:
                on_found(number, None)
            return
        from pkgcat.services.first_refresh import fetch_each  # with asyncio and httpx
        from pkgcat.shell import event_loop

        work = fetch_each(run.settings, drafts, self._host_kinds, read_clock, on_found)
        event_loop.run(work)

    def _store_one(
        self,
        operation: Operation,
        number: int,
        draft: Draft,
        found: "Found | None",
        step: AbstractContextManager[None],
    ) -> None:
        try:
            with step:
                added = store_draft(operation, draft, found, allow_duplicate=self._allow_duplicate)
        except (Conflict, Invalid, NotFound) as error:
            self._fail(number, error)
        else:
            self._report.add(number, added)

    def _fail(self, number: int, error: PkgcatError) -> None:
        self._report.fail(self._targets[number] or "", error)

    def _finish(self) -> None:
        """Print what was added while the catalog is open."""
        run, report = self._run, self._report
        report.sum_up()
        if run.prints_records:
            print_packages(run, report.keys, many=report.many)


def _make_command(wanted: list[str], fields: Values) -> str:
    """Return what history shows."""
    if wanted:
        return f"add {' '.join(wanted)}"
    return f"add {fields.get('slug') or fields.get('title') or ''}"


def app(name: str) -> typer.Typer:
    """Return `add` as an app."""
    return program((name, add, Adding))
