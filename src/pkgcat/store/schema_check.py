"""Whether the tables, indexes, triggers and views of a file are those of this version.

What they are is written in `schema.sql`, since making them anew costs a quarter of a start.
"""

import re
import sqlite3
from functools import cache
from pathlib import Path

from pkgcat.errors import BadCatalog
from pkgcat.store.version import VERSION

Schema = dict[tuple[str, str], str | None]
"""The SQL of each object, by its type and name. None: a library wrote it, in words of its own."""

SCHEMA_FILE = Path(__file__).with_name("schema.sql")

_HEADING = re.compile(r"^--- (\w+) (\w+)\n", re.MULTILINE)
_TABLES_OF_LIBRARIES = re.compile(r"_sqlite_migrations|search_(config|data|docsize|idx)")
_TABLES_OF_SQLITE = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4")
"""Tables that SQLite adds, for instance where a user runs ANALYZE."""


def check_schema(connection: sqlite3.Connection, path: Path, version: int = VERSION) -> None:
    """Raise BadCatalog where a file has another schema than this version of it."""
    found = read_schema(connection)
    if version == VERSION and found == _read_schema_file():
        return
    expected = make_schema(version)  # an older one, or one that is being developed
    for kind, name in sorted(expected.keys() | found.keys()):
        if found.get((kind, name), "") != expected.get((kind, name), ""):
            raise BadCatalog(
                f"{path} is not a catalog that pkgcat made: its {kind} {name} is missing or another; "
                "name another file with --db"
            )


def read_schema(connection: sqlite3.Connection) -> Schema:
    """Return the schema of an open file."""
    schema: Schema = {}
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_schema"):
        is_automatic = kind == "index" and sql is None
        if is_automatic or (kind == "table" and name in _TABLES_OF_SQLITE):
            continue
        if kind == "table" and _TABLES_OF_LIBRARIES.fullmatch(name):
            sql = None  # noqa: PLW2901  # differs from one version of the library to the next
        schema[kind, name] = sql
    return schema


def write_schema(schema: Schema) -> str:
    """Return the text of `schema.sql`."""
    parts = []
    for (kind, name), sql in sorted(schema.items()):
        parts.append(f"--- {kind} {name}\n{sql or ''}\n")
    return "\n".join(parts)


@cache
def _read_schema_file() -> Schema:
    _, *parts = _HEADING.split(SCHEMA_FILE.read_text(encoding="utf-8"))
    schema: Schema = {}
    for kind, name, sql in zip(parts[0::3], parts[1::3], parts[2::3], strict=True):
        schema[kind, name] = sql.strip() or None
    return schema


def make_schema(version: int) -> Schema:
    """Return the schema that the migrations make up to a version."""
    from pkgcat.store.schema import make_tables  # with sqlite-utils

    connection = sqlite3.connect(":memory:", isolation_level=None)
    make_tables(connection, version)
    schema = read_schema(connection)
    connection.close()
    return schema
