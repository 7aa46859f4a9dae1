"""`pkgcat serve` as a child on loopback, and plain HTTP to ask it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.children import start, surroundings
from tests.commands.program import Program

SECONDS = 30
"""After so long without an answer a test fails."""


def import_long_records(catalog: Path) -> None:
    """Import 900 packages of 9 KB: more than the buffers of a connection hold."""
    records = [{"slug": f"a{n}", "title": "A", "repo_description": "x" * 9000} for n in range(900)]
    assert Program(catalog)("import", "-", input=json.dumps(records)).code == 0


class Reply(NamedTuple):
    """An answer: its headers by names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A running `pkgcat serve`; leaving its `with` block ends it with SIGTERM."""

    def __init__(self, catalog: Path, *args: str, env: dict[str, str] | None = None) -> None:
        self._args = args
        self._environment = surroundings(catalog, **(env or {}))
        self.lines: list[str] = []
        """What it wrote to stderr, once it has ended."""

    def __enter__(self) -> Self:
        self.process = start(self._environment, "serve", "--port", "0", *self._args)
        assert self.process.stderr is not None
        self.told: list[str] = []
        while not self.told or " at http" not in self.told[-1]:
            self.told.append(self.process.stderr.readline().decode())
            assert self.told[-1], self.told
        self.first_line = self.told[-1]
        address = self.first_line.partition(" at http://")[2].partition("/")[0]
        host, _, port = address.rpartition(":")
        self.host, self.port = host.strip("[]"), int(port)
        self._reader = threading.Thread(target=self._read_lines, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(SECONDS)
        return code

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Send one request on a connection of its own, with no header but those given and Host."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        try:
            return ask(connection, path, method=method, headers=headers, body=body)
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """Open a plain connection."""
        return socket.create_connection((self.host, self.port), timeout=SECONDS)

    def memory(self) -> int:
        """Return how many bytes of memory the server has in use."""
        text = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii")
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _read_lines(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.decode())


def ask(
    connection: http.client.HTTPConnection,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> Reply:
    """Send one request on an open connection and return the answer."""
    given = dict(headers or {})
    connection.putrequest(method, path, skip_host="Host" in given, skip_accept_encoding=True)
    if body:
        given["Content-Length"] = str(len(body))
    for name, value in given.items():
        connection.putheader(name, value)
    connection.endheaders(body or None)
    response = connection.getresponse()
    found: dict[str, str] = {}
    for name, value in response.getheaders():
        before = found.get(name.lower())
        found[name.lower()] = value if before is None else f"{before}, {value}"
    return Reply(response.status, found, response.read())
