"""A fetcher that answers from a dict, and what each host answers about the same repository.

The answers come from the dialects of tests/upstream, which are asked here without a socket.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NotFoundUpstream
from pkgcat.http.responses import Answer
from pkgcat.model.source_data import Validators
from tests.upstream.bitbucket import Bitbucket
from tests.upstream.forgejo import Gitea
from tests.upstream.github import GitHub
from tests.upstream.gitlab import GitLab
from tests.upstream.host import Host
from tests.upstream.models import Commit, Repository, Vulnerability
from tests.upstream.pypi import PyPI
from tests.upstream.world import LazyDict, World

NOW = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
LAST = NOW - timedelta(days=3)
OLD = NOW - timedelta(days=400)


class FakeFetcher:
    """Answers from a dict of paths: JSON, a whole Answer, an error to raise, or a list of
    these, one each time.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.bodies: list[Mapping[str, Any]] = []
        self.conditional: list[str] = []

    async def get(
        self,
        endpoint: Endpoint,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        retry: bool = True,
        pending_wait: float = 0,
    ) -> Answer:
        self.asked.append(path)
        if conditional:
            self.conditional.append(path)
        return self._answer(endpoint, path)

    async def post(self, endpoint: Endpoint, path: str, body: Mapping[str, object]) -> Answer:
        self.asked.append(path)
        self.bodies.append(body)
        return self._answer(endpoint, path)

    def _answer(self, endpoint: Endpoint, path: str) -> Answer:
        where = f"{endpoint.host}: {path.partition('?')[0]}"
        found = self.answers.get(path, NotFoundUpstream(f"{where}: not found"))
        if isinstance(found, Turns):
            found = found.pop(0)
        if callable(found):
            found = found(self.bodies[-1])
        if isinstance(found, Exception):
            raise found
        return (
            found
            if isinstance(found, Answer)
            else Answer(found, where=where, validators=Validators(path, '"1"'))
        )


class Turns(list[Any]):
    """What is answered the first time, the second time, and so on."""


UNCHANGED = Answer(unchanged=True, validators=Validators("key", '"2"'))
PENDING = Answer(pending=True)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def weeks(**counts: int) -> list[int]:
    """Return 52 weeks of nothing but `w0` (the last one), `w1`, …"""
    return [counts.get(f"w{51 - i}", 0) for i in range(52)]


FORGEJO_PAGE = "repos/ann/maps/commits?page=1&limit=50&stat=false&verification=false&files=false"
BITBUCKET_PAGE = "repositories/ann/maps/commits/main?pagelen=100&fields=next,values.hash,values.date,values.author"


def github() -> dict[str, Any]:
    base = "repos/ann/maps"
    commits = f"{base}/commits?per_page=1"
    paths = [base, f"{base}/stats/participation", f"{base}/contributors?per_page=100", commits]
    return ask(GitHub, "https://api.github.com", paths, with_headers={commits})


def github_graphql(body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a document of GitHub's GraphQL; every repository that it asks for is there, and
    is the same.
    """
    host = GitHub(make_world(), "https://api.github.com")
    found: dict[str, Any] = json.loads(host.ask("graphql", HEADERS, json.dumps(body).encode()).body)
    return found


def gitlab() -> dict[str, Any]:
    base = "projects/7/repository"
    paths = [
        "projects/ann%2Fmaps?license=true",
        f"{base}/commits?per_page=100&page=1",
        f"{base}/commits/c3/sequence",
        f"{base}/contributors?per_page=100&order_by=commits&sort=desc&page=1",
    ]
    return ask(GitLab, "https://gitlab.com/api/v4", paths)


def forgejo() -> dict[str, Any]:
    """Return the answers of Gitea, which tells licences."""
    return ask(
        Gitea,
        "https://codeberg.org/api/v1",
        ["repos/ann/maps", FORGEJO_PAGE],
        with_headers={FORGEJO_PAGE},
    )


def bitbucket() -> dict[str, Any]:
    base = "repositories/ann/maps"
    sizes = [f"{base}/watchers?pagelen=1&fields=size", f"{base}/forks?pagelen=1&fields=size"]
    return ask(Bitbucket, "https://api.bitbucket.org/2.0", [base, *sizes, BITBUCKET_PAGE])


def pypi() -> dict[str, Any]:
    return ask(PyPI, "https://pypi.org", ["pypi/maps/json", "simple/maps/"])


HEADERS = {
    "user-agent": "pkgcat-tests",
    "authorization": "Bearer canary",
    "accept": "application/vnd.pypi.simple.v1+json",
}


def ask(
    kind: type[Host], base_url: str, paths: Sequence[str], *, with_headers: Collection[str] = ()
) -> dict[str, Any]:
    """Return what a host answers to each path: JSON, and for those in `with_headers` an Answer."""
    host = kind(make_world(), base_url)
    answers: dict[str, Any] = {}
    for path in paths:
        response = host.ask(path, HEADERS)
        assert response.status == 200, path
        answers[path] = json.loads(response.body)
        if path in with_headers:
            answers[path] = Answer(answers[path], response.headers, f"{kind.name}: {path}")
    return answers


def make_world() -> World:
    """Return a world: the same repository at every path of every host, and one project."""
    world = World(
        clock=lambda: NOW,
        repositories=LazyDict(make_repository),
        paths_by_id=LazyDict(lambda _: "ann/maps"),
    )
    urls = {"Docs": "https://maps.example.org/", "Source": "https://github.com/ann/maps"}
    project = world.publish(
        "maps", license_expression="mit or apache-2.0", license="GPL", urls=urls, status="archived"
    )
    project.classifiers = ["License :: OSI Approved :: BSD License", "Framework :: Django"]
    vulnerabilities = (
        Vulnerability("PYSEC-1", ("CVE-1",)),
        Vulnerability("GHSA-1", ("CVE-1",)),
        Vulnerability("PYSEC-2", withdrawn=datetime(2026, 1, 1, tzinfo=UTC)),
    )
    uploaded = datetime(2026, 11, 2, 10, 0, 0, 500_000, UTC)
    world.release(
        project, "1.0", date=uploaded, requires_python=">=3.11", vulnerabilities=vulnerabilities
    )
    return world


def make_repository(key: tuple[str, str]) -> Repository:
    """Return a repository of three commits, with four open issues as its host counts them."""
    kind, path = key
    repository = Repository(
        kind, path, 7, description="Maps", stars=12, forks=3, watchers=99, issues=4
    )
    if kind == "github":
        repository.issues, repository.pulls = 3, 1
    if kind == "bitbucket":
        repository.watchers = 12
    repository.pushed = repository.updated = LAST
    repository.commits = [Commit("c3", LAST, "bob", "bob"), Commit("c2", LAST, "bob", "bob")]
    repository.commits.append(Commit("c1", OLD, "ann", "ann"))
    return repository
