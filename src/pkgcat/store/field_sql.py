"""Types and fields of the record as SQL."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pkgcat.model.decision import DECISION, DECISIONS
from pkgcat.model.fields import FACT_NAMES, FACT_VALUES, FIELDS, PINNABLE
from pkgcat.model.states import STATE_REASONS
from pkgcat.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    GROUP_REFERENCE,
    GROUP_REFERENCE_LIST,
    IDENTIFIER,
    INTEGER,
    INTEGER_LIST,
    SLUG,
    TEXT,
    TEXT_LIST,
    TITLE,
    URL,
    VERSION,
    FieldType,
)
from pkgcat.store import score_sql, state_sql


class SqlExpressions(NamedTuple):
    """How a type's values are asked for in SQL; `{sql}` stands for the stored value.

    `shown` is for eyes and scripts. `comparable` meets a condition's value, `collation` follows
    that; `bounded` meets what the type's `to_bound` makes of it, so that an index can be used;
    empty: as `comparable`. `orderable` is NULL where the value is unknown, so that unknown sorts last. `folded` is
    the text that `~` looks into. `item` is the text of what a collection has: the `value` or `key`
    of json_each. `shape` is true where a value that is known is one of the type, as files come from
    others, too; empty: the column's own type, which STRICT tables enforce, is enough.
    """

    shown: str = "{sql}"
    json: str = "{sql}"
    comparable: str = "{sql}"
    bounded: str = ""
    orderable: str = "{sql}"
    collation: str = ""
    folded: str = "fold_text({sql})"
    item: str = ""
    shape: str = ""


_WHOLE_SECONDS = "substr({sql}, 1, 19) || 'Z'"
_SLUG = SqlExpressions(
    collation=" COLLATE NOCASE",
    shape="{sql} NOT GLOB '*[^-_a-zA-Z0-9]*' AND length({sql}) BETWEEN 1 AND 50",
)
_TEXT = SqlExpressions(comparable="fold_text({sql})", orderable="fold_text(nullif({sql}, ''))")


def is_ascii(column: str) -> str:
    """Return the SQL that is true of a text of ASCII alone, which SQLite itself can fold."""
    return f"length({column}) = length(CAST({column} AS BLOB))"


def _fold_item(column: str) -> str:
    """Return the SQL of a folded item: `fold_text` is a call of Python, so only where it must be."""
    return f"CASE WHEN {is_ascii(column)} THEN lower({column}) ELSE fold_text({column}) END"


_LIST = SqlExpressions(
    json="json({sql})",
    orderable="nullif({sql}, '[]')",
    item=_fold_item("value"),
    shape="""{sql} = '[]' OR {sql} GLOB '[[]"*"]' AND {sql} NOT GLOB '*",[^"]*'
        OR json_type({sql}) = 'array'
            AND NOT EXISTS (SELECT 1 FROM json_each({sql}) WHERE type <> 'text')""",
)
"""Most lists are told from their characters: of an item that is no text the first one follows `",`.
What is no JSON at all fails where it is used.
"""
_NUMBERS_SHAPE = (
    "{sql} = '[]' OR {sql} GLOB '[[]*]' AND ltrim(substr({sql}, 2), ',0123456789]') = ''"
)
_NUMBER = SqlExpressions()
_DIGIT = "[0-9]"
_DATETIME_PATTERN = (
    f"{_DIGIT * 4}-{_DIGIT * 2}-{_DIGIT * 2}T{_DIGIT * 2}:{_DIGIT * 2}:{_DIGIT * 2}.{_DIGIT * 6}Z"
)


def _show_fact_values() -> str:
    """Return SQL that cuts the times in an object of facts to whole seconds."""
    replacements = ""
    for name in sorted(PINNABLE):
        if FIELDS[name].type is DATETIME:
            value = f"json_extract({{sql}}, '$.{name}')"
            replacements += f", '$.{name}', {_WHOLE_SECONDS.format(sql=value)}"
    return (
        f"CASE {{sql}} WHEN '{{{{}}}}' THEN '{{{{}}}}' ELSE json_replace({{sql}}{replacements}) END"
    )


EXPRESSIONS: dict[FieldType, SqlExpressions] = {
    TEXT: _TEXT,
    SLUG: _SLUG,
    TITLE: SqlExpressions(comparable="{sql}_key", orderable="{sql}_key", folded="{sql}_key"),
    VERSION: SqlExpressions(comparable="{sql}_key", orderable="{sql}_key"),
    URL: _TEXT,
    GROUP_REFERENCE: _SLUG,
    INTEGER: _NUMBER,
    IDENTIFIER: _NUMBER,
    BOOLEAN: SqlExpressions(
        json="CASE {sql} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END",
        shape="{sql} IN (0, 1)",
    ),
    DATETIME: SqlExpressions(
        shown=_WHOLE_SECONDS,
        comparable="substr({sql}, 1, 19) || '.000000Z'",
        bounded="{sql}",
        shape=f"{{sql}} GLOB '{_DATETIME_PATTERN}'",
    ),
    TEXT_LIST: _LIST,
    GROUP_REFERENCE_LIST: _LIST,
    INTEGER_LIST: _LIST._replace(shape=_NUMBERS_SHAPE),
    STATE_REASONS: _LIST,
    DATE: SqlExpressions(shape=f"{{sql}} GLOB '{_DIGIT * 4}-{_DIGIT * 2}-{_DIGIT * 2}'"),
    DECISION: _TEXT._replace(shape=f"{{sql}} IN {DECISIONS}"),
    FACT_NAMES: _LIST,
    FACT_VALUES: SqlExpressions(
        shown=_show_fact_values(),
        json="json({sql})",
        orderable="nullif({sql}, '{{}}')",
        item=_fold_item("key"),
        shape="{sql} = '{{}}' OR json_type({sql}) = 'object'",
    ),
}
"""The one place outside model/types/ that tells types apart."""

_COMPUTED = {
    "category": "c.slug",
    "grids": """CASE p.grids WHEN '[]' THEN '[]' ELSE (SELECT json_group_array(g.slug) FROM
        (SELECT value FROM json_each(p.grids) ORDER BY key) j JOIN grids g ON g.key = j.value) END""",
    "documentation_url": "coalesce(nullif(p.documentation_url, ''), f.documentation_url)",
    "score": score_sql.SCORE,
    "state": state_sql.STATE,
    "state_reasons": state_sql.REASONS,
}
"""What is more than a column."""

_STORED_AS: dict[str, tuple[FieldType, str]] = {
    "category": (SLUG, "c.slug"),
    "grids": (INTEGER_LIST, "p.grids"),
}
"""What is stored otherwise than the record has it: its type, and its SQL."""

_EXACT = {
    "documentation_url": """coalesce(nullif(p.documentation_url, ''), f.documentation_url,
        p.documentation_url)"""
}
"""What is asked for otherwise where nothing may be lost: API v4's two empties are kept apart."""


