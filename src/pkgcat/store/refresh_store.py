"""What refresh reads and writes: facts, and what it needs to ask less next time. Never what
a person wrote.
"""

import sqlite3
from datetime import datetime
from json import dumps
from typing import NamedTuple

from pkgcat.model import addresses
from pkgcat.model.change import Change
from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import PYPI, UNKNOWN, Origin
from pkgcat.model.parsing import load_stored_json
from pkgcat.model.query import Query
from pkgcat.model.source_data import Validators
from pkgcat.model.types import DATETIME, TEXT_LIST, SqlValue, Values
from pkgcat.store import Store, edits
from pkgcat.store.ask import select_in
from pkgcat.store.operation import Operation

DAYS_MISSING = 3
"""On so many different days a thing must be missing before it counts as gone."""

SOURCES = ("repository", "pypi")
_BUILT_ON = ("commits_over_52", "pypi_status")
_HAS_ADDRESS = "(p.repo_url IS NOT NULL OR p.pypi_name IS NOT NULL)"
_COLUMNS_OF_A_MOVE = {"repo_url", "repo_key", "rev"}
_WRITES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_UPDATE}
_USER_TABLES = {"packages", "categories", "grids", "tags", "memberships"}


class RefreshTarget(NamedTuple):
    """A package to refresh: its addresses, what a source builds on, and what was remembered
    of each source.
    """

    key: int
    slug: str
    repo_url: str | None
    repo_host: str | None
    pypi_name: str | None
    values: Values
    memories: dict[str, str]


class SourceUpdate(NamedTuple):
    """What a source told of a package. It gets `memory` and `validators` back the next time."""

    source: str
    values: Values
    memory: str
    validators: tuple[Validators, ...] = ()
    moved_to: str | None = None


class SourceFailure(NamedTuple):
    """Why a source told nothing."""

    source: str
    error: str
    missing: bool = False


class StoredRefresh(NamedTuple):
    """What became of a package: which fields changed, and which of its sources are gone by now."""

    changes: list[Change]
    gone: tuple[str, ...]


def guard(store: Store) -> None:
    """Make this connection unable to write what a person wrote, whatever the code above does.

    Only a repository's new address is let through: a host that moves one is followed.
    """

    store.connection.set_authorizer(_authorize)


def _authorize(
    action: int, table: str | None, column: str | None, _database: str | None, _by: str | None
) -> int:
    """Allow or deny what SQLite is about to do: https://www.sqlite.org/c3ref/set_authorizer.html."""
    if action not in _WRITES or table not in _USER_TABLES:
        return sqlite3.SQLITE_OK
    if table == "packages" and column in _COLUMNS_OF_A_MOVE:  # of an UPDATE; others name no column
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def due_keys(store: Store, query: Query) -> list[int]:
    """Return the keys of the packages a query names that have an address, the longest untried
    first.
    """
    sql, parameters = select_in(
        store, "p.key", query, order="coalesce(f.last_tried, ''), p.key", having=_HAS_ADDRESS
    )
    return [row[0] for row in store.rows(sql, parameters)]


def shared_repositories(store: Store) -> dict[int, str]:
    """Return the repositories that several packages share, by the keys of these packages."""
    sql = """SELECT key, repo_key FROM packages WHERE removed = 0 AND repo_key IN
        (SELECT repo_key FROM packages WHERE removed = 0 AND repo_key IS NOT NULL
        GROUP BY repo_key HAVING count(*) > 1)"""
    return dict(store.rows(sql).fetchall())


