"""What refresh reads and writes: facts, and what it needs to ask less next time. Never a person's words."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from json import dumps, loads
from typing import NamedTuple

from pkgcat import urls
from pkgcat.errors import Conflict
from pkgcat.models import FIELDS, Cell, Change, Query, Values
from pkgcat.store import Operation, Store, edits
from pkgcat.store.cells import cell, value
from pkgcat.store.columns import select

STRIKES = 3
"""On so many different days a thing must be missing before it counts as gone."""

HALVES = ("repository", "pypi")
_BUILT_ON = ("commits_over_52", "participants", "pypi_status")
_MINE = {"repo_url", "repo_key", "rev"}
_WORDS = {"packages", "categories", "grids", "tags", "memberships"}


class Due(NamedTuple):
    """A package to refresh: its addresses, what a source builds on, and what was remembered of each half."""

    key: int
    slug: str
    repo_url: str | None
    repo_host: str | None
    pypi_name: str | None
    values: Values
    memories: dict[str, str]


class Told(NamedTuple):
    """What a source told of one half. `memory` and `stamps` come back to it next time."""

    half: str
    values: Values
    memory: str
    stamps: tuple[tuple[str, str | None, str | None], ...] = ()
    moved_to: str | None = None


class Trouble(NamedTuple):
    """Why one half could not be refreshed."""

    half: str
    error: str
    missing: bool = False


class Stored(NamedTuple):
    """What became of a package: which fields changed, and which halves are gone by now."""

    changes: list[Change]
    gone: tuple[str, ...]


def guard(store: Store) -> None:
    """Make this connection unable to write a person's words, whatever the code above does.

    Only a repository's new address is let through: a host that moves one is followed.
    """

    def allowed(action: int, table: str | None, column: str | None, _database: str | None, _by: str | None) -> int:
        if table not in _WORDS or action not in (
            sqlite3.SQLITE_INSERT,
            sqlite3.SQLITE_DELETE,
            sqlite3.SQLITE_UPDATE,
        ):
            return sqlite3.SQLITE_OK
        moves = action == sqlite3.SQLITE_UPDATE and table == "packages" and column in _MINE
        return sqlite3.SQLITE_OK if moves else sqlite3.SQLITE_DENY

    store.connection.set_authorizer(allowed)


def due_keys(store: Store, query: Query) -> list[int]:
    """Return the keys of the packages a query names that have an address, the longest untried first."""
    sql, parameters = select("p.key", query, order="coalesce(f.last_tried, ''), p.key", having=_ASKABLE)
    return [row[0] for row in store.rows(sql, parameters)]


_ASKABLE = "(p.repo_url IS NOT NULL OR p.pypi_name IS NOT NULL)"


def due(store: Store, key: int) -> Due:
    """Return a package as refresh needs it."""
    sql = f"""SELECT p.slug, p.repo_url, f.repo_host, p.pypi_name, f.behind_pins, {", ".join(_BUILT_ON)}
        FROM packages p JOIN facts f ON f.key = p.key WHERE p.key = ?"""
    slug, repo_url, host, name, behind, *built_on = store.rows(sql, (key,)).fetchone()
    told = dict(zip(_BUILT_ON, built_on, strict=True)) | edits.behind_pins(behind)  # a pin hides what was told
    values: Values = {field: value(FIELDS[field].kind, told[field]) for field in _BUILT_ON}
    memories = dict(store.rows("SELECT half, memory FROM halves WHERE package = ?", (key,)).fetchall())
    return Due(key, slug, repo_url, host, name, values, memories)


def record(
    operation: Operation, key: int, told: list[Told], troubles: list[Trouble], at: datetime, *, complete: bool
) -> Stored:
    """Store what the halves of a package told, and why others did not.

    A half that failed keeps every value. `last_fetched` moves only where nothing failed; a package
    that is not `complete`, since a limit kept a half from being asked, stays at the head of the queue.
    """
    store = operation.store
    changes: list[Change] = []
    for half in told:
        try:
            changes += _follow(operation, key, half.moved_to)
        except Conflict as error:
            troubles = [*troubles, Trouble(half.half, f"it moved to {half.moved_to}: {error}")]
            continue
        changes += _learn(operation, key, half.values)
        _remember(store, key, half)
    for trouble in troubles:
        _strike(store, key, trouble, at)
    gone = tuple(half for half in HALVES if _strikes(store, key, half) >= STRIKES)
    changes += operation.change("facts", key, {"gone": cell(gone)})
    if troubles or complete:
        _mark(store, key, troubles, at, asked=bool(told))
    return Stored(changes, gone)


def stamp(store: Store, request: str) -> tuple[str | None, str | None] | None:
    """Return the validators (ETag, Last-Modified) of a request's last answer."""
    row: tuple[str | None, str | None] | None = store.rows(
        "SELECT etag, modified FROM stamps WHERE request = ?", (request,)
    ).fetchone()
    return row


