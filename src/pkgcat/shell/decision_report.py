"""What a person is told of decisions."""

from collections.abc import Iterable

from pkgcat.model.decision import NO_DECISION
from pkgcat.model.wording import format_count
from pkgcat.services.edit import EditedPackage, tabulate_changes
from pkgcat.shell.session import Session


def report_decisions(run: Session, edited: Iterable[EditedPackage]) -> None:
    """Tell in one line what was decided of each package, and once how to undo it; of a dry run,
    print the changes.
    """
    found = list(edited)
    changed = [one for one in found if one.changes]
    if changed and run.dry_run:
        if not run.prints_records:
            run.print(tabulate_changes(run.store, changed))
        return
    if not found:
        run.say("nothing to decide: no package matches")
    for one in found:
        line = f"{one.slug}: {describe_decision(one)}"
        if one.changes and len(changed) == 1:
            line += "; 'pkgcat undo' takes it back"
        run.say(line)
    if len(changed) > 1:
        run.say(f"{format_count(len(changed), 'package')} decided; 'pkgcat undo' takes it back")


def describe_decision(edited: EditedPackage) -> str:
    """Say what was decided, and what it was before if that differs."""
    if not edited.changes:
        return "nothing was decided, and nothing is"
    for change in edited.changes:
        if change.field == "decision":
            return f"{change.new or NO_DECISION} (was {change.old or NO_DECISION})"
    return "decided again as before"
