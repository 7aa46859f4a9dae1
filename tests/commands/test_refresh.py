"""refresh and a fetching add on the command line, against the server."""

import json
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

import pkgcat
from pkgcat.store import Store, hosts
from tests.children import wait_until
from tests.commands.program import Program, told
from tests.conftest import NOW
from tests.online import config
from tests.upstream import Upstream, World, faults, sample_world
from tests.upstream.small import small_world

CANARY = "canary-4f1b7c"


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


@pytest.fixture
def maps(online: Program) -> Program:
    """The same with one package, not refreshed yet."""
    answer = online(
        "add",
        "--no-fetch",
        "--title",
        "maps",
        "--repo-url",
        "ann/maps",
        "--pypi-url",
        "django-maps",
    )
    assert answer.code == 0, answer.err
    return online


def test_refresh_says_in_one_line_what_came_of_it(maps: Program) -> None:
    answer = maps("refresh", "--all")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "refreshed 1 of 1: 1 changed; 6 requests\n"
    assert maps.record("maps")["repo_watchers"] == 12
    assert maps("refresh", "--all").out == "refreshed 1 of 1: 1 unchanged; 2 requests\n"


def test_a_terminal_is_told_the_news_and_not_everything(maps: Program, world: World) -> None:
    assert maps("refresh", "--all", terminal=True).out.count("\n") == 1
    world.star(world.repository("github", "ann/maps"), 3)
    world.push(world.repository("github", "ann/maps"), 2)
    world.release(world.project("django-maps"), "9.0")
    answer = maps("refresh", "--all", terminal=True)
    assert answer.out.startswith("maps: ")
    assert all(news in answer.out for news in ("stars 12 -> 15", "version 2.0 -> 9.0"))


def test_quiet_is_silent_while_nothing_is_wrong_and_tells_what_is(
    maps: Program, upstream: Upstream
) -> None:
    answer = maps("refresh", "--all", "--quiet")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    upstream.faults.add("/github/*", 404)
    answer = maps("refresh", "--all", "--quiet")
    assert answer.code == 3
    assert "maps: failed: github.com" in answer.out
    assert "1 failed" in answer.out.splitlines()[-1]


def test_json_reports_counts_requests_and_each_package(maps: Program) -> None:
    answer = maps("refresh", "maps", "--json")
    report = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert report["counts"]["changed"] == 1
    assert sum(report["requests"].values()) == 6
    (package,) = report["packages"]
    assert (package["slug"], package["outcome"], package["errors"]) == ("maps", "changed", [])
    assert package["changes"]["repo_watchers"] == {"old": None, "new": 12}
    assert json.loads(maps("refresh", "--stale", "7d", "--json").out)["packages"] == []


def test_a_report_in_json_is_printable_ascii(maps: Program, world: World) -> None:
    world.repository("github", "ann/maps").description = "Käse \x7f \U0001f600"
    answer = maps("refresh", "maps", "--json")
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in answer.raw)
    (package,) = json.loads(answer.out)["packages"]
    assert package["changes"]["repo_description"]["new"] == "Käse \x7f \U0001f600"


def test_plan_asks_nothing_and_foretells_what_the_second_refresh_asks(
    maps: Program, upstream: Upstream
) -> None:
    maps("refresh", "--all")
    upstream.clear()
    answer = maps("refresh", "--all", "--plan")
    assert not upstream.requests
    assert answer.out.endswith(
        "1 package, 2 requests if nothing was pushed; nothing was sent (--plan)\n"
    )
    maps("refresh", "--all")
    assert len(upstream.requests) == 2
    assert maps("refresh", "--all", "--dry-run", "--json").out


