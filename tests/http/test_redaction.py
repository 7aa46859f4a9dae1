"""Redactor: every spelling in which a host may repeat a secret, and nothing else."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.http.redaction import Redactor
from tests.sources.echo import spellings

TOKENS = ["ghp_1a2B3c4D5e6F", "canary~~?>>~~??>5f1c", "a=b+c/d=e%f&g;h", "12345678"]
AUTHORIZATIONS = [
    *(f"{scheme} {token}" for scheme in ("Bearer", "token") for token in TOKENS),
    f"Basic {base64.b64encode(b'ann@example.org:canary~~?>>~~??>5f1c').decode()}",
]


def redactor(authorization: str) -> Redactor:
    made = Redactor()
    made.add_authorization(authorization)
    return made


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_every_spelling_is_taken_out(authorization: str) -> None:
    redact = redactor(authorization).redact
    for spelling in spellings(authorization):
        assert spelling not in redact(spelling), spelling
        assert spelling not in redact(f"before {spelling} after"), spelling
    assert (
        redact(f"before {authorization} after")
        == f"before {authorization.partition(' ')[0]} *** after"
    )


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_base64_of_a_text_that_holds_the_secret_is_taken_out(authorization: str) -> None:
    """Wherever it begins among the groups of three bytes that base64 makes."""
    for before in ("", "a", "ab", "abc", "abcd", "Authorization: "):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(f"{before}{authorization}\r\n".encode()).decode()
            redacted = redactor(authorization).redact(encoded)
            left = base64.urlsafe_b64decode(
                redacted.partition("***")[0].replace("+", "-").replace("/", "_")[: 4 * 50 + 4]
                + "=="
            )
            assert "***" in redacted
            assert authorization.partition(" ")[2] not in left.decode("latin-1")
            assert len(redacted) < len(encoded)


@pytest.mark.parametrize(
    "text",
    [
        "\\u0067\\u0068\\u0070_1a2B3c4D5e6F",
        "\\\\u0067hp_1a2B3c4D5e6F",
        "\\x67hp_1a2B3c4D5e6F",
        "%67hp_1a2B3c4D5e6F",
        "%2567hp_1a2B3c4D5e6F",
        "&#103;hp_1a2B3c4D5e6F",
        "&#x67;hp_1a2B3c4D5e6F",
        "%5cu0067hp_1a2B3c4D5e6F",
        "GHP_1A2B3C4D5E6F",
        "ghp_1a2B\n  3c4D5e6F",
        "ghp_1a2B\u200b3c4D5e6F",
        quote(base64.b64encode(b"xghp_1a2B3c4D5e6F~?").decode()),
    ],
)
def test_a_text_that_hides_the_secret_is_taken_out(text: str) -> None:
    redacted = redactor("Bearer ghp_1a2B3c4D5e6F").redact(f"see {text}!")
    assert "***" in redacted
    assert text not in redacted
    assert "5e6F" not in redacted
    assert "RDVlNkZ" not in redacted  # that is 4D5e6F


def test_what_is_short_is_no_secret() -> None:
    made = Redactor()
    made.add("", "seven77")
    assert made.redact("seven77 ") == "seven77 "
    assert not made.finds_secret("seven77 ")
    made.add("eight888")
    assert made.redact("seven77 eight888") == "seven77 ***"


def test_a_password_that_is_short_is_found_beside_its_user() -> None:
    authorization = f"Basic {base64.b64encode(b'ann@example.org:short').decode()}"
    assert (
        redactor(authorization).redact(f"{authorization} ann@example.org:short short")
        == "Basic *** *** short"
    )


def test_what_is_no_basic_authorization_is_a_secret_as_it_is() -> None:
    assert redactor("Basic not-base64!").redact("not-base64!") == "***"


def test_secrets_add_up() -> None:
    made = redactor("Bearer first-token")
    made.add_authorization("token second-token")
    made.add_authorization("Bearer first-token")
    assert made.redact("first-token second-token third-token") == "*** *** third-token"


def test_of_a_secret_that_begins_as_another_one_nothing_is_left() -> None:
    made = Redactor()
    made.add("12345678", "1234567890")
    assert made.redact("a 1234567890 and 12345678.") == "a *** and ***."


def test_a_password_is_found_without_its_user() -> None:
    authorization = f"Basic {base64.b64encode(b'ann@example.org:long-password').decode()}"
    assert redactor(authorization).redact("it is long-password!") == "it is ***!"


def test_a_document_is_changed_in_texts_keys_and_numbers() -> None:
    made = redactor("Bearer 12345678")
    document = {
        "a": ["x 12345678", {"12345678": 1, "b": None}],
        "n": 12345678,
        "f": 12345678.5,
        "t": True,
        "d": [[["12345678"]]],
    }
    expected = {
        "a": ["x ***", {"***": 1, "b": None}],
        "n": "***",
        "f": "***",
        "t": True,
        "d": [[["***"]]],
    }
    assert made.redact_json(document) == expected
    assert list(made.redact_json({"b": 1, "12345678": 2, "a": 3})) == ["b", "***", "a"]
    assert made.redact_json("12345678") == "***"
    assert made.redact_json(12345678) == "***"
    assert made.redact_json(None) is None


def test_a_document_may_be_as_deep_as_json_can_be() -> None:
    document: list[Any] = ["12345678"]
    for _ in range(100_000):
        document = [document]
    assert redactor("Bearer 12345678").redact_json(document) is document
    for _ in range(100_000):
        document = document[0]
    assert document == ["***"]


def test_a_long_document_is_searched_to_its_end() -> None:
    document = [{"name": str(n)} for n in range(50_000)] + [{"name": "12345678"}]
    assert redactor("Bearer 12345678").redact_json(document)[-1] == {"name": "***"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
def test_a_document_without_the_secret_stays(document: Any) -> None:
    before = json.dumps(document)
    assert json.dumps(redactor("Bearer ghp_1a2B3c4D5e6F").redact_json(document)) == before
    assert json.dumps(Redactor().redact_json(document)) == before


@given(
    st.text(),
    st.text(),
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=8),
)
def test_a_secret_in_any_text_is_taken_out(before: str, after: str, token: str) -> None:
    assert token not in redactor(f"Bearer {token}").redact(f"{before}{token}{after}").replace(
        "***", "\0"
    )


@given(st.text(alphabet="\\u0067x%&#;123456789012345678910ghp_"))
def test_no_escape_breaks_the_search(text: str) -> None:
    redactor("Bearer ghp_1a2B3c4D5e6F").redact(text)


def test_numbers_beyond_unicode_are_no_characters() -> None:
    for text in (
        "&#9999999; 12345678",
        "&#xffffff; 12345678",
        "&#x110000; 12345678",
        "\\ud800 12345678",
    ):
        assert redactor("Bearer 12345678").redact(text) == text.replace("12345678", "***")
