"""The things of the upstream world: repositories, projects, what Django Packages lists."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

HOSTS = {
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "forgejo": "https://codeberg.org",
    "bitbucket": "https://bitbucket.org",
}
_BEGINNING = datetime(2019, 5, 4, 9, 30, tzinfo=UTC)


class Commit(NamedTuple):
    """One commit; `login` is None where the host knows no account for its e-mail address."""

    sha: str
    date: datetime
    name: str
    login: str | None = None

    @property
    def email(self) -> str:
        """Return an address, which nobody should ever store."""
        return f"{self.name.lower().replace(' ', '.')}@mail.example.org"


class Tag(NamedTuple):
    """A release of a repository."""

    name: str
    date: datetime
    prerelease: bool = False


@dataclass(slots=True)
class Repository:
    """A repository on one kind of host; commits are newest first."""

    kind: str
    path: str
    id: int
    description: str | None = None
    homepage: str | None = None
    stars: int = 0
    forks: int = 0
    watchers: int = 0
    issues: int = 0
    pulls: int = 0
    archived: datetime | None = None
    fork: bool = False
    license: str | None = "MIT"  # SPDX
    branch: str = "main"
    topics: list[str] = field(default_factory=list)
    created: datetime = _BEGINNING
    updated: datetime = _BEGINNING
    pushed: datetime | None = None
    commits: list[Commit] = field(default_factory=list)
    elsewhere: list[Commit] = field(default_factory=list)  # on other branches
    tags: list[Tag] = field(default_factory=list)
    blocked: str | None = None  # "dmca" or "tos"

    @property
    def owner(self) -> str:
        """Return the part of the path before the last slash."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def url(self) -> str:
        """Return the address that people see."""
        return f"{HOSTS[self.kind]}/{self.path}"


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A known vulnerability of one version."""

    id: str
    aliases: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    summary: str = "Something can be read that should not be"
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A version on PyPI; `yanked` is the reason, "" when none was given."""

    version: str
    date: datetime
    files: tuple[str, ...] = ("bdist_wheel", "sdist")
    requires_python: str | None = ">=3.10"
    yanked: str | None = None
    vulnerabilities: tuple[Vulnerability, ...] = ()


@dataclass(slots=True)
class Project:
    """A project on PyPI."""

    name: str
    releases: list[Release] = field(default_factory=list)
    summary: str | None = ""
    author: str = ""
    classifiers: list[str] = field(default_factory=list)
    urls: dict[str, str] | None = None
    home_page: str | None = ""
    docs_url: str | None = None
    license: str | None = ""
    license_expression: str | None = None
    status: str = "active"
    serial: int = 20_000_001


@dataclass(slots=True)
class DjangoPackage:
    """A package on Django Packages, with the facts that site has stored."""

    id: int
    title: str
    slug: str
    category: int = 1
    grids: list[int] = field(default_factory=list)
    repo_url: str = ""
    pypi_url: str = ""
    documentation_url: str | None = None
    created: datetime = _BEGINNING
    modified: datetime = _BEGINNING
    last_updated: datetime | None = None
    last_fetched: datetime | None = None
    pypi_version: str | None = None
    repo_forks: int = 0
    repo_description: str = ""
    repo_watchers: int = 0
    commits_over_52: list[int] = field(default_factory=list)
    participants: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A comparison on Django Packages; its packages are those that name it."""

    id: int
    title: str
    slug: str
    description: str = ""
    packages: list[int] = field(default_factory=list)
    created: datetime = _BEGINNING


@dataclass(slots=True)
class Category:
    """A category on Django Packages."""

    id: int
    title: str
    slug: str
    title_plural: str
    description: str = ""


CATEGORIES = (
    Category(1, "App", "apps", "Apps", "Small components used to build projects."),
    Category(2, "Framework", "frameworks", "Frameworks", "Large efforts that combine many things."),
    Category(3, "Project", "projects", "Projects", "Individual projects such as a blog or a shop."),
    Category(4, "Other", "other", "Others", "Not installed by Django, but useful."),
)
