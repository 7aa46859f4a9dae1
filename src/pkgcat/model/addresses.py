"""Addresses of repositories: every spelling of one becomes one key."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, unquote

from pkgcat.model.address_parts import (
    AROUND,
    DOMAIN,
    read_port,
    split_address,
    split_page_address,
    trim_address,
)
from pkgcat.model.hosts import (
    HOST_KINDS,
    NO_HOST_KINDS,
    PAGE_OWNERS,
    HostKind,
    HostKinds,
    cut_to_repository,
    find_host_kind,
    find_main_host,
    is_bitbucket_server,
)
from pkgcat.model.site_addresses import DJANGO_PACKAGES_HOSTS, PYPI_HOSTS

# Patterns stay texts: re compiles and keeps each when it is first used, which most runs never do.
_SCP = r"^[\w.-]+@([\w.-]+):(?!//)(.+)$"  # git@host:owner/name
_SCP_WITHOUT_USER = r"^([\w-]+(?:\.[\w-]+)+):(?!//)([^\s@/]+/\S+)$"
_SCP_AFTER_SCHEME = r"^(?:git\+)?ssh://(?:[^@/:]*@)?([\w.-]+):(?!\d*(?:/|$))(.+)$"
_BARE = r"^(?:[\w-]+(?:\.[\w-]+)+\.?|localhost|\[[\da-fA-F:.]+\])(?::\d+)?/.+$"  # host/owner/name
_SHORT = r"^[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+$"  # owner/name, on GitHub
_SEGMENT = r"[\w.~+-]+"  # of an owner or a name on a host of a known kind
_OTHER_INDEXES = {"test.pypi.org", "testpypi.python.org"}
_SCHEMES = {"http", "https", "ssh", "git", "git+http", "git+https", "git+ssh", "git+git"}
_HOST = r"(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$"
_BELOW = r"(?:/[\w.~-]+)*"
_PUBLIC_HOST = rf"{DOMAIN}|[\w.-]+\.xn--[\w-]+"


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
    host = _spell_host(parts, read_port(parts))
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
    parts = split_address(text)
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
    parts = split_page_address(text.lower()) if text.isprintable() else None
    if parts is None or not parts.hostname or parts.scheme not in ("http", "https"):
        return None
    if parts.query or parts.fragment or "@" in parts.netloc:
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
    if host in DJANGO_PACKAGES_HOSTS:
        return "is a page of Django Packages that is no package"
    if host in PYPI_HOSTS:
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
    text = text.rstrip(AROUND)
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
