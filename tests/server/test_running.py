"""A running server: how it starts and ends, what becomes of its catalog, what readers keep."""

import json
import signal
import socket
import time
from pathlib import Path

import pytest

from pkgcat.store import Store
from tests.commands.program import Program, told
from tests.server.in_process import LocalServer
from tests.server.program import Server, import_long_records

DETAIL = "/api/v4/packages/django-cities/"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it_with_one_line(site: Path, number: int, code: int) -> None:
    with Server(site) as running:
        running.ask(DETAIL)
        assert running.end(number) == code
    assert len(running.lines) == 1, running.lines
    assert running.lines[0].startswith("pkgcat: ")


def test_a_signal_does_not_wait_for_clients(site: Path) -> None:
    """A connection that is kept open, one that sends no request, one that takes no answer."""
    import_long_records(site)
    with (
        Server(site) as running,
        running.connect() as kept,
        running.connect() as silent,
        running.connect() as slow,
    ):
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert kept.recv(1)
        silent.sendall(b"GET")
        slow.sendall(b"GET /api/v4/packages/?limit=900 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert slow.recv(1)
        started = time.monotonic()
        assert running.end(signal.SIGTERM) == 143
        assert time.monotonic() - started < 10, "a client is waited for without end"


def test_a_port_that_is_taken_is_told_with_the_next_free_one(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = told(Program(site)("serve", "--port", str(port)), 74)
    assert f"port {port} is taken; --port " in line
    assert int(line.split("--port ")[1].split()[0]) > port


def test_an_address_of_another_machine_is_no_place_to_listen(site: Path) -> None:
    asked = Program(site)("serve", "--host", "192.0.2.1", "--allow-host", "a", "--port", "0")
    assert "192.0.2.1" in told(asked, 2)


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://example.org", "https://", "https://a:b@c", "https://a/?b"]
)
def test_a_base_url_is_an_address(site: Path, taken_port: int, url: str) -> None:
    answer = Program(site)("serve", "--base-url", url, "--port", taken_port)
    assert "--base-url" in told(answer, 2)


def test_a_catalog_that_is_named_and_missing_is_66(catalog: Path, taken_port: int) -> None:
    assert "does not exist" in told(Program(catalog)("serve", "--port", taken_port), 66)


def test_what_is_no_catalog_is_65(catalog: Path, taken_port: int) -> None:
    catalog.write_text("no catalog\n" * 20, encoding="utf-8")
    told(Program(catalog)("serve", "--port", taken_port), 65)


def test_an_edit_is_seen_by_the_next_request(site: Path) -> None:
    with Server(site) as running:
        before = running.ask(DETAIL)
        assert Program(site)("edit", "django-cities", "--title", "Cities").code == 0
        after = running.ask(DETAIL)
    assert (before.json["title"], after.json["title"]) == ("django-cities", "Cities")
    assert before.headers["etag"] != after.headers["etag"]


def test_a_catalog_that_disappears_is_503_until_it_is_back(site: Path, tmp_path: Path) -> None:
    away = tmp_path / "away.db"
    with Server(site) as running:
        before = running.ask(DETAIL)
        site.rename(away)
        missing = running.ask(DETAIL)
        again = running.ask(DETAIL)
        away.rename(site)
        after = running.ask(DETAIL)
    assert (missing.status, again.status) == (503, 503)
    assert str(site) not in missing.text, "where it is is the operator's business"
    assert after == before._replace(headers={**before.headers, "date": after.headers["date"]})
    assert [str(site) in line for line in running.lines] == [True, False], "told once"


def test_a_catalog_that_is_replaced_is_served(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    assert (
        Program(other)(
            "add", "--no-fetch", "django-cities", "--title", "Other", "--slug", "django-cities"
        ).code
        == 0
    )
    with Server(site) as running:
        before = running.ask(DETAIL)
        other.replace(site)
        after = running.ask(DETAIL, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status, after.json["title"]) == (200, "Other")


def test_an_unchanged_answer_is_304(server: Server) -> None:
    for path in (DETAIL, "/api/v4/packages/?limit=3", "/api/v4/", "/api/v4/search/?q=cities"):
        whole = server.ask(path)
        tag = whole.headers["etag"]
        for sent in (tag, f"W/{tag}", f'"a", {tag}'):
            for method in ("GET", "HEAD"):
                reply = server.ask(path, method=method, headers={"If-None-Match": sent})
                assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", tag)
                assert reply.headers["vary"] == "Accept"


def test_a_tag_is_of_one_address_and_one_format(server: Server) -> None:
    tags = set()
    for path in (DETAIL, "/api/v4/packages/1326/", f"{DETAIL}?format=json", "/api/v4/packages/"):
        for accept in ("*/*", "application/json; indent=2", "text/html"):
            reply = server.ask(path, headers={"Accept": accept})
            tags.add(reply.headers.get("etag", f"none: {reply.status}"))
    assert len(tags) == 12, tags


def test_what_is_not_there_has_no_tag(server: Server) -> None:
    tag = server.ask(DETAIL).headers["etag"]
    reply = server.ask("/api/v4/packages/nobody/", headers={"If-None-Match": tag})
    assert reply.status == 404
    assert "etag" not in reply.headers


def test_another_zone_makes_another_tag(site: Path) -> None:
    tags = set()
    for zone in ("America/New_York", "Europe/Amsterdam"):
        with LocalServer(site, timezone=zone) as running:
            tags.add(running.ask(DETAIL, headers={"Host": "localhost"}).headers["etag"])
    assert len(tags) == 2


def test_a_writer_is_not_kept_out_by_a_client_that_takes_its_answer_slowly(site: Path) -> None:
    import_long_records(site)
    with Server(site) as running, running.connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.sendall(
            b"GET /api/v4/packages/?limit=900 HTTP/1.1\r\nHost: localhost\r\n"
            b"Connection: close\r\n\r\n"
        )
        answer = slow.makefile("rb")
        assert answer.readline().split()[1] == b"200"
        edited = Program(site)("edit", "django-cities", "--title", "Cities")
        assert edited.code == 0, edited.err
        text = answer.read().partition(b"\r\n\r\n")[2]
    assert len(json.loads(text)["results"]) == 900


def test_a_catalog_that_is_held_by_a_writer_is_waited_for_or_503(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.reader.MAX_SECONDS", 0.2)
    with LocalServer(site) as running:
        assert running.ask(DETAIL).status == 200
        with Store.write(site, explicit=True, create=False) as store:
            store.rows("BEGIN EXCLUSIVE")
            held = running.ask("/api/v4/packages/")
            kept = running.ask(DETAIL)
        assert (held.status, held.headers["retry-after"]) == (503, "1")
        assert kept.status == 200
        assert running.ask(DETAIL).status == 200


def test_an_answer_that_takes_too_long_is_503(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkgcat.server.reader.MAX_SECONDS", 0)
    with LocalServer(site) as running:
        assert running.ask(DETAIL).status == 503
        assert running.ask("/healthz").status == 200
