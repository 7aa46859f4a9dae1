"""What every test stands on: no home, no settings, no clock, no network; a catalog of its own."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, settings

from pkgcat.store import Store
from tests.upstream import Upstream, World
from tests.upstream.small import small_world

settings.register_profile(
    "pkgcat",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("pkgcat")

DATA = Path(__file__).parent / "data"
"""The records of the reference, byte for byte."""

NOW = datetime(2026, 2, 20, 12, 30, 15, 250000, tzinfo=UTC)

_FORGOTTEN = re.compile(
    "(PKGCAT|XDG|LC|CLICOLOR|GH|GITHUB|GITLAB|FORGEJO|CODEBERG|BITBUCKET|GIT)_.*"
    "|NO_COLOR|CLICOLOR|COLUMNS|LINES|PAGER|LESS|EDITOR|VISUAL|BROWSER|(WAYLAND_)?DISPLAY|(COLOR)?TERM|LANG|LANGUAGE|TZ|PYTHONIOENCODING"
    "|SSL_CERT_(FILE|DIR)|SSLKEYLOGFILE"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks for tests that take long: `pytest -m slow` runs those that take minutes."""
    config.addinivalue_line("markers", "slow: takes minutes; runs only when asked for with -m slow")
    config.addinivalue_line(
        "markers", "long: takes about ten seconds; `make coverage` does without"
    )
    _heed_signals()


def _heed_signals() -> None:
    """Heed the signals that nohup and a shell's & ignore: children would ignore them as well."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out unless marks were asked for."""
    if not config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the home, the settings and the terminal of whoever runs the tests."""
    for name in list(os.environ):
        if _FORGOTTEN.fullmatch(name):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("BROWSER", "true")  # a program that opens nothing
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):  # child processes find no way out, either
        monkeypatch.setenv(name, "http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process connect to itself only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        here = address[0] in ("::1", "localhost") or str(address[0]).startswith("127.")
        if self.family != socket.AF_UNIX and not here:
            raise AssertionError(f"a test wanted to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def children_without_coverage() -> None:
    """Measure this process only: a child that coverage watches imports, prints and writes
    what pkgcat does not.
    """
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """Read the system's certificates once, not for each of a thousand fetchers: 40 ms each."""
    made = ssl.create_default_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda: made)
        yield


@pytest.fixture
def now() -> datetime:
    """The moment at which tests take place."""
    return NOW


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """Where this test's catalog is, once something has written to it."""
    return tmp_path / "catalog.db"


@cache
def _read_empty_catalog() -> bytes:
    """Return an empty catalog, made once: making one takes thirty times as long as copying it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        with Store.write(path, explicit=True, create=True):
            pass
        return path.read_bytes()


def open_empty_catalog(path: Path) -> Store:
    """Open an empty catalog, which is not there yet, for writing."""
    path.touch(mode=0o600)
    path.write_bytes(_read_empty_catalog())
    return Store.write(path, explicit=True, create=False)


@pytest.fixture
def store(catalog: Path) -> Iterator[Store]:
    """An empty catalog, open for writing."""
    with open_empty_catalog(catalog) as opened:
        yield opened


@pytest.fixture
def world() -> World:
    """What the hosts have: a repository of 70 weekly commits and an empty one on each, a
    project.
    """
    return small_world()


@pytest.fixture
def upstream(world: World) -> Iterator[Upstream]:
    """A server of that world, which speaks the hosts' dialects."""
    with Upstream(world) as upstream:
        yield upstream


class Ran(NamedTuple):
    """What a command answered: text, and the bytes of stdout as they came."""

    out: str
    err: str
    code: int
    raw: bytes


Run = Callable[..., Ran]


@pytest.fixture
def run(catalog: Path, tmp_path: Path) -> Run:
    """Run the real command line: `run("show", "django-cities", input=..., env={...}, cwd=...)`.

    An environment variable of None is taken away. PKGCAT_DB names the `catalog` fixture's file.
    """

    def command(
        *args: str | Path,
        input: str | bytes | None = None,  # noqa: A002  # as subprocess has it
        env: dict[str, str | None] | None = None,
        cwd: Path | None = None,
        timeout: float = 300,
    ) -> Ran:
        wanted = {**os.environ, "PKGCAT_DB": str(catalog), **(env or {})}
        done = subprocess.run(
            [sys.executable, "-m", "pkgcat", *map(str, args)],
            input=input.encode() if isinstance(input, str) else input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            env={name: value for name, value in wanted.items() if value is not None},
            cwd=cwd or tmp_path,
            timeout=timeout,
            check=False,
        )
        out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return Ran(out, err, done.returncode, done.stdout)

    return command


@pytest.fixture
def cities(run: Run) -> Run:
    """The command line, on a catalog that has imported package-1326.json (django-cities)."""
    assert run("import", DATA / "package-1326.json").code == 0
    return run
