"""Whatever a host, a file or a command line says, a terminal shows characters and line
breaks, and nothing moves.
"""

import asyncio
import itertools
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkgcat.errors import EXIT_CODES
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.model.fields import FIELDS
from pkgcat.model.limits import MAX_ITEM_LENGTH
from pkgcat.model.types import INTEGER_LIST, TextList
from pkgcat.services import endpoints
from pkgcat.shell.clock import read_clock
from tests.commands.program import Program
from tests.conftest import Ran
from tests.hostile import (
    TEXTS,
    HostileHost,
    assert_bar_harmless,
    assert_harmless,
    assert_screen_unharmed,
    failures,
    run_on_terminal,
)

EVERY_FIELD = ",".join(FIELDS)


@pytest.fixture(params=TEXTS)
def text(request: pytest.FixtureRequest) -> str:
    """One kind of hostile text."""
    return TEXTS[request.param]


@pytest.fixture
def host(text: str) -> Iterator[HostileHost]:
    """A host that answers with it."""
    with HostileHost(text) as host:
        yield host


@pytest.fixture
def online(
    empty: Program, host: HostileHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """pkgcat, in this process, whose hosts are the hostile one."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PKGCAT_PAGER", "cat")
    monkeypatch.setattr(
        endpoints, "open_fetcher", lambda *_: HttpFetcher(clock=read_clock, sleep=_soon)
    )
    for name, value in host.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    return empty


@pytest.fixture
def filled(online: Program, text: str, tmp_path: Path) -> Program:
    """The same with a package whose every text is hostile, edited and refreshed once."""
    file = tmp_path / text.replace("/", "")[:100]
    file.write_text(json.dumps(hostile_record(text)))
    check(online("import", file, terminal=True))
    assert (
        online("edit", "maps", "--tag", "geo", "--notes", f"{text} again", "--title", "maps").code
        == 0
    )
    assert online("edit", "maps", "--title", text[:100]).code == 0
    assert online("refresh", "--all").code == 0
    return online


async def _soon(_seconds: float) -> None:
    """Wait no longer than it takes to let others go first."""
    await asyncio.sleep(0)


def hostile_record(text: str) -> dict[str, Any]:
    """Return a record of pkgcat's own with a text wherever one may be."""
    record: dict[str, Any] = {name: text for name, field in FIELDS.items() if field.type.is_text}
    record |= {
        name: [text, f"{text}2"]
        for name, field in FIELDS.items()
        if isinstance(field.type, TextList) and field.type is not INTEGER_LIST
    }
    record |= {
        "title": text[:100],
        "slug": "maps",
        "repo_url": "https://github.com/ann/maps",
        "pypi_url": "maps",
        "decision": "hold",  # one of a few words, else it is refused
    }
    unset = (
        "category",
        "grids",
        "pinned",
        "gone",
        "replaced_by",
        "pypi_name",
        "repo_host",
        "participants",
    )
    return {name: value for name, value in record.items() if name not in unset} | {
        "participants": [text]
    }


def check(answer: Ran, *codes: int) -> Ran:
    """Check that stdout, a terminal, and stderr hold nothing harmful."""
    assert answer.code in (codes or (0,)), answer
    assert "Traceback" not in answer.err, answer.err
    assert_harmless(answer.out)
    assert_harmless(answer.err)
    return answer


COMMANDS: list[tuple[Any, ...]] = [
    ("list",),
    ("list", "--fields", EVERY_FIELD),
    ("list", "--fields", "participants,pypi_classifiers,notes"),
    ("show", "maps"),
    ("show", "maps", "--fields", EVERY_FIELD),
    ("compare", "maps"),
    ("compare", "--where", "slug", "~", "", "--fields", EVERY_FIELD),
    ("history", "maps"),
    ("history", "maps", "notes"),
    ("history", "maps", "repo_watchers", "--chart"),
    ("changes", "--since", "2000-01-01"),
    (
        "changes",
        "--since",
        "2000-01-01",
        "--field",
        "notes",
        "--field",
        "title",
        "--field",
        "pypi_classifiers",
    ),
    ("undo", "--list"),
    ("undo", "--dry-run"),
    ("category", "list"),
    ("stats",),
    ("edit", "maps", "--notes", "mine", "--dry-run"),
    ("edit", "--where", "slug", "=", "maps", "--notes", "mine", "--dry-run"),
    ("refresh", "--all"),
    ("refresh", "--all", "--plan"),
    *(
        ("show", "maps", "--why", name)
        for name, field in FIELDS.items()
        if field.type.is_text
        or (isinstance(field.type, TextList) and field.type is not INTEGER_LIST)
    ),
]


def test_no_command_brings_stored_text_to_a_terminal_raw(filled: Program) -> None:
    for command in COMMANDS:
        assert check(filled(*command, terminal=True)).out, command


def test_no_format_brings_stored_text_to_a_terminal_raw(filled: Program) -> None:
    commands: list[tuple[str, ...]] = [
        ("show", "maps"),
        ("list",),
        ("history", "maps"),
        ("undo", "--list"),
        ("show", "maps", "--why", "notes"),
        ("changes", "--since", "2000-01-01"),
    ]
    for command, form in itertools.product(
        commands, ("json", "jsonl", "csv", "tsv", "markdown", "apiv4", "html", "svg")
    ):
        answer = filled(*command, "--format", form, terminal=True)
        assert answer.code == 0 or (form == "apiv4" and "API v4 knows packages only" in answer.err)
        assert_harmless(answer.out.replace("\t", " "))
        if form in ("json", "jsonl", "apiv4"):
            assert answer.out.isascii()
            assert "\x7f" not in answer.out


def test_no_export_brings_stored_text_to_a_terminal_raw(filled: Program) -> None:
    for form in ("json", "jsonl", "csv", "apiv4"):
        assert check(filled("export", "--format", form, terminal=True)).out


def test_what_is_typed_is_foreign_too(filled: Program, text: str) -> None:
    for command in (
        (text,),
        ("show", text),
        ("show", f"--{text}"),
        ("show", "--format", text),
        ("show", "maps", "--fields", text),
        ("show", "maps", "--why", text),
        ("show", "maps", "--at", text),
        ("list", text),
        ("list", "--limit", text),
        ("list", "--where", text),
        ("list", "--where", f"repo_watchers > {text}"),
        ("list", "--sort", text),
        ("list", "--category", text),
        ("list", "--host", text),
        ("list", "--db", f"/{text}"),
        ("search", text, "nothing of the kind"),
        ("add", text),
        ("add", "--no-fetch", "--title", f"t{text[:90]}", "--slug", text),
        ("edit", "maps", "--repo-url", text),
        ("edit", "maps", "--unset", text),
        ("edit", "maps", "--patch", text.replace("\0", "")),
        ("refresh", text),
        ("refresh", "--stale", text),
        ("import", text),
        ("import", f"https://djangopackages.org/packages/p/{text}/"),
        ("import", "--from", text),
        ("import", "--from", "djangopackages", "--grid", text),
        ("export", f"/nowhere/{text}"),
        ("export", "--format", text),
        ("history", text),
        ("history", "maps", text),
        ("changes", "--since", text),
        ("undo", text),
        ("help", text),
        ("category", text),
        ("category", "add", text),
        ("category", "edit", text, "--title", "x"),
        ("remove", text),
        ("path", "--db", f"/{text}"),
    ):
        check(filled(*command, terminal=True), *EXIT_CODES)


FILES = [
    '{{"slug": "b", "title": {0}, "x{1}": 1}}',
    '{{"slug": {0}, "title": "b"}}',
    '{{"slug": "b", "title": "b", "repo_watchers": {0}}}',
    '{{"slug": "b", "title": "b", "created": {0}}}',
    '{{"slug": "b", "title": "b", "category": {0}}}',
    "[{0}]",
    "{0}",
    '{{"slug": "b"}} {1}',
    "slug,title,{1}\nb,c,d\n",
    '{{"pkgcat": {0}}}',
    '{{"pkgcat": 1, "categories": [{{"slug": {0}, "title": {0}}}]}}',
    '{{"pkgcat": 1, "categories": {0}}}',
]


def test_a_file_that_is_refused_or_taken_is_told_of_without_harm(
    filled: Program, text: str
) -> None:
    for content in FILES:
        given = content.format(json.dumps(text[:100]), json.dumps(text)[1:-1])
        check(filled("import", "-", input=given, terminal=True), 0, 2, 4, 5)


def test_what_a_host_says_comes_clean(
    online: Program, host: HostileHost, text: str, tmp_path: Path
) -> None:
    for command in (
        ("add", "--dry-run", "maps"),
        ("add", "maps"),
        ("add", "ann/maps", "--slug", "atlas"),
    ):
        check(online(*command, terminal=True))
    check(online("refresh", "--all", terminal=True))
    stored = online.record("maps")["pypi_classifiers"][:1]
    assert stored == [item for item in [text] if len(item) <= MAX_ITEM_LENGTH]
    assert online.record("atlas")["repo_description"] == text
    check(online("import", "--from", "djangopackages", terminal=True), 0, 2, 3)
    check(online("import", "https://djangopackages.org/packages/p/maps/", terminal=True), 0, 2, 3)
    assert any(path.startswith("/djangopackages/packages") for path in host.paths)


@pytest.mark.long
def test_what_a_host_that_fails_says_comes_clean(
    online: Program, host: HostileHost, text: str
) -> None:
    made = ("add", "--no-fetch", "--title", "maps", "--repo-url", "ann/maps", "--pypi-url", "maps")
    assert online(*made).code == 0
    for name, failure in failures(text, host.base).items():
        host.failure = failure
        answer = check(online("refresh", "--all", terminal=True), 0, 3, 69)
        assert "maps: " in answer.out, name
        assert online("refresh", "--all", "--json", terminal=True).out.isascii()
        for command in AFTER_A_FAILURE:
            check(online(*command, terminal=True), *EXIT_CODES)


AFTER_A_FAILURE = [
    ("show", "maps"),
    ("add", "atlas"),
    ("add", "bob/atlas"),
    ("import", "https://djangopackages.org/grids/g/apps/"),
]


def test_notes_of_a_refresh_come_clean(online: Program, text: str) -> None:
    part = text.replace("\n", "").replace("/", "")
    addresses = (
        f"https://git{part}.example/ann/maps",
        f"https://github.com/{part}",
        f"git@git{part}.example:ann/maps",
    )
    for number, address in enumerate(addresses):
        record = {
            "slug": f"maps-{number}",
            "title": "maps",
            "repo_url": address,
            "pypi_url": f"maps-{number}",
        }
        assert online("import", "-", input=json.dumps(record)).code == 0
    told = check(online("refresh", "--all", terminal=True)).out
    assert told.count("its facts stay as they are") == len(addresses)


def test_a_catalog_with_hostile_names_is_shown_without_harm(filled: Program, text: str) -> None:
    slug = text[:50]
    with sqlite3.connect(filled.catalog) as catalog:
        catalog.execute("UPDATE packages SET slug = ?", (slug,))
        catalog.execute("UPDATE categories SET slug = slug || ?, title = ?", (slug[:30], text[:50]))
        catalog.execute("UPDATE facts SET pypi_version = ?, last_error = ?", (text, text))
    catalog.close()
    for command in (
        *COMMANDS,
        ("edit", "maps", "--notes", "x"),
        ("export",),
        ("export", "--format", "csv"),
    ):
        words = [slug if word == "maps" else word for word in command]
        check(filled(*words, terminal=True), *EXIT_CODES)


def test_a_message_stays_on_its_line(online: Program, tmp_path: Path) -> None:
    forged = "first\npkgcat: all is well\r\n\x1b[1mpkgcat: and well"
    record = {"slug": "maps", "title": "maps", "notes": forged, forged: 1}
    file = tmp_path / forged
    file.write_text(json.dumps(record))
    assert online("import", file, terminal=True).err.count("\n") == 1
    assert online("show", forged, terminal=True).err.count("\n") == 1
    for command in (("show", "maps", "--why", "notes"), ("history", "maps"), ("undo", "--list")):
        told = online(*command, terminal=True).out
        assert not any(line.startswith("pkgcat") for line in told.splitlines()), told


def test_markup_is_shown_as_it_is_written(filled: Program) -> None:
    if TEXTS["markup"] in filled.record("maps")["notes"]:
        assert TEXTS["markup"] in " ".join(
            filled("show", "maps", terminal=True, env={"COLUMNS": "200"}).out.split()
        )


# a real terminal


def on_terminal(
    program: Program, *args: str, typed: str = "", only: str = "", env: dict[str, str] | None = None
) -> bytes:
    """Run a command on a terminal and return what that was sent."""
    command = [sys.executable, "-m", "pkgcat", *args]
    environment = {**os.environ, "PKGCAT_DB": str(program.catalog), "TERM": "xterm", **(env or {})}
    written, code = run_on_terminal(command, environment, typed=typed, only=only)
    assert code in (0, 2, 3, 4), written
    return written


def test_a_real_terminal_keeps_its_title_and_lines(
    filled: Program, host: HostileHost, text: str
) -> None:
    for command in (
        ("list",),
        ("show", "maps"),
        ("history", "maps"),
        ("undo", "--list"),
        ("show", text),
    ):
        assert_screen_unharmed(on_terminal(filled, *command))
    asked = on_terminal(
        filled, "edit", "--where", "slug", "=", "maps", "--notes", "mine", typed="o\nn\n"
    )
    assert "change maps?" in asked.decode()
    assert_screen_unharmed(asked)
    host.failure = failures(text, host.base)["not allowed"]
    assert_screen_unharmed(on_terminal(filled, "refresh", "maps"))


def test_colours_on_a_terminal_are_pkgcats_own(
    filled: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR")
    for command in (("list",), ("show", "maps")):
        written = on_terminal(filled, *command)
        assert b"\x1b[1m" in written
        assert_screen_unharmed(written, styled=True)


def test_a_pager_gets_what_a_terminal_gets(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    pager.chmod(0o755)
    assert filled("export", tmp_path / "raw.csv").code == 0
    on_terminal(filled, "show", "maps", "maps", "maps", env={"PKGCAT_PAGER": str(pager)})
    assert "maps" in (tmp_path / "paged").read_text()
    assert_harmless((tmp_path / "paged").read_text())


def test_stderr_alone_on_a_terminal(filled: Program, host: HostileHost, text: str) -> None:
    shown = on_terminal(filled, "show", text, only="stderr")
    assert shown.startswith(b"pkgcat: ")
    assert_screen_unharmed(shown)
    shown = on_terminal(filled, text, only="stderr")
    assert b"Error: " in shown
    assert_screen_unharmed(shown)


def test_a_bar_shows_a_slug_as_it_is(online: Program, host: HostileHost, text: str) -> None:
    records = [
        {"slug": f"p{number}", "title": "p", "repo_url": f"ann/p{number}"} for number in range(3)
    ]
    assert online("import", "-", input="\n".join(map(json.dumps, records))).code == 0
    with sqlite3.connect(online.catalog) as catalog:
        catalog.execute("UPDATE packages SET slug = slug || ?", (text[:45],))
    catalog.close()
    written = on_terminal(online, "refresh", "--all")
    assert b"3/3" in written
    assert_bar_harmless(written)
