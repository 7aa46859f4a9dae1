"""What is answered has the shape that was recorded; validators and pages work as on the hosts."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.upstream import Upstream, World
from tests.upstream.small import TOKEN, places

RECORDED = Path(__file__).parents[1] / "data" / "recorded"


def differences(recorded: Any, ours: Any, where: str = "") -> list[str]:
    """Say which of our keys were not recorded and which types differ; null fits all, of lists
    the first rows count.
    """
    if recorded is None or ours is None:
        return []
    if type(recorded) is not type(ours):
        return [
            f"{where}: {type(recorded).__name__} was recorded, {type(ours).__name__} is answered"
        ]
    found = []
    if isinstance(ours, dict):
        for key, value in ours.items():
            if key in recorded:
                found += differences(recorded[key], value, f"{where}.{key}")
            else:
                found.append(f"{where}.{key} was not recorded")
    if isinstance(ours, list) and ours and recorded:
        found = differences(recorded[0], ours[0], f"{where}[0]")
    return found


SHAPES = {
    "bitbucket-commits": ("bitbucket", "/commits/main", {}),
    "bitbucket-forks": ("bitbucket", "/forks", {}),
    "bitbucket-repo": ("bitbucket", "", {}),
    "bitbucket-watchers": ("bitbucket", "/watchers", {}),
    "github-commits": ("github", "/commits?per_page=50", {}),
    "github-contributors": ("github", "/contributors?per_page=1", {}),
    "github-repo": ("github", "", TOKEN),
    "gitlab-commits-page1": ("gitlab", "/repository/commits", {}),
    "gitlab-commits-page2": ("gitlab", "/repository/commits?page=2", {}),
    "gitlab-contributors": ("gitlab", "/repository/contributors", {}),
    "gitlab-project": ("gitlab", "?license=True", TOKEN),
    "pypi-djangorestframework": ("pypi", "", {}),
    "pypi-nango": ("pypi", "", {}),
}


@pytest.mark.parametrize("name", SHAPES)
def test_answers_have_the_recorded_shape(
    name: str, upstream: Upstream, client: httpx.Client
) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text())
    host, tail, headers = SHAPES[name]
    answer = client.get(places(upstream)[host] + tail, headers=headers)
    assert answer.status_code == recorded["status"]
    wanted, ours = recorded["body"], answer.json()
    if host == "pypi":
        ours["info"]["project_urls"] = {}
        del ours["info"]["license_expression"]  # PEP 639 is younger than these records
        for body in (wanted, ours):
            body["releases"] = next(iter(body["releases"].values()))
    assert differences(wanted, ours) == []
    told = {
        key for key in recorded["headers"] if key not in {"last-modified", "vary", "cache-control"}
    }
    assert told <= set(answer.headers)


@pytest.mark.parametrize(
    ("name", "tail"), [("github-404", "/repos/a/b"), ("gitlab-404", "/projects/a%2Fb")]
)
def test_what_is_missing_is_told_as_recorded(
    name: str, tail: str, upstream: Upstream, client: httpx.Client
) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text())
    answer = client.get(upstream.url(name.partition("-")[0]) + tail)
    assert (answer.status_code, answer.json()) == (404, recorded["body"])
    assert set(recorded["headers"]) - {"vary", "cache-control"} <= set(answer.headers)


def test_django_packages_tells_the_keys_in_their_order(
    upstream: Upstream, client: httpx.Client
) -> None:
    recorded = json.loads((RECORDED.parent / "package-1326.json").read_text())
    assert list(client.get(places(upstream)["djangopackages"]).json()) == list(recorded)


@pytest.mark.parametrize("host", ["github", "gitlab", "bitbucket", "pypi"])
def test_304_until_something_changes(
    host: str, world: World, upstream: Upstream, client: httpx.Client
) -> None:
    address = places(upstream)[host]
    known = {**TOKEN, "if-none-match": client.get(address, headers=TOKEN).headers["etag"]}
    again = client.get(address, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (
        304,
        b"",
        known["if-none-match"],
    )
    if host == "pypi":
        world.release(world.project("django-maps"), "3.0")
    else:
        path = "group/sub/maps" if host == "gitlab" else "ann/maps"
        changed = world.repository(host, path)
        world.star(changed)
        changed.description = "More maps"
    assert client.get(address, headers=known).status_code == 200


def test_github_validators_belong_to_a_token_and_unchanged_is_free_with_one(
    upstream: Upstream, client: httpx.Client
) -> None:
    address = places(upstream)["github"]
    etag = client.get(address, headers=TOKEN).headers["etag"]
    left = client.get(address, headers={**TOKEN, "if-none-match": etag})
    assert (left.status_code, left.headers["x-ratelimit-remaining"]) == (304, "4999")
    assert client.get(address, headers={"if-none-match": etag}).status_code == 200


def test_last_modified_is_understood(upstream: Upstream, client: httpx.Client) -> None:
    address = places(upstream)["github"]
    since = client.get(address).headers["last-modified"]
    assert client.get(address, headers={"if-modified-since": since}).status_code == 304
    assert client.get(address, headers={"if-modified-since": "yesterday"}).status_code == 200


def test_github_pages_lead_to_the_last_by_number(upstream: Upstream, client: httpx.Client) -> None:
    answer = client.get(places(upstream)["github"] + "/commits?per_page=1")
    assert "/repositories/" in answer.links["last"]["url"]
    assert answer.links["last"]["url"].endswith("page=70")
    last = client.get(answer.links["last"]["url"])
    assert len(last.json()) == 1
    assert set(last.links) == {"prev", "first"}


def test_github_one_page_has_no_link(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    world.create("github", "ann/one", commits=1)
    assert (
        "link"
        not in client.get(upstream.url("github") + "/repos/ann/one/commits?per_page=1").headers
    )


def test_gitlab_last_is_a_lie_and_next_page_is_not(
    upstream: Upstream, client: httpx.Client
) -> None:
    address = places(upstream)["gitlab"] + "/repository/commits?per_page=20"
    first = client.get(address)
    assert first.links["last"] == {**first.links["next"], "rel": "last"}
    assert "x-total" not in first.headers
    pages = ["1"]
    while following := client.get(f"{address}&page={pages[-1]}").headers["x-next-page"]:
        pages.append(following)
    assert pages == ["1", "2", "3", "4"]
    assert client.get(places(upstream)["gitlab"] + "/repository/commits/main/sequence").json() == {
        "count": 70
    }


def test_forgejo_caps_pages_and_counts_what_is_new(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    address = places(upstream)["forgejo"] + "/commits"
    answer = client.get(address, params={"limit": 100, "page": 1, "since": "2030-01-01T00:00:00Z"})
    assert (len(answer.json()), answer.headers["x-total-count"], answer.headers["x-hasmore"]) == (
        50,
        "70",
        "true",
    )
    seen = answer.json()[0]["sha"]
    assert client.get(address, params={"not": seen}).json() == []
    world.push(world.repository("forgejo", "ann/maps"), 2)
    assert client.get(address, params={"not": seen}).headers["x-total-count"] == "2"
    assert client.get(address, params={"not": "0" * 40}).status_code == 500


def test_bitbucket_pages_are_followed_and_fields_chosen(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    address: str | None = (
        places(upstream)["bitbucket"] + "/commits/main?pagelen=30&fields=next,values.hash"
    )
    hashes = []
    while address:
        page = client.get(address).json()
        assert set(page) <= {"values", "next"}
        hashes += [row["hash"] for row in page["values"]]
        address = page.get("next")
    assert hashes == [commit.sha for commit in world.repository("bitbucket", "ann/maps").commits]
    sizes = [
        client.get(places(upstream)["bitbucket"] + f"/{name}?pagelen=1&fields=size").json()
        for name in ("watchers", "forks")
    ]
    assert sizes == [{"size": 16}, {"size": 37}]


def test_bitbucket_commits_without_a_branch_are_of_all(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    made = world.repository("bitbucket", "ann/maps")
    made.other_branches = made.commits[:1]
    address = places(upstream)["bitbucket"]
    assert len(client.get(address + "/commits?pagelen=100").json()["values"]) == 71
    assert (
        client.get(address + f"/commits/main?exclude={made.commits[0].sha}").json()["values"] == []
    )


def test_django_packages_pages_as_observed(upstream: Upstream, client: httpx.Client) -> None:
    address = upstream.url("djangopackages") + "/packages/"
    first = client.get(address).json()
    assert (first["count"], first["previous"], len(first["results"])) == (45, None, 20)
    assert first["next"] == f"{address}?limit=20&offset=20"
    assert [row["id"] for row in first["results"][:2]] == [45, 44]
    second = client.get(first["next"]).json()
    assert second["previous"] == f"{address}?limit=20"
    past = client.get(address, params={"offset": 99}).json()
    assert (past["results"], past["next"]) == ([], None)
    assert len(client.get(address, params={"limit": "abc"}).json()["results"]) == 20
