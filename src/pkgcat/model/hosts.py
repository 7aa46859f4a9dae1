"""The kinds of hosts that pkgcat speaks with: what is known of a kind stands here, once.

Addresses, settings, tokens, options, help, completion, the registry of sources and the contract
tests take it from here. Nothing heavy may be imported: `show --json` imports this module.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

HostKinds = Mapping[str, str | None]
"""The kinds of hosts, as the settings or the hosts themselves tell them; None: the host speaks
nothing that pkgcat knows.
"""

NO_HOST_KINDS: HostKinds = MappingProxyType({})
"""Where nothing is known but the public hosts."""

PAGE_OWNERS = frozenset(
    {"sponsors", "orgs", "topics", "settings", "groups", "explore", "-"},
)
"""First segments of the addresses of pages that are no repositories, on any host."""

_GITHUB_PAGES = frozenset(
    {
        *("about", "account", "advisories", "apps", "blog", "codespaces", "collections"),
        *("contact", "copilot", "customer-stories", "dashboard", "discussions", "enterprise"),
        *("enterprises", "events", "features", "issues", "join", "login", "logout"),
        *("marketplace", "new", "notifications", "organizations", "password_reset", "pricing"),
        *("pulls", "readme", "resources", "search", "security", "sessions", "signup", "site"),
        *("solutions", "stars", "team", "trending", "users", "watching"),
    }
)

_GITLAB_PAGE_OWNERS = frozenset(
    {
        *("admin", "api", "dashboard", "help", "import", "oauth", "profile", "projects"),
        *("public", "search", "snippets", "users", "v2"),
    }
)

_FORGEJO_PAGES = frozenset(
    {
        *("admin", "api", "assets", "attachments", "avatars", "devtest", "issues", "login"),
        *("milestones", "notifications", "org", "pulls", "repo", "user", "v2"),
    }
)

_BITBUCKET_PAGES = frozenset(
    {
        *("account", "blog", "dashboard", "product", "repo", "site", "snippets", "support"),
        *("users", "workspace", "workspaces"),
    }
)

_GITLAB_PAGES = frozenset(
    {
        *("blob", "tree", "raw", "blame", "issues", "merge_requests", "commits", "commit"),
        *("branches", "builds", "edit", "files", "find_file", "new", "pipelines", "refs"),
        *("releases", "tags", "wikis"),
    }
)
"""In old addresses of GitLab, where what follows a project's path begins."""

_PAGES = frozenset({"tree", "blob"})
_GITEA_REFS = frozenset({"branch", "commit", "tag"})


def cut_to_owner_and_name(segments: Sequence[str]) -> Sequence[str]:
    """Return the first two segments of a path: `owner/name`, or of `owner/-/page` the owner."""
    return segments[:1] if segments[1:2] == ["-"] else segments[:2]


def cut_to_github(segments: Sequence[str]) -> Sequence[str]:
    """Return `owner/name`, in addresses of the API (`repos/owner/name`), too."""
    for start in (["repos"], ["api", "v3", "repos"]):
        if list(segments[: len(start)]) == start:
            segments = segments[len(start) :]
    return cut_to_owner_and_name(segments)


def cut_to_project(segments: Sequence[str]) -> Sequence[str]:
    """Return the path of a GitLab project, which may be in groups of any depth."""
    for index, segment in enumerate(segments):
        if segment == "-" or (index >= 2 and segment in _GITLAB_PAGES):
            return segments[:index]
    return segments


def cut_to_repository(segments: Sequence[str]) -> Sequence[str]:
    """Return the path of a repository on a host of an unknown kind.

    Cut is what only a page has: `/-/` (GitLab), `/src/branch/` (Gitea), `/tree/` and `/blob/`, what
    follows `.git`, and what follows `projects/KEY/repos/NAME` (Bitbucket Server).
    """
    for index, segment in enumerate(segments):
        following = segments[index + 1] if index + 1 < len(segments) else ""
        if index and segments[index - 1].lower().endswith(".git"):
            return segments[:index]
        if segment in ("projects", "users") and segments[index + 2 : index + 3] == ["repos"]:
            return segments[: index + 4]
        if segment == "-" or (index >= 2 and segment in _PAGES):
            return segments[:index]
        if index >= 2 and segment == "src" and following in _GITEA_REFS:
            return segments[:index]
    return segments