def test_plan_tells_what_the_hosts_had_left_when_they_were_last_asked(
    maps: Program, upstream: Upstream
) -> None:
    assert json.loads(maps("refresh", "--all", "--plan", "--json").out)[0]["left"] is None
    maps("refresh", "--all")
    (said,) = (
        row["left"]
        for row in json.loads(maps("refresh", "--all", "--plan", "--json").out)
        if row["left"]
    )
    assert re.fullmatch(r"[\d,]+ core until \d\d:\d\d UTC", said)
    with Store.write(maps.catalog, explicit=True, create=False) as store:
        past = NOW - timedelta(days=1)
        hosts.remember_quotas(store, [("github.com", "core", 7, past)])
    assert all(
        row["left"] is None for row in json.loads(maps("refresh", "--all", "--plan", "--json").out)
    )


@pytest.mark.parametrize("args", [(), ("--limit", "3"), ("--json",)])
def test_refresh_of_nothing_in_particular_is_wrong_usage(
    maps: Program, args: tuple[str, ...]
) -> None:
    assert "--all" in told(maps("refresh", *args), 2)


def test_what_is_not_in_the_catalog_is_not_refreshed(maps: Program) -> None:
    assert "'maps'" in told(maps("refresh", "mapz"), 4)


def test_a_second_refresh_of_the_same_catalog_ends_at_once(maps: Program) -> None:
    before = maps.stored
    with FileLock(maps.catalog.with_name(f".{maps.catalog.name}.refresh.lock")):
        assert "another refresh" in told(maps("refresh", "--all"), 75)
        answer = maps("refresh", "--all", "--skip-if-running")
        assert answer.code == 0
        assert maps("refresh", "--all", "--plan").code == 0
    assert maps.stored == before
    assert maps("refresh", "--all").code == 0


def test_a_time_budget_leaves_the_rest_for_the_next_run(
    online: Program, upstream: Upstream
) -> None:
    for name in ("maps", "empty"):
        online("add", "--no-fetch", "--repo-url", f"ann/{name}")
    upstream.faults.add("/github/repos/ann/maps*", faults.slow(30))
    answer = online("refresh", "--all", "--time-budget", "2s")
    assert answer.code == 0
    assert "1 are left" in answer.out
    assert online.record("empty")["repo_commit_count"] == 0
    assert online.record("maps")["last_fetched"] is None


def test_a_limit_tells_when_to_go_on(maps: Program, upstream: Upstream) -> None:
    upstream.faults.add("/github/*", faults.limited(reset_in=2400))
    answer = maps("refresh", "--all")
    assert answer.code == 3
    assert "limits end at" in answer.out
    assert "GH_TOKEN" in answer.out
    assert maps.record("maps")["pypi_version"] == "2.0"


def lead_nowhere(tmp_path: Path, *names: str) -> None:
    """Let these sources be where nobody listens."""
    settings = tmp_path / "config.toml"
    text = settings.read_text(encoding="utf-8")
    for name in names:
        text = re.sub(rf'(\[sources.{name}\]\napi_url = )"[^"]*"', r'\1"http://127.0.0.1:9"', text)
    settings.write_text(text, encoding="utf-8")


@pytest.mark.long
def test_without_a_network_one_line_says_so_and_nothing_is_marked(
    maps: Program, tmp_path: Path
) -> None:
    for name in ("atlas", "plans"):
        maps("add", "--no-fetch", "--repo-url", f"ann/{name}", "--pypi-url", f"django-{name}")
    lead_nowhere(tmp_path, "github", "pypi")
    before = [maps.record(slug) for slug in maps.slugs()]
    answer = maps("refresh", "--all")
    assert answer.code == 69
    first, last = answer.out.splitlines()
    assert first.startswith("3 packages: cannot reach ")
    assert "github.com" in first
    assert "pypi.org" in first
    assert first.endswith(" (no network?)")
    assert "Errno" not in first
    assert last.startswith("refreshed 3 of 3: 3 failed; ")
    assert answer.err == "pkgcat: no host could be reached; everything stays as it was\n"
    assert [maps.record(slug) for slug in maps.slugs()] == before
    report = json.loads(maps("refresh", "--all", "--json").out)
    assert [len(one["errors"]) for one in report["packages"]] == [2, 2, 2]
    assert "cannot reach pypi.org" in told(maps("add", "django-maps2"), 69)


