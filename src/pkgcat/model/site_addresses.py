"""Addresses of the sites that packages are listed on: Django Packages and its like, and PyPI. Every
spelling of one becomes one key.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

from pkgcat.model.address_parts import (
    is_loopback,
    read_port,
    split_address,
    split_page_address,
    trim_address,
)
from pkgcat.model.hosts import PACKAGE_SITES

_PYPI_PATH = r"^/(?:pypi|project|simple|p)/([^/]+)"
PYPI_HOSTS = {"pypi.org", "pypi.python.org", "www.pypi.org"}
DJANGO_PACKAGES_HOSTS = {
    "djangopackages.org",
    "www.djangopackages.org",
    "djangopackages.com",
    "www.djangopackages.com",
}
DJANGO_PACKAGES = "djangopackages.org"
"""The site that all its hosts, and its stand-ins on this machine, are."""
DJANGO_PACKAGES_API = PACKAGE_SITES["djangopackages"].find_api_url(DJANGO_PACKAGES)
"""Where the API v4 of the site is, without a slash at its end."""
_PAGES = {("packages", "p"): "packages", ("grids", "g"): "grids"}
_NAME = r"^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$"  # PEP 508


def django_packages(text: str) -> tuple[str, str] | None:
    """Read a page or an API address of Django Packages as (`packages` or `grids`, slug or
    id), or None.
    """
    text = trim_address(text)
    parts = split_page_address(text)
    if parts is None or parts.hostname not in DJANGO_PACKAGES_HOSTS:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments[:2] == ["api", "v4"]:
        return _read_api_path(segments[2:])
    if len(segments) < 3:
        return None
    kind = _PAGES.get((segments[0], segments[1]))
    if kind is None:
        return None
    return kind, segments[2]


def _read_api_path(segments: list[str]) -> tuple[str, str] | None:
    if len(segments) != 2 or segments[0] not in _PAGES.values():
        return None
    return segments[0], segments[1].removesuffix(".json")


class GroupAddress(NamedTuple):
    """The address of a category or grid: equal for every spelling of it.

    `site` is DJANGO_PACKAGES, or for another site its host and the path before the name. `name` is
    an id in digits, or a slug in lower case.
    """

    site: str
    name: str

    @property
    def has_id(self) -> bool:
        """Whether it names the group by id; API v4 itself never names one by slug."""
        return self.name.isascii() and self.name.isdigit()


def group_address(text: str) -> GroupAddress:
    """Read the API address of a category or grid.

    Scheme, default port, `www.`, query, fragment, `.json` and the slash at the end make no
    difference. A loopback host is a stand-in of Django Packages, whatever its port and path.
    """
    parts = split_address(text.strip())
    if parts is None or not parts.hostname:
        return GroupAddress("", text.strip())
    segments = [segment for segment in parts.path.split("/") if segment]
    name = ""
    if segments:
        name = segments.pop().lower().removesuffix(".json")
    if parts.hostname in DJANGO_PACKAGES_HOSTS or is_loopback(parts.hostname):
        return GroupAddress(DJANGO_PACKAGES, name)
    host = parts.hostname.removeprefix("www.")
    port = read_port(parts)
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    return GroupAddress("/".join([host, *segments]), name)


def pypi_name(text: str | None) -> str | None:
    """Read a project name, normalised by PEP 503, from a PyPI address or a bare name."""
    name: str | None = trim_address(text or "")
    if name and "/" in name:
        name = _read_pypi_project(name)
    if not name or not re.fullmatch(_NAME, name, re.IGNORECASE | re.ASCII):
        return None
    return re.sub(r"[-_.]+", "-", name).lower()


def _read_pypi_project(text: str) -> str | None:
    parts = split_page_address(text)
    if parts is None or parts.hostname not in PYPI_HOSTS:
        return None
    found = re.match(_PYPI_PATH, parts.path)
    if found is None:
        return None
    return unquote(found[1])