def is_bitbucket_server(segments: Sequence[str]) -> bool:
    """Whether a path begins as those of Bitbucket Server: `projects/KEY/repos/NAME`, `users/…`."""
    return segments[:1] in (["projects"], ["users"]) and segments[2:3] == ["repos"]


def cut_to_bitbucket(segments: Sequence[str]) -> Sequence[str]:
    """Return `owner/name`, or on Bitbucket Server `projects/KEY/repos/NAME`, of which
    `scm/KEY/NAME.git` is the address to clone from.
    """
    if segments[:2] == ["2.0", "repositories"]:  # the API
        segments = segments[2:]
    if is_bitbucket_server(segments):
        return segments[:4]
    if is_bitbucket_server(segments[1:]):  # below a path of its own
        return segments[:5]
    if segments[:1] == ["scm"] and len(segments) >= 3:
        key = segments[1]
        owner = ["users", key[1:]] if key.startswith("~") else ["projects", key]
        return [*owner, "repos", segments[2]]
    if segments[1:2] == ["workspace"]:  # pages of an owner
        return segments[:1]
    return cut_to_owner_and_name(segments)


class AnswerLimits(NamedTuple):
    """How much of an answer is taken, in bytes, as sent and decompressed.

    Where `members` are named, an answer of up to `longest` bytes is searched for these members of
    its object, and of the members `counted` only whether there is anything in them is read.
    """

    most: int = 8 * 2**20
    longest: int = 8 * 2**20
    members: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()


class HostKind(NamedTuple):
    """What is known of one kind of host."""

    name: str
    """The value of `repo_host`, and the key under `[sources]` in config.toml."""
    title: str
    """Its name for people."""
    public_hosts: tuple[str, ...]
    """The hosts of this kind that are known by name; `[sources]` is about the first."""
    module: str
    """The dotted name of the module that speaks its API (`sources.interface.Source`)."""
    api_url: str
    """Where the API of a host is; `{host}` stands for the host."""
    other_hosts: tuple[str, ...] = ()
    """Other names under which the first public host is reached."""
    public_api_url: str | None = None
    """Where the API of the first public host is, if not at `api_url`."""
    authorization: str = "Bearer"
    """The scheme of a token in the Authorization header."""
    jobs: int = 4
    """Requests at once that its hosts like."""
    token_variables: tuple[str, ...] = ()
    """Environment variables for a token of the public hosts; the first that is set is taken."""
    basic_variables: tuple[str, str] | None = None
    """Environment variables for an e-mail address and a token, which HTTP Basic takes together."""
    aliases: tuple[str, ...] = ()
    """Other names of the kind in config.toml."""
    cut_path: Callable[[Sequence[str]], Sequence[str]] = cut_to_owner_and_name
    """Cuts the segments of a page's path to those of its repository; fewer than two: none."""
    page_owners: frozenset[str] = PAGE_OWNERS
    """First segments of the addresses of pages that are no repositories."""
    version_path: str | None = None
    """What a self-hosted one answers with its version, relative to the host; None: no such host."""
    version_needs_token: bool = False
    """Whether that answer is 401, in JSON, without a token."""
    answers: AnswerLimits = AnswerLimits()
    """How much of an answer is taken."""

    def find_api_url(self, host: str) -> str:
        """Return where the API of a host of this kind is."""
        if self.public_api_url is not None and host == self.public_hosts[0]:
            return self.public_api_url
        return self.api_url.format(host=host)


def _by_name(*kinds: HostKind) -> dict[str, HostKind]:
    return {kind.name: kind for kind in kinds}


