"""Which of a project's links is its documentation, and which may be its repository.

Labels: packaging.python.org/en/latest/specifications/well-known-project-urls
"""

import string
from collections.abc import Mapping
from urllib.parse import urlsplit

from pkgcat.urls import Repository, pypi_name, repository

_SOURCE = {"source", "repository", "sourcecode", "github"} | {
    "gitlab",
    "codeberg",
    "bitbucket",
    "git",
    "code",
}
_DOCUMENTATION = {"documentation", "docs"}
_NO_OWNERS = {"sponsors", "orgs", "users", "apps", "topics", "marketplace", "settings", "groups", "explore"}
_DROPPED = str.maketrans("", "", string.punctuation + string.whitespace)


def documentation(links: Mapping[str, str]) -> str | None:
    """Return the address of the documentation, if a label says so."""
    return next((url for label, url in links.items() if _plain(label) in _DOCUMENTATION and _web(url)), None)


def repositories(name: str, links: Mapping[str, str]) -> tuple[str, ...]:
    """Return what may be a project's repository, likeliest first.

    A source label on a known host, the homepage on one, any link there to a repository of the
    project's own name, and last a source label on a host that is not known by name.
    """
    found = [(_plain(label), target) for label, url in links.items() if (target := _target(url))]
    ranked = [(rank, target) for label, target in found if (rank := _rank(name, label, target)) is not None]
    ordered = [target for _, target in sorted(ranked, key=lambda pair: pair[0])]
    return tuple({target.key: target.url for target in reversed(ordered)}.values())[::-1]


def _rank(name: str, label: str, target: Repository) -> int | None:
    if target.kind is None:
        return 3 if label in _SOURCE else None
    if label in _SOURCE:
        return 0
    if label == "homepage":
        return 1
    return 2 if pypi_name(target.path.rpartition("/")[2]) == pypi_name(name) else None


def _target(url: str) -> Repository | None:
    found = repository(url) if _web(url) else None
    if found is None or "/" not in found.path or found.path.partition("/")[0].lower() in _NO_OWNERS:
        return None
    return found


def _plain(label: str) -> str:
    return label.translate(_DROPPED).lower()


def _web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
