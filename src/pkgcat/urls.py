"""Repository and PyPI addresses: every spelling of one becomes one key."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

KNOWN_HOSTS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "forgejo",
    "bitbucket.org": "bitbucket",
}
"""Repository hosts known by name, and the dialect each speaks (`repo_host`)."""

# Patterns stay texts: re compiles and keeps each when it is first used, which most runs never do.
_SCP = r"^(?:[\w.-]+@)([\w.-]+):(?!//)(.+)$"  # git@host:owner/name
_BARE = r"^[\w-]+(?:\.[\w-]+)+(?::\d+)?/.+$"  # host/owner/name
_SHORT = r"^[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+$"  # owner/name, on GitHub
_PYPI_PATH = r"^/(?:pypi|project|simple)/([^/]+)"
_PYPI_HOSTS = {"pypi.org", "pypi.python.org", "www.pypi.org", "test.pypi.org"}
_DJANGO_PACKAGES = {"djangopackages.org", "www.djangopackages.org", "djangopackages.com", "www.djangopackages.com"}
_PAGES = {("packages", "p"): "packages", ("grids", "g"): "grids"}
_NAME = r"^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$"  # PEP 508
_SCHEMES = {"http", "https", "ssh", "git", "git+http", "git+https", "git+ssh"}
_GITLAB_PAGES = {"-", "blob", "tree", "raw", "issues", "merge_requests", "commits", "commit"} | {
    "wikis",
    "tags",
    "releases",
}


class Repository(NamedTuple):
    """Where a repository lives: `host` in lower case (with a port if one is named), `path` as written."""

    host: str
    path: str

    @property
    def kind(self) -> str | None:
        """The dialect of a host known by name, or None."""
        return KNOWN_HOSTS.get(self.host)

    @property
    def key(self) -> str:
        """The same text for every spelling; the known hosts do not mind case."""
        return f"{self.host}/{self.path.lower() if self.kind else self.path}"

    @property
    def url(self) -> str:
        """The address a browser takes."""
        return f"https://{self.host}/{self.path}"


def repository(text: str) -> Repository | None:
    """Read a repository's address in any spelling, or None where it names no repository.

    Takes https, ssh, `git@host:owner/name` and bare `host/owner/name`; on known hosts a deep
    link is cut to its repository.
    """
    text = text.strip()
    if scp := re.match(_SCP, text):
        text = f"ssh://{scp[1]}/{scp[2]}"
    elif "://" not in text and re.match(_BARE, text):
        text = f"https://{text}"
    parts = _split(text)
    if parts is None or parts.scheme.lower() not in _SCHEMES or not parts.hostname:
        return None
    host = parts.hostname.removeprefix("www.")
    segments = [part for part in parts.path.split("/") if part]
    kind = KNOWN_HOSTS.get(host)
    if kind == "gitlab":
        ends = [i for i, part in enumerate(segments) if i >= 2 and part in _GITLAB_PAGES]
        segments = segments[: ends[0]] if ends else segments
    elif kind:
        segments = segments[:2]
    if not segments or (kind and len(segments) < 2):
        return None
    segments[-1] = re.split(r"\.git(?:@|$)", segments[-1])[0]  # pip writes name.git@branch
    if not segments[-1]:
        return None
    if not kind and (port := _port(parts)) and "ssh" not in parts.scheme and port not in (80, 443):
        host = f"{host}:{port}"
    return Repository(host, "/".join(segments))


def shorthand(text: str) -> Repository | None:
    """Read GitHub's `owner/name`, or None."""
    return Repository("github.com", text.removesuffix(".git")) if re.fullmatch(_SHORT, text) else None


def repository_key(text: str | None) -> str | None:
    """Return what two spellings of one repository have in common, or None."""
    found = repository(text) if text else None
    return found.key if found else None


def django_packages(text: str) -> tuple[str, str] | None:
    """Read a page or an API address of Django Packages as (`packages` or `grids`, slug or id), or None."""
    parts = _split(text.strip() if "://" in text else f"https://{text.strip()}")
    if parts is None or parts.hostname not in _DJANGO_PACKAGES:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments[:2] == ["api", "v4"]:
        segments = segments[2:]
        return (segments[0], segments[1]) if len(segments) == 2 and segments[0] in _PAGES.values() else None
    kind = _PAGES.get((segments[0], segments[1])) if len(segments) > 2 else None
    return (kind, segments[2]) if kind else None


def pypi_name(text: str | None) -> str | None:
    """Read a project name, normalised by PEP 503, from a PyPI address or a bare name."""
    text = (text or "").strip()
    if "/" in text:
        parts = _split(text if "://" in text else f"https://{text}")
        if parts is None or parts.hostname not in _PYPI_HOSTS:
            return None
        found = re.match(_PYPI_PATH, parts.path)
        text = found[1] if found else ""
    return re.sub(r"[-_.]+", "-", text).lower() if re.fullmatch(_NAME, text, re.IGNORECASE | re.ASCII) else None


def _split(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:  # an unclosed [ in the host
        return None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None
