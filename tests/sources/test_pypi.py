"""PyPI: which version, licence, links, status, and what its 404 means."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pkgcat.http.endpoint import make_endpoint
from pkgcat.http.errors import Malformed, NotFoundUpstream, RequestFailed
from pkgcat.http.responses import Answer
from pkgcat.model import limits
from pkgcat.model.source_data import Facts, StoredPackage
from pkgcat.sources import licenses, project_links, pypi
from tests.sources import fakes
from tests.sources.fakes import NOW, UNCHANGED, FakeFetcher

JSON, SIMPLE = "pypi/maps/json", "simple/maps/"


def fetch(
    world: dict[str, Any], known: StoredPackage | None = None, now: datetime = NOW
) -> tuple[Facts, FakeFetcher]:
    fetcher = FakeFetcher(world)
    at = make_endpoint("pypi", "pypi.org")
    return asyncio.run(pypi.fetch(at, known or StoredPackage("maps"), fetcher, now)), fetcher


def stored() -> StoredPackage:
    facts, _ = fetch(fakes.pypi())
    return StoredPackage("maps", facts.values, facts.memory)


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
    assert [stamp.request for stamp in facts.validators] == [JSON, SIMPLE]


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
    with pytest.raises(NotFoundUpstream):
        fetch({}, stored())
    with pytest.raises(RequestFailed):
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
    world[JSON]["info"] |= {
        "requires_python": "",
        "license_expression": None,
        "license": "",
        "classifiers": [],
    }
    values = fetch(world)[0].values
    assert values["pypi_requires_python"] is None
    assert values["pypi_license"] is None
    assert values["pypi_classifiers"] == ()


def test_unchanged_status_needs_a_status_that_is_stored() -> None:
    facts, fetcher = fetch({JSON: fakes.pypi()[JSON], SIMPLE: Answer({"name": "maps"}, where="w")})
    assert facts.values["pypi_status"] == "active"
    assert fetcher.conditional == []


MIT = "License :: OSI Approved :: MIT License"
MPL = "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)"
BSD = "License :: OSI Approved :: BSD License"
GPL = "License :: OSI Approved :: GNU General Public License (GPL)"
GPL_2 = "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"
PROPRIETARY = "License :: Other/Proprietary License"


@pytest.mark.parametrize(
    ("expression", "classifiers", "text", "expected"),
    [
        ("mit", [BSD], "GPL", "MIT"),
        ("MIT", [MPL], "Apache-2.0", "MIT"),
        ("not ( valid", [], "", None),
        (None, [MIT, MPL], "MPL-2.0 AND MIT", "MPL-2.0 AND MIT"),
        (None, [BSD], "BSD-2-Clause", "BSD-2-Clause"),
        (None, [GPL_2], "GPL-2.0-or-later", "GPL-2.0-or-later"),
        (None, [BSD], "MIT", "MIT"),
        (None, [], "apache-2.0", "Apache-2.0"),
        (None, [], "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        (None, [MIT], "Custom", "MIT"),
        (None, [MIT], "MIT License, see LICENSE", "MIT"),
        (None, [MIT, MIT, "Framework :: Django"], None, "MIT"),
        (None, ["License :: OSI Approved", MIT], None, "MIT"),
        (None, ["License :: OSI Approved"], None, None),
        (None, [GPL_2], "GPL", "GPL-2.0-only"),
        (None, [MIT, MPL], None, None),
        (None, [MIT, PROPRIETARY], None, None),
        (None, [PROPRIETARY, BSD], "Proprietary", None),
        (None, [MIT, "License :: OSI Approved :: Nobody's License"], None, None),
        (None, [BSD], "BSD", None),
        (None, [GPL], "GPL", None),
        (None, ["License :: OSI Approved :: Zope Public License"], None, None),
        (None, ["License :: Public Domain"], "public domain", None),
        (None, [], "BSD", None),
        (None, [], "The MIT License", None),
        (None, [], "UNKNOWN", None),
        (None, [], "MIT or whatever you like", None),
        (None, [PROPRIETARY], "Custom", None),
        (None, [], 5, None),
    ],
)  # fmt: skip
def test_a_licence_is_what_is_said_exactly_and_nothing_else(
    expression: object, classifiers: list[str], text: object, expected: str | None
) -> None:
    assert licenses.of_project(expression, classifiers, text) == expected


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("GPL-3.0", "GNU General Public License v3.0", "GPL-3.0"),
        ("gpl-3.0", None, "GPL-3.0"),
        ("gpl-3.0", "GNU General Public License v3.0 or later", "GPL-3.0-or-later"),
        ("AGPL-3.0", "GNU Affero General Public License v3.0 only", "AGPL-3.0-only"),
        ("LGPL-2.1+", None, "LGPL-2.1-or-later"),
        ("GPL-2.0-only", "or later", "GPL-2.0-only"),
        ("mit", "MIT only", "MIT"),
    ],
)
def test_a_deprecated_id_becomes_today_s_where_the_host_says_which(
    name: str, title: str | None, expected: str
) -> None:
    assert licenses.of_host(name, title) == expected


def test_a_host_s_licence() -> None:
    assert licenses.of_host("apache-2.0") == "Apache-2.0"
    assert [licenses.of_host(name) for name in ("NOASSERTION", "other", "", None)] == [None] * 4


def test_every_licence_is_spdx() -> None:
    for names in (licenses._CLASSIFIERS, licenses._OTHERS):
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
        ({"Blog": "https://blog.example.org/ann/maps", "Homepage": "https://maps.example.org/a/maps"}, []),
        ({"Source": "https://launchpad.net/maps"}, []),
    ],
)  # fmt: skip
def test_the_likeliest_repository_is_first(links: dict[str, str], expected: list[str]) -> None:
    found = project_links.repositories("Maps", links)
    assert [url.removeprefix("https://") for url in found[:1]] == expected


@pytest.mark.parametrize("scheme", ["git", "git+https", "ssh", "git+ssh", "http"])
def test_a_link_of_any_scheme_of_git_leads_to_the_repository(scheme: str) -> None:
    links = {"Homepage": f"{scheme}://github.com/ann/atlas.git"}
    assert project_links.repositories("maps", links) == ("https://github.com/ann/atlas",)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("GitHub: repo", ["github.com/a/atlas"]),
        ("Source (mirror)", ["github.com/a/atlas"]),
        ("Code of Conduct", []),
        ("Code-of-Conduct", []),
        ("CI: GitHub Actions", []),
    ],
)
def test_a_label_of_two_parts_may_name_the_repository(label: str, expected: list[str]) -> None:
    found = project_links.repositories("Maps", {label: "https://github.com/a/atlas/actions"})
    assert [url.removeprefix("https://") for url in found] == expected


@pytest.mark.parametrize(
    ("links", "docs_url", "expected"),
    [
        ({"Docs: RTD": "https://a.org/"}, None, "https://a.org/"),
        ({"Docs: Changelog": "https://a.org/c", "Docs: API": "https://a.org/"}, None, "https://a.org/"),
        ({"Docs: API": "https://b.org/", "Documentation": "https://a.org/"}, None, "https://a.org/"),
        ({"Documentation (stable)": "https://a.org/"}, None, "https://a.org/"),
        ({"Docs - Changelog": "https://a.org/"}, None, None),
        ({"Docstrings": "https://a.org/"}, None, None),
        ({}, "https://a.org/", "https://a.org/"),
        ({"Docs: API": "https://a.org/"}, "https://b.org/", "https://a.org/"),
        ({}, "javascript:alert(1)", None),
        ({"Docs": "https://[bad"}, "https://[bad", None),
        ({}, 5, None),
    ],
)  # fmt: skip
def test_documentation_by_the_beginning_of_a_label_or_by_docs_url(
    links: dict[str, str], docs_url: object, expected: str | None
) -> None:
    assert project_links.documentation(links, docs_url) == expected


def test_docs_url_of_a_project_is_its_documentation() -> None:
    world = fakes.pypi()
    world[JSON]["info"] |= {
        "project_urls": None,
        "docs_url": "https://u:canary-pw@maps.example.org/",
    }
    facts, _ = fetch(world)
    assert facts.values["documentation_url"] == "https://maps.example.org/"
    assert facts.credentials_cut == ("https://maps.example.org/",)
    world[JSON]["info"]["docs_url"] = f"https://maps.example.org/{'x' * 3_000}"
    assert fetch(world)[0].values["documentation_url"] is None


def test_a_file_without_an_upload_time_is_no_failure() -> None:
    world = fakes.pypi()
    (file,) = world[JSON]["urls"][:1]
    world[JSON]["urls"] = [{"filename": "x.whl"}, file | {"upload_time_iso_8601": None}, file]
    facts, _ = fetch(world)
    assert facts.values["pypi_released"] == datetime(2026, 11, 2, 10, 0, 1, 500000, UTC)
    world[JSON]["urls"] = [{"filename": "x.whl"}]
    values = fetch(world)[0].values
    assert (values["pypi_version"], values["pypi_released"]) == ("1.0", None)


def test_a_vulnerability_without_an_id_goes_by_its_alias() -> None:
    world = fakes.pypi()
    world[JSON]["vulnerabilities"] = [
        {"id": None, "aliases": ["CVE-1", "GHSA-1"]},
        {"aliases": []},
        {"id": "PYSEC-1", "aliases": ["GHSA-1"]},
        {"id": "PYSEC-2", "aliases": None},
    ]
    assert fetch(world)[0].values["pypi_vulnerabilities"] == ("CVE-1", "PYSEC-2")


@pytest.mark.parametrize("told", [{}, {"vulnerabilities": None}])
def test_vulnerabilities_that_are_not_told_are_unknown(told: dict[str, Any]) -> None:
    world = fakes.pypi()
    del world[JSON]["vulnerabilities"]
    world[JSON] |= told
    facts, _ = fetch(world)
    assert "pypi_vulnerabilities" not in facts.values
    world[JSON]["vulnerabilities"] = []
    assert fetch(world)[0].values["pypi_vulnerabilities"] == ()


def test_documentation_by_its_labels_only() -> None:
    assert project_links.documentation({"Docs!": "https://a.org"}) == "https://a.org"
    assert (
        project_links.documentation({"Documentation": "ftp://a.org", "Homepage": "https://b.org"})
        is None
    )


def test_long_lists_are_taken_up_to_their_limits() -> None:
    world = fakes.pypi()
    world[JSON]["info"]["classifiers"] = [f"Topic :: {number}" for number in range(2_000)]
    world[JSON]["vulnerabilities"] = [
        {"id": f"PYSEC-{number}", "aliases": []} for number in range(2_000)
    ]
    values = fetch(world)[0].values
    assert values["pypi_classifiers"] == tuple(
        f"Topic :: {number}" for number in range(limits.MAX_ITEMS)
    )
    assert values["pypi_vulnerabilities"] == tuple(
        f"PYSEC-{number}" for number in range(limits.MAX_ITEMS)
    )


def test_a_version_too_long_to_be_one_is_refused_and_not_cut() -> None:
    world = fakes.pypi()
    world[JSON]["info"]["version"] = "1." * 2_000
    with pytest.raises(Malformed, match="version: 4,000 characters"):
        fetch(world)


def test_links_too_long_or_too_many_are_left_out() -> None:
    world = fakes.pypi()
    world[JSON]["info"]["project_urls"] = {
        "Docs": f"https://maps.example.org/{'x' * 3_000}",
        "x" * 300: "https://github.com/ann/maps",
        "Documentation": "https://docs.example.org/",
        **{f"Source {number}": f"https://github.com/ann/{number}" for number in range(5_000)},
        **{f"link {number}": f"https://github.com/ann{number}/maps" for number in range(20)},
        "Source": "https://github.com/ann/atlas",
    }
    facts, _ = fetch(world)
    assert facts.values["documentation_url"] == "https://docs.example.org/"
    assert not {"https://github.com/ann/atlas", "https://github.com/ann/maps"} & set(
        facts.repositories
    )


def test_of_many_links_to_repositories_the_likeliest_few_are_tried() -> None:
    links = {f"link {number}": f"https://github.com/ann{number}/maps" for number in range(500)}
    found = project_links.repositories("maps", {**links, "Source": "https://github.com/ann/atlas"})
    assert len(found) == limits.MAX_CANDIDATES
    assert found[0] == "https://github.com/ann/atlas"


def test_an_expression_too_long_to_be_read_is_no_licence() -> None:
    assert licenses.of_host("MIT AND " * 100 + "MIT") == "MIT AND " * 100 + "MIT"
    assert licenses.of_host("MIT AND " * 200 + "MIT") is None
    assert licenses.of_host("(" * 400 + "MIT" + ")" * 400) is None


def test_of_the_other_names_of_a_vulnerability_the_first_are_read() -> None:
    world = fakes.pypi()
    names = [f"CVE-{number}" for number in range(limits.MAX_ALIASES + 1)]
    rows = [{"id": "PYSEC-1", "aliases": [*names, {"a": 1}]}]
    rows += [{"id": name, "aliases": []} for name in names]
    world[JSON]["vulnerabilities"] = rows
    assert fetch(world)[0].values["pypi_vulnerabilities"] == ("PYSEC-1", names[-1])
