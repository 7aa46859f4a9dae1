"""What only GitHub does: batches, statistics that are still computed, lists that are too large."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from pkgcat.sources import github, place
from pkgcat.sources.base import (
    Answer,
    Facts,
    Failed,
    Forbidden,
    Known,
    Limited,
    Malformed,
    Missing,
    Overloaded,
    SourceError,
)
from tests.sources import fakes
from tests.sources.fakes import LAST, NOW, PENDING, FakeFetcher, Turns, iso, weeks

PLACE = place(github, "github.com", token="canary")
BASE = "repos/ann/maps"
GRAPHQL = "https://api.github.com/graphql"


def node(path: str = "ann/maps", **more: Any) -> dict[str, Any]:
    return {
        "databaseId": 7,
        "nameWithOwner": path,
        "description": "Maps",
        "stargazerCount": 12,
        "forkCount": 3,
        "isArchived": False,
        "isEmpty": False,
        "pushedAt": iso(LAST),
        "licenseInfo": {"spdxId": "MIT"},
        "issues": {"totalCount": 3},
        "pullRequests": {"totalCount": 1},
        "defaultBranchRef": {
            "target": {
                "oid": "c3",
                "committedDate": iso(LAST),
                "history": {"totalCount": 3},
                "year": {"totalCount": 2, "nodes": [{"committedDate": iso(LAST)}] * 2},
            }
        },
    } | more


def paths(body: Mapping[str, Any]) -> list[str]:
    return [f"{owner}/{name}" for owner, name in re.findall(r'owner:"(.*?)",name:"(.*?)"', body["query"])]


def speak(body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer every repository that is asked for."""
    return {"data": {f"r{i}": node(path) for i, path in enumerate(paths(body))}}


def survey(fetcher: FakeFetcher, *names: str, now: Any = NOW, known: Known | None = None) -> list[Facts | SourceError]:
    async def ask() -> list[Facts | SourceError]:
        packages = [known or Known(name) for name in names]
        outcomes: list[Facts | SourceError] = []
        for finish in await github.survey(PLACE, packages, fetcher, now):
            try:
                outcomes.append(await finish())
            except SourceError as exc:
                outcomes.append(exc)
        return outcomes

    return asyncio.run(ask())


def rest(**changes: Any) -> dict[str, Any]:
    return fakes.github() | {f"{BASE}/{key}": value for key, value in changes.items()}


def fetch(world: dict[str, Any]) -> Facts:
    return asyncio.run(github.fetch(PLACE, Known("ann/maps"), FakeFetcher(world), NOW))


def test_a_batch_tells_what_rest_tells() -> None:
    fetcher = FakeFetcher(fakes.github() | {GRAPHQL: speak})
    (facts,) = survey(fetcher, "ann/maps")
    alone = fetch(fakes.github())
    assert isinstance(facts, Facts)
    assert facts.values == alone.values
    assert facts.memory == alone.memory
    assert fetcher.asked == [
        GRAPHQL,
        GRAPHQL,
        f"{BASE}/stats/participation",
        f"{BASE}/contributors?per_page=100",
    ]
    assert len(fetcher.asked) == github.requests(PLACE, [Known("ann/maps")])


