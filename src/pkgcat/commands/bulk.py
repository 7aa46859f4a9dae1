"""edit --where: many packages at once, looked at before they are changed."""

import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import typer

from pkgcat.commands.given import condition
from pkgcat.commands.session import Session, session
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, Change, Query
from pkgcat.render import Format, View, render
from pkgcat.render.spool import Spool
from pkgcat.render.values import counted, text_of
from pkgcat.render.views import texts
from pkgcat.store import Operation, Store, history, packages


class Wish(Protocol):
    """What shall become of each package."""

    def apply(self, operation: Operation, key: int, rev: int | None = None) -> list[Change]:
        """Edit a package, which must still have this revision; return what changed."""


class Planned(NamedTuple):
    """A package that would change, its revision, and how."""

    key: int
    slug: str
    rev: int
    changes: list[Change]


def edit_where(ctx: typer.Context, where: list[str], wish: Wish, *, yes: bool) -> None:
    """Edit every package of which all conditions hold, once a person has seen how and agreed."""
    with session(ctx) as run:
        if not (yes or run.dry_run or sys.stdin.isatty()):
            raise Invalid("--where may change many packages: look with --dry-run first, then say --yes")
        command = f"edit {' '.join(f'--where {text!r}' for text in where)}"
        path, named = run.settings.catalog, run.settings.named
        with Store.write(path, named=named, create=False) as run.store:
            query = Query(run.now, where=tuple(condition(text, run.now) for text in where))
            plan = _plan(run, query, wish)
            if not plan:
                run.say("nothing to change: no package matches, or all are so already")
                return
            if run.dry_run:
                run.print(diff(run, [(one.slug, one.changes) for one in plan]))
                return
            chosen = plan if yes else _ask(run, plan)
            with run.store.operation(command, run.now) as operation:
                for one in chosen:
                    wish.apply(operation, one.key, one.rev)
            undo = "; 'pkgcat undo' takes it back" if chosen else ""
            run.say(f"{counted(len(chosen), 'package')} changed{undo}")


def diff(run: Session, changed: Iterable[tuple[str, list[Change]]]) -> View:
    """Return fields with their old and new values, as a table."""
    rows = [row for slug, changes in changed for row in _rows(run, slug, changes)]
    return View(texts("slug", "field", "old", "new"), rows, noun=("change", "changes"))


def _rows(run: Session, slug: str, changes: Iterable[Change]) -> Iterator[tuple[str, str, str, str]]:
    for field, *values in changes:
        if field not in ("modified", "behind_pins"):
            old, new = (_text(run.store, field, value) for value in values)
            yield slug, field, old, new


def _plan(run: Session, query: Query, wish: Wish) -> list[Planned]:
    """Try the edit on each package, and keep what would change."""
    found = list(packages.rows(run.store, ["slug"], query))
    plan = []
    with run.store.operation("edit", run.now, dry_run=True) as trial:
        for (slug,) in found:
            key = packages.find(run.store, str(slug))
            rev = packages.revision(run.store, key)
            if changes := wish.apply(trial, key):
                plan.append(Planned(key, str(slug), rev, changes))
    return plan


def _ask(run: Session, plan: list[Planned]) -> list[Planned]:
    """Show what would change and ask; return what a person agreed to. Nothing is locked meanwhile."""
    _show(run, plan)
    answer = _answer(f"change {counted(len(plan), 'package')}? [y]es, [n]o, [o]ne by one: ", "yno")
    if answer != "o":
        return plan if answer == "y" else []
    chosen: list[Planned] = []
    for number, one in enumerate(plan):
        sys.stderr.writelines(
            f"  {field}: {old or 'none'} -> {new or 'none'}\n"
            for _, field, old, new in _rows(run, one.slug, one.changes)
        )
        answer = _answer(f"change {one.slug}? [y]es, [n]o, [a]ll the rest, [q]uit: ", "ynaq")
        if answer == "a":
            return [*chosen, *plan[number:]]
        if answer == "q":
            break
        chosen += [one] if answer == "y" else []
    return chosen


def _show(run: Session, plan: list[Planned]) -> None:
    spool = Spool()
    render(diff(run, [(one.slug, one.changes) for one in plan]), Format.TABLE, run.screen, spool)
    spool.pour(sys.stderr)


def _answer(question: str, allowed: str) -> str:
    """Ask until one of the letters comes; the end of input means no."""
    while True:
        sys.stderr.write(question)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            sys.stderr.write("\n")
            return "n"
        if (letter := line.strip().lower()[:1]) and letter in allowed:
            return letter


def _text(store: Store, field: str, value: object) -> str:
    kept = history.named(store, field, value)  # type: ignore[arg-type]  # a change holds cells
    return text_of(FIELDS[field].kind, kept)
