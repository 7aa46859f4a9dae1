"""What `pkgcat serve` lets nobody do: other hosts, writers, readers without a token, hostile
clients.
"""

import base64
import contextlib
import json
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkgcat.server.connections import Connection
from tests.commands.program import Program, told
from tests.server.in_process import LocalServer
from tests.server.program import SECONDS, Server, import_long_records

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "127.0.0.1.example.org",
        "localhost.example.org",
        "",
        "evil",
        "10.0.0.1",
        "[::2]",
    ],
)
def test_a_request_to_another_host_is_400(server: Server, host: str) -> None:
    reply = server.ask("/api/v4/packages/1326/", headers={"Host": host})
    assert reply.status == 400
    assert b"django-cities" not in reply.body


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80", "[::1]:8326"]
)
def test_this_machine_has_several_names(server: Server, host: str) -> None:
    assert server.ask("/api/v4/", headers={"Host": host}).status == 200


def test_a_request_without_a_host_is_400(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET /api/v4/ HTTP/1.0\r\n\r\n")
        assert connection.makefile("rb").readline().split()[1] == b"400"


def test_an_allowed_host_is_answered_under_its_name(site: Path) -> None:
    with Server(site, "--allow-host", "Packages.example.org") as running:
        reply = running.ask("/api/v4/", headers={"Host": "packages.EXAMPLE.org:8443"})
    assert reply.json["grids"] == "http://packages.EXAMPLE.org:8443/api/v4/grids/"


def test_only_a_proxy_on_this_machine_says_https(server: Server) -> None:
    for value, scheme in (("https", "https"), ("gopher", "http"), ("https, http", "http")):
        reply = server.ask("/api/v4/", headers={"X-Forwarded-Proto": value})
        assert reply.json["grids"].startswith(f"{scheme}://127.0.0.1")
    forwarded = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    assert server.ask("/api/v4/", headers=forwarded).json["grids"].startswith("https://")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1"])
def test_others_are_let_in_only_to_a_host_that_is_named(
    site: Path, taken_port: int, host: str
) -> None:
    answer = Program(site)("serve", "--host", host, "--port", taken_port)
    assert "--allow-host" in told(answer, 2)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MKCOL", "CONNECT2"])
@pytest.mark.parametrize("path", ["/api/v4/packages/1326/", "/healthz"])
def test_nothing_can_be_written(server: Server, made_site: Path, method: str, path: str) -> None:
    before = made_site.read_bytes()
    reply = server.ask(path, method=method, body=b'{"title": "other"}')
    assert reply.status == 405
    assert "GET" in reply.headers["allow"]
    assert made_site.read_bytes() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v4/packages/", 200),
        ("/api/v4/packages", 301),
        ("/api/v4/packages/nobody/", 404),
        ("/nothing", 404),
        ("/healthz", 200),
        ("/robots.txt", 200),
        ("/favicon.ico", 200),
    ],
)
def test_every_answer_tells_browsers_what_they_may_not_do(
    server: Server, path: str, status: int
) -> None:
    reply = server.ask(path)
    assert reply.status == status
    assert SECURITY.items() <= reply.headers.items()
    policy = reply.headers["content-security-policy"]
    assert policy.split("; ") == [
        f"{name} 'none'" for name in ("default-src", "base-uri", "form-action", "frame-ancestors")
    ]
    assert "server" not in reply.headers
    assert not [name for name in reply.headers if name.startswith("access-control-")]


def test_notes_are_not_searched(site: Path) -> None:
    noted = Program(site)("edit", "django-cities", "--notes", "zymurgy matters")
    assert noted.code == 0, noted.err
    with Server(site) as running:
        assert running.ask("/api/v4/search/?q=zymurgy").json == []


@pytest.fixture(scope="module")
def guarded(made_site: Path) -> Iterator[Server]:
    """A server that asks for a token."""
    with Server(made_site, env={"PKGCAT_SERVE_TOKEN": "open-sesame"}) as running:
        yield running


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("", 401),
        ("Bearer ", 401),
        ("Bearer wrong", 401),
        ("Bearer open-sesame2", 401),
        ("Basic open-sesame", 401),
        ("Basic ////", 401),
        ("Digest open-sesame", 401),
        ("Bearer open-sesame", 200),
        ("bearer  open-sesame", 200),
        (f"Basic {base64.b64encode(b'anyone:open-sesame').decode()}", 200),
    ],
)
def test_a_reader_needs_the_token(guarded: Server, authorization: str | None, status: int) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    reply = guarded.ask("/api/v4/packages/1326/", headers=headers)
    assert reply.status == status
    if status == 401:
        assert "Bearer" in reply.headers["www-authenticate"]
        assert b"django-cities" not in reply.body


