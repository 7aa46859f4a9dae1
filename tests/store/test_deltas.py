"""The log keeps a list as what became of the other one, and gives it back whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.models import Change
from pkgcat.store.deltas import is_delta, packed, unpacked

NAMES = st.lists(st.one_of(st.sampled_from(["ann", "bob", "1:2", '"', "~", "é"]), st.text(max_size=4)), max_size=12)
NUMBERS = st.lists(st.integers(0, 3), max_size=60)


def text(items: Any) -> str:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))


@given(st.one_of(st.tuples(NAMES, NAMES), st.tuples(NUMBERS, NUMBERS)))
def test_both_sides_come_back_from_the_other_and_nothing_grows(lists: tuple[list[Any], list[Any]]) -> None:
    old, new = map(text, lists)
    kept = packed(Change("participants", old, new))
    assert unpacked(kept.old, new) == old
    assert unpacked(kept.new, old) == new
    assert len(kept.old) <= len(old)  # type: ignore[arg-type]  # texts
    assert len(kept.new) <= len(new)  # type: ignore[arg-type]


@given(NUMBERS.filter(lambda weeks: len(weeks) == 60), st.integers(0, 9))
def test_a_week_later_the_other_weeks_are_not_repeated(weeks: list[int], commits: int) -> None:
    kept = packed(Change("commits_over_52", text(weeks), text([*weeks[1:], commits])))
    assert len(f"{kept.old}{kept.new}") < 80


@pytest.mark.parametrize(
    ("old", "new"),
    [(None, "[1]"), ("[1]", None), (1, 2), ("{}", '{"a":1}'), ("[bracket", "text"), ("", "x"), ("a", "b")],
)
def test_what_is_no_list_stays_as_it_is(old: Any, new: Any) -> None:
    change = Change("title", old, new)
    assert packed(change) == change
    assert not is_delta(old)
    assert unpacked(old, new) == old
