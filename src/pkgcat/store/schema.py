"""The tables, made by the numbered files of SQL in `migrations/`.

A file that has been released is never edited: the schema is changed by adding the next one.
sqlite-utils keeps the list of those that were applied.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlite_utils import Database, Migrations

from pkgcat.errors import BadCatalog
from pkgcat.store.derived import fill_derived_columns
from pkgcat.store.version import APPLICATION_ID, MIGRATIONS_FOLDER, VERSION


def migrate(connection: sqlite3.Connection, *, folder: Path = MIGRATIONS_FOLDER) -> None:
    """Bring a catalog to the newest schema inside the caller's transaction.

    What SQL cannot compute is filled in at the end. Raises BadCatalog where a newer pkgcat was
    quicker: the mark that it left must not be turned back.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise BadCatalog("a newer pkgcat has brought the catalog up to date; upgrade pkgcat")
    load_migrations(folder).apply(Database(connection))
    fill_derived_columns(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def make_tables(connection: sqlite3.Connection, version: int) -> None:
    """Make the tables of a version in an empty database."""
    later = [path.stem for path in _list_files(MIGRATIONS_FOLDER) if int(path.stem[:4]) > version]
    stop_before = _make_name(later[0]) if later else None
    load_migrations().apply(Database(connection), stop_before=stop_before)


def load_migrations(folder: Path = MIGRATIONS_FOLDER) -> Migrations:
    """Return the migrations of a folder: `0001_packages.sql` is named `m001_packages`."""
    migrations = Migrations("pkgcat")
    for file in _list_files(folder):
        migrations(name=_make_name(file.stem))(_make_migration(file))
    return migrations


def _list_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sql"))


def _make_name(stem: str) -> str:
    """Return the name under which sqlite-utils keeps the migration of a file."""
    number, _, topic = stem.partition("_")
    return f"m{int(number):03}_{topic}"


def _make_migration(file: Path) -> Callable[[Database], None]:
    def run_statements(database: Database) -> None:
        for statement in split_statements(file.read_text(encoding="utf-8")):
            database.execute(statement)

    return run_statements


def split_statements(script: str) -> Iterator[str]:
    """Yield the statements of a script, each of which ends with a line that ends with `;`.

    `Connection.executescript` is no choice: it commits the transaction that is open.
    """
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        statement = "\n".join(lines).strip()
        if sqlite3.complete_statement(statement):
            yield statement
            lines = []
