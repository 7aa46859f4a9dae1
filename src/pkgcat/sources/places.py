"""Addresses of hosts, and where a token may travel."""

import base64
from ipaddress import ip_address
from urllib.parse import urlsplit

from pkgcat.errors import BadConfig
from pkgcat.sources.base import Place, Source

_PORTS = {"http": 80, "https": 443}


def place(
    source: Source,
    host: str,
    *,
    api_url: str | None = None,
    token: str | None = None,
    jobs: int | None = None,
) -> Place:
    """Say where a host of a source's kind answers; raise BadConfig for an address or a token that cannot be.

    A `token` goes into Authorization as the source has it; `email:token` is HTTP Basic (Bitbucket).
    """
    url = (api_url or source.api_url(host)).rstrip("/")
    try:
        scheme, name, _ = origin(url)
    except ValueError as exc:
        raise BadConfig(f"{host}: api_url {url!r} is no address: {exc}") from None
    if scheme not in _PORTS or not name or urlsplit(url).query or "@" in urlsplit(url).netloc:
        raise BadConfig(f"{host}: api_url must be an http or https address, without user or query")
    if token is not None and not may_sign(url, url):
        raise BadConfig(f"{host}: a token is sent over https only; change api_url, or leave the token out")
    signed = None if token is None else _authorization(host, source.SCHEME, token)
    return Place(source.KIND, host, url, signed, jobs or source.JOBS)


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port (RFC 6454); raise ValueError."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def may_sign(api_url: str, url: str) -> bool:
    """Whether the token of an API may go to an address: the same origin, and https or this machine."""
    scheme, host, _ = origin(url)
    return origin(api_url) == origin(url) and (scheme == "https" or _loopback(host))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _authorization(host: str, scheme: str, token: str) -> str:
    token = token.strip()
    if not token or not all("!" <= character <= "~" for character in token):
        raise BadConfig(f"{host}: its token is empty, or has characters that no token has")
    if ":" in token:
        return f"Basic {base64.b64encode(token.encode()).decode()}"
    return f"{scheme} {token}"
