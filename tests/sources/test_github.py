"""What only GitHub does: batches, statistics that are still computed, lists that are too large."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from pkgcat.errors import BadConfig
from pkgcat.http.endpoint import make_endpoint
from pkgcat.http.errors import (
    Forbidden,
    Malformed,
    NotFoundUpstream,
    RateLimited,
    RequestFailed,
    ServerError,
    SourceError,
)
from pkgcat.http.responses import Answer
from pkgcat.model import limits
from pkgcat.model.source_data import Facts, StoredPackage
from pkgcat.sources import github
from tests.sources import fakes
from tests.sources.fakes import LAST, NOW, PENDING, FakeFetcher, Turns, iso, weeks

ENDPOINT = make_endpoint("github", "github.com", token="canary")
BASE = "repos/ann/maps"
GRAPHQL = "https://api.github.com/graphql"


def paths(body: Mapping[str, Any]) -> list[str]:
    return [
        f"{owner}/{name}"
        for owner, name in re.findall(r'owner:"(.*?)",name:"(.*?)"', body["query"])
    ]


def speak(body: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Answer every repository that is asked for, with some of its fields changed."""
    answer = fakes.github_graphql(body)
    for i in range(len(paths(body))):
        answer["data"][f"r{i}"] |= changes
    return answer


def fetch_batch(
    fetcher: FakeFetcher, *names: str, now: Any = NOW, known: StoredPackage | None = None
) -> list[Facts | SourceError]:
    async def ask() -> list[Facts | SourceError]:
        packages = [known or StoredPackage(name) for name in names]
        batch = github.fetch_batch(ENDPOINT, packages, fetcher, now)
        found = [pair async for pair in batch]
        assert sorted(index for index, _ in found) == list(range(len(names)))
        return [outcome for _, outcome in sorted(found, key=lambda pair: pair[0])]

    return asyncio.run(ask())


def rest(**changes: Any) -> dict[str, Any]:
    return fakes.github() | {f"{BASE}/{key}": value for key, value in changes.items()}


def fetch(world: dict[str, Any]) -> Facts:
    return asyncio.run(github.fetch(ENDPOINT, StoredPackage("ann/maps"), FakeFetcher(world), NOW))


def test_a_batch_tells_what_rest_tells() -> None:
    fetcher = FakeFetcher(fakes.github() | {GRAPHQL: speak})
    (facts,) = fetch_batch(fetcher, "ann/maps")
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
    assert len(fetcher.asked) == github.estimate_requests(ENDPOINT, [StoredPackage("ann/maps")])


def test_an_error_that_nobody_foresaw_is_the_failure_of_one_package() -> None:
    world = fakes.github() | {GRAPHQL: speak}
    path = f"{BASE}/stats/participation"
    world[path] = Turns([KeyError("x" * 1000), world[path]])
    broken, whole = fetch_batch(FakeFetcher(world), "ann/maps", "ann/maps")
    assert isinstance(broken, RequestFailed)
    assert str(broken).startswith("github.com: ann/maps: KeyError('xxx")
    assert len(str(broken)) < 250
    assert isinstance(whole, Facts)


def test_a_repository_of_a_batch_that_cannot_be_read_fails_alone() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        told["data"]["r0"] |= {"databaseId": []}
        return told

    broken, whole = fetch_batch(
        FakeFetcher(fakes.github() | {GRAPHQL: answer}), "ann/maps", "ann/maps"
    )
    assert isinstance(broken, Malformed)
    assert isinstance(whole, Facts)


def test_settings_that_are_wrong_end_a_batch() -> None:
    world = rest(**{"stats/participation": BadConfig("HTTP_PROXY: ...")}) | {GRAPHQL: speak}
    with pytest.raises(BadConfig):
        fetch_batch(FakeFetcher(world), "ann/maps", "ann/maps")


