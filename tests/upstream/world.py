"""What exists on all hosts, and what people do with it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any, Generic, TypeVar

from packaging.utils import canonicalize_name

from tests.upstream.models import (
    CATEGORIES,
    Category,
    Commit,
    DjangoPackage,
    Grid,
    Project,
    Release,
    Repository,
    Vulnerability,
)

K = TypeVar("K")
V = TypeVar("V")


def _get_time() -> datetime:
    return datetime.now(UTC)


class LazyDict(Generic[K, V]):
    """Values by key; `make` makes a value, or None, when its key is asked for the first time."""

    def __init__(self, make: Callable[[K], V | None] = lambda _key: None) -> None:
        self._make = make
        self._values: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        """Return a value, or None if there is none."""
        if key not in self._values:
            return self._values.setdefault(
                key, self._make(key)
            )  # one value, whichever thread was first
        return self._values[key]

    def __getitem__(self, key: K) -> V:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: K, value: V) -> None:
        self._values[key] = value

    def __delitem__(self, key: K) -> None:
        self._values[key] = None


@dataclass
class World:
    """Everything that the hosts have. Hold the lock while reading or changing more than one thing.

    The keys of repositories are kind of host and path in lower case, since hosts ignore case; those
    of projects are normalized names (PEP 503).
    """

    clock: Callable[[], datetime] = _get_time
    repositories: LazyDict[tuple[str, str], Repository] = field(default_factory=LazyDict)
    paths_by_id: LazyDict[tuple[str, int], str] = field(default_factory=LazyDict)
    ids_by_old_path: dict[tuple[str, str], int] = field(default_factory=dict)
    projects: LazyDict[str, Project] = field(default_factory=LazyDict)
    packages: LazyDict[int, DjangoPackage] = field(default_factory=LazyDict)
    package_ids: list[int] = field(default_factory=list)  # ascending
    slugs: dict[str, int] = field(default_factory=dict)
    grids: dict[int, Grid] = field(default_factory=dict)
    categories: dict[int, Category] = field(
        default_factory=lambda: {row.id: row for row in CATEGORIES}
    )
    lock: threading.RLock = field(default_factory=threading.RLock)
    _last_id: int = 900_000_000

    # what there is

    def repository(self, kind: str, path: str) -> Repository:
        """Return a repository; raise KeyError."""
        with self.lock:
            return self.repositories[kind, path.lower()]

    def project(self, name: str) -> Project:
        """Return a project of PyPI; raise KeyError."""
        with self.lock:
            return self.projects[canonicalize_name(name)]

    def package(self, slug: str) -> DjangoPackage:
        """Return a package of Django Packages; raise KeyError."""
        with self.lock:
            return self.packages[self.slugs[slug]]

    def find(self, kind: str, path: str) -> Repository | None:
        """Return the repository that is at a path now."""
        return self.repositories.get((kind, path.lower()))

    def find_renamed(self, kind: str, path: str) -> Repository | None:
        """Return the repository that was at a path before it was renamed."""
        number = self.ids_by_old_path.get((kind, path.lower()))
        return None if number is None else self.by_id(kind, number)

    def by_id(self, kind: str, number: int) -> Repository | None:
        """Return the repository with that id of its host."""
        path = self.paths_by_id.get((kind, number))
        return None if path is None else self.find(kind, path)

    # what people do with repositories

    def create(self, kind: str, path: str, *, commits: int = 0, **facts: Any) -> Repository:
        """Make a repository with so many commits by its owner; `facts` are fields of Repository."""
        with self.lock:
            self._last_id += 1
            now = self.clock()
            repository = Repository(
                kind, path, **{"id": self._last_id, "created": now, "updated": now, **facts}
            )
            self.ids_by_old_path.pop((kind, path.lower()), None)
            self.restore(repository)
        if commits:
            self.push(repository, commits)
        return repository

    def push(
        self,
        repository: Repository,
        commits: int = 1,
        *,
        login: str | None = "",
        name: str | None = None,
        date: datetime | None = None,
    ) -> None:
        """Push commits; `login` is the owner's if it is "", and None for an author without an
        account.
        """
        if login == "":
            login = repository.owner.partition("/")[0]
        author = name or login or "Nobody"
        with self.lock:
            now = self.clock()
            for _ in range(commits):
                text = f"{repository.id} {len(repository.commits)} {date or now}"
                sha = sha1(text.encode(), usedforsecurity=False).hexdigest()
                repository.commits.insert(0, Commit(sha, date or now, author, login))
            repository.pushed = repository.updated = now

    def star(self, repository: Repository, by: int = 1) -> None:
        """Give stars, or take them away."""
        with self.lock:
            repository.stars += by
            repository.updated = self.clock()

    def archive(self, repository: Repository) -> None:
        """Make a repository read-only."""
        with self.lock:
            repository.archived = True
            repository.updated = self.clock()

    def rename(self, repository: Repository, path: str) -> None:
        """Rename or transfer a repository; its old paths lead to the new one."""
        with self.lock:
            old = (repository.kind, repository.path.lower())
            del self.repositories[old]
            self.ids_by_old_path[old] = repository.id
            self.ids_by_old_path.pop((repository.kind, path.lower()), None)
            repository.path = path
            self.restore(repository)

    def delete(self, repository: Repository) -> None:
        """Delete a repository, or make it private: hosts answer the same."""
        with self.lock:
            del self.repositories[repository.kind, repository.path.lower()]
            del self.paths_by_id[repository.kind, repository.id]

    def restore(self, repository: Repository) -> None:
        """Put a repository at its path."""
        with self.lock:
            self.repositories[repository.kind, repository.path.lower()] = repository
            self.paths_by_id[repository.kind, repository.id] = repository.path

    def block(self, repository: Repository, reason: str = "dmca") -> None:
        """Let the host refuse a repository to everybody."""
        with self.lock:
            repository.blocked = reason

    def take_over(self, kind: str, path: str, **facts: Any) -> Repository:
        """Put another repository, with another id, where one is or was."""
        with self.lock:
            previous = self.find(kind, path)
            if previous is not None:
                self.delete(previous)
            return self.create(kind, path, **facts)

    # what people do on PyPI and Django Packages

    def publish(self, name: str, **facts: Any) -> Project:
        """Make a project; `facts` are fields of Project."""
        with self.lock:
            project = Project(name, **facts)
            self.projects[canonicalize_name(name)] = project
            return project

    def release(self, project: Project, version: str, **facts: Any) -> None:
        """Upload a version; `facts` are fields of Release."""
        with self.lock:
            project.releases.append(Release(version, **{"date": self.clock(), **facts}))
            project.serial += 1

    def yank(self, project: Project, version: str, reason: str = "") -> None:
        """Yank a version."""
        self._change_release(project, version, yanked=reason)

    def warn(self, project: Project, version: str, *vulnerabilities: Vulnerability) -> None:
        """Say which vulnerabilities a version has."""
        self._change_release(project, version, vulnerabilities=vulnerabilities)

    def set_status(self, project: Project, status: str) -> None:
        """Set the status of a project (PEP 792): active, archived, quarantined, deprecated."""
        with self.lock:
            project.status = status
            project.serial += 1

    def list_package(self, title: str, slug: str, **facts: Any) -> DjangoPackage:
        """Add a package to Django Packages; `facts` are fields of DjangoPackage."""
        with self.lock:
            number = self.package_ids[-1] + 1 if self.package_ids else 1
            package = DjangoPackage(id=number, title=title, slug=slug, **facts)
            self.packages[number] = package
            self.package_ids.append(number)
            self.slugs[slug] = number
            for grid in package.grids:
                self.grids[grid].packages.append(number)
            return package

    def _change_release(self, project: Project, version: str, **facts: Any) -> None:
        with self.lock:
            for index, release in enumerate(project.releases):
                if release.version == version:
                    project.releases[index] = replace(release, **facts)
            project.serial += 1
