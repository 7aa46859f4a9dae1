"""PyPI: which version, licence, links, status, and what its 404 means."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pkgcat.sources import licenses, place, project_links, pypi
from pkgcat.sources.base import Answer, Facts, Failed, Known, Missing
from tests.sources import fakes
from tests.sources.fakes import NOW, UNCHANGED, FakeFetcher

JSON, SIMPLE = "pypi/maps/json", "simple/maps/"


def fetch(world: dict[str, Any], known: Known | None = None, now: datetime = NOW) -> tuple[Facts, FakeFetcher]:
    fetcher = FakeFetcher(world)
    at = place(pypi, "pypi.org")
    return asyncio.run(pypi.fetch(at, known or Known("maps"), fetcher, now)), fetcher


def stored() -> Known:
    facts, _ = fetch(fakes.pypi())
    return Known("maps", facts.values, facts.memory)


def test_a_project() -> None:
    facts, _ = fetch(fakes.pypi())
    assert facts.values == {
        "pypi_version": "1.0",
        "pypi_released": datetime(2026, 11, 2, 10, 0, 0, 500000, UTC),
        "pypi_requires_python": ">=3.11",
        "pypi_license": "MIT OR Apache-2.0",
        "pypi_classifiers": ("License :: OSI Approved :: BSD License", "Framework :: Django"),
        "pypi_status": "archived",
        "pypi_yanked": False,
        "pypi_vulnerabilities": ("PYSEC-1",),
        "documentation_url": "https://maps.example.org/",
    }
    assert facts.repositories == ("https://github.com/ann/maps",)
    assert [stamp.key for stamp in facts.stamps] == [JSON, SIMPLE]


def test_the_status_is_asked_for_once_a_week() -> None:
    _, fetcher = fetch({JSON: UNCHANGED}, stored(), NOW + timedelta(days=6))
    assert fetcher.asked == [JSON]
    facts, fetcher = fetch({JSON: UNCHANGED, SIMPLE: UNCHANGED}, stored(), NOW + timedelta(days=7))
    assert fetcher.asked == [JSON, SIMPLE]
    assert facts.values == {}
    assert facts.memory.asked == NOW + timedelta(days=7)
    assert facts.memory.pushed == "1.0"


def test_no_release_or_quarantined_is_not_missing() -> None:
    world = {SIMPLE: {"name": "maps", "project-status": {"status": "quarantined"}, "files": []}}
    facts, _ = fetch(world, stored())
    assert facts.values == {"pypi_status": "quarantined"}
    assert fetch({SIMPLE: {"name": "maps", "files": []}})[0].values == {"pypi_status": "active"}
    with pytest.raises(Missing):
        fetch({}, stored())
    with pytest.raises(Failed):
        fetch({SIMPLE: {"name": "maps", "files": [{}]}}, stored())


def test_an_index_without_a_simple_api_tells_no_status() -> None:
    facts, _ = fetch({JSON: fakes.pypi()[JSON]})
    assert "pypi_status" not in facts.values
    assert facts.values["pypi_version"] == "1.0"


def test_a_version_without_files_has_no_date() -> None:
    world = fakes.pypi()
    world[JSON]["urls"] = []
    assert fetch(world)[0].values["pypi_released"] is None


def test_empty_texts_are_unknown() -> None:
    world = fakes.pypi()
    world[JSON]["info"] |= {"requires_python": "", "license_expression": None, "license": "", "classifiers": []}
    values = fetch(world)[0].values
    assert values["pypi_requires_python"] is None
    assert values["pypi_license"] is None
    assert values["pypi_classifiers"] == ()


def test_unchanged_status_needs_a_status_that_is_stored() -> None:
    facts, fetcher = fetch({JSON: fakes.pypi()[JSON], SIMPLE: Answer({"name": "maps"}, where="w")})
    assert facts.values["pypi_status"] == "active"
    assert fetcher.conditional == []


@pytest.mark.parametrize(
    ("expression", "classifiers", "text", "expected"),
    [
        ("mit", ["License :: OSI Approved :: BSD License"], "GPL", "MIT"),
        ("", ["License :: OSI Approved :: BSD License"], "MIT", "BSD-3-Clause"),
        (None, ["License :: OSI Approved", "License :: OSI Approved :: MIT License"], None, "MIT"),
        (
            None,
            ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: Apache Software License"],
            None,
            "MIT OR Apache-2.0",
        ),
        (None, [], "The  MIT License", "MIT"),
        (None, [], "BSD", "BSD-3-Clause"),
        (None, [], "Apache-2.0", "Apache-2.0"),
        (None, [], "Permission is hereby granted, free of charge, to any person obtaining a copy", None),
        (None, ["License :: Other/Proprietary License"], "Custom", None),
        (None, [], 5, None),
        ("not ( valid", [], "", None),
    ],
)
def test_licence_order(expression: object, classifiers: list[str], text: object, expected: str | None) -> None:
    assert licenses.of_project(expression, classifiers, text) == expected


def test_a_host_s_licence() -> None:
    assert licenses.of_host("apache-2.0") == "Apache-2.0"
    assert [licenses.of_host(name) for name in ("NOASSERTION", "other", "", None)] == [None] * 4


def test_every_licence_is_spdx() -> None:
    for names in (licenses._CLASSIFIERS, licenses._OTHERS, licenses._WORDS):
        for name in names.values():
            assert licenses.of_host(name) == name


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"Homepage": "https://github.com/a/maps", "Source Code": "https://gitlab.com/b/c"}, ["gitlab.com/b/c"]),
        ({"Homepage": "https://github.com/nicois"}, []),
        ({"Tip": "https://github.com/sponsors/maps", "B": "https://github.com/a/maps/issues"}, ["github.com/a/maps"]),
        ({"Tracker": "https://github.com/a/other/issues"}, []),
        ({"Source": "https://git.example.org/a/maps", "Homepage": "https://github.com/a/maps"}, ["github.com/a/maps"]),
        ({"Repository": "https://git.example.org/a/maps"}, ["git.example.org/a/maps"]),
        ({"Source": "javascript:alert(1)", "Code": "https://[bad", "Git": "UNKNOWN"}, []),
    ],
)  # fmt: skip
def test_the_likeliest_repository_is_first(links: dict[str, str], expected: list[str]) -> None:
    found = project_links.repositories("Maps", links)
    assert [url.removeprefix("https://") for url in found[:1]] == expected


def test_documentation_by_its_labels_only() -> None:
    assert project_links.documentation({"Docs!": "https://a.org"}) == "https://a.org"
    assert project_links.documentation({"Documentation": "ftp://a.org", "Homepage": "https://b.org"}) is None
