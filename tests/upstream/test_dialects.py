"""What each dialect says of the world, of renames, and in GraphQL."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.upstream import Upstream, Vulnerability, World
from tests.upstream.small import NOW, TOKEN, places

SIMPLE = {"accept": "application/vnd.pypi.simple.v1+json"}


def test_github_counts_weeks_people_and_issues(upstream: Upstream, client: httpx.Client) -> None:
    address = places(upstream)["github"]
    body = client.get(address).json()
    assert (body["stargazers_count"], body["watchers_count"], body["subscribers_count"]) == (
        12,
        12,
        16,
    )
    assert body["open_issues_count"] == 5
    weeks = client.get(address + "/stats/participation").json()["all"]
    assert (len(weeks), sum(weeks)) == (52, 52)
    people = [
        (row["login"], row["contributions"]) for row in client.get(address + "/contributors").json()
    ]
    assert people == [("bob", 46), ("ann", 24)]
    assert client.get(address + "/").status_code == 404
    assert client.get(address, headers={"user-agent": ""}).status_code == 403
    assert client.get(address, headers={"x-github-api-version": "1"}).status_code == 400


def test_gitlab_tells_less_without_a_token(upstream: Upstream, client: httpx.Client) -> None:
    address = places(upstream)["gitlab"]
    less, more = client.get(address).json(), client.get(address, headers=TOKEN).json()
    assert {"archived", "empty_repo", "visibility", "open_issues_count"} & set(less) == set()
    assert (more["archived"], more["open_issues_count"]) == (False, 3)
    assert client.get(f"{upstream.url('gitlab')}/projects/{less['id']}").json() == less
    row = client.get(address + "/repository/contributors?order_by=commits&sort=desc").json()[0]
    assert row["email"].endswith("@mail.example.org")


def test_empty_repositories_are_told_in_each_hosts_way(
    upstream: Upstream, client: httpx.Client
) -> None:
    ask = {name: upstream.url(name) for name in ("github", "gitlab", "forgejo", "bitbucket")}
    assert client.get(ask["github"] + "/repos/ann/empty/commits").status_code == 409
    assert client.get(ask["github"] + "/repos/ann/empty/contributors").status_code == 204
    assert (
        sum(client.get(ask["github"] + "/repos/ann/empty/stats/participation").json()["all"]) == 0
    )
    assert client.get(ask["forgejo"] + "/repos/ann/empty/commits").status_code == 409
    assert client.get(ask["gitlab"] + "/projects/ann%2Fempty/repository/commits").json() == []
    assert client.get(ask["bitbucket"] + "/repositories/ann/empty").json()["mainbranch"] is None


def test_forgejo_and_gitea_can_be_told_apart(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    versions = [
        client.get(upstream.url(name) + "/version").json()["version"]
        for name in ("forgejo", "gitea")
    ]
    assert ["gitea" in version for version in versions] == [True, False]
    assert "licenses" not in client.get(places(upstream)["forgejo"]).json()
    assert client.get(places(upstream)["gitea"]).json()["licenses"] == ["MIT"]
    with Upstream(world, root="forgejo") as own:
        assert own.url("forgejo") == own.base + "/api/v1"
        assert client.get(own.base + "/api/v1/repos/ann/maps").json()["stars_count"] == 12


def test_pypi_shows_the_version_that_warehouse_would(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    address, project = places(upstream)["pypi"], world.project("django-maps")

    def version() -> tuple[str, bool]:
        info = client.get(address).json()["info"]
        return info["version"], info["yanked"]

    assert version() == ("2.0", False)
    world.yank(project, "2.0", "broken")
    assert version() == ("1.0", False)
    world.yank(project, "1.0")
    assert version() == ("2.1rc1", False)
    world.yank(project, "2.1rc1")
    assert version() == ("2.0", True)
    world.warn(project, "2.0", Vulnerability("PYSEC-1", ("CVE-1",), withdrawn=NOW))
    found = client.get(address).json()
    assert found["vulnerabilities"][0]["withdrawn"] == "2026-11-20T15:04:05.000000Z"
    assert found["urls"][0]["yanked_reason"] == "broken"


def test_pypi_names_and_statuses(world: World, upstream: Upstream, client: httpx.Client) -> None:
    base, project = upstream.url("pypi"), world.project("django-maps")
    answer = client.get(base + "/pypi/Django_Maps/json")
    assert (answer.status_code, answer.headers["location"]) == (
        301,
        base + "/pypi/django-maps/json",
    )
    assert client.get(base + "/simple/django-maps").status_code == 301
    simple = client.get(base + "/simple/django-maps/", headers=SIMPLE)
    assert simple.headers["content-type"] == SIMPLE["accept"]
    assert simple.json()["project-status"] == {"status": "active"}
    world.set_status(project, "quarantined")
    assert client.get(base + "/pypi/django-maps/json").status_code == 404
    quarantined = client.get(base + "/simple/django-maps/", headers=SIMPLE).json()
    assert (quarantined["project-status"]["status"], quarantined["files"]) == ("quarantined", [])
    world.publish("nothing-yet")
    assert client.get(base + "/pypi/nothing-yet/json").status_code == 404
    assert client.get(base + "/pypi/unheard-of/json").status_code == 404
    assert client.get(base + "/simple/unheard-of/", headers=SIMPLE).status_code == 404


def test_django_packages_records_grids_and_errors(upstream: Upstream, client: httpx.Client) -> None:
    base = upstream.url("djangopackages")
    record = client.get(base + "/packages/package-7/")
    assert len(record.json()) == 18
    assert record.json()["created"] == "2019-05-04T05:30:00-04:00"
    assert client.get(base + "/packages/8/").json() == record.json()
    bare = client.get(base + "/packages/package-7")
    assert (bare.status_code, bare.headers["location"]) == (
        301,
        "/djangopackages/api/v4/packages/package-7/",
    )
    missing = client.get(base + "/packages/nope/")
    assert (missing.status_code, missing.json()) == (
        404,
        {"detail": "No Package matches the given query."},
    )
    assert client.post(base + "/packages/").json() == {"detail": 'Method "POST" not allowed.'}
    assert record.json()["category"] == base + "/categories/1/"
    assert client.get(base + "/categories/1/").json()["slug"] == "apps"
    assert client.get(base + "/search/").status_code == 404


@pytest.mark.parametrize(
    ("host", "code"), [("github", 301), ("gitlab", 301), ("forgejo", 307), ("bitbucket", 301)]
)
def test_renamed_repositories_are_found(
    host: str, code: int, world: World, upstream: Upstream, client: httpx.Client
) -> None:
    old = "group/sub/maps" if host == "gitlab" else "ann/maps"
    address = places(upstream)[host]
    before = client.get(address).json()
    world.rename(world.repository(host, old), "zoe/atlas")
    answer = client.get(address, params={"x": "1"})
    assert answer.status_code == code
    assert answer.headers["location"].startswith(upstream.url(host))
    after = client.get(address, follow_redirects=True).json()
    name = "path_with_namespace" if host == "gitlab" else "full_name"
    assert after[name] == "zoe/atlas"
    key = "uuid" if host == "bitbucket" else "id"
    assert after[key] == before[key]
    world.take_over(host, old, stars=1)
    assert client.get(address).json()[key] != before[key]


def test_what_is_deleted_is_missing_until_it_comes_back(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    made = world.repository("github", "ann/maps")
    world.delete(made)
    assert client.get(places(upstream)["github"]).status_code == 404
    world.restore(made)
    assert client.get(places(upstream)["github"]).status_code == 200
    world.block(made)
    answer = client.get(places(upstream)["github"])
    assert (answer.status_code, answer.json()["block"]["reason"]) == (451, "dmca")


def ask(
    upstream: Upstream, client: httpx.Client, query: str, **variables: object
) -> dict[str, Any]:
    """Ask GitHub's GraphQL."""
    body = {"query": query, "variables": variables}
    answer = client.post(upstream.url("github") + "/graphql", json=body, headers=TOKEN)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


