"""What trove classifiers declare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.classifiers import (
    VERSION_LIST,
    find_development_status,
    list_django_versions,
    list_python_versions,
)

DECLARED = (
    "Development Status :: 5 - Production/Stable",
    "Framework :: Django",
    "Framework :: Django :: 5.2",
    "Framework :: Django :: 4.2",
    "Framework :: Django CMS :: 3.9",
    "Programming Language :: Python :: 3",
    "Programming Language :: Python :: 3 :: Only",
    "Programming Language :: Python :: 3.10",
    "Programming Language :: Python :: 3.9",
    "Programming Language :: Python :: Implementation :: PyPy",
)


def test_versions_are_ordered_as_versions_and_a_mere_major_one_says_nothing_more() -> None:
    assert list_python_versions(DECLARED) == ("3.9", "3.10")
    assert list_django_versions(DECLARED) == ("4.2", "5.2")
    assert list_python_versions(["Programming Language :: Python :: 3"]) == ("3",)
    assert list_python_versions([]) == ()


def test_the_development_status_has_no_number() -> None:
    assert find_development_status(DECLARED) == "Production/Stable"
    assert find_development_status(["Development Status :: 4 - Beta", *DECLARED]) is not None
    assert find_development_status(["Development Status :: "]) is None
    assert find_development_status([]) is None


@pytest.mark.parametrize(
    ("versions", "text"),
    [
        (("3.9", "3.10", "3.11"), "3.9-3.11"),
        (("3.9", "3.10"), "3.9, 3.10"),
        (("2.7", "3.6", "3.7", "3.8", "3.10"), "2.7, 3.6-3.8, 3.10"),
        (("4.2", "5.0", "5.1", "5.2"), "4.2, 5.0-5.2"),
        (("2", "3", "4"), "2, 3, 4"),
        ((), ""),
    ],
)
def test_versions_that_follow_each_other_are_a_range(versions: tuple[str, ...], text: str) -> None:
    assert VERSION_LIST.to_text(VERSION_LIST.to_sql(versions)) == text


@given(st.lists(st.text(max_size=30) | st.from_regex(r"\d+(\.\d+)*")))
def test_any_classifier_is_read(texts: list[str]) -> None:
    classifiers = [f"Programming Language :: Python :: {text}" for text in texts]
    versions = list_python_versions(classifiers)
    assert set(versions) <= set(texts)
    VERSION_LIST.to_text(VERSION_LIST.to_sql(versions))
    find_development_status([f"Development Status :: {text}" for text in texts])
