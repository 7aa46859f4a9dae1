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

from pkgcat.models import PINNABLE
from pkgcat.rules import parse
from pkgcat.sources import REPOSITORIES, SOURCES, batch_source, place
from pkgcat.sources.base import Answer, Facts, Known, Limited, Memory, Missing, Place, Replaced, Source, SourceError
from tests.sources import fakes
from tests.sources.fakes import LAST, NOW, FakeFetcher

WORLDS: dict[str, Callable[[], dict[str, Any]]] = {
    "github": fakes.github,
    "gitlab": fakes.gitlab,
    "forgejo": fakes.forgejo,
    "bitbucket": fakes.bitbucket,
    "pypi": fakes.pypi,
}
HOSTS = {
    "github": "github.com",
    "gitlab": "gitlab.com",
    "forgejo": "codeberg.org",
    "bitbucket": "bitbucket.org",
    "pypi": "pypi.org",
}
FIRST = {"github": "repos/ann/maps", "gitlab": "projects/ann%2Fmaps?license=true", "forgejo": "repos/ann/maps"}
FIRST |= {"bitbucket": "repositories/ann/maps", "pypi": "pypi/maps/json"}


def at(kind: str) -> Place:
    return place(SOURCES[kind], HOSTS[kind])


def path(kind: str) -> str:
    return "maps" if kind == "pypi" else "ann/maps"


def fetch(kind: str, fetcher: FakeFetcher, known: Known | None = None, now: Any = NOW) -> Facts:
    return asyncio.run(SOURCES[kind].fetch(at(kind), known or Known(path(kind)), fetcher, now))


def after(kind: str, facts: Facts) -> Known:
    return Known(path(kind), facts.values, Memory.load(facts.memory.dump()))


@pytest.fixture(params=list(SOURCES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def repositories(kind: str) -> None:
    if kind not in REPOSITORIES:
        pytest.skip("not a repository host")


def test_modules_satisfy_the_protocol(kind: str) -> None:
    source: Source = SOURCES[kind]
    assert kind == source.KIND
    assert source.api_url("example.org").startswith("https://")


def test_facts_are_facts_of_the_right_types(kind: str) -> None:
    facts = fetch(kind, FakeFetcher(WORLDS[kind]()))
    assert set(facts.values) <= PINNABLE | {"documentation_url"}
    for name, value in facts.values.items():
        assert parse(name, value) == value


def test_hosts_tell_the_same_of_the_same_repository(kind: str) -> None:
    repositories(kind)
    told = fetch(kind, FakeFetcher(WORLDS[kind]())).values
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
    memory = fetch(kind, FakeFetcher(WORLDS[kind]())).memory
    assert Memory.load(memory.dump()) == memory != Memory()
    assert Memory.load(Memory().dump()) == Memory()
    assert Memory.load(Memory(commits=0).dump()) == Memory(commits=0)


def test_the_first_refresh_takes_no_unchanged_for_an_answer(kind: str) -> None:
    fetcher = FakeFetcher(WORLDS[kind]())
    fetch(kind, fetcher)
    assert fetcher.conditional == []


def test_unchanged_is_one_request_and_weeks_move_on(kind: str) -> None:
    facts = fetch(kind, FakeFetcher(WORLDS[kind]()))
    fetcher = FakeFetcher({FIRST[kind]: fakes.UNCHANGED})
    again = fetch(kind, fetcher, after(kind, facts), NOW + timedelta(days=1))
    assert fetcher.asked == fetcher.conditional == [FIRST[kind]]
    assert again.stamps == (fakes.UNCHANGED.stamp,)
    assert set(again.values) <= {"commits_over_52"}
    later = fetch("github", fetcher, after("github", facts), NOW + timedelta(days=15)) if kind == "github" else None
    if later:
        assert later.values["commits_over_52"] == tuple(fakes.weeks(w2=2))


def test_the_plan_is_what_is_asked(kind: str) -> None:
    fetcher = FakeFetcher(WORLDS[kind]())
    known = Known(path(kind))
    facts = fetch(kind, fetcher)
    assert len(fetcher.asked) == SOURCES[kind].requests(at(kind), [known])
    if kind != "forgejo":
        again = FakeFetcher({FIRST[kind]: fakes.UNCHANGED})
        fetch(kind, again, after(kind, facts))
        assert len(again.asked) == SOURCES[kind].requests(at(kind), [after(kind, facts)])


def test_a_name_taken_over_by_another_repository_is_an_error(kind: str) -> None:
    repositories(kind)
    facts = fetch(kind, FakeFetcher(WORLDS[kind]()))
    known = replace(after(kind, facts), memory=replace(facts.memory, repo_id="8"))
    with pytest.raises(Replaced, match="another repository"):
        fetch(kind, FakeFetcher(WORLDS[kind]()), known)


def test_a_new_name_is_told(kind: str) -> None:
    repositories(kind)
    world = WORLDS[kind]()
    first = copy.deepcopy(world[FIRST[kind]])
    first["path_with_namespace" if kind == "gitlab" else "full_name"] = "eve/plans"
    renamed = {key.replace("ann/maps", "eve/plans"): value for key, value in world.items()} | {FIRST[kind]: first}
    assert fetch(kind, FakeFetcher(renamed)).moved_to == f"https://{HOSTS[kind]}/eve/plans"
    assert fetch(kind, FakeFetcher(world)).moved_to is None


def test_missing_is_missing(kind: str) -> None:
    with pytest.raises(Missing):
        fetch(kind, FakeFetcher({}))


def test_a_limit_is_not_swallowed(kind: str) -> None:
    for asked in WORLDS[kind]():
        limited = Limited("host: limited", NOW + timedelta(hours=1))
        with pytest.raises(Limited):
            fetch(kind, FakeFetcher(WORLDS[kind]() | {asked: limited}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def places_in(value: Any) -> list[tuple[Any, ...]]:
    """Return every way into a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *way) for key, below in inner for way in places_in(below))]


def changed(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    value = copy.copy(value)
    value[way[0]] = changed(value[way[0]], way[1:], new)
    return value


@pytest.mark.parametrize("kind", list(SOURCES))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(choice=st.data())
def test_wrong_json_is_told_and_nothing_else_happens(kind: str, choice: st.DataObject) -> None:
    world = WORLDS[kind]()
    asked = choice.draw(st.sampled_from(sorted(world)))
    whole = world[asked] if isinstance(world[asked], Answer) else Answer(world[asked], where="host: path")
    way = choice.draw(st.sampled_from(places_in(whole.json)))
    world[asked] = replace(whole, json=changed(whole.json, way, choice.draw(JSON)))
    with contextlib.suppress(SourceError):
        facts = fetch(kind, FakeFetcher(world))
        for name, value in facts.values.items():
            parse(name, value)
        Memory.load(facts.memory.dump())


def test_batches_are_for_github_with_a_token() -> None:
    github = SOURCES["github"]
    assert batch_source(place(github, "github.com")) is None
    assert batch_source(place(github, "github.com", token="t")) is not None
    assert batch_source(place(SOURCES["gitlab"], "gitlab.com", token="t")) is None
