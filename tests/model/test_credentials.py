"""Credentials are cut from every address, and nothing else is."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pkgcat.model.credentials import (
    addresses_with_credentials,
    strip_credentials,
    strip_credentials_in,
)
from tests.model.test_addresses import GITHUB


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://user:pw@example.org/a/b", "https://example.org/a/b"),
        ("https://token@example.org/a/b", "https://example.org/a/b"),
        ("https://:pw@example.org/", "https://example.org/"),
        ("https://user:@example.org/", "https://example.org/"),
        ("HTTP://user:pw@example.org:8080", "HTTP://example.org:8080"),
        ("https://user:pw@[::1]:8000/a", "https://[::1]:8000/a"),
        ("https://user:p%40w@example.org/a", "https://example.org/a"),
        ("https://user:p@w@example.org/a", "https://example.org/a"),
        ("https://user:p/w@example.org/a@1", "https://example.org/a@1"),
        ("https://user:p?w#x@example.org/a", "https://example.org/a"),
        ("https://user:p/w@x@example.org/a", "https://example.org/a"),
        ("https://user:8080@example.org/a", "https://example.org/a"),
        ("https://us er:p w@example.org/a", "https://example.org/a"),
        ("https://user:p\nw@example.org/a", "https://example.org/a"),
        ("https:/user:pw@example.org/a", "https://example.org/a"),
        ("//user:pw@example.org/a", "//example.org/a"),
        (" https://user:pw@example.org/a ", " https://example.org/a "),
        ("ssh://git:pw@example.org/a/b.git", "ssh://git@example.org/a/b.git"),
        ("ssh://user@example.org/a/b.git", "ssh://example.org/a/b.git"),
        (
            "git+https://x-access-token:pw@example.org/a/b.git@v1#egg=b",
            "git+https://example.org/a/b.git@v1#egg=b",
        ),
        ("user:pw@example.org/a/b", "example.org/a/b"),
        ("token@example.org/a/b", "example.org/a/b"),
        ("user:p/w@example.org/a/b", "example.org/a/b"),
        ("user:pw@intranet/a/b", "intranet/a/b"),
        ("user:pw@127.0.0.1:8000/a", "127.0.0.1:8000/a"),
        ("token@example.org:8000/a", "example.org:8000/a"),
        ("user:pw@example.org:8000", "example.org:8000"),
        ("user:pw@[::1]:8000/a", "[::1]:8000/a"),
        ("git:pw@example.org:a/b", "git@example.org:a/b"),
        ("token@example.org:a/b", "git@example.org:a/b"),
        ("https://example.org/?private_token=pw", "https://example.org/"),
        ("https://example.org/?a=1&token=pw&b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/?token=pw&key=pw&b=2;c=3#d", "https://example.org/?b=2;c=3#d"),
        ("https://example.org/?api%5Fkey=pw", "https://example.org/"),
        ("https://example.org/?%74oken=pw", "https://example.org/"),
        (
            "https://example.org/?X-Amz-Credential=pw&X-Amz-Date=1",
            "https://example.org/?X-Amz-Date=1",
        ),
        (
            "https://example.org/?client_secret=pw&sig=pw&PASSWORD=pw&auth=pw",
            "https://example.org/",
        ),
        ("https://example.org/a;jsessionid=pw?b=1", "https://example.org/a?b=1"),
        (
            "https://example.org/#access_token=pw&token_type=pw&state=1",
            "https://example.org/#state=1",
        ),
        ("https://example.org/#/a?token=pw", "https://example.org/#/a"),
        ("https://example.org/?token=p=w", "https://example.org/"),
        (
            "https://example.org/?next=https://u:pw@example.com/&a=1",
            "https://example.org/?next=https://example.com/&a=1",
        ),
        (
            "https://example.org/?next=https%3A%2F%2Fu%3Apw%40example.com&a=1",
            "https://example.org/?a=1",
        ),
        ("https://example.org/?next=%2Fa%3Ftoken%3Dpw&a=1", "https://example.org/?a=1"),
    ],
)
def test_credentials_are_cut_from_an_address(address: str, expected: str) -> None:
    assert strip_credentials(address) == expected
    assert strip_credentials(expected) == expected


@pytest.mark.parametrize(
    "address",
    [
        *(spelling for spelling in GITHUB if "token" not in spelling),
        "git@example.org:a/b.git",
        "git@example.org:/srv/git/b@1.git",
        "hg@example.org:a/b",
        "ssh://git@example.org:2222/a/b.git",
        "https://git@example.org/a/b",
        "https://medium.com/@user/post-1",
        "https://example.org:8080/@user",
        "https://[::1]:8080/@user?a=1",
        "https://example.org/a@b.org/c",
        "https://example.org/a//b@c/d",
        "https://example.org/?q=user@example.org&page=2#a=b",
        "https://example.org/?q=token&state=key",
        "https://example.org/?token=&key",
        "https://example.org/?v=1.0&url=https%3A%2F%2Fexample.com%2F%3Fa%3D1",
        "https://@example.org/",
        "ann@example.org",
        "mailto:ann@example.org",
        "pkg:pypi/django@5.0",
        "django-cities",
        "",
    ],
)
def test_an_address_without_credentials_stays_byte_for_byte(address: str) -> None:
    assert strip_credentials(address) == address
    assert addresses_with_credentials(address) == []


def test_credentials_are_cut_from_every_address_in_a_text() -> None:
    text = "no 'https://u:pw@a.org/?token=pw' (did you mean \"https://pw@b.org/x\", u:pw@c.org?); a = b, ann@d.org"
    expected = "no 'https://a.org/' (did you mean \"https://b.org/x\", c.org?); a = b, ann@d.org"
    assert strip_credentials_in(text) == expected
    assert addresses_with_credentials(text) == ["https://a.org/", "https://b.org/x", "c.org?"]
    assert addresses_with_credentials(expected) == []


@given(st.text(alphabet="ab1:/@?#=&;[].%' \n\"<token", max_size=60))
def test_what_was_cut_has_nothing_more_to_cut(text: str) -> None:
    assert strip_credentials(strip_credentials(text)) == strip_credentials(text)
    strip_credentials_in(text)
    addresses_with_credentials(text)


@given(st.from_regex(r"[A-Za-z0-9._~%!$&'()*+,;=:-]{1,20}", fullmatch=True))
def test_no_user_that_an_address_may_have_stays(user: str) -> None:
    """RFC 3986, 3.2.1: these are the characters of a user and a password."""
    assume(user not in ("git", "hg", "git:", "hg:", ":"))  # no secrets
    expected = (
        f"ssh://{user[: user.index(':')]}@example.org/a"
        if user.startswith(("git:", "hg:"))
        else "ssh://example.org/a"
    )
    assert strip_credentials(f"ssh://{user}@example.org/a") == expected
