"""edit --where, edit --state: many packages at once, looked at before they are changed."""

import typer

from pkgcat.errors import Invalid
from pkgcat.model.fields import addresses_in
from pkgcat.model.wording import format_count
from pkgcat.results.table import Table
from pkgcat.services.bulk_edit import PlannedEdit, apply_edits, plan_edits
from pkgcat.services.edit import PackageEdit, tabulate_changes
from pkgcat.shell import streams
from pkgcat.shell.edit_filters import EditFilters, make_filter_query
from pkgcat.shell.options import refuse_together
from pkgcat.shell.output_buffer import OutputBuffer
from pkgcat.shell.output_formats import TABLE, render_result
from pkgcat.shell.records import print_packages
from pkgcat.shell.session import Session, session
from pkgcat.store.operation import begin_operation


def edit_found(ctx: typer.Context, filters: EditFilters, change: PackageEdit, *, yes: bool) -> None:
    """Edit every package that filters find, once a person has seen how and agreed."""
    if change.is_empty:
        raise Invalid(
            f"what shall be changed? {filters.name} goes with --tag, --category, --unset and the like"
        )
    with session(ctx) as run:
        if run.dry_run:
            refuse_together(f"--dry-run of an edit with {filters.name}", {"--fields": run.fields})
        if not (yes or run.dry_run or streams.stdin_is_terminal()):
            raise Invalid(
                f"{filters.name} may change many packages: look with --dry-run first, then say --yes"
            )
        command = f"edit {filters.words}"
        with run.write_catalog() as run.store:
            run.note_credentials([command, *addresses_in(change.fields)])
            query = make_filter_query(run.store, filters, run.now)
            planned = plan_edits(run.store, query, change, run.now)
            if not planned:
                run.say("nothing to change: no package matches, or all are so already")
            elif run.dry_run:
                run.print(tabulate_changes(run.store, [one.edited for one in planned]))
            else:
                chosen = planned if yes else _choose_edits(run, planned)
                with begin_operation(run.store, command, run.now, kind="edit") as operation:
                    apply_edits(operation, chosen, change)
                _report(run, len(chosen))
                if run.prints_records:
                    print_packages(run, [one.key for one in chosen], many=True)


def _report(run: Session, count: int) -> None:
    text = f"{format_count(count, 'package')} changed"
    if count:
        text += "; 'pkgcat undo' takes it back"
    run.say(text)


def _choose_edits(run: Session, planned: list[PlannedEdit]) -> list[PlannedEdit]:
    """Show planned edits and ask; return those that a person agreed to.

    Nothing is locked meanwhile.
    """
    _show_table(run, tabulate_changes(run.store, [one.edited for one in planned]))
    count = format_count(len(planned), "package")
    answer = _ask(f"change {count}? [y]es, [n]o, [o]ne by one: ", "yno")
    if answer == "o":
        return _choose_one_by_one(run, planned)
    if answer == "y":
        return planned
    return []


def _choose_one_by_one(run: Session, planned: list[PlannedEdit]) -> list[PlannedEdit]:
    chosen: list[PlannedEdit] = []
    for number, one in enumerate(planned):
        table = tabulate_changes(run.store, [one.edited])
        for _, field, old, new in table.text_rows():
            streams.write_message(f"  {field}: {old or 'none'} -> {new or 'none'}")
        question = f"change {one.edited.slug}? [y]es, [n]o, [a]ll the rest, [q]uit: "
        answer = _ask(question, "ynaq")
        if answer == "a":
            return [*chosen, *planned[number:]]
        if answer == "q":
            break
        if answer == "y":
            chosen.append(one)
    return chosen


def _show_table(run: Session, table: Table) -> None:
    buffer = OutputBuffer()
    render_result(table, TABLE, run.screen, buffer)
    streams.show_buffer(buffer)


def _ask(question: str, allowed: str) -> str:
    """Ask until one of the letters comes; the end of input means no."""
    while True:
        streams.write_question(question)
        with streams.open_stdin() as stdin:
            line = stdin.readline()
        if not line:
            streams.write_message("")
            return "n"
        letter = line.strip().lower()[:1]
        if letter and letter in allowed:
            return letter
