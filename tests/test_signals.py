"""TERM, HUP and Ctrl-C at any instant: the exit code is the signal's, the state the old one
or the new one.
"""

import compileall
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import pkgcat
from pkgcat.store import Store
from tests.children import HOOKS, Ended, end, give, is_locked, start, surroundings, wait_until
from tests.commands.program import Program
from tests.conftest import DATA
from tests.online import STATE, config
from tests.store.checks import check_whole, exported
from tests.store.test_file import older
from tests.upstream import Upstream, faults

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WORDS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    signal.SIGHUP: "ended by a hangup",
}
COMMANDS = {
    "import": ("import", "-"),
    "create": ("import", "-"),
    "export": ("export", "out.jsonl"),
    "refresh": ("refresh", "p0", "p1", "p2", "p3", "p4", "p5"),
    "add": ("add", "https://codeberg.org/ann/maps"),
}
HEAD = """
import time
from pathlib import Path
from pkgcat import signals
from pkgcat.errors import PkgcatError
from pkgcat.store import Store, file
signals.install()
"""
RECORD = b'{"slug": "new", "title": "New"}\n'

Records = dict[str, dict[str, Any]]


class Scene:
    """A folder with a catalog and an older export, and a server: what a command meets again
    and again.
    """

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        self.folder, self.made, self.work = folder, folder / "made", folder / "work"
        self.catalog, self.export, self.upstream = (
            self.work / "catalog.db",
            self.work / "out.jsonl",
            upstream,
        )
        self.environment = surroundings(
            self.catalog, TMPDIR=str(self.folder), **config(upstream, folder)
        )
        self.made.mkdir()
        program = Program(self.made / "catalog.db")
        assert program("import", DATA / "package-1326.json").code == 0
        lines = []
        for number in range(6):
            upstream.world.create("forgejo", f"ann/p{number}", commits=2, stars=number + 1)
            line = {
                "slug": f"p{number}",
                "title": "p",
                "repo_url": f"https://codeberg.org/ann/p{number}",
            }
            lines.append(json.dumps(line))
        assert program("import", "-", input="\n".join(lines)).code == 0
        (self.made / self.export.name).write_text("the old export")
        self.old = self.reset()

    def reset(self, *, with_catalog: bool = True) -> Records:
        """Bring the folder into its first state; return what is stored there."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.made, self.work)
        if not with_catalog:
            self.catalog.unlink()
        return self.records()

    def start(self, name: str, **hooks: str) -> "subprocess.Popen[bytes]":
        """Start a command; one that reads its input gets a record, and no end of the input yet."""
        process = start({**self.environment, **hooks}, *COMMANDS[name], cwd=self.work)
        if "-" in COMMANDS[name]:
            give(process, RECORD)
        return process

    def complete(self, name: str) -> tuple[Records, int, int]:
        """Run a command to its end; return what is stored then, how many instants it had, and
        when all was stored.
        """
        count = self.folder / "count"
        answer = end(self.start(name, HOOK_COUNT=str(count)))
        assert answer.code == 0, answer
        instants, stored = map(int, count.read_text().split())
        return self.records(), instants, stored

    def records(self) -> Records:
        """Return what is stored of each package, but for times."""
        if not self.catalog.exists():
            return {}
        with Store.write(self.catalog, explicit=True, create=False) as store:
            check_whole(store)
            lines = [json.loads(line) for line in exported(store).splitlines()[1:]]
        times = STATE | {"created", "modified"}
        return {line["slug"]: {name: line[name] for name in line.keys() - times} for line in lines}

    def check(self, answer: Ended, number: int, old: Records, new: Records) -> None:
        """Assert that a command ended as a signal asks, and left behind what it said it did."""
        assert answer.code == 128 + number, answer
        assert not any(
            word in answer.err for word in ("Traceback", "Exception", "Warning", "File ")
        ), answer
        (line,) = [
            line for line in answer.err.splitlines() if line.startswith(f"pkgcat: {WORDS[number]}")
        ]
        found = self.records()
        changed = [slug for slug in found if found[slug] != old.get(slug)]
        assert found.keys() in (old.keys(), new.keys())
        assert all(found[slug] == new[slug] for slug in changed)
        if "nothing was stored" in line:
            assert changed == []
        if "stays" in line or "done already" in line:
            assert found == new
        if "of 6 packages" in line:
            assert f"; {len(changed)} of 6 packages are stored" in line
        written = self.export.read_text()
        assert written == "the old export" or len(written.splitlines()) == len(old) + 1
        left = {file.name for file in self.work.iterdir()}
        assert left <= {"catalog.db", "out.jsonl", ".catalog.db.refresh.lock"}


@pytest.fixture
def scene(tmp_path: Path, upstream: Upstream) -> Scene:
    return Scene(tmp_path, upstream)


@pytest.fixture(scope="session")
def uncached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of pkgcat without byte code: every import compiles."""
    return copy_package(tmp_path_factory.mktemp("uncached"))


