"""Faults at every system call, and a full disk: the old state or the new one, an error told,
never a torn file.
"""

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.store import Store
from pkgcat.store import refresh_store as facts
from pkgcat.store.log import history
from pkgcat.store.operation import begin_operation
from tests.commands.program import Program
from tests.conftest import DATA, NOW
from tests.store.checks import check_whole, exported, take

PKGCAT = str(Path(sys.executable).with_name("pkgcat"))
CALLS = (
    "openat",
    "mkdir",
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "link",
    "unlink",
)
FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
COMMANDS = {
    "edit": ("edit", "django-cities", "--title", "Cities"),
    "import": ("import", str(DATA / "records.ndjson")),
    "undo": ("undo",),
    "export": ("export", "out.jsonl"),
    "prune": ("history", "--prune", "--before", "1d"),
    "create": ("add", "--no-fetch", "--title", "first", "--db", "new/catalog.db"),
}

pytestmark = pytest.mark.slow


def injected(
    folder: Path, call: str, fault: str, number: int, command: tuple[str, ...]
) -> tuple[int, str, bool]:
    """Run a command in a folder, one of its calls on files there failing; return code, words,
    whether it did.
    """
    log = folder.parent / "strace.log"
    opened = (
        ("catalog.db", "catalog.db-journal", "", "new", "out.jsonl") if call == "openat" else ()
    )
    only = [
        word for name in opened for word in ("-P", str(folder / name))
    ]  # Python opens a thousand files of its own
    tracing = ["strace", "-f", "-qq", "-o", str(log), *only, "-e", f"trace={call}"]
    done = subprocess.run(
        [*tracing, "-e", f"inject={call}:{fault}:when={number}", PKGCAT, *command],
        cwd=folder,
        env={**os.environ, "PKGCAT_DB": str(folder / "catalog.db"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = log.read_text() if log.exists() else ""
    return done.returncode, done.stderr, "(INJECTED)" in told or "killed by SIGKILL" in told


def state(catalog: Path) -> list[Any]:
    """All that a catalog holds but for the times of the run, and which commands made it; of
    none at all, nothing.
    """
    if not catalog.exists():
        return []
    with Store.write(catalog, explicit=True, create=False) as store:
        check_whole(store)
        records = [json.loads(line) for line in exported(store).splitlines()]
        commands = [entry.command for entry in history.listed(store)]
    kept = [
        {name: line[name] for name in line.keys() - {"created", "modified"}} for line in records
    ]
    return [*kept, commands] if commands else []


def make(catalog: Path) -> None:
    """Make a catalog with a package, nine refreshes that can be pruned, and an edit that can
    be undone.
    """
    with Store.write(catalog, explicit=True, create=True) as store:
        take(store, json.loads((DATA / "package-1326.json").read_text()))
        for day in range(9):
            with begin_operation(
                store, "refresh --all", NOW + timedelta(days=day), kind="refresh"
            ) as operation:
                told = [facts.SourceUpdate("repository", {"repo_watchers": day}, "{}")]
                facts.record(operation, 1, told, [], NOW, complete=True)
    assert Program(catalog)("edit", "django-cities", "--notes", "words").code == 0


def fresh(folder: Path, made: Path) -> Path:
    """A folder with a copy of a catalog and an older export."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(made, folder / "catalog.db")
    (folder / "out.jsonl").write_text("the old export")
    return folder


@pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed (Debian: apt-get install strace)"
)
@pytest.mark.parametrize(("call", "fault"), list(itertools.product(CALLS, FAULTS)))
@pytest.mark.parametrize("name", COMMANDS)
def test_a_fault_leaves_the_old_state_or_the_new(
    tmp_path: Path, name: str, call: str, fault: str
) -> None:
    made, folder = tmp_path / "made.db", tmp_path / "work"
    make(made)
    asked = folder / ("new/catalog.db" if name == "create" else "catalog.db")
    fresh(folder, made)
    old = state(asked)
    assert injected(folder, "getpid", "error=EIO", 999, COMMANDS[name])[0] == 0
    new = state(asked)
    for number in range(1, 3000):
        code, told, happened = injected(fresh(folder, made), call, fault, number, COMMANDS[name])
        assert "Traceback" not in told, told
        found, exported_now = state(asked), (folder / "out.jsonl").read_text()
        assert exported_now == "the old export" or len(exported_now.splitlines()) == 2
        if not happened:
            assert (code, found) == (0, new), told
            return
        if code == 0:
            assert found == new, number
        elif fault == "signal=KILL":
            assert found in (old, new), number
        else:
            assert code in (65, 74, 75, 77), (code, told)
            assert told.startswith("pkgcat: ")
            assert told.count("\n") == 1
            assert found == old or (found == new and "nothing" not in told), number
    raise AssertionError("the calls never ended")


def read_catalog(catalog: Path) -> list[Any]:
    """Return a catalog's version, schema, log and facts, without bringing it up to date."""
    connection = sqlite3.connect(catalog)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    tables = ("operations", "changes", "packages", "facts")
    found: list[Any] = connection.execute("PRAGMA user_version").fetchall()
    found += connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name"
    ).fetchall()
    for table in tables:
        found += connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
    connection.close()
    return found


@pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed (Debian: apt-get install strace)"
)
@pytest.mark.parametrize(("call", "fault"), list(itertools.product(CALLS, FAULTS)))
def test_a_fault_during_a_migration_leaves_the_old_schema_or_the_new(
    tmp_path: Path, call: str, fault: str
) -> None:
    released, folder = DATA / "catalogs" / "0.1.0.db", tmp_path / "work"
    catalog = fresh(folder, released) / "catalog.db"
    old = read_catalog(catalog)
    assert injected(folder, "getpid", "error=EIO", 999, ("stats",))[0] == 0
    new = read_catalog(catalog)
    assert new[0] != old[0]
    for number in range(1, 3000):
        fresh(folder, released)
        code, told, happened = injected(folder, call, fault, number, ("stats",))
        assert "Traceback" not in told, told
        found = read_catalog(catalog)
        assert found in (old, new), number
        if not happened:
            assert (code, found) == (0, new), told
            return
        if code == 0:
            assert found == new, number
    raise AssertionError("the calls never ended")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system of 2 MB")
def test_a_full_disk_is_told_and_the_old_data_is_whole(tmp_path: Path) -> None:
    disk, records = tmp_path / "disk", tmp_path / "many.jsonl"
    disk.mkdir()
    records.write_text(
        "".join(
            json.dumps({"slug": f"p{i}", "title": "x", "notes": "y" * 900}) + "\n"
            for i in range(4000)
        )
    )
    told = tmp_path / "told"
    script = f"""
        mount -t tmpfs -o size=2m tmpfs {disk} || exit 99
        export PKGCAT_DB={disk}/catalog.db
        pkgcat import {DATA}/package-1326.json && cp {disk}/catalog.db {tmp_path}/before.db
        pkgcat import {records} 2> {told}; echo $? >> {told}
        pkgcat export {disk}/out.jsonl --quiet; pkgcat show django-cities --json > {tmp_path}/shown
        cp {disk}/catalog.db {tmp_path}/after.db; umount {disk}
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=False,
    )
    if done.returncode == 99:
        pytest.skip("this machine lets nobody mount")
    assert (
        told.read_text()
        == f"pkgcat: {disk}/catalog.db: the disk is full; nothing was changed\n74\n"
    )
    assert state(tmp_path / "after.db") == state(tmp_path / "before.db")
    assert json.loads((tmp_path / "shown").read_text())["slug"] == "django-cities"
