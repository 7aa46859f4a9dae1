"""What a person is told of an edit."""

from collections.abc import Iterable

from pkgcat.model.wording import format_count
from pkgcat.services.edit import PIN_FIELDS, EditedPackage, tabulate_changes
from pkgcat.shell.session import Session


def report_edits(run: Session, edited: Iterable[EditedPackage]) -> None:
    """Tell in one line what an edit did to each package, and once how to undo it; of a dry run,
    print the changes.
    """
    found = list(edited)
    changed = [one for one in found if one.changes]
    for one in found:
        if not one.changes:
            run.say(f"{one.slug}: nothing to change")
        elif run.dry_run:
            continue
        elif len(changed) == 1:
            run.say(f"{one.slug}: {_list_fields(one)} changed; 'pkgcat undo' takes it back")
        else:
            run.say(f"{one.slug}: {_list_fields(one)} changed")
    if changed and run.dry_run and not run.prints_records:
        run.print(tabulate_changes(run.store, changed))
    if len(changed) > 1 and not run.dry_run:
        run.say(f"{format_count(len(changed), 'package')} changed; 'pkgcat undo' takes it back")


def report_change(run: Session, name: str, changed: str) -> None:
    """Tell what changed, in words, of the grid, feature or cell of this name; empty: nothing."""
    if not changed:
        run.say(f"{name}: nothing to change")
    elif run.dry_run:
        run.say(f"{name}: {changed} would change")
    else:
        run.say(f"{name}: {changed} changed; 'pkgcat undo' takes it back")


def _list_fields(edited: EditedPackage) -> str:
    fields = dict.fromkeys(change.field for change in edited.changes)
    shown = [name for name in fields if name not in PIN_FIELDS]
    return ", ".join(shown) or "pins"
