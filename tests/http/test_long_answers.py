"""Long answers: PyPI's are read up to 64 MiB in little memory; what has no end is left early."""

import asyncio
import json
import selectors
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.errors import Forbidden, Malformed, SourceError, TransientError
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.http.responses import Answer
from tests.http.test_fetcher import CANARY, Clock, error, run
from tests.sources.server import Request, Server, reply, serve

MIB = 2**20
Write = Callable[[asyncio.StreamWriter], Awaitable[None]]


def file_entry(number: int) -> dict[str, Any]:
    name = f"pydantic_core-2.{number // 91}.0-cp3{number % 7 + 8}-manylinux_2_17_aarch64.whl"
    return {
        "digests": {"blake2b_256": "a" * 64, "md5": "b" * 32, "sha256": "a" * 64},
        "filename": name,
        "packagetype": "bdist_wheel",
        "upload_time_iso_8601": "2024-01-01T00:00:00.123456Z",
        "url": f"https://files.example.org/packages/b6/32/{'c' * 60}/{name}",
        "yanked": False,
    }


def project(files: int) -> bytes:
    """Return PyPI's answer for a project of so many files, 91 of each release."""
    releases: dict[str, list[dict[str, Any]]] = {}
    for number in range(files):
        releases.setdefault(f"2.{number // 91}.0", []).append(file_entry(number))
    version = list(releases)[-1]
    body = {
        "info": {"name": "pydantic_core", "version": version, "license_expression": "MIT"},
        "last_serial": 1,
        "releases": releases,
        "urls": releases[version],
        "vulnerabilities": [{"id": "PYSEC-1"}],
    }
    return json.dumps(body).encode()


def send(body: bytes, *headers: str, times: int = 1, sent: list[int] | None = None) -> Write:
    """Send a body in pieces, `times` over; `sent` is told how many bytes went out."""

    async def write(writer: asyncio.StreamWriter) -> None:
        head = ["HTTP/1.1 200 OK", "content-type: application/json", *headers]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n")
        for _ in range(times):
            for start in range(0, len(body), 65_536):
                piece = body[start : start + 65_536]
                writer.write(piece)
                await writer.drain()
                if sent is not None:
                    sent.append(len(piece))

    return write


def fetch(write: Write, kind: str = "pypi") -> Answer:
    """Return what a host of that kind answers to one request."""

    async def main() -> Answer:
        clock = Clock()
        async with serve(lambda _: write) as server:
            at = make_endpoint(kind, "git.test", api_url=server.url)
            async with HttpFetcher(clock=clock, sleep=clock.sleep) as fetcher:
                return await fetcher.get(at, "thing")

    return asyncio.run(main())


@pytest.mark.parametrize("packed", [False, True])
def test_a_project_of_15_000_files_is_read_in_twice_the_size_of_its_answer(packed: bool) -> None:
    body = project(15_056)
    assert len(body) > 8 * MIB
    sent, headers = body, []
    if packed:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        sent, headers = packer.compress(body) + packer.flush(), ["content-encoding: gzip"]
    fetch(send(b"{}"))  # what is imported once is not counted
    tracemalloc.start()
    try:
        answer = fetch(send(sent, *headers))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(body)
    assert answer.json["info"]["version"] == "2.165.0"
    assert [file["filename"] for file in answer.json["urls"]] == [
        file_entry(number)["filename"] for number in range(165 * 91, 15_056)
    ]
    assert answer.json["vulnerabilities"] == [{"id": "PYSEC-1"}]


@pytest.mark.parametrize(
    ("files", "has_files"), [("[]", False), (" [ \n] ", False), ('[{"a": 1}]', True)]
)
def test_of_the_files_of_an_index_only_that_there_are_any_is_read(
    files: str, has_files: bool
) -> None:
    body = f'{{"name": "maps", "files": {files}, "project-status": {{"status": "archived"}}}}'
    answer = fetch(send(body.encode()))
    assert answer.json["project-status"] == {"status": "archived"}
    assert bool(answer.json["files"]) is has_files


def test_the_files_of_an_index_cost_no_memory() -> None:
    files = json.dumps([file_entry(number) for number in range(20_000)])
    body = f'{{"name": "maps", "files": {files}}}'.encode()
    fetch(send(b"{}"))
    tracemalloc.start()
    try:
        assert fetch(send(body)).json["files"] is True
        assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
    finally:
        tracemalloc.stop()


def test_a_member_that_comes_twice_counts_as_json_counts_it() -> None:
    assert fetch(send(b'{"info": 1, "info": {"version": "2"}}')).json == {"info": {"version": "2"}}


@pytest.mark.parametrize(
    "body",
    [b"[1]", b"", b"{", b'{"info": NaN}', b'{"releases": NaN}', b'{"info": "\\ud800"}', b'{"a":' * 100_000],
)  # fmt: skip
def test_what_is_no_json_stays_none(body: bytes) -> None:
    try:
        answer = fetch(send(body))
    except Malformed:
        return
    assert answer.json == json.loads(body) == [1]


