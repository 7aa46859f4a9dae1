"""What is taken of a value that a host sent, however long it is."""

import pytest

from pkgcat.errors import Invalid
from pkgcat.model import limits, parsing


def test_a_list_is_taken_up_to_its_limit() -> None:
    names = [f"name {number}" for number in range(20_000)]
    assert limits.limit_value("participants", names) == names[: limits.MAX_PARTICIPANTS]
    assert limits.limit_value("pypi_classifiers", names) == names[: limits.MAX_ITEMS]
    assert limits.limit_value("participants", names[:400]) == names[:400]


def test_what_is_too_long_to_be_a_name_is_left_out_of_its_list() -> None:
    longest = "x" * limits.MAX_ITEM_LENGTH
    assert limits.limit_value("participants", ["ann", longest, f"{longest}x", "bob"]) == [
        "ann",
        longest,
        "bob",
    ]


def test_all_items_of_a_list_together_have_a_limit() -> None:
    names = ["x" * 250] * 5_000
    assert len(limits.limit_list(names, 5_000)) == limits.MAX_LIST_LENGTH // 250


def test_a_description_is_cut() -> None:
    assert (
        limits.limit_value("repo_description", "é" * 20_000) == "é" * limits.MAX_DESCRIPTION_LENGTH
    )


@pytest.mark.parametrize(
    "field", ["pypi_version", "documentation_url", "pypi_requires_python", "pypi_status"]
)
def test_a_part_of_another_text_would_be_wrong_so_it_is_refused(field: str) -> None:
    assert limits.limit_value(field, "x" * limits.MAX_TEXT_LENGTH) == "x" * limits.MAX_TEXT_LENGTH
    with pytest.raises(Invalid, match=f"{field}: 2,001 characters"):
        limits.limit_value(field, "x" * (limits.MAX_TEXT_LENGTH + 1))


@pytest.mark.parametrize("given", [None, 5, True, {"a": 1}])
def test_other_values_stay_as_they_are(given: object) -> None:
    assert limits.limit_value("repo_watchers", given) is given


@pytest.mark.parametrize(
    ("text", "named"), [("a\0b", "U+0000"), ("a\ud800b", "U+D800"), ("é\udfff", "U+DFFF")]
)
def test_what_cannot_be_text_is_named(text: str, named: str) -> None:
    with pytest.raises(Invalid, match=f"notes: {named.replace('+', '[+]')} cannot"):
        parsing.parse_text("notes", text)
