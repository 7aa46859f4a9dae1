"""Hosts that strangers name: asked only where they are public, at the address that was looked up."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NoAnswer, NotPublic, RequestFailed
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.http.public_hosts import is_public_address, may_be_public
from tests.http.test_fetcher import Clock
from tests.sources.server import Request, Server, reply, serve

PUBLIC, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Internet(asyncio.SelectorEventLoop):
    """An event loop with names of its own; every public address leads to one server."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        super().__init__()
        self.names, self.server = names, 0
        self.looked_up: list[str] = []
        self.connected: list[str] = []

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> list[Any]:
        host = host.decode() if isinstance(host, bytes) else host
        self.looked_up.append(host)
        if host not in self.names:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in self.names[host]]

    async def create_connection(  # type: ignore[override]
        self, protocol_factory: Any, host: Any, port: Any, **options: Any
    ) -> Any:
        self.connected.append(host)
        if host == OTHER:
            raise OSError("network is unreachable")
        made = socket.create_connection(("127.0.0.1", self.server))
        made.setblocking(False)
        options.pop("local_addr", None)
        return await super().create_connection(protocol_factory, sock=made, **options)


def ask(
    url: str,
    names: dict[str, list[str]],
    respond: Callable[[Request], bytes] = lambda _: reply(200, {"a": 1}),
    times: int = 1,
) -> tuple[Any, Internet, Server]:
    """Ask a host that a stranger named; return the answer's JSON, or the error."""
    internet = Internet(names)

    async def main() -> tuple[Any, Server]:
        async with serve(respond) as server:
            internet.server = int(server.url.rpartition(":")[2])
            clock = Clock()
            at = Endpoint("", "git.test", url, public_only=True)
            async with HttpFetcher(clock=clock, sleep=clock.sleep) as fetcher:
                try:
                    for _ in range(times):
                        answer = (await fetcher.get(at, "api/v1/version")).json
                except (NotPublic, RequestFailed) as error:
                    answer = error
            return answer, server

    with asyncio.Runner(loop_factory=lambda: internet) as runner:
        answer, server = runner.run(main())
    return answer, internet, server


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_public_host_is_asked_at_the_address_that_was_looked_up() -> None:
    answer, internet, server = ask("http://git.test:8080", {"git.test": [PUBLIC]})
    assert answer == {"a": 1}
    assert internet.looked_up == ["git.test"]
    assert internet.connected == [PUBLIC]
    assert server.asked[0].headers["host"] == "git.test:8080"
    assert server.asked[0].path == "/api/v1/version"


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    answer, internet, _ = ask("http://git.test", {"git.test": [OTHER, PUBLIC]})
    assert answer == {"a": 1}
    assert internet.connected == [OTHER, PUBLIC]
    failed, internet, _ = ask("http://git.test", {"git.test": [OTHER]})
    assert isinstance(failed, NoAnswer)
    assert set(internet.connected) == {OTHER}


def test_a_name_that_leads_elsewhere_the_second_time_is_refused() -> None:
    names = {"git.test": [PUBLIC]}

    def respond(_request: Request) -> bytes:
        names["git.test"] = ["127.0.0.1"]
        return reply(200, {"a": 1}, Connection="close")

    answer, internet, server = ask("http://git.test", names, respond, times=2)
    assert isinstance(answer, NotPublic)
    assert internet.connected == [PUBLIC]
    assert len(server.asked) == 1


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%2", "fc00::1", "fec0::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("2002:7f00:1::", "2002:c0a8:101::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "no address"),
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_asked(address: str) -> None:
    assert not is_public_address(address)
    for addresses in ([address], [PUBLIC, address]):
        answer, internet, server = ask("http://git.test", {"git.test": addresses})
        assert isinstance(answer, NotPublic)
        assert "git.test is not public" in str(answer)
        assert (internet.connected, server.asked) == ([], [])


@pytest.mark.parametrize(
    "address",
    [
        *(PUBLIC, OTHER, "::ffff:93.184.215.14", "64:ff9b::5db8:d70e", "2002:5db8:d70e::"),
        "2001:0:4136:e378:8000:63bf:a247:28f1",
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "93.184.215.14", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1"),
        *("[::1]", "[::ffff:127.0.0.1]", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]"),
        *("localhost", "LOCALHOST", "localhost.", "git.localhost", "127.0.0.1.", "a.0x", "０x7f.1"),
    ],
)  # fmt: skip
def test_addresses_and_localhost_are_not_even_looked_up(host: str) -> None:
    answer, internet, server = ask(f"http://{host}:8000", {})
    assert isinstance(answer, NotPublic) or "no address" in str(answer)
    assert (internet.looked_up, internet.connected, server.asked) == ([], [], [])


@pytest.mark.parametrize("host", ["git.example.org", "intern", "1password.com", "x.0xyz", "a.b."])
def test_names_may_be_public(host: str) -> None:
    assert may_be_public(host)


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:8000/x", "http://localhost/x", "http://intern.test/x", "//169.254.169.254/"],
)
def test_a_redirect_to_a_host_that_is_not_public_is_not_followed(location: str) -> None:
    names = {"git.test": [PUBLIC], "intern.test": ["10.0.0.1"]}
    answer, internet, server = ask(
        "http://git.test", names, lambda _: reply(302, Location=location)
    )
    assert isinstance(answer, NotPublic)
    assert internet.connected == [PUBLIC]
    assert len(server.asked) == 1


