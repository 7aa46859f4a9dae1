"""Cells of CSV: what goes in comes out, and no spreadsheet runs it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.formats.csv import escape_formula, unescape_formula
from pkgcat.model.types import BOOLEAN, DATETIME, INTEGER, INTEGER_LIST, TEXT, TEXT_LIST, FieldType


@given(st.text())
def test_a_defused_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = escape_formula(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert unescape_formula(cell) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'quoted", "''"])
def test_a_cell_that_a_spreadsheet_would_run_gets_a_quote(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "1-2"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert escape_formula(text) == unescape_formula(text) == text


def test_a_quote_before_anything_else_is_the_texts_own() -> None:
    assert unescape_formula("'plain") == "'plain"
    assert unescape_formula("'") == "'"


def test_unknown_is_an_empty_cell() -> None:
    assert INTEGER.to_csv(None) == ""
    for type_ in (TEXT, INTEGER, BOOLEAN, DATETIME, TEXT_LIST, INTEGER_LIST):
        assert type_.from_csv("") is None


def test_numbers_truth_and_lists_come_back() -> None:
    assert INTEGER.from_csv(INTEGER.to_csv(949)) == 949
    assert INTEGER.from_csv("-5") == -5
    assert BOOLEAN.from_csv(BOOLEAN.to_csv(1)) is True
    assert BOOLEAN.from_csv(BOOLEAN.to_csv(0)) is False
    assert TEXT_LIST.from_csv(TEXT_LIST.to_csv(json.dumps(["a, b", 'c"d']))) == ["a, b", 'c"d']
    assert INTEGER_LIST.from_csv("[0, 1]") == [0, 1]
    assert TEXT.from_csv("12") == "12"


@pytest.mark.parametrize(
    ("type_", "cell"),
    [(INTEGER, "many"), (BOOLEAN, "maybe"), (TEXT_LIST, "geo, maps"), (INTEGER_LIST, "[1")],
)
def test_what_cannot_be_read_is_left_for_the_field_to_refuse(type_: FieldType, cell: str) -> None:
    assert type_.from_csv(cell) == cell


@pytest.mark.parametrize(
    ("type_", "cell"),
    [(INTEGER, "9" * 5000), (TEXT_LIST, "[" * 100_000), (INTEGER_LIST, f"[{'9' * 5000}]")],
)
def test_a_monstrous_cell_is_left_for_the_field_to_refuse_too(type_: FieldType, cell: str) -> None:
    assert type_.from_csv(cell) == cell
