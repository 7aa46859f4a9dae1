"""The record's own rules: which values it takes, and what it says of the others."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.errors import Invalid
from pkgcat.model.fields import API_V4_KEYS, EDITABLE, FIELDS, PINNABLE, check_field
from pkgcat.model.package import Package
from pkgcat.model.parsing import parse_datetime
from pkgcat.model.suggest import suggest
from pkgcat.model.validate import check_own_slug, check_slug, check_title, slugify
from tests import records
from tests.conftest import DATA


def test_the_first_18_fields_are_those_of_api_v4_in_its_order() -> None:
    assert list(API_V4_KEYS) == list(json.loads((DATA / "package-1326.json").read_bytes()))
    assert tuple(FIELDS)[:18] == API_V4_KEYS
    assert tuple(FIELDS) == tuple(Package().values)


def test_every_field_says_what_it_is() -> None:
    assert all(field.help for field in FIELDS.values())


def test_only_facts_are_pinned_and_pkgcats_own_bookkeeping_is_not_edited() -> None:
    assert {"repo_watchers", "participants", "pypi_version"} <= PINNABLE
    assert not PINNABLE & {"title", "notes", "last_fetched", "score", "documentation_url"}
    assert {"title", "notes", "tags", "repo_description"} <= EDITABLE
    assert not EDITABLE & {
        "id",
        "created",
        "modified",
        "pinned",
        "score",
        "pypi_name",
        "last_error",
    }


@pytest.mark.parametrize(
    "slug", ["a", "django-cities", "django_cities", "trailing-", "2to3", "A" * 50, "_"]
)
def test_a_slug_of_api_v4_is_taken(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    ("slug", "rule"),
    [
        ("two words", "only letters"),
        ("", "only letters"),
        ("a/b", "only letters"),
        ("ærø", "only letters"),
        ("a\n", "only letters"),
        ("x" * 51, "51 characters, and 50"),
    ],
)
def test_a_slug_that_breaks_a_rule_is_told_which(slug: str, rule: str) -> None:
    with pytest.raises(Invalid, match=rule):
        check_slug(slug)
    with pytest.raises(Invalid):
        FIELDS["slug"].parse(slug)


def test_a_slug_of_digits_alone_is_a_sites_and_no_persons() -> None:
    assert FIELDS["slug"].parse("1326") == "1326"
    with pytest.raises(Invalid, match="digits alone"):
        check_own_slug("1326")


@pytest.mark.parametrize("title", ["x", "x" * 100, "trailing space ", "⛺" * 100])
def test_a_title_of_1_to_100_characters_is_taken_as_it_came(title: str) -> None:
    assert check_title(title) == title


@pytest.mark.parametrize(
    ("title", "rule"),
    [("x" * 101, "101 characters, and 100"), (" \n", "empty"), ("", "required|empty")],
)
def test_a_title_that_breaks_a_rule_is_told_which(title: str, rule: str) -> None:
    with pytest.raises(Invalid, match=rule):
        check_title(title)
    with pytest.raises(Invalid, match="title"):
        FIELDS["title"].parse(title)


@given(records.texts(longest=100))
def test_a_slug_made_of_a_title_is_a_valid_one_or_nothing(title: str) -> None:
    slug = slugify(title)
    assert slug == "" or slug.isdigit() or check_slug(slug) == slug


def test_a_slug_is_made_of_a_title() -> None:
    assert slugify("Django  Cities & Countries!") == "django-cities-countries"
    assert slugify("x" * 49 + " y") == "x" * 49


@pytest.mark.parametrize(
    "name",
    [name for name, field in FIELDS.items() if not field.required and not field.type.is_collection],
)
def test_null_and_an_empty_text_mean_unknown(name: str) -> None:
    assert FIELDS[name].parse(None) is None
    assert FIELDS[name].parse("") == ("" if name == "documentation_url" else None)


@pytest.mark.parametrize("name", ["tags", "participants", "commits_over_52", "grids"])
def test_an_unknown_list_is_an_empty_one(name: str) -> None:
    assert FIELDS[name].parse(None) == FIELDS[name].parse("") == FIELDS[name].parse([]) == ()


@pytest.mark.parametrize("name", ["title", "slug", "id", "error_count"])
def test_what_every_record_has_cannot_be_unknown(name: str) -> None:
    with pytest.raises(Invalid, match=f"{name} may not be empty"):
        FIELDS[name].parse(None)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("repo_watchers", "12"),
        ("repo_watchers", 1.5),
        ("repo_watchers", True),
        ("repo_watchers", -1),
        ("repo_watchers", 2**63),
        ("repo_archived", 1),
        ("repo_archived", "true"),
        ("title", 5),
        ("title", "nul \0"),
        ("notes", "lone surrogate \ud800"),
        ("tags", "geo"),
        ("tags", {"geo": 1}),
        ("tags", [1]),
        ("tags", [None]),
        ("tags", ["\udfff"]),
        ("commits_over_52", ["1"]),
        ("commits_over_52", [-1]),
        ("commits_over_52", [1.5]),
        ("repo_watchers", 2.0**53),
        ("repo_watchers", -1.0),
        ("repo_watchers", float("inf")),
        ("repo_watchers", float("nan")),
        ("last_updated", "2026-02-15"),
        ("last_updated", "2026-02-15T04:01:40"),
        ("last_updated", "yesterday"),
        ("last_updated", "2026-02-30T00:00:00Z"),
        ("last_updated", "0001-01-01T00:00:00+14:00"),
        ("last_updated", "9999-12-31T23:59:59-14:00"),
        ("last_updated", 1771146100),
        ("pinned", ["title"]),
        ("pinned", ["nonsense"]),
    ],
)
def test_a_value_of_the_wrong_form_is_refused_by_its_fields_name(name: str, given: Any) -> None:
    with pytest.raises(Invalid, match=f"^{name}: ") as refused:
        FIELDS[name].parse(given)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 150


def test_a_long_wrong_value_is_told_shortened() -> None:
    with pytest.raises(Invalid) as refused:
        FIELDS["tags"].parse("x" * 10_000)
    assert len(str(refused.value)) < 100


def test_a_wrong_value_that_python_cannot_write_is_told_in_a_line() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for wrong, told in ((10**5_000, "thousands of digits"), (deep, "nested too deep")):
        with pytest.raises(Invalid, match=told):
            FIELDS["repo_watchers"].parse(wrong)


@given(
    st.datetimes(datetime.min + timedelta(367), datetime.max - timedelta(367)),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_time_of_any_offset_is_kept_whole_as_utc(local: datetime, minutes: int) -> None:
    there = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    read = parse_datetime(there.isoformat())
    assert read == there
    assert read.tzinfo is UTC
    assert FIELDS["last_updated"].parse(there.isoformat()) == there


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        parse_datetime("2026-02-15T04:01:40")


def test_values_of_the_right_form_are_taken() -> None:
    assert FIELDS["repo_watchers"].parse(0) == 0
    assert FIELDS["repo_watchers"].parse(2**63 - 1) == 2**63 - 1
    assert FIELDS["repo_archived"].parse(False) is False
    assert FIELDS["commits_over_52"].parse([0, 1]) == (0, 1)
    assert FIELDS["participants"].parse(["dependabot[bot]", "12345"]) == (
        "dependabot[bot]",
        "12345",
    )
    assert FIELDS["pinned"].parse(["repo_watchers"]) == ("repo_watchers",)
    assert FIELDS["notes"].parse("Ærø \U0001f3d5 ⛺ ") == "Ærø \U0001f3d5 ⛺ "


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("repo_watcher", "repo_watchers"),
        ("stars", "repo_watchers"),
        ("forks", "repo_forks"),
        ("titel", "title"),
        ("documentation", "documentation_url"),
        ("zzzzzz", "pkgcat schema"),
    ],
)
def test_an_unknown_field_is_told_with_the_one_that_was_meant(name: str, meant: str) -> None:
    with pytest.raises(Invalid, match=f"there is no field '{name}'.*{re.escape(meant)}"):
        check_field(name)
    assert check_field("title").name == "title"


def test_nearest_names_what_was_meant_or_nothing() -> None:
    assert suggest("app", ["apps", "other"]) == "; did you mean 'apps'?"
    assert suggest("zzz", ["apps", "other"]) == ""
    assert suggest("", ["apps", "other"]) == ""


def test_nearest_are_names_that_begin_so_the_shortest_first() -> None:
    names = ["django-cities-light", "jango", "Django-Cities", "django-cache", "django-c"]
    expected = "; did you mean 'django-c' or 'django-cache' or 'Django-Cities'?"
    assert suggest("DJANGO-C", names) == expected
    assert suggest("dj", ["django-cities"]) == "; did you mean 'django-cities'?"