def test_a_redirect_to_another_public_host_is_looked_up_too() -> None:
    def respond(request: Request) -> bytes:
        if request.headers["host"] == "git.test":
            return reply(301, Location="http://www.git.test/api/v1/version")
        return reply(200, {"host": request.headers["host"]})

    names = {"git.test": [PUBLIC], "www.git.test": ["93.184.215.15"]}
    answer, internet, _ = ask("http://git.test", names, respond)
    assert answer == {"host": "www.git.test"}
    assert internet.connected == [PUBLIC, "93.184.215.15"]


def test_a_name_that_leads_nowhere_is_no_answer() -> None:
    answer, _, _ = ask("http://git.test", {})
    assert isinstance(answer, NoAnswer)
    assert str(answer) == "cannot reach git.test: Name or service not known"


def test_a_name_that_no_resolver_takes_is_told() -> None:
    async def main() -> None:
        async with HttpFetcher(clock=Clock()) as fetcher:
            at = Endpoint("", "git.test", f"http://{'a' * 70}.test", public_only=True)
            with pytest.raises(RequestFailed, match=r"git\.test: thing: .*label"):
                await fetcher.get(at, "thing")

    asyncio.run(main())


def test_two_names_of_one_address_share_no_connection() -> None:
    """It was opened for one of them, and shows the certificate of that."""

    def respond(request: Request) -> bytes:
        if request.headers["host"] == "git.test":
            return reply(301, Location="http://www.git.test/api/v1/version")
        return reply(200, {"a": 1})

    answer, internet, _ = ask(
        "http://git.test", {"git.test": [PUBLIC], "www.git.test": [PUBLIC]}, respond
    )
    assert answer == {"a": 1}
    assert internet.connected == [PUBLIC, PUBLIC]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_behind_a_proxy_the_name_is_looked_at_and_the_proxy_asked(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://proxy.test:3128")
    answer, internet, server = ask("http://git.test", {"git.test": ["10.0.0.1"]})
    assert isinstance(answer, NotPublic)
    assert internet.connected == []
    names = {"git.test": [PUBLIC], "proxy.test": ["10.0.0.9"]}
    answer, internet, server = ask("http://git.test", names)
    assert answer == {"a": 1}
    assert internet.connected == ["10.0.0.9"]
    assert server.asked[0].path == "http://git.test/api/v1/version"


def test_a_host_that_needs_no_proxy_is_looked_up_once_and_asked_at_that_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "git.test")
    answer, internet, _ = ask("http://git.test", {"git.test": [PUBLIC]})
    assert answer == {"a": 1}
    assert internet.looked_up == ["git.test"]
    assert internet.connected == [PUBLIC]


def test_a_proxy_of_https_alone_is_not_asked_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    answer, internet, _ = ask("http://git.test", {"git.test": [PUBLIC]})
    assert answer == {"a": 1}
    assert internet.looked_up == ["git.test"]
    assert internet.connected == [PUBLIC]