@pytest.fixture(scope="session")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of pkgcat with byte code of every module, to which no other test adds any: the number of
    instants stays what it is.
    """
    folder = copy_package(tmp_path_factory.mktemp("cached"))
    assert compileall.compile_dir(folder, quiet=1)
    return folder


def copy_package(folder: Path) -> Path:
    source = Path(pkgcat.__file__).parent
    shutil.copytree(source, folder / "pkgcat", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


# at any instant


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("parts", [4, pytest.param(40, marks=pytest.mark.slow)])
@pytest.mark.parametrize("package", ["cached", "uncached"])
def test_a_signal_at_any_instant_ends_the_command(
    scene: Scene, request: pytest.FixtureRequest, package: str, parts: int, name: str
) -> None:
    """What it raises is discarded or not; on every other instant another signal follows,
    which disturbs no clean-up.
    """
    scene.environment["PYTHONPATH"] = f"{HOOKS}:{request.getfixturevalue(package)}"
    old = scene.reset(with_catalog=name != "create")
    new, instants, stored = scene.complete(name)
    assert new != old or name == "export"
    spread = [1 + (instants - 10) * part // (parts - 1) for part in range(parts)]
    for turn, instant in enumerate([*spread, stored - 25]):
        number, second = SIGNALS[turn % 3], SIGNALS[(turn + 1) % 3]
        sent = f"{int(number)}@{instant}"
        if turn % 2:
            sent += f",{int(second)}@{instant + 5}"
        for hooks in ({"HOOK_DISCARD": "1"}, {}):
            scene.reset(with_catalog=name != "create")
            answer = end(scene.start(name, HOOK_SIGNALS=sent, **hooks), close_input=False)
            scene.check(answer, number, old, new)
            if instant < stored - 20:  # the number of an instant differs by a few from run to run
                assert scene.records() != new or name == "export"
                assert scene.export.read_text() == "the old export"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["import", "export", "refresh", "add"])
@pytest.mark.parametrize("package", ["cached", "uncached"])
def test_a_signal_at_a_random_instant_ends_the_command(
    scene: Scene, request: pytest.FixtureRequest, package: str, name: str
) -> None:
    """No command but an export can be done before it: the input has no end yet, or a host
    does not answer.
    """
    dice = random.Random(name)
    scene.environment["PYTHONPATH"] = f"{HOOKS}:{request.getfixturevalue(package)}"
    if package == "uncached":
        scene.environment["PYTHONPYCACHEPREFIX"] = str(scene.folder / "nothing")
    began = time.monotonic()
    new, *_ = scene.complete(name)
    longest = time.monotonic() - began
    for path in ("/forgejo/*/p5", "/forgejo/*/maps"):
        scene.upstream.faults.add(path, faults.slow(60))
    ready = scene.folder / "ready"
    for turn in range(39):
        number = SIGNALS[turn % 3]
        scene.reset()
        ready.unlink(missing_ok=True)
        process = scene.start(name, HOOK_READY=str(ready))
        wait_until(ready.exists, process)
        time.sleep(dice.uniform(0, longest))
        process.send_signal(number)
        answer = end(process, close_input=False)
        if name == "export" and answer.code in (0, -number):
            assert answer.out == "exported 7 packages to out.jsonl\n"
            assert len(scene.export.read_text().splitlines()) == 8
        else:
            scene.check(answer, number, scene.old, new)


def test_a_signal_before_an_export_gets_its_name_keeps_the_older_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(scene.catalog)
    monkeypatch.setattr(
        os, "fsync", lambda _file: os.kill(os.getpid(), signal.SIGTERM)
    )  # the last thing before it
    answer = program("export", scene.export)
    scene.check(Ended(answer.out, answer.err, answer.code), signal.SIGTERM, scene.old, scene.old)
    assert scene.export.read_text() == "the old export"


def test_what_is_stored_before_a_signal_is_told_to_be(scene: Scene) -> None:
    """The command cannot tell it itself: nobody reads its answer, and the pipe is full."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x")
    os.set_blocking(writer, True)
    process = start(scene.environment, "edit", "p0", "--title", "x", stdout=writer)
    wait_until(lambda: title(scene, "p0") == "x", process)
    process.send_signal(signal.SIGINT)
    assert end(process)[1:] == ("pkgcat: interrupted; what was stored stays\n", 130)
    os.close(reader)
    os.close(writer)