def test_without_a_token_set_one_is_made_and_told(site: Path) -> None:
    with Server(site, "--read-token") as running:
        refused = running.ask("/api/v4/")
        token = running.told[0].rpartition(" ")[2].strip()
        answered = running.ask("/api/v4/", headers={"Authorization": f"Bearer {token}"})
    assert (refused.status, answered.status) == (401, 200)
    assert len(token) >= 32


def test_authorization_means_nothing_where_no_token_is_asked_for(server: Server) -> None:
    headers = {"Authorization": "Bearer nonsense"}
    assert server.ask("/api/v4/", headers=headers).status == 200


def test_the_token_is_never_written(site: Path) -> None:
    token = "open-sesame"
    with Server(site, "--log", env={"PKGCAT_SERVE_TOKEN": token}) as running:
        running.ask("/api/v4/", headers={"Authorization": f"Bearer {token}"})
        running.end(15)
    assert token not in "".join([*running.told, *running.lines])


def test_each_request_is_one_line_of_the_log(site: Path) -> None:
    with Server(site, "--log") as running:
        running.ask("/api/v4/packages/1326/")
        running.ask("/api/v4/packages/%1B%5B31m%0A%E2%80%AEx/?q=%22")
        running.end(15)
    lines = [line for line in running.lines if "/api/" in line]
    assert [line.split()[4] for line in lines] == ["200", "404"], lines
    assert [line.count("\n") for line in lines] == [1, 1]
    for line in lines:
        assert line[:-1].isascii()
        assert line[:-1].isprintable()


def test_without_log_no_request_is_told(site: Path) -> None:
    with Server(site) as running:
        running.ask("/api/v4/packages/1326/")
        running.end(15)
    assert len(running.lines) == 1, running.lines  # how it ended


_STATUSES = (b"200", b"400", b"404", b"405", b"414", b"431")


def refused_then_served(server: Server, request: bytes) -> None:
    """Send what no server should take: it is answered or refused, and the next one is served."""
    before = server.memory()
    with server.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(request)
        answer = connection.makefile("rb").read()
        assert answer == b"" or answer.split()[1] in _STATUSES
        assert b"Traceback" not in answer
    assert server.ask("/api/v4/packages/1326/").status == 200
    assert server.memory() - before < 8_000_000


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /api/v4/ HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: " + b"a" * 1_000_000,
        b"GET /api/v4/ HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: a\r\n" * 150_000,
        b"GET /api/v4/search/?q="
        + b"a" * 100_000
        + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET " + b"a" * 3_000_000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100,
        b"GET /api/v4/ HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
        b"GET http://evil/api/v4/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /api/v4/ HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
        b"POST /api/v4/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
        + b"x" * 5_000_000,
        b"POST /api/v4/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"ffffff\r\n" + b"x" * 5_000_000,
        b"\r\n" * 100_000,
        b"GET /api/v4/ HTTP/9.9\r\nConnection: close\r\n\r\n",
    ],
    ids=[
        "1 MB header",
        "1 MB of headers",
        "100 kB query",
        "endless line",
        "TLS",
        "two hosts",
        "absolute address",
        "bad host",
        "endless body",
        "endless chunk",
        "empty lines",
        "HTTP 9",
    ],
)
def test_a_hostile_request_is_refused_and_the_next_one_served(
    server: Server, request_: bytes
) -> None:
    refused_then_served(server, request_)


def test_headers_of_more_than_32_kilobytes_are_refused_before_they_end(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET /api/v4/ HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 40_000)
        assert connection.makefile("rb").readline().split()[1:2] == [b"400"]


def test_six_hundred_open_connections_keep_nobody_out(server: Server) -> None:
    before = server.memory()
    with contextlib.ExitStack() as stack:
        for _ in range(600):
            stack.enter_context(server.connect())
        assert server.ask("/api/v4/packages/1326/").status == 200
        assert server.memory() - before < 20_000_000