@pytest.mark.parametrize("options", [(), ("--quiet",)])
def test_error_lines_are_cleaned_where_no_terminal_is(
    maps: Program, upstream: Upstream, options: tuple[str, ...]
) -> None:
    hostile = "\x1b]0;owned\x07a\u202eb\x9b31mc\r\nd\u2066e\u0000"
    upstream.faults.add(
        "/github/*",
        faults.status(403, {"message": f"no {hostile} https://u:canary-pw@example.org/"}),
    )
    answer = maps("refresh", "--all", *options)
    line = answer.out.splitlines()[0]
    assert answer.code == 3
    assert line.startswith("maps: failed: github.com: ")
    assert line.isprintable()
    assert "owned" not in line
    assert "canary-pw" not in answer.out
    assert len(answer.out.splitlines()) == 2


def test_a_host_that_never_answers_marks_none_of_its_packages(
    maps: Program, tmp_path: Path
) -> None:
    maps("add", "--no-fetch", "--repo-url", "https://gitlab.com/group/sub/maps", "--title", "plans")
    lead_nowhere(tmp_path, "gitlab")
    before = maps.record("plans")
    answer = maps("refresh", "--all")
    assert answer.code == 3
    (line,) = [line for line in answer.out.splitlines() if "gitlab.com" in line]
    assert line.startswith("plans: cannot reach gitlab.com: ")
    assert "no network" not in line
    assert maps.record("plans") == before
    assert maps.record("maps")["repo_watchers"] == 12
    answer = maps("refresh", "--all", "--quiet")
    assert "plans: cannot reach gitlab.com: " in answer.out


def test_a_package_whose_second_host_never_answers_keeps_what_the_first_one_told(
    maps: Program, tmp_path: Path
) -> None:
    lead_nowhere(tmp_path, "pypi")
    answer = maps("refresh", "--all")
    assert (answer.code, answer.out.count("cannot reach pypi.org")) == (3, 1)
    record = maps.record("maps")
    assert (record["repo_watchers"], record["pypi_version"]) == (12, None)
    assert (record["last_error"], record["error_count"]) == (None, 0)
    assert record["last_fetched"] is None, "not all of it was fetched"


def test_a_host_that_answers_with_errors_marks_its_packages(
    maps: Program, upstream: Upstream
) -> None:
    upstream.faults.add("/github/*", 500)
    upstream.faults.add("/pypi/*", 500)
    answer = maps("refresh", "--all")
    assert answer.code == 3
    assert maps.record("maps")["error_count"] == 1


@pytest.mark.parametrize(
    "target",
    [
        "django-maps",
        "Django.Maps",
        "https://pypi.org/project/django-maps/",
        "ann/maps",
        "git@github.com:ann/maps.git",
        "https://github.com/ann/maps/tree/main/docs",
    ],
)
def test_add_finds_the_other_half(online: Program, target: str) -> None:
    answer = online("add", target, "--tag", "geo")
    assert answer.code == 0, answer.err
    slug = online.slugs()[0]
    told = online.record(slug)
    named = (
        None if "ann/maps" in target else "django-maps"
    )  # PyPI has no project of the repository's name
    assert (told["repo_url"], told["pypi_name"]) == ("https://github.com/ann/maps", named)
    assert (told["repo_watchers"], told["tags"]) == (12, ["geo"])
    assert told["last_fetched"] is not None


def test_add_takes_a_page_of_django_packages(online: Program) -> None:
    answer = online("add", "https://djangopackages.org/packages/p/package-7/", "--notes", "mine")
    assert answer.code == 0, answer.err
    told = online.record("package-7")
    assert (told["title"], told["notes"], told["repo_watchers"]) == ("Package 7", "mine", 12)


