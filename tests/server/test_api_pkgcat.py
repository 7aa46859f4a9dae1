"""pkgcat's own API: the command line's answers over HTTP, and what other machines do not get."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import jsonschema
import pytest

from tests.commands.program import Program
from tests.server.in_process import LocalServer
from tests.server.program import Server

ROOT = "/api/pkgcat"
ELSEWHERE = {"X-Forwarded-For": "198.51.100.7"}
"""A header that a proxy on this machine adds."""


@pytest.fixture(scope="module")
def noted(made_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with a note, a tag and a history."""
    catalog = tmp_path_factory.mktemp("noted") / "catalog.db"
    catalog.write_bytes(made_site.read_bytes())
    program = Program(catalog)
    for options in (["--notes", "zymurgy"], ["--title", "Cities"], ["--tag", "geo"]):
        assert program("edit", "django-cities", *options).code == 0
    assert program("decide", "django-cities", "hold", "--why", "zymurgy, too").code == 0
    assert program("filter", "save", "geo", "tags has geo").code == 0
    return catalog


@pytest.fixture(scope="module")
def running(noted: Path) -> Iterator[Server]:
    """A server of that catalog."""
    with Server(noted) as server:
        yield server


def test_a_package_is_the_record_of_show(running: Server, noted: Path) -> None:
    wanted = Program(noted).record("django-cities")
    for name in ("django-cities", "1326", "Django_Cities"):
        reply = running.ask(f"{ROOT}/packages/{name}")
        assert (reply.status, reply.json) == (200, wanted)
        assert list(reply.json) == list(wanted)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", []),
        ("category=apps&sort=-repo_watchers&limit=5", ["--category", "apps", "--sort", "-repo_watchers", "--limit", "5"]),
        ("where=repo_watchers+%3E+100&offset=1", ["--where", "repo_watchers > 100", "--offset", "1"]),
        ("grid=countries&tag=geo", ["--grid", "countries", "--tag", "geo"]),
        ("participant=ada-l&archived=false", ["--participant", "ada-l", "--not-archived"]),
        ("host=gitlab&stale=1d", ["--host", "gitlab", "--stale", "1d"]),
        ("where=notes+~+zymurgy&fields=slug,notes", ["--where", "notes ~ zymurgy", "--fields", "slug,notes"]),
        (f"where={quote('not (repo_watchers > 100 or tags has geo)')}&sort=category,-id", ["--where", "not (repo_watchers > 100 or tags has geo)", "--sort", "category,-id"]),
        ("pinned=true&failing=true", ["--pinned", "--failing"]),
        ("state=ok,inactive&decision=hold,none", ["--state", "ok,inactive", "--decision", "hold,none"]),
        ("due=true", ["--due"]),
        ("supports=python%3D3.9&supports=django%3D4.2", ["--supports", "python=3.9", "--supports", "django=4.2"]),
    ],
)  # fmt: skip
def test_a_list_is_that_of_the_command_line(
    running: Server, noted: Path, query: str, options: list[str]
) -> None:
    reply = running.ask(f"{ROOT}/packages?{query}")
    assert reply.status == 200, reply.text
    assert reply.json == json.loads(Program(noted)("list", *options, "--json").out)


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("packages?colour=red", 400, "colour"),
        ("packages?limit=-1", 400, "limit"),
        ("packages?limit=99999999999", 400, "limit"),
        ("packages?limit=1&limit=2", 400, "twice"),
        ("packages?archived=maybe", 400, "true or false"),
        ("packages?where=nonsense", 400, "nonsense"),
        ("packages?supports=ruby%3D3", 400, "supports takes python=3.14"),
        ("changes?supports=ruby%3D3", 400, "supports takes python=3.14"),
        ("packages?where=colour+%3D+red", 400, "colour"),
        ("packages?sort=colour", 400, "colour"),
        ("packages?fields=colour", 400, "colour"),
        ("packages?category=nobody", 404, "nobody"),
        ("packages?participant=%00", 400, "NUL"),
        ("packages/nobody", 404, "nobody"),
        ("packages/a%00b", 404, ""),
        ("packages/nobody/history", 404, "nobody"),
        ("changes?since=2999-01-01", 400, "future"),
        ("changes?since=nonsense", 400, "nonsense"),
        ("nothing", 404, ""),
    ],
)
def test_what_cannot_be_asked_is_told(running: Server, path: str, status: int, detail: str) -> None:
    reply = running.ask(f"{ROOT}/{path}")
    assert (reply.status, list(reply.json)) == (status, ["detail"])
    assert detail in reply.json["detail"]


