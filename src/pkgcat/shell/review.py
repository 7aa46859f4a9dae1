"""Decisions reviewed one by one on a terminal: the page, what changed, a question."""

from collections.abc import Sequence
from typing import Any

import typer

from pkgcat import signals
from pkgcat.errors import Conflict, PkgcatError
from pkgcat.model.fields import FIELDS
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.model.wording import format_age, format_count
from pkgcat.services.decisions import check_days, make_decision_fields
from pkgcat.services.edit import PackageEdit, edit_package
from pkgcat.services.review import list_changes
from pkgcat.services.web_addresses import find_web_address
from pkgcat.shell import streams
from pkgcat.shell.browser import open_address
from pkgcat.shell.decision_report import describe_decision
from pkgcat.shell.editor import edit_in_editor
from pkgcat.shell.output_buffer import OutputBuffer
from pkgcat.shell.questions import Questions
from pkgcat.shell.session import Session
from pkgcat.store import packages
from pkgcat.store.operation import begin_operation
from pkgcat.terminal.page import render_packages

_DECISIONS = {"a": "adopt", "t": "trial", "s": "assess", "h": "hold", "r": "reject"}
_QUESTION = "[a]dopt, [t]rial, a[s]sess, [h]old, [r]eject, [l]ater, [o]pen in browser, [e]dit notes, [q]uit: "


class Review:
    """A walk through packages. Each decision is stored at once, as an operation of its own: what
    was decided stays, however the walk ends.
    """

    def __init__(self, ctx: typer.Context, run: Session) -> None:
        self._ctx = ctx
        self._run = run
        self._questions = Questions()
        self._decided = 0
        self._shown_revision = 0
        """The revision of the package that was shown last: a decision is about that one."""

    def walk(self, keys: Sequence[int]) -> None:
        """Ask about one package after another, and tell at the end how many were decided."""
        for number, key in enumerate(keys, 1):
            if not self._ask_about(key, f"{number} of {len(keys)}"):
                break
        text = f"{format_count(self._decided, 'package')} decided"
        if self._decided:
            text += "; 'pkgcat undo' takes the last one back"
        self._run.say(text)

    def _ask_about(self, key: int, place: str) -> bool:
        """Ask about a package until it is decided or put off; return whether to go on."""
        package = self._show(key, place)
        while True:
            letter = self._questions.ask_key(_QUESTION, "atshrloeq")
            if letter in (None, "q"):
                return False
            if letter == "l":
                return True
            if letter == "o":
                self._open(package)
            elif letter == "e":
                self._edit_notes(package)
                package = self._show(key, place)
            elif self._decide(key, package, _DECISIONS[str(letter)]):
                return True
            else:
                package = self._show(key, place)

    def _show(self, key: int, place: str) -> Package:
        """Show the page of a package, and what changed since the decision about it."""
        run = self._run
        self._shown_revision = packages.revision(run.store, key)
        package = next(packages.read(run.store, Query(run.now, key=key)))
        buffer = OutputBuffer()
        render_packages([package], run.screen, buffer)
        streams.show_buffer(buffer)
        if package.decided is not None:
            changes = list_changes(run.store, key, package.decided)
            age = format_age(package.decided, run.now)
            heading = "changed since then" if changes else "nothing changed since then"
            streams.write_message(f"{package.decision} was decided {age}; {heading}")
            for line in changes:
                streams.write_message(f"  {line}")
        streams.write_message(f"({place})")
        return package

    def _decide(self, key: int, package: Package, decision: str) -> bool:
        """Ask for the reason and the day of a decision and store it; return whether it was: not where
        the package was edited since it was shown.
        """
        is_same = package.decision == decision
        hint = "empty: as before" if is_same and package.decision_reason else "empty: none"
        reason = self._questions.ask_line(f"why? ({hint}) ")
        review_by = self._questions.ask_value(
            "review by? (2027-02-15; empty: no day) ", self._read_day
        )
        if reason is None:
            return False
        fields = make_decision_fields(decision, reason or None, None, review_by)
        try:
            self._store(key, package, decision, fields)
        except Conflict as error:
            streams.write_message(str(error))
            return False
        return True

    def _store(self, key: int, package: Package, decision: str, fields: Any) -> None:
        run = self._run
        command = f"review {package.slug} {decision}"
        with begin_operation(run.store, command, run.now, kind="decide") as operation:
            edited = edit_package(operation, key, PackageEdit(fields), rev=self._shown_revision)
        self._decided += 1
        streams.write_message(f"{package.slug}: {describe_decision(edited)}")
        signals.describe_outcome(f"{format_count(self._decided, 'package')} decided; that stays")

    def _read_day(self, text: str) -> str:
        day = FIELDS["review_by"].parse(text)
        check_days({"review_by": day}, self._run.now)
        return text

    def _open(self, package: Package) -> None:
        try:
            address = find_web_address(package, None, self._run.store.host_kinds)
        except PkgcatError as error:
            streams.write_message(str(error))
            return
        if not open_address(address):
            streams.write_message(address)

    def _edit_notes(self, package: Package) -> None:
        try:
            edit_in_editor(self._ctx, [package.slug])
        except PkgcatError as error:
            streams.write_message(str(error))
