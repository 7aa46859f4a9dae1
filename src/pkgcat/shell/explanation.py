"""How `show --why` prints where values come from."""

from collections.abc import Iterable
from datetime import datetime

from pkgcat.model.fields import Field
from pkgcat.model.text import clean
from pkgcat.model.types import BOOLEAN, DATETIME, INTEGER, TEXT, TEXT_LIST, SqlValue, Value
from pkgcat.model.wording import format_age
from pkgcat.results.explanation import Explanation
from pkgcat.results.table import Column, Row, Table, TypedValue
from pkgcat.services.explain import explain_value
from pkgcat.shell.session import Session

_TYPES = {"operation": INTEGER, "pinned": BOOLEAN, "terms": TEXT_LIST}
"""The types of the columns that are not text; values have their field's own."""


def print_explanations(run: Session, keys: list[int], field: Field) -> None:
    """Print where each package has its value from: in words on a terminal, else as a table."""
    explanations = [explain_value(run.store, key, field, run.now) for key in keys]
    if run.is_for_eyes:
        for explanation in explanations:
            run.write(_describe(explanation, run.now))
        return
    columns = []
    for name in Explanation._fields:
        columns.append(Column(name, _TYPES.get(name, TEXT), name))
    rows = [_make_row(explanation) for explanation in explanations]
    run.print(Table(tuple(columns), rows, single=len(keys) == 1))


def _make_row(explanation: Explanation) -> Row:
    cells: list[SqlValue | TypedValue] = []
    for name, value in explanation._asdict().items():
        if name == "field":
            cells.append(explanation.field.name)
        elif name in ("value", "previous", "upstream_value"):
            cells.append(_type_value(explanation.field, value))
        elif isinstance(value, datetime):
            cells.append(DATETIME.to_json(value))
        else:
            cells.append(_TYPES.get(name, TEXT).to_sql(value))
    return tuple(cells)


def _type_value(field: Field, value: Value) -> TypedValue:
    if value is None:
        return TypedValue(field.type, None)
    return TypedValue(field.type, field.type.to_sql(value))


def _describe(explanation: Explanation, now: datetime) -> str:
    field = explanation.field
    source = explanation.source
    if explanation.fetched:
        source += f", asked {format_age(explanation.fetched, now)}"
    lines = [
        f"{field.name} of {explanation.slug}: {_format_value(field, explanation.value, now)}",
    ]
    lines += _lay_out_terms(explanation.terms)
    lines.append(f"  source    {source}")
    if explanation.since:
        since = f"{explanation.since:%Y-%m-%d} ({format_age(explanation.since, now)})"
        operation = f"operation {explanation.operation}: {explanation.command}"
        lines.append(f"  since     {since}, {operation}")
    if explanation.previous_since:
        previous = _format_value(field, explanation.previous, now)
        lines.append(f"  before    {previous}, since {explanation.previous_since:%Y-%m-%d}")
    if explanation.pinned:
        upstream_value = _format_value(field, explanation.upstream_value, now, unknown="nothing")
        lines.append(f"  pinned    yes; its source says {upstream_value}")
        command = f"'pkgcat edit {explanation.slug} --unpin {field.name}'"
        lines.append(f"            {command} gives it back to refresh")
    return "".join(f"{clean(line)}\n" for line in lines)


def _lay_out_terms(terms: Iterable[str]) -> list[str]:
    """Return a line for each term, their values under each other."""
    pairs = [term.partition(": ")[::2] for term in terms]
    width = max((len(name) for name, _ in pairs), default=0)
    return [f"    {name:<{width}}  {value}" for name, value in pairs]


def _format_value(field: Field, value: Value, now: datetime, unknown: str = "unknown") -> str:
    if value is None:
        return unknown
    stored = field.type.to_sql(value)
    if field.type is INTEGER:
        return field.type.to_short_text(stored, now)
    return field.type.to_text(stored) or unknown
