"""Which of a project's links is its documentation, and which may be its repository.

Labels: packaging.python.org/en/latest/specifications/well-known-project-urls
"""

import re
import string
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from pkgcat.model.addresses import Repository, repository
from pkgcat.model.limits import MAX_CANDIDATES
from pkgcat.model.site_addresses import pypi_name

_SOURCE = {
    *("source", "repository", "sourcecode", "github", "gitlab", "codeberg", "bitbucket"),
    *("git", "code"),
}
_DOCUMENTATION = {"documentation", "docs"}
_OTHER_PAGES = {
    *("changelog", "changes", "history", "news", "releases", "releasenotes", "whatsnew"),
    *("source", "sourcecode", "repository", "code", "issues", "bugs", "tracker", "download"),
}
"""What a label such as "Docs: Changelog" leads to instead of the documentation."""
_PARTS = re.compile(r"[:(/|]|\s[–—-]\s")  # "Docs: API", "Docs (stable)"
_DROPPED = str.maketrans("", "", string.punctuation + string.whitespace)


def documentation(links: Mapping[str, str], docs_url: object = None) -> str | None:
    """Return the address of the documentation: that of a label that says so, else that of a label
    that begins so ("Docs: API"), else PyPI's own `docs_url`.
    """
    whole: list[str] = []
    beginning: list[str] = []
    for label, url in links.items():
        if not _web(url):
            continue
        if _plain(label) in _DOCUMENTATION:
            whole.append(url)
        elif _begins_with(label, _DOCUMENTATION):
            beginning.append(url)
    found = [*whole, *beginning]
    if isinstance(docs_url, str) and _web(docs_url):
        found.append(docs_url)
    return found[0] if found else None


def repositories(name: str, links: Mapping[str, str]) -> tuple[str, ...]:
    """Return what may be a project's repository, likeliest first, MAX_CANDIDATES at the most.

    A source label on a known host, the homepage on one, any link there to a repository of the
    project's own name, and last a source label on a host that is not known by name.
    """
    ranked: list[tuple[int, Repository]] = []
    for label, url in links.items():
        target = _target(url)
        rank = None if target is None else _rank(name, label, target)
        if target is not None and rank is not None:
            ranked.append((rank, target))
    urls: dict[str, str] = {}
    for _, target in sorted(ranked, key=lambda pair: pair[0]):
        urls.setdefault(target.key, target.url)
    return tuple(urls.values())[:MAX_CANDIDATES]


def _rank(name: str, label: str, target: Repository) -> int | None:
    """Return how likely a link leads to the repository, 0 being likeliest; None: it does not."""
    is_source = _plain(label) in _SOURCE
    if target.kind is None:
        return 4 if is_source else None
    if is_source:
        return 0
    if _begins_with(label, _SOURCE):
        return 1
    if _plain(label) == "homepage":
        return 2
    return 3 if pypi_name(target.path.rpartition("/")[2]) == pypi_name(name) else None


def _target(url: str) -> Repository | None:
    """Return the repository at an address of any scheme that git knows, or None for another page."""
    found = repository(url)
    return found if found and found.owner else None


def _begins_with(label: str, words: Collection[str]) -> bool:
    """Whether a label of several parts begins with one of the words, and means no other page."""
    first, *rest = _PARTS.split(label, maxsplit=1)
    if not rest:
        return False
    return _plain(first) in words and _plain(rest[0]) not in _OTHER_PAGES


def _plain(label: str) -> str:
    return label.translate(_DROPPED).lower()


def _web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
