"""Certificates: verified always, against the name that was asked for."""

import asyncio
import ssl

import httpx
import pytest

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NoAnswer
from pkgcat.http.fetcher import HttpFetcher
from tests.conftest import DATA
from tests.http.test_fetcher import CANARY, Clock
from tests.http.test_public_hosts import PUBLIC, Internet
from tests.sources.server import Server, reply, serve

CERTIFICATE = DATA / "tls" / "git.test.pem"
"""A key and a certificate of git.test, which signs itself and stands for nothing."""


@pytest.fixture
def shown() -> ssl.SSLContext:
    """What a server shows that says it is git.test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust that certificate, and no other."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr(httpx, "create_ssl_context", lambda: context)


def ask(shown: ssl.SSLContext, name: str, *, public_only: bool) -> tuple[object, Server]:
    """Ask a server under a name; return the answer's JSON, or the error."""
    internet = Internet({name: [PUBLIC]})

    async def main() -> tuple[object, Server]:
        clock = Clock()
        async with (
            serve(lambda _: reply(200, {"a": 1}), tls=shown) as server,
            HttpFetcher(clock=clock, sleep=clock.sleep) as fetcher,
        ):
            internet.server = int(server.url.rpartition(":")[2])
            token = None if public_only else f"Bearer {CANARY}"
            at = Endpoint("github", name, f"https://{name}", token, public_only=public_only)
            try:
                return (await fetcher.get(at, "thing")).json, server
            except NoAnswer as error:
                return error, server

    with asyncio.Runner(loop_factory=lambda: internet) as runner:
        return runner.run(main())


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name)


@pytest.mark.parametrize("public_only", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    shown: ssl.SSLContext, public_only: bool
) -> None:
    error, server = ask(shown, "git.test", public_only=public_only)
    assert "certificate" in str(error).lower()
    assert server.asked == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("public_only", [True, False])
def test_a_certificate_is_that_of_the_name_that_was_asked_for(
    shown: ssl.SSLContext, public_only: bool
) -> None:
    answer, server = ask(shown, "git.test", public_only=public_only)
    assert answer == {"a": 1}
    assert server.asked[0].headers["host"] == "git.test"


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("public_only", [True, False])
def test_a_certificate_of_another_name_is_refused(shown: ssl.SSLContext, public_only: bool) -> None:
    error, server = ask(shown, "other.test", public_only=public_only)
    assert "certificate" in str(error).lower()
    assert server.asked == []
