"""The catalog's file: what it must be before it is opened, how it is opened, made and brought
up to date.
"""

import os
import sqlite3
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkgcat import signals
from pkgcat.errors import BadCatalog, Busy, Denied, IOFailed, PkgcatError, describe_os_error
from pkgcat.model.folding import fold_text
from pkgcat.store.schema_check import check_schema
from pkgcat.store.version import APPLICATION_ID, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEADER = b"SQLite format 3\x00"
_BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY_CODES = (
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_AUTH,
)
_DAMAGE_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""SQLITE_ERROR too: the statements and the schema are pkgcat's, so what is stored cannot be."""
_BUSY_SECONDS = 30
"""How long a statement waits for another process that holds the catalog."""
_SLICE_SECONDS = 0.1
"""SQLite waits this long at once, during which no signal is answered."""
_STEPS_BETWEEN_CHECKS = 100_000
"""A statement that runs long looks for a signal after each so many steps of SQLite's virtual
machine: about 1 ms.
"""


class Connection(sqlite3.Connection):
    """A connection whose statements answer a signal: before they begin, while they wait for a
    lock, while they run.
    """

    busy_seconds: float = _BUSY_SECONDS

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement; raise Interrupted after a signal.

        SQLite says that the catalog is busy before a statement has done anything, so it can be run
        again.
        """
        signals.check()
        slices_left = max(1, round(self.busy_seconds / _SLICE_SECONDS))
        while True:
            try:
                return super().execute(sql, parameters)
            except sqlite3.OperationalError as error:
                signals.check()
                slices_left -= 1
                if slices_left <= 0 or not _is_busy(error):
                    raise


def connect(path: Path, *, write: bool, busy_seconds: float | None = None) -> Connection:
    """Open an existing catalog, bringing an older one up to date first. Its statements wait so long
    for another process.

    Raises BadCatalog, Denied, Busy or IOFailed; a file that is refused is not touched.
    """
    with translate_errors(path):
        check_header(path, _read_header(path))
        connection = _open(f"{path.absolute().as_uri()}?mode=rw", busy_seconds)
        try:
            version = _check_schema(connection, path)
            if version < VERSION:
                _upgrade(connection, path, version)
            connection.execute(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
        except BaseException:
            connection.close()
            raise
        return connection


def connect_again(path: Path, *, busy_seconds: float) -> Connection:
    """Open for reading a catalog that `connect` has checked in this process."""
    connection = _open(f"{path.absolute().as_uri()}?mode=rw", busy_seconds)
    connection.execute("PRAGMA query_only = ON")
    return connection


def exists(path: Path) -> bool:
    """Whether there is anything of that name; raise Denied or IOFailed where that cannot be
    told.
    """
    with translate_errors(path):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True


def create(path: Path) -> None:
    """Make an empty catalog, readable by its owner alone.

    It is built beside its place and linked there whole, so that rivals see all of it or nothing.
    A link to a file that is not there yet stays a link.
    """
    with translate_errors(path):
        place = Path(os.path.realpath(path))
        _make_folder(place.parent)
        draft = _draft(place)
        try:
            connection = _open(f"{draft.absolute().as_uri()}?mode=rw")
            _migrate(connection)
            connection.close()
            _put(draft, place)
        finally:
            draft.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    `Path.mkdir` gives its mode to the last of them only.
    """
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def _draft(path: Path) -> Path:
    """Make an empty file beside the place of another, readable by its owner alone."""
    from tempfile import mkstemp

    handle, name = mkstemp(prefix=f".{path.name[:100]}.", suffix=".new", dir=path.parent)
    os.close(handle)
    return Path(name)


def _put(draft: Path, path: Path) -> None:
    """Give a finished file its name, unless a rival was quicker: its catalog is as good."""
    with suppress(FileExistsError):
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            path.touch(0o600, exist_ok=False)  # a rename alone would replace a rival's
            draft.rename(path)


def in_memory() -> Connection:
    """Return an empty catalog that is nowhere: what a reader sees before the first write."""
    connection = _open(":memory:")
    _migrate(connection)
    return connection


