"""The application, asked as a server asks it: for readers on other machines, and when it fails."""

import asyncio
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.server.app import make_app
from pkgcat.server.errors import HttpError
from pkgcat.server.guard import Guard
from pkgcat.server.reader import CatalogReader
from pkgcat.server.settings import ServerSettings
from pkgcat.store.kept import Snapshot
from tests.commands.program import Program
from tests.server.program import SECONDS

HERE, ELSEWHERE = "127.0.0.1", "198.51.100.7"
NOW = datetime(2026, 2, 20, 12, 30, 15, tzinfo=UTC)


def make_settings(catalog: Path, **more: Any) -> ServerSettings:
    return ServerSettings(
        catalog,
        explicit=True,
        timezone="America/New_York",
        read_clock=lambda: NOW,
        tell=lambda _: None,
        allowed_hosts=frozenset({"packages.example.org"}),
    )._replace(**more)


async def ask(
    app: Any, path: str, client: str, headers: dict[str, str], send: Callable[[Any], None]
) -> None:
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "client": (client, 50_000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def pass_on(message: Any) -> None:
        send(message)

    await app(scope, None, pass_on)


def answer_to(
    catalog: Path, path: str, client: str, headers: dict[str, str], **settings: Any
) -> tuple[int, dict[str, str], bytes]:
    """Return what a reader on a machine gets: status, headers, body."""
    made = make_settings(catalog, **settings)
    reader = CatalogReader(made)
    sent: list[Any] = []
    try:
        asyncio.run(ask(make_app(made, reader), path, client, headers, sent.append))
    finally:
        reader.close()
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize(
    ("client", "host", "is_served"),
    [
        (HERE, "localhost", True),
        ("::1", "[::1]:8326", True),
        (ELSEWHERE, "localhost", False),
        (ELSEWHERE, "packages.example.org", False),
        (HERE, "packages.example.org", False),
        ("", "localhost", False),
    ],
)
def test_notes_are_for_readers_on_this_machine_that_ask_for_it_by_its_own_name(
    site: Path, client: str, host: str, is_served: bool
) -> None:
    assert Program(site)("edit", "django-cities", "--notes", "zymurgy").code == 0
    path = "/api/pkgcat/packages/django-cities"
    status, _, body = answer_to(site, path, client, {"host": host})
    assert (status, b"zymurgy" in body) == (200, is_served)


@pytest.mark.parametrize(("client", "scheme"), [(HERE, "https"), (ELSEWHERE, "http")])
def test_only_this_machine_says_that_it_was_asked_by_https(
    site: Path, client: str, scheme: str
) -> None:
    headers = {"host": "packages.example.org", "x-forwarded-proto": "https"}
    _, _, body = answer_to(site, "/api/v4/", client, headers)
    assert json.loads(body)["grids"].startswith(f"{scheme}://packages.example.org/")


@pytest.mark.parametrize("path", ["/api/v4/packages/1326/#top", "/api/v4/packages/1326/?a=1#top"])
def test_a_fragment_is_no_part_of_an_address(site: Path, path: str) -> None:
    status, _, body = answer_to(site, path, HERE, {"host": "localhost"})
    assert (status, json.loads(body)["slug"]) == (200, "django-cities")


def test_a_search_is_another_answer_on_another_day(site: Path) -> None:
    """Its scores follow the age of the last commit."""
    tags = set()
    for days in (0, 0, 1):
        moment = NOW + timedelta(days=days)
        _, headers, _ = answer_to(
            site,
            "/api/v4/search/?q=cities",
            HERE,
            {"host": "localhost"},
            read_clock=lambda moment=moment: moment,
        )
        tags.add(headers["etag"])
    assert len(tags) == 2


def test_an_answer_that_fails_when_it_has_begun_gets_no_second_beginning(catalog: Path) -> None:
    async def site(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    sent: list[Any] = []
    told: list[str] = []
    guard = Guard(site, make_settings(catalog, tell=told.append))
    asyncio.run(ask(guard, "/", HERE, {"host": "localhost"}, sent.append))
    assert [message["status"] for message in sent] == [200]
    assert told == ["GET /: ZeroDivisionError()"]


def test_a_query_that_takes_too_long_is_broken_off(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within one statement nobody looks at the time but SQLite."""
    monkeypatch.setattr("pkgcat.server.reader.MAX_SECONDS", 0.2)
    reader = CatalogReader(make_settings(site))

    def count(snapshot: Snapshot) -> object:
        return snapshot.store.value(
            """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000)
            SELECT count(*) FROM n"""
        )

    with pytest.raises(HttpError, match="took too long") as caught:
        asyncio.run(reader.read(count))
    reader.close()
    assert caught.value.status == 503


@pytest.mark.parametrize("path", ["/healthz", "/robots.txt", "/favicon.ico"])
def test_what_tells_nothing_of_the_catalog_needs_no_token(catalog: Path, path: str) -> None:
    status, _, _ = answer_to(catalog, path, ELSEWHERE, {"host": "localhost"}, token="open-sesame")
    assert status == 200


def test_what_is_being_read_is_broken_off_when_the_server_stops(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkgcat.server.reader.MAX_SECONDS", 10 * SECONDS)
    reader = CatalogReader(make_settings(site))
    begun, given_up = threading.Event(), threading.Event()

    def work(snapshot: Snapshot) -> None:
        begun.set()
        while not given_up.wait(0.01):
            snapshot.check_time()

    async def main() -> None:
        task = asyncio.create_task(reader.read(work))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        reader.close()
        done, _ = await asyncio.wait({task}, timeout=SECONDS)
        given_up.set()
        assert done, "it is read on"
        with pytest.raises(HttpError) as caught:
            task.result()
        assert caught.value.status == 503

    asyncio.run(main())