def test_a_page_without_any_address_is_taken_as_it_is(online: Program, world: World) -> None:
    page = world.packages.get(7)
    assert page is not None
    page.repo_url = page.pypi_url = ""
    answer = online("add", "https://djangopackages.org/packages/p/package-7/")
    assert (answer.code, answer.err) == (0, "")
    assert online.record("package-7")["title"] == "Package 7"
    assert "is a grid" in told(online("add", "https://djangopackages.org/grids/g/cms/"), 2)


def test_a_page_cannot_be_read_offline(online: Program) -> None:
    assert "--no-fetch" in told(
        online("add", "--no-fetch", "https://djangopackages.org/packages/p/package-7/"), 2
    )
    assert online.stored == b""


def test_add_of_a_repository_takes_a_pypi_name_only_if_it_points_back(
    online: Program, world: World
) -> None:
    world.create("github", "bea/django-maps", commits=2, stars=1)
    assert online("add", "bea/django-maps").code == 0
    assert online.record("django-maps")["pypi_name"] is None
    world.create("github", "cleo/atlas", commits=2, stars=1)
    world.publish("atlas", urls={"Homepage": "https://github.com/cleo/atlas"})
    world.release(world.project("atlas"), "1.0")
    assert online("add", "cleo/atlas").code == 0
    assert online.record("atlas")["pypi_version"] == "1.0"


def test_add_without_a_repository_says_so(online: Program, world: World) -> None:
    world.publish("lonely", urls={"Homepage": "https://github.com/ann"})
    world.release(world.project("lonely"), "1.0")
    answer = online("add", "lonely")
    assert answer.code == 0
    assert "repository" in answer.err
    assert (online.record("lonely")["repo_url"], online.record("lonely")["pypi_version"]) == (
        None,
        "1.0",
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no-such-project", "pypi.org has no project no-such-project; nothing was added"),
        (
            "ann/no-such",
            "github.com has no repository ann/no-such, or it is private; nothing was added",
        ),
        (
            "https://djangopackages.org/packages/p/no-such/",
            "djangopackages.org: packages/no-such: not found",
        ),
    ],
)
def test_add_of_what_is_not_there_stores_nothing(online: Program, target: str, said: str) -> None:
    assert said in told(online("add", target), 4)
    assert online.stored == b""


def test_add_of_what_is_there_asks_nobody(maps: Program, upstream: Upstream) -> None:
    for target in ("django_maps", "https://www.github.com/Ann/Maps/"):
        assert "maps" in told(maps("add", target), 5)
    assert not upstream.requests


def test_a_token_is_found_nowhere(maps: Program, upstream: Upstream, tmp_path: Path) -> None:
    other = Upstream(small_world())
    with other:
        everything = ""
        for fault in (
            None,
            500,
            faults.elsewhere(other.base),
            faults.raw(CANARY.encode()),
            401,
            403,
        ):
            upstream.clear()
            if fault is not None:
                upstream.faults.add("/github/*", fault)
            for command in (
                ("refresh", "--all"),
                ("refresh", "--all", "--json"),
                ("show", "maps", "--json"),
            ):
                answer = maps(*command, env={"GH_TOKEN": f" {CANARY}\n"})
                everything += answer.out + answer.err
            assert any(
                seen.headers.get("authorization") == f"Bearer {CANARY}"
                for seen in upstream.requests
            )
            assert all(
                CANARY not in str(seen.headers)
                for seen in upstream.requests
                if seen.dialect == "pypi"
            )
        assert CANARY not in everything
        assert all(CANARY not in str(seen.headers) for seen in other.requests)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file