def title(scene: Scene, slug: str) -> str:
    with Store.read(scene.catalog, explicit=True) as store:
        return str(store.value("SELECT title FROM packages WHERE slug = ?", (slug,)))


def test_a_signal_that_is_ignored_from_the_start_stays_ignored(scene: Scene) -> None:
    """As nohup and a shell's & have it."""
    command = f'trap "" HUP INT; exec "{sys.executable}" -m pkgcat import -'
    process = subprocess.Popen(["sh", "-c", command], env=scene.environment, stdin=subprocess.PIPE)
    give(process, RECORD)
    wait_until(lambda: is_locked(scene.catalog), process)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGINT)
    assert end(process).code == 0
    assert "new" in scene.records()


def test_an_exception_that_a_finalizer_discards_is_raised_again(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        class Slow:
            def __del__(self):
                print("begun", flush=True)
                time.sleep(60)

        with signals.ending():
            Slow()
            print("discarded", flush=True)
            time.sleep(60)
        """,
    )
    assert answer == Ended("discarded\n", "pkgcat: terminated\n", 143)


def test_a_signal_that_nothing_looked_at_is_told_at_the_end(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        with signals.ending():
            print("begun", flush=True)
            until = time.monotonic() + 60
            while not signals.is_received() and time.monotonic() < until:
                pass
        """,
    )
    assert answer == Ended("", "pkgcat: terminated; all was done already\n", 143)


def test_a_clean_up_is_not_cut_short(catalog: Path) -> None:
    """Neither by the timer nor by a statement that looks for a signal."""
    answer = script(
        catalog,
        """
        with signals.ending():
            try:
                print("begun", flush=True)
                time.sleep(60)
            finally:
                time.sleep(0.5)
                file.in_memory().close()
                print("clean", flush=True)
        """,
    )
    assert answer == Ended("clean\n", "pkgcat: terminated\n", 143)


def test_a_second_signal_changes_nothing_of_the_first(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        import os, signal

        with signals.ending():
            try:
                print("begun", flush=True)
                time.sleep(60)
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                print("clean", flush=True)
        """,
    )
    assert answer == Ended("clean\n", "pkgcat: terminated\n", 143)


def test_a_signal_before_a_commit_leaves_nothing(catalog: Path) -> None:
    answer = script(
        catalog,
        f"""
        with signals.ending():
            path = Path({str(catalog)!r})
            file.create(path)
            with Store.write(path, explicit=True, create=False) as store, store.transaction():
                store.rows("INSERT INTO hosts VALUES ('example.org', NULL)")
                print("begun", flush=True)
                while not signals.is_received():
                    pass
        """,
    )
    assert answer == Ended("", "pkgcat: terminated; nothing was stored\n", 143)
    with Store.read(catalog, explicit=True) as store:
        assert store.value("SELECT count(*) FROM hosts") == 0


def test_a_signal_after_the_end_of_the_work_ends_the_process_at_once(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        with signals.ending():
            pass
        print("begun", flush=True)
        try:
            time.sleep(60)
        finally:
            print("not at once", flush=True)
        """,
    )
    assert answer == Ended("", "", 143)


