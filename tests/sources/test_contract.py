"""What every source must do, and what each tells of the same repository."""

import asyncio
import contextlib
import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.errors import (
    Malformed,
    NotFoundUpstream,
    RateLimited,
    Replaced,
    RequestFailed,
    SourceError,
)
from pkgcat.http.responses import Answer
from pkgcat.model.fields import FIELDS, PINNABLE
from pkgcat.model.hosts import HOST_KINDS, list_source_kinds
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage
from pkgcat.sources.interface import Source
from pkgcat.sources.registry import load_batch_source, load_source
from tests.sources import fakes
from tests.sources.fakes import LAST, NOW, FakeFetcher

KINDS = [*HOST_KINDS, "pypi"]
ANSWERS: dict[str, Callable[[], dict[str, Any]]] = {kind: getattr(fakes, kind) for kind in KINDS}
HOSTS = {kind: list_source_kinds()[kind].public_hosts[0] for kind in KINDS}
FIRST = {
    "github": "repos/ann/maps",
    "gitlab": "projects/ann%2Fmaps?license=true",
    "forgejo": "repos/ann/maps",
}
FIRST |= {"bitbucket": "repositories/ann/maps", "pypi": "pypi/maps/json"}


def at(kind: str) -> Endpoint:
    return make_endpoint(kind, HOSTS[kind])


def path(kind: str) -> str:
    return "maps" if kind == "pypi" else "ann/maps"


def fetch(
    kind: str, fetcher: FakeFetcher, known: StoredPackage | None = None, now: Any = NOW
) -> Facts:
    return asyncio.run(
        load_source(kind).fetch(at(kind), known or StoredPackage(path(kind)), fetcher, now)
    )


def after(kind: str, facts: Facts) -> StoredPackage:
    return StoredPackage(path(kind), facts.values, RefreshMemory.load(facts.memory.dump()))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def repositories(kind: str) -> None:
    if kind not in HOST_KINDS:
        pytest.skip("not a repository host")


def test_modules_satisfy_the_protocol(kind: str) -> None:
    source: Source = load_source(kind)
    assert kind == source.KIND
    assert list_source_kinds()[kind].find_api_url("example.org").startswith("https://")


def test_facts_are_facts_of_the_right_types(kind: str) -> None:
    facts = fetch(kind, FakeFetcher(ANSWERS[kind]()))
    assert set(facts.values) <= PINNABLE | {"documentation_url"}
    for name, value in facts.values.items():
        assert FIELDS[name].parse(value) == value


def test_hosts_tell_the_same_of_the_same_repository(kind: str) -> None:
    repositories(kind)
    told = fetch(kind, FakeFetcher(ANSWERS[kind]())).values
    expected: dict[str, object] = {
        "repo_host": kind,
        "repo_description": "Maps",
        "repo_watchers": 12,
        "repo_forks": 3,
        "repo_commit_count": 3,
        "last_updated": LAST,
        "commits_over_52": tuple(fakes.weeks(w0=2)),
        "participants": ("bob", "ann"),
    }
    if kind != "bitbucket":
        expected |= {"repo_archived": False, "repo_open_issues": 4, "repo_license": "MIT"}
    assert told == expected


def test_memory_survives_the_store(kind: str) -> None:
    memory = fetch(kind, FakeFetcher(ANSWERS[kind]())).memory
    assert RefreshMemory.load(memory.dump()) == memory != RefreshMemory()
    assert RefreshMemory.load(RefreshMemory().dump()) == RefreshMemory()
    assert RefreshMemory.load(RefreshMemory(commits=0).dump()) == RefreshMemory(commits=0)


def test_the_first_refresh_takes_no_unchanged_for_an_answer(kind: str) -> None:
    fetcher = FakeFetcher(ANSWERS[kind]())
    fetch(kind, fetcher)
    assert fetcher.conditional == []


def test_unchanged_is_one_request_and_weeks_move_on(kind: str) -> None:
    facts = fetch(kind, FakeFetcher(ANSWERS[kind]()))
    fetcher = FakeFetcher({FIRST[kind]: fakes.UNCHANGED})
    again = fetch(kind, fetcher, after(kind, facts), NOW + timedelta(days=1))
    assert fetcher.asked == fetcher.conditional == [FIRST[kind]]
    assert again.validators == (fakes.UNCHANGED.validators,)
    assert set(again.values) <= {"commits_over_52"}
    later = (
        fetch("github", fetcher, after("github", facts), NOW + timedelta(days=15))
        if kind == "github"
        else None
    )
    if later:
        assert later.values["commits_over_52"] == tuple(fakes.weeks(w2=2))


