"""add on the command line: many at once, what is there already, free slugs."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.program import Program, told
from tests.online import config
from tests.upstream import Upstream, World, faults


@pytest.fixture
def upstream(upstream: Upstream) -> Upstream:
    """The server, without limits."""
    upstream.unlimited()
    return upstream


@pytest.fixture
def online(
    empty: Program, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """pkgcat whose hosts are the server."""
    for name, value in config(upstream, tmp_path).items():
        monkeypatch.setenv(name, value)
    return empty


def publish(world: World, *names: str) -> None:
    """Put projects on PyPI."""
    for name in names:
        world.publish(name)
        world.release(world.project(name), "1.0")


# Sharing


def test_two_packages_of_one_repository_are_added(empty: Program) -> None:
    for name in ("mono-core", "mono-extra"):
        options = ("--repo-url", "https://github.com/example/mono", "--pypi-url", name)
        assert empty("add", "--no-fetch", *options, "--slug", name).code == 0
    error = told(empty("show", "https://github.com/example/mono"), 5)
    assert "mono-core" in error
    assert "mono-extra" in error
    again = ("add", "--no-fetch", "--title", "x", "--pypi-url", "Mono_Core")
    assert "mono-core" in told(empty(*again), 5)
    assert empty(*again, "--allow-duplicate").code == 0
    assert "mono-core" in told(empty("add", "--no-fetch", "example/mono"), 5)
    whole = ("--title", "Whole", "--repo-url", "example/mono")
    assert empty("add", "--no-fetch", *whole).code == 0
    assert "whole" in told(empty("add", "--no-fetch", *whole), 5)
    assert empty.slugs() == ["mono-core", "mono-extra", "whole", "x"]


def test_a_repository_of_several_new_packages_is_asked_once(
    online: Program, upstream: Upstream, world: World
) -> None:
    world.create("github", "o/mono", commits=3)
    names = ("mono-core", "mono-extra", "mono-more")
    for name in names:
        world.publish(name, urls={"Source": "https://github.com/o/mono"})
        world.release(world.project(name), "1.0")
    assert online("add", names[0]).code == 0
    alone = upstream.counts()["github"]
    assert alone > 0
    assert online("remove", names[0]).code == 0
    upstream.clear()
    assert online("add", *names).code == 0
    assert upstream.counts()["github"] == alone
    for name in names:
        record = online.record(name)
        assert (record["repo_commit_count"], record["pypi_name"]) == (3, name)
        assert record["repo_url"] == "https://github.com/o/mono"


def test_what_an_export_has_of_shared_names_can_be_imported(empty: Program, tmp_path: Path) -> None:
    for name in ("one", "two"):
        options = ("--repo-url", "ann/maps", "--pypi-url", "maps", "--slug", name)
        assert empty("add", "--no-fetch", "--allow-duplicate", *options).code == 0
    text = empty("export", "-").out
    other = Program(tmp_path / "other.db")
    assert other("import", "-", input=text).code == 0
    assert other("export", "-").out == text


# Slugs


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Naïve Café", "naive-cafe"),
        ("Łódź", "lodz"),
        ("Straße & Söhne", "strasse-sohne"),
        ("some_name", "some_name"),
        ("Æther 2", "aether-2"),
        ("2048", "package-2048"),
        ("x" * 49 + " yz", "x" * 49),
    ],
)
def test_a_slug_is_made_of_the_letters_of_a_title(empty: Program, title: str, slug: str) -> None:
    answer = empty("add", "--no-fetch", "--title", title)
    assert answer.code == 0
    assert empty.slugs() == [slug]


def test_names_of_digits_alone_are_added(empty: Program) -> None:
    answer = empty("add", "--no-fetch", "2048")
    assert (answer.code, answer.out.split(";")[0]) == (0, "added package-2048 (id 1000001)")
    assert "digits alone" in answer.err
    assert empty("add", "--no-fetch", "ann/1234").code == 0
    assert empty.slugs() == ["ann-1234", "package-2048"]
    assert empty.record("2048")["slug"] == "package-2048"


def test_a_free_slug_is_found_and_told(empty: Program) -> None:
    assert empty("add", "--no-fetch", "ann/maps", "bob/maps", "gitlab.com/bob/maps").code == 0
    assert empty.slugs() == ["bob-maps", "bob-maps-2", "maps"]
    answer = empty("add", "--no-fetch", "--title", "Maps")
    assert "maps-2: maps is the slug of another package" in answer.err
    assert empty.slugs() == ["bob-maps", "bob-maps-2", "maps", "maps-2"]
    assert "maps" in told(empty("add", "--no-fetch", "--title", "x", "--slug", "Maps"), 5)


def test_owner_and_name_that_are_too_long_are_cut(empty: Program) -> None:
    name = "m" * 45
    for owner in ("a" * 20, "b" * 20, "b" * 20 + "x"):
        assert empty("add", "--no-fetch", f"{owner}/{name}").code == 0
    assert {len(slug) <= 50 for slug in empty.slugs()} == {True}
    assert len(empty.slugs()) == 3


# Many


def test_each_of_many_is_stored_though_others_fail(online: Program, world: World) -> None:
    publish(world, "one", "two", "three")
    names = ("one", "nosuch-a", "two", "nosuch-b", "two words", "Django-Maps", "django_maps")
    answer = online("add", *names)
    assert answer.code == 3
    assert online.slugs() == ["django-maps", "one", "two"]
    assert answer.out.splitlines()[-1] == (
        "added 3 of 7 packages: 1 there already, 3 failed; 'pkgcat undo' takes them back"
    )
    assert "there already: django-maps" in answer.out
    assert len(answer.err.splitlines()) == 3
    for names, reason in (
        ("one, two", "PyPI links to no repository of it; --repo-url names one"),
        ("nosuch-a, nosuch-b", "pypi.org has no project …; nothing was added"),
        ("two words", "'…' is neither a name on PyPI nor a repository's address"),
    ):
        either = names, ", ".join(reversed(names.split(", ")))
        assert any(f"pkgcat: {one}: {reason}" in answer.err for one in either), answer.err
    assert online("undo").code == 0
    assert online.slugs() == []


def test_the_same_holds_for_names_from_standard_input(online: Program, world: World) -> None:
    publish(world, "one", "two")
    assert online("add", "one").code == 0
    answer = online("add", "-", input="one\n")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "there already: one\nadded 0 of 1 package: 1 there already\n"
    answer = online("add", "-", "--json", input="two\nnosuch\none\n")
    assert answer.code == 3
    assert [one["slug"] for one in json.loads(answer.out)] == ["two"]
    assert "nosuch" in answer.err


def test_a_dry_run_of_many_stores_nothing(online: Program, world: World) -> None:
    publish(world, "one", "two")
    answer = online("add", "--dry-run", "one", "nosuch", "two")
    assert answer.code == 3
    assert "would add 2 of 3 packages: 1 failed" in answer.out
    assert not online.catalog.exists()


def test_none_of_many_makes_no_catalog(online: Program) -> None:
    assert online("add", "nosuch-a", "nosuch-b").code == 3
    assert not online.catalog.exists()


def test_what_only_the_hosts_tell_is_there_already_is_told(online: Program, world: World) -> None:
    assert online("add", "--no-fetch", "ann/atlas").code == 0
    world.rename(world.repository("github", "ann/maps"), "ann/atlas")
    assert "atlas" in told(online("add", "ann/maps"), 5)
    answer = online("add", "ann/maps", "django-maps")
    assert (answer.code, answer.err) == (0, "")
    assert "there already: atlas" in answer.out
    assert online.slugs() == ["atlas", "django-maps"]


def test_a_bar_is_shown_on_a_terminal(
    online: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pkgcat.shell import progress, streams

    publish(world, "one", "two")
    steps: list[str] = []

    class Bar:
        def __init__(self, label: str, total: int) -> None:
            steps.append(f"{label} {total}")

        def __enter__(self) -> object:
            return steps.append

        def __exit__(self, *error: object) -> None:
            steps.append("end")

    monkeypatch.setattr(progress, "progress", Bar)
    monkeypatch.setattr(streams, "stderr_is_terminal", lambda: True)
    online("add", "one", "nosuch", "two")
    assert (steps[0], steps[-1]) == ("adding 3", "end")
    assert sorted(steps[1:-1]) == ["nosuch", "one", "two"]


def test_ctrl_c_tells_how_many_were_added_and_keeps_them(
    online: Program, world: World, upstream: Upstream
) -> None:
    publish(world, "one", "two", "slow")
    upstream.faults.add("/pypi/pypi/slow/*", faults.slow(60))
    child = subprocess.Popen(
        [sys.executable, "-m", "pkgcat", "--db", online.catalog, "add", "slow", "one", "two"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if online.catalog.exists() and online.slugs() == ["one", "two"]:
                break
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=300)
    finally:
        child.kill()
    assert child.returncode == 130
    assert err.splitlines()[-1] == "pkgcat: interrupted; 2 of 3 packages were added and stay"
    assert online.slugs() == ["one", "two"]


def test_a_page_whose_package_has_no_address_is_added_once(online: Program, world: World) -> None:
    world.list_package("Lonely", "lonely")
    page = "https://djangopackages.org/packages/p/lonely/"
    assert online("add", page).code == 0
    assert "lonely" in told(online("add", page), 5)
    assert online("add", page, "--allow-duplicate").code == 0
    assert online.slugs() == ["lonely", "lonely-2"]
    year = world.list_package("Year", "2024")
    assert online("add", f"https://djangopackages.org/api/v4/packages/{year.id}/").code == 0
    assert online.slugs() == ["2024", "lonely", "lonely-2"]
