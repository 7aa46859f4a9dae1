"""refresh against a server that speaks the hosts' dialects: few requests, and nothing harmed
by a failure.
"""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.config import Settings
from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.errors import NoAnswer, RateLimited, RequestFailed
from pkgcat.http.responses import Answer
from pkgcat.model.hosts import NO_HOST_KINDS, HostKinds
from pkgcat.model.query import Query
from pkgcat.model.source_data import Facts, RefreshMemory
from pkgcat.services import refresh as refresh_service
from pkgcat.services.endpoints import FindEndpoint
from pkgcat.services.refresh import RefreshedPackage, refresh_each, refresh_packages
from pkgcat.store import Store, edits, hosts, packages
from pkgcat.store import refresh_store as facts
from pkgcat.store.log import history, undo
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import NOW
from tests.online import REPOSITORY, STATE, add, config, record, refresh
from tests.sources.fakes import FakeFetcher, Turns, forgejo, gitlab
from tests.upstream import Upstream, World, faults, sample_world
from tests.upstream.small import NOW as SMALL_NOW

DAY = timedelta(days=1)


def address(kind: str) -> str:
    return "https://" + "/".join(REPOSITORY[kind])


@pytest.mark.parametrize("kind", REPOSITORY)
def test_a_first_refresh_fills_the_record_from_each_kind_of_host(
    store: Store, upstream: Upstream, kind: str
) -> None:
    add(store, "maps", repo_url=address(kind), pypi_url="django-maps")
    found = refresh(store, upstream, now=SMALL_NOW)["maps"]
    assert (found.status, found.errors) == ("changed", ())
    told = record(store, "maps")
    assert (told["repo_host"], told["repo_description"], told["repo_forks"]) == (kind, "Maps", 37)
    assert told["repo_watchers"] == (16 if kind == "bitbucket" else 12)
    assert told["repo_commit_count"] == 70
    assert (len(told["commits_over_52"]), sum(told["commits_over_52"])) == (52, 52)
    assert told["participants"]
    assert not any("@" in name for name in told["participants"])
    assert (told["pypi_version"], told["pypi_status"], told["pypi_yanked"]) == (
        "2.0",
        "active",
        False,
    )
    assert told["last_fetched"] == "2026-11-20T15:04:05Z"
    assert (told["last_error"], told["error_count"]) == (None, 0)


@pytest.mark.parametrize("kind", REPOSITORY)
def test_a_second_refresh_asks_little_and_changes_nothing(
    store: Store, upstream: Upstream, kind: str
) -> None:
    add(store, "maps", repo_url=address(kind), pypi_url="django-maps")
    refresh(store, upstream, now=SMALL_NOW)
    before = record(store, "maps", without={"last_fetched"})
    logged = store.value("SELECT count(*) FROM changes")
    upstream.clear()
    assert refresh(store, upstream, now=SMALL_NOW + DAY)["maps"].status == "unchanged"
    assert record(store, "maps", without={"last_fetched"}) == before
    assert store.value("SELECT count(*) FROM changes") == logged
    assert upstream.counts()[kind] <= 2
    assert upstream.statuses("pypi") == {304: 1}


@pytest.mark.long
def test_1000_packages_with_a_token_need_few_requests(store: Store) -> None:
    count = 300
    world = sample_world(count, 1, kinds=["github"], now=NOW)
    listed = [world.packages.get(1001 + number) for number in range(count)]
    with begin_operation(store, "add", NOW, kind="add") as operation:
        for package in filter(None, listed):
            edits.add(
                operation,
                {
                    "slug": package.slug,
                    "title": package.slug,
                    "repo_url": package.repo_url,
                    "pypi_url": package.pypi_url or None,
                },
            )
    with Upstream(world) as upstream:
        upstream.unlimited()
        first = refresh(store, upstream, token="canary")
        assert {one.status for one in first.values()} == {"changed"}
        assert upstream.counts()["github"] <= 3 * count
        assert upstream.counts()["graphql"] <= 0.1 * count
        upstream.clear()
        second = refresh(store, upstream, token="canary", now=NOW + DAY)
        assert {one.status for one in second.values()} == {"unchanged"}
        assert upstream.counts()["github"] + upstream.counts()["graphql"] <= 0.1 * count
        assert upstream.counts()["pypi"] <= count
        assert set(upstream.statuses("pypi")) == {304}
        upstream.clear()
        refresh(store, upstream, now=NOW + 2 * DAY)  # without a token: its own validators, once
        upstream.clear()
        refresh(store, upstream, now=NOW + 3 * DAY)
        assert upstream.counts()["github"] == count
        assert set(upstream.statuses("github")) == {304}


