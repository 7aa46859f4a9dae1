"""The catalog's file: what it must be before it is opened, how it is opened, made and brought up to date."""

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pkgcat.errors import BadCatalog, Busy, Denied, IOFailed, PkgcatError

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION_ID = 0x706B6763  # "pkgc", https://www.sqlite.org/fileformat.html#application_id
VERSION = 4
"""The number of the newest migration, kept as `user_version`."""

_HEADER = b"SQLite format 3\x00"
_BUSY_SECONDS = 30


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open an existing catalog, bringing an older one up to date first.

    Raises BadCatalog, Denied, Busy or IOFailed; a file that is refused is not touched.
    """
    with explained(path):
        _check_header(path)
        connection = _open(f"{path.absolute().as_uri()}?mode=rw")
        if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
            _upgrade(connection, path)
        connection.execute(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
        return connection


def exists(path: Path) -> bool:
    """Whether there is anything of that name; raise Denied or IOFailed where that cannot be told."""
    with explained(path):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True


def create(path: Path) -> None:
    """Make an empty catalog, readable by its owner alone.

    It is built beside its place and linked there whole, so that rivals see all of it or nothing.
    """
    with explained(path):
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        draft = _draft(path)
        try:
            connection = _open(f"{draft.absolute().as_uri()}?mode=rw")
            _migrate(connection)
            connection.close()
            _put(draft, path)
        finally:
            draft.unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    """Make an empty file beside the place of another, readable by its owner alone."""
    from tempfile import mkstemp

    handle, name = mkstemp(prefix=f".{path.name[:100]}.", suffix=".new", dir=path.parent)
    os.close(handle)
    return Path(name)


def _put(draft: Path, path: Path) -> None:
    """Give a finished file its name, unless a rival was quicker: its catalog is as good."""
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        draft.rename(path)


def in_memory() -> sqlite3.Connection:
    """Return an empty catalog that is nowhere: what a reader sees before the first write."""
    connection = _open(":memory:")
    _migrate(connection)
    return connection


def _open(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    for pragma in (
        "synchronous = EXTRA",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "cell_size_check = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _check_header(path: Path) -> None:
    """Refuse what is no catalog of ours by its first 100 bytes (sqlite.org/fileformat.html)."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header:
        raise BadCatalog(f"{path} is empty, not a catalog; remove it, or name another with --db")
    if len(header) < 100 or not header.startswith(_HEADER):
        raise BadCatalog(f"{path} is not a catalog of pkgcat; name another with --db")
    if int.from_bytes(header[68:72]) != APPLICATION_ID:
        raise BadCatalog(f"{path} is another program's database; name another with --db")
    version = int.from_bytes(header[60:64])
    if version > VERSION:
        raise BadCatalog(
            f"{path} was made by a newer pkgcat (schema {version}, this one knows {VERSION}); upgrade pkgcat"
        )


def _migrate(connection: sqlite3.Connection) -> None:
    from pkgcat.store.schema import migrate  # sqlite-utils costs a start-up; most runs migrate nothing

    connection.execute("BEGIN IMMEDIATE")
    try:
        migrate(connection)
    except BaseException:
        connection.rollback()
        raise
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the missing migrations, after a verified copy of the catalog beside it."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    backup = path.with_name(f"{path.name}.before-schema-{VERSION}")
    draft = _draft(backup)
    try:
        copy = sqlite3.connect(draft)
        connection.backup(copy)
        healthy = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        copy.close()
        if not healthy:
            raise BadCatalog(f"{path} is damaged: it cannot be brought from schema {found} to {VERSION}")
        draft.replace(backup)
    finally:
        draft.unlink(missing_ok=True)
    _migrate(connection)


@contextmanager
def explained(path: Path) -> "Iterator[None]":
    """Turn the errors of SQLite and of the system into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    except PermissionError as error:
        raise Denied(f"{path}: permission denied") from error
    except OSError as error:
        raise _explain_os(error, path) from error


def _explain_os(error: OSError, path: Path) -> PkgcatError:
    if isinstance(error, IsADirectoryError):
        return BadCatalog(f"{path} is a folder, not a catalog; name a file with --db")
    return IOFailed(f"{path}: {(error.strerror or str(error)).lower()}")


def _explain(error: sqlite3.Error, path: Path) -> PkgcatError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(f"{path}: another command is writing; try again in a moment")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH):
        return Denied(f"{path}: it or its folder is read-only; nothing was changed")
    if code == sqlite3.SQLITE_FULL:
        return IOFailed(f"{path}: the disk is full; nothing was changed")
    if code == sqlite3.SQLITE_IOERR:
        return IOFailed(f"{path}: reading or writing failed ({error})")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        backups = sorted(path.parent.glob(f"{path.name}.before-schema-*"), key=lambda file: file.stat().st_mtime)
        newest = f"; the newest backup is {backups[-1]}" if backups else ""
        return BadCatalog(f"{path} is damaged ({error}){newest}")
    return PkgcatError(f"{path}: {error}")
