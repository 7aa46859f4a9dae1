"""Typed values of an answer's JSON: what is of another type is told, and nothing is guessed."""

from typing import Any

import pytest

from pkgcat.http.errors import Malformed, RequestFailed
from pkgcat.http.responses import Answer
from pkgcat.model import limits
from pkgcat.sources import json_values


def answered(json: Any, **headers: str) -> Answer:
    return Answer(json, headers, "git.test: thing")


@pytest.mark.parametrize("given", [[], "{}", 1, None, True])
def test_what_is_no_object_is_refused(given: Any) -> None:
    with pytest.raises(Malformed, match=r"git\.test: thing: the answer is"):
        json_values.json_object(answered(given))


@pytest.mark.parametrize("given", [{}, "[]", 1, None, [{}, None], [[]], ["a"]])
def test_what_is_no_list_of_objects_is_refused(given: Any) -> None:
    with pytest.raises(Malformed, match=r"git\.test: thing: the answer is not a list of objects"):
        json_values.json_rows(answered(given))
    with pytest.raises(Malformed, match=r"git\.test: thing: rows is not a list of objects"):
        json_values.json_rows(answered({"rows": given}), "rows")


def test_of_a_list_no_more_rows_are_read_than_there_is_room_for() -> None:
    rows = json_values.json_rows(answered([{}] * (limits.MAX_ROWS + 1) + [None]))
    assert len(rows) == limits.MAX_ROWS


def test_a_list_that_is_still_computed_is_no_fault_of_the_answer() -> None:
    with pytest.raises(RequestFailed, match="still computing") as caught:
        json_values.json_rows(Answer(where="git.test: thing", pending=True))
    assert type(caught.value) is RequestFailed


@pytest.mark.parametrize("given", [None, "", 5, [], "a\0b", "\ud800"])
def test_a_text_that_has_to_be_there_is_one(given: Any) -> None:
    with pytest.raises(Malformed, match=r"git\.test: version"):
        json_values.read_text("git.test", "version", given)


@pytest.mark.parametrize("given", [None, "", True, 1.5, [], {}])
def test_an_id_is_a_number_or_a_text(given: Any) -> None:
    with pytest.raises(Malformed, match=r"git\.test: the id is"):
        json_values.read_id("git.test", given)
    assert json_values.read_id("git.test", 7) == json_values.read_id("git.test", "7") == "7"


@pytest.mark.parametrize(
    "given",
    [5, None, "", "soon", "2026-02-20T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59Z"],
)
def test_a_time_has_an_offset(given: Any) -> None:
    with pytest.raises(Malformed, match=r"git\.test: pushed_at is not a date and time"):
        json_values.read_datetime("git.test", "pushed_at", given)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://git.test/x?page=7&a=1", 7),
        ("https://[git.test/x?page=7", None),
        ("https://git.test/x?page=seven", None),
        ("https://git.test/x", None),
        (None, None),
    ],
)
def test_the_page_of_a_link_is_a_number_or_not_known(url: str | None, page: int | None) -> None:
    assert json_values.read_page_number(url) == page


def test_a_part_of_a_path_stays_one_part() -> None:
    assert json_values.quote_path("ann/a b?c#d%2Fe") == "ann/a%20b%3Fc%23d%252Fe"