def test_what_is_left_of_a_batch_is_cancelled_when_it_is_given_up() -> None:
    async def ask() -> int:
        fetcher = FakeFetcher(fakes.github() | {GRAPHQL: speak})
        waiting = asyncio.Event()
        answer = fetcher.get

        async def get(*args: Any, **more: Any) -> Answer:
            if len(fetcher.asked) > 4:
                waiting.set()
                await asyncio.Event().wait()
            return await answer(*args, **more)

        fetcher.get = get  # type: ignore[method-assign]
        packages = [StoredPackage("ann/maps")] * 3
        before = len(asyncio.all_tasks())
        batch = github.fetch_batch(ENDPOINT, packages, fetcher, NOW)
        task = asyncio.create_task(anext(batch))  # type: ignore[arg-type]
        await waiting.wait()
        task.cancel()
        await asyncio.wait({task})
        await batch.aclose()
        return len(asyncio.all_tasks()) - before

    async def limited() -> int:
        async with asyncio.timeout(20):
            return await ask()

    assert asyncio.run(limited()) == 0


@pytest.mark.parametrize("errors", [["odd", None, [1]], "odd", {"path": ["r0"]}, 5])
def test_errors_of_graphql_in_another_form_are_none(errors: object) -> None:
    answer = {GRAPHQL: lambda body: speak(body) | {"errors": errors}}
    (facts,) = fetch_batch(FakeFetcher(fakes.github() | answer), "ann/maps")
    assert isinstance(facts, Facts)


def test_a_name_writes_no_question_of_its_own() -> None:
    fetcher = FakeFetcher({GRAPHQL: RequestFailed("no")})
    fetch_batch(fetcher, 'ann"/maps"){id} x:repository(owner:"eve",name:"plans')
    assert (
        'owner:"ann\\"",name:"maps\\"){id} x:repository(owner:\\"eve\\"'
        in fetcher.bodies[0]["query"]
    )


