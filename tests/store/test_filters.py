"""Filters in the store: those that are there, and those that were removed."""

import pytest

from pkgcat.errors import NotFound
from pkgcat.store import Store
from pkgcat.store.filters import find_filter, find_removed_filter, get_filter, list_filters
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW


def test_a_removed_filter_is_known_as_such_and_none_that_is_there(store: Store) -> None:
    keys = []
    with begin_operation(store, "filter", NOW, kind="filter") as operation:
        for name in ("small", "Popular", "popular2"):
            keys.append(operation.create("filters", {"name": name, "expression": "id > 1"}))
        operation.change("filters", keys[0], {"removed": 1})
        again = operation.create("filters", {"name": "small", "expression": "id > 2"})
        operation.change("filters", again, {"removed": 1})
    assert [one.name for one in list_filters(store)] == ["Popular", "popular2"]
    assert get_filter(store, "small") is None
    found = get_filter(store, "POPULAR")
    assert found is not None
    assert found.key == keys[1]
    assert find_removed_filter(store, "SMALL") == again
    assert find_removed_filter(store, "popular") is None
    with pytest.raises(NotFound, match="did you mean 'Popular'"):
        find_filter(store, "populr")
