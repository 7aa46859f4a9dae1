"""Each field of the record as SQL: as stored, as shown, as JSON. And the queries made of them."""

from collections.abc import Callable, Iterable

from pkgcat.models import EMPTY, FIELDS, PINNABLE, Cell, Condition, Field, Query
from pkgcat.store.cells import cell

_WORDS = {
    "id",
    "title",
    "slug",
    "repo_url",
    "created",
    "modified",
    "pypi_url",
    "pypi_name",
    "notes",
    "tags",
} | {
    "replaced_by",
    "pinned",
}

# Django Packages' formula (its Package.calculate_score): stars, less a tenth of them for every three whole
# months since the last commit, less three tenths (1000 at most) without Python 3, and never below -500.
# Where no classifier is known nothing is taken off for Python 3.
_MONTHS = """max(0, (strftime('%Y', :now) - strftime('%Y', f.last_updated)) * 12
    + strftime('%m', :now) - strftime('%m', f.last_updated)
    - (substr(:now, 9) < substr(f.last_updated, 9)))"""
_SCORE = f"""CASE WHEN f.repo_watchers IS NOT NULL AND f.last_updated IS NOT NULL THEN max(-500, CAST(
    f.repo_watchers - ({_MONTHS}) / 3 * f.repo_watchers / 10.0
    - CASE WHEN f.pypi_classifiers = '[]'
        OR f.pypi_classifiers LIKE '%"Programming Language :: Python :: 3%' THEN 0
        ELSE min(f.repo_watchers * 3 / 10.0, 1000) END AS INTEGER)) END"""

_SPECIAL = {
    "category": "c.slug",
    "grids": """CASE p.grids WHEN '[]' THEN '[]' ELSE (SELECT json_group_array(g.slug) FROM
        (SELECT value FROM json_each(p.grids) ORDER BY key) j JOIN grids g ON g.key = j.value) END""",
    "documentation_url": "coalesce(nullif(p.documentation_url, ''), f.documentation_url)",
    "score": _SCORE,
    "state": """rtrim(CASE f.gone WHEN '[]' THEN '' ELSE 'gone ' END
        || CASE f.repo_archived WHEN 1 THEN 'archived ' ELSE '' END
        || CASE f.pypi_yanked WHEN 1 THEN 'yanked ' ELSE '' END
        || CASE WHEN f.pypi_vulnerabilities <> '[]' THEN 'vulnerable ' ELSE '' END
        || CASE WHEN f.error_count > 0 THEN 'failing ' ELSE '' END
        || CASE WHEN p.replaced_by IS NOT NULL THEN 'replaced ' ELSE '' END)""",
}
"""What is more than a column. `state` sums several up for tables; it is no field of the record."""

TABLES = "packages p JOIN facts f ON f.key = p.key LEFT JOIN categories c ON c.key = p.category"


_EXACT = {"documentation_url": "coalesce(nullif(p.documentation_url, ''), f.documentation_url, p.documentation_url)"}


def exact(name: str) -> str:
    """Return the SQL of a field's value as it came: times whole, and API v4's two empties apart."""
    return _EXACT.get(name) or stored(name)


FACTS_FIRST = "facts f CROSS JOIN packages p ON p.key = f.key LEFT JOIN categories c ON c.key = p.category"
"""The same, beginning with an index of facts, which SQLite cannot know to be the shorter way."""

_INDEXED = {"repo_watchers", "last_updated"}


def stored(name: str) -> str:
    """Return the SQL of a field's value."""
    return _SPECIAL.get(name) or f"{'p' if name in _WORDS else 'f'}.{name}"


def shown(name: str) -> str:
    """Return the SQL of a field's value for eyes and scripts: whole seconds, UTC."""
    if name == "behind_pins":
        return f"CASE f.behind_pins WHEN '{{}}' THEN '{{}}' ELSE json_replace(f.behind_pins{_BEHIND}) END"
    if name in FIELDS and FIELDS[name].kind == "datetime":
        return _whole_seconds(stored(name))
    return stored(name)


def _whole_seconds(sql: str) -> str:
    return f"substr({sql}, 1, 19) || 'Z'"


_BEHIND = "".join(
    f", '$.{name}', " + _whole_seconds(f"json_extract(f.behind_pins, '$.{name}')")
    for name in sorted(PINNABLE)
    if FIELDS[name].kind == "datetime"
)


def json_object(names: Iterable[str], sql_of: Callable[[str], str] = shown) -> str:
    """Return the SQL of a JSON object of these fields, each as `shown` or `exact`."""
    pairs = (f"'{name}', {_json(FIELDS[name], sql_of(name))}" for name in names)
    return f"json_object({', '.join(pairs)})"