def test_a_token_file_that_others_may_read_is_refused(maps: Program, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text(f'"github.com" = "{CANARY}"\n', encoding="utf-8")
    tokens.chmod(0o644)
    assert "chmod 600" in told(maps("refresh", "--all"), 77)
    tokens.chmod(0o600)
    assert maps("refresh", "--all").code == 0


def _started(world: World, catalog: Path, tmp_path: Path) -> tuple[Upstream, dict[str, str]]:
    upstream = Upstream(world, latency=0.005)
    upstream.__enter__()
    upstream.unlimited()
    return upstream, {
        **config(upstream, tmp_path),
        "PKGCAT_DB": str(catalog),
        "PATH": "",
        "PYTHONPATH": str(Path(pkgcat.__file__).parents[1]),
        "GH_TOKEN": "x",
    }


@pytest.mark.long
@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_a_killed_refresh_leaves_whole_packages_and_the_next_goes_on(
    empty: Program, tmp_path: Path, kills: int
) -> None:
    count = 300
    world = sample_world(count, 3)
    rows = [package for number in range(count) if (package := world.packages.get(1001 + number))]
    lines = [
        {
            "slug": row.slug,
            "title": row.slug,
            "repo_url": row.repo_url,
            "pypi_url": row.pypi_url or None,
        }
        for row in rows
    ]
    assert empty("import", "-", input="\n".join(map(json.dumps, lines))).code == 0
    upstream, environment = _started(world, empty.catalog, tmp_path)
    try:
        done = 0
        for number in range(kills):
            command = [sys.executable, "-m", "pkgcat", "refresh", "--all", "--quiet", "--json"]
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(0.35 + 0.613 * number % 1.1)
            process.send_signal(signal.SIGKILL)
            process.wait()
            records = json.loads(empty("list", "--json").out)
            fetched = [record for record in records if record["last_fetched"]]
            assert len(records) == count
            assert len(fetched) >= done, "what was stored is there still"
            done = len(fetched)
            for record in fetched:
                assert record["repo_watchers"] is not None, record["slug"]
                assert record["pypi_version"] is not None or record["pypi_name"] is None, record[
                    "slug"
                ]
        report = json.loads(empty("refresh", "--all", "--json", env=environment).out)
        assert sum(report["counts"].values()) == count
        assert report["counts"]["failed"] == 0, [
            one for one in report["packages"] if one["errors"]
        ][:3]
    finally:
        upstream.__exit__(None, None, None)


def test_an_edit_during_a_refresh_and_the_refresh_both_land(
    maps: Program, upstream: Upstream
) -> None:
    upstream.latency = 0.3
    command = [sys.executable, "-m", "pkgcat", "refresh", "--all", "--db", str(maps.catalog)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_until(lambda: bool(upstream.requests), process)
    assert maps("edit", "maps", "--notes", "meanwhile", "--tag", "geo").code == 0
    assert process.wait() == 0
    told = maps.record("maps")
    assert (told["notes"], told["tags"], told["repo_watchers"]) == ("meanwhile", ["geo"], 12)


def test_import_brings_in_the_whole_site_with_the_names_of_its_groups(
    online: Program, world: World
) -> None:
    answer = online("import", "--from", "djangopackages")
    assert (answer.code, answer.err, "added 45" in answer.out) == (0, "", True), answer
    assert "App" in online("category", "list").out
    assert online.record("package-44")["category"] == "apps"
    before = online.stored
    assert online("import", "--from", "djangopackages").code == 0
    assert online.stored == before


def test_import_takes_a_grid_and_the_address_of_a_page(online: Program, world: World) -> None:
    world.list_package("Alone", "alone", repo_url="https://github.com/ann/alone")
    assert online("import", "https://djangopackages.org/packages/p/alone/").code == 0
    assert online.slugs() == ["alone"]
    told(online("import", "--from", "djangopackages", "--grid", "no-such"), 4)
    assert "djangopackages" in told(online("import", "--from", "pypi"), 2)
    assert "page" in told(online("import", "https://example.org/x.json"), 2)
    assert "FILE" in told(online("import"), 2)


def test_a_package_that_is_named_twice_is_refreshed_once(maps: Program) -> None:
    number = maps.record("maps")["id"]
    answer = maps("refresh", "maps", number, "maps")
    assert (answer.code, "refreshed 1 of 1" in answer.out) == (0, True), answer