def test_the_plan_is_what_is_asked(kind: str) -> None:
    fetcher = FakeFetcher(ANSWERS[kind]())
    known = StoredPackage(path(kind))
    facts = fetch(kind, fetcher)
    assert len(fetcher.asked) == load_source(kind).estimate_requests(at(kind), [known])
    if kind != "forgejo":
        again = FakeFetcher({FIRST[kind]: fakes.UNCHANGED})
        fetch(kind, again, after(kind, facts))
        assert len(again.asked) == load_source(kind).estimate_requests(
            at(kind), [after(kind, facts)]
        )


def test_a_name_taken_over_by_another_repository_is_an_error(kind: str) -> None:
    repositories(kind)
    facts = fetch(kind, FakeFetcher(ANSWERS[kind]()))
    known = replace(after(kind, facts), memory=replace(facts.memory, repo_id="8"))
    with pytest.raises(Replaced, match="another repository"):
        fetch(kind, FakeFetcher(ANSWERS[kind]()), known)


def test_a_new_name_is_told(kind: str) -> None:
    repositories(kind)
    answers = ANSWERS[kind]()
    first = copy.deepcopy(answers[FIRST[kind]])
    first["path_with_namespace" if kind == "gitlab" else "full_name"] = "eve/plans"
    renamed = {key.replace("ann/maps", "eve/plans"): value for key, value in answers.items()}
    renamed[FIRST[kind]] = first
    assert fetch(kind, FakeFetcher(renamed)).moved_to == f"https://{HOSTS[kind]}/eve/plans"
    assert fetch(kind, FakeFetcher(answers)).moved_to is None


def test_a_new_name_that_repeats_the_token_is_not_believed(kind: str) -> None:
    """A fetcher puts *** in its place."""
    repositories(kind)
    answers = ANSWERS[kind]()
    told = "path_with_namespace" if kind == "gitlab" else "full_name"
    answers[FIRST[kind]][told] = "ann/***"
    moved = {key.replace("ann/maps", "ann/%2A%2A%2A"): value for key, value in answers.items()}
    with pytest.raises(Malformed, match="it moved to an address that repeats the token"):
        fetch(kind, FakeFetcher(moved | answers))


def test_a_name_in_other_capitals_is_no_new_one(kind: str) -> None:
    repositories(kind)
    answers = ANSWERS[kind]()
    told = "path_with_namespace" if kind == "gitlab" else "full_name"
    answers[FIRST[kind]][told] = "Ann/Maps"
    here = {key.replace("ann/maps", "Ann/Maps"): value for key, value in answers.items()}
    assert fetch(kind, FakeFetcher(here | answers)).moved_to is None


def test_missing_is_missing(kind: str) -> None:
    with pytest.raises(NotFoundUpstream):
        fetch(kind, FakeFetcher({}))


def test_a_repository_of_which_a_part_is_missing_is_there(kind: str) -> None:
    """What is missing again and again counts as gone: a part of it must not."""
    repositories(kind)
    answers = ANSWERS[kind]()
    part = list(answers)[-1]  # commits or contributors
    answers[part] = NotFoundUpstream("404")
    with pytest.raises(RequestFailed, match="it is there, but a part of it is not"):
        fetch(kind, FakeFetcher(answers))


def test_a_limit_is_not_swallowed(kind: str) -> None:
    for asked in ANSWERS[kind]():
        limited = RateLimited("host: limited", NOW + timedelta(hours=1))
        with pytest.raises(RateLimited):
            fetch(kind, FakeFetcher(ANSWERS[kind]() | {asked: limited}))


COMMITS = {
    "github": f"{FIRST['github']}/commits?per_page=1",
    "gitlab": "projects/7/repository/commits?per_page=100&page=1",
    "forgejo": fakes.FORGEJO_PAGE,
    "bitbucket": fakes.BITBUCKET_PAGE,
}
PEOPLE = {
    "github": f"{FIRST['github']}/contributors?per_page=100",
    "gitlab": "projects/7/repository/contributors?per_page=100&order_by=commits&sort=desc&page=1",
}


