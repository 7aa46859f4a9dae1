"""The log keeps a list as what became of the other one, and gives it back whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.change import Change
from pkgcat.store.log.deltas import apply_deltas, is_delta, pack_change, unpack_value
from tests.cpu import cpu_limit

NAMES = st.lists(
    st.one_of(st.sampled_from(["ann", "bob", "1:2", '"', "~", "é"]), st.text(max_size=4)),
    max_size=12,
)
NUMBERS = st.lists(st.integers(0, 3), max_size=60)


def text(items: Any) -> str:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))


@given(st.one_of(st.tuples(NAMES, NAMES), st.tuples(NUMBERS, NUMBERS)))
def test_both_sides_come_back_from_the_other_and_nothing_grows(
    lists: tuple[list[Any], list[Any]],
) -> None:
    old, new = map(text, lists)
    kept = pack_change(Change("participants", old, new))
    assert unpack_value(kept.old, new) == old
    assert unpack_value(kept.new, old) == new
    assert len(kept.old) <= len(old)  # type: ignore[arg-type]  # texts
    assert len(kept.new) <= len(new)  # type: ignore[arg-type]


@given(NUMBERS.filter(lambda weeks: len(weeks) == 60), st.integers(0, 9))
def test_a_week_later_the_other_weeks_are_not_repeated(weeks: list[int], commits: int) -> None:
    kept = pack_change(Change("commits_over_52", text(weeks), text([*weeks[1:], commits])))
    assert len(f"{kept.old}{kept.new}") < 80


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, "[1]"),
        ("[1]", None),
        (1, 2),
        ("{}", '{"a":1}'),
        ("[bracket", "text"),
        ("", "x"),
        ("a", "b"),
    ],
)
def test_what_is_no_list_stays_as_it_is(old: Any, new: Any) -> None:
    change = Change("title", old, new)
    assert pack_change(change) == change
    assert not is_delta(old)
    assert unpack_value(old, new) == old


@pytest.mark.parametrize(("old", "new"), [(None, "[1]"), ("[1]", None)])
def test_a_list_that_was_unknown_or_becomes_so_is_kept_whole(old: Any, new: Any) -> None:
    change = Change("participants", old, new)
    assert pack_change(change) == change


@pytest.mark.parametrize(
    ("old", "new"), [("[todo] x", "[done] y"), ("[1,2,3,4,5]", "[1,2,3,4,5,6]"), ("[1", "[2")]
)
def test_a_text_that_looks_like_a_list_is_kept_as_text(old: str, new: str) -> None:
    change = Change("repo_description", old, new)
    assert pack_change(change) == change


def test_what_older_versions_kept_is_read_as_before() -> None:
    year = text([*range(52)])
    assert unpack_value('{"~":["1:52",[52]]}', year) == text([*range(1, 53)])
    assert (
        unpack_value('{"~":[["new"],"0:1","2:3"]}', '["ann","bob","cid"]') == '["new","ann","cid"]'
    )
    assert apply_deltas(['{"~":["0:1"]}', '{"~":[[1],"0:1"]}', "[7,8]"], "[5,6]") == "[7,8]"
    assert apply_deltas(['{"~":["0:1"]}', '{"~":[[1],"0:1"]}'], "[5,6]") == "[1,5]"


def test_who_moves_up_is_not_told_with_everybody_else() -> None:
    people = [f"person {number}" for number in range(400)]
    later = [*people[:200], people[300], *people[200:300], *people[301:]]
    kept = pack_change(Change("participants", text(people), text(later)))
    assert len(f"{kept.old}{kept.new}") < 120


MANY = 100_000
SHAPES = {
    "two by turns": ["a", "b"] * (MANY // 2),
    "the other first": ["b", "a"] * (MANY // 2) + ["c"],
    "one more often": ["a", "a", "b"] * (MANY // 3),
    "all the same": ["a"] * MANY,
    "all different": [str(number) for number in range(MANY)],
    "backwards": [str(number) for number in reversed(range(MANY))],
    "64 items": ["a", "b"] * 32,
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("two by turns", "the other first"),
        ("two by turns", "one more often"),
        ("all the same", "64 items"),
        ("one more often", "64 items"),
        ("all different", "backwards"),
    ],
)
def test_100_000_items_of_any_shape_take_linear_time(old: str, new: str) -> None:
    change = Change("participants", text(SHAPES[old]), text(SHAPES[new]))
    with cpu_limit(10):
        kept = pack_change(change)
    assert unpack_value(kept.old, change.new) == change.old
    assert unpack_value(kept.new, change.old) == change.new
