"""What became of one package: each change of a field, by which operation."""

from collections.abc import Iterable

from pkgcat.model.fields import FIELDS
from pkgcat.model.types import DATETIME
from pkgcat.results.table import Row, Table, TypedValue, text_columns
from pkgcat.store import Store, packages
from pkgcat.store.log import history

COLUMNS = text_columns("at", "operation", "kind", "field", "old", "new", numbers=("operation",))


def read_history(store: Store, name: str, fields: Iterable[str], limit: int | None) -> Table:
    """Return the changes of these fields of a package, the newest first; raise NotFound.

    What a command said is left out: values of other fields may stand in it.
    """
    key = packages.find_ever(store, name)
    steps = list(history.steps(store, key, ["removed", *fields]))
    return Table(COLUMNS, [_make_row(store, step) for step in steps[:limit]])


def _make_row(store: Store, step: history.Step) -> Row:
    at = DATETIME.sql_to_json(step.at)
    if step.field == "removed":
        presence = "removed" if step.new else "added"
        return (at, step.operation, step.kind, "package", None, presence)
    type_ = FIELDS[step.field].type
    old = TypedValue(type_, history.resolve_references(store, step.field, step.old))
    new = TypedValue(type_, history.resolve_references(store, step.field, step.new))
    return (at, step.operation, step.kind, step.field, old, new)
