"""API v4 as the reference site answered it: every recorded exchange, against the real program."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.program import Reply, Server
from tests.server.recorded import OTHER_HOST, Exchange, first_difference, read_exchanges

EXCHANGES = read_exchanges()


@pytest.fixture(scope="module")
def servers(made_site: Path) -> Iterator[tuple[Server, Server]]:
    """One server whose links begin as the recorded ones do, and one that is asked as another
    host.
    """
    base = EXCHANGES[0].base
    with (
        Server(made_site, "--base-url", base) as recorded,
        Server(made_site, "--allow-host", "example.org") as other,
    ):
        yield recorded, other


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.name)
def test_it_is_answered_as_by_the_site(servers: tuple[Server, Server], exchange: Exchange) -> None:
    recorded, other = servers
    server = other if exchange.tier == OTHER_HOST else recorded
    reply = server.ask(
        exchange.path,
        method=exchange.method,
        headers=exchange.request_headers,
        body=exchange.request_body.encode(),
    )
    assert first_difference(exchange, reply) is None


def test_all_exchanges_are_compared() -> None:
    assert len(EXCHANGES) == 150


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"status": 404}, "status 404"),
        ({"body": b"[]"}, "byte 0"),
        ({"headers": {}}, "Content-Type: None"),
    ],
    ids=["status", "body", "headers"],
)
def test_a_difference_is_named(change: dict[str, object], difference: str) -> None:
    exchange = EXCHANGES[0]
    headers = {name.lower(): value for name, value in exchange.headers.items()}
    headers["vary"] = "Accept"
    reply = Reply(exchange.status, headers, exchange.body.encode())
    assert first_difference(exchange, reply) is None
    assert difference in str(first_difference(exchange, reply._replace(**change)))  # type: ignore[arg-type]  # of a test
