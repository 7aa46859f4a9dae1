"""Work on the event loop, which a signal cancels wherever it waits; the terminal is left as
it was.
"""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from pkgcat.shell import event_loop
from tests.children import BOUND, Terminal, end, start, surroundings, wait_until
from tests.commands.program import Program
from tests.online import config
from tests.upstream import Upstream, World, faults

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def maps(empty: Program, world: World) -> Program:
    """A catalog of 12 packages, each with a repository."""
    lines = []
    for number in range(12):
        world.create("forgejo", f"ann/p{number}", commits=2, stars=number + 1)
        lines.append(
            {"slug": f"p{number}", "title": "p", "repo_url": f"https://codeberg.org/ann/p{number}"}
        )
    assert empty("import", "-", input="\n".join(map(json.dumps, lines))).code == 0
    return empty


@pytest.fixture
def environment(maps: Program, upstream: Upstream, tmp_path: Path) -> dict[str, str]:
    upstream.faults.add("/forgejo/*/p11", faults.slow(60))
    return surroundings(maps.catalog, TERM="xterm", **config(upstream, tmp_path))


def fetched(program: Program) -> int:
    return len(program.slugs("--where", "repo_watchers", "!=", "null"))


def test_work_that_is_cancelled_raises_interrupted(catalog: Path) -> None:
    """Also where it took its cancellation for something else."""
    text = """
import asyncio
from pkgcat import signals
from pkgcat.shell import event_loop

async def work():
    print("begun", flush=True)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled", flush=True)

signals.install()
with signals.ending():
    try:
        event_loop.run(work())
    except signals.Interrupted:
        print("interrupted", flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", text], env=surroundings(catalog), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGTERM)
    assert end(process)[::2] == ("cancelled\ninterrupted\n", 143)


def test_a_coroutine_that_a_cancelled_task_did_not_await_is_no_warning() -> None:
    text = """
import asyncio, os, signal
from pkgcat import signals
from pkgcat.shell import event_loop

async def connect():
    pass

async def work():
    not_awaited = connect()
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(60)

signals.run_program(lambda: event_loop.run(work()))
"""
    command = [sys.executable, "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=BOUND)
    assert (done.returncode, done.stderr) == (130, "pkgcat: interrupted\n")


def test_work_does_not_begin_after_a_signal(catalog: Path) -> None:
    text = """
import asyncio, os, signal
from pkgcat import signals
from pkgcat.shell import event_loop

async def work():
    print("begun", flush=True)
    await asyncio.sleep(60)

signals.install()
with signals.ending():
    os.kill(os.getpid(), signal.SIGTERM)
    event_loop.run(work())
"""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", text], env=surroundings(catalog), stdout=pipe, stderr=pipe
    )
    assert end(process) == ("", "pkgcat: terminated\n", 143)


def test_a_clean_up_that_waits_is_cancelled_again(catalog: Path) -> None:
    text = """
import asyncio
from pkgcat import signals
from pkgcat.shell import event_loop

async def work():
    print("begun", flush=True)
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(60)

signals.install()
with signals.ending():
    event_loop.run(work())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", text], env=surroundings(catalog), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGTERM)
    assert end(process).code == 143


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("args", [("refresh", "p0"), ("add", "https://codeberg.org/ann/other")])
def test_a_look_up_of_a_name_holds_nobody_up(
    maps: Program, tmp_path: Path, args: tuple[str, ...], number: int
) -> None:
    """The system's resolver may take a minute, in a thread that Python would wait for."""
    file, looked_up = tmp_path / "elsewhere.toml", tmp_path / "looked up"
    file.write_text('[sources.forgejo]\napi_url = "http://nowhere.test/api"\n')
    hooks = {"HOOK_LOOK_UP": str(looked_up), "PKGCAT_CONFIG": str(file), "NO_PROXY": "*"}
    process = start(surroundings(maps.catalog, **hooks), *args)
    wait_until(looked_up.exists, process)
    process.send_signal(number)
    answer = end(process)
    assert answer.code == 128 + number, answer
    assert answer.err.count("\n") == 1, answer


def test_names_are_looked_up(
    maps: Program, environment: dict[str, str], upstream: Upstream, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(upstream.config().replace("127.0.0.1", "localhost"))
    assert end(start(environment, "refresh", "p0")).code == 0


@pytest.mark.parametrize(
    ("host", "port", "error"),
    [("localhost", "no such service", socket.gaierror), ("a" * 70 + ".test", 80, UnicodeError)],
)
def test_what_a_look_up_raises_is_raised(
    host: str, port: str | int, error: type[Exception]
) -> None:
    async def work() -> None:
        await asyncio.get_running_loop().getaddrinfo(host, port)

    with pytest.raises(error):
        event_loop.run(work())


@pytest.mark.parametrize("closed", [False, True])
def test_a_look_up_that_nobody_waits_for_any_more_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    go, complaints, threads = threading.Event(), [], []
    monkeypatch.setattr(threading, "excepthook", complaints.append)

    def look_up(*_args: object) -> list[object]:
        threads.append(threading.current_thread())
        go.wait(BOUND)
        return []

    monkeypatch.setattr(
        socket, "getaddrinfo", look_up
    )  # the system's resolver, which is slow at times

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(context))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.getaddrinfo("name.test", 80), 0.05)
        if not closed:
            go.set()
            await asyncio.to_thread(threads[0].join)

    event_loop.run(work())
    go.set()
    threads[0].join(BOUND)
    assert complaints == []


def test_a_second_signal_disturbs_no_clean_up(maps: Program, environment: dict[str, str]) -> None:
    process = start(environment, "refresh", "--all")
    wait_until(lambda: fetched(maps) == 11, process)
    for _ in range(9):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)  # to be one that arrives by itself
    answer = end(process)
    assert answer.err == "pkgcat: interrupted; 11 of 12 packages are stored, the next run goes on\n"
    assert answer.out == ""
    assert answer.code in (130, -signal.SIGINT)  # the last may find Python itself ending


def test_ctrl_c_leaves_the_terminal_as_it_was(
    maps: Program, environment: dict[str, str], terminal: Terminal
) -> None:
    process = terminal.start(environment, "refresh", "--all")
    wait_until(lambda: fetched(maps) == 11 and terminal.shows(b"11/12"), process)
    assert terminal.shows(b"\x1b[?25l"), "a bar hides the cursor"
    terminal.press(b"\x03")
    assert process.wait(BOUND) == 130
    assert terminal.shows(
        b"\r\npkgcat: interrupted; 11 of 12 packages are stored, the next run goes on\r\n"
    )
    assert terminal.written.rindex(b"\x1b[?25h") > terminal.written.rindex(b"\x1b[?25l")
    assert termios.tcgetattr(terminal.inside) == terminal.settings


def test_a_terminal_that_hangs_up_ends_the_refresh(
    maps: Program, environment: dict[str, str], terminal: Terminal
) -> None:
    process = terminal.start(environment, "refresh", "--all")
    wait_until(lambda: fetched(maps) == 11, process)
    terminal.close()
    assert process.wait(BOUND) == 129
    assert fetched(maps) == 11
