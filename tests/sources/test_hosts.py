"""What only GitLab, Forgejo or Bitbucket do."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pkgcat.http.endpoint import make_endpoint
from pkgcat.http.errors import Malformed, NotFoundUpstream, ServerError
from pkgcat.http.responses import Answer
from pkgcat.model import limits
from pkgcat.model.source_data import Facts, StoredPackage
from pkgcat.sources.registry import load_source
from tests.sources import fakes
from tests.sources.fakes import LAST, NOW, OLD, FakeFetcher, iso, weeks

HOSTS = {"gitlab": "gitlab.com", "forgejo": "codeberg.org", "bitbucket": "bitbucket.org"}
LATER = NOW + timedelta(days=1)


def fetch(
    kind: str, world: dict[str, Any], known: StoredPackage | None = None, now: Any = NOW
) -> tuple[Facts, list[str]]:
    fetcher = FakeFetcher(world)
    at = make_endpoint(kind, HOSTS[kind])
    facts = asyncio.run(
        load_source(kind).fetch(at, known or StoredPackage("ann/maps"), fetcher, now)
    )
    return facts, fetcher.asked


def stored(kind: str, world: dict[str, Any]) -> StoredPackage:
    facts, _ = fetch(kind, world)
    return StoredPackage("ann/maps", facts.values, facts.memory)


# GitLab

PROJECT = "projects/ann%2Fmaps?license=true"
REPOSITORY = "projects/7/repository"
COMMITS = f"{REPOSITORY}/commits?per_page=100&page="
PEOPLE = f"{REPOSITORY}/contributors?per_page=100&order_by=commits&sort=desc&page="


def test_gitlab_groups_are_one_segment() -> None:
    fetcher = FakeFetcher({})
    try:
        asyncio.run(
            load_source("gitlab").fetch(
                make_endpoint("gitlab", "x.org"), StoredPackage("a/b/c"), fetcher, NOW
            )
        )
    except NotFoundUpstream:
        assert fetcher.asked == ["projects/a%2Fb%2Fc?license=true"]


def test_gitlab_without_a_token_leaves_unknown_what_it_does_not_tell() -> None:
    world = fakes.gitlab()
    for key in ("archived", "open_issues_count", "license"):
        del world[PROJECT][key]
    facts, _ = fetch("gitlab", world)
    assert not {"repo_archived", "repo_open_issues", "repo_license"} & set(facts.values)
    assert facts.values["repo_watchers"] == 12


def test_gitlab_same_activity_asks_for_no_commits() -> None:
    known = stored("gitlab", fakes.gitlab())
    world = fakes.gitlab()
    world[PROJECT]["star_count"] = 13
    facts, asked = fetch("gitlab", world, known, NOW + timedelta(days=7))
    assert asked == [PROJECT]
    assert facts.values["repo_watchers"] == 13
    assert facts.values["commits_over_52"] == tuple(weeks(w1=2))


def test_gitlab_walks_pages_until_the_year_is_over() -> None:
    world = fakes.gitlab()
    rows = world[COMMITS + "1"]
    world[COMMITS + "1"] = Answer(rows[:2], {"x-next-page": "2"}, "w")
    world[COMMITS + "2"] = Answer(rows[2:], {"x-next-page": "3"}, "w")
    facts, asked = fetch("gitlab", world)
    assert COMMITS + "3" not in asked
    assert facts.values["commits_over_52"] == tuple(weeks(w0=2))


def test_gitlab_before_16_9_counts_by_paging() -> None:
    world = fakes.gitlab()
    del world[f"{REPOSITORY}/commits/c3/sequence"]
    old = [{"id": "c3", "committed_date": iso(OLD)}] * 100
    world[COMMITS + "1"] = Answer(old, {"x-next-page": "2"}, "w")
    world[COMMITS + "2"] = Answer(old[:50], {"x-next-page": ""}, "w")
    facts, _ = fetch("gitlab", world)
    assert facts.values["repo_commit_count"] == 150


def test_gitlab_one_name_is_one_participant_and_no_address_is_stored() -> None:
    rows = [
        ("Ann", "a@x.org", 3),
        ("eve@x.org", "eve@x.org", 5),
        ("Ann", "b@x.org", 4),
        ("", "c@x.org", 9),
    ]
    people = [{"name": name, "email": mail, "commits": commits} for name, mail, commits in rows]
    facts, _ = fetch("gitlab", fakes.gitlab() | {PEOPLE + "1": people})
    assert facts.values["participants"] == ("Ann", "eve")


def test_gitlab_contributors_without_end_are_asked_for_up_to_the_limit() -> None:
    world = fakes.gitlab()
    for page in range(1, 20):
        people = [{"name": f"Ann {page} {number}", "commits": 1} for number in range(4_000)]
        world[f"{PEOPLE}{page}"] = Answer(people, {"x-next-page": str(page + 1)}, "w")
    facts, asked = fetch("gitlab", world)
    participants = facts.values["participants"]
    assert isinstance(participants, tuple)
    assert len(participants) == limits.MAX_PARTICIPANTS
    assert sum("/contributors" in path for path in asked) == 3


def test_gitlab_a_name_too_long_to_be_one_is_left_out() -> None:
    people = [
        {"name": name, "commits": 1} for name in ("Ann", "x" * 300, f"Bob{' ' * 100_000}<b@x.org>")
    ]
    facts, _ = fetch("gitlab", fakes.gitlab() | {PEOPLE + "1": people})
    assert facts.values["participants"] == ("Ann", "Bob")


def test_gitlab_names_too_long_to_be_one_leave_participants_unknown() -> None:
    people = [{"name": "x" * 300, "commits": 1}]
    facts, _ = fetch("gitlab", fakes.gitlab() | {PEOPLE + "1": people})
    assert "participants" not in facts.values


def test_gitlab_empty_and_closed_repositories() -> None:
    empty, asked = fetch("gitlab", {PROJECT: fakes.gitlab()[PROJECT] | {"empty_repo": True}})
    assert asked == [PROJECT]
    assert empty.values["repo_commit_count"] == 0
    closed, asked = fetch("gitlab", {PROJECT: fakes.gitlab()[PROJECT] | {"default_branch": None}})
    assert asked == [PROJECT]
    assert "repo_commit_count" not in closed.values


def test_gitlab_code_that_is_not_public_leaves_commits_unknown() -> None:
    facts, asked = fetch("gitlab", {PROJECT: fakes.gitlab()[PROJECT]})
    assert asked == [PROJECT, f"{COMMITS}1"]
    assert facts.values["repo_watchers"] == 12
    assert not {"repo_commit_count", "participants", "last_updated"} & set(facts.values)


# Forgejo

SINCE = fakes.FORGEJO_PAGE.replace("page=1", "page=1&not=c3")


def forgejo_after_a_push() -> dict[str, Any]:
    world = fakes.forgejo()
    new = {
        "sha": "c4",
        "author": None,
        "commit": {"author": {"name": "Eve"}, "committer": {"date": iso(NOW)}},
    }
    whole = world[fakes.FORGEJO_PAGE]
    headers = {"x-total-count": "4", "x-hasmore": "false"}
    world[fakes.FORGEJO_PAGE] = Answer([new, *whole.json], headers, whole.where)
    world[SINCE] = Answer([new], {"x-total-count": "1", "x-hasmore": "false"}, whole.where)
    return world


def test_forgejo_unchanged_is_two_requests() -> None:
    nothing = Answer([], {"x-total-count": "0"}, "w")
    known = stored("forgejo", fakes.forgejo())
    facts, asked = fetch(
        "forgejo", fakes.forgejo() | {SINCE: nothing}, known, NOW + timedelta(days=7)
    )
    assert asked == ["repos/ann/maps", SINCE]
    assert facts.values["commits_over_52"] == tuple(weeks(w1=2))
    assert "participants" not in facts.values


def test_forgejo_never_asks_since_a_date() -> None:
    _, asked = fetch("forgejo", fakes.forgejo())
    assert not [path for path in asked if "since" in path]


def test_forgejo_new_commits_are_added() -> None:
    facts, _ = fetch("forgejo", forgejo_after_a_push(), stored("forgejo", fakes.forgejo()), LATER)
    assert facts.values["repo_commit_count"] == 4
    assert facts.values["participants"] == ("bob", "ann", "Eve")
    assert facts.values["last_updated"] == NOW
    assert facts.values["commits_over_52"] == tuple(weeks(w0=3))
    assert facts.memory.head == "c4"


def test_forgejo_after_a_push_pages_are_walked_until_the_year_is_over() -> None:
    world = forgejo_after_a_push()
    first = world[fakes.FORGEJO_PAGE]
    more = {"x-total-count": "200", "x-hasmore": "true"}
    old = {"sha": "c0", "author": None, "commit": {"committer": {"date": iso(OLD)}}}
    second, third = (fakes.FORGEJO_PAGE.replace("page=1", f"page={page}") for page in (2, 3))
    world[fakes.FORGEJO_PAGE] = Answer(first.json, more, "w")
    world[second] = Answer([old], more, "w")
    facts, asked = fetch("forgejo", world, stored("forgejo", fakes.forgejo()), LATER)
    assert asked == ["repos/ann/maps", SINCE, fakes.FORGEJO_PAGE, second]
    assert third not in asked
    assert facts.values["commits_over_52"] == tuple(weeks(w0=3))


def test_forgejo_after_a_forced_push_everything_is_counted_again() -> None:
    known = stored("forgejo", fakes.forgejo())
    for error in (ServerError("git: bad revision"), NotFoundUpstream("404")):
        facts, _ = fetch("forgejo", forgejo_after_a_push() | {SINCE: error}, known, LATER)
        assert set(facts.memory.tally) == {"bob", "ann", "Eve"}


def test_forgejo_short_pages_are_not_the_end() -> None:
    world = fakes.forgejo()
    rows = world[fakes.FORGEJO_PAGE].json
    headers = {"x-total-count": "3", "x-hasmore": "true"}
    second = fakes.FORGEJO_PAGE.replace("page=1", "page=2")
    world |= {
        fakes.FORGEJO_PAGE: Answer(rows[:1], headers, "w"),
        second: Answer(rows[1:], {"x-hasmore": "false"}, "w"),
    }
    facts, _ = fetch("forgejo", world)
    assert facts.values["participants"] == ("bob", "ann")
    assert facts.values["repo_commit_count"] == 3


def test_forgejo_remembers_no_more_names_than_are_stored() -> None:
    known = stored("forgejo", fakes.forgejo())
    tally = {f"name {number}": 3 for number in range(30_000)}
    known = replace(known, memory=replace(known.memory, tally=tally))
    facts, _ = fetch("forgejo", forgejo_after_a_push(), known, LATER)
    assert facts.values["participants"] == tuple(
        f"name {number}" for number in range(limits.MAX_PARTICIPANTS)
    )
    assert len(facts.memory.tally) == limits.MAX_PARTICIPANTS


def test_forgejo_empty_repository_and_unknown_licences() -> None:
    world = fakes.forgejo() | {fakes.FORGEJO_PAGE: Answer(where="w", empty=True)}
    world["repos/ann/maps"] |= {"empty": True, "licenses": ["MIT", "Apache-2.0"]}
    facts, _ = fetch("forgejo", world)
    assert facts.values["repo_commit_count"] == 0
    assert "repo_license" not in facts.values


def test_forgejo_no_commits_of_a_repository_that_is_not_empty_are_not_believed() -> None:
    world = fakes.forgejo() | {fakes.FORGEJO_PAGE: Answer(where="w", empty=True)}
    world["repos/ann/maps"]["empty"] = False
    with pytest.raises(Malformed, match="it is not empty, and has no commits"):
        fetch("forgejo", world)


# Bitbucket

EXCLUDE = f"{fakes.BITBUCKET_PAGE}&exclude=c3"


def bitbucket_after_a_push() -> dict[str, Any]:
    world = fakes.bitbucket()
    world["repositories/ann/maps"]["updated_on"] = iso(NOW)
    new = {"hash": "c4", "date": iso(NOW), "author": {"raw": "Eve <eve@x.org>"}}
    world[EXCLUDE] = {"values": [new]}
    world[fakes.BITBUCKET_PAGE]["values"].insert(0, new)
    return world


def test_bitbucket_unchanged_is_one_request() -> None:
    _, asked = fetch("bitbucket", fakes.bitbucket(), stored("bitbucket", fakes.bitbucket()))
    assert asked == ["repositories/ann/maps"]


def test_bitbucket_new_commits_are_added_and_addresses_left_out() -> None:
    facts, _ = fetch(
        "bitbucket", bitbucket_after_a_push(), stored("bitbucket", fakes.bitbucket()), LATER
    )
    assert facts.values["repo_commit_count"] == 4
    assert facts.values["participants"] == ("bob", "ann", "Eve")
    assert facts.values["commits_over_52"] == tuple(weeks(w0=3))


def test_bitbucket_updated_without_commits_keeps_its_weeks() -> None:
    world = bitbucket_after_a_push() | {EXCLUDE: {"values": []}}
    facts, _ = fetch("bitbucket", world, stored("bitbucket", fakes.bitbucket()))
    assert "participants" not in facts.values
    assert facts.memory.pushed == iso(NOW)
    assert facts.memory.commits == 3


def test_bitbucket_after_a_forced_push_everything_is_counted_again() -> None:
    world = bitbucket_after_a_push()
    del world[EXCLUDE]
    facts, _ = fetch("bitbucket", world, stored("bitbucket", fakes.bitbucket()), LATER)
    assert facts.values["repo_commit_count"] == 4


def test_bitbucket_follows_next_as_it_is() -> None:
    world = fakes.bitbucket()
    page = world[fakes.BITBUCKET_PAGE]["values"]
    following = "https://api.bitbucket.org/2.0/opaque?ctx=1"
    world[fakes.BITBUCKET_PAGE] = {"values": page[:2], "next": following}
    facts, asked = fetch("bitbucket", world | {following: {"values": page[2:]}})
    assert asked[-1] == following
    assert facts.values["repo_commit_count"] == 3


def test_bitbucket_a_branch_without_a_name_leaves_commits_unknown() -> None:
    world = fakes.bitbucket()
    world["repositories/ann/maps"]["mainbranch"] = {"type": "branch"}
    facts, asked = fetch("bitbucket", world)
    assert facts.values["repo_watchers"] == 12
    assert not {"repo_commit_count", "last_updated", "commits_over_52"} & set(facts.values)
    assert not [path for path in asked if "/commits" in path]


def test_bitbucket_without_a_branch_is_empty() -> None:
    world = fakes.bitbucket()
    world["repositories/ann/maps"]["mainbranch"] = None
    facts, _ = fetch("bitbucket", world)
    assert facts.values["repo_commit_count"] == 0
    assert facts.values["last_updated"] is None
    assert LAST not in facts.values.values()