HOST_KINDS: Mapping[str, HostKind] = _by_name(
    HostKind(
        name="github",
        title="GitHub",
        public_hosts=("github.com",),
        other_hosts=(
            *("ssh.github.com", "raw.githubusercontent.com", "codeload.github.com"),
            "api.github.com",
        ),
        cut_path=cut_to_github,
        page_owners=PAGE_OWNERS | _GITHUB_PAGES,
        module="pkgcat.sources.github",
        api_url="https://{host}/api/v3",
        public_api_url="https://api.github.com",
        token_variables=("PKGCAT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
    ),
    HostKind(
        name="gitlab",
        title="GitLab",
        public_hosts=("gitlab.com",),
        other_hosts=("altssh.gitlab.com",),
        page_owners=PAGE_OWNERS | _GITLAB_PAGE_OWNERS,
        module="pkgcat.sources.gitlab",
        api_url="https://{host}/api/v4",
        token_variables=("GITLAB_TOKEN",),
        cut_path=cut_to_project,
        version_path="api/v4/version",
        version_needs_token=True,
    ),
    HostKind(
        name="forgejo",
        title="Forgejo and Gitea",
        public_hosts=("codeberg.org",),
        page_owners=PAGE_OWNERS | _FORGEJO_PAGES,
        module="pkgcat.sources.forgejo",
        api_url="https://{host}/api/v1",
        authorization="token",
        jobs=2,
        token_variables=("CODEBERG_TOKEN", "FORGEJO_TOKEN"),
        aliases=("gitea",),
        version_path="api/v1/version",
    ),
    HostKind(
        name="bitbucket",
        title="Bitbucket Cloud",
        public_hosts=("bitbucket.org",),
        other_hosts=("altssh.bitbucket.org", "api.bitbucket.org"),
        page_owners=PAGE_OWNERS | _BITBUCKET_PAGES,
        cut_path=cut_to_bitbucket,
        module="pkgcat.sources.bitbucket",
        api_url="https://{host}/2.0",
        public_api_url="https://api.bitbucket.org/2.0",
        jobs=1,
        token_variables=("BITBUCKET_ACCESS_TOKEN",),
        basic_variables=("BITBUCKET_EMAIL", "BITBUCKET_API_TOKEN"),
    ),
)  # end of the host kinds
"""The hosts of repositories, by `repo_host`."""

PACKAGE_SITES: Mapping[str, HostKind] = _by_name(
    HostKind(
        name="pypi",
        title="PyPI",
        public_hosts=("pypi.org",),
        module="pkgcat.sources.pypi",
        api_url="https://{host}",
        answers=AnswerLimits(  # both APIs list every file that was ever uploaded
            longest=64 * 2**20,
            members=frozenset({"info", "urls", "vulnerabilities", "name", "project-status"}),
            counted=frozenset({"files"}),
        ),
    ),
    HostKind(
        name="djangopackages",
        title="Django Packages",
        public_hosts=("djangopackages.org",),
        module="pkgcat.sources.djangopackages",
        api_url="https://{host}/api/v4",
        jobs=1,
    ),
)
"""Sites that know packages and hold no repositories."""


def list_source_kinds() -> dict[str, HostKind]:
    """Return every kind by name: hosts of repositories, then sites of packages."""
    return {**HOST_KINDS, **PACKAGE_SITES}


def find_host_kind(host: str, host_kinds: HostKinds = NO_HOST_KINDS) -> HostKind | None:
    """Return the kind of a repository host that is known by name or from `host_kinds`, or None."""
    for kind in HOST_KINDS.values():
        if host in kind.public_hosts:
            return kind
    return HOST_KINDS.get(host_kinds.get(host) or "")


def find_main_host(host: str) -> str:
    """Return the host that another name of it stands for, or else the host itself."""
    for kind in HOST_KINDS.values():
        if host in kind.other_hosts:
            return kind.public_hosts[0]
    return host


def find_public_host(host: str) -> HostKind | None:
    """Return the kind of a host or site that is known by name, or None."""
    for kind in list_source_kinds().values():
        if host in kind.public_hosts:
            return kind
    return None


def list_host_types() -> dict[str, str]:
    """Return what config.toml may call a self-hosted host's type, and the kind that it means."""
    types: dict[str, str] = {}
    for kind in HOST_KINDS.values():
        for name in (kind.name, *kind.aliases):
            types[name] = kind.name
    return types


def join_with_or(names: Iterable[str]) -> str:
    """Return names as English has them: `a, b or c`."""
    *first, last = names
    if not first:
        return last
    return f"{', '.join(first)} or {last}"


HOST_KINDS_TEXT = join_with_or(HOST_KINDS)
"""The names of all host kinds, for help texts."""
