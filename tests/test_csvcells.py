"""Cells of CSV: what goes in comes out, and no spreadsheet runs it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.csvcells import defuse, from_cell, to_cell, undefuse


@given(st.text())
def test_a_defused_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = defuse(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert undefuse(cell) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'quoted", "''"])
def test_a_cell_that_a_spreadsheet_would_run_gets_a_quote(text: str) -> None:
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "1-2"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert defuse(text) == undefuse(text) == text


def test_a_quote_before_anything_else_is_the_texts_own() -> None:
    assert undefuse("'plain") == "'plain"
    assert undefuse("'") == "'"


def test_unknown_is_an_empty_cell() -> None:
    assert to_cell("int", None) == ""
    for kind in ("str", "int", "bool", "datetime", "strs", "ints"):
        assert from_cell(kind, "") is None


def test_numbers_truth_and_lists_come_back() -> None:
    assert from_cell("int", to_cell("int", 949)) == 949
    assert from_cell("int", "-5") == -5
    assert from_cell("bool", to_cell("bool", 1)) is True
    assert from_cell("bool", to_cell("bool", 0)) is False
    assert from_cell("strs", to_cell("strs", json.dumps(["a, b", 'c"d']))) == ["a, b", 'c"d']
    assert from_cell("ints", "[0, 1]") == [0, 1]
    assert from_cell("str", "12") == "12"


@pytest.mark.parametrize(("kind", "cell"), [("int", "many"), ("bool", "yes"), ("strs", "geo, maps"), ("ints", "[1")])
def test_what_cannot_be_read_is_left_for_the_field_to_refuse(kind: str, cell: str) -> None:
    assert from_cell(kind, cell) == cell  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "cell"), [("int", "9" * 5000), ("strs", "[" * 100_000), ("ints", f"[{'9' * 5000}]")])
def test_a_monstrous_cell_is_left_for_the_field_to_refuse_too(kind: str, cell: str) -> None:
    assert from_cell(kind, cell) == cell  # type: ignore[arg-type]
