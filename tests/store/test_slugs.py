"""Slugs among many: free ones are found, and renames never meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.store.slugs import free_slug, plan_renames

SLUGS = st.sampled_from(["a", "A", "b", "B", "c", "d", "e"])


def carried_out(current: dict[int, str], steps: list[tuple[int, str]]) -> dict[int, str]:
    """The slugs after renames, once it is sure that no two were ever equal on the way."""
    slugs = dict(current)
    for key, slug in steps:
        slugs[key] = slug
        folded = [name.lower() for name in slugs.values()]
        assert len(set(folded)) == len(folded), (current, steps)
    return slugs


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        ({1: "a"}, {1: "b"}),
        ({1: "a"}, {1: "A"}),
        ({1: "a", 2: "b"}, {1: "b", 2: "a"}),
        ({1: "a", 2: "b", 3: "c"}, {1: "b", 2: "c", 3: "a"}),
        ({1: "a", 2: "b", 3: "c"}, {1: "b", 2: "c", 3: "d"}),
        ({1: "a", 2: "b", 3: "c"}, {3: "d", 2: "c", 1: "b"}),
        ({1: "a", 2: "b", 3: "c", 4: "d"}, {1: "b", 2: "a", 3: "d", 4: "c"}),
        ({1: "a", 2: "renaming-1"}, {1: "renaming-1", 2: "a"}),
    ],
    ids=[
        "one",
        "case",
        "swap",
        "circle",
        "chain",
        "chain from its end",
        "two swaps",
        "a slug like the temporary one",
    ],
)
def test_renames_that_are_possible_are_all_made(
    current: dict[int, str], wanted: dict[int, str]
) -> None:
    plan = plan_renames(current, wanted)
    assert plan.refused == set()
    assert carried_out(current, plan.steps) == {**current, **wanted}


@pytest.mark.parametrize(
    ("current", "wanted", "refused"),
    [
        ({1: "a", 2: "b"}, {1: "b"}, {1}),
        ({1: "a", 2: "b"}, {1: "B"}, {1}),
        ({1: "a", 2: "b"}, {1: "c", 2: "c"}, {2}),
        ({1: "a", 2: "b", 3: "c"}, {1: "b", 2: "c"}, {1, 2}),
        ({1: "a", 2: "b", 3: "c"}, {1: "b", 2: "d", 3: "d"}, {3}),
    ],
    ids=[
        "another's",
        "another's in capitals",
        "wanted twice",
        "behind one that stays",
        "wanted twice behind another",
    ],
)
def test_a_slug_of_one_that_stays_is_refused(
    current: dict[int, str], wanted: dict[int, str], refused: set[int]
) -> None:
    plan = plan_renames(current, wanted)
    assert plan.refused == refused
    after = carried_out(current, plan.steps)
    assert {key: after[key] for key in refused} == {key: current[key] for key in refused}


@given(
    st.lists(SLUGS, unique_by=str.lower, max_size=5).map(lambda slugs: dict(enumerate(slugs, 1))),
    st.dictionaries(st.integers(1, 5), SLUGS),
)
def test_any_renames_end_with_each_slug_once(current: dict[int, str], some: dict[int, str]) -> None:
    wanted = {key: slug for key, slug in some.items() if key in current}
    plan = plan_renames(current, wanted)
    after = carried_out(current, plan.steps)
    assert after == {
        key: current[key] if key in plan.refused else wanted.get(key, current[key])
        for key in current
    }
    for key in plan.refused:
        others = {slug.lower() for other, slug in after.items() if other != key}
        assert wanted[key].lower() in others, "it was refused although its slug is free"


def test_a_free_slug_is_found_within_50_characters() -> None:
    taken = {"grid-71", "grid-71-2", "x" * 50}
    assert free_slug("grid-71", taken.__contains__) == "grid-71-3"
    assert free_slug("geo", taken.__contains__) == "geo"
    assert free_slug("x" * 60, taken.__contains__) == "x" * 48 + "-2"


def test_a_free_slug_among_thousands_is_found_at_once() -> None:
    asked: list[str] = []
    taken = {"a", *(f"a-{number}" for number in range(5000))}

    def is_taken(slug: str) -> bool:
        asked.append(slug)
        return slug in taken

    assert free_slug("a", is_taken) not in taken
    assert len(asked) < 30
