"""A fetcher that is a dict, and the same repository as each host would tell it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pkgcat.sources.base import Answer, Missing, Place, Stamp

NOW = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
LAST = NOW - timedelta(days=3)
OLD = NOW - timedelta(days=400)


class FakeFetcher:
    """Answers from a dict of paths: JSON, a whole Answer, an error to raise, or a list of these, one each time."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.bodies: list[Mapping[str, Any]] = []
        self.conditional: list[str] = []

    async def get(
        self,
        place: Place,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        retry: bool = True,
        patience: float = 0,
    ) -> Answer:
        self.asked.append(path)
        if conditional:
            self.conditional.append(path)
        return self._answer(place, path)

    async def post(self, place: Place, path: str, body: Mapping[str, object]) -> Answer:
        self.asked.append(path)
        self.bodies.append(body)
        return self._answer(place, path)

    def _answer(self, place: Place, path: str) -> Answer:
        where = f"{place.host}: {path.partition('?')[0]}"
        found = self.answers.get(path, Missing(f"{where}: not found"))
        if isinstance(found, Turns):
            found = found.pop(0)
        if callable(found):
            found = found(self.bodies[-1])
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Answer) else Answer(found, where=where, stamp=Stamp(path, '"1"'))


class Turns(list[Any]):
    """What is answered the first time, the second time, and so on."""


UNCHANGED = Answer(unchanged=True, stamp=Stamp("key", '"2"'))
PENDING = Answer(pending=True)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def weeks(**counts: int) -> list[int]:
    """Return 52 weeks of nothing but `w0` (the last one), `w1`, …"""
    return [counts.get(f"w{51 - i}", 0) for i in range(52)]


def github() -> dict[str, Any]:
    base = "repos/ann/maps"
    return {
        base: {
            "id": 7,
            "full_name": "ann/maps",
            "description": "Maps",
            "stargazers_count": 12,
            "forks_count": 3,
            "open_issues_count": 4,
            "archived": False,
            "pushed_at": iso(LAST),
            "license": {"key": "mit", "spdx_id": "MIT"},
        },
        f"{base}/stats/participation": {"all": weeks(w0=2), "owner": weeks()},
        f"{base}/contributors?per_page=100": [
            {"login": "bob", "contributions": 2},
            {"login": "ann", "contributions": 1},
        ],
        f"{base}/commits?per_page=1": Answer(
            [{"sha": "c3", "commit": {"committer": {"date": iso(LAST)}}}],
            {
                "link": '<https://api.github.com/repositories/7/commits?per_page=1&page=2>; rel="next", '
                '<https://api.github.com/repositories/7/commits?per_page=1&page=3>; rel="last"'
            },
            "github.com: commits",
        ),
    }


def gitlab() -> dict[str, Any]:
    base = "projects/7/repository"
    people = [{"name": "bob", "email": "b@x.org", "commits": 2}, {"name": "ann", "email": "a@x.org", "commits": 1}]
    return {
        "projects/ann%2Fmaps?license=true": {
            "id": 7,
            "path_with_namespace": "ann/maps",
            "description": "Maps",
            "star_count": 12,
            "forks_count": 3,
            "open_issues_count": 4,
            "archived": False,
            "default_branch": "main",
            "last_activity_at": iso(LAST),
            "license": {"key": "mit"},
        },
        f"{base}/commits?per_page=100&page=1": [
            {"id": "c3", "committed_date": iso(LAST)},
            {"id": "c2", "committed_date": iso(LAST)},
            {"id": "c1", "committed_date": iso(OLD)},
        ],
        f"{base}/commits/c3/sequence": {"count": 3},
        f"{base}/contributors?per_page=100&order_by=commits&sort=desc&page=1": people,
    }


FORGEJO_PAGE = "repos/ann/maps/commits?page=1&limit=50&stat=false&verification=false&files=false"


def forgejo() -> dict[str, Any]:
    rows = [("c3", LAST, "bob"), ("c2", LAST, "bob"), ("c1", OLD, "ann")]
    commits = [
        {"sha": sha, "author": {"login": login}, "commit": {"committer": {"date": iso(date)}}}
        for sha, date, login in rows
    ]
    return {
        "repos/ann/maps": {
            "id": 7,
            "full_name": "ann/maps",
            "description": "Maps",
            "stars_count": 12,
            "watchers_count": 99,
            "forks_count": 3,
            "open_issues_count": 4,
            "archived": False,
            "licenses": ["MIT"],
        },
        FORGEJO_PAGE: Answer(commits, {"x-total-count": "3", "x-hasmore": "false"}, "codeberg.org: commits"),
    }


BITBUCKET_PAGE = "repositories/ann/maps/commits/main?pagelen=100&fields=next,values.hash,values.date,values.author"


def bitbucket() -> dict[str, Any]:
    rows = [("c3", LAST, "bob"), ("c2", LAST, "bob"), ("c1", OLD, "ann")]
    return {
        "repositories/ann/maps": {
            "uuid": "{7}",
            "full_name": "ann/maps",
            "description": "Maps",
            "updated_on": iso(LAST),
            "mainbranch": {"name": "main"},
        },
        "repositories/ann/maps/watchers?pagelen=1&fields=size": {"size": 12},
        "repositories/ann/maps/forks?pagelen=1&fields=size": {"size": 3},
        BITBUCKET_PAGE: {
            "values": [
                {"hash": sha, "date": iso(date), "author": {"user": {"nickname": name}, "raw": f"{name} <x@y.z>"}}
                for sha, date, name in rows
            ]
        },
    }


def pypi() -> dict[str, Any]:
    return {
        "pypi/maps/json": {
            "info": {
                "name": "maps",
                "version": "1.0",
                "classifiers": ["License :: OSI Approved :: BSD License", "Framework :: Django"],
                "license_expression": "mit or apache-2.0",
                "license": "GPL",
                "requires_python": ">=3.11",
                "project_urls": {"Docs": "https://maps.example.org/", "Source": "https://github.com/ann/maps"},
                "home_page": "",
                "yanked": False,
            },
            "urls": [
                {"upload_time_iso_8601": "2026-11-02T10:00:01.5Z"},
                {"upload_time_iso_8601": "2026-11-02T10:00:00.5Z"},
            ],
            "vulnerabilities": [
                {"id": "PYSEC-1", "aliases": ["CVE-1"]},
                {"id": "GHSA-1", "aliases": ["CVE-1"]},
                {"id": "PYSEC-2", "aliases": [], "withdrawn": "2026-01-01T00:00:00Z"},
            ],
        },
        "simple/maps/": {"name": "maps", "project-status": {"status": "archived"}, "files": []},
    }