def stored(name: str) -> str:
    """Return the SQL of a field's value."""
    if name in _COMPUTED:
        return _COMPUTED[name]
    alias = "p" if FIELDS[name].table == "packages" else "f"
    return f"{alias}.{name}"


def shown(name: str) -> str:
    """Return the SQL of a field's value for eyes and scripts: whole seconds, UTC."""
    return EXPRESSIONS[FIELDS[name].type].shown.format(sql=stored(name))


def exact(name: str) -> str:
    """Return the SQL of a field's value as it came: microseconds, and API v4's two empties."""
    return _EXACT.get(name) or stored(name)


def has_shape(names: Iterable[str]) -> str:
    """Return the SQL that is 1 where the slug and these fields hold what their types allow.

    In a WHEN SQLite evaluates of AND and OR no more than it needs.
    """
    shapes = []
    for name in sorted({"slug", *names} & FIELDS.keys()):
        if name in _STORED_AS:
            type_, sql = _STORED_AS[name]
        elif name in _COMPUTED:
            continue
        else:
            type_, sql = FIELDS[name].type, stored(name)
        shape = EXPRESSIONS[type_].shape.format(sql=sql)
        if shape:
            shapes.append(f"({sql} IS NULL OR {shape})")
    return f"CASE WHEN {' AND '.join(shapes)} THEN 1 ELSE 0 END"


def json_object(names: Iterable[str], sql_of: Callable[[str], str] = shown) -> str:
    """Return the SQL of a JSON object of these fields, each as `shown` or `exact`."""
    pairs = []
    for name in names:
        value = EXPRESSIONS[FIELDS[name].type].json.format(sql=sql_of(name))
        pairs.append(f"'{name}', {value}")
    return f"json_object({', '.join(pairs)})"


def orderable(name: str) -> str:
    """Return the SQL of what a field is sorted by: NULL where its value is unknown."""
    return EXPRESSIONS[FIELDS[name].type].orderable.format(sql=stored(name))