BATCH = """
query($since: GitTimestamp!) {
  rateLimit { cost remaining resetAt }
  r0: repository(owner: "ann", name: "maps") { ...F }
  r1: repository(owner: "ann", name: "empty") { ...F }
  r2: repository(owner: "no", name: "body") { ...F }
}
fragment F on Repository {
  databaseId nameWithOwner stargazerCount isArchived pushedAt licenseInfo { spdxId }
  issues(states: OPEN) { totalCount } pullRequests { totalCount }
  defaultBranchRef { name target { __typename ... on Commit {
    oid committedDate history { totalCount }
    year: history(first: 100, since: $since) { totalCount nodes { committedDate } pageInfo { hasNextPage } }
  } } }
}
"""


def test_graphql_answers_the_fields_that_were_asked(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    since = (NOW - timedelta(days=364)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = ask(upstream, client, BATCH, since=since)
    found, made = answer["data"], world.repository("github", "ann/maps")
    assert found["rateLimit"]["remaining"] == 4999
    assert list(found["r0"]) == [
        *("databaseId", "nameWithOwner", "stargazerCount", "isArchived", "pushedAt", "licenseInfo"),
        *("issues", "pullRequests", "defaultBranchRef"),
    ]
    assert (found["r0"]["databaseId"], found["r0"]["issues"]) == (made.id, {"totalCount": 3})
    assert found["r0"]["pullRequests"] == {"totalCount": 6}, (
        "closed ones are counted too if nobody says which"
    )
    target = found["r0"]["defaultBranchRef"]["target"]
    assert (target["__typename"], target["oid"], target["history"]) == (
        "Commit",
        made.commits[0].sha,
        {"totalCount": 70},
    )
    assert target["year"]["totalCount"] == len(target["year"]["nodes"]) == 52
    assert target["year"]["nodes"][0] == {"committedDate": "2026-11-13T15:04:05Z"}
    assert found["r1"]["defaultBranchRef"] is None
    assert found["r2"] is None
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [("NOT_FOUND", ["r2"])]
    assert upstream.counts() == {"graphql": 1}


def test_graphql_pages_and_follows_renames(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    world.rename(world.repository("github", "ann/maps"), "zoe/atlas")
    query = """query($after: String) { repository(owner: "Ann", name: "Maps") {
      nameWithOwner defaultBranchRef { target { ... on Commit { history(first: 60, after: $after) {
        nodes { oid } pageInfo { hasNextPage endCursor } } } } } } }"""
    after, seen = None, []
    while True:
        found = ask(upstream, client, query, after=after)["data"]["repository"]
        page = found["defaultBranchRef"]["target"]["history"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (found["nameWithOwner"], len(seen)) == ("zoe/atlas", 70)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            '{ repository(owner: "ann", name: "maps") { contributors } }',
            "doesn't exist on type 'Repository'",
        ),
        ('{ repository(owner: "ann", name: "maps") { licenseInfo } }', "must have selections"),
        ('{ repository(owner: "ann", name: "maps") { nameWithOwner { x } } }', "scalars"),
        ('{ repository(owner: "ann", name: "maps") { ...G } }', "not defined"),
        ('{ repository(owner: "ann", name: $n) { nameWithOwner } }', "not declared"),
        (
            'query($n: String!) { repository(owner: "ann", name: $n) { nameWithOwner } }',
            "invalid value",
        ),
        ('{ repository(owner: "ann" name: "maps") { nameWithOwner }', "Expected Name, found <EOF>"),
        (
            'mutation { repository(owner: "ann", name: "maps") { nameWithOwner } } { viewer { login } }',
            "one operation",
        ),
        (
            '{ repository(owner: "ann", name: "maps") { defaultBranchRef { target { history { nodes { oid } } } } } }',
            "first",
        ),
    ],
)
def test_graphql_says_what_it_does_not_understand(
    query: str, words: str, upstream: Upstream, client: httpx.Client
) -> None:
    answer = ask(upstream, client, query)
    assert "data" not in answer
    assert words in answer["errors"][0]["message"]


def test_graphql_needs_a_token_and_has_its_own_quota(
    upstream: Upstream, client: httpx.Client
) -> None:
    address = upstream.url("github") + "/graphql"
    assert client.post(address, json={"query": "{ viewer { login } }"}).status_code == 401
    upstream.hosts["github"].quotas["graphql"].set(remaining=0, reset_in=20)
    answer = client.post(address, json={"query": "{ viewer { login } }"}, headers=TOKEN)
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert (
        client.get(places(upstream)["github"], headers=TOKEN).headers["x-ratelimit-remaining"]
        == "4999"
    )