def test_an_idle_connection_gives_way_and_one_that_is_answered_does_not(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.MAX_CONNECTIONS", 3)
    monkeypatch.setattr("pkgcat.server.connections.HEADER_SECONDS", 1000)
    with LocalServer(site) as running, contextlib.ExitStack() as stack:
        first = stack.enter_context(running.connect())
        for _ in range(2):
            stack.enter_context(running.connect())
        assert running.ask("/api/v4/").status == 200
        assert first.recv(1) == b"", "the one that waited longest was closed"


def test_headers_that_do_not_come_end_the_connection(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.HEADER_SECONDS", 0.2)
    with LocalServer(site) as running, running.connect() as connection:
        connection.sendall(b"GET /api/v4/ HTTP/1.1\r\nHost: lo")
        assert connection.recv(1) == b""


def test_a_connection_that_sends_nothing_is_closed(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.HEADER_SECONDS", 0.2)
    with LocalServer(site) as running, running.connect() as connection:
        assert connection.recv(1) == b""


def test_a_byte_now_and_then_buys_no_more_time_for_headers(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.HEADER_SECONDS", 1)
    with LocalServer(site) as running, running.connect() as connection:
        connection.settimeout(0.05)
        connection.sendall(b"GET /api/v4/ HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        for _ in range(200):
            with contextlib.suppress(TimeoutError):
                assert connection.recv(1) == b""
                break
            connection.sendall(b"a")
        else:
            raise AssertionError("it is waited for ten times as long")


def test_the_second_request_of_a_connection_has_no_more_time_for_its_headers(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalServer(site) as running, running.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        lines = connection.makefile("rb")
        while lines.readline() != b"ok\n":
            pass
        monkeypatch.setattr("pkgcat.server.connections.HEADER_SECONDS", 0.2)
        connection.sendall(b"GET /healthz")
        assert connection.recv(1) == b""


def test_a_connection_that_is_being_answered_gives_way_to_nobody(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.MAX_CONNECTIONS", 1)
    import_long_records(site)
    with LocalServer(site) as running, running.connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.sendall(
            b"GET /api/v4/packages/?limit=900 HTTP/1.1\r\nHost: localhost\r\n"
            b"Connection: close\r\n\r\n"
        )
        answer = slow.makefile("rb")
        assert answer.readline().split()[1] == b"200"
        with running.connect() as other, contextlib.suppress(ConnectionError):
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert other.recv(1) == b""
        text = answer.read().partition(b"\r\n\r\n")[2]
    assert len(json.loads(text)["results"]) == 900


@pytest.fixture
def given_up(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once a connection was given up."""
    event = threading.Event()
    give_up = Connection._give_up

    def noted(connection: Connection) -> None:
        give_up(connection)
        event.set()

    monkeypatch.setattr(Connection, "_give_up", noted)
    return event


def test_a_client_that_takes_no_answer_is_given_up(
    site: Path, monkeypatch: pytest.MonkeyPatch, given_up: threading.Event
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.STALLED_SECONDS", 0.2)
    import_long_records(site)
    with LocalServer(site) as running, running.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /api/v4/packages/?limit=900 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert given_up.wait(SECONDS)


def test_a_body_that_does_not_end_is_not_read_to_its_end(
    site: Path, monkeypatch: pytest.MonkeyPatch, given_up: threading.Event
) -> None:
    monkeypatch.setattr("pkgcat.server.connections.LINGER_SECONDS", 0.2)
    with LocalServer(site) as running, running.connect() as connection:
        connection.sendall(
            b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx"
        )
        assert given_up.wait(SECONDS)


def test_too_many_requests_at_once_are_asked_to_come_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.reader._MAX_WAITING", 0)
    with LocalServer(site) as running:
        reply = running.ask("/api/v4/packages/1326/")
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


def test_what_the_servers_libraries_complain_of_is_a_line_for_the_operator(site: Path) -> None:
    with LocalServer(site) as running:
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).error("first\nsecond")
            logging.getLogger(name).warning("nothing")
    assert running.told == ["first", "first"]


def test_what_nobody_expected_is_500_without_a_traceback(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("pkgcat.server.api_v4_app.make_entity_tag", fail)
    with LocalServer(site) as running:
        reply = running.ask("/api/v4/packages/1326/")
    assert reply.status == 500
    assert b"secret" not in reply.body
    assert SECURITY.items() <= reply.headers.items()
    assert "secret detail" in running.told[0]
