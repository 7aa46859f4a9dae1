"""Keys of versions sort as packaging's own Version does."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from pkgcat.model.versions import make_version_key

NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 10**25)).map(str)
NUMERALS = st.builds(
    lambda zeros, number: "0" * zeros + number, st.sampled_from([0, 0, 2]), NUMBERS
)
SEPARATORS = st.sampled_from(["", ".", "-", "_"])
SEGMENTS = st.one_of(NUMERALS, st.text("abz019", min_size=1, max_size=3))


@st.composite
def versions(draw: st.DrawFn) -> str:
    """Draw any spelling of any version of PEP 440."""
    text = draw(st.sampled_from(["", "v", " V"]))
    text += draw(st.sampled_from(["", "0!", "1!", "12!"]))
    text += ".".join(draw(st.lists(NUMERALS, min_size=1, max_size=4)))
    if draw(st.booleans()):
        letter = draw(st.sampled_from(["a", "b", "c", "rc", "alpha", "Beta", "pre", "preview"]))
        text += (
            draw(SEPARATORS) + letter + draw(SEPARATORS) + draw(st.one_of(st.just(""), NUMERALS))
        )
    if draw(st.booleans()):
        text += draw(st.sampled_from([".post", "-r", "rev"])) + draw(
            st.one_of(st.just(""), NUMERALS)
        )
    if draw(st.booleans()):
        text += draw(SEPARATORS) + "dev" + draw(st.one_of(st.just(""), NUMERALS))
    if draw(st.booleans()):
        text += "+" + draw(st.sampled_from([".", "-"])).join(draw(st.lists(SEGMENTS, min_size=1)))
    return text


@given(st.lists(versions(), min_size=2, max_size=6))
def test_keys_order_versions_as_pep_440_does(texts: list[str]) -> None:
    for one in texts:
        for other in texts:
            first, second = make_version_key(one), make_version_key(other)
            assert (first < second) == (Version(one) < Version(other)), (one, other)
            assert (first == second) == (Version(one) == Version(other)), (one, other)


@given(st.lists(versions(), min_size=2, max_size=6))
def test_sqlite_orders_keys_as_python_does(texts: list[str]) -> None:
    """SQLite compares text by the bytes of UTF-8, Python by code points."""
    keys = [make_version_key(text) for text in texts]
    assert sorted(keys) == sorted(keys, key=str.encode)


def test_the_order_of_one_release() -> None:
    text = """0.9 1.dev0 1.0.dev2 1.0a1.dev1 1.0a1 1.0a1.post1.dev1 1.0a1.post1 1.0a2 1.0a10 1.0b1
        1.0rc1 1.0rc2 1.0 1.0+a 1.0+a.b 1.0+ab 1.0+1 1.0+1.a 1.0+2 1.0+10 1.0.post1.dev1 1.0.post1
        1.0.1 1.1 1.9 1.10 2 10 1!0.1"""
    for one, other in pairwise(text.split()):
        assert make_version_key(one) < make_version_key(other), (one, other)


def test_zeros_at_the_end_make_no_other_version() -> None:
    assert len({make_version_key(text) for text in ("1", "1.0", "1.0.0", "v1.0")}) == 1
    assert make_version_key("1.0.1") != make_version_key("1.1")


@given(st.text(max_size=8), versions())
def test_texts_that_are_no_version_come_before_all_versions(text: str, version: str) -> None:
    try:
        Version(text)
    except InvalidVersion:
        assert make_version_key(text) < make_version_key(version)


def test_texts_that_are_no_version_are_in_the_order_of_texts() -> None:
    texts = ["", "2024-01-15-final", "latest", "Nightly", "ómega", "zzz"]
    keys = [make_version_key(text) for text in texts]
    assert keys == sorted(keys)


@pytest.mark.parametrize("digits", [4_300, 4_301, 100_000])
def test_a_number_of_any_length_has_a_key(digits: int) -> None:
    assert make_version_key("1.0") != make_version_key(f"1.{'9' * digits}")
