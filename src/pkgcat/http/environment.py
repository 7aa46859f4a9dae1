"""What the environment says of proxies and certificates. What cannot be used is told by the name of
its variable, never by its value, which may hold a password.
"""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

import httpx

from pkgcat.config import read_network_variable
from pkgcat.errors import BadConfig

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


def make_tls_context() -> ssl.SSLContext:
    """Return a context that verifies certificates; raise BadConfig where the environment names
    files that cannot be used.
    """
    _check_certificates()
    try:
        return httpx.create_ssl_context()
    except (OSError, ValueError) as exc:
        name, _ = read_network_variable("SSLKEYLOGFILE")
        raise BadConfig(f"{name}: TLS cannot be set up: {_describe(exc)}") from exc


def _check_certificates() -> None:
    """Check the variables in the order in which httpx looks at them."""
    name, file = read_network_variable("SSL_CERT_FILE")
    if file:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
        except OSError as exc:
            raise BadConfig(f"{name}: no certificates can be read there: {_describe(exc)}") from exc
        return
    name, folders = read_network_variable("SSL_CERT_DIR")
    if folders and not any(Path(folder).is_dir() for folder in folders.split(":")):
        raise BadConfig(f"{name}: there is no such folder")


def _describe(exc: Exception) -> str:
    """Return what an error of the system says, without its number and its file."""
    if isinstance(exc, ssl.SSLError):
        return "the file is not in the PEM format"
    if isinstance(exc, OSError) and exc.strerror:
        return exc.strerror.lower()
    return type(exc).__name__


def make_client(
    context: ssl.SSLContext, limits: httpx.Limits, timeout: httpx.Timeout, *, direct: bool
) -> httpx.AsyncClient:
    """Return a client that keeps no cookies and asks through the environment's proxies, unless
    `direct`.

    Raises BadConfig where these cannot be used.
    """
    if not direct:
        _check_proxies()
    try:
        return httpx.AsyncClient(
            verify=context,
            limits=limits,
            timeout=timeout,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=not direct,
        )
    except (httpx.InvalidURL, ValueError):
        name, _ = read_network_variable("NO_PROXY")
        raise BadConfig(
            f"{name}: one of its hosts is none; 'localhost,127.0.0.1,::1,.example.org' is the form"
        ) from None


def _check_proxies() -> None:
    _, exceptions = read_network_variable("NO_PROXY")
    if "*" in map(str.strip, exceptions.split(",")):  # no proxy is used at all
        return
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        name, address = read_network_variable(variable)
        if address:
            _check_proxy(name, address)


def _check_proxy(name: str, address: str) -> None:
    message = f"{name}: this is no address of a proxy; http://host:port is one"
    try:
        url = httpx.Proxy(address if "://" in address else f"http://{address}").url
    except (httpx.InvalidURL, ValueError):
        raise BadConfig(message) from None
    has_host = bool(url.host) and "%" not in url.host
    if url.scheme not in _PROXY_SCHEMES or not has_host or (url.port or 0) > 65_535:
        raise BadConfig(message)
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise BadConfig(f"{name}: a SOCKS proxy needs the Python package socksio")


def is_proxied(scheme: str, host: str) -> bool:
    """Whether a host is asked through a proxy of the environment."""
    proxies = getproxies()
    has_proxy = bool(proxies.get(scheme) or proxies.get("all"))
    return has_proxy and not proxy_bypass(host)


def find_proxy_credentials() -> set[str]:
    """Return user:password, password, and a user without one, of the proxies that httpx takes
    from the environment.
    """
    found: set[str] = set()
    for address in getproxies().values():
        user, at, _ = address.rpartition("://")[2].rpartition("@")
        if at:
            found |= {user, user.partition(":")[2] or user}
    return found | {unquote(secret) for secret in found}
