"""Hosts whose every list has 100,000 items, and on which every page has a next one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NotFoundUpstream
from pkgcat.http.responses import Answer
from pkgcat.model.source_data import Validators
from tests.sources import fakes
from tests.sources.fakes import iso, weeks
from tests.sources.test_github import speak

MANY = 100_000

Name = Callable[[int], str]
"""Says what the n-th item of a list is."""

NAMES: dict[str, Name] = {
    "two by turns": lambda n: "ab"[n % 2],
    "the other two by turns": lambda n: "ba"[n % 2],
    "all different": lambda n: f"name {n}",
    "all different, backwards": lambda n: f"name {MANY - n}",
}


class Hosts:
    """A fetcher whose answers are found by the longest beginning of what is asked; `listen`
    is called each time.
    """

    def __init__(
        self, answers: Mapping[str, Any], listen: Callable[[], None] = lambda: None
    ) -> None:
        self._answers = sorted(answers.items(), key=lambda pair: -len(pair[0]))
        self._listen = listen
        self.asked: list[str] = []

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
        found = self._find(endpoint, path)
        return (
            found
            if isinstance(found, Answer)
            else Answer(found, where=path, validators=Validators(path, '"1"'))
        )

    async def post(self, endpoint: Endpoint, path: str, body: Mapping[str, object]) -> Answer:
        return Answer(self._find(endpoint, path)(body), where=path)

    def _find(self, endpoint: Endpoint, path: str) -> Any:
        self._listen()
        self.asked.append(path)
        for start, answer in self._answers:
            if path.startswith(start):
                if isinstance(answer, Exception):
                    raise answer
                return answer
        raise NotFoundUpstream(f"{endpoint.host}: {path}: not found")


def github(name: Name, pushed: datetime) -> dict[str, Any]:
    base = "repos/ann/maps"
    links = ", ".join(f'<https://x.org/?page={n}>; rel="next"' for n in range(2, MANY))
    commits = [
        {"sha": f"c{n}", "commit": {"committer": {"date": iso(pushed)}}} for n in range(MANY)
    ]
    people = [{"login": name(n)} for n in range(MANY)]
    return {
        base: fakes.github()[base]
        | {"pushed_at": iso(pushed), "topics": [name(n) for n in range(MANY)]},
        f"{base}/contributors": Answer(people, {"link": links}, "contributors"),
        f"{base}/commits": Answer(commits, {"link": links}, "commits"),
        f"{base}/stats/participation": {"all": weeks(w0=2), "owner": [0] * MANY},
        "https://api.github.com/graphql": lambda body: graphql(body, pushed),
    }


def graphql(body: Mapping[str, Any], pushed: datetime) -> dict[str, Any]:
    """Answer what is asked, and 100,000 commits, errors and repositories that nobody asked for."""
    told = speak(body)
    for name, node in told["data"].items():
        if name == "rateLimit":
            continue
        node["pushedAt"] = iso(pushed)
        commits = [{"committedDate": iso(pushed)}] * MANY
        node["defaultBranchRef"]["target"]["year"] = {"totalCount": 2, "nodes": commits}
    strangers = {f"x{n}": None for n in range(MANY)}
    errors = [{"type": "NOT_FOUND", "path": [f"x{n}"], "message": "x"} for n in range(MANY)]
    return {"data": told["data"] | strangers, "errors": errors}


def gitlab(name: Name, pushed: datetime) -> dict[str, Any]:
    base = "projects/7/repository"
    commits = [{"id": f"c{n}", "committed_date": iso(pushed)} for n in range(MANY)]
    people = [{"name": name(n), "commits": MANY - n} for n in range(MANY)]
    project = fakes.gitlab()["projects/ann%2Fmaps?license=true"]
    return {
        "projects/ann%2Fmaps": project
        | {"last_activity_at": iso(pushed), "topics": [name(n) for n in range(MANY)]},
        f"{base}/commits?": Answer(commits, {"x-next-page": "2"}, "commits"),
        f"{base}/commits/": NotFoundUpstream("before GitLab 16.9"),
        f"{base}/contributors": Answer(people, {"x-next-page": "2"}, "contributors"),
    }


def forgejo(name: Name, pushed: datetime) -> dict[str, Any]:
    base = "repos/ann/maps"
    commits = [
        {
            "sha": f"c{n}-{name(0)}",
            "author": {"login": name(n)},
            "commit": {"committer": {"date": iso(pushed)}},
        }
        for n in range(MANY)
    ]
    return {
        base: fakes.forgejo()[base] | {"licenses": ["MIT"] * MANY},
        f"{base}/commits": Answer(commits, {"x-hasmore": "true"}, "commits"),
    }


def bitbucket(name: Name, pushed: datetime) -> dict[str, Any]:
    base = "repositories/ann/maps"
    raw = " " * 100
    commits = [
        {"hash": f"c{n}", "date": iso(pushed), "author": {"raw": f"{name(n)}{raw}<x@y.z>"}}
        for n in range(MANY)
    ]
    return {
        base: fakes.bitbucket()[base] | {"updated_on": iso(pushed)},
        f"{base}/watchers": {"size": 12},
        f"{base}/forks": {"size": 3},
        f"{base}/commits": {"values": commits, "next": f"{base}/commits?page=2"},
    }


def pypi(name: Name, pushed: datetime) -> dict[str, Any]:
    known = fakes.pypi()["pypi/maps/json"]
    names = [name(n) for n in range(MANY)]
    info = known["info"] | {
        "classifiers": names,
        "project_urls": {f"{name(n)} {n}": f"https://github.com/ann{n}/maps" for n in range(MANY)},
        "license_expression": "MIT AND " * MANY + "MIT",
        "keywords": names,
    }
    rows = [
        {"id": f"{name(n)}-{n}", "aliases": [name(n), f"{name(n)}-{n + 1}"]} for n in range(MANY)
    ]
    rows[1]["aliases"] = names
    files = [{"upload_time_iso_8601": iso(pushed)}] * MANY
    return {
        "pypi/maps/json": known | {"info": info, "urls": files, "vulnerabilities": rows},
        "simple/maps/": {"name": "maps", "files": files, "versions": names},
    }
