"""Addresses of hosts, and where a token may travel."""

import base64
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pkgcat.errors import BadConfig
from pkgcat.model.address_parts import is_loopback
from pkgcat.model.credentials import strip_credentials
from pkgcat.model.hosts import AnswerLimits, list_source_kinds

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service that answers: its name, where its API is, how to sign. `make_endpoint`
    makes one.
    """

    kind: str
    host: str
    api_url: str  # without a slash at its end
    authorization: str | None = field(default=None, repr=False)
    jobs: int = 4  # requests at once that it likes
    public_only: bool = False  # a stranger named it: it is asked only where it is public
    answers: AnswerLimits = AnswerLimits()  # noqa: RUF009  # frozen


def make_endpoint(
    kind_name: str,
    host: str,
    *,
    api_url: str | None = None,
    token: str | None = None,
    jobs: int | None = None,
) -> Endpoint:
    """Return where a host of a kind answers; raise BadConfig for an address or a token that cannot
    be.

    A `token` goes into Authorization under the scheme of its kind; `email:token` is HTTP Basic
    (Bitbucket).
    """
    kind = list_source_kinds()[kind_name]
    url = (api_url or kind.find_api_url(host)).rstrip("/")
    try:
        scheme, name, _ = origin(url)
    except ValueError:  # its text may quote the user and the password
        raise BadConfig(f"{host}: api_url {strip_credentials(url)!r} is no address") from None
    parts = urlsplit(url)
    if scheme not in _PORTS or not name or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadConfig(
            f"{host}: api_url must be an http or https address, without user, query or fragment"
        )
    if token is not None and not may_sign(url, url):
        raise BadConfig(
            f"{host}: a token is sent over https, or over http to localhost, 127.0.0.0/8 and ::1 only; "
            "change api_url, or leave the token out"
        )
    signed = None if token is None else _authorization(host, kind.authorization, token)
    return Endpoint(kind.name, host, url, signed, jobs or kind.jobs, answers=kind.answers)


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port (RFC 6454); raise ValueError."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def may_sign(api_url: str, url: str) -> bool:
    """Whether the token of an API may go to an address: the same origin, and https or this machine.

    Over plain http to this machine no proxy may be asked, which would see the token: see
    `is_loopback`.
    """
    scheme, host, _ = origin(url)
    return origin(api_url) == origin(url) and (scheme == "https" or is_loopback(host))


def _authorization(host: str, scheme: str, token: str) -> str:
    token = token.strip()
    if not token or not all("!" <= character <= "~" for character in token):
        raise BadConfig(f"{host}: its token is empty, or has characters that no token has")
    if ":" in token:
        return f"Basic {base64.b64encode(token.encode()).decode()}"
    return f"{scheme} {token}"