def test_an_error_is_read_whole_where_only_some_members_of_answers_are() -> None:
    body = {"message": "your network is blocked"}

    async def use(fetcher: HttpFetcher, _at: Endpoint, server: Server) -> None:
        at = make_endpoint("pypi", "git.test", api_url=server.url)
        with pytest.raises(Forbidden, match="your network is blocked"):
            await fetcher.get(at, "thing")

    run(lambda _: reply(403, body), use)


def test_an_error_of_an_index_is_no_longer_than_those_of_others() -> None:
    async def use(fetcher: HttpFetcher, _at: Endpoint, server: Server) -> None:
        at = make_endpoint("pypi", "git.test", api_url=server.url)
        with pytest.raises(Malformed, match="larger than 8 MiB"):
            await fetcher.get(at, "thing")

    run(lambda _: reply(403, b" " * (9 * MIB)), use)


LARGE = b'{"releases": "' + b"x" * (65 * MIB) + b'"}'


@pytest.mark.parametrize(
    ("kind", "body", "most"),
    [
        ("pypi", LARGE, 64),
        ("github", LARGE[: 9 * MIB], 8),
        ("pypi", b'{"info": "' + b"x" * (9 * MIB) + b'"}', 8),
        ("pypi", b'{"urls": [' + b"1," * (5 * MIB) + b"1]}", 8),
    ],
)
def test_a_longer_answer_is_refused(kind: str, body: bytes, most: int) -> None:
    with pytest.raises(Malformed, match=f"larger than {most} MiB"):
        fetch(send(body), kind)


def test_a_long_answer_that_is_no_object_is_refused_in_little_memory() -> None:
    body = b"[" + b"1," * (16 * MIB) + b"1]"
    tracemalloc.start()
    try:
        with pytest.raises(Malformed, match="not a JSON object"):
            fetch(send(body))
        assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
    finally:
        tracemalloc.stop()


def test_many_members_cost_little_memory() -> None:
    body = b"{" + b",".join(b'"%d":1' % number for number in range(10**6)) + b"}"
    fetch(send(b"{}"))
    tracemalloc.start()
    try:
        assert fetch(send(body)).json == {}
        assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
    finally:
        tracemalloc.stop()


def test_a_large_body_is_refused_early() -> None:
    """The server sends 64 MiB at the most, so that a reader without a limit harms nobody."""
    sent: list[int] = []
    write = send(b"[" + b"1," * 500_000, times=64, sent=sent)
    error(lambda _: write, Malformed)
    assert sum(sent) < 32 * MIB


def test_gzip_that_unpacks_to_nothing_is_refused_early() -> None:
    """Empty blocks (RFC 1951, 3.2.4) without end: what is sent is limited, too."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.flush(zlib.Z_SYNC_FLUSH)
    nothing = b"\x00\x00\x00\xff\xff" * 13_107
    sent: list[int] = []
    write = send(head + nothing * 640, "content-encoding: gzip", sent=sent)
    said, server, _ = error(lambda _: write, Malformed)
    assert "larger than 8 MiB" in str(said)
    assert len(server.asked) == 1
    assert sum(sent) < 32 * MIB


class FastTime(asyncio.SelectorEventLoop):
    """An event loop whose clock runs 100 times as fast as that of the machine."""

    def __init__(self) -> None:
        selector = selectors.SelectSelector()
        super().__init__(selector)
        wait = selector.select
        selector.select = lambda timeout=None: wait(timeout and timeout / 100)  # type: ignore[method-assign]

    def time(self) -> float:
        return time.monotonic() * 100


def test_a_whole_request_takes_30_seconds_at_the_most() -> None:
    """The server sends a byte now and then, and never hangs up by itself."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(1)

    async def main() -> tuple[SourceError, float, int]:
        clock, loop = Clock(), asyncio.get_running_loop()
        async with serve(lambda _: drip) as server, HttpFetcher(clock=clock) as fetcher:
            at = Endpoint("github", "git.test", server.url, f"Bearer {CANARY}")
            began = loop.time()
            async with asyncio.timeout(600):  # the test's own limit
                with pytest.raises(TransientError, match="within 30 seconds") as caught:
                    await fetcher.get(at, "thing", retry=False)
            return caught.value, loop.time() - began, len(server.asked)

    with asyncio.Runner(loop_factory=FastTime) as runner:
        _, seconds, asked = runner.run(main())
    assert asked == 4
    assert 4 * 30 <= seconds < 600


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_question_of_graphql_is_not_asked_again_after_a_5xx(status: int) -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        with pytest.raises(TransientError):
            await fetcher.post(at, "graphql", {"query": "{ a }"})

    def respond(request: Request) -> bytes:
        return reply(status if request.method == "POST" else 200, {})

    _, server, clock = run(respond, use, token=CANARY)
    assert [asked.method for asked in server.asked] == ["POST"]
    assert clock.slept == []
