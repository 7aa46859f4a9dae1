"""What an unknown host is, where tokens may go."""

import asyncio

import pytest

from pkgcat.errors import BadConfig
from pkgcat.sources import SOURCES, detect, place
from pkgcat.sources.base import Failed, Malformed, Missing, Passing, Refused
from pkgcat.sources.places import may_sign
from tests.sources.fakes import FakeFetcher

V1, V4 = "api/v1/version", "api/v4/version"


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({V1: {"version": "1.22"}}, "forgejo"),
        ({V4: Refused("401", "401 Unauthorized")}, "gitlab"),
        ({V4: {"version": "17.0"}}, "gitlab"),
        ({V4: Refused("401")}, None),
        ({}, None),
        ({V1: Malformed("html"), V4: Malformed("html")}, None),
        ({V1: [], V4: Missing("404")}, None),
    ],
)
def test_an_unknown_host_is_asked(answers: dict[str, object], kind: str | None) -> None:
    assert asyncio.run(detect("git.example.org", FakeFetcher(answers))) == kind


def test_a_host_that_does_not_answer_is_not_judged() -> None:
    with pytest.raises(Failed):
        asyncio.run(detect("git.example.org", FakeFetcher({V1: Passing("no network")})))


def test_places() -> None:
    found = place(SOURCES["forgejo"], "git.example.org", token=" secret\n")
    assert found.api_url == "https://git.example.org/api/v1"
    assert found.authorization == "token secret"
    assert "secret" not in repr(found)
    basic = place(SOURCES["bitbucket"], "bitbucket.org", token="a@b.org:secret")
    assert basic.authorization == "Basic YUBiLm9yZzpzZWNyZXQ="


@pytest.mark.parametrize("token", ["", "  ", "a\nb", "a b", "ä", "a\x7f"])
def test_tokens_that_cannot_be_are_refused_and_not_shown(token: str) -> None:
    with pytest.raises(BadConfig) as caught:
        place(SOURCES["github"], "github.com", token=token)
    assert not token.strip() or token not in str(caught.value)


@pytest.mark.parametrize("url", ["http://api.example.org", "ftp://x", "nothing", "https://u:p@x.org", "https://x:p"])
def test_addresses_that_cannot_be_are_refused(url: str) -> None:
    with pytest.raises(BadConfig):
        place(SOURCES["github"], "github.com", api_url=url, token="t")


def test_where_tokens_go() -> None:
    api = "https://api.github.com"
    assert may_sign(api, "https://api.github.com:443/repos")
    assert not may_sign(api, "http://api.github.com/repos")
    assert not may_sign(api, "https://api.github.com.evil.org/repos")
    assert not may_sign(api, "https://api.github.com:444/repos")
    assert not may_sign("http://example.org", "http://example.org/x")
    assert may_sign("http://127.0.0.1:80/x", "http://127.0.0.1/y")
    assert may_sign("http://[::1]:8000", "http://[::1]:8000/y")