def _open(uri: str, busy_seconds: float | None = None) -> Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=_SLICE_SECONDS, isolation_level=None, factory=Connection
    )
    connection.busy_seconds = _BUSY_SECONDS if busy_seconds is None else busy_seconds
    connection.create_function("fold_text", 1, _fold_value, deterministic=True)
    connection.set_progress_handler(signals.is_received, _STEPS_BETWEEN_CHECKS)
    connection.row_factory = _refuse_blobs
    for pragma in (
        "synchronous = EXTRA",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "cell_size_check = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _fold_value(value: object) -> str | None:
    """Fold text for queries. No trigger, index or view may need a function of ours."""
    if value is None:
        return None
    return fold_text(str(value))


def _refuse_blobs(_cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row as it is. No column of a catalog is binary, and no code expects it."""
    if bytes in map(type, row):
        raise BadCatalog("the catalog is damaged: it holds binary data")
    return row


def check_header(path: Path, header: bytes) -> None:
    """Refuse what is no catalog of ours by its first 100 bytes (sqlite.org/fileformat.html)."""
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


def _read_header(path: Path) -> bytes:
    """Return the first 100 bytes of a file; opening a pipe would wait for one who writes to it."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise BadCatalog(f"{path} is a folder, not a catalog; name a file with --db")
    if not stat.S_ISREG(mode):
        raise BadCatalog(f"{path} is no ordinary file; name another with --db")
    with path.open("rb") as file:
        return file.read(100)


def _check_schema(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the schema that a file has; raise BadCatalog where it has another.

    Both are read in one transaction, between which no rival can bring the catalog up to date.
    """
    connection.execute("BEGIN")
    try:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        check_schema(connection, path, version)
    finally:
        connection.rollback()
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    from pkgcat.store.schema import (
        migrate,  # sqlite-utils costs a start-up; most runs migrate nothing
    )

    connection.execute("BEGIN IMMEDIATE")
    try:
        migrate(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _upgrade(connection: sqlite3.Connection, path: Path, found: int) -> None:
    """Apply the migrations after a version, after a verified copy of the catalog beside it."""
    backup = path.with_name(f"{path.name}.before-schema-{VERSION}")
    draft = _draft(backup)
    try:
        copy = sqlite3.connect(draft)
        connection.backup(copy, progress=_limit_waiting(path))
        healthy = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        copied = copy.execute("PRAGMA user_version").fetchone()[0]
        copy.close()
        if not healthy:
            raise BadCatalog(
                f"{path} is damaged: it cannot be brought from schema {found} to {VERSION}"
            )
        if copied == found:  # else a rival was quicker, and its backup is the one to keep
            draft.replace(backup)
    finally:
        draft.unlink(missing_ok=True)
    try:
        _migrate(connection)
    except sqlite3.IntegrityError as error:  # a row that the new tables refuse
        raise BadCatalog(f"{path} is damaged ({error}){_name_backup(path)}") from error


@contextmanager
def translate_errors(path: Path) -> "Iterator[None]":
    """Turn the errors of SQLite and of the system into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    except PermissionError as error:
        raise Denied(f"{path}: permission denied") from error
    except OSError as error:
        raise IOFailed(f"{path}: {describe_os_error(error)}") from error


def _limit_waiting(path: Path) -> "Callable[[int, int, int], None]":
    """Return a callback for a backup, which would wait for a lock without end.

    While Python runs it, the timer of `signals` raises Interrupted, which ends the backup.
    """
    seconds_waited = 0.0

    def progress(status: int, _remaining: int, _total: int) -> None:
        nonlocal seconds_waited
        if status in _BUSY_CODES:
            seconds_waited += 0.25 + _SLICE_SECONDS  # the default of `sleep` in Connection.backup
        if seconds_waited > _BUSY_SECONDS:
            raise _busy(path)

    return progress


def _busy(path: Path) -> Busy:
    return Busy(f"{path}: another command is writing; try again in a moment")


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code (sqlite.org/rescode.html)."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in _BUSY_CODES


def _explain(error: sqlite3.Error, path: Path) -> PkgcatError:
    signals.check()  # a statement that a signal broke off fails in the words of SQLite
    code = _code(error)
    if code in _BUSY_CODES:
        return _busy(path)
    if code in _READ_ONLY_CODES:
        return Denied(f"{path}: it or its folder is read-only; nothing was changed")
    if code == sqlite3.SQLITE_FULL:
        return IOFailed(f"{path}: the disk is full; nothing was changed")
    if code == sqlite3.SQLITE_IOERR:
        return IOFailed(f"{path}: reading or writing failed ({error})")
    if code in _DAMAGE_CODES:
        return BadCatalog(f"{path} is damaged ({error}){_name_backup(path)}")
    return PkgcatError(f"{path}: {error}")


def _name_backup(path: Path) -> str:
    """Return the part of a message that names the newest backup, if there is one."""
    from glob import escape

    backups = sorted(
        path.parent.glob(f"{escape(path.name)}.before-schema-*"),
        key=lambda file: file.stat().st_mtime,
    )
    if not backups:
        return ""
    return f"; the newest backup is {backups[-1]}"
