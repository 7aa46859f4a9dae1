"""Conditions as SQL. Values are bound, never part of the text."""

from collections.abc import Iterable

from pkgcat.model.fields import FIELDS, Field
from pkgcat.model.folding import fold_text
from pkgcat.model.parsing import compact_json
from pkgcat.model.query import AllOf, Condition, ConditionTree, DeclaredSupport, Not, OneOf
from pkgcat.model.types import SqlValue, Value
from pkgcat.store.entities import ENTITIES
from pkgcat.store.field_sql import EXPRESSIONS, is_ascii, orderable, stored

Parameters = dict[str, SqlValue]

_ORDER = ("<", "<=", ">", ">=")


_ITEM_TABLES = {
    field: table
    for entity in ENTITIES.values()
    for table, field in entity.index_tables
    if field != "grids"
}
"""The tables that have the texts of lists, by field; grids stand there by key."""


def make_condition(tree: ConditionTree, parameters: Parameters) -> str:
    """Return the SQL of conditions, and put what they compare with into the parameters.

    It is true where they hold, and false or NULL where they do not.
    """
    if isinstance(tree, Condition):
        return _compare(tree, parameters)
    if isinstance(tree, OneOf):
        return _is_one_of(tree, parameters)
    if isinstance(tree, DeclaredSupport):
        return _declares(tree, parameters)
    if isinstance(tree, Not):
        return f"({make_condition(tree.part, parameters)}) IS NOT TRUE"
    connective = " AND " if isinstance(tree, AllOf) else " OR "
    parts = [make_condition(part, parameters) for part in tree.parts]
    return f"({connective.join(parts)})"


def bind(value: SqlValue, parameters: Parameters) -> str:
    """Put a value into the parameters; return the SQL that stands for it."""
    name = f"value{len(parameters)}"
    parameters[name] = value
    return f":{name}"


def bind_list(values: Iterable[str], parameters: Parameters) -> str:
    """Put values into the parameters as one; return the SQL of a list of them."""
    return f"(SELECT value FROM json_each({bind(compact_json(list(values)), parameters)}))"


def in_list(table: str, condition: str) -> str:
    """Return the SQL that is true where a package has an item in a table of items."""
    return f"p.key IN (SELECT package FROM {table} WHERE {condition})"


def _make_comparable(field: Field, value: Value) -> SqlValue:
    """Return what a field is compared with. A collection is asked for one item, a text."""
    if field.type.is_collection:
        return fold_text(str(value))
    return field.type.to_sort_key(field.type.to_sql(value))


def _compare(condition: Condition, parameters: Parameters) -> str:
    field = FIELDS[condition.field]
    if condition.value is None:
        return _is_unknown(field, negated=condition.operator != "=")
    expressions = EXPRESSIONS[field.type]
    if condition.operator == "~" and not field.type.is_collection:
        parameter = bind(fold_text(str(condition.value)), parameters)
        return f"instr({expressions.folded.format(sql=stored(field.name))}, {parameter}) > 0"
    if condition.operator in _ORDER:
        operator, bound = field.type.to_bound(condition.operator, condition.value)
        value = (expressions.bounded or expressions.comparable).format(sql=stored(field.name))
        return f"{value} {operator} {bind(bound, parameters)}{expressions.collation}"
    parameter = bind(_make_comparable(field, condition.value), parameters)
    if field.type.is_collection:
        has_item = _has_item(field, f"= {parameter}")
        return f"NOT {has_item}" if condition.operator == "!=" else has_item
    operator = "IS NOT" if condition.operator == "!=" else "="
    value = expressions.comparable.format(sql=stored(field.name))
    return f"{value} {operator} {parameter}{expressions.collation}"


def _is_one_of(condition: OneOf, parameters: Parameters) -> str:
    field = FIELDS[condition.field]
    names = [bind(_make_comparable(field, value), parameters) for value in condition.values]
    values = f"IN ({', '.join(names)})"
    if field.type.is_collection:
        return _has_item(field, values)
    expressions = EXPRESSIONS[field.type]
    value = expressions.comparable.format(sql=stored(field.name))
    return f"{value}{expressions.collation} {values}"


def _declares(support: DeclaredSupport, parameters: Parameters) -> str:
    first = bind(support.classifier, parameters)
    longer = bind(f"{support.classifier}.", parameters)
    end = bind(f"{support.classifier}/", parameters)  # / follows the dot
    declared = in_list("classifiers", f"name = {first} OR name >= {longer} AND name < {end}")
    admitting = bind_list(support.admitting, parameters)
    refusing = bind_list(support.refusing, parameters)
    parts = [
        f"({declared} OR f.pypi_requires_python IN {admitting})",
        f"(f.pypi_requires_python IN {refusing}) IS NOT TRUE",
    ]
    if support.refusing_classifier is not None:
        name = bind(support.refusing_classifier, parameters)
        parts.append(f"NOT {in_list('classifiers', f'name = {name}')}")
    return f"({' AND '.join(parts)})"


def _is_unknown(field: Field, *, negated: bool) -> str:
    if negated:
        return f"{orderable(field.name)} IS NOT NULL"
    return f"{orderable(field.name)} IS NULL"


def _has_item(field: Field, matches: str) -> str:
    """Return the SQL that is true where an item of a collection matches a folded text."""
    table = _ITEM_TABLES.get(field.name)
    if table is not None:
        # its index knows the case of ASCII; of other names there are few
        found = f"""SELECT package FROM {table} WHERE name {matches} AND {is_ascii("name")}
            UNION ALL SELECT package FROM {table} WHERE NOT {is_ascii("name")} AND fold_text(name) {matches}"""
        return f"p.key IN ({found})"
    item = EXPRESSIONS[field.type].item
    return f"EXISTS (SELECT 1 FROM json_each({stored(field.name)}) WHERE {item} {matches})"