def host_kinds(store: Store) -> dict[str, str | None]:
    """Return what is known of hosts that had to be asked what they are; None: nothing pkgcat speaks."""
    return dict(store.rows("SELECT host, kind FROM hosts").fetchall())


def remember_host(store: Store, host: str, kind: str | None) -> None:
    """Keep what a host turned out to be."""
    sql = "INSERT INTO hosts (host, kind) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET kind = excluded.kind"
    with store.transaction():
        store.rows(sql, (host, kind))


def quotas_left(store: Store, now: datetime) -> dict[str, list[tuple[str, int, str]]]:
    """Return what hosts had left when they were last asked: bucket, requests, and until when that holds."""
    sql = "SELECT host, bucket, remaining, resets FROM quotas WHERE resets > ? ORDER BY host, bucket"
    left: dict[str, list[tuple[str, int, str]]] = {}
    for host, *quota in store.rows(sql, (cell(now),)):
        left.setdefault(host, []).append((quota[0], quota[1], quota[2]))
    return left


def remember_quotas(store: Store, quotas: Iterable[tuple[str, str, int, datetime]]) -> None:
    """Keep what hosts said they have left: host, bucket, requests, and when they count anew."""
    sql = """INSERT INTO quotas (host, bucket, remaining, resets) VALUES (?, ?, ?, ?)
        ON CONFLICT (host, bucket) DO UPDATE SET remaining = excluded.remaining, resets = excluded.resets"""
    with store.transaction():
        for host, bucket, remaining, resets in quotas:
            store.rows(sql, (host, bucket, remaining, cell(resets)))


def _follow(operation: Operation, key: int, moved_to: str | None) -> list[Change]:
    """Store a repository's new address; raise Conflict where another package has it."""
    if moved_to is None:
        return []
    words: dict[str, Cell] = {"repo_url": moved_to, "repo_key": urls.repository_key(moved_to)}
    edits.check_free(operation.store, words, key)
    changes = operation.change("packages", key, words)
    return [change for change in changes if change.field == "repo_url"]


def _learn(operation: Operation, key: int, values: Values) -> list[Change]:
    """Store facts; one that is pinned waits behind the person's value."""
    pinned, behind = edits.pins(operation.store, key)
    facts: dict[str, Cell] = {name: cell(given) for name, given in values.items()}
    hidden = {name: facts.pop(name) for name in pinned if name in facts}
    if hidden:
        facts |= edits.aside({**behind, **hidden})
    changes = operation.change("facts", key, facts)
    return [change for change in changes if change.field != "behind_pins"]


def _remember(store: Store, key: int, half: Told) -> None:
    store.rows(
        """INSERT INTO halves (package, half, memory) VALUES (?, ?, ?)
        ON CONFLICT (package, half) DO UPDATE SET memory = excluded.memory, missing = '[]', error = NULL""",
        (key, half.half, half.memory),
    )
    for stamped in half.stamps:
        store.rows(
            """INSERT INTO stamps (request, etag, modified) VALUES (?, ?, ?)
            ON CONFLICT (request) DO UPDATE SET etag = excluded.etag, modified = excluded.modified""",
            stamped,
        )


def _strike(store: Store, key: int, trouble: Trouble, at: datetime) -> None:
    """Note a failure; days on which the thing was missing are counted, other failures break no row of them."""
    missing = store.value("SELECT missing FROM halves WHERE package = ? AND half = ?", (key, trouble.half))
    days = set(loads(missing or "[]")) | ({at.date().isoformat()} if trouble.missing else set())
    store.rows(
        """INSERT INTO halves (package, half, missing, error) VALUES (?, ?, ?, ?)
        ON CONFLICT (package, half) DO UPDATE SET missing = excluded.missing, error = excluded.error""",
        (key, trouble.half, dumps(sorted(days)), trouble.error),
    )


def _strikes(store: Store, key: int, half: str) -> int:
    missing = store.value("SELECT missing FROM halves WHERE package = ? AND half = ?", (key, half))
    return len(loads(missing)) if missing else 0


def _mark(store: Store, key: int, troubles: list[Trouble], at: datetime, *, asked: bool) -> None:
    """Move the state of a package: when it was tried, when it worked, what failed. History has no need of it."""
    now = cell(at)
    if troubles:
        error = "; ".join(trouble.error for trouble in troubles)
        sql = """UPDATE facts SET last_tried = :now, last_error = :error, last_error_at = :now,
            error_count = error_count + 1 WHERE key = :key"""
    else:
        error = None
        sql = """UPDATE facts SET last_tried = :now, last_fetched = CASE WHEN :asked THEN :now ELSE last_fetched END,
            last_error = NULL, last_error_at = NULL, error_count = 0 WHERE key = :key"""
    store.rows(sql, {"now": now, "error": error, "key": key, "asked": asked})
