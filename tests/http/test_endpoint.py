"""What an unknown host is, where tokens may go."""

import asyncio

import pytest

from pkgcat.errors import BadConfig
from pkgcat.http.endpoint import make_endpoint, may_sign
from pkgcat.http.errors import (
    Malformed,
    NotFoundUpstream,
    RequestFailed,
    TransientError,
    Unauthorized,
)
from pkgcat.model.address_parts import is_loopback
from pkgcat.model.hosts import list_source_kinds
from pkgcat.sources.registry import detect_host_kind
from tests.sources.fakes import FakeFetcher

V1, V4 = "api/v1/version", "api/v4/version"


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({V1: {"version": "1.22"}}, "forgejo"),
        ({V4: Unauthorized("401", "401 Unauthorized")}, "gitlab"),
        ({V4: {"version": "17.0"}}, "gitlab"),
        ({V4: Unauthorized("401")}, None),
        ({}, None),
        ({V1: Malformed("html"), V4: Malformed("html")}, None),
        ({V1: [], V4: NotFoundUpstream("404")}, None),
        ({V1: {"versions": "1"}, V4: {"version": 17}}, None),
        ({V1: Unauthorized("401", "sign in"), V4: Unauthorized("401", "sign in")}, "gitlab"),
    ],
)
def test_an_unknown_host_is_asked(answers: dict[str, object], kind: str | None) -> None:
    assert asyncio.run(detect_host_kind("git.example.org", FakeFetcher(answers))) == kind


def test_a_host_that_does_not_answer_is_not_judged() -> None:
    with pytest.raises(RequestFailed):
        asyncio.run(
            detect_host_kind("git.example.org", FakeFetcher({V1: TransientError("no network")}))
        )


def test_places() -> None:
    found = make_endpoint("forgejo", "git.example.org", token=" secret\n")
    assert found.api_url == "https://git.example.org/api/v1"
    slashes = make_endpoint("forgejo", "git.example.org", api_url="https://git.example.org/api//")
    assert slashes.api_url == "https://git.example.org/api"
    assert found.authorization == "token secret"
    assert "secret" not in repr(found)
    basic = make_endpoint("bitbucket", "bitbucket.org", token="a@b.org:secret")
    assert basic.authorization == "Basic YUBiLm9yZzpzZWNyZXQ="


@pytest.mark.parametrize("token", ["", "  ", "a\nb", "a b", "ä", "a\x7f"])
def test_tokens_that_cannot_be_are_refused_and_not_shown(token: str) -> None:
    with pytest.raises(BadConfig) as caught:
        make_endpoint("github", "github.com", token=token)
    assert not token.strip() or token not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://api.example.org", "ftp://x", "nothing", "https://u:p@x.org", "https://x:p"]
)
def test_addresses_that_cannot_be_are_refused(url: str) -> None:
    with pytest.raises(BadConfig):
        make_endpoint("github", "github.com", api_url=url, token="t")


@pytest.mark.parametrize("url", ["ftp://x.org", "x.org/api", "https://", "https:///api"])
def test_addresses_that_cannot_be_are_refused_without_a_token_too(url: str) -> None:
    with pytest.raises(BadConfig, match="http or https address"):
        make_endpoint("github", "github.com", api_url=url)


def test_a_host_gets_as_many_requests_at_once_as_its_kind_likes_unless_told_otherwise() -> None:
    kinds = list_source_kinds()
    assert make_endpoint("github", "github.com").jobs == kinds["github"].jobs
    assert make_endpoint("github", "github.com", jobs=kinds["github"].jobs + 1).jobs == (
        kinds["github"].jobs + 1
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://user:canary-pw@x.org:port",
        "https://user:p/canary-pw@x.org",
        "https://user:canary-pw@x\u2100.org",
        "https://user:canary-pw@[x.org",
        "https://canary-pw@x.org",
        "https://x.org?token=canary-pw",
        "https://x.org#token=canary-pw",
    ],
)
def test_addresses_with_credentials_are_refused_without_them(url: str) -> None:
    with pytest.raises(BadConfig) as caught:
        make_endpoint("github", "github.com", api_url=url)
    assert "canary-pw" not in str(caught.value)


def test_where_tokens_go() -> None:
    api = "https://api.github.com"
    assert may_sign(api, "https://api.github.com:443/repos")
    assert not may_sign(api, "http://api.github.com/repos")
    assert not may_sign(api, "https://api.github.com.evil.org/repos")
    assert not may_sign(api, "https://api.github.com:444/repos")
    assert not may_sign("http://example.org", "http://example.org/x")
    assert may_sign("http://127.0.0.1:80/x", "http://127.0.0.1/y")
    assert may_sign("http://[::1]:8000", "http://[::1]:8000/y")


LOOPBACK = ["localhost", "127.0.0.1", "127.0.0.2", "127.255.255.254", "::1"]
NO_LOOPBACK = [
    *("127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "::1%lo",
        "::",
        "0.0.0.0",
        "0",
        "128.0.0.1",
        "126.255.255.255",
    ),
    *(
        "localhost.",
        "localhost.example.org",
        "a.localhost",
        "127.0.0.1.example.org",
        "1.0.0.127",
        "ip6-localhost",
        "",
    ),
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_gets_a_token_over_plain_http(host: str) -> None:
    url = f"http://[{host}]:8000/api" if ":" in host else f"http://{host}:8000/api"
    assert is_loopback(host)
    assert make_endpoint(
        "github", "git.example.org", api_url=url, token="secret-token"
    ).authorization
    assert may_sign(url, f"{url}/x")
    assert not may_sign(url, url.replace(":8000", ":8001"))
    assert not may_sign(url, url.replace("http:", "https:"))


@pytest.mark.parametrize("host", NO_LOOPBACK)
def test_what_is_not_plainly_this_machine_gets_no_token_over_plain_http(host: str) -> None:
    url = f"http://[{host}]/api" if ":" in host else f"http://{host}/api"
    assert not is_loopback(host)
    with pytest.raises(BadConfig):
        make_endpoint("github", "git.example.org", api_url=url, token="secret-token")


def test_the_name_of_this_machine_may_be_in_capitals() -> None:
    url = "http://LOCALHOST:8000"
    assert make_endpoint(
        "github", "git.example.org", api_url=url, token="secret-token"
    ).authorization
