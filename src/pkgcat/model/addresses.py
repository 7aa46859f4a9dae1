"""Addresses of repositories, of PyPI and of Django Packages: every spelling of one becomes one
key.
"""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from pkgcat.model.hosts import (
    HOST_KINDS,
    NO_HOST_KINDS,
    PACKAGE_SITES,
    PAGE_OWNERS,
    HostKind,
    HostKinds,
    cut_to_repository,
    find_host_kind,
    find_main_host,
    is_bitbucket_server,
)

# Patterns stay texts: re compiles and keeps each when it is first used, which most runs never do.
_SCP = r"^[\w.-]+@([\w.-]+):(?!//)(.+)$"  # git@host:owner/name
_SCP_WITHOUT_USER = r"^([\w-]+(?:\.[\w-]+)+):(?!//)([^\s@/]+/\S+)$"
_SCP_AFTER_SCHEME = r"^(?:git\+)?ssh://(?:[^@/:]*@)?([\w.-]+):(?!\d*(?:/|$))(.+)$"
_BARE = r"^(?:[\w-]+(?:\.[\w-]+)+\.?|localhost|\[[\da-fA-F:.]+\])(?::\d+)?/.+$"  # host/owner/name
_SHORT = r"^[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+$"  # owner/name, on GitHub
_SEGMENT = r"[\w.~+-]+"  # of an owner or a name on a host of a known kind
_PYPI_PATH = r"^/(?:pypi|project|simple|p)/([^/]+)"
_PYPI_HOSTS = {"pypi.org", "pypi.python.org", "www.pypi.org"}
_OTHER_INDEXES = {"test.pypi.org", "testpypi.python.org"}
_DJANGO_PACKAGES = {
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
_SCHEMES = {"http", "https", "ssh", "git", "git+http", "git+https", "git+ssh", "git+git"}
DOMAIN = r"[\w.-]*\.[A-Za-z]{2,}|\d+(?:\.\d+){3}|localhost|\[.*"
"""What looks like the name of a host, not like an alias."""
_HOST = r"(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$"
_BELOW = r"(?:/[\w.~-]+)*"
_PUBLIC_HOST = rf"{DOMAIN}|[\w.-]+\.xn--[\w-]+"
_OPENING = "'\"(<{"
CLOSING = "'),.;:]}"
"""What may stand behind an address in a sentence."""
_AROUND = f'{CLOSING}">!'


class Repository(NamedTuple):
    """Where a repository lives: `host` in lower case (with a port if one is named), `path` as
    written, and the kind of its host, if that is known.
    """

    host: str
    path: str
    kind: str | None = None

    @property
    def key(self) -> str:
        """The same text for every spelling; hosts of a known kind ignore case."""
        if self.kind is None:
            return f"{self.host}/{self.path}"
        return f"{self.host}/{self.path.lower()}"

    @property
    def url(self) -> str:
        """The address a browser takes."""
        return f"https://{self.host}/{self.path}"

    @property
    def name(self) -> str:
        """What the repository itself is called."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def owner(self) -> str | None:
        """The user, group or project that it belongs to."""
        segments = self.path.split("/")
        if len(segments) == 4 and segments[2] == "repos":  # Bitbucket Server
            return segments[1]
        if len(segments) == 1:
            return None
        return segments[-2]


class _NoRepository(NamedTuple):
    """Why an address names no repository."""

    reason: str


def repository(text: str, host_kinds: HostKinds = NO_HOST_KINDS) -> Repository | None:
    """Read a repository's address in any spelling, or None where it names no repository.

    Takes https, ssh, `git@host:owner/name`, pip's `git+https://…@ref` and bare `host/owner/name`. A
    deep link is cut to its repository, on hosts of `host_kinds` as on the public ones.
    """
    found = _read_repository(text, host_kinds)
    if isinstance(found, Repository):
        return found
    return None


def explain_no_repository(text: str, host_kinds: HostKinds = NO_HOST_KINDS) -> str | None:
    """Say why an address names no repository; None for what is no address, or does name one."""
    if re.fullmatch(_SHORT, text):
        text = f"https://github.com/{text}"
    found = _read_repository(text, host_kinds)
    if isinstance(found, _NoRepository):
        return found.reason
    return None


def _read_repository(text: str, host_kinds: HostKinds) -> Repository | _NoRepository | None:
    parts = _split_repository_address(trim_address(text))
    if parts is None or not parts.hostname:
        return None
    host = _spell_host(parts, _read_port(parts))
    if not re.match(_HOST, host):
        return None
    reason = _refuse_host(host, host_kinds, is_ssh="ssh" in parts.scheme)
    if reason is not None:
        return _NoRepository(reason)
    host, parts = _enter_sub_path(host, parts, host_kinds)
    return _read_path(parts, host, find_host_kind(host, host_kinds))


def _enter_sub_path(
    host: str, parts: SplitResult, host_kinds: HostKinds
) -> tuple[str, SplitResult]:
    """Return a host with the path below which the settings say that it answers, such as
    `example.org/gitlab`, and the address without that path.
    """
    for configured in host_kinds:
        name, _, below = configured.partition("/")
        if not below or name != host or not f"{parts.path}/".lower().startswith(f"/{below}/"):
            continue
        return configured, parts._replace(path=parts.path[len(below) + 1 :])
    return host, parts


def _read_path(
    parts: SplitResult, host: str, kind: HostKind | None
) -> Repository | _NoRepository | None:
    segments = _read_segments(parts, is_known=kind is not None)
    page_owners = PAGE_OWNERS if kind is None else kind.page_owners
    if segments and segments[0].lower() in page_owners and not is_bitbucket_server(segments):
        return _NoRepository("is a page of its host and no repository")
    cut_path = cut_to_repository if kind is None else kind.cut_path
    segments = list(cut_path(segments))
    if kind is not None and len(segments) == 1:
        return _NoRepository("names no repository; https://host/owner/name is the form")
    if not segments:
        return None
    name = _read_name(segments[-1], is_known=kind is not None)
    if not name:
        return None
    path = "/".join([*segments[:-1], name])
    if kind is None:
        return Repository(host, path)
    return Repository(host, path, kind.name)


def trim_address(text: str) -> str:
    """Return a text without what stands around an address in a sentence."""
    return text.strip().lstrip(_OPENING).rstrip(_AROUND)


def _split_repository_address(text: str) -> SplitResult | None:
    """Split an address of a scheme that git or pip knows; None for anything else."""
    text = text.removeprefix("//")
    if re.match(_BARE, text):
        text = f"https://{text}"
    for pattern in (_SCP, _SCP_WITHOUT_USER, _SCP_AFTER_SCHEME):
        if found := re.match(pattern, text):
            host, path = found.groups()
            path = re.sub(r"^\d+/(?=[^/]+/[^/])", "", path)  # git@host:443/owner/name
            text = f"ssh://{host}/{path}"
    parts = _split_address(text)
    if parts is None or parts.scheme not in _SCHEMES:
        return None
    return parts


def _spell_host(parts: SplitResult, port: int | None) -> str:
    """Return the host in lower case, with the port of its pages; the port of ssh is not theirs."""
    host = str(parts.hostname).rstrip(".").removeprefix("www.")
    main_host = find_main_host(host)
    if main_host != host:
        return main_host
    if ":" in host:
        host = f"[{_normalize_ipv6(host)}]"
    if not port or port in (80, 443) or not parts.scheme.endswith(("http", "https")):
        return host
    if find_host_kind(host) is not None:
        return host
    return f"{host}:{port}"


def read_host(text: str) -> str | None:
    """Read a host as settings name it: `git.example.org`, with a scheme and a port or without.
    One that answers below a path has it behind its name: `example.org/gitlab`.

    It is spelt as in `Repository`; None for what is no host.
    """
    parts = _split_page_address(text.lower()) if text.isprintable() else None
    if parts is None or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    try:
        host = _spell_host(parts, parts.port)
    except ValueError:  # no port has such a number
        return None
    below = parts.path.rstrip("/")
    if not re.fullmatch(_HOST, host) or not re.fullmatch(_BELOW, below):
        return None
    return f"{host}{below}"


def _normalize_ipv6(host: str) -> str:
    from ipaddress import ip_address  # few addresses have such a host

    try:
        return str(ip_address(host))
    except ValueError:
        return host


def _refuse_host(host: str, host_kinds: HostKinds, *, is_ssh: bool) -> str | None:
    """Return why there are no repositories at a host, or None."""
    if host in _DJANGO_PACKAGES:
        return "is a page of Django Packages that is no package"
    if host in _PYPI_HOSTS:
        return "is a page of PyPI that is no project"
    if host in _OTHER_INDEXES:
        return f"is no repository, and {host} is not PyPI"
    if is_ssh and host not in host_kinds and not re.fullmatch(_PUBLIC_HOST, host):
        return _describe_alias(host)
    return None


def _describe_alias(host: str) -> str:
    hint = ""
    for kind in HOST_KINDS.values():
        for public in kind.public_hosts:
            if host.startswith((public, public.partition(".")[0])):
                hint = f", such as {public}"
    return f"has {host}, an alias of your ssh configuration; write the host that it means{hint}"


def _read_segments(parts: SplitResult, *, is_known: bool) -> list[str]:
    """Return the segments of a path; none where they are no path of a repository."""
    path = parts.path
    if parts.scheme.startswith("git+"):
        path = path.rpartition("@")[0] or path  # pip's reference, which may hold slashes
    segments = [segment for segment in path.split("/") if segment]
    if is_known:
        segments = [unquote(segment) for segment in segments]
        segments = [segment.partition("@")[0] for segment in segments]
        if not all(re.fullmatch(_SEGMENT, segment) for segment in segments[:2]):
            return []
    if {".", ".."} & set(segments):
        return []
    return segments


def _read_name(name: str, *, is_known: bool) -> str:
    name = re.split(r"(?i)\.git(?:@|$)", name)[0]
    if is_known:
        return re.sub(r"(?i)\.wiki$", "", name)
    return name


def shorthand(text: str) -> Repository | None:
    """Read GitHub's `owner/name`, or None."""
    text = text.rstrip(_AROUND)
    if not re.fullmatch(_SHORT, text):
        return None
    return repository(f"https://github.com/{text}")


def repository_key(text: str | None, host_kinds: HostKinds = NO_HOST_KINDS) -> str | None:
    """Return what two spellings of one repository have in common, or None."""
    if not text:
        return None
    found = repository(text, host_kinds)
    if found is None:
        return None
    return found.key


def django_packages(text: str) -> tuple[str, str] | None:
    """Read a page or an API address of Django Packages as (`packages` or `grids`, slug or
    id), or None.
    """
    text = trim_address(text)
    parts = _split_page_address(text)
    if parts is None or parts.hostname not in _DJANGO_PACKAGES:
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
    parts = _split_address(text.strip())
    if parts is None or not parts.hostname:
        return GroupAddress("", text.strip())
    segments = [segment for segment in parts.path.split("/") if segment]
    name = ""
    if segments:
        name = segments.pop().lower().removesuffix(".json")
    if parts.hostname in _DJANGO_PACKAGES or is_loopback(parts.hostname):
        return GroupAddress(DJANGO_PACKAGES, name)
    host = parts.hostname.removeprefix("www.")
    port = _read_port(parts)
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
    parts = _split_page_address(text)
    if parts is None or parts.hostname not in _PYPI_HOSTS:
        return None
    found = re.match(_PYPI_PATH, parts.path)
    if found is None:
        return None
    return unquote(found[1])


def _split_page_address(text: str) -> SplitResult | None:
    """Split the address of a page, which may lack its scheme."""
    if "://" not in text:
        text = f"https://{text}"
    return _split_address(text)


def _split_address(text: str) -> SplitResult | None:
    """Split any address; None where that cannot be done."""
    try:
        return urlsplit(text)
    except ValueError:  # an unclosed [ in the host
        return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine and says so plainly: localhost, 127.0.0.0/8 or ::1.

    Other spellings (127.1, 2130706433, ::ffff:127.0.0.1, localhost.) are left to the system's
    resolver, and what they lead to is not known here.
    """
    from ipaddress import IPv4Address, IPv6Address, ip_address  # offline only imports ask

    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_loopback
    return address == IPv6Address("::1")


def _read_port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None
