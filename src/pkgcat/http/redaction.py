"""Takes secrets out of what hosts answer: a host may repeat the token it was sent, in any
part of its answer.
"""

import base64
import binascii
import re
import sys
from collections.abc import Iterator
from math import ceil
from typing import Any
from urllib.parse import unquote

REDACTED = "***"
MIN_LENGTH = 8
"""Shorter secrets are not redacted: they would be found in ordinary words."""

_ESCAPES = (
    r"(?is)\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))"  # \u0067, \x67, and \/ as JSON may write /
)
_REFERENCES = r"(?i)&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?"  # &#103; and &#x67; as HTML has them
_INVISIBLE = r"[^!-~]+"  # no token has other characters than these (http.endpoint)
_BATCH = 20_000
_ROUNDS = 3
"""So often may a text be escaped: a percent-encoded address in a JSON text in a JSON text."""


class Redactor:
    """Replaces the secrets it was told of, in each spelling in which a host may repeat them.

    In place: the secret itself, its base64 (standard and for addresses; also where it is a part of
    a longer text, such as `Bearer x` or `user:x`) and its hexadecimal digits. A text in which it
    stands escaped (percent-encoded, \\u0067, &#103;), in another case or broken into lines is
    replaced as a whole.

    Each text is searched a fixed number of times for each secret, so the time is linear in its
    length.
    """

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._spellings: list[str] = []
        self._folded: list[str] = []

    def add(self, *secrets: str) -> None:
        """Add secrets; those that are too short are ignored."""
        spellings = set(self._spellings)
        for secret in secrets:
            if len(secret) >= MIN_LENGTH and secret not in self._secrets:
                self._secrets.add(secret)
                spellings |= _list_spellings(secret)
        self._spellings = sorted(spellings, key=len, reverse=True)
        self._folded = [spelling.lower() for spelling in self._spellings]

    def add_authorization(self, value: str) -> None:
        """Add what an Authorization header holds: a token, or user and password of HTTP Basic
        (RFC 7617).
        """
        scheme, _, credentials = value.partition(" ")
        self.add(credentials)
        if scheme == "Basic":
            try:
                pair = base64.b64decode(credentials, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return
            self.add(pair, pair.partition(":")[2])

    def redact(self, text: str) -> str:
        """Return a text without the secrets."""
        if len(text) < MIN_LENGTH or not self._spellings:
            return text
        for spelling in self._spellings:
            text = text.replace(spelling, REDACTED)
        if self._is_hidden_in(text):
            return REDACTED
        return text

    def finds_secret(self, text: str) -> bool:
        """Whether a text holds a secret."""
        return self.redact(text) != text

    def redact_json(self, document: Any) -> Any:
        """Return a decoded JSON document without the secrets: in texts, keys, and numbers of their
        digits.

        Its lists and objects are changed in place. Texts are searched joined, 20 times faster than
        one by one; only where that finds something is each looked at.
        """
        if not self._spellings:
            return document
        if not any(self.finds_secret(texts) for texts in _join_texts(document)):
            return document
        root = [document]
        for container in _walk_containers(root):
            if isinstance(container, dict):
                self._redact_keys(container)
            for key, value in _list_items(container):
                if isinstance(value, str):
                    container[key] = self.redact(value)
                elif isinstance(value, int | float) and self.finds_secret(str(value)):
                    container[key] = REDACTED
        return root[0]

    def _redact_keys(self, given: dict[str, Any]) -> None:
        """Redact the keys of an object, in their order."""
        items = [(self.redact(key), value) for key, value in given.items()]
        given.clear()
        given.update(items)

    def _is_hidden_in(self, text: str) -> bool:
        for _ in range(_ROUNDS + 1):
            folded = re.sub(_INVISIBLE, "", text).lower()
            if any(spelling in folded for spelling in self._folded):
                return True
            unescaped = _unescape(text)
            if unescaped == text:
                return False
            text = unescaped
        return False


def _walk_containers(root: list[Any]) -> Iterator[Any]:
    """Yield a list and every list and object in it, however deep, each before those in it are
    looked for.
    """
    waiting: list[Any] = [root]
    while waiting:
        container = waiting.pop()
        yield container
        for _key, value in _list_items(container):
            if isinstance(value, dict | list):
                waiting.append(value)


def _list_items(container: Any) -> list[tuple[Any, Any]]:
    """Return the values of an object or a list, each with its key or its place."""
    if isinstance(container, dict):
        return list(container.items())
    return list(enumerate(container))


def _join_texts(document: Any) -> Iterator[str]:
    """Yield all keys, texts and numbers of a document, some thousands at a time."""
    texts: list[str] = []
    for container in _walk_containers([document]):
        if isinstance(container, dict):
            texts += container
        for _key, value in _list_items(container):
            if isinstance(value, str | int | float):
                texts.append(str(value))
        if len(texts) > _BATCH:
            yield "\n".join(texts)
            texts = []
    yield "\n".join(texts)


def _list_spellings(secret: str) -> set[str]:
    """Return a secret as it is, in hexadecimal digits, and in base64 wherever in a text it begins.

    Base64 turns three bytes into four characters, so there are three ways to cut a secret into
    groups of three. Characters that also depend on what stands before and after it are left out.
    """
    data = secret.encode()
    found = {secret, data.hex(), data.hex().upper()}
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        first = ceil(before * 8 / 6)
        last = (before + len(data)) * 8 // 6
        core = text[first:last]
        found |= {core, core.replace("+", "-").replace("/", "_")}
    return found


def _unescape(text: str) -> str:
    """Return a text with one level of escapes undone: those of addresses, HTML, JSON and Python."""
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = re.sub(_REFERENCES, _read_reference, text)
    if "\\" in text:
        text = re.sub(_ESCAPES, _read_escape, text)
    return text


def _read_escape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits is None:
        return str(match[3])
    return chr(int(digits, 16))


def _read_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > sys.maxunicode:
        return match[0]
    return chr(code)
