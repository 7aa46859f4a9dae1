"""One refresh of a catalog at a time, whatever names lead to it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pkgcat.errors import Denied, IOFailed, PkgcatError, describe_os_error


@contextmanager
def hold_refresh_lock(catalog: Path) -> Iterator[bool]:
    """Hold the lock of a catalog, which the system frees even after kill -9; yield whether it was
    free.

    It is a file beside the catalog's own place, to which links lead. A catalog that is not there
    yet needs none. Raises Denied or IOFailed.
    """
    from filelock import FileLock, Timeout

    place = Path(os.path.realpath(catalog))
    if not os.path.exists(place):  # noqa: PTH110  # Path.exists raises PermissionError
        yield True
        return
    lock = FileLock(place.with_name(f".{place.name}.refresh.lock"), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise _explain(error, place.parent) from error
    try:
        with _hold_inode(place) as is_free:
            yield is_free
    finally:
        lock.release()


@contextmanager
def _hold_inode(place: Path) -> Iterator[bool]:
    """Lock a file that has several names (hard links), each of which would get a lock of its own.

    Only Linux keeps this lock apart from those that SQLite sets (flock(2), fcntl_locking(2)).
    The descriptor outlives the connection: closing one frees SQLite's locks.
    """
    if sys.platform != "linux" or place.stat().st_nlink == 1:
        yield True
        return
    import fcntl

    with place.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _explain(error: OSError, folder: Path) -> PkgcatError:
    text = f"{folder}: no lock can be made there ({describe_os_error(error)})"
    if isinstance(error, PermissionError):
        return Denied(text)
    return IOFailed(text)