def test_a_batch_of_unchanged_is_one_request() -> None:
    (facts,) = survey(FakeFetcher(fakes.github() | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(facts, Facts)
    fetcher = FakeFetcher({GRAPHQL: speak})
    known = Known("ann/maps", facts.values, facts.memory)
    (again,) = survey(fetcher, "ann/maps", known=known, now=NOW + timedelta(days=8))
    assert fetcher.asked == [GRAPHQL]
    assert github.requests(PLACE, [known] * 51) == 2
    assert isinstance(again, Facts)
    assert again.values["commits_over_52"] == tuple(weeks(w1=2))


def test_a_push_to_another_branch_asks_for_no_details() -> None:
    (facts,) = survey(FakeFetcher(fakes.github() | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(facts, Facts)
    pushed = FakeFetcher({GRAPHQL: lambda body: {"data": {"r0": node(pushedAt=iso(NOW))}}})
    known = Known("ann/maps", facts.values, facts.memory)
    (again,) = survey(pushed, "ann/maps", known=known)
    assert isinstance(again, Facts)
    assert pushed.asked == [GRAPHQL]
    assert again.memory.pushed != facts.memory.pushed


def test_one_missing_repository_spoils_no_other() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        for i, path in enumerate(paths(body)):
            if path == "no/body":
                told["data"][f"r{i}"] = None
                told["errors"] = [{"type": "NOT_FOUND", "path": [f"r{i}"], "message": "Could not resolve"}]
        return told

    world = fakes.github() | {GRAPHQL: answer}
    first, second = survey(FakeFetcher(world), "no/body", "ann/maps")
    assert isinstance(first, Missing)
    assert isinstance(second, Facts)


def test_what_is_too_much_at_once_is_asked_in_halves() -> None:
    sizes: list[int] = []

    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        sizes.append(len(paths(body)))
        if len(paths(body)) > 2:
            raise Overloaded("github.com: graphql: 502")
        return {"data": {f"r{i}": node(path, isEmpty=True) for i, path in enumerate(paths(body))}}

    outcomes = survey(FakeFetcher({GRAPHQL: answer}), *(f"a/{i}" for i in range(5)))
    assert all(isinstance(facts, Facts) for facts in outcomes)
    assert sizes == [5, 3, 2, 1, 2]


def test_partial_answers_are_completed() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        if len(paths(body)) > 1:
            told["data"]["r1"] = None
            told["errors"] = [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}]
        return {**told, "data": {k: v and v | {"isEmpty": True} for k, v in told["data"].items()}}

    outcomes = survey(FakeFetcher({GRAPHQL: answer}), "a/0", "a/1", "a/2")
    assert all(isinstance(facts, Facts) for facts in outcomes)


@pytest.mark.parametrize("error", [Limited("limit", NOW), Failed("no network"), Overloaded("502")])
def test_a_survey_that_fails_is_each_package_s_failure(error: SourceError) -> None:
    assert survey(FakeFetcher({GRAPHQL: error}), "a/0", "a/1") == [error, error]


def test_statistics_in_computation_are_asked_once_more() -> None:
    turns = Turns([PENDING, {"all": weeks(w1=5)}])
    (facts,) = survey(FakeFetcher(rest(**{"stats/participation": turns}) | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(facts, Facts)
    assert facts.values["commits_over_52"] == tuple(weeks(w1=5))


def test_statistics_never_computed_are_counted_from_the_history() -> None:
    (facts,) = survey(FakeFetcher(rest(**{"stats/participation": PENDING}) | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(facts, Facts)
    assert facts.values["commits_over_52"] == tuple(weeks(w0=2))
    assert facts.memory.pushed is not None


def test_statistics_never_computed_stay_unknown_and_are_asked_next_time() -> None:
    facts = fetch(rest(**{"stats/participation": PENDING}))
    assert "commits_over_52" not in facts.values
    assert facts.memory.pushed is None
    fetcher = FakeFetcher(fakes.github())
    again = asyncio.run(github.fetch(PLACE, Known("ann/maps", facts.values, facts.memory), fetcher, NOW))
    assert again.values["commits_over_52"] == tuple(weeks(w0=2))
    assert fetcher.conditional == []


def test_contributors_of_all_pages_and_without_strangers() -> None:
    first = Answer([{"login": "bob"}, {"type": "Anonymous", "email": "x@y.z"}], {"link": '<x?page=2>; rel="next"'})
    world = rest(**{"contributors?per_page=100": first, "contributors?per_page=100&page=2": [{"login": "ann"}]})
    assert fetch(world).values["participants"] == ("bob", "ann")


def test_contributors_too_many_to_list_stay_unknown() -> None:
    large = Forbidden("403", "The history or contributor list is too large to list contributors")
    assert "participants" not in fetch(rest(**{"contributors?per_page=100": large})).values
    with pytest.raises(Forbidden):
        fetch(rest(**{"contributors?per_page=100": Forbidden("403", "SAML")}))


def test_a_single_commit_has_no_links() -> None:
    commit = [{"sha": "c1", "commit": {"committer": {"date": iso(LAST)}}}]
    assert fetch(rest(**{"commits?per_page=1": commit})).values["repo_commit_count"] == 1


def test_an_empty_repository() -> None:
    nothing = Answer(empty=True)
    world = rest(
        **{
            "commits?per_page=1": nothing,
            "contributors?per_page=100": nothing,
            "stats/participation": {"all": weeks()},
        }
    )
    facts = fetch(world)
    assert facts.values["repo_commit_count"] == 0
    assert facts.values["last_updated"] is None
    assert facts.values["participants"] == ()


def test_commits_do_not_vanish() -> None:
    nothing = Answer(empty=True)
    with pytest.raises(Malformed):
        fetch(rest(**{"commits?per_page=1": nothing}))
    facts = fetch(fakes.github())
    known = Known("ann/maps", facts.values, facts.memory)
    (outcome,) = survey(
        FakeFetcher({GRAPHQL: lambda body: {"data": {"r0": node(isEmpty=True, pushedAt=None, defaultBranchRef=None)}}}),
        "ann/maps",
        known=known,
    )
    assert isinstance(outcome, Malformed)


def test_a_service_that_is_missing_is_no_missing_repository() -> None:
    (outcome,) = survey(FakeFetcher({}), "ann/maps")
    assert type(outcome) is Failed


def test_an_unrecognised_licence_is_unknown() -> None:
    other = fakes.github()[BASE] | {"license": {"key": "other", "spdx_id": "NOASSERTION"}, "description": ""}
    facts = fetch(fakes.github() | {BASE: other})
    assert facts.values["repo_license"] is None
    assert facts.values["repo_description"] is None


def test_enterprise_addresses() -> None:
    enterprise = place(github, "git.example.org", token="t")
    assert enterprise.api_url == "https://git.example.org/api/v3"
    fetcher = FakeFetcher({"https://git.example.org/api/graphql": speak})
    asyncio.run(github.survey(enterprise, [Known("a/b")], fetcher, NOW))
    assert fetcher.asked[0] == "https://git.example.org/api/graphql"