def test_a_batch_of_unchanged_is_one_request() -> None:
    (facts,) = fetch_batch(FakeFetcher(fakes.github() | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(facts, Facts)
    fetcher = FakeFetcher({GRAPHQL: speak})
    known = StoredPackage("ann/maps", facts.values, facts.memory)
    (again,) = fetch_batch(fetcher, "ann/maps", known=known, now=NOW + timedelta(days=8))
    assert fetcher.asked == [GRAPHQL]
    assert github.estimate_requests(ENDPOINT, [known] * 51) == 2
    assert isinstance(again, Facts)
    assert again.values["commits_over_52"] == tuple(weeks(w1=2))


def test_a_push_to_another_branch_asks_for_no_details() -> None:
    (facts,) = fetch_batch(FakeFetcher(fakes.github() | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(facts, Facts)
    pushed = FakeFetcher({GRAPHQL: lambda body: speak(body, pushedAt=iso(NOW))})
    known = StoredPackage("ann/maps", facts.values, facts.memory)
    (again,) = fetch_batch(pushed, "ann/maps", known=known)
    assert isinstance(again, Facts)
    assert pushed.asked == [GRAPHQL]
    assert again.memory.pushed != facts.memory.pushed


def test_one_missing_repository_spoils_no_other() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        for i, path in enumerate(paths(body)):
            if path == "no/body":
                told["data"][f"r{i}"] = None
                told["errors"] = [
                    {"type": "NOT_FOUND", "path": [f"r{i}"], "message": "Could not resolve"}
                ]
        return told

    world = fakes.github() | {GRAPHQL: answer}
    fetcher = FakeFetcher(world)
    first, second = fetch_batch(fetcher, "no/body", "ann/maps")
    assert isinstance(first, NotFoundUpstream)
    assert isinstance(second, Facts)
    assert fetcher.asked.count(GRAPHQL) == 2, "what is missing is asked for once"


def test_what_is_too_much_at_once_is_asked_in_halves() -> None:
    sizes: list[int] = []

    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        sizes.append(len(paths(body)))
        if len(paths(body)) > 2:
            raise ServerError("github.com: graphql: 502")
        return speak(body, isEmpty=True)

    outcomes = fetch_batch(FakeFetcher({GRAPHQL: answer}), *(f"a/{i}" for i in range(5)))
    assert all(isinstance(facts, Facts) for facts in outcomes)
    assert sizes == [5, 3, 2, 1, 2]


def test_partial_answers_are_completed() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        if len(paths(body)) > 1:
            told["data"]["r1"] = None
            told["errors"] = [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}]
        return {**told, "data": {k: v and v | {"isEmpty": True} for k, v in told["data"].items()}}

    outcomes = fetch_batch(FakeFetcher({GRAPHQL: answer}), "a/0", "a/1", "a/2")
    assert all(isinstance(facts, Facts) for facts in outcomes)


@pytest.mark.parametrize(
    "error", [RateLimited("limit", NOW), RequestFailed("no network"), ServerError("502")]
)
def test_a_batch_that_fails_is_each_package_s_failure(error: SourceError) -> None:
    assert fetch_batch(FakeFetcher({GRAPHQL: error}), "a/0", "a/1") == [error, error]


def test_statistics_in_computation_are_asked_once_more() -> None:
    turns = Turns([PENDING, {"all": weeks(w1=5)}])
    (facts,) = fetch_batch(
        FakeFetcher(rest(**{"stats/participation": turns}) | {GRAPHQL: speak}), "ann/maps"
    )
    assert isinstance(facts, Facts)
    assert facts.values["commits_over_52"] == tuple(weeks(w1=5))


def test_statistics_never_computed_are_counted_from_the_history() -> None:
    (facts,) = fetch_batch(
        FakeFetcher(rest(**{"stats/participation": PENDING}) | {GRAPHQL: speak}), "ann/maps"
    )
    assert isinstance(facts, Facts)
    assert facts.values["commits_over_52"] == tuple(weeks(w0=2))
    assert facts.memory.pushed is not None


def test_statistics_never_computed_stay_unknown_and_are_asked_next_time() -> None:
    facts = fetch(rest(**{"stats/participation": PENDING}))
    assert "commits_over_52" not in facts.values
    assert facts.memory.pushed is None
    fetcher = FakeFetcher(fakes.github())
    again = asyncio.run(
        github.fetch(ENDPOINT, StoredPackage("ann/maps", facts.values, facts.memory), fetcher, NOW)
    )
    assert again.values["commits_over_52"] == tuple(weeks(w0=2))
    assert fetcher.conditional == []


def test_contributors_of_all_pages_and_without_strangers() -> None:
    first = Answer(
        [{"login": "bob"}, {"type": "Anonymous", "email": "x@y.z"}],
        {"link": '<x?page=2>; rel="next"'},
    )
    world = rest(
        **{
            "contributors?per_page=100": first,
            "contributors?per_page=100&page=2": [{"login": "ann"}],
        }
    )
    assert fetch(world).values["participants"] == ("bob", "ann")


def test_contributors_too_many_to_list_stay_unknown() -> None:
    large = Forbidden("403", "The history or contributor list is too large to list contributors")
    assert "participants" not in fetch(rest(**{"contributors?per_page=100": large})).values
    with pytest.raises(Forbidden):
        fetch(rest(**{"contributors?per_page=100": Forbidden("403", "SAML")}))


def test_a_single_commit_has_no_links() -> None:
    commit = [{"sha": "c1", "commit": {"committer": {"date": iso(LAST)}}}]
    assert fetch(rest(**{"commits?per_page=1": commit})).values["repo_commit_count"] == 1


def test_a_page_of_commits_with_a_next_and_no_last_one_tells_no_number() -> None:
    commit = [{"sha": "c1", "commit": {"committer": {"date": iso(LAST)}}}]
    for link in (
        '<x?page=2>; rel="next"',
        '<x?page=2>; rel="next", <https://[x?page=7>; rel="last"',
    ):
        answer = Answer(commit, {"link": link}, "commits")
        values = fetch(rest(**{"commits?per_page=1": answer})).values
        assert "repo_commit_count" not in values
        assert values["last_updated"] == LAST


def test_no_commits_and_no_word_that_there_are_none_are_an_error() -> None:
    with pytest.raises(Malformed, match="neither commits nor a word"):
        fetch(rest(**{"commits?per_page=1": []}))


@pytest.mark.parametrize(
    "told",
    [{"stargazers_count": "many"}, {"archived": 0}, {"description": []}, {"forks_count": -1}],
)
def test_a_value_of_a_wrong_type_fails_its_package_alone(told: dict[str, object]) -> None:
    with pytest.raises(Malformed, match=r"repos/ann/maps: repo_\w+: "):
        fetch(fakes.github() | {BASE: fakes.github()[BASE] | told})


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
    known = StoredPackage("ann/maps", facts.values, facts.memory)
    (outcome,) = fetch_batch(
        FakeFetcher(
            {GRAPHQL: lambda body: speak(body, isEmpty=True, pushedAt=None, defaultBranchRef=None)}
        ),
        "ann/maps",
        known=known,
    )
    assert isinstance(outcome, Malformed)


def test_a_service_that_is_missing_is_no_missing_repository() -> None:
    (outcome,) = fetch_batch(FakeFetcher({}), "ann/maps")
    assert type(outcome) is RequestFailed


def test_an_unrecognised_licence_is_unknown() -> None:
    other = fakes.github()[BASE] | {
        "license": {"key": "other", "spdx_id": "NOASSERTION"},
        "description": "",
    }
    facts = fetch(fakes.github() | {BASE: other})
    assert facts.values["repo_license"] is None
    assert facts.values["repo_description"] is None


def test_enterprise_addresses() -> None:
    enterprise = make_endpoint("github", "git.example.org", token="t")
    assert enterprise.api_url == "https://git.example.org/api/v3"
    fetcher = FakeFetcher({"https://git.example.org/api/graphql": speak})

    async def ask() -> None:
        async for _ in github.fetch_batch(enterprise, [StoredPackage("a/b")], fetcher, NOW):
            pass

    asyncio.run(ask())
    assert fetcher.asked[0] == "https://git.example.org/api/graphql"


def test_contributors_without_end_are_asked_for_up_to_the_limit() -> None:
    more = {"link": '<x?page=2>; rel="next"'}
    world = rest()
    for page in range(1, 20):
        suffix = f"&page={page}" if page > 1 else ""
        people = [{"login": f"ann-{page}-{number}"} for number in range(4_000)]
        world[f"{BASE}/contributors?per_page=100{suffix}"] = Answer(people, more, "contributors")
    fetcher = FakeFetcher(world)
    facts = asyncio.run(github.fetch(ENDPOINT, StoredPackage("ann/maps"), fetcher, NOW))
    participants = facts.values["participants"]
    assert isinstance(participants, tuple)
    assert len(participants) == limits.MAX_PARTICIPANTS
    assert participants[-1] == "ann-3-1999"
    assert sum("/contributors" in path for path in fetcher.asked) == 3


def test_a_long_description_is_cut_and_a_long_name_refused() -> None:
    known = fakes.github()[BASE]
    facts = fetch(fakes.github() | {BASE: known | {"description": "x" * 50_000}})
    assert facts.values["repo_description"] == "x" * limits.MAX_DESCRIPTION_LENGTH
    with pytest.raises(Malformed, match="full_name: 50,000 characters"):
        fetch(fakes.github() | {BASE: known | {"full_name": "x" * 50_000}})


def test_more_commits_of_a_year_than_were_asked_for_are_not_counted() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        commits = [{"committedDate": iso(LAST)}] * 200
        target = told["data"]["r0"]["defaultBranchRef"]["target"]
        target["year"] = {"totalCount": 200, "nodes": commits}
        return told

    (facts,) = fetch_batch(
        FakeFetcher(rest(**{"stats/participation": PENDING}) | {GRAPHQL: answer}), "ann/maps"
    )
    assert isinstance(facts, Facts)
    assert "commits_over_52" not in facts.values


def test_a_page_of_commits_that_is_cut_tells_no_number() -> None:
    commits = [{"sha": "c1", "commit": {"committer": {"date": iso(LAST)}}}] * 50_000
    assert "repo_commit_count" not in fetch(rest(**{"commits?per_page=1": commits})).values


@pytest.mark.parametrize("told", [[], [1] * 51, [1] * 53, None, "many", [None] * 52])
def test_weeks_of_another_number_than_52_are_not_told(told: object) -> None:
    world = rest(**{"stats/participation": {"all": told, "owner": []}})
    facts = fetch(world)
    whole = fetch(fakes.github()).values
    unknown = {"commits_over_52"}
    assert facts.values == {name: whole[name] for name in whole if name not in unknown}
    (counted,) = fetch_batch(FakeFetcher(world | {GRAPHQL: speak}), "ann/maps")
    assert isinstance(counted, Facts)
    assert counted.values["commits_over_52"] == tuple(weeks(w0=2))


def test_a_history_without_a_number_is_counted_by_rest() -> None:
    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        told = speak(body)
        for node in told["data"].values():
            history = node.get("defaultBranchRef", {}).get("target", {}).get("history")
            if history:
                history["totalCount"] = None
        return told

    (facts,) = fetch_batch(FakeFetcher(fakes.github() | {GRAPHQL: answer}), "ann/maps")
    assert isinstance(facts, Facts)
    assert facts.values["repo_commit_count"] == 3
