"""The catalog as a server keeps it: one connection a thread, one state a transaction."""

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from pkgcat.errors import BadCatalog, Denied, NoCatalog
from pkgcat.store import Store, edits, packages
from pkgcat.store.kept import KeptCatalog, TooSlow
from pkgcat.store.operation import begin_operation

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def add(catalog: Path, slug: str, now: datetime) -> None:
    """Store one more package."""
    with (
        Store.write(catalog, explicit=True, create=True) as store,
        begin_operation(store, "add", now, kind="add") as operation,
    ):
        edits.add(operation, {"slug": slug})


def keep(catalog: Path, *, explicit: bool = True, max_seconds: float = 30) -> KeptCatalog:
    return KeptCatalog(catalog, explicit=explicit, max_seconds=max_seconds)


def read(kept: KeptCatalog) -> tuple[str, int]:
    """Return the version of what is read, and how many packages there are."""
    with kept.snapshot() as snapshot:
        return snapshot.version, snapshot.compute_once("count", packages.count)


def test_a_commit_is_seen_by_the_next_snapshot(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    first = read(kept)
    assert read(kept) == first
    add(catalog, "two", now)
    second = read(kept)
    assert (first[1], second[1]) == (1, 2)
    assert first[0] != second[0]


def test_a_change_that_no_operation_logs_makes_another_version(
    catalog: Path, now: datetime
) -> None:
    """What refresh keeps for itself, such as the time of a try, is not logged."""
    add(catalog, "one", now)
    kept = keep(catalog)
    before = read(kept)
    with Store.write(catalog, explicit=True, create=False) as store, store.transaction():
        store.rows("UPDATE facts SET error_count = error_count + 1")
    assert read(kept)[0] != before[0]


def test_the_version_is_known_without_reading_until_something_changes(
    catalog: Path, tmp_path: Path, now: datetime
) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    assert kept.find_version() is None
    version, _ = read(kept)
    assert kept.find_version() == version
    with Store.write(catalog, explicit=True, create=False) as store, store.transaction():
        store.rows("UPDATE facts SET error_count = error_count + 1")
        assert kept.find_version() == version
    assert kept.find_version() is None
    assert read(kept)[0] == kept.find_version()
    aside = catalog.rename(tmp_path / "aside.db")
    assert kept.find_version() is None
    add(catalog, "another", now)
    assert kept.find_version() is None
    aside.replace(catalog)
    assert read(kept)[0] == kept.find_version()


def test_all_threads_have_one_version(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    with ThreadPoolExecutor(4) as pool:
        versions = set(pool.map(lambda _: read(kept), range(50)))
    assert len(versions) == 1


def test_a_catalog_that_is_made_alike_has_another_version(
    catalog: Path, tmp_path: Path, now: datetime
) -> None:
    versions = set()
    for name in ("a.db", "b.db"):
        add(tmp_path / name, "one", now)
        versions.add(read(keep(tmp_path / name))[0])
    assert len(versions) == 2


def test_a_catalog_that_was_replaced_is_read(catalog: Path, tmp_path: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    before = read(kept)
    other = tmp_path / "other.db"
    for slug in ("a", "b", "c"):
        add(other, slug, now)
    other.replace(catalog)
    after = read(kept)
    assert (before[1], after[1]) == (1, 3)
    assert before[0] != after[0]


def test_a_catalog_that_is_gone_is_missed_until_it_is_back(
    catalog: Path, tmp_path: Path, now: datetime
) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    before = read(kept)
    catalog.rename(tmp_path / "away.db")
    with pytest.raises(NoCatalog):
        read(kept)
    (tmp_path / "away.db").rename(catalog)
    assert read(kept) == before


def test_a_default_catalog_is_empty_until_it_is_made(catalog: Path, now: datetime) -> None:
    kept = keep(catalog, explicit=False)
    assert read(kept)[1] == 0
    add(catalog, "one", now)
    assert read(kept)[1] == 1


def test_what_is_no_catalog_is_refused_until_it_is_one(
    catalog: Path, tmp_path: Path, now: datetime
) -> None:
    catalog.write_text("no catalog at all\n" * 20, encoding="utf-8")
    kept = keep(catalog)
    with pytest.raises(BadCatalog):
        read(kept)
    add(tmp_path / "good.db", "one", now)
    (tmp_path / "good.db").replace(catalog)
    assert read(kept)[1] == 1


def test_a_catalog_of_a_newer_pkgcat_in_its_place_is_refused(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    read(kept)
    connection = sqlite3.connect(catalog)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(BadCatalog, match="newer"):
        read(kept)


def test_an_older_catalog_is_brought_up_to_date(catalog: Path) -> None:
    released = Path(__file__).parents[1] / "data" / "catalogs" / "0.1.0.db"
    shutil.copy(released, catalog)
    assert read(keep(catalog))[1] > 0


def test_reading_takes_no_longer_than_it_may(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog, max_seconds=0.05)
    with pytest.raises(TooSlow), kept.snapshot() as snapshot:
        snapshot.store.value(ENDLESS)
    assert read(kept)[1] == 1


def test_an_answer_that_is_made_too_slowly_is_given_up(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    with pytest.raises(TooSlow), keep(catalog, max_seconds=0).snapshot() as snapshot:
        snapshot.check_time()


def test_what_is_read_is_broken_off_when_the_server_stops(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    with pytest.raises(TooSlow), kept.snapshot() as snapshot:
        kept.stop()
        snapshot.store.value(ENDLESS)


def test_nothing_can_be_written(catalog: Path, now: datetime) -> None:
    """Neither by the thread that opens the catalog first, nor by another one."""
    add(catalog, "one", now)
    kept = keep(catalog)

    def write() -> None:
        with pytest.raises(Denied, match="read-only"), kept.snapshot() as snapshot:
            snapshot.store.rows("DELETE FROM tags")

    write()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()


def try_to_write(catalog: Path) -> str:
    """Write in another process that waits for nobody; return what SQLite says."""
    script = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("UPDATE facts SET error_count = error_count + 1")
except sqlite3.OperationalError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, catalog], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_thread_that_opens_the_catalog_leaves_the_locks_of_others(
    catalog: Path, now: datetime
) -> None:
    """POSIX drops all locks of a process on a file when it closes any descriptor of it."""
    add(catalog, "one", now)
    kept = keep(catalog)
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.enter_context(kept.snapshot())
        pool.submit(read, kept).result()
        assert try_to_write(catalog) == "database is locked"
    assert try_to_write(catalog) == ""


def test_no_transaction_is_open_between_snapshots(catalog: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    read(kept)
    assert try_to_write(catalog) == ""


def test_files_that_were_replaced_are_closed(catalog: Path, tmp_path: Path, now: datetime) -> None:
    add(catalog, "one", now)
    kept = keep(catalog)
    read(kept)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10):
        shutil.copy(catalog, tmp_path / "copy.db")
        (tmp_path / "copy.db").replace(catalog)
        read(kept)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
