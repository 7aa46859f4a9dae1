"""Figures of states and decisions, counted once more in Python."""

from collections import Counter
from datetime import timedelta

import pytest

from pkgcat.model.query import Query
from pkgcat.store import Store, packages
from pkgcat.store.stats import FIGURES, GroupedBy, count_all, count_by
from tests import records
from tests.conftest import NOW
from tests.store.checks import add, take


@pytest.mark.parametrize("what", ["state", "decision", "category"])
def test_packages_are_counted_by_what_they_are(store: Store, what: GroupedBy) -> None:
    take(store, *records.own(60, seed=3))
    everything = list(packages.read(store, Query(NOW)))
    expected = Counter(getattr(package, what) or "none" for package in everything)
    found = count_by(store, what, NOW)
    assert found == dict(expected)
    figures = count_all(store, NOW)
    assert tuple(figures) == FIGURES
    if what != "category":
        own = {name: figures[f"{what}_{name}"] for name in expected}
        assert own == found
    due = [one for one in everything if one.review_by and one.review_by <= NOW.date()]
    assert figures["due"] == len(due) > 0


def test_what_was_not_refreshed_for_30_days_is_stale(store: Store) -> None:
    for days in (29, 31):
        add(store, f"p{days}", last_fetched=NOW - timedelta(days=days))
    add(store, "never")
    assert count_all(store, NOW)["stale_30d"] == 2
