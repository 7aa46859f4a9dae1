"""One way to name a package, in every command; hosts of config.toml; credentials are cut."""

from pathlib import Path

import pytest

from tests.commands.program import Program, told

SECRET = "s3cr3t-canary"
CONFIG = """
[hosts."gitlab.example.com"]
type = "gitlab"
[hosts."git.example.org"]
type = "gitea"
"""


@pytest.fixture
def named(empty: Program) -> Program:
    """A catalog of a package with every kind of name, and of two others."""
    urls = ("--repo-url", "https://github.com/Ann/Geo-Maps", "--pypi-url", "Django.Maps")
    assert empty("add", "--no-fetch", "--slug", "maps", *urls).code == 0
    assert empty("add", "--no-fetch", "--slug", "core", "--repo-url", "ann/mono").code == 0
    more = ("--repo-url", "ann/mono", "--pypi-url", "mono-extra")
    assert empty("add", "--no-fetch", "--slug", "extra", *more).code == 0
    return empty


NAMES = (
    *(
        "maps",
        "MAPS",
        "1000001",
        "django-maps",
        "Django_MAPS",
        "https://pypi.org/project/django.maps/",
    ),
    *("ann/geo-maps", "Ann/Geo-Maps.git", "https://github.com/ann/geo-maps/issues/1"),
    *("git@github.com:ann/geo-maps.git", "git+https://github.com/ann/geo-maps@v1.0"),
    *("https://djangopackages.org/packages/p/maps/", "djangopackages.org/packages/p/maps"),
    *("https://djangopackages.org/api/v4/packages/1000001/", " maps "),
    f"https://ann:{SECRET}@github.com/ann/geo-maps",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_package_is_named_the_same_way_in_every_command(named: Program, name: str) -> None:
    assert named("show", name, "--json").code == 0
    assert named("show", "-", "--json", input=f"{name}\n").code == 0
    assert named("show", name, "--why", "title").code == 0
    assert named("history", name).code == 0
    assert named("refresh", name, "--plan").code == 0
    assert named("edit", name, "--notes", "words").code == 0
    assert named("edit", "core", "--replaced-by", name).code == 0
    assert named.record("core")["replaced_by"] == "maps"
    assert named.record("maps")["notes"] == "words"
    assert named("remove", name).code == 0
    assert named.slugs() == ["core", "extra"]
    assert named("history", name).code == 0


COMMANDS = (
    ("show",),
    ("show", "--at", "2100-01-01"),
    ("show", "--why", "title"),
    ("compare",),
    ("history",),
    ("refresh",),
    ("remove",),
    ("edit", "--notes", "x"),
    ("edit", "maps", "--replaced-by"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_fits_several_packages_names_them(named: Program, command: tuple[str, ...]) -> None:
    before = named.stored
    if "--at" in command:
        command = ("show", "--why", "slug")
    error = told(named(*command, "https://github.com/ann/mono/tree/main/core"), 5)
    assert "fits 2 packages: core, extra; name one of them" in error
    assert named.stored == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["map", "ann/map", "https://pypi.org/project/Mapz/"])
def test_a_miss_names_the_nearest(named: Program, command: tuple[str, ...], name: str) -> None:
    if "--at" in command:
        command = ("show", "--why", "slug")
    assert "did you mean 'maps'" in told(named(*command, name), 4)


def test_digits_name_an_id_first_and_then_a_slug(named: Program) -> None:
    record = '{"slug": "77", "title": "Digits", "id": 900}'
    assert named("import", "-", input=record).code == 0
    assert named.record("77")["title"] == "Digits"
    record = '{"slug": "other", "title": "Other", "id": 77}'
    assert named("import", "-", input=record).code == 0
    assert named.record("77")["title"] == "Other"


def test_a_page_that_names_no_package_is_not_found(named: Program) -> None:
    told(named("show", "https://djangopackages.org/grids/g/maps/"), 4)


# Hosts of config.toml


@pytest.fixture
def hosted(empty: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """pkgcat with two hosts in config.toml."""
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("PKGCAT_CONFIG", str(file))
    return empty


@pytest.mark.parametrize(
    ("target", "repo_url", "kind"),
    [
        (
            "https://gitlab.example.com/group/sub/name/-/tree/main",
            "https://gitlab.example.com/group/sub/name",
            "gitlab",
        ),
        (
            "https://gitlab.example.com/group/sub/name/-/issues/3",
            "https://gitlab.example.com/group/sub/name",
            "gitlab",
        ),
        (
            "https://git.example.org/owner/name/src/branch/main/setup.py",
            "https://git.example.org/owner/name",
            "forgejo",
        ),
        (
            "https://git.example.org/owner/name/issues/1",
            "https://git.example.org/owner/name",
            "forgejo",
        ),
    ],
)
def test_deep_links_of_configured_hosts_are_cut(
    hosted: Program, target: str, repo_url: str, kind: str
) -> None:
    assert hosted("add", "--no-fetch", target).code == 0
    record = hosted.record("name")
    assert (record["repo_url"], record["repo_host"]) == (repo_url, kind)
    assert hosted.record(target) == record
    assert "name" in told(hosted("add", "--no-fetch", repo_url.upper().lower()), 5)


def test_a_deep_link_that_was_imported_is_known_by_its_repository(hosted: Program) -> None:
    link = "https://git.example.org/Owner/Tool/src/branch/main/setup.py"
    record = f'{{"slug": "tool", "title": "Tool", "repo_url": "{link}"}}'
    assert hosted("import", "-", input=record).code == 0
    assert hosted.record("tool")["repo_url"] == link
    assert hosted.record("https://git.example.org/owner/tool/issues")["slug"] == "tool"
    assert "tool" in told(hosted("add", "--no-fetch", "git.example.org/owner/tool"), 5)


def test_what_was_stored_before_its_host_was_configured_is_still_found(
    empty: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert empty("add", "--no-fetch", "https://git.example.org/Owner/Tool").code == 0
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("PKGCAT_CONFIG", str(file))
    assert empty.record("https://git.example.org/Owner/Tool")["slug"] == "tool"
    assert "tool" in told(empty("add", "--no-fetch", "https://git.example.org/Owner/Tool"), 5)


@pytest.mark.parametrize(
    ("target", "clue"),
    [
        ("https://djangopackages.org/grids/g/cms/", "is a grid of many packages"),
        ("https://djangopackages.org/categories/apps/", "that is no package"),
        ("https://djangopackages.org/profiles/ann/", "that is no package"),
        ("https://djangopackages.org/", "is"),
        ("https://djangopackages.org/packages/", "that is no package"),
        ("https://test.pypi.org/project/maps/", "test.pypi.org is not PyPI"),
        ("https://pypi.org/user/ann/", "is a page of PyPI"),
        ("https://github.com/sponsors/ann", "no repository"),
        ("https://github.com/orgs/ann/repositories", "no repository"),
        ("sponsors/ann", "no repository"),
        ("git@github.com-work:ann/maps.git", "an alias of your ssh configuration"),
        ("https://github.com/ann", "names no repository"),
    ],
)
def test_a_page_that_is_no_package_is_refused(hosted: Program, target: str, clue: str) -> None:
    assert clue in told(hosted("add", "--no-fetch", target), 2)
    assert clue in told(hosted("add", target), 2)
    if "grids" not in target and target.startswith("https"):
        told(hosted("add", "--no-fetch", "--slug", "x", "--repo-url", target), 2)
    assert not hosted.catalog.exists()


# Credentials

ADDRESS = f"https://ann:{SECRET}@github.com/ann/maps"


@pytest.mark.parametrize(
    "args",
    [
        ("add", "--no-fetch", ADDRESS),
        ("add", "--no-fetch", ADDRESS, ADDRESS),
        ("add", "--no-fetch", f"git+{ADDRESS}@v1.0"),
        ("add", "--no-fetch", "--slug", "x", "--repo-url", ADDRESS),
        (
            "add",
            "--no-fetch",
            "--slug",
            "x",
            "--documentation-url",
            f"{ADDRESS}/wiki?token={SECRET}",
        ),
        ("add", "--no-fetch", "--allow-duplicate", ADDRESS),
    ],
)
def test_credentials_of_what_is_added_are_cut_and_told_once(
    empty: Program, args: tuple[str, ...]
) -> None:
    answer = empty(*args)
    assert answer.code == 0
    assert answer.err.count("cut the credentials from") == 1
    for said in (answer, empty("history", "1"), empty("undo", "--list"), empty("show", "1")):
        assert SECRET not in said.out + said.err
    assert SECRET.encode() not in empty.stored


@pytest.mark.parametrize(
    "args",
    [
        ("show", ADDRESS),
        ("history", ADDRESS),
        ("remove", ADDRESS),
        ("refresh", ADDRESS),
        ("edit", ADDRESS, "--notes", "x"),
        ("add", "--no-fetch", f"https://ann:{SECRET}@github.com/ann"),
        ("add", "--no-fetch", f"https://ann:{SECRET}@djangopackages.org/profiles/ann/"),
        ("add", "--no-fetch", "--slug", "x", "--repo-url", f"https://ann:{SECRET}@github.com/ann"),
        ("add", "--no-fetch", f"https://ann:{SECRET}@github.com/ann", "one two"),
    ],
)
def test_no_message_repeats_credentials(named: Program, args: tuple[str, ...]) -> None:
    named("remove", "maps")
    answer = named(*args)
    assert answer.code != 0
    assert SECRET not in answer.out + answer.err
    assert "github.com/ann" in answer.err or "djangopackages.org" in answer.err
