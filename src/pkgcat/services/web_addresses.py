"""Where a browser finds a package: its repository, its project on PyPI, its documentation."""

from typing import Literal

from pkgcat.errors import Invalid, NotFound
from pkgcat.model import addresses
from pkgcat.model.hosts import HostKinds
from pkgcat.model.package import Package
from pkgcat.model.text import link
from pkgcat.services.user_values import make_project_url

Place = Literal["repository", "PyPI", "documentation"]

PLACES: tuple[Place, ...] = ("repository", "PyPI", "documentation")
"""In the order in which they are looked for."""

_OPTIONS: dict[Place, str] = {
    "repository": "--repo-url",
    "PyPI": "--pypi-url",
    "documentation": "--documentation-url",
}


def find_web_address(package: Package, place: Place | None, host_kinds: HostKinds) -> str:
    """Return the http or https address of a place, else of the first one that has one.

    Raises NotFound where there is none, Invalid where there is one that is no http address.
    """
    for each in [place] if place else PLACES:
        stored = _read_stored(package, each)
        if not stored:
            continue
        found = link(stored) or _find_repository_page(stored, each, host_kinds)
        if found:
            return found
        if place:
            raise Invalid(
                f"the address of {package.slug} ({each}) is not opened: {stored} is not http"
            )
    option = _OPTIONS[place or "repository"]
    what = f"no address for {place}" if place else "no address that a browser could open"
    raise NotFound(f"{package.slug} has {what}; 'pkgcat edit {package.slug} {option} ...' sets one")


def _read_stored(package: Package, place: Place) -> str | None:
    if place == "PyPI":
        name = package.pypi_name
        return make_project_url(name) if name else None
    address: str | None = package.documentation_url
    if place == "repository":
        address = package.repo_url
    return address


def _find_repository_page(text: str, place: Place, host_kinds: HostKinds) -> str | None:
    """Return the page of a repository whose address is none of the web, such as `git@host:a/b`."""
    if place != "repository":
        return None
    repository = addresses.repository(text, host_kinds)
    return link(repository.url) if repository else None
