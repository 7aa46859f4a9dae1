"""Catalogs that released versions made: today's code opens them, answers as they did, and undoes
their last operation.

`tests/data/catalogs/README.md` tells how the files were made.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pkgcat.shell import clock
from pkgcat.store import Store
from tests.commands.program import Program
from tests.conftest import DATA
from tests.store.checks import check_whole

RENAMED: dict[str, str] = {
    "behind_pins": "upstream_values",
    "behind": "upstream_value",
    "doubt": "warning",
}
"""What a release recorded, and what stands there today: names of fields and keys, and whole
texts of answers.
"""


class Released(NamedTuple):
    """The command line on a copy of a released catalog, and what that release answered."""

    program: Program
    answers: list[dict[str, Any]]
    after_undo: list[dict[str, Any]]


@pytest.fixture(params=sorted((DATA / "catalogs").glob("*.db")), ids=lambda file: file.stem)
def released(
    request: pytest.FixtureRequest, catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Released]:
    """Each released catalog in turn; afterwards its own file must be as it was."""
    file: Path = request.param
    recorded = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    stop_the_clock(monkeypatch, datetime.fromisoformat(recorded["now"]))
    before = {path: path.read_bytes() for path in file.parent.iterdir()}
    shutil.copy(file, catalog)
    yield Released(Program(catalog), recorded["answers"], recorded["after_undo"])
    assert {path: path.read_bytes() for path in file.parent.iterdir()} == before


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let commands that ask no host run at this time."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return now

    monkeypatch.setattr(clock, "datetime", Stopped)


def test_there_is_a_catalog_of_the_first_release() -> None:
    assert (DATA / "catalogs" / "0.1.0.db").exists()


def test_it_opens_whole(released: Released) -> None:
    with Store.write(released.program.catalog, explicit=True, create=False) as store:
        check_whole(store)


def test_it_is_answered_as_by_its_release(released: Released) -> None:
    check_answers(released.program, released.answers)


def test_its_last_operation_is_undone_and_done_again(released: Released) -> None:
    program = released.program
    assert program("undo").code == 0
    check_answers(program, released.after_undo)
    (undo,) = json.loads(program("undo", "--list", "--limit", "1", "--json").out)
    assert program("undo", undo["operation"]).code == 0
    check_answers(
        program, [one for one in released.answers if one["command"] == ["list", "--json"]]
    )


def check_answers(program: Program, recorded: list[dict[str, Any]]) -> None:
    """Assert that each command answers what was recorded, under the names it has today."""
    assert recorded
    for one in recorded:
        command = [RENAMED.get(word, word) for word in one["command"]]
        answer = program(*command)
        assert answer.code == 0, (command, answer.err)
        lines = "jsonl" in command
        found = (
            [json.loads(line) for line in answer.out.splitlines()]
            if lines
            else json.loads(answer.out)
        )
        wanted = renamed(one["answer"])
        if command[0] == "search":
            found = in_recorded_order(found, wanted)
        if command[0] == "changes":
            found = without_news_of_new_packages(found, wanted)
        assert without_new_keys(found, wanted) == wanted, command


def in_recorded_order(found: Any, recorded: Any) -> Any:
    """Return what 0.1.0 found too: since then names on PyPI are searched, and others come first."""
    by_slug = {record["slug"]: record for record in found}
    return [by_slug[record["slug"]] for record in recorded]


def without_news_of_new_packages(found: Any, recorded: Any) -> Any:
    """Return a digest without what 0.1.0 did not tell: later news of packages that are new."""
    new = {event["slug"] for event in recorded if event["event"] == "added"}
    return [event for event in found if event["slug"] not in new or event in recorded]


def renamed(recorded: Any) -> Any:
    """Return an answer with the names and texts of today."""
    if isinstance(recorded, dict) and "previous_since" in recorded:  # an answer of --why
        recorded = {**recorded, "source": source_today(recorded)}
    if isinstance(recorded, dict) and "pkgcat" in recorded:  # the header of an export
        recorded = {**recorded, "pkgcat": 3}
    if isinstance(recorded, dict):
        return {RENAMED.get(name, name): renamed(value) for name, value in recorded.items()}
    if isinstance(recorded, list):
        return [renamed(item) for item in recorded]
    return RENAMED.get(recorded, recorded) if isinstance(recorded, str) else recorded


def source_today(explanation: dict[str, Any]) -> str:
    """Return the source of a value: what release 0.1.0 wrote has an unknown one."""
    source: str = explanation["source"]
    if explanation["field"] in ("gone", "upstream_values"):
        return "kept by refresh"
    if source.startswith(("follows from", "kept by refresh")):
        return source
    return "unknown"


def without_new_keys(found: Any, recorded: Any) -> Any:
    """Return an answer without what its release did not tell: later ones have more fields."""
    if isinstance(found, list) and isinstance(recorded, list) and len(found) == len(recorded):
        return [without_new_keys(*pair) for pair in zip(found, recorded, strict=True)]
    if isinstance(found, dict) and isinstance(recorded, dict):
        known = {name: value for name, value in found.items() if name in recorded}
        return {name: without_new_keys(value, recorded[name]) for name, value in known.items()}
    return found
