"""The connections of a fetcher: a client for each host, directly or through a proxy."""

import ssl

import httpx

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.environment import (
    find_proxy_credentials,
    is_proxied,
    make_client,
    make_tls_context,
)
from pkgcat.http.public_hosts import resolve_public_host
from pkgcat.http.redaction import Redactor
from pkgcat.model.address_parts import is_loopback

_PORTS = {"http": 80, "https": 443}


class Connections:
    """Sends requests, each host's over connections of its own, so that no more are open than its
    rate limiter lets through.

    `timeout` is for each step of a request, in seconds. What the environment's proxies are asked
    with is given to `redactor`.
    """

    def __init__(self, redactor: Redactor, *, timeout: float) -> None:
        self._redactor, self._timeout = redactor, timeout
        self._clients: dict[tuple[str, bool, str], httpx.AsyncClient] = {}
        self._tls: ssl.SSLContext | None = None

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()

    async def send(
        self,
        endpoint: Endpoint,
        url: httpx.URL,
        method: str,
        headers: dict[str, str],
        *,
        body: object = None,
        jobs: int = 1,
    ) -> httpx.Response:
        """Send a request and return the response, whose body is yet to be read.

        `jobs` is how many requests at once the host gets. Raises NotPublic where the endpoint is to
        be public and the host of `url` is not, BadConfig where the environment cannot be used.
        """
        if not endpoint.public_only:
            client = self._client(endpoint, jobs, direct=is_loopback(url.host))
            message = client.build_request(method, url, headers=headers, json=body)
            return await client.send(message, stream=True)
        return await self._send_to_public_host(endpoint, url, method, headers, body, jobs)

    async def _send_to_public_host(
        self,
        endpoint: Endpoint,
        url: httpx.URL,
        method: str,
        headers: dict[str, str],
        body: object,
        jobs: int,
    ) -> httpx.Response:
        """Connect to the very address that was found to be public: a name may lead elsewhere when
        it is looked up again. Behind a proxy, which looks names up itself, that cannot be had.
        """
        name = url.raw_host.decode("ascii")
        port = url.port or _PORTS[url.scheme]
        try:
            addresses = await resolve_public_host(name, port)
        except OSError as exc:
            raise httpx.ConnectError(str(exc)) from exc
        if is_proxied(url.scheme, name):
            client = self._client(endpoint, jobs, direct=False)
            message = client.build_request(method, url, headers=headers, json=body)
            return await client.send(message, stream=True)
        client = self._client(endpoint, jobs, direct=True, name=name)
        headers = {**headers, "Host": url.netloc.decode("ascii")}
        failure: httpx.ConnectError | None = None
        for address in addresses:
            message = client.build_request(
                method,
                url.copy_with(host=address),
                headers=headers,
                json=body,
                extensions={"sni_hostname": name},
            )
            try:
                return await client.send(message, stream=True)
            except httpx.ConnectError as exc:
                failure = exc
        assert failure is not None
        raise failure

    def _client(
        self, endpoint: Endpoint, jobs: int, *, direct: bool, name: str = ""
    ) -> httpx.AsyncClient:
        """Return the client of a host.

        `direct` asks no proxy of the environment: it could not reach this machine, and would see a
        token that goes there over plain http. `name` keeps hosts apart that are asked by address.
        """
        key = (endpoint.host, direct, name)
        if key not in self._clients:
            if not direct:
                self._redactor.add(*find_proxy_credentials())
            self._tls = self._tls or make_tls_context()
            self._clients[key] = make_client(
                self._tls,
                httpx.Limits(max_connections=jobs, max_keepalive_connections=jobs),
                httpx.Timeout(min(self._timeout, 20), connect=min(self._timeout, 10)),
                direct=direct,
            )
        return self._clients[key]
