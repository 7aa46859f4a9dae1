"""The small world that the upstream server speaks of, and what people do in it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any

from packaging.utils import canonicalize_name

from tests.upstream.shelf import Shelf
from tests.upstream.things import (
    CATEGORIES,
    Category,
    Commit,
    DjangoPackage,
    Grid,
    Project,
    Release,
    Repository,
    Tag,
    Vulnerability,
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class World:
    """Everything that exists; lock it while reading several things of it.

    Shelves may make what is asked for (`sample_world`); what a test has been handed is kept as it is.
    """

    clock: Callable[[], datetime] = _now
    repositories: Shelf[tuple[str, str], Repository] = field(default_factory=Shelf)
    projects: Shelf[str, Project] = field(default_factory=Shelf)
    packages: Shelf[int, DjangoPackage] = field(default_factory=Shelf)
    package_ids: list[int] = field(default_factory=list)  # ascending
    slugs: dict[str, int] = field(default_factory=dict)
    grids: dict[int, Grid] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=lambda: {row.id: row for row in CATEGORIES})
    paths: Shelf[tuple[str, int], str] = field(default_factory=Shelf)  # where an id lives
    moved: dict[tuple[str, str], int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _ids: int = 900_000_000

    # what there is

    def repository(self, kind: str, path: str) -> Repository:
        """Return a repository to look at or to change; KeyError if there is none."""
        with self.lock:
            return self.repositories.keep((kind, path.lower()))

    def project(self, name: str) -> Project:
        """Return a project of PyPI to look at or to change."""
        with self.lock:
            return self.projects.keep(canonicalize_name(name))

    def package(self, slug: str) -> DjangoPackage:
        """Return a package of Django Packages to look at or to change."""
        with self.lock:
            return self.packages.keep(self.slugs[slug])

    def find(self, kind: str, path: str) -> Repository | None:
        """Return what is at that path now (hosts ignore case)."""
        return self.repositories.get((kind, path.lower()))

    def successor(self, kind: str, path: str) -> Repository | None:
        """Return the repository that was at that path before it was renamed."""
        number = self.moved.get((kind, path.lower()))
        return None if number is None else self.by_id(kind, number)

    def by_id(self, kind: str, number: int) -> Repository | None:
        """Return the repository with that number of its host."""
        path = self.paths.get((kind, number))
        return None if path is None else self.find(kind, path)

    # what people do with repositories

    def create(self, kind: str, path: str, *, commits: int = 0, **facts: Any) -> Repository:
        """Make a repository, with commits of its owner an hour apart; `facts` are fields of Repository."""
        with self.lock:
            self._ids += 1
            now = self.clock()
            created = Repository(kind, path, self._ids, **{"created": now, "updated": now, **facts})
            self.repositories[kind, path.lower()] = created
            self.paths[kind, created.id] = path
            self.moved.pop((kind, path.lower()), None)
        if commits:
            self.push(created, commits)
        return created

    def push(
        self,
        repository: Repository,
        commits: int = 1,
        *,
        login: str | None = "",
        name: str | None = None,
        date: datetime | None = None,
    ) -> None:
        """Push commits by a person (the owner, unless named; `login=None` is one without an account)."""
        with self.lock:
            now = self.clock()
            who = repository.owner.partition("/")[0] if login == "" else login
            for _ in range(commits):
                text = f"{repository.id} {len(repository.commits)} {date or now}"
                sha = sha1(text.encode(), usedforsecurity=False).hexdigest()
                repository.commits.insert(0, Commit(sha, date or now, name or who or "Nobody", who))
            repository.pushed = repository.updated = now

    def star(self, repository: Repository, by: int = 1) -> None:
        """Give stars, or take them away."""
        with self.lock:
            repository.stars += by
            repository.updated = self.clock()

    def archive(self, repository: Repository) -> None:
        """Make a repository read-only."""
        with self.lock:
            repository.archived = repository.updated = self.clock()

    def tag(self, repository: Repository, name: str, *, prerelease: bool = False) -> None:
        """Release a version on the host."""
        with self.lock:
            repository.tags.insert(0, Tag(name, self.clock(), prerelease))
            repository.updated = self.clock()

    def rename(self, repository: Repository, path: str) -> None:
        """Rename or transfer a repository; its old paths lead to the new one."""
        with self.lock:
            key = (repository.kind, repository.path.lower())
            del self.repositories[key]
            self.moved[key] = repository.id
            self.moved.pop((repository.kind, path.lower()), None)
            repository.path = path
            self.repositories[repository.kind, path.lower()] = repository
            self.paths[repository.kind, repository.id] = path

    def delete(self, repository: Repository) -> None:
        """Delete a repository, or make it private: hosts answer alike."""
        with self.lock:
            del self.repositories[repository.kind, repository.path.lower()]
            del self.paths[repository.kind, repository.id]

    def restore(self, repository: Repository) -> None:
        """Bring a deleted repository back."""
        with self.lock:
            self.repositories[repository.kind, repository.path.lower()] = repository
            self.paths[repository.kind, repository.id] = repository.path

    def block(self, repository: Repository, reason: str = "dmca") -> None:
        """Let the host keep a repository from everybody."""
        with self.lock:
            repository.blocked = reason

    def take_over(self, kind: str, path: str, **facts: Any) -> Repository:
        """Put another repository, with another number, where one is or was."""
        with self.lock:
            if (there := self.find(kind, path)) is not None:
                self.delete(there)
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
        self._change(project, version, yanked=reason)

    def warn(self, project: Project, version: str, *found: Vulnerability) -> None:
        """Say which vulnerabilities a version has."""
        self._change(project, version, vulnerabilities=found)

    def set_status(self, project: Project, status: str) -> None:
        """Set the status of a project: active, archived, quarantined, deprecated."""
        with self.lock:
            project.status = status
            project.serial += 1

    def withdraw(self, project: Project) -> None:
        """Delete a project from PyPI."""
        with self.lock:
            del self.projects[canonicalize_name(project.name)]

    def list_package(self, title: str, slug: str, **facts: Any) -> DjangoPackage:
        """Add a package to Django Packages; `facts` are fields of DjangoPackage."""
        with self.lock:
            number = self.package_ids[-1] + 1 if self.package_ids else 1
            package = DjangoPackage(number, title, slug, **facts)
            self.packages[number] = package
            self.package_ids.append(number)
            self.slugs[slug] = number
            for grid in package.grids:
                self.grids[grid].packages.append(number)
            return package

    def _change(self, project: Project, version: str, **facts: Any) -> None:
        with self.lock:
            project.releases = [
                replace(release, **facts) if release.version == version else release for release in project.releases
            ]
            project.serial += 1
