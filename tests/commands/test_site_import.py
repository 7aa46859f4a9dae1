"""The whole of Django Packages, imported again and again while it changes: the catalog equals the
site but for what a person wrote, and every difference is told.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.children import BOUND, Terminal
from tests.commands.program import Program
from tests.online import config
from tests.upstream import Upstream, World
from tests.upstream.models import Category, Grid
from tests.upstream.world import DjangoPackage

LATER = datetime(2026, 1, 5, 12, 30, 0, 250, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    """Django Packages with 120 packages, on two grids."""
    world = World()
    world.grids[5] = Grid(5, "Maps", "maps", "About maps")
    world.grids[6] = Grid(6, "Forms", "forms", "About forms", is_locked=True, header=True)
    for number in range(1, 121):
        world.list_package(
            f"Package {number}",
            f"package-{number}",
            category=1 + number % 4,
            grids=[5] if number % 10 == 0 else [],
            repo_url=f"https://github.com/ann/p{number}",
            pypi_url=f"https://pypi.org/project/p{number}/",
            repo_watchers=number,
            last_fetched=LATER,
        )
    return world


@pytest.fixture
def program(
    empty: Program, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """pkgcat with a stand-in of the site."""
    upstream.unlimited()
    for name, value in config(upstream, tmp_path).items():
        monkeypatch.setenv(name, value)
    return empty


def fetch(program: Program, *options: str, code: int = 0) -> str:
    answer = program("import", "--from", "djangopackages", *options)
    assert answer.code == code, answer
    return answer.err + answer.out


def shown(program: Program) -> dict[int, dict[str, Any]]:
    page = json.loads(program("export", "--format", "apiv4").out)
    return {record["id"]: record for record in page["results"]}


def on_site(upstream: Upstream) -> dict[int, dict[str, Any]]:
    """Return the records of the site, as it has them."""
    from httpx import get

    base = f"{upstream.url('djangopackages')}"
    records = get(f"{base}/packages/?limit=1000", trust_env=False).json()["results"]
    public = "https://djangopackages.org/api/v4"
    return {
        record["id"]: json.loads(json.dumps(record).replace(base, public)) for record in records
    }


def rename(world: World, number: int, slug: str) -> DjangoPackage:
    package = world.packages[number]
    package.slug = slug
    world.slugs[slug] = number
    return package


def remove(world: World, number: int) -> DjangoPackage:
    world.package_ids.remove(number)
    package = world.packages[number]
    del world.packages[number]
    return package


def move(world: World, number: int, new: int) -> None:
    """Delete a package, and enter it again: it has another number then."""
    package = remove(world, number)
    package.id = new
    world.packages[new] = package
    world.package_ids = sorted({*world.package_ids, new})
    world.slugs[package.slug] = new


def test_the_catalog_equals_the_site_after_twenty_changes_there(
    program: Program, world: World, upstream: Upstream
) -> None:
    told = fetch(program)
    assert "added 120" in told
    assert shown(program) == on_site(upstream)
    stored = program.stored
    assert "nothing changed: 120 packages" in fetch(program)
    assert "nothing changed: 120 packages" in fetch(program, "--overwrite")
    assert program.stored == stored

    rename(world, 1, "first")
    rename(world, 2, "package-3")  # two that change names with each other
    rename(world, 3, "package-2")
    rename(world, 4, "Package-5")  # next to package-5
    rename(world, 6, "sixth").repo_url = "https://github.com/bob/six"
    rename(world, 7, "package-8")  # a chain
    rename(world, 8, "package-9")
    rename(world, 9, "ninth")
    world.list_package("New", "package-1", repo_url="https://github.com/ann/new")
    for number, new in ((10, 500), (11, 501)):
        move(world, number, new)
    for number in (12, 13):
        remove(world, number)
    world.packages[14].title = "Another title"
    world.packages[15].category = 2
    world.packages[16].grids = [6, 5]
    world.packages[17].documentation_url = "https://docs.example.org/"
    world.packages[18].documentation_url = ""
    world.packages[19].modified = LATER
    world.packages[20].pypi_url = ""
    world.packages[21].repo_url = world.packages[22].repo_url  # two packages of one repository
    world.packages[21].pypi_url = ""
    world.grids[5].slug, world.grids[5].title = "cartography", "Cartography"
    world.grids[6].is_locked = False
    world.categories[4] = Category(4, "Rest", "rest", "", "Rest", show_pypi=False)
    told = fetch(program)
    for line in (
        "package package-1 is now called first",
        "package package-6 is now called sixth",
        "package package-10 has the number 500 of djangopackages.org from now on (it was 10)",
        "package package-12 is not on djangopackages.org any more; it stays here",
        "package package-13 is not on djangopackages.org any more; it stays here",
        "grid maps is now called cartography",
        "category other is now called rest",
    ):
        assert line in told.splitlines(), told
    assert "package package-4 keeps its slug: the import calls it Package-5" in told
    site, here = on_site(upstream), shown(program)
    assert here.keys() - site.keys() == {12, 13}
    different = {number for number in site if here.get(number) != site[number]}
    assert different == {4}, [(site[n], here.get(n)) for n in different]
    again = fetch(program)
    assert "is now" not in again
    assert "from now on" not in again
    assert "package package-12 is not on djangopackages.org any more" in again
    assert shown(program) == here


def test_a_number_of_ones_own_never_meets_one_of_the_site(program: Program, world: World) -> None:
    program("add", "--no-fetch", "--title", "Mine")
    program("import", "-", input='{"id": 7, "slug": "by-hand", "title": "By hand"}')
    assert program.record("mine")["id"] == 1_000_001
    told = fetch(program)
    assert (
        "package by-hand has the number 1000002 from now on: "
        "7 is that of another package of djangopackages.org"
    ) in told
    assert program.record("package-7")["id"] == 7
    assert program.record("package-7")["site"] == "djangopackages.org"
    assert program.record("by-hand")["title"] == "By hand"
    assert program.record("by-hand")["id"] == 1_000_002
    assert program.record("mine")["site"] is None


def test_a_package_that_was_added_by_hand_becomes_the_sites(program: Program, world: World) -> None:
    program("add", "--no-fetch", "p7", "--slug", "package-7", "--title", "Mine")
    told = fetch(program)
    assert "package package-7 has the number 7 of djangopackages.org from now on" in told
    assert "package package-7: your title stays" in told
    rename(world, 7, "seven")
    assert "package package-7: your slug stays; the import calls it seven" in fetch(program)
    assert program.record("7")["title"] == "Mine"


def test_what_only_a_site_says_of_groups_is_kept_and_given_back(
    program: Program, world: World, tmp_path: Path
) -> None:
    world.grids[6].created = world.categories[2].modified = LATER
    fetch(program)
    for form in ("json", "jsonl"):
        file = tmp_path / f"export.{form}"
        program("export", file)
        copy = Program(tmp_path / f"{form}.db")
        assert copy("import", file).code == 0
        assert copy("export", "--format", form).raw == file.read_bytes()
        text = file.read_text()
        header = json.loads(text if form == "json" else text.splitlines()[0])
        (forms,) = [grid for grid in header["grids"] if grid["slug"] == "forms"]
        assert (forms["is_locked"], forms["header"]) == (True, True)
        assert (forms["created"], forms["modified"]) == (
            "2026-01-05T12:30:00.000250Z",
            "2019-05-04T09:30:00.000000Z",
        )
        (frameworks,) = [one for one in header["categories"] if one["slug"] == "frameworks"]
        assert (frameworks["show_pypi"], frameworks["modified"]) == (
            True,
            "2026-01-05T12:30:00.000250Z",
        )
    world.grids[6].is_locked = False
    assert "only names, categories or grids changed" in fetch(program)
    assert "nothing changed" in fetch(program)


def test_groups_that_are_deleted_on_the_site_are_told_and_stay(
    program: Program, world: World
) -> None:
    fetch(program)
    del world.grids[6]
    assert "grid forms is not on djangopackages.org any more; it stays here" in fetch(program)
    assert '"forms"' in program("export").out
    assert "not on djangopackages.org" not in fetch(program, "--grid", "maps")


def test_a_package_that_a_person_removed_stays_removed(program: Program, world: World) -> None:
    fetch(program)
    program("remove", "package-7", "package-10")
    rename(world, 7, "package-seven")
    told = fetch(program)
    assert "nothing changed: 118 packages are in the catalog already\n" in told
    removed = "2 packages stayed removed (package-10, package-seven); --overwrite brings back"
    assert removed in told
    assert 7 not in shown(program)
    grids = "--grid", "maps"
    assert "added 1 (package-10)" in fetch(program, *grids)  # whoever names it wants it
    assert "added 1 (package-seven)" in fetch(program, "--overwrite")


def test_where_all_packages_were_removed_nothing_comes(program: Program, world: World) -> None:
    fetch(program)
    program("remove", "-", input="\n".join(program.slugs()))
    told = fetch(program)
    assert told.startswith("nothing changed\n120 packages stayed removed (package-")
    assert told.endswith(" and 117 more); --overwrite brings back what you removed\n")


def test_a_package_whose_import_was_undone_comes_again(program: Program) -> None:
    fetch(program)
    program("undo")
    assert "added 120" in fetch(program)


def test_what_does_not_come_is_told_with_exit_code_3(program: Program, world: World) -> None:
    world.package_ids += [999]  # counted, and on no page
    told = fetch(program, code=3)
    assert "1 of 121 packages did not come" in told
    assert "added 120" in told
    world.package_ids.remove(999)
    assert "120 packages" in fetch(program)


def test_one_grid_comes_with_its_packages_and_these_alone(program: Program) -> None:
    told = fetch(program, "--grid", "maps")
    assert "added 12" in told
    assert "features and cells did not come: Django Packages' API has none" in told
    expected = {f"package-{number}" for number in range(10, 121, 10)}
    assert set(program.slugs()) == set(program.slugs("--grid", "maps")) == expected
    assert program("grid", "feature", "add", "maps", "Offline").code == 0
    assert program("grid", "cell", "maps", "package-20", "Offline", "yes").code == 0
    assert program("grid", "move", "maps", "package-20", "--before", "package-10").code == 0
    before = program("grid", "show", "maps", "--json").out
    assert "nothing changed: 12 packages" in fetch(program, "--grid", "maps")
    assert program("grid", "show", "maps", "--json").out == before
    assert "features" not in fetch(program)


def list_grids(program: Program) -> dict[str, int]:
    rows = json.loads(program("grid", "list", "--json").out)
    return {row["slug"]: row["packages"] for row in rows}


def test_no_other_grid_comes_along_with_one(program: Program, world: World) -> None:
    world.packages[20].grids = [5, 6]
    world.grids[6].packages = [20]
    fetch(program, "--grid", "maps")
    assert list_grids(program) == {"maps": 12}
    assert program.record("package-20")["grids"] == ["maps"]
    fetch(program, "--grid", "forms")
    assert list_grids(program) == {"maps": 12, "forms": 1}
    assert set(program.record("package-20")["grids"]) == {"maps", "forms"}


def test_no_other_grid_comes_along_with_the_page_of_a_grid_or_package(
    program: Program, world: World
) -> None:
    world.packages[20].grids = [6]
    answer = program("import", "https://djangopackages.org/packages/p/package-20/")
    assert answer.code == 0, answer
    assert list_grids(program) == {"forms": 1}
    answer = program("import", "https://djangopackages.org/grids/g/maps/")
    assert answer.code == 0, answer
    assert list_grids(program) == {"forms": 1, "maps": 11}


def test_grids_that_are_here_follow_their_names_with_another_one(
    program: Program, world: World
) -> None:
    fetch(program, "--grid", "forms")
    world.grids[6].slug = "form-fields"
    world.grids[6].title = "Form fields"
    told = fetch(program, "--grid", "maps")
    assert "grid forms is now called form-fields" in told
    assert list_grids(program) == {"form-fields": 0, "maps": 12}
    world.packages[20].grids = [5, 6]
    fetch(program, "--grid", "maps")
    assert list_grids(program) == {"form-fields": 1, "maps": 12}
    assert program("grid", "remove", "form-fields").code == 5
    world.packages[20].grids = [5]
    fetch(program, "--grid", "maps")
    assert program("grid", "remove", "form-fields", "--unlock").code == 0
    world.packages[20].grids = [5, 6]
    told = fetch(program, "--grid", "maps")
    assert list_grids(program) == {"maps": 12}
    fetch(program)
    assert list_grids(program) == {"maps": 12}


def test_a_package_that_a_grid_names_and_the_site_has_not_is_told(
    program: Program, world: World
) -> None:
    remove(world, 20)
    told = fetch(program, "--grid", "maps", code=3)
    assert "a package of the grid is missing" in told
    assert "added 11" in told


@pytest.mark.parametrize("base", ["https://packages.example.org/api/v4", "/api/v4"])
def test_a_stand_in_may_write_another_address_into_its_links(
    program: Program, upstream: Upstream, base: str
) -> None:
    answered = upstream.url("djangopackages")
    upstream.hosts["djangopackages"].base_url = base
    fetch(program)
    upstream.hosts["djangopackages"].base_url = answered
    assert list_grids(program) == {"forms": 0, "maps": 12}
    assert program.record("package-20")["category"] == "apps"
    assert shown(program) == on_site(upstream)


def test_the_first_import_of_the_site_calls_nothing_by_another_name(program: Program) -> None:
    told = fetch(program)
    assert told == "added 120; 'pkgcat undo' takes it back\n"


def test_a_skipped_package_is_named_by_its_slug_and_counted(program: Program, world: World) -> None:
    rename(world, 30, "two words")
    world.packages[31].repo_forks = -5
    told = fetch(program, code=3)
    assert "skipped: two words: slug" in told
    assert "skipped: package-31: repo_forks: -5" in told
    assert "added 118, 2 skipped" in told
    assert "line " not in told


@pytest.mark.parametrize("options", [(), ("--quiet",)])
def test_an_import_shows_a_bar_on_a_terminal(
    terminal: Terminal, program: Program, options: tuple[str, ...]
) -> None:
    environment = {**os.environ, "PKGCAT_DB": str(program.catalog), "TERM": "xterm", "PAGER": ""}
    process = terminal.start(environment, "import", "--from", "djangopackages", *options)
    assert process.wait(BOUND) == 0
    for text in (b"packages", b"120/120", b"storing"):
        assert terminal.shows(text) == (not options)
    assert len(program.slugs()) == 120


# Packages that were added by their page

PAGE = "https://djangopackages.org/packages/p/package-7/"


def why(program: Program, slug: str, field: str) -> str:
    source: str = json.loads(program("show", slug, "--why", field, "--json").out)["source"]
    return source


def test_a_package_that_was_added_by_its_page_tells_the_source_of_each_value(
    program: Program, world: World
) -> None:
    world.block(world.create("github", "ann/p7"))  # GitHub refuses to tell anything
    world.packages[7].pypi_url = ""
    answer = program("add", PAGE, "--title", "Mine", "--tag", "t", "--slug", "package-7")
    assert (answer.code, "blocked" in answer.err) == (0, True), answer
    record = program.record("package-7")
    assert (record["id"], record["site"]) == (7, "djangopackages.org")
    for field in ("repo_url", "repo_watchers", "category", "created"):
        assert why(program, "package-7", field) == "https://djangopackages.org", field
    for field in ("title", "tags", "slug"):
        assert why(program, "package-7", field) == "a person"
    world.packages[7].repo_url = "https://github.com/ann/seven"
    told = fetch(program)
    assert "package package-7: your title stays; the import has another" in told
    assert program.record("7")["repo_url"] == "https://github.com/ann/seven"


def test_a_package_of_the_site_is_not_added_twice(program: Program, world: World) -> None:
    world.packages[7].pypi_url = world.packages[7].repo_url = ""
    assert program("add", PAGE).code == 0
    rename(world, 7, "seven")
    answer = program("add", "https://djangopackages.org/packages/p/seven/")
    assert answer.code == 5
    assert "number 7 of djangopackages.org is that of package-7 already" in answer.err


def test_what_a_host_was_found_to_say_has_the_host_as_its_source(
    program: Program, world: World
) -> None:
    repository = world.create("github", "ann/maps", commits=3)
    project = world.publish("django-maps", urls={"Source": "https://github.com/ann/maps"})
    world.release(project, "1.0")
    world.star(repository, 5)
    assert program("add", "django-maps").code == 0
    assert why(program, "django-maps", "pypi_url") == "a person"
    assert why(program, "django-maps", "repo_url") == "https://pypi.org/project/django-maps/"
    assert why(program, "django-maps", "repo_watchers") == "https://github.com/ann/maps"
    assert why(program, "django-maps", "notes") == "unknown"