HARMLESS = {"202", "304"}


@pytest.mark.parametrize("name", [name for name in faults.EVERY if name not in ("endless", "bomb")])
@pytest.mark.parametrize("half", ["github", "pypi"])
def test_a_fault_of_one_half_harms_neither_it_nor_the_other(
    store: Store, world: World, upstream: Upstream, half: str, name: str
) -> None:
    add(
        store,
        "maps",
        repo_url=address("github"),
        pypi_url="django-maps",
        notes="mine",
        tags=("geo",),
    )
    add(store, "other", repo_url=address("gitlab"))
    refresh(store, upstream, now=SMALL_NOW)
    before = record(store, "maps", without=STATE)
    world.star(world.repository("github", "ann/maps"), 5)
    world.push(world.repository("github", "ann/maps"), 1, login="bob", date=SMALL_NOW)
    world.release(world.project("django-maps"), "3.0", date=SMALL_NOW)
    world.star(world.repository("gitlab", "group/sub/maps"), 1)
    upstream.clear()
    upstream.faults.add(f"/{half}/*", faults.EVERY[name])
    found = refresh(store, upstream, now=SMALL_NOW + DAY, timeout=1, max_wait=0)
    after = record(store, "maps", without=STATE)
    mine = {
        field
        for field in after
        if field.startswith("pypi_" if half == "pypi" else ("repo_", "commits_"))
    }
    mine |= {"participants", "last_updated", "score"} if half == "github" else {"documentation_url"}
    if found["maps"].errors:
        assert {field: after[field] for field in mine} == {field: before[field] for field in mine}
        assert found["maps"].status in ("failed", "blocked", "limited")
        assert record(store, "maps")["last_fetched"] == "2026-11-20T15:04:05Z"
    if half == "github":
        assert after["pypi_version"] == "3.0"
    else:
        assert after["repo_watchers"] == 17
    assert (after["notes"], after["tags"], after["title"]) == ("mine", ["geo"], "maps")
    assert found["other"].status == "changed"
    assert record(store, "other")["repo_watchers"] == 13


@pytest.mark.parametrize("kind", REPOSITORY)
def test_a_renamed_repository_is_followed_and_its_new_address_stored(
    store: Store, world: World, upstream: Upstream, kind: str
) -> None:
    host, path = REPOSITORY[kind]
    add(store, "maps", repo_url=address(kind))
    refresh(store, upstream, now=SMALL_NOW)
    renamed = f"{path.rsplit('/', 1)[0]}/atlas"
    world.rename(world.repository(kind, path), renamed)
    assert refresh(store, upstream, now=SMALL_NOW + DAY)["maps"].status == "moved"
    assert record(store, "maps")["repo_url"] == f"https://{host}/{renamed}"
    row = store.rows("SELECT old, new FROM changes WHERE field = 'repo_url'").fetchone()
    assert packages.slug(store, packages.find(store, f"https://{host}/{renamed}")) == "maps"
    assert row == (address(kind), f"https://{host}/{renamed}")
    assert refresh(store, upstream, now=SMALL_NOW + 2 * DAY)["maps"].status == "unchanged"


def test_a_repository_that_moved_onto_anothers_address_is_shared(
    store: Store, world: World, upstream: Upstream
) -> None:
    add(store, "maps", repo_url=address("github"))
    add(store, "atlas", repo_url="https://github.com/ann/atlas")
    world.rename(world.repository("github", "ann/maps"), "ann/atlas")
    refresh(store, upstream, "maps", now=SMALL_NOW)
    told = record(store, "maps")
    assert (told["repo_url"], told["last_error"]) == ("https://github.com/ann/atlas", None)


def test_a_name_taken_over_by_another_repository_is_an_error_not_facts(
    store: Store, world: World, upstream: Upstream
) -> None:
    add(store, "maps", repo_url=address("github"))
    refresh(store, upstream, now=SMALL_NOW)
    before = record(store, "maps", without=STATE)
    world.take_over("github", "ann/maps", description="Spam", stars=9000)
    found = refresh(store, upstream, now=SMALL_NOW + DAY)["maps"]
    assert found.status == "failed"
    assert "another repository" in found.errors[0]
    assert record(store, "maps", without=STATE) == before