def test_a_signal_that_comes_while_another_one_is_told_changes_nothing(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        import os, signal
        tell = signals._tell
        def tell_disturbed(number):
            os.kill(os.getpid(), signal.SIGINT)
            tell(number)
        signals._tell = tell_disturbed
        with signals.ending():
            print("begun", flush=True)
            time.sleep(60)
        """,
    )
    assert answer == Ended("", "pkgcat: terminated\n", 143)


def test_a_full_standard_error_holds_no_signal_up(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        import os
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        os.dup2(writer, 2)
        with signals.ending():
            print("begun", flush=True)
            time.sleep(60)
        """,
    )
    assert answer == Ended("", "", 143)


def test_a_draft_that_is_gone_by_now_is_not_named(catalog: Path) -> None:
    answer = script(
        catalog,
        """
        with signals.ending():
            signals.mention_draft("/nowhere/draft.toml")
            print("begun", flush=True)
            time.sleep(60)
        """,
    )
    assert answer == Ended("", "pkgcat: terminated\n", 143)


def test_an_error_that_comes_of_a_signal_is_not_told(catalog: Path) -> None:
    """A callback of SQLite's discards the exception and lets the statement fail."""
    answer = script(
        catalog,
        """
        def allowed(*_args):
            time.sleep(60)
            return 0

        with signals.ending():
            connection = file.in_memory()
            connection.set_authorizer(allowed)
            print("begun", flush=True)
            connection.execute("SELECT 1")
        """,
    )
    assert answer == Ended("", "pkgcat: terminated\n", 143)


def test_a_query_that_a_signal_broke_off_fails_in_no_other_words(catalog: Path) -> None:
    """Not while it begins, but while its rows are read."""
    answer = script(
        catalog,
        """
        endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
        with signals.ending():
            try:
                with Store.read(Path("not there"), explicit=False) as store:
                    rows = store.rows(f"SELECT 1 UNION ALL SELECT * FROM ({endless})")
                    print("begun", flush=True)
                    rows.fetchall()
            except PkgcatError as error:
                print(error)
        """,
    )
    assert answer == Ended("", "pkgcat: terminated\n", 143)