def due(store: Store, key: int) -> RefreshTarget:
    """Return a package as refresh needs it."""
    columns = ", ".join(_BUILT_ON)
    sql = f"""SELECT p.slug, p.repo_url, f.repo_host, p.pypi_name, f.upstream_values, {columns}
        FROM packages p JOIN facts f ON f.key = p.key WHERE p.key = ?"""
    slug, repo_url, host, name, upstream_values, *built_on = store.rows(sql, (key,)).fetchone()
    stored = dict(zip(_BUILT_ON, built_on, strict=True))
    stored |= edits.read_upstream_values(upstream_values)  # a pinned fact is not what was told
    values: Values = {field: FIELDS[field].type.from_sql(stored[field]) for field in _BUILT_ON}
    sql = "SELECT source, memory FROM refresh_sources WHERE package = ?"
    memories = dict(store.rows(sql, (key,)).fetchall())
    return RefreshTarget(key, slug, repo_url, host, name, values, memories)


def record(
    operation: Operation,
    key: int,
    updates: list[SourceUpdate],
    failures: list[SourceFailure],
    at: datetime,
    *,
    complete: bool,
) -> StoredRefresh:
    """Store what the sources of a package told, and why others did not.

    The facts of a source that failed stay. `last_fetched` moves only where nothing failed; a package
    that is not `complete`, since a limit kept a source from being asked, stays at the head of the
    queue.
    """
    store = operation.store
    changes: list[Change] = []
    origins = _find_origins(store, key)
    for update in updates:
        origin = origins[update.source]
        changes += _follow_move(operation, key, update.moved_to, origin)
        changes += _store_facts(operation, key, update.values, origin)
        _store_memory(store, key, update)
    for failure in failures:
        _record_missing(store, key, failure, at)
    gone = _find_gone(store, key)
    reached: list[SourceUpdate | SourceFailure] = [*updates, *failures]
    origin = UNKNOWN
    if reached:
        origin = origins[reached[0].source]
    changes += operation.change("facts", key, {"gone": TEXT_LIST.to_sql(gone)}, origin=origin)
    if failures or complete:
        _update_status(store, key, failures, at, asked=bool(updates))
    return StoredRefresh(changes, gone)


def _find_gone(store: Store, key: int) -> tuple[str, ...]:
    """Return the sources in which a package was missing on so many days that it counts as gone."""
    gone = []
    for source in SOURCES:
        if len(_read_missing_days(store, key, source)) >= DAYS_MISSING:
            gone.append(source)
    return tuple(gone)


def note_attempt(store: Store, key: int, at: datetime) -> None:
    """Note that a package was tried, so that the next run begins with others: nothing is known of
    what came of it.
    """
    store.rows("UPDATE facts SET last_tried = ? WHERE key = ?", (DATETIME.to_sql(at), key))


def find_validators(store: Store, request: str) -> Validators | None:
    """Return the validators of a request's last answer, or None."""
    sql = "SELECT request, etag, last_modified FROM validators WHERE request = ?"
    row = store.rows(sql, (request,)).fetchone()
    if row is None:
        return None
    return Validators(*row)


def note_repository_origin(operation: Operation, key: int, origin: Origin) -> None:
    """Log who told the address of a new package's repository, if not whoever told the rest."""
    address = operation.store.value("SELECT repo_url FROM packages WHERE key = ?", (key,))
    if address is not None:
        operation.note_origin("packages", key, Change("repo_url", None, address), origin)


def _find_origins(store: Store, key: int) -> dict[str, Origin]:
    """Return the host of each source of a package, as the origin of what it tells."""
    origins = {"repository": UNKNOWN, "pypi": PYPI}
    address = store.value("SELECT repo_url FROM packages WHERE key = ?", (key,))
    if address:
        found = addresses.repository(address)
        if found is not None:
            origins["repository"] = Origin("host", found.host)
    return origins


def _follow_move(
    operation: Operation, key: int, moved_to: str | None, origin: Origin
) -> list[Change]:
    """Store a repository's new address."""
    if moved_to is None:
        return []
    columns: dict[str, SqlValue] = {
        "repo_url": moved_to,
        "repo_key": addresses.repository_key(moved_to, operation.store.host_kinds),
    }
    changes = operation.change("packages", key, columns, origin=origin)
    return [change for change in changes if change.field == "repo_url"]


