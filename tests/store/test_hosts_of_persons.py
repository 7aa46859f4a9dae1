"""Hosts in addresses that persons wrote: a refresh asks these wherever they are."""

import pytest

from pkgcat.model.origin import PERSON, Origin
from pkgcat.store import Store, edits, hosts
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import add, edit, take

OWN = "https://git.own.example/team/atlas"
OTHER = "https://git.other.example/team/atlas"


def test_a_host_that_a_person_typed_is_a_persons(store: Store) -> None:
    add(store, "a", repo_url=OWN)
    assert hosts.hosts_of_persons(store) == {"git.own.example"}
    edit(store, 1, repo_url=OTHER)
    assert hosts.hosts_of_persons(store) == {"git.own.example", "git.other.example"}


def test_a_host_of_an_import_is_none_whatever_the_file_says_of_its_origin(store: Store) -> None:
    record = {"slug": "a", "title": "A", "repo_url": OWN}
    take(store, record)
    take(
        store,
        {**record, "slug": "b", "repo_url": OTHER, "origins": {"person": ["repo_url", "slug"]}},
    )
    assert hosts.hosts_of_persons(store) == set()


@pytest.mark.parametrize("kind", ["import", "add"])
def test_a_persons_origin_counts_but_in_an_import(store: Store, kind: str) -> None:
    with begin_operation(store, kind, NOW, kind=kind, origin=PERSON) as operation:  # type: ignore[arg-type]  # one of two
        key = edits.add(operation, {"slug": "a", "repo_url": OWN})
        edits.merge(operation, key, {"repo_url": OTHER})
    expected = {"git.own.example", "git.other.example"} if kind == "add" else set()
    assert hosts.hosts_of_persons(store) == expected


def test_a_host_that_a_source_told_is_none(store: Store) -> None:
    pypi = Origin("host", "pypi.org")
    with begin_operation(store, "add a", NOW, kind="add") as operation:
        edits.add(operation, {"slug": "a", "repo_url": OWN}, origin=pypi)
    assert hosts.hosts_of_persons(store) == set()


def test_known_hosts_are_not_listed(store: Store) -> None:
    add(store, "a", repo_url="https://github.com/o/a")
    assert hosts.hosts_of_persons(store) == set()
