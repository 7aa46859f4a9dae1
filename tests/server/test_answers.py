"""Answers: long ones wait in a file, which is gone with them."""

import asyncio
from typing import Any

import pytest

from pkgcat.server.answers import Answer, LongBody, make_body, send_answer

PIECES = ["x" * 2**19] * 2 + ["end"]


def make_long_body() -> LongBody:
    body = make_body(PIECES)
    assert isinstance(body, LongBody), "more than a mebibyte is kept in memory"
    return body


@pytest.mark.parametrize("with_body", [True, False])
def test_a_long_answer_waits_in_a_file_that_is_closed_when_it_is_sent(with_body: bool) -> None:
    body = make_long_body()
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    size = asyncio.run(send_answer(Answer(200, body), send, with_body=with_body))
    text = "".join(PIECES).encode() if with_body else b""
    assert (b"".join(message.get("body", b"") for message in sent), size) == (text, len(text))
    assert (b"content-length", str(2**20 + 3).encode()) in sent[0]["headers"]
    with pytest.raises(ValueError, match="closed"):
        next(body.pieces())


def test_the_file_of_an_answer_is_closed_when_the_client_goes_away() -> None:
    body = make_long_body()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(send_answer(Answer(200, body), send, with_body=True))
    with pytest.raises(ValueError, match="closed"):
        next(body.pieces())


@pytest.mark.parametrize(("with_body", "text"), [(True, b"ok"), (False, b"")])
def test_head_gets_the_length_of_a_body_and_no_body(with_body: bool, text: bytes) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    size = asyncio.run(send_answer(Answer(200, b"ok"), send, with_body=with_body))
    assert (b"".join(message.get("body", b"") for message in sent), size) == (text, len(text))
    assert (b"content-length", b"2") in sent[0]["headers"]


def test_an_answer_of_a_mebibyte_is_kept_in_memory() -> None:
    assert make_body(["x" * 2**19] * 2) == b"x" * 2**20
