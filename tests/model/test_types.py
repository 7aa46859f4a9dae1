"""Types of fields: what a catalog keeps is of its type, or the catalog is damaged."""

from typing import Any

import pytest

from pkgcat.errors import BadCatalog, Invalid
from pkgcat.model.fields import FIELDS


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("title", 5),
        ("title", ["maps"]),
        ("repo_watchers", "12"),
        ("repo_watchers", True),
        ("repo_archived", 1),
        ("tags", "geo"),
        ("tags", {"geo": 1}),
        ("tags", ["geo", 1]),
        ("commits_over_52", ["1"]),
        ("commits_over_52", [True]),
        ("last_updated", "soon"),
        ("last_updated", "2026-02-15T04:01:40"),
        ("review_by", "soon"),
        ("review_by", "2026-02-30"),
    ],
)
def test_a_value_that_is_kept_is_of_its_type(name: str, stored: Any) -> None:
    with pytest.raises(BadCatalog, match="the catalog is damaged"):
        FIELDS[name].type.from_exact_json(stored)


@pytest.mark.parametrize("stored", ["{}", "geo", "5", "[1]", "[", "[" * 100_000])
def test_a_list_that_is_kept_is_json_of_a_list(stored: str) -> None:
    with pytest.raises(BadCatalog, match="the catalog is damaged"):
        FIELDS["tags"].type.from_sql(stored)


@pytest.mark.parametrize("word", ["adpot", "", "5"])
def test_a_decision_is_one_of_five(word: str) -> None:
    with pytest.raises(Invalid, match="decision: there is no decision"):
        FIELDS["decision"].type.parse_json("decision", word)
    assert FIELDS["decision"].type.parse_json("decision", "Adopt") == "adopt"
