"""The catalog's file: who may read it, what is refused untouched, and what rivals, kills and
old age do to it.
"""

import hashlib
import json
import os
import random
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlite_utils import Database

from pkgcat.errors import BadCatalog, Busy, Conflict, Denied, IOFailed, NoCatalog
from pkgcat.model.query import Query
from pkgcat.store import Store, categories, edits, file, packages
from pkgcat.store import version as schema_version
from pkgcat.store.operation import begin_operation
from pkgcat.store.schema import load_migrations
from tests import records
from tests.conftest import NOW, Run
from tests.store.checks import add, check_whole, exported, get, operations, slugs, take, written


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def fingerprint(path: Path) -> dict[str, str]:
    """What a folder holds: each file's name and sha256."""
    files = [found for found in path.rglob("*") if found.is_file()]
    return {
        str(found.relative_to(path)): hashlib.sha256(found.read_bytes()).hexdigest()
        for found in files
    }


def filled(path: Path, count: int = 3) -> Path:
    """Make a catalog with some packages."""
    with Store.write(path, explicit=True, create=True) as store:
        take(store, *records.invented(count))
    return path


def older(path: Path, before: str) -> Path:
    """Make a catalog as an older pkgcat left it, before this migration, with one category of
    its own.
    """
    path.touch(0o600)
    connection = sqlite3.connect(path, isolation_level=None)
    load_migrations().apply(Database(connection), stop_before=before)
    version = int(before[1:4]) - 1
    connection.execute("INSERT INTO categories (slug, title) VALUES ('mine', 'Mine')")
    connection.execute(f"PRAGMA application_id = {schema_version.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    return path


def open_and_read(path: Path) -> list[str]:
    with Store.read(path, explicit=True) as store:
        return slugs(store)


def open_and_write(path: Path) -> int:
    with Store.write(path, explicit=True, create=True) as store:
        return add(store, "new")


def open_to_write(path: Path) -> Store:
    return Store.write(path, explicit=True, create=False)


BOTH = pytest.mark.parametrize("use", [open_and_read, open_and_write])
BOTH_NAMES = pytest.mark.parametrize("name", ["catalog.db", "[x] [b] *?#%3f.db"])


# Making one


def test_a_new_catalog_and_its_folder_are_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        path = tmp_path / "new" / "folder" / "catalog.db"
        open_and_write(path)
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["catalog.db"]


def test_a_new_catalog_is_known_as_ours(catalog: Path) -> None:
    open_and_write(catalog)
    header = catalog.read_bytes()[:100]
    assert header.startswith(b"SQLite format 3\x00")
    assert header[68:72] == b"pkgc"
    assert int.from_bytes(header[60:64]) == schema_version.VERSION


def test_reading_a_default_catalog_that_is_not_there_yet_makes_none(catalog: Path) -> None:
    with Store.read(catalog, explicit=False) as store:
        assert packages.count(store) == 0
        assert len(categories.list_categories(store)) == 4
    assert not catalog.exists()


def test_reading_a_named_catalog_that_is_missing_is_66(catalog: Path) -> None:
    with pytest.raises(NoCatalog, match="does not exist") as missing:
        Store.read(catalog, explicit=True)
    assert missing.value.exit_code == 66
    with pytest.raises(NoCatalog):
        Store.write(catalog, explicit=True, create=False)
    assert not catalog.exists()


def test_a_write_that_cannot_be_the_first_makes_no_default_catalog(catalog: Path) -> None:
    with Store.write(catalog, explicit=False, create=False) as store:
        assert packages.count(store) == 0
    assert not catalog.exists()


def test_a_draft_that_a_killed_process_left_is_no_obstacle(catalog: Path) -> None:
    """Process numbers come back, in containers at once."""
    catalog.with_name(f".{catalog.name}.{os.getpid()}.new").write_bytes(b"half")
    open_and_write(catalog)
    assert open_and_read(catalog) == ["new"]


def test_a_file_system_without_hard_links_gets_a_catalog_too(
    catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    open_and_write(catalog)
    assert open_and_read(catalog) == ["new"]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_catalog_that_a_rival_made_meanwhile_is_not_replaced(
    catalog: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    """It came after one has looked whether there is any."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    filled(catalog)
    before = fingerprint(catalog.parent)
    if not has_links:
        monkeypatch.setattr(os, "link", refuse)
    file.create(catalog)
    assert fingerprint(catalog.parent) == before


def test_every_folder_that_is_made_is_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        open_and_write(tmp_path / "a" / "b" / "c" / "catalog.db")
    finally:
        os.umask(before)
    assert [mode(path) for path in (tmp_path / "a").rglob("*") if path.is_dir()] == [0o700] * 2
    assert mode(tmp_path / "a") == 0o700


@BOTH_NAMES
def test_a_link_to_a_catalog_that_is_not_there_yet_stays_a_link(tmp_path: Path, name: str) -> None:
    link, target = tmp_path / "link.db", tmp_path / "data" / name
    link.symlink_to(target)
    with pytest.raises(NoCatalog, match="does not exist"):
        open_and_read(link)
    assert not target.exists()
    open_and_write(link)
    assert link.is_symlink()
    assert target.is_file()
    assert open_and_read(link) == ["new"]


@BOTH_NAMES
def test_a_catalog_may_have_any_name(catalog: Path, name: str) -> None:
    path = catalog.with_name(name)
    open_and_write(path)
    assert open_and_read(path) == ["new"]
    path.write_bytes(path.read_bytes()[:200])
    backup = catalog.with_name(f"{name}.before-schema-{schema_version.VERSION}")
    backup.touch()
    with pytest.raises(BadCatalog) as damaged:
        open_and_read(path)
    assert str(damaged.value).endswith(str(backup))


def test_what_is_written_is_durable_and_history_safe(store: Store) -> None:
    assert store.value("PRAGMA synchronous") == 3
    assert store.value("PRAGMA journal_mode") == "delete"
    assert store.value("PRAGMA foreign_keys") == 1
    assert store.value("PRAGMA recursive_triggers") == 1
    assert store.value("PRAGMA cell_size_check") == 1


def test_a_reading_command_cannot_write(catalog: Path) -> None:
    filled(catalog)
    for statement in ("UPDATE packages SET title = 'x'", "INSERT INTO hosts VALUES ('x', NULL)"):
        with (
            pytest.raises(Denied, match="read-only"),
            Store.read(catalog, explicit=True) as store,
        ):
            store.rows(statement)


# Refused, untouched


def _text(path: Path) -> None:
    path.write_text("slug,title\na,A\n" * 50)


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE packages (slug)")
    connection.close()


def _newer(path: Path) -> None:
    filled(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {schema_version.VERSION + 1}")
    connection.close()


def _damaged(path: Path) -> None:
    filled(path, 60)
    image = bytearray(path.read_bytes())
    image[100:] = random.Random(1).randbytes(len(image) - 100)
    path.write_bytes(image)


def _cut(path: Path) -> None:
    filled(path, 60)
    path.write_bytes(path.read_bytes()[:6000])


def _header_only(path: Path) -> None:
    filled(path)
    path.write_bytes(path.read_bytes()[:100])


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # a path may have 108 bytes, and the folder is the current one


@BOTH
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.write_bytes(b"SQLite format 3\x00"), "not a catalog"),
        (_text, "not a catalog"),
        (_foreign, "another program's database"),
        (_newer, "newer pkgcat"),
        (_damaged, "damaged"),
        (_cut, "damaged"),
        (_header_only, "damaged"),
        (_folder, "is a folder"),
        (_device, "no ordinary file"),  # before the pipe, at which a test without end would wait
        (_pipe, "no ordinary file"),
        (_socket, "no ordinary file"),
    ],
)
def test_what_is_no_healthy_catalog_of_ours_is_refused_and_not_touched(
    spoil: Callable[[Path], None],
    told: str,
    use: Callable[[Path], object],
    catalog: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(catalog.parent)
    spoil(catalog)
    before = fingerprint(catalog.parent)
    with pytest.raises(BadCatalog, match=told) as refused:
        use(catalog)
    assert refused.value.exit_code == 65
    assert str(catalog) in str(refused.value)
    assert fingerprint(catalog.parent) == before


def test_the_newest_backup_is_named_where_a_catalog_is_damaged(catalog: Path) -> None:
    _damaged(catalog)
    backup = catalog.with_name(f"{catalog.name}.before-schema-{schema_version.VERSION}")
    backup.touch()
    with pytest.raises(BadCatalog, match=backup.name):
        open_and_read(catalog)


def test_the_command_refuses_with_65_and_66(run: Run, catalog: Path) -> None:
    assert run("list").code == 66
    catalog.touch()
    for command in (("list",), ("add", "--no-fetch", "x"), ("export",), ("undo",)):
        answer = run(*command)
        assert (answer.out, answer.code, answer.err.count("\n")) == ("", 65, 1)
    assert catalog.read_bytes() == b""


@BOTH
def test_a_path_that_no_file_can_have_is_told(
    use: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / ("x" * 300), tmp_path / "file" / "catalog.db"):
        with pytest.raises((IOFailed, NoCatalog, Denied, BadCatalog), match=str(path)):
            use(path)


# Permission

NOBODY = 65534


def as_nobody(script: str, *args: Path) -> tuple[str, int]:
    """Run Python code as a user who owns nothing; return what it told and its exit code.

    Skips the test where that user could not import pkgcat, as in a checkout below /root.
    """
    root = Path(__file__).parent.parent.parent
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in root.parents):
        pytest.skip("other users cannot enter the folder of this checkout")
    preamble = f"""
        import os, sys
        from pathlib import Path
        import pkgcat.store.schema, hypothesis, tests.store.checks
        from pkgcat.errors import PkgcatError
        from pkgcat.store import Store
        from tests.store.test_file import open_and_read, open_and_write
        path = Path(sys.argv[1])
        if os.geteuid() == 0:
            os.setgid({NOBODY})
            os.setuid({NOBODY})
        try:
            {script}
        except PkgcatError as error:
            print(error)
            sys.exit(error.exit_code)
    """
    code = textwrap.dedent(preamble)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{root / 'src'}:{root}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        cwd="/",
    )
    return done.stdout + done.stderr, done.returncode


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody reaches, with a catalog in it.

    It is none of pytest's, which any other run of pytest closes to everybody else.
    """
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "shared"
        folder.mkdir(mode=0o755)
        yield filled(folder / "catalog.db")


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def test_a_read_only_file_is_read_and_not_written(shared: Path) -> None:
    shared.chmod(0o444)
    shared.parent.chmod(0o777)
    before = fingerprint(shared.parent)
    assert as_nobody("print(len(open_and_read(path)))", shared) == ("3\n", 0)
    told, code = as_nobody("open_and_write(path)", shared)
    assert (code, "read-only" in told) == (77, True)
    assert fingerprint(shared.parent) == before


def test_a_read_only_folder_is_read_and_not_written(shared: Path) -> None:
    shared.chmod(0o666)
    shared.parent.chmod(0o555)
    before = fingerprint(shared.parent)
    assert as_nobody("print(len(open_and_read(path)))", shared) == ("3\n", 0)
    told, code = as_nobody("open_and_write(path)", shared)
    assert (code, "read-only" in told) == (77, True)
    assert fingerprint(shared.parent) == before


@needs_root
@pytest.mark.parametrize("use", ["open_and_read", "open_and_write"])
def test_a_file_or_folder_that_is_not_ours_is_denied(shared: Path, use: str) -> None:
    shared.chmod(0o600)
    told, code = as_nobody(f"{use}(path)", shared)
    assert (code, "Traceback" in told) == (77, False)
    shared.parent.chmod(0o700)
    told, code = as_nobody(f"{use}(path)", shared)
    assert (code, "Traceback" in told) == (77, False)


def test_a_catalog_cannot_be_made_in_a_read_only_folder(shared: Path) -> None:
    shared.unlink()
    shared.parent.chmod(0o555)
    for path in (shared, shared.parent / "deeper" / "catalog.db"):
        told, code = as_nobody("open_and_write(path)", path)
        assert (code, "Traceback" in told) == (77, False)


# Rivals


def test_a_catalog_that_somebody_writes_to_is_busy(
    catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(catalog)
    monkeypatch.setattr(file, "_BUSY_SECONDS", 0.05)
    with Store.write(catalog, explicit=True, create=True) as holder:
        holder.rows("BEGIN EXCLUSIVE")
        with pytest.raises(Busy) as busy:
            open_and_write(catalog)
        assert busy.value.exit_code == 75
        with pytest.raises(Busy):
            open_and_read(catalog)
        holder.rows("ROLLBACK")
    open_and_write(catalog)


def test_a_reader_is_served_while_somebody_prepares_to_write(catalog: Path) -> None:
    filled(catalog)
    with (
        Store.write(catalog, explicit=True, create=True) as writer,
        begin_operation(writer, "add", NOW, kind="add") as operation,
    ):
        edits.add(operation, {"slug": "new"})
        assert len(open_and_read(catalog)) == 3
    assert len(open_and_read(catalog)) == 4


def all_at_once(*commands: list[str]) -> list[tuple[str, int]]:
    """Start commands side by side; return what each told on stderr, and its exit code."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "pkgcat", *command], stderr=subprocess.PIPE, text=True
        )
        for command in commands
    ]
    return [(process.communicate(timeout=300)[1], process.returncode) for process in started]


def test_six_rivals_that_make_one_catalog_all_succeed(catalog: Path) -> None:
    path = str(catalog)
    done = all_at_once(
        *(["add", "--no-fetch", f"package-{number}", "--db", path, "-q"] for number in range(6))
    )
    assert done == [("", 0)] * 6
    with Store.read(catalog, explicit=True) as store:
        assert slugs(store) == [f"package-{number}" for number in range(6)]
    with Store.write(catalog, explicit=True, create=False) as store:
        check_whole(store)
    assert [found.name for found in catalog.parent.glob(".*")] == []


def test_six_rivals_that_bring_one_catalog_up_to_date_all_succeed(catalog: Path) -> None:
    older(catalog, "m003_history")
    path = str(catalog)
    done = all_at_once(
        *(["add", "--no-fetch", f"package-{number}", "--db", path, "-q"] for number in range(6))
    )
    assert done == [("", 0)] * 6
    assert len(open_and_read(catalog)) == 6
    check_backup(catalog, version=2)


# Old age


def check_backup(catalog: Path, version: int) -> None:
    """Assert that a catalog's backup is healthy, private, and from before the migration."""
    (backup,) = catalog.parent.glob(f"{catalog.name}.before-schema-*")
    assert mode(backup) == 0o600
    connection = sqlite3.connect(backup)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    assert connection.execute("SELECT count(*) FROM categories WHERE slug = 'mine'").fetchone() == (
        1,
    )
    connection.close()


@BOTH
@pytest.mark.parametrize(("before", "version"), [("m002_search", 1), ("m003_history", 2)])
def test_an_older_catalog_is_brought_up_to_date_after_a_backup(
    before: str, version: int, use: Callable[[Path], object], catalog: Path
) -> None:
    older(catalog, before)
    use(catalog)
    assert int.from_bytes(catalog.read_bytes()[60:64]) == schema_version.VERSION
    with Store.write(catalog, explicit=True, create=False) as store:
        assert "mine" in [group.slug for group in categories.list_categories(store)]
        take(store, *records.invented(2))
        check_whole(store)
    check_backup(catalog, version)
    assert sorted(found.name for found in catalog.parent.iterdir() if found.is_file()) == [
        catalog.name,
        f"{catalog.name}.before-schema-{schema_version.VERSION}",
    ]


def test_a_catalog_that_is_up_to_date_needs_no_backup(catalog: Path) -> None:
    filled(catalog)
    open_and_read(catalog)
    assert list(catalog.parent.glob("*before*")) == []


def test_a_migration_that_fails_leaves_the_older_catalog_whole(catalog: Path) -> None:
    """SQLite finds it healthy, and a table of the second migration refuses one of its rows."""
    older(catalog, "m004_refresh")
    connection = sqlite3.connect(catalog)
    connection.execute(
        "INSERT INTO changes (operation, entity, key, field) VALUES (99, 'packages', 1, 'title')"
    )
    connection.commit()
    queries = (
        "SELECT name, sql FROM sqlite_master ORDER BY name",
        "SELECT * FROM changes",
        "PRAGMA user_version",
    )
    before = [connection.execute(query).fetchall() for query in queries]
    connection.close()
    with pytest.raises(BadCatalog, match=r"damaged .*; the newest backup is .*before-schema"):
        open_and_write(catalog)
    connection = sqlite3.connect(catalog)
    assert [connection.execute(query).fetchall() for query in queries] == before
    connection.close()
    check_backup(catalog, version=3)


def test_a_damaged_older_catalog_is_not_migrated(catalog: Path) -> None:
    older(catalog, "m003_history")
    image = bytearray(catalog.read_bytes())
    image[4096 * 2 :] = b"\xff" * (len(image) - 4096 * 2)
    catalog.write_bytes(image)
    before = fingerprint(catalog.parent)
    with pytest.raises(BadCatalog, match="damaged"):
        open_and_write(catalog)
    assert fingerprint(catalog.parent) == before


def test_a_catalog_whose_backup_is_not_whole_is_not_migrated(catalog: Path) -> None:
    """It can be read and copied; only the check of the copy finds the damage."""
    older(catalog, "m003_history")
    image = bytearray(catalog.read_bytes())
    pages = int.from_bytes(image[28:32])
    image[28:32] = (pages + 1).to_bytes(4)  # a page that nothing refers to
    catalog.write_bytes(image + bytes(4096))
    before = fingerprint(catalog.parent)
    for use in (open_and_read, open_and_write):
        with pytest.raises(BadCatalog, match="damaged"):
            use(catalog)
    assert fingerprint(catalog.parent) == before


def test_a_migrated_catalog_is_as_a_new_one(catalog: Path, tmp_path: Path) -> None:
    open_and_read(older(catalog, "m002_search"))
    new = filled(tmp_path / "new.db")
    schema = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
    with Store.read(catalog, explicit=True) as migrated, Store.read(new, explicit=True) as made:
        assert migrated.rows(schema).fetchall() == made.rows(schema).fetchall()


# Kills


def killed_import(catalog: Path, incoming: Path, seconds: float) -> int:
    """Kill an import after so long; return its exit code."""
    command = [sys.executable, "-m", "pkgcat", "import", str(incoming), "--db", str(catalog), "-q"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def kill_imports(catalog: Path, tmp_path: Path, times: int) -> None:
    """Kill imports at random instants; each must leave the old state or the new one."""
    incoming = written(tmp_path / "incoming.jsonl", records.invented(400, seed=3))
    with Store.write(catalog, explicit=True, create=True) as store:
        add(store, "first")
    chance = random.Random(4)
    started = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pkgcat",
        "import",
        str(incoming),
        "--db",
        str(tmp_path / "x.db"),
        "-q",
    ]
    assert subprocess.run(command, check=False).returncode == 0
    whole = time.monotonic() - started
    for _ in range(times):
        code = killed_import(catalog, incoming, chance.uniform(whole / 3, whole * 1.05))
        with Store.write(catalog, explicit=True, create=False) as store:
            count = packages.count(store)
            assert count in (1, 401)
            assert count == 401 or code != 0
            assert operations(store) == (1 if count == 1 else 2)
            check_whole(store)
            if count == 401:
                assert get(store, "first").title == "first"
                assert json.loads(exported(store).splitlines()[-1])["slug"]
        if count == 401:
            for beside in catalog.parent.glob(f"{catalog.name}*"):
                beside.unlink()
            with Store.write(catalog, explicit=True, create=True) as store:
                add(store, "first")


@pytest.mark.long
def test_an_import_that_is_killed_leaves_the_old_state_or_the_new(
    catalog: Path, tmp_path: Path
) -> None:
    kill_imports(catalog, tmp_path, 20)


@pytest.mark.slow
def test_a_thousand_killed_imports_leave_the_old_state_or_the_new(
    catalog: Path, tmp_path: Path
) -> None:
    kill_imports(catalog, tmp_path, 1000)


def test_a_full_disk_is_74_and_leaves_the_old_state(catalog: Path) -> None:
    filled(catalog)
    before = open_and_read(catalog)
    with pytest.raises(IOFailed, match="disk is full") as full, open_to_write(catalog) as store:
        pages = store.value("PRAGMA page_count")
        store.rows(f"PRAGMA max_page_count = {pages}")
        take(store, *records.invented(300, seed=5))
    assert full.value.exit_code == 74
    assert open_and_read(catalog) == before
    with open_to_write(catalog) as store:
        check_whole(store)


def test_an_operation_that_fails_leaves_nothing(store: Store) -> None:
    add(store, "first")
    before = exported(store), operations(store)
    with pytest.raises(Conflict), begin_operation(store, "add", NOW, kind="add") as operation:
        for slug in ("second", "first"):
            edits.add(operation, {"slug": slug})
    assert (exported(store), operations(store)) == before


def test_a_dry_run_leaves_nothing(store: Store) -> None:
    before = exported(store), operations(store)
    with begin_operation(store, "add", NOW, dry_run=True, kind="add") as operation:
        key = edits.add(operation, {"slug": "second"})
        assert next(packages.read(store, Query(NOW, key=key))).slug == "second"
    assert (exported(store), operations(store)) == before


def test_binary_data_is_damage_wherever_it_stands(catalog: Path) -> None:
    """A column of any type can hold it: the old and new values of the log."""
    with Store.write(catalog, explicit=True, create=True) as store:
        add(store, "a")
        store.rows(
            "INSERT INTO changes (operation, entity, key, field, old) VALUES (1, 'packages', 1, 'title', x'41')"
        )
        with pytest.raises(BadCatalog, match="binary data"):
            store.rows("SELECT old FROM changes WHERE field = 'title'").fetchall()
