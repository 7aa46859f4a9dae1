"""The sources on answers that real hosts once gave."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pkgcat.http.endpoint import make_endpoint
from pkgcat.http.responses import Answer
from pkgcat.model.source_data import Facts, StoredPackage
from pkgcat.sources.registry import load_source
from tests.sources.fakes import FakeFetcher, weeks

RECORDED = Path(__file__).parents[1] / "data" / "recorded"
NOW = datetime(2024, 1, 13, 3, 0, tzinfo=UTC)


def recorded(name: str) -> Answer:
    found = json.loads((RECORDED / f"{name}.json").read_text())
    return Answer(found["body"], found["headers"], f"recorded: {name}")


def fetch(kind: str, host: str, path: str, world: dict[str, Any]) -> Facts:
    return asyncio.run(
        load_source(kind).fetch(
            make_endpoint(kind, host), StoredPackage(path), FakeFetcher(world), NOW
        )
    )


def test_github() -> None:
    commits = recorded("github-commits")
    pages = commits.headers["link"].replace("per_page=100", "per_page=1")
    facts = fetch(
        "github",
        "github.com",
        "django/deps",
        {
            "repos/django/deps": recorded("github-repo"),
            "repos/django/deps/commits?per_page=1": Answer(
                commits.json[:1], {"link": pages}, "recorded"
            ),
            "repos/django/deps/contributors?per_page=100": recorded("github-contributors"),
            "repos/django/deps/stats/participation": {"all": weeks(w3=1), "owner": weeks()},
        },
    )
    assert facts.values["repo_watchers"] == 401
    assert facts.values["repo_forks"] == 85
    assert facts.values["repo_license"] is None
    assert facts.values["repo_commit_count"] == 3
    assert facts.values["last_updated"] == datetime(2023, 12, 19, 21, 59, 33, tzinfo=UTC)
    people = facts.values["participants"]
    assert isinstance(people, tuple)
    assert len(people) == 31
    assert people[:3] == ("carljm", "jacobian", "aaugustin")
    assert facts.memory.repo_id == "18764735"


def test_gitlab() -> None:
    path = "lansharkconsulting/django/django-encrypted-model-fields"
    base = "projects/6812925/repository"
    first = recorded("gitlab-commits-page1")
    facts = fetch(
        "gitlab",
        "gitlab.com",
        path,
        {
            f"projects/{path.replace('/', '%2F')}?license=true": recorded("gitlab-project"),
            f"{base}/commits?per_page=100&page=1": first,
            f"{base}/commits?per_page=100&page=2": recorded("gitlab-commits-page2"),
            f"{base}/commits/{first.json[0]['id']}/sequence": {"count": 92},
            f"{base}/contributors?per_page=100&order_by=commits&sort=desc&page=1": recorded(
                "gitlab-contributors"
            ),
        },
    )
    assert facts.values["repo_watchers"] == 33
    assert facts.values["repo_archived"] is False
    assert facts.values["repo_license"] == "MIT"
    assert facts.values["repo_open_issues"] == 6
    assert facts.values["repo_commit_count"] == 92
    people = facts.values["participants"]
    assert isinstance(people, tuple)
    assert people[:2] == ("Scott Sharkey", "Dana Spiegel")
    assert len(people) == 14
    assert facts.moved_to is None


def test_bitbucket() -> None:
    base = "repositories/Manfre/django-mssql"
    commits = recorded("bitbucket-commits")
    page = f"{base}/commits/master?pagelen=100&fields=next,values.hash,values.date,values.author"
    facts = fetch(
        "bitbucket",
        "bitbucket.org",
        "Manfre/django-mssql",
        {
            base: recorded("bitbucket-repo"),
            f"{base}/watchers?pagelen=1&fields=size": recorded("bitbucket-watchers"),
            f"{base}/forks?pagelen=1&fields=size": recorded("bitbucket-forks"),
            page: commits,
            **({commits.json["next"]: {"values": []}} if "next" in commits.json else {}),
        },
    )
    assert facts.values["repo_watchers"] == 16
    assert facts.values["repo_forks"] == 37
    assert facts.values["repo_commit_count"] == len(commits.json["values"])
    assert facts.values["last_updated"] == datetime(2018, 8, 22, 18, 50, 22, tzinfo=UTC)
    assert facts.values["commits_over_52"] == (0,) * 52
    people = facts.values["participants"]
    assert isinstance(people, tuple)
    assert people[0] == "Manfre"
    assert not [name for name in people if "@" in str(name)]


@pytest.mark.parametrize(
    ("name", "version", "licence", "repository"),
    [
        ("django-minify-html", "1.0.0", "MIT", "https://github.com/adamchainz/django-minify-html"),
        (
            "djangorestframework",
            "3.13.1",
            None,  # PEP 639: "BSD License" may be any of several licences
            "https://github.com/encode/django-rest-framework",
        ),
        ("nango", "0.1.2", "MIT", "https://github.com/nicois/nango"),
    ],
)
def test_pypi(name: str, version: str, licence: str | None, repository: str) -> None:
    facts = fetch("pypi", "pypi.org", name, {f"pypi/{name}/json": recorded(f"pypi-{name}")})
    assert facts.values["pypi_version"] == version
    assert facts.values["pypi_license"] == licence
    assert facts.values["pypi_yanked"] is False
    assert facts.repositories[0] == repository
    assert "pypi_status" not in facts.values
