"""The server: which dialect answers a request, what is recorded, and the thread that it runs in."""

import asyncio
import contextlib
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

from tests.upstream import bitbucket, connection, djangopackages, forgejo, github, gitlab, pypi
from tests.upstream.plan import Faults
from tests.upstream.site import Dialect, Quota, Site
from tests.upstream.wire import Request, Response, answer
from tests.upstream.world import World


class Speech(NamedTuple):
    """A dialect: where it is mounted, where its API begins below that, who answers, what it allows."""

    mount: str
    api: str
    respond: Dialect
    quotas: Callable[[], dict[str, Quota]]


SPEECHES = {
    "github": Speech(github.MOUNT, github.API, github.respond, github.quotas),
    "gitlab": Speech(gitlab.MOUNT, gitlab.API, gitlab.respond, gitlab.quotas),
    "forgejo": Speech(forgejo.MOUNT, forgejo.API, forgejo.respond, forgejo.quotas),
    "gitea": Speech(forgejo.GITEA_MOUNT, forgejo.API, forgejo.respond, forgejo.quotas),
    "bitbucket": Speech(bitbucket.MOUNT, bitbucket.API, bitbucket.respond, bitbucket.quotas),
    "pypi": Speech(pypi.MOUNT, pypi.API, pypi.respond, pypi.quotas),
    "djangopackages": Speech(djangopackages.MOUNT, djangopackages.API, djangopackages.respond, djangopackages.quotas),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came, and what it got; `path` has the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    dialect: str  # "graphql" for GitHub's GraphQL, "" for a path that is nobody's
    status: int


class Upstream:
    """A server on loopback for tests: `with Upstream(world) as upstream:`.

    `root` names a dialect that answers below `/` too, as a self-hosted instance would.
    """

    def __init__(self, world: World, *, port: int = 0, latency: float = 0.0, root: str | None = None) -> None:
        self.world = world
        self.latency = latency  # seconds added to each answer
        self.faults = Faults()
        self.requests: list[Seen] = []
        self.errors: list[BaseException] = []  # of the server itself; leaving the context raises the first
        self.sites: dict[str, Site] = {}
        self.base = ""
        self._port, self._root = port, root
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        for name, speech in SPEECHES.items():
            mount = "" if name == self._root else speech.mount
            self.sites[name] = Site(name, self.world, self.base + mount + speech.api, speech.quotas())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self.errors and exc is None:
            raise self.errors[0]

    # for tests

    def url(self, dialect: str) -> str:
        """Return the address of a dialect's API, without a slash at its end."""
        return self.sites[dialect].base

    def counts(self) -> Counter[str]:
        """Count the requests that came, by dialect; GitHub's GraphQL counts as "graphql"."""
        return Counter(seen.dialect for seen in list(self.requests))

    def statuses(self, dialect: str) -> Counter[int]:
        """Count what a dialect answered."""
        return Counter(seen.status for seen in list(self.requests) if seen.dialect == dialect)

    def clear(self) -> None:
        """Forget requests and faults, and make all quotas whole; world, tokens, limits and latency stay."""
        self.requests.clear()
        self.faults.clear()
        for site in self.sites.values():
            for quota in site.quotas.values():
                quota.used, quota.reset = 0, 0.0

    def unlimited(self) -> None:
        """Lift the limits of all hosts."""
        for site in self.sites.values():
            site.unlimited()

    def config(self) -> str:
        """Return the lines of a config.toml that lead pkgcat here."""
        names = [name for name in self.sites if name != "gitea"]
        return "".join(f'[sources.{name}]\napi_url = "{self.url(name)}"\n\n' for name in names)

    # inside

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._converse, "127.0.0.1", self._port, backlog=512)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while (request := await connection.read(reader)) is not None:
                response = self._respond(request)
                if self.latency:
                    await asyncio.sleep(self.latency)
                if not await connection.send(writer, request, response):
                    break
        with contextlib.suppress(OSError):
            writer.close()

    def _respond(self, request: Request) -> Response:
        if request.path.startswith("/_/"):
            return self._control(request)
        name = self._choose(request)
        try:
            response = self.faults.respond(request, lambda: self._honest(name, request))
        except Exception as exc:
            self.errors.append(exc)
            traceback.print_exc()
            response = answer({"message": f"the test server itself failed: {exc!r}"}, 500)
        dialect = "graphql" if name == "github" and request.parts == ("graphql",) else name or ""
        seen = Seen(request.method, request.target, request.headers, request.body, dialect, response.status)
        self.requests.append(seen)
        return response

    def _choose(self, request: Request) -> str | None:
        first = "/" + request.path[1:].partition("/")[0]
        for name, speech in SPEECHES.items():
            if speech.mount == first and name != self._root:
                request.mount = first
                return name
        return self._root

    def _honest(self, name: str | None, request: Request) -> Response:
        if name is None:
            return answer({"message": f"nobody lives at {request.path}"}, 404)
        with self.world.lock:
            return SPEECHES[name].respond(self.sites[name], request)

    def _control(self, request: Request) -> Response:
        """Tell and clear the counts, for those who started the server as a process of its own."""
        if request.method == "POST" and request.path == "/_/clear":
            self.clear()
        rows = {name: dict(self.statuses(name)) for name in self.counts()}
        return answer({"counts": self.counts(), "statuses": rows})