def script(catalog: Path, text: str) -> Ended:
    """Run a program that uses the module, and terminate it once it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEAD + dedent(text)],
        env=surroundings(catalog),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGTERM)
    return end(process)


# while the program waits


def test_a_signal_that_breaks_off_no_system_call_is_noticed(catalog: Path) -> None:
    """Another thread receives it; one that comes just before the call does not break it off either."""
    answer = script(
        catalog,
        """
        import os, signal, threading

        def receive():
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
            time.sleep(0.5)  # by then the main thread waits for the pipe
            print("begun", flush=True)
            time.sleep(60)

        with signals.ending():
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            threading.Thread(target=receive, daemon=True).start()
            reader, writer = os.pipe()
            os.read(reader, 1)
        """,
    )
    assert answer == Ended("", "pkgcat: terminated\n", 143)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    "args", [("edit", "p0", "--title", "x"), ("list",), ("refresh", "p0"), ("import", "-")]
)
def test_a_signal_ends_the_wait_for_a_lock(
    scene: Scene, tmp_path: Path, args: tuple[str, ...], number: int
) -> None:
    opened = tmp_path / "opened"
    lock = sqlite3.connect(scene.catalog, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    process = start({**scene.environment, "HOOK_OPENED": str(opened)}, *args)
    if "-" in args:
        give(process, RECORD)  # an import looks at its input before it opens the catalog
    wait_until(opened.exists, process)
    process.send_signal(number)
    answer = end(process, close_input=False)
    lock.close()
    scene.check(answer, number, scene.old, scene.old)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_wait_of_a_commit_for_a_reader(scene: Scene, number: int) -> None:
    reader = sqlite3.connect(scene.catalog, isolation_level=None)
    rows = reader.execute("SELECT slug FROM packages")
    rows.fetchone()  # until the last row is read the catalog is locked against a COMMIT
    process = start(scene.environment, "edit", "p0", "--title", "x")
    wait_until(lambda: is_locked(scene.catalog), process)
    process.send_signal(number)
    answer = end(process)
    reader.close()
    scene.check(answer, number, scene.old, scene.old)
    assert "nothing was stored" in answer.err


def test_a_signal_ends_the_wait_of_a_backup(tmp_path: Path) -> None:
    """Another process locks the catalog after its schema was looked at, and before it is copied."""
    folder, opened = tmp_path / "folder", tmp_path / "opened"
    folder.mkdir()
    catalog = older(folder / "catalog.db", "m002_search")
    before = catalog.read_bytes()
    process = start(surroundings(catalog, HOOK_LOCK=str(catalog), HOOK_OPENED=str(opened)), "list")
    wait_until(opened.exists, process)
    process.send_signal(signal.SIGTERM)
    assert end(process).code == 143
    assert catalog.read_bytes() == before
    assert list(folder.iterdir()) == [catalog]


def test_a_signal_ends_a_long_statement(catalog: Path) -> None:
    """SQLite runs it in C, where no signal handler of Python's runs."""
    answer = script(
        catalog,
        """
        def tell():
            print("begun", flush=True)

        with signals.ending():
            connection = file.in_memory()
            connection.create_function("tell", 0, tell)
            connection.execute(
                "WITH RECURSIVE c(x) AS (SELECT tell() UNION ALL SELECT 1 FROM c) SELECT count(*) FROM c"
            )
        """,
    )
    assert answer == Ended("", "pkgcat: terminated\n", 143)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    "args", [COMMANDS["refresh"], COMMANDS["add"], ("import", "--from", "djangopackages")]
)
def test_a_signal_ends_the_wait_for_a_host(
    scene: Scene, args: tuple[str, ...], number: int
) -> None:
    asked = []
    for path in ("/forgejo/*/p3", "/forgejo/*/maps", "/djangopackages/*/packages/"):
        late = faults.slow(60)
        scene.upstream.faults.add(path, late, when=lambda request: asked.append(request) is None)
    process = start(scene.environment, *args)
    wait_until(lambda: bool(asked), process)
    process.send_signal(number)
    answer = end(process)
    scene.upstream.faults.clear()
    found = scene.records()
    scene.check(answer, number, scene.old, found)
    if args[0] != "refresh":
        assert "nothing was stored" in answer.err
        assert found == scene.old


def test_a_refresh_that_is_interrupted_tells_what_it_stored_and_the_next_goes_on(
    scene: Scene,
) -> None:
    scene.upstream.faults.add("/forgejo/*/p3", faults.slow(60))
    process = scene.start("refresh")
    wait_until(lambda: changed(scene) == 5, process)
    process.send_signal(signal.SIGINT)
    answer = end(process)
    assert answer.err == "pkgcat: interrupted; 5 of 6 packages are stored, the next run goes on\n"
    assert (answer.code, answer.out) == (130, "")
    scene.upstream.faults.clear()
    assert end(scene.start("refresh")).code == 0
    assert changed(scene) == 6


def changed(scene: Scene) -> int:
    """Count the packages whose stars are known."""
    with Store.read(scene.catalog, explicit=True) as store:
        return int(
            store.value(
                "SELECT count(*) FROM facts WHERE repo_watchers IS NOT NULL AND repo_host = 'forgejo'"
            )
        )