def commits_in(answers: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the commits of a page, newest first, to be changed in place."""
    page = answers[COMMITS[kind]]
    rows = page.json if isinstance(page, Answer) else page
    found: list[dict[str, Any]] = rows["values"] if kind == "bitbucket" else rows
    return found


def test_a_commit_without_a_date_leaves_what_needs_it_unknown_and_the_rest_is_stored(
    kind: str,
) -> None:
    repositories(kind)
    answers = ANSWERS[kind]()
    whole = fetch(kind, FakeFetcher(answers)).values
    newest = commits_in(answers, kind)[0]
    if kind in ("github", "forgejo"):
        newest["commit"]["committer"] = None
    else:
        newest["committed_date" if kind == "gitlab" else "date"] = None
    facts = fetch(kind, FakeFetcher(answers))
    unknown = {"last_updated"} if kind == "github" else {"last_updated", "commits_over_52"}
    assert facts.values == {name: whole[name] for name in whole if name not in unknown}
    later = fetch(kind, FakeFetcher({FIRST[kind]: fakes.UNCHANGED}), after(kind, facts))
    assert set(later.values) <= {"commits_over_52"} - unknown


def test_a_commit_without_a_name_is_no_failure(kind: str) -> None:
    repositories(kind)
    answers = ANSWERS[kind]()
    whole = fetch(kind, FakeFetcher(answers)).values
    commits_in(answers, kind)[0][{"gitlab": "id", "bitbucket": "hash"}.get(kind, "sha")] = None
    assert fetch(kind, FakeFetcher(answers)).values == whole


def test_contributors_without_a_name_are_left_out(kind: str) -> None:
    if kind not in PEOPLE:
        pytest.skip("it lists no contributors")
    answers = ANSWERS[kind]()
    people = answers[PEOPLE[kind]]
    people.insert(1, {"login": None, "name": None, "commits": None, "type": "User"})
    assert fetch(kind, FakeFetcher(answers)).values["participants"] == ("bob", "ann")
    answers[PEOPLE[kind]] = people[1:2]
    assert "participants" not in fetch(kind, FakeFetcher(answers)).values


def test_commits_whose_authors_are_not_told_say_nothing_of_participants(kind: str) -> None:
    repositories(kind)
    if kind in PEOPLE:
        pytest.skip("it lists contributors")
    answers = ANSWERS[kind]()
    for commit in commits_in(answers, kind):
        commit["author"] = None
        commit.get("commit", {}).pop("author", None)
    facts = fetch(kind, FakeFetcher(answers))
    assert "participants" not in facts.values
    assert facts.values["repo_commit_count"] == 3


def test_a_repository_whose_name_is_not_told_has_not_moved(kind: str) -> None:
    repositories(kind)
    answers = ANSWERS[kind]()
    whole = fetch(kind, FakeFetcher(answers))
    answers[FIRST[kind]]["path_with_namespace" if kind == "gitlab" else "full_name"] = None
    assert fetch(kind, FakeFetcher(answers)) == whole


EMPTY: dict[str, dict[str, Any]] = {
    "github": {
        COMMITS["github"]: Answer(where="w", empty=True),
        PEOPLE["github"]: Answer(where="w", empty=True),
        f"{FIRST['github']}/stats/participation": {"all": [], "owner": []},
    },
    "gitlab": {COMMITS["gitlab"]: []},
    "forgejo": {COMMITS["forgejo"]: Answer(where="w", empty=True)},
    "bitbucket": {COMMITS["bitbucket"]: {"values": []}},
}


@pytest.mark.parametrize("said", [False, True])
def test_an_empty_repository_has_no_commits_and_no_participants(kind: str, said: bool) -> None:
    """Whether or not the repository itself says that it is empty."""
    repositories(kind)
    answers = ANSWERS[kind]() | EMPTY[kind]
    answers[FIRST[kind]].pop("empty", None)
    if said:
        answers[FIRST[kind]] |= {"empty_repo": True, "empty": True, "mainbranch": None}
    facts = fetch(kind, FakeFetcher(answers))
    told = {name: facts.values[name] for name in ("repo_commit_count", "participants")}
    assert told == {"repo_commit_count": 0, "participants": ()}
    assert facts.values["commits_over_52"] == (0,) * 52
    assert facts.values["last_updated"] is None
    assert facts.values["repo_watchers"] == 12
    again = FakeFetcher({FIRST[kind]: fakes.UNCHANGED})
    later = fetch(kind, again, after(kind, facts), NOW + timedelta(days=8))
    assert again.conditional == [FIRST[kind]]
    assert later.values == {"commits_over_52": (0,) * 52}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def places_in(value: Any) -> list[tuple[Any, ...]]:
    """Return every way into a JSON value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [(), *((key, *way) for key, below in inner for way in places_in(below))]


def changed(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    value = copy.copy(value)
    value[way[0]] = changed(value[way[0]], way[1:], new)
    return value


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(choice=st.data())
def test_wrong_json_is_told_and_nothing_else_happens(kind: str, choice: st.DataObject) -> None:
    answers = ANSWERS[kind]()
    asked = choice.draw(st.sampled_from(sorted(answers)))
    whole = answers[asked]
    if not isinstance(whole, Answer):
        whole = Answer(whole, where="host: path")
    way = choice.draw(st.sampled_from(places_in(whole.json)))
    answers[asked] = replace(whole, json=changed(whole.json, way, choice.draw(JSON)))
    with contextlib.suppress(SourceError):
        facts = fetch(kind, FakeFetcher(answers))
        for name, value in facts.values.items():
            FIELDS[name].parse(value)
        RefreshMemory.load(facts.memory.dump())


def test_batches_are_for_github_with_a_token() -> None:
    assert load_batch_source(make_endpoint("github", "github.com")) is None
    assert load_batch_source(make_endpoint("github", "github.com", token="t")) is not None
    assert load_batch_source(make_endpoint("gitlab", "gitlab.com", token="t")) is None
