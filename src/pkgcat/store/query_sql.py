"""The queries that name packages, as SQL."""

from collections.abc import Iterator

from pkgcat.model.query import AllOf, Query, SortKey
from pkgcat.model.types import DATETIME
from pkgcat.store import state_sql
from pkgcat.store.condition_sql import Parameters, in_list, make_condition
from pkgcat.store.field_sql import orderable

_CATEGORY_JOIN = "LEFT JOIN categories c ON c.key = p.category"
_TABLES = f"packages p JOIN facts f ON f.key = p.key {_CATEGORY_JOIN}"
_FACTS_FIRST = f"facts f CROSS JOIN packages p ON p.key = f.key {_CATEGORY_JOIN}"
"""The same, beginning with an index of facts, which SQLite cannot know to be the shorter way."""
_SEARCH_FIRST = f"""search JOIN packages p ON p.key = search.rowid
    JOIN facts f ON f.key = p.key {_CATEGORY_JOIN}"""

_NAMES = ("p.title_key", "p.slug", "p.pypi_name")
"""What a package is called, in a form that `search.list_names` writes, too."""

_INDEXED_FACTS = ("repo_watchers", "last_updated")


def select(
    what: str, query: Query, *, order: str = "p.slug", having: str | None = None
) -> tuple[str, Parameters]:
    """Return the SQL, and its parameters, that asks `what` of the packages a query names."""
    parameters: Parameters = {
        "now": DATETIME.to_sql(query.now),
        "limit": -1 if query.limit is None else query.limit,
        "offset": query.offset,
    }
    conditions = ["p.removed = 0", *_conditions(query, parameters)]
    if having:
        conditions.append(having)
    tables = _TABLES
    if query.words is not None:
        tables = _SEARCH_FIRST
        conditions.append("search MATCH :words")
        parameters["words"] = query.words
        order = "search.rank"
        if query.names:
            order = f"{_rank_names(query, parameters)}, search.rank"
    elif _begins_with_facts(query):
        tables = _FACTS_FIRST
    if query.sort:
        order = ", ".join([*map(_sort_by, query.sort), "p.key"])
    chosen = f"{tables} WHERE {' AND '.join(conditions)}"
    in_order = f"ORDER BY {order} LIMIT :limit OFFSET :offset"
    if query.limit is None or query.words is not None:
        return f"SELECT {what} FROM {chosen} {in_order}", parameters
    # SQLite computes all columns of all rows before it sorts them: this way, of those few only.
    keys = f"SELECT p.key FROM {chosen} {in_order}"
    return f"SELECT {what} FROM {_TABLES} WHERE p.key IN ({keys}) ORDER BY {order}", parameters


def _rank_names(query: Query, parameters: Parameters) -> str:
    """Return SQL that is 0 for a package with one of the names asked for, 1 where one begins so.

    Prefixes are asked for as ranges: these are twice as fast as functions of each name.
    """
    is_name, begins_so = [], []
    for number, name in enumerate(query.names):
        parameters[f"name{number}"] = name
        parameters[f"end{number}"] = f"{name}\U0010ffff"
        for column in _NAMES:
            is_name.append(f"{column} = :name{number}")
            begins_so.append(f"({column} >= :name{number} AND {column} < :end{number})")
    return (
        f"CASE WHEN {' OR '.join(is_name)} THEN 0 WHEN {' OR '.join(begins_so)} THEN 1 ELSE 2 END"
    )


def _begins_with_facts(query: Query) -> bool:
    """Whether an index of facts is the best way in: an order or a mark asks for it.

    That is not so where something else names few packages.
    """
    for name in (query.key, query.category, query.grid, query.participant, *query.tags):
        if name is not None:
            return False
    if query.fetched_before or (query.sort and query.sort[0].field in _INDEXED_FACTS):
        return True
    return query.failing or bool(query.archived)


def _sort_by(key: SortKey) -> str:
    direction = "DESC" if key.descending else "ASC"
    return f"{orderable(key.field)} {direction} NULLS LAST"


def _conditions(query: Query, parameters: Parameters) -> Iterator[str]:
    """Yield the conditions of a query, and put what they compare with into the parameters."""
    yield from _name_conditions(query, parameters)
    yield from _mark_conditions(query, parameters)
    for tree in query.where:
        parts = tree.parts if isinstance(tree, AllOf) else (tree,)
        yield from (make_condition(part, parameters) for part in parts)


def _name_conditions(query: Query, parameters: Parameters) -> Iterator[str]:
    if query.key is not None:
        parameters["key"] = query.key
        yield "p.key = :key"
    if query.category is not None:
        parameters["category"] = query.category
        yield "p.category = (SELECT key FROM categories WHERE slug = :category AND removed = 0)"
    if query.grid is not None:
        parameters["grid"] = query.grid
        grid = "(SELECT key FROM grids WHERE slug = :grid AND removed = 0)"
        yield in_list("memberships", f"name = {grid}")
    if query.host is not None:
        parameters["host"] = query.host
        yield "f.repo_host = :host"
    if query.participant is not None:
        parameters["participant"] = query.participant
        yield in_list("participants", _is_named(query.participant, ":participant"))
    for number, tag in enumerate(query.tags):
        parameters[f"tag{number}"] = tag
        yield in_list("tags", _is_named(tag, f":tag{number}"))


def _mark_conditions(query: Query, parameters: Parameters) -> Iterator[str]:
    if query.archived is not None:
        yield "f.repo_archived = 1" if query.archived else "f.repo_archived IS NOT 1"
    if query.fetched_before is not None:
        parameters["fetched_before"] = DATETIME.to_sql(query.fetched_before)
        yield "coalesce(f.last_fetched, '') < :fetched_before"
    if query.failing:
        yield "f.error_count > 0"
    if query.pinned:
        yield "p.pinned <> '[]'"
    yield from state_sql.make_conditions(query, parameters)


def _is_named(name: str, parameter: str) -> str:
    """Return the condition of an item of this name, in any case: the index knows that of ASCII."""
    if name.isascii():
        return f"name = {parameter}"
    return f"fold_text(name) = fold_text({parameter})"