def _json(field: Field, sql: str) -> str:
    if field.kind in EMPTY:
        return f"json({sql})"
    if field.kind == "bool":
        return f"CASE {sql} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END"
    return sql


def select(what: str, query: Query, *, order: str = "p.slug", having: str | None = None) -> tuple[str, dict[str, Cell]]:
    """Return the SQL, and its parameters, that asks `what` of the packages a query names."""
    limit = -1 if query.limit is None else query.limit
    parameters: dict[str, Cell] = {"now": cell(query.now), "limit": limit, "offset": query.offset}
    conditions = ["p.removed = 0", *_conditions(query, parameters)]
    conditions += [having] if having else []
    tables = FACTS_FIRST if _led_by_facts(query) else TABLES
    if query.words is not None:
        tables = f"search JOIN {TABLES.replace('facts f ON', 'facts f ON p.key = search.rowid AND')}"
        conditions.append("search MATCH :words")
        parameters["words"], order = query.words, "search.rank"
    if query.sort:
        direction = "DESC" if query.descending else "ASC"
        order = f"{_orderable(query.sort)} {direction} NULLS LAST, p.key"
    sql = f"""SELECT {what} FROM {tables} WHERE {" AND ".join(conditions)}
        ORDER BY {order} LIMIT :limit OFFSET :offset"""
    return sql, parameters


def _led_by_facts(query: Query) -> bool:
    """Whether an index of facts is the best way in: nothing names few packages, and an order or a state does."""
    few = (query.key, query.category, query.grid, query.participant, query.words, *query.tags)
    led = query.sort in _INDEXED or query.fetched_before or query.failing or query.archived
    return bool(led) and not any(value is not None for value in few)


def _orderable(name: str) -> str:
    """Return what to sort by: an empty list or text is unknown, and unknown sorts last."""
    plain = FIELDS[name].kind in ("int", "bool", "datetime")
    return stored(name) if plain else f"nullif({stored(name)}, '{EMPTY.get(FIELDS[name].kind, '')}')"


def _conditions(query: Query, parameters: dict[str, Cell]) -> Iterable[str]:
    if query.key is not None:
        parameters["key"] = query.key
        yield "p.key = :key"
    given: dict[str, tuple[str, Cell]] = {
        "category": (
            "p.category = (SELECT key FROM categories WHERE slug = :category AND removed = 0)",
            query.category,
        ),
        "grid": (
            _listed("memberships", "(SELECT key FROM grids WHERE slug = :grid AND removed = 0)"),
            query.grid,
        ),
        "host": ("f.repo_host = :host", query.host),
        "participant": (_listed("participants", ":participant"), query.participant),
    }
    for name, (condition, value) in given.items():
        if value is not None:
            parameters[name] = value
            yield condition
    for number, tag in enumerate(query.tags):
        parameters[f"tag{number}"] = tag
        yield _listed("tags", f":tag{number}")
    if query.archived is not None:
        yield "f.repo_archived = 1" if query.archived else "f.repo_archived IS NOT 1"
    if query.fetched_before is not None:
        parameters["fetched_before"] = cell(query.fetched_before)
        yield "coalesce(f.last_fetched, '') < :fetched_before"
    if query.failing:
        yield "f.error_count > 0"
    if query.pinned:
        yield "p.pinned <> '[]'"
    for number, comparison in enumerate(query.where):
        name = f"where{number}"
        parameters[name] = cell(comparison.value)
        yield _compared(comparison, f":{name}")


def _listed(table: str, item: str) -> str:
    return f"p.key IN (SELECT package FROM {table} WHERE name = {item})"


def _compared(condition: Condition, mark: str) -> str:
    field = FIELDS[condition.field]
    sql = stored(field.name)
    listed = field.kind in EMPTY
    if condition.value is None:
        unknown = f"nullif({sql}, '{EMPTY.get(field.kind, '')}') IS NULL"
        return unknown if condition.operator == "=" else f"NOT ({unknown})"
    if listed:
        item = "key" if field.kind == "facts" else "value"
        has = f"EXISTS (SELECT 1 FROM json_each({sql}) WHERE {item} = {mark} COLLATE NOCASE)"
        return f"NOT {has}" if condition.operator == "!=" else has
    if condition.operator == "~":
        return f"instr(lower({sql}), lower({mark})) > 0"
    collation = " COLLATE NOCASE" if field.kind == "str" else ""
    operator = "IS NOT" if condition.operator == "!=" else condition.operator
    return f"{_comparable(field, sql)} {operator} {mark}{collation}"


def _comparable(field: Field, sql: str) -> str:
    """Cut microseconds off, so that `= 2026-02-15` style values meet what the user sees."""
    return sql if field.kind != "datetime" else f"substr({sql}, 1, 19) || '.000000Z'"