def test_three_days_of_404_make_it_gone_and_one_success_brings_it_back(
    store: Store, world: World, upstream: Upstream
) -> None:
    add(store, "maps", repo_url=address("github"), pypi_url="django-maps")
    refresh(store, upstream, now=SMALL_NOW)
    before = record(store, "maps", without=STATE)
    repository = world.repository("github", "ann/maps")
    world.delete(repository)
    for hours, verdict in (
        (24, "failed"),
        (25, "failed"),
        (48, "failed"),
        (72, "gone"),
        (96, "gone"),
    ):
        found = refresh(store, upstream, now=SMALL_NOW + timedelta(hours=hours))["maps"]
        assert found.status == verdict, hours
    assert record(store, "maps")["gone"] == ["repository"]
    assert record(store, "maps", without=STATE) == before
    world.restore(repository)
    assert refresh(store, upstream, now=SMALL_NOW + 5 * DAY)["maps"].status in (
        "changed",
        "unchanged",
    )
    assert (record(store, "maps")["gone"], record(store, "maps")["error_count"]) == ([], 0)


def test_a_failure_counts_where_its_host_answered_another_package_later(store: Store) -> None:
    for slug in ("a", "b", "c"):
        add(store, slug, repo_url=f"https://gitlab.com/ann/{slug}")
    add(store, "d", repo_url="https://codeberg.org/ann/d")
    silent = NoAnswer("gitlab.com", "it hung up")
    fetcher = FakeFetcher(
        {
            "projects/ann%2Fa?license=true": silent,
            "projects/ann%2Fb?license=true": silent,
            "repos/ann/d": NoAnswer("codeberg.org", "it hung up"),
        }
    )
    found = asked(store, fetcher)  # GitLab says that c is missing
    assert {one.status for one in found.values()} == {"failed"}
    assert [record(store, slug)["error_count"] for slug in ("a", "b", "c", "d")] == [1, 1, 1, 0]
    assert record(store, "a")["last_error"] == "cannot reach gitlab.com: it hung up"
    assert record(store, "d")["last_error"] is None
    tried = store.rows("SELECT DISTINCT last_tried IS NULL FROM facts").fetchall()
    assert tried == [(0,)], "the next run begins with others"


def test_a_package_is_marked_once_though_two_of_its_hosts_failed(store: Store) -> None:
    add(store, "a", repo_url="https://gitlab.com/ann/a", pypi_url="a")
    add(store, "b", repo_url="https://gitlab.com/ann/b")
    silent = NoAnswer("gitlab.com", "it hung up")
    answers = {
        "projects/ann%2Fa?license=true": silent,
        "pypi/a/json": RequestFailed("pypi.org: 500"),
    }
    asked(store, FakeFetcher(answers))  # GitLab says that b is missing
    assert (record(store, "a")["error_count"], record(store, "a")["last_error"]) == (
        1,
        "pypi.org: 500",
    )


def test_a_host_of_which_only_the_limit_is_known_has_not_answered(store: Store) -> None:
    for slug in ("a", "b"):
        add(store, slug, repo_url=f"https://gitlab.com/ann/{slug}")
    answers = {
        "projects/ann%2Fa?license=true": NoAnswer("gitlab.com", "it hung up"),
        "projects/ann%2Fb?license=true": RateLimited("gitlab.com: limited", NOW + DAY),
    }
    found = asked(store, FakeFetcher(answers))
    assert (found["a"].status, found["b"].status) == ("failed", "limited")
    assert record(store, "a")["error_count"] == 0


def test_what_the_settings_tell_of_a_host_counts_more_than_what_was_stored(store: Store) -> None:
    add(store, "maps", repo_url="https://git.example.org/ann/maps")
    store.rows("INSERT INTO hosts VALUES ('git.example.org', NULL)")
    found = asked(store, FakeFetcher(forgejo()), {"git.example.org": "forgejo"})
    assert found["maps"].status == "changed"


