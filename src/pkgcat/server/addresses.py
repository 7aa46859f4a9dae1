"""Names and addresses of the server and of its readers."""

from pkgcat.model.address_parts import is_loopback
from pkgcat.server.requests import Request
from pkgcat.server.settings import ServerSettings

_PROXY_HEADERS = (
    b"forwarded",
    b"via",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-real-ip",
)


def find_base(request: Request, settings: ServerSettings) -> str:
    """Return what links begin with: what the operator says, else how the request came here.

    A proxy on this machine may say that it was asked by https.
    """
    if settings.base_url is not None:
        return settings.base_url
    scheme = "http"
    if is_loopback(request.client) and request.header(b"x-forwarded-proto") == "https":
        scheme = "https"
    return f"{scheme}://{request.header(b'host')}"


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine, and not through a proxy on it."""
    if any(request.header(name) is not None for name in _PROXY_HEADERS):
        return False
    host = request.header(b"host") or ""
    return is_loopback(request.client) and is_loopback(split_host(host))


def split_host(host: str) -> str:
    """Return the name of a Host header without its port; IPv6 addresses without brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_allowed_host(host: str | None, allowed: frozenset[str]) -> bool:
    """Whether a request may be sent to a host: this machine's own names, and those allowed.

    A page in a browser could otherwise read the catalog through a name of its own that resolves
    to this machine (DNS rebinding).
    """
    if not host:
        return False
    name = split_host(host)
    return is_loopback(name) or name in allowed or host.strip().lower() in allowed
