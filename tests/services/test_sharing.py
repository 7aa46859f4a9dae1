"""A repository that several packages share: who may be added, and what is asked."""

from datetime import timedelta
from typing import Any

import pytest

from pkgcat.errors import Duplicate
from pkgcat.services import refresh as refreshing
from pkgcat.store import Store
from pkgcat.store.duplicates import check_no_duplicate
from pkgcat.store.log import history, undo
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.online import STATE, add, record, refresh
from tests.store.log.test_history import remove
from tests.upstream import Upstream, World
from tests.upstream.small import NOW as SMALL_NOW

DAY = timedelta(days=1)
MAPS = "https://github.com/ann/maps"
TREE = f"{MAPS}/tree/main/extra"
DIFFERENT = {*STATE, "id", "slug", "title", "repo_url", "created", "modified", "pypi_url", "score"}


@pytest.fixture
def shared(store: Store) -> Store:
    """Two packages of one repository."""
    add(store, "core", repo_url=MAPS)
    add(store, "extra", repo_url=TREE)
    return store


@pytest.mark.parametrize("token", [None, "canary"])
def test_a_repository_is_asked_once_for_all_that_share_it(
    shared: Store, upstream: Upstream, token: str | None
) -> None:
    add(shared, "other", repo_url="https://github.com/ann/empty")
    found = refresh(shared, upstream, now=SMALL_NOW, token=token)
    assert {one.status for one in found.values()} == {"changed"}
    kind = "graphql" if token else "github"
    first = upstream.counts()
    assert record(shared, "core", without=DIFFERENT) == record(shared, "extra", without=DIFFERENT)
    assert record(shared, "core")["repo_watchers"] == 12
    remove(shared, "extra")
    upstream.clear()
    refresh(shared, upstream, now=SMALL_NOW + DAY, token=token)
    alone = upstream.counts()[kind]
    shared.rows("UPDATE packages SET removed = 0")
    upstream.clear()
    refresh(shared, upstream, now=SMALL_NOW + 2 * DAY, token=token)
    assert upstream.counts()[kind] == alone
    assert first["github"] <= (4 if token else 8)


def test_news_reach_the_other_package_too_though_one_was_refreshed_alone(
    shared: Store, world: World, upstream: Upstream
) -> None:
    refresh(shared, upstream, now=SMALL_NOW)
    world.star(world.repository("github", "ann/maps"), 5)
    refresh(shared, upstream, "core", now=SMALL_NOW + DAY)
    assert record(shared, "extra")["repo_watchers"] == 12
    for day in (2, 3):
        found = refresh(shared, upstream, now=SMALL_NOW + day * DAY)
        assert not any(one.errors for one in found.values())
        assert record(shared, "extra")["repo_watchers"] == 17
    assert found["extra"].status == "unchanged"


@pytest.mark.parametrize("names", [(), ("core", "extra", "late")], ids=["all", "named"])
def test_a_package_that_was_added_later_gets_all_facts(
    shared: Store, upstream: Upstream, names: tuple[str, ...]
) -> None:
    """The oldest comes first, and is the one of which nothing is known; or others do."""
    refresh(shared, upstream, now=SMALL_NOW)
    add(shared, "late", repo_url=MAPS)
    refresh(shared, upstream, *names, now=SMALL_NOW + DAY)
    late = record(shared, "late", without=DIFFERENT)
    assert late == record(shared, "core", without=DIFFERENT)
    assert late["repo_commit_count"] == 70
    upstream.clear()
    refresh(shared, upstream, now=SMALL_NOW + 2 * DAY)
    assert upstream.statuses("github") == {304: 1}


def test_a_package_that_comes_back_gets_the_news_of_the_time_it_was_away(
    shared: Store, world: World, upstream: Upstream
) -> None:
    refresh(shared, upstream, now=SMALL_NOW)
    remove(shared, "extra")
    number = history.last(shared).id
    world.star(world.repository("github", "ann/maps"), 5)
    refresh(shared, upstream, now=SMALL_NOW + DAY)
    with begin_operation(shared, "undo", NOW, kind="undo") as operation:
        undo.undo(operation, number)
    refresh(shared, upstream, now=SMALL_NOW + 2 * DAY)
    assert record(shared, "extra")["repo_watchers"] == 17


def test_one_that_had_another_repository_of_that_name_fails_alone(
    shared: Store, world: World, upstream: Upstream
) -> None:
    refresh(shared, upstream, "core", now=SMALL_NOW)
    world.take_over("github", "ann/maps", description="Spam", stars=9000)
    found = refresh(shared, upstream, now=SMALL_NOW + DAY)
    assert "another repository" in found["core"].errors[0]
    assert found["extra"].errors == ()
    assert record(shared, "core")["repo_watchers"] == 12
    assert record(shared, "extra")["repo_watchers"] == 9000


def test_packages_that_share_a_repository_are_in_one_window(
    store: Store, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "WINDOW", 2)
    add(store, "a", repo_url=MAPS)
    add(store, "b", repo_url="https://github.com/ann/empty")
    add(store, "c", repo_url=TREE)
    refresh(store, upstream, now=SMALL_NOW)
    upstream.clear()
    refresh(store, upstream, now=SMALL_NOW + DAY)
    assert upstream.counts()["github"] == 2


PYPI = "https://pypi.org/project"


@pytest.mark.parametrize(
    ("there", "new", "is_duplicate"),
    [
        ({"repo_url": MAPS}, {"repo_url": TREE}, True),
        ({"repo_url": MAPS}, {"repo_url": "git@github.com:Ann/Maps.git"}, True),
        ({"pypi_url": f"{PYPI}/a-b/"}, {"pypi_url": f"{PYPI}/A_b"}, True),
        ({"repo_url": MAPS, "pypi_url": f"{PYPI}/core"}, {"pypi_url": f"{PYPI}/core"}, True),
        (
            {"repo_url": MAPS, "pypi_url": f"{PYPI}/core"},
            {"repo_url": TREE, "pypi_url": f"{PYPI}/extra"},
            False,
        ),
        ({"repo_url": MAPS, "pypi_url": f"{PYPI}/core"}, {"repo_url": MAPS}, False),
        ({"repo_url": MAPS}, {"repo_url": MAPS, "pypi_url": f"{PYPI}/core"}, False),
        ({"repo_url": MAPS, "pypi_url": f"{PYPI}/maps"}, {"repo_url": MAPS}, False),
        ({"repo_url": MAPS}, {"repo_url": "https://github.com/ann/other"}, False),
        ({}, {}, False),
    ],
)
def test_a_duplicate_has_the_same_pypi_name_or_the_same_repository_and_no_name(
    store: Store, there: dict[str, Any], new: dict[str, Any], is_duplicate: bool
) -> None:
    key = add(store, "there", **there)
    check_no_duplicate(store, new, but=key)
    if is_duplicate:
        with pytest.raises(Duplicate, match="there"):
            check_no_duplicate(store, new)
    else:
        check_no_duplicate(store, new)


def test_what_is_named_by_its_repository_alone_is_any_package_of_it(store: Store) -> None:
    add(store, "there", repo_url=MAPS, pypi_url=f"{PYPI}/core")
    with pytest.raises(Duplicate, match="there"):
        check_no_duplicate(store, {"repo_url": TREE}, by_repository=True)
    new = {"repo_url": TREE, "pypi_url": f"{PYPI}/extra"}
    check_no_duplicate(store, new, by_repository=True)