@pytest.mark.parametrize("faults_by_day", [[500, 500, 500, 500], [404, 500, 404, 502, 403]])
def test_only_days_on_which_a_thing_was_missing_count_towards_gone(
    store: Store, upstream: Upstream, faults_by_day: list[int]
) -> None:
    add(store, "maps", repo_url=address("github"))
    refresh(store, upstream, now=SMALL_NOW)
    for day, fault in enumerate(faults_by_day, start=1):
        upstream.clear()
        upstream.faults.add("/github/*", fault)
        found = refresh(store, upstream, now=SMALL_NOW + day * DAY)["maps"]
        assert found.status == "failed"
    assert record(store, "maps")["gone"] == []
    if 404 in faults_by_day:
        upstream.clear()
        upstream.faults.add("/github/*", 404)
        assert refresh(store, upstream, now=SMALL_NOW + 9 * DAY)["maps"].status == "gone"


@pytest.mark.parametrize("part", ["contributors", "commits", "stats/participation"])
def test_validators_are_stored_with_their_facts_and_not_before(
    store: Store, upstream: Upstream, part: str
) -> None:
    """Else the next answer would be 'unchanged', of facts that were never stored."""
    add(store, "maps", repo_url=address("github"))
    upstream.faults.add(f"/github/repos/ann/maps/{part}", 404)
    assert refresh(store, upstream, now=SMALL_NOW)["maps"].status == "failed"
    assert store.value("SELECT count(*) FROM validators") == 0
    upstream.clear()
    assert refresh(store, upstream, now=SMALL_NOW + DAY)["maps"].status == "changed"
    assert not any("if-none-match" in request.headers for request in upstream.requests)
    assert record(store, "maps")["repo_commit_count"] == 70
    assert store.value("SELECT count(*) FROM validators") == 1


def test_facts_that_cannot_be_stored_leave_no_validators(store: Store, upstream: Upstream) -> None:
    add(store, "maps", repo_url=address("github"), pypi_url="django-maps")
    store.rows(
        """CREATE TEMP TRIGGER full BEFORE UPDATE OF pypi_version ON main.facts
        BEGIN SELECT RAISE(ABORT, 'no room'); END"""
    )
    with pytest.raises(sqlite3.IntegrityError, match="no room"):
        refresh(store, upstream, now=SMALL_NOW)
    assert store.value("SELECT count(*) FROM validators") == 0
    assert store.value("SELECT count(*) FROM refresh_sources") == 0
    assert record(store, "maps")["repo_watchers"] is None


