"""What hosts, PyPI and Django Packages hold: repositories, projects, listed packages."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

WEBSITES = {
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "forgejo": "https://codeberg.org",
    "bitbucket": "https://bitbucket.org",
}
_CREATED = datetime(2019, 5, 4, 9, 30, tzinfo=UTC)


class Commit(NamedTuple):
    """One commit; `login` is None where the host knows no account for its e-mail address."""

    sha: str
    date: datetime
    name: str
    login: str | None = None

    @property
    def email(self) -> str:
        """Return the author's address, which pkgcat must never store."""
        return f"{self.name.lower().replace(' ', '.')}@mail.example.org"


@dataclass(slots=True)
class Repository:
    """A repository on one kind of host; commits are newest first."""

    kind: str
    path: str
    id: int
    description: str | None = None
    stars: int = 0
    forks: int = 0
    watchers: int = 0
    issues: int = 0
    pulls: int = 0
    archived: bool = False
    license: str | None = "MIT"  # SPDX
    branch: str = "main"
    created: datetime = _CREATED
    updated: datetime = _CREATED
    pushed: datetime | None = None
    commits: list[Commit] = field(default_factory=list)
    other_branches: list[Commit] = field(default_factory=list)
    blocked: str | None = None  # "dmca" or "tos"

    @property
    def owner(self) -> str:
        """Return the part of the path before the last slash."""
        return self.path.rpartition("/")[0]

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return f"{WEBSITES[self.kind]}/{self.path}"


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A known vulnerability of one version."""

    id: str
    aliases: tuple[str, ...] = ()
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A version on PyPI; `yanked` is the reason, "" when none was given, None when it is not
    yanked.
    """

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
    classifiers: list[str] = field(default_factory=list)
    urls: dict[str, str] | None = None
    home_page: str | None = ""
    docs_url: str | None = None
    license: str | None = ""
    license_expression: str | None = None
    status: str = "active"
    serial: int = 20_000_001


@dataclass(slots=True, kw_only=True)
class DjangoPackage:
    """A package on Django Packages, with the facts that the site has stored: the keys of its
    API in their order.
    """

    category: int = 1
    grids: list[int] = field(default_factory=list)
    id: int
    title: str
    slug: str
    last_updated: datetime | None = None
    last_fetched: datetime | None = None
    repo_url: str = ""
    pypi_version: str | None = None
    created: datetime = _CREATED
    modified: datetime = _CREATED
    repo_forks: int = 0
    repo_description: str = ""
    pypi_url: str = ""
    documentation_url: str | None = None
    repo_watchers: int = 0
    commits_over_52: list[int] = field(default_factory=list)
    participants: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A comparison on Django Packages: the keys of its API in their order."""

    id: int
    title: str
    slug: str
    description: str = ""
    is_locked: bool = False
    packages: list[int] = field(default_factory=list)
    header: bool = False
    created: datetime = _CREATED
    modified: datetime = _CREATED


@dataclass(slots=True)
class Category:
    """A category on Django Packages: the keys of its API in their order."""

    id: int
    title: str
    slug: str
    description: str
    title_plural: str
    show_pypi: bool = True
    created: datetime = _CREATED
    modified: datetime = _CREATED


CATEGORIES = (
    Category(1, "App", "apps", "Small components used to build projects.", "Apps"),
    Category(2, "Framework", "frameworks", "Large efforts that combine many things.", "Frameworks"),
    Category(3, "Project", "projects", "Individual projects such as a blog or a shop.", "Projects"),
    Category(4, "Other", "other", "Not installed by Django, but useful.", "Others"),
)
