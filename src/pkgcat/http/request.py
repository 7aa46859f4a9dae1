"""A request: its address, where a redirect may lead, its headers, its name."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from pkgcat.http.endpoint import Endpoint, origin
from pkgcat.http.errors import Malformed, RequestFailed
from pkgcat.model.source_data import Validators

_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; `where` names it in messages."""

    endpoint: Endpoint
    method: str
    url: httpx.URL
    headers: dict[str, str]
    where: str
    body: Mapping[str, object] | None = None
    retry: bool = True

    @property
    def bucket(self) -> str:
        """The limit of GitHub that the request counts for."""
        return "graphql" if self.method == "POST" else "core"


def make_url(endpoint: Endpoint, path: str, where: str) -> httpx.URL:
    """Return the address of a path, or a next page of the same host; raise RequestFailed or
    Malformed.
    """
    try:
        url = httpx.URL(path if "://" in path else f"{endpoint.api_url}/{path}")
        if origin(str(url)) == origin(endpoint.api_url):
            return url.copy_with(username=None, password=None)
    except (httpx.InvalidURL, ValueError) as exc:
        raise RequestFailed(f"{where}: this is no address") from exc
    raise Malformed(f"{where}: the next page is on another host")


def follow_location(where: str, url: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads; raise RequestFailed where it may not be followed."""
    try:
        found = url.join(location)
    except (httpx.InvalidURL, ValueError) as exc:
        raise RequestFailed(f"{where}: redirected to what is no address") from exc
    is_downgrade = (url.scheme, found.scheme) == ("https", "http")
    if found.scheme not in _SCHEMES or is_downgrade:
        raise RequestFailed(
            f"{where}: redirected from {url.scheme} to {found.scheme[:10]}, which is not followed"
        )
    return found.copy_with(username=None, password=None)


def make_conditions(validators: Validators | None) -> dict[str, str]:
    """Return the headers of a conditional request (RFC 9110, 13.1).

    A validator that is not ASCII cannot be sent: httpx refuses the whole request.
    """
    if validators is None:
        return {}
    headers: dict[str, str] = {}
    if validators.etag and validators.etag.isascii():
        headers["If-None-Match"] = validators.etag
    if validators.last_modified and validators.last_modified.isascii():
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def make_request_key(url: httpx.URL, accept: str, authorization: str | None) -> str:
    """Name a question without telling the token: who asks differently may be answered
    differently.
    """
    parts = "\n".join(("GET", str(url), accept, authorization or ""))
    return hashlib.sha256(parts.encode()).hexdigest()


def describe_request(endpoint: Endpoint, path: str) -> str:
    """Return what names a request in messages: the host, and the path without its question."""
    asked = path.removeprefix(endpoint.api_url).partition("?")[0]
    return f"{endpoint.host}: {asked.strip('/')}"
