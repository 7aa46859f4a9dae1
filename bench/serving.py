"""`pkgcat serve` beside a bare Starlette route that answers the same bytes."""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import refreshing
from bench.measure import pkgcat, run

_CLIENTS, _READERS = 16, 8
_HEADERS = re.compile(rb"HTTP/1.1 (\d+).*?content-length: (\d+)", re.DOTALL | re.IGNORECASE)

Rows = list[tuple[str, str, str]]


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path: str, *headers: str) -> tuple[int, bytes, bytes]:
        """Send one request; return the status, the headers and the body."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._read()
        head, _, body = received.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        match = _HEADERS.match(head)
        size = int(match[2]) if match else 0
        while len(body) < size:
            body += self._read()
        return status, head, body

    def _read(self) -> bytes:
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise RuntimeError("the server closed the connection")
        return piece

    def milliseconds(self, path: str, *headers: str) -> float:
        """Return how long one answer took."""
        began = time.perf_counter()
        self.ask(path, *headers)
        return (time.perf_counter() - began) * 1000


def rows(file: Path, folder: Path, words: str, rounds: int, seconds: int) -> Rows:
    """Measure a catalog's server; `words` are searched for, `seconds` is how long the runs of
    many clients take.
    """
    port, bare_port = _free_port(), _free_port()
    environment = {"PKGCAT_DB": str(file)}
    began = time.perf_counter()
    with _running(pkgcat("serve", "--port", str(port)), port, environment) as process:
        ready = (time.perf_counter() - began) * 1000
        record = json.loads(Client(port).ask("/api/v4/packages/?limit=1")[2])["results"][0]
        detail = f"/api/v4/packages/{record['id']}/"
        search = f"/api/v4/search/?q={words.replace(' ', '+')}"
        body = folder / "body.json"
        body.write_bytes(Client(port).ask(detail)[2])
        bare = (sys.executable, "-m", "bench.bare_route", str(body), str(bare_port))
        with _running(bare, bare_port, {}):
            found = _one_client(port, bare_port, detail, search, rounds)
            found += _many_clients(port, bare_port, detail, seconds)
        found += [("start to the first answer", "350 ms", f"{ready:.0f} ms")]
        found += _beside_writers(port, detail, record["slug"], environment, folder, seconds)
        memory = _memory(process.pid)
        found += [("memory after all of this", "60 MB", f"{memory / 1e6:.0f} MB")]
    return found


def _one_client(port: int, bare_port: int, detail: str, search: str, rounds: int) -> Rows:
    client, bare = Client(port), Client(bare_port)
    tag = re.search(rb"etag: (\S+)", client.ask(detail)[1], re.IGNORECASE)
    assert tag is not None
    condition = f"If-None-Match: {tag[1].decode()}"
    asks: dict[str, Callable[[], float]] = {
        "bare": lambda: bare.milliseconds("/"),
        "detail": lambda: client.milliseconds(detail),
        "list": lambda: client.milliseconds("/api/v4/packages/"),
        "search": lambda: client.milliseconds(search),
        "304": lambda: client.milliseconds(detail, condition),
    }
    times: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(rounds):
        for name, ask in asks.items():
            times[name].append(ask())
    median = {name: statistics.median(values) for name, values in times.items()}
    ratio = median["detail"] / median["bare"]
    return [
        ("a bare Starlette route, the same bytes", "", f"{median['bare']:.2f} ms"),
        (
            "detail, one client",
            "1.0 ms, 1.5 of the bare route",
            f"{median['detail']:.2f} ms, {ratio:.2f}",
        ),
        ("list of 20", "2.5 ms", f"{median['list']:.2f} ms"),
        ("search for two words", "8 ms", f"{median['search']:.2f} ms"),
        ("304", "0.6 ms", f"{median['304']:.2f} ms"),
    ]


def _many_clients(port: int, bare_port: int, detail: str, seconds: int) -> Rows:
    served, errors, _ = _hammer(port, detail, _CLIENTS, seconds)
    bare, _, _ = _hammer(bare_port, "/", _CLIENTS, seconds)
    figure = f"{served / bare:.2f} ({served / seconds:.0f} a second), {errors} errors"
    return [(f"requests a second, {_CLIENTS} clients", "0.6 of the bare route, no error", figure)]


def _beside_writers(
    port: int, detail: str, slug: str, environment: dict[str, str], folder: Path, seconds: int
) -> Rows:
    """Read while a title is edited each second, and one refresh after the other runs."""
    hosts = refreshing.start_hosts(1)
    _, config = refreshing.configure(hosts, folder)
    stopped = threading.Event()

    def edit() -> None:
        number = 0
        while not stopped.wait(1):
            number += 1
            run(pkgcat("edit", slug, "--title", f"Title {number}"), environment)

    def refresh() -> None:
        more = {"PKGCAT_CONFIG": str(config)}
        while not stopped.is_set():
            run(pkgcat("refresh", "--all", "--limit", "200", "--quiet"), {**environment, **more})

    writers = [threading.Thread(target=edit), threading.Thread(target=refresh)]
    for writer in writers:
        writer.start()
    asked, errors, times = _hammer(port, detail, _READERS, seconds)
    stopped.set()
    for writer in writers:
        writer.join()
    hosts.terminate()
    hosts.wait()
    times.sort()
    late = times[int(len(times) * 0.99)]
    figure = f"{errors} of {asked:,} are no 200, p99 {late:.0f} ms"
    what = f"{_READERS} readers beside a refresh and an edit a second"
    return [(what, "no 5xx, p99 50 ms", figure)]


def _hammer(port: int, path: str, clients: int, seconds: int) -> tuple[int, int, list[float]]:
    """Ask again and again; return the number of answers, of those that are no 200, and the
    times.
    """
    times: list[float] = []
    errors: list[int] = []
    end = time.perf_counter() + seconds

    def ask() -> None:
        client = Client(port)
        while time.perf_counter() < end:
            began = time.perf_counter()
            status, _, _ = client.ask(path)
            times.append((time.perf_counter() - began) * 1000)
            if status != 200:
                errors.append(status)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times), len(errors), times


@contextmanager
def _running(
    command: tuple[str, ...], port: int, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server; the block begins once it has answered."""
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not _answers(port):
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended with {process.returncode}")
                time.sleep(0.002)
            yield process
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        Client(port).ask("/api/v4/")
    except (OSError, RuntimeError):
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _memory(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