def test_the_service_of_the_command_cannot_write_a_persons_words(
    store: Store, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing sets the authorizer here but what the command calls."""
    add(store, "maps", repo_url=address("github"))
    for name, value in config(upstream, tmp_path).items():
        monkeypatch.setenv(name, value)
    refused: list[str] = []

    def write(package: RefreshedPackage) -> None:
        try:
            store.rows("UPDATE packages SET notes = 'x'")
        except sqlite3.DatabaseError as error:
            refused.append(str(error))

    operation = Operation(store, "refresh --all", NOW, "refresh")
    keys = facts.due_keys(store, Query(NOW))
    asyncio.run(refresh_packages(operation, keys, Settings(), lambda: SMALL_NOW, write))
    assert refused == ["not authorized"]
    assert record(store, "maps")["repo_watchers"] == 12


def test_a_package_is_stored_before_it_is_told_and_no_transaction_is_open_meanwhile(
    store: Store, catalog: Path
) -> None:
    for slug in ("maps", "atlas"):
        add(store, slug, repo_url=f"https://gitlab.com/ann/{slug}")
    answers = gitlab()
    project = answers["projects/ann%2Fmaps?license=true"]
    answers["projects/ann%2Fatlas?license=true"] = project | {"path_with_namespace": "ann/atlas"}
    told: list[str] = []

    async def tell_all() -> None:
        operation = Operation(store, "refresh --all", NOW, "refresh")
        keys = facts.due_keys(store, Query(NOW))
        each = refresh_each(operation, keys, FakeFetcher(answers), make_endpoint, {}, lambda: NOW)
        async for package in each:
            assert not store.connection.in_transaction
            with closing(sqlite3.connect(catalog, timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                (stars,) = other.execute(
                    """SELECT repo_watchers FROM facts JOIN packages USING (key)
                    WHERE slug = ? AND last_fetched IS NOT NULL""",
                    (package.slug,),
                ).fetchone()
                other.execute("ROLLBACK")
            assert stars == 12
            told.append(package.slug)

    asyncio.run(tell_all())
    assert sorted(told) == ["atlas", "maps"]


def test_no_more_packages_than_a_window_are_under_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refresh_service.WINDOW <= 1000
    monkeypatch.setattr(refresh_service, "WINDOW", 10)
    for number in range(35):
        add(store, f"maps{number}", repo_url=f"https://gitlab.com/ann/maps{number}")
    asked_for: list[str] = []
    under_way: list[int] = []

    class Counting(FakeFetcher):
        async def get(self, endpoint: Endpoint, path: str, **options: Any) -> Answer:
            asked_for.append(path)
            await asyncio.sleep(0)
            return await super().get(endpoint, path, **options)

    async def tell_all() -> int:
        operation = Operation(store, "refresh --all", NOW, "refresh")
        keys = facts.due_keys(store, Query(NOW))
        told = 0
        each = refresh_each(operation, keys, Counting({}), make_endpoint, {}, lambda: NOW)
        async for _ in each:
            under_way.append(len(asked_for) - told)
            told += 1
        return told

    assert asyncio.run(tell_all()) == 35
    assert max(under_way) <= 10


def test_words_links_and_pinned_facts_are_the_same_after_any_refresh(
    store: Store, world: World, upstream: Upstream
) -> None:
    key = add(
        store,
        "maps",
        repo_url=address("github"),
        pypi_url="django-maps",
        notes="n",
        tags=("a",),
        category="apps",
    )
    words = {
        "documentation_url": "https://docs.example.org/",
        "repo_description": "My own words",
        "repo_watchers": 5,
    }
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        edits.edit(operation, key, dict(words))
    before = record(store, "maps")
    refresh(store, upstream, now=SMALL_NOW)
    after = record(store, "maps")
    mine = (
        "title",
        "slug",
        "category",
        "notes",
        "tags",
        "repo_url",
        "pypi_url",
        "created",
        "modified",
        "pinned",
        *words,
    )
    assert {name: after[name] for name in mine} == {name: before[name] for name in mine}
    assert after["repo_forks"] == 37
    with begin_operation(store, "unpin", NOW, kind="edit") as operation:
        edits.unpin(operation, key, {"repo_watchers", "repo_description"})
    assert (record(store, "maps")["repo_watchers"], record(store, "maps")["repo_description"]) == (
        12,
        "Maps",
    )


def test_the_refresh_connection_cannot_write_a_persons_words(store: Store) -> None:
    add(store, "maps", repo_url=address("github"))
    facts.guard(store)
    for statement in (
        "UPDATE packages SET title = 'x'",
        "UPDATE packages SET notes = 'x', rev = 9",
        "DELETE FROM packages",
        "UPDATE packages SET pinned = '[]'",
        "INSERT INTO tags VALUES ('x', 1)",
        "DELETE FROM categories",
    ):
        with pytest.raises(Exception, match="not authorized"):
            store.rows(statement)
    store.rows("UPDATE facts SET repo_watchers = 1")


def test_a_short_limit_is_waited_for_and_a_long_one_stops_that_host_only(
    store: Store, world: World, upstream: Upstream
) -> None:
    add(store, "maps", repo_url=address("github"), pypi_url="django-maps")
    add(store, "other", repo_url=address("gitlab"))
    upstream.faults.add("/github/*", faults.limited(reset_in=2400))
    found = refresh(store, upstream, now=SMALL_NOW)
    assert (found["maps"].status, found["other"].status) == ("limited", "changed")
    assert found["maps"].until is not None
    told = record(store, "maps")
    assert (
        told["pypi_version"],
        told["last_error"],
        told["error_count"],
        told["last_fetched"],
    ) == (
        "2.0",
        None,
        0,
        None,
    )
    assert store.rows(
        "SELECT slug FROM packages WHERE key = ?", (facts.due_keys(store, Query(NOW))[0],)
    ).fetchone() == ("maps",), "the next run begins with what was left"


def test_an_unknown_host_keeps_its_facts_and_is_said(store: Store, upstream: Upstream) -> None:
    add(
        store,
        "old",
        repo_url="http://code.google.com/p/old/",
        repo_watchers=7,
        pypi_url="django-maps",
    )
    store.rows("INSERT INTO hosts VALUES ('code.google.com', NULL)")
    found = refresh(store, upstream, now=SMALL_NOW)["old"]
    assert found.status == "changed"
    assert "code.google.com" in found.notes[0]
    assert record(store, "old")["repo_watchers"] == 7


def test_52_weeks_move_on_though_nothing_was_pushed(store: Store, upstream: Upstream) -> None:
    add(store, "maps", repo_url=address("gitlab"))
    refresh(store, upstream, now=SMALL_NOW)
    weeks = record(store, "maps")["commits_over_52"]
    refresh(store, upstream, now=SMALL_NOW + 15 * DAY)
    assert record(store, "maps")["commits_over_52"] == [*weeks[2:], 0, 0]


def test_weeks_that_a_person_pinned_do_not_become_those_of_the_host(
    store: Store, upstream: Upstream
) -> None:
    key = add(store, "maps", repo_url=address("gitlab"))
    refresh(store, upstream, now=SMALL_NOW)
    weeks = record(store, "maps")["commits_over_52"]
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        edits.edit(operation, key, {"commits_over_52": (9,) * 52})
    refresh(store, upstream, now=SMALL_NOW + 15 * DAY)
    assert record(store, "maps")["commits_over_52"] == [9] * 52
    with begin_operation(store, "unpin", NOW, kind="edit") as operation:
        edits.unpin(operation, key, {"commits_over_52"})
    assert record(store, "maps")["commits_over_52"] == [*weeks[2:], 0, 0]


def test_facts_that_an_import_wrote_are_asked_for_again(store: Store, upstream: Upstream) -> None:
    key = add(store, "maps", repo_url=address("github"))
    refresh(store, upstream, now=SMALL_NOW)
    with begin_operation(store, "import", NOW, kind="import") as operation:
        edits.merge(operation, key, {"repo_watchers": 5})
    assert refresh(store, upstream, now=SMALL_NOW + DAY)["maps"].status == "changed"
    assert record(store, "maps")["repo_watchers"] == 12


def test_the_oldest_come_first(store: Store, upstream: Upstream) -> None:
    for slug in ("b", "a", "c"):
        add(store, slug, pypi_url=f"project-{slug}")
    refresh(store, upstream, "a", now=SMALL_NOW)
    order = [packages.slug(store, key) for key in facts.due_keys(store, Query(NOW))]
    assert order == ["b", "c", "a"]


def test_what_is_remembered_survives_its_text() -> None:
    memory = RefreshMemory(repo_id="7", pushed="x", counted=NOW, tally={"ann": 3})
    assert RefreshMemory.load(memory.dump()) == memory
    assert Facts({}, memory).values == {}


def test_a_new_address_set_by_hand_is_another_repository_and_no_take_over(
    store: Store, world: World, upstream: Upstream
) -> None:
    key = add(store, "maps", repo_url=address("github"), pypi_url="django-maps")
    refresh(store, upstream, now=SMALL_NOW)
    world.create("github", "bea/atlas", commits=3, stars=99)
    with begin_operation(store, "edit", NOW, kind="edit") as operation:
        edits.edit(operation, key, {"repo_url": "https://github.com/bea/atlas"})
    assert refresh(store, upstream, now=SMALL_NOW + DAY)["maps"].status == "changed"
    assert record(store, "maps")["repo_watchers"] == 99


def test_facts_that_an_undo_took_back_come_again_with_the_next_refresh(
    store: Store, upstream: Upstream
) -> None:
    add(store, "maps", repo_url=address("github"), pypi_url="django-maps")
    refresh(store, upstream, now=SMALL_NOW)
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        undo.undo(operation, history.last(store).id)
    assert record(store, "maps")["repo_watchers"] is None
    assert refresh(store, upstream, now=SMALL_NOW + DAY)["maps"].status == "changed"
    assert record(store, "maps")["repo_watchers"] == 12


def asked(
    store: Store,
    fetcher: FakeFetcher,
    host_kinds: HostKinds = NO_HOST_KINDS,
    find_endpoint: FindEndpoint = make_endpoint,
) -> dict[str, RefreshedPackage]:
    """Refresh all packages with a fetcher that is a dict; `host_kinds` are what the settings tell."""

    async def all_of_it() -> dict[str, RefreshedPackage]:
        operation, keys = (
            Operation(store, "refresh --all", NOW, "refresh"),
            facts.due_keys(store, Query(NOW)),
        )
        found = refresh_each(
            operation,
            keys,
            fetcher,
            find_endpoint,
            host_kinds,
            lambda: NOW,
        )
        return {one.slug: one async for one in found}

    return asyncio.run(all_of_it())


def test_an_unknown_host_is_asked_once_what_it_is(store: Store) -> None:
    add(store, "maps", repo_url="https://git.example.org/ann/maps")
    add(store, "maps2", repo_url="https://git.example.org/ann/maps2")
    fetcher = FakeFetcher({"api/v1/version": {"version": "1.22"}, **forgejo()})
    found = asked(store, fetcher)
    assert (found["maps"].status, found["maps2"].status) == ("changed", "failed")
    assert record(store, "maps")["repo_host"] == "forgejo"
    assert store.read_asked_kinds() == {"git.example.org": "forgejo"}
    asked(store, fetcher)
    assert fetcher.asked.count("api/v1/version") == 1


def test_a_host_that_is_none_of_ours_is_told_and_remembered(store: Store) -> None:
    add(store, "maps", repo_url="https://git.example.org/ann/maps", repo_watchers=5)
    fetcher = FakeFetcher({})
    for _ in range(2):
        found = asked(store, fetcher)["maps"]
        assert (found.status, found.errors) == ("unchanged", ())
        assert found.notes == (
            "git.example.org is no host pkgcat knows; its facts stay as they are",
        )
    assert fetcher.asked == ["api/v1/version", "api/v4/version"]
    assert store.read_asked_kinds() == {"git.example.org": None}
    assert record(store, "maps")["repo_watchers"] == 5


def test_two_programs_may_learn_what_a_host_is(store: Store) -> None:
    for kind in (None, "forgejo"):
        hosts.remember_host(store, "git.example.org", kind)
    assert store.read_asked_kinds() == {"git.example.org": "forgejo"}


def test_a_host_that_does_not_answer_is_asked_again_next_time(store: Store) -> None:
    add(store, "maps", repo_url="https://git.example.org/ann/maps")
    fetcher = FakeFetcher(
        {"api/v1/version": Turns([RequestFailed("no network"), {"version": "1.22"}]), **forgejo()}
    )
    assert "no host pkgcat knows" in asked(store, fetcher)["maps"].notes[0]
    assert store.read_asked_kinds() == {}
    assert asked(store, fetcher)["maps"].status == "changed"


def test_an_address_that_names_no_repository_is_told(store: Store) -> None:
    add(store, "maps", repo_url="https://github.com/ann")
    assert "names no repository" in asked(store, FakeFetcher({}))["maps"].notes[0]
    assert record(store, "maps")["last_fetched"] is None, "nobody was asked"


def test_packages_without_an_address_are_not_asked_for(store: Store) -> None:
    add(store, "words", notes="no address")
    assert asked(store, FakeFetcher({})) == {}


def test_a_mistake_of_ours_fails_one_package_and_no_more(store: Store) -> None:
    add(store, "broken", repo_url="https://gitlab.com/ann/broken")
    add(store, "maps", repo_url="https://gitlab.com/ann/maps")
    fetcher = FakeFetcher(
        {"projects/ann%2Fbroken?license=true": ZeroDivisionError("oh"), **gitlab()}
    )
    found = asked(store, fetcher)
    assert (found["broken"].status, found["maps"].status) == ("failed", "changed")
    assert "ZeroDivisionError" in found["broken"].errors[0]


def test_a_mistake_of_ours_in_a_batch_fails_its_packages_and_no_more(store: Store) -> None:
    add(store, "broken", repo_url="https://github.com/ann/broken")
    add(store, "maps", repo_url="https://gitlab.com/ann/maps")
    fetcher = FakeFetcher({"https://api.github.com/graphql": ZeroDivisionError("oh"), **gitlab()})

    def find_endpoint(kind: str, host: str) -> Endpoint:
        return make_endpoint(kind, host, token="canary" if kind == "github" else None)

    found = asked(store, fetcher, find_endpoint=find_endpoint)
    assert (found["broken"].status, found["maps"].status) == ("failed", "changed")
    assert "ZeroDivisionError" in found["broken"].errors[0]
