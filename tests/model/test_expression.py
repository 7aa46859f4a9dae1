"""Expressions of conditions: what they say, and where they are wrong."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.errors import Invalid
from pkgcat.model.expression import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_VALUES,
    ExpressionContext,
    parse_expression,
    quote_value,
)
from pkgcat.model.query import AllOf, AnyOf, Condition, ConditionTree, Not, OneOf

NOW = datetime(2026, 2, 15, tzinfo=UTC)
POPULAR = Condition("repo_watchers", ">", 100)
MIT = Condition("repo_license", "=", "MIT")
GEO = Condition("tags", "=", "geo")


def read_filter(name: str) -> ConditionTree:
    if name == "popular":
        return POPULAR
    raise Invalid(f"there is no filter {name!r}")


def parse(text: str) -> ConditionTree:
    return parse_expression(text, ExpressionContext(NOW, read_filter))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("repo_watchers > 100", POPULAR),
        ("repo_watchers>100", POPULAR),
        ("  repo_watchers  >  '100' ", POPULAR),
        ("repo_watchers gt 100", POPULAR),
        ("repo_watchers >= 100", Condition("repo_watchers", ">=", 100)),
        ("repo_watchers==100", Condition("repo_watchers", "=", 100)),
        ("repo_watchers > -5", Condition("repo_watchers", ">", -5)),
        ("title contains 'a b'", Condition("title", "~", "a b")),
        ('title ~ "it\'s"', Condition("title", "~", "it's")),
        ("title ~ it's", Condition("title", "~", "it's")),
        ("title = 'it''s'", Condition("title", "=", "it's")),
        ('title = "a ""b"""', Condition("title", "=", 'a "b"')),
        ("title = ''", Condition("title", "=", "")),
        ("title = a,b", Condition("title", "=", "a,b")),
        ("title = 'and'", Condition("title", "=", "and")),
        ("title=a=b", Condition("title", "=", "a=b")),
        ("notes = null", Condition("notes", "=", None)),
        ("notes != null", Condition("notes", "!=", None)),
        ("notes = 'null'", Condition("notes", "=", "null")),
        ("notes is unknown", Condition("notes", "=", None)),
        ("notes IS KNOWN", Condition("notes", "!=", None)),
        ("repo_url = https://me:pw@x.org/a?b=c", Condition("repo_url", "=", "https://x.org/a?b=c")),
        ("repo_archived = yes", Condition("repo_archived", "=", True)),
        ("repo_archived = FALSE", Condition("repo_archived", "=", False)),
        ("tags has geo", GEO),
        ("tags = geo", GEO),
        ("tags ~ geo", Condition("tags", "~", "geo")),
        ("repo_license in (MIT)", OneOf("repo_license", ("MIT",))),
        ("repo_watchers in ( 1,2 , '3')", OneOf("repo_watchers", (1, 2, 3))),
        ("tags in (geo, 'to watch')", OneOf("tags", ("geo", "to watch"))),
        (
            "last_updated older than 30d",
            Condition("last_updated", "<", datetime(2026, 1, 16, tzinfo=UTC)),
        ),
        (
            "last_updated < 30d",
            Condition("last_updated", "<", datetime(2026, 1, 16, tzinfo=UTC)),
        ),
        (
            "last_updated Younger Than 1d",
            Condition("last_updated", ">", datetime(2026, 2, 14, tzinfo=UTC)),
        ),
        ("@popular", POPULAR),
        ("not @popular", Not(POPULAR)),
        ("not not tags has geo", Not(Not(GEO))),
        ("(((tags has geo)))", GEO),
        ("tags has geo and repo_license = MIT", AllOf((GEO, MIT))),
        ("tags has geo or repo_license = MIT AND @popular", AnyOf((GEO, AllOf((MIT, POPULAR))))),
        ("(tags has geo or repo_license = MIT)and @popular", AllOf((AnyOf((GEO, MIT)), POPULAR))),
        ("not tags has geo and repo_license = MIT", AllOf((Not(GEO), MIT))),
        ("not(tags has geo or repo_license = MIT)", Not(AnyOf((GEO, MIT)))),
    ],
)
def test_an_expression_is_a_tree_of_typed_comparisons(text: str, tree: ConditionTree) -> None:
    assert repr(parse(text)) == repr(tree)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a field, not the end: a condition is FIELD OP VALUE"),
        ("title", "expected an operator, not the end: a condition is FIELD OP VALUE"),
        ("title foo", "expected an operator, not 'foo'"),
        ("title = ", "expected a value, not the end"),
        ("title = and id = 1", "expected a value, not 'and'; quote one"),
        ("> 5", "expected a field, not '>'"),
        ("title = a b", "expected 'and', 'or' or the end, not 'b'; quote a value"),
        ("title = a = b", "expected 'and', 'or' or the end, not '='"),
        ("title = 'a' 'b'", "quote a value of several words"),
        ("title = a and", "expected a field, not the end"),
        ("title = a or or title = b", "expected a field, not 'or'"),
        ("(title = a", r"this '\(' is not closed \(at character 1\)"),
        ("id = 1 and (title = a or (id = 2)", r"not closed \(at character 12\)"),
        ("(title = a b)", r"expected 'and', 'or' or '\)', not 'b\)'"),
        ("title = a)", r"this '\)' closes nothing \(at character 10\)"),
        ("title = 'a", r"this ' is not closed \(at character 9\)"),
        ("title = 'a''b", r"this ' is not closed \(at character 9\)"),
        ('title = "', r"this \" is not closed \(at character 9\)"),
        ("stars > 1", r"no field 'stars'; did you mean 'repo_watchers'\? \(at character 1\)"),
        ("id = 1 and titel = a", r"'titel'; did you mean 'title'.* \(at character 12\)"),
        ("notes < null", "unknown can only be compared with = and !="),
        ("tags > geo", r"tags \(list\) takes = != ~ has in is, not > \(at character 6\)"),
        ("title has a", r"title \(text\) takes .*, not has"),
        ("title older than 5y", r"title \(text\) takes .*, not older"),
        ("repo_watchers ~ 5", r"repo_watchers \(integer\) takes"),
        ("repo_archived > no", r"repo_archived \(boolean\) takes = != in is, not >"),
        ("repo_watchers > many", r"'many' is not a whole number \(at character 17\)"),
        ("repo_watchers in (1, x)", r"'x' is not a whole number \(at character 22\)"),
        ("repo_archived = maybe", "'maybe' is none of yes, no, true and false"),
        ("last_updated > soon", "'soon' is neither a date .* nor a duration"),
        ("last_updated older 5y", "expected 'than' after 'older', not '5y'"),
        ("last_updated older than 2020-01-01", "'2020-01-01' is not a duration"),
        ("last_updated older than 999999y", "longer than the calendar"),
        ("title in ()", r"'in \(\)' holds for no package; name a value \(at character 10\)"),
        ("title in a", r"expected '\(' after 'in', not 'a'"),
        ("title in (a, )", "expected a value, not '\\)'"),
        ("title in (a b)", "expected ',' or '\\)', not 'b\\)'"),
        ("title in (a", "expected ',' or '\\)', not the end"),
        ("title in (a, null)", "'is unknown' asks for what is unknown"),
        ("title is a", "expected 'unknown' or 'known' after 'is', not 'a'"),
        ("pinned has nothing", "'nothing' is not a fact"),
        ("@", "expected the name of a filter after '@'"),
        ("id = 1 or @nosuch", "there is no filter 'nosuch'"),
        ("https://me:secret@x.org = 1", "expected a field, not 'https://x.org'"),
        ("id > https://me:secret@x.org/a", "'https://x.org/a' is not a whole number"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("opening", ["(", "not ", "not("])
def test_nesting_has_a_limit(opening: str) -> None:
    closing = ")" if "(" in opening else ""
    levels = (MAX_DEPTH - 1) // (2 if opening == "not(" else 1)
    parse(f"{opening * levels}id = 1{closing * levels}")
    for depth in (MAX_DEPTH, 3_000):
        with pytest.raises(Invalid, match="nested more than"):
            parse(f"{opening * depth}id = 1{closing * depth}")


def test_length_and_number_of_values_have_limits() -> None:
    with pytest.raises(Invalid, match="20,001 characters; 20,000 are the most"):
        parse("x" * (MAX_LENGTH + 1))
    parse(" or ".join(["id = 1"] * MAX_VALUES))
    for text in (
        " or ".join(["id = 1"] * (MAX_VALUES + 1)),
        " or ".join(["id is known"] * (MAX_VALUES + 1)),
        f"id in ({','.join(['1'] * (MAX_VALUES + 1))})",
        " or ".join(["@popular"] * (MAX_VALUES + 1)),
    ):
        with pytest.raises(Invalid, match=f"more than {MAX_VALUES} values"):
            parse(text)


@pytest.mark.parametrize(
    "part", ["'", "''", '"', "(", ")", "a ", "id=1 or ", "title ~ ", "@", "\\"]
)
def test_the_longest_text_is_read_or_refused_at_once(part: str) -> None:
    begun = time.process_time()
    for text in (
        f"title = '{part * MAX_LENGTH}",
        f"title = 'x{part * MAX_LENGTH}",
        part * MAX_LENGTH,
    ):
        with suppress(Invalid):
            parse(text[:MAX_LENGTH])
    assert time.process_time() - begun < 2


@given(st.text())
def test_a_quoted_value_is_read_as_it_was(text: str) -> None:
    if text == "null":
        return
    tree = parse(f"title = {quote_value(text)} and id = 1")
    assert repr(tree) == repr(AllOf((Condition("title", "=", text), Condition("id", "=", 1))))


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "title",
                    "id",
                    "tags",
                    "repo_archived",
                    "last_updated",
                    "pypi_version",
                    "@popular",
                ),
                *("=", "!=", "<", "~", "has", "in", "is", "older", "younger", "than", "unknown"),
                *("(", ")", ",", "'", '"', "and", "or", "not", "1", "a", "5y", "1.0", "null"),
            ]
        ),
        max_size=12,
    ).map(" ".join)
    | st.text(max_size=30)
)
def test_any_text_is_an_expression_or_a_mistake(text: str) -> None:
    with suppress(Invalid):
        parse(text)