def test_history_and_changes_are_those_of_the_log(running: Server) -> None:
    history = running.ask(f"{ROOT}/packages/django-cities/history").json
    assert [(row["field"], row["old"], row["new"]) for row in history if row["kind"] == "edit"] == [
        ("tags", [], ["geo"]),
        ("title", "django-cities", "Cities"),
        ("notes", None, "zymurgy"),
    ]
    one = running.ask(f"{ROOT}/packages/django-cities/history?field=title&limit=1").json
    assert [row["new"] for row in one] == ["Cities"]
    none = running.ask(f"{ROOT}/changes?since=1d&field=title&where=tags+%3D+none")
    assert (none.status, none.json) == (200, [])
    changes = running.ask(f"{ROOT}/changes?since=1d&field=title&where=tags+has+geo").json
    assert [(row["slug"], row["new"]) for row in changes] == [("django-cities", "Cities")]


def test_other_machines_get_no_notes(running: Server) -> None:
    for headers in (ELSEWHERE, {"Forwarded": "for=198.51.100.7"}, {"Via": "1.1 proxy"}):
        for path in ("packages/django-cities", "packages?where=repo_watchers+%3E+900"):
            reply = running.ask(f"{ROOT}/{path}", headers=headers)
            assert reply.status == 200
            assert "zymurgy" not in reply.text
            record = reply.json[0] if isinstance(reply.json, list) else reply.json
            assert not {"notes", "last_error", "last_error_at"} & record.keys()
            assert record["title"] == "Cities"


@pytest.mark.parametrize(
    "path",
    [
        "packages?fields=notes",
        "packages/django-cities?fields=slug,notes",
        f"packages?where={quote('notes ~ zymurgy')}",
        f"packages?where={quote('decision_reason ~ zymurgy')}",
        "packages?sort=notes",
        "packages?failing=true",
        f"packages?where={quote('last_error = null')}",
        f"packages?where={quote('id = 1 or not (slug = x and notes is known)')}",
        f"packages?where={quote('notes in (zymurgy)')}",
        "packages?sort=slug,-notes",
        f"changes?where={quote('not notes ~ zymurgy')}",
        f"packages?where={quote('id = 1 or @geo')}",
        f"packages?where={quote('@nosuch')}",
        f"changes?where={quote('@geo')}",
        "packages/django-cities/history?field=notes",
        "packages/django-cities/history?field=title",
        "changes?field=notes",
    ],
)
def test_other_machines_cannot_ask_for_notes_either(running: Server, path: str) -> None:
    reply = running.ask(f"{ROOT}/{path}", headers=ELSEWHERE)
    assert (reply.status, "zymurgy" in reply.text) == (403, False)


def test_a_saved_filter_is_a_condition(running: Server) -> None:
    reply = running.ask(f"{ROOT}/packages?where=@geo&fields=slug")
    assert (reply.status, reply.json) == (200, [{"slug": "django-cities"}])
    assert running.ask(f"{ROOT}/packages?where=@nosuch").status == 404


def test_other_machines_get_no_history_of_user_fields(running: Server) -> None:
    reply = running.ask(f"{ROOT}/packages/django-cities/history", headers=ELSEWHERE)
    assert [row["field"] for row in reply.json] == ["package"] * len(reply.json)
    assert "zymurgy" not in reply.text


def test_with_notes_all_get_them(noted: Path) -> None:
    with LocalServer(noted, with_notes=True) as server:
        reply = server.ask(f"{ROOT}/packages/django-cities", headers=ELSEWHERE)
    assert reply.json["notes"] == "zymurgy"


def test_an_answer_to_this_machine_is_no_answer_to_another(running: Server) -> None:
    path = f"{ROOT}/packages/django-cities"
    tag = running.ask(path).headers["etag"]
    assert running.ask(path, headers={"If-None-Match": tag}).status == 304
    assert running.ask(path, headers={"If-None-Match": tag, **ELSEWHERE}).status == 200


def test_an_answer_that_follows_the_clock_is_not_kept(running: Server) -> None:
    for path in ("changes", "packages?stale=1d"):
        tag = running.ask(f"{ROOT}/{path}").headers["etag"]
        assert running.ask(f"{ROOT}/{path}", headers={"If-None-Match": tag}).status == 200


def test_the_index_and_the_schema_say_what_there_is(running: Server) -> None:
    for path in running.ask(ROOT).json:
        address = path.replace("{name}", "django-cities")
        assert running.ask(address).status == 200
    schema = running.ask(f"{ROOT}/schema").json
    jsonschema.validate(running.ask(f"{ROOT}/packages/django-cities").json, schema)


@pytest.mark.parametrize("path", [ROOT, f"{ROOT}/packages", "/api/openapi.json"])
def test_only_reading_is_allowed(running: Server, path: str) -> None:
    reply = running.ask(path, method="POST")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")
    head = running.ask(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(running.ask(path).body))