def _store_facts(operation: Operation, key: int, values: Values, origin: Origin) -> list[Change]:
    """Store facts; one that is pinned waits behind the person's value."""
    pins = edits.read_pins(operation.store, key)
    facts: dict[str, SqlValue] = {}
    for name, given in values.items():
        facts[name] = FIELDS[name].type.to_sql(given)
    hidden = {name: facts.pop(name) for name in pins.names if name in facts}
    if hidden:
        facts |= edits.dump_upstream_values({**pins.upstream_values, **hidden})
    changes = operation.change("facts", key, facts, origin=origin)
    return [change for change in changes if change.field != "upstream_values"]


def _store_memory(store: Store, key: int, update: SourceUpdate) -> None:
    sql = """INSERT INTO refresh_sources (package, source, memory) VALUES (?, ?, ?)
        ON CONFLICT (package, source)
            DO UPDATE SET memory = excluded.memory, missing = '[]', error = NULL"""
    store.rows(sql, (key, update.source, update.memory))
    has_news = False
    for validators in update.validators:
        if find_validators(store, validators.request) != validators:
            has_news = True
            _store_validators(store, validators)
    if has_news:
        _clear_memories_of_sharers(store, key, update.source)


def _store_validators(store: Store, validators: Validators) -> None:
    sql = """INSERT INTO validators (request, etag, last_modified) VALUES (?, ?, ?)
        ON CONFLICT (request)
            DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified"""
    store.rows(sql, (validators.request, validators.etag, validators.last_modified))


def _clear_memories_of_sharers(store: Store, key: int, source: str) -> None:
    """Let packages that share a repository or a project with this one be asked for anew.

    The validators are those of an answer that they have not got: 'unchanged' would be wrong.
    """
    column = {"repository": "repo_key", "pypi": "pypi_name"}[source]
    store.rows(
        f"""UPDATE refresh_sources SET memory = '{{}}' WHERE source = ? AND package IN
            (SELECT other.key FROM packages p JOIN packages other ON other.{column} = p.{column}
            WHERE p.key = ? AND other.key <> p.key AND other.removed = 0)""",
        (source, key),
    )


def _record_missing(store: Store, key: int, failure: SourceFailure, at: datetime) -> None:
    """Note a failure; days on which the thing was missing are counted, other failures break
    no row of them.
    """
    days = _read_missing_days(store, key, failure.source)
    if failure.missing:
        days.add(at.date().isoformat())
    sql = """INSERT INTO refresh_sources (package, source, missing, error) VALUES (?, ?, ?, ?)
        ON CONFLICT (package, source)
            DO UPDATE SET missing = excluded.missing, error = excluded.error"""
    store.rows(sql, (key, failure.source, dumps(sorted(days)), failure.error))


def _read_missing_days(store: Store, key: int, source: str) -> set[str]:
    """Return the days (ISO 8601) on which a source had no such thing."""
    sql = "SELECT missing FROM refresh_sources WHERE package = ? AND source = ?"
    missing = store.value(sql, (key, source))
    if not missing:
        return set()
    return set(map(str, load_stored_json(missing, list)))


def _update_status(
    store: Store, key: int, failures: list[SourceFailure], at: datetime, *, asked: bool
) -> None:
    """Move the state of a package: when it was tried, when it worked, what failed. History
    has no need of it.
    """
    now = DATETIME.to_sql(at)
    if failures:
        error = "; ".join(failure.error for failure in failures)
        sql = """UPDATE facts SET last_tried = :now, last_error = :error, last_error_at = :now,
            error_count = error_count + 1 WHERE key = :key"""
    else:
        error = None
        sql = """UPDATE facts SET last_tried = :now,
            last_fetched = CASE WHEN :asked THEN :now ELSE last_fetched END, last_error = NULL, last_error_at = NULL, error_count = 0 WHERE key = :key"""
    store.rows(sql, {"now": now, "error": error, "key": key, "asked": asked})
