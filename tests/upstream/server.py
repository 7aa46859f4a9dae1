"""The server: chooses the host that answers a request, records requests, and runs in a thread
of its own.
"""

import asyncio
import contextlib
import threading
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.upstream.bitbucket import Bitbucket
from tests.upstream.djangopackages import DjangoPackages
from tests.upstream.fault_injection import FaultInjector
from tests.upstream.forgejo import Forgejo, Gitea
from tests.upstream.github import GitHub
from tests.upstream.gitlab import GitLab
from tests.upstream.host import Host
from tests.upstream.http_connection import read_request, send_response
from tests.upstream.messages import Request, Response
from tests.upstream.pypi import PyPI
from tests.upstream.world import World

HOSTS: tuple[type[Host], ...] = (GitHub, GitLab, Forgejo, Gitea, Bitbucket, PyPI, DjangoPackages)


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request that came, and the status of its answer; `path` has the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    dialect: str  # "graphql" for GitHub's GraphQL, "" where there is no host
    status: int


class Upstream:
    """A server on loopback: `with Upstream(world) as upstream:`. Each host is below a path of its
    dialect's name.

    `latency` is added to each answer, in seconds; `root` names a dialect that answers below `/`
    instead, as an instance of one's own does.
    """

    def __init__(
        self, world: World, *, port: int = 0, latency: float = 0.0, root: str | None = None
    ) -> None:
        self.world = world
        self.latency = latency
        self.faults = FaultInjector()
        self.requests: list[RecordedRequest] = []
        self.errors: list[
            BaseException
        ] = []  # of the server itself; leaving the context raises the first
        self.hosts: dict[str, Host] = {}
        self.base = ""
        self._port, self._root = port, root
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        for host in HOSTS:
            mount = "" if host.name == self._root else f"/{host.name}"
            self.hosts[host.name] = host(self.world, self.base + mount + host.api_path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self.errors and exc is None:
            raise self.errors[0]

    def url(self, dialect: str) -> str:
        """Return the address of a host's API, without a slash at the end."""
        return self.hosts[dialect].base_url

    def counts(self) -> Counter[str]:
        """Count the requests that came, by dialect; GitHub's GraphQL counts as "graphql"."""
        return Counter(request.dialect for request in list(self.requests))

    def statuses(self, dialect: str) -> Counter[int]:
        """Count the statuses that a host answered."""
        return Counter(
            request.status for request in list(self.requests) if request.dialect == dialect
        )

    def clear(self) -> None:
        """Forget requests, faults and what was used of quotas; world, tokens, limits and
        latency stay.
        """
        self.requests.clear()
        self.faults.clear()
        for host in self.hosts.values():
            for quota in host.quotas.values():
                quota.restore()

    def unlimited(self) -> None:
        """Lift the limits of all hosts."""
        for host in self.hosts.values():
            host.lift_limits()

    def config(self) -> str:
        """Return the lines of a config.toml that lead pkgcat here."""
        names = [name for name in self.hosts if name != "gitea"]
        return "".join(f'[sources.{name}]\napi_url = "{self.url(name)}"\n\n' for name in names)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(
            self._serve_connection, "127.0.0.1", self._port, backlog=512
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while (request := await read_request(reader)) is not None:
                response = self._respond(request)
                if self.latency:
                    await asyncio.sleep(self.latency)
                if not await send_response(writer, request, response):
                    break
        with contextlib.suppress(OSError):
            writer.close()

    def _respond(self, request: Request) -> Response:
        """Answer a request and record it; a mistake of the server is kept for the end, and
        answered as 500.
        """
        if request.path.startswith("/_/"):
            return self._control(request)
        host = self._choose_host(request)
        try:
            response = self.faults.respond(request, lambda: self._ask(host, request))
        except Exception as exc:
            self.errors.append(exc)
            traceback.print_exc()
            response = Response.from_json(
                {"message": f"the test server itself failed: {exc!r}"}, 500
            )
        dialect = "" if host is None else host.name
        if dialect == "github" and request.segments == ("graphql",):
            dialect = "graphql"
        self.requests.append(
            RecordedRequest(
                request.method,
                request.target,
                request.headers,
                request.body,
                dialect,
                response.status,
            )
        )
        return response

    def _choose_host(self, request: Request) -> Host | None:
        """Return the host of a path, and note in the request which part of the path that was."""
        name = request.path[1:].partition("/")[0]
        if name in self.hosts and name != self._root:
            request.mount = f"/{name}"
            return self.hosts[name]
        return None if self._root is None else self.hosts[self._root]

    def _ask(self, host: Host | None, request: Request) -> Response:
        if host is None:
            return Response.from_json({"message": f"no host is at {request.path}"}, 404)
        with self.world.lock:
            return host.respond(request)

    def _control(self, request: Request) -> Response:
        """Tell the counts, or clear them: for those who started the server as a process of
        its own.
        """
        if request.method == "POST" and request.path == "/_/clear":
            self.clear()
        statuses = {name: dict(self.statuses(name)) for name in self.counts()}
        return Response.from_json({"counts": self.counts(), "statuses": statuses})
