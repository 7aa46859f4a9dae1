"""Whatever stands in grids, features, cells, decisions and filters, a terminal shows characters and
line breaks, and nothing moves.
"""

import os
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from pkgcat.errors import EXIT_CODES
from tests.commands.program import Program
from tests.conftest import Ran
from tests.hostile import TEXTS, assert_harmless, assert_screen_unharmed, run_on_terminal

MORE_TEXTS = {
    **TEXTS,
    "SVG": "</title><svg onload=alert(1)>\x1b]8;;https://evil.example\x07x",
    "very long": "\x1b[2J" + "w\u0301\u202e" * 20_000,
}


@pytest.fixture(params=MORE_TEXTS)
def text(request: pytest.FixtureRequest) -> str:
    """One kind of hostile text."""
    return MORE_TEXTS[request.param]


@pytest.fixture
def filled(many: Program, text: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A grid of two packages, a feature, a cell, a decision and a filter; then whatever is a text of
    theirs is hostile, as in a file that a stranger made.
    """
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PKGCAT_PAGER", "cat")
    monkeypatch.setenv("EDITOR", "cat")
    for words in (
        ("grid", "add", "maps"),
        ("grid", "put", "maps", "django-cities", "django-emoji"),
        ("grid", "feature", "add", "maps", "Offline"),
        ("grid", "cell", "maps", "django-cities", "Offline", "yes"),
        ("decide", "django-cities", "hold", "--why", "w", "--evidence", "https://example.org/"),
        ("filter", "save", "used", "id > 1"),
    ):
        assert many(*words).code == 0
    with sqlite3.connect(many.catalog) as catalog:
        catalog.execute("PRAGMA ignore_check_constraints = ON")
        catalog.execute("UPDATE grids SET title = ?, description = ?", (text[:100], text))
        catalog.execute("UPDATE grid_features SET title = ?, description = ?", (text[:100], text))
        catalog.execute("UPDATE grid_cells SET text = ?", (text,))
        catalog.execute(
            """UPDATE packages SET title = ?, decision_reason = ?, decision_url = ?
            WHERE decision IS NOT NULL""",
            (text[:100], text, text),
        )
        catalog.execute("UPDATE filters SET name = ?, expression = ?", (text[:50], text))
    catalog.close()
    return many


def check(answer: Ran) -> Ran:
    """Check that stdout, a terminal, and stderr hold nothing harmful."""
    assert answer.code in EXIT_CODES, answer
    assert "Traceback" not in answer.err, answer.err
    assert_harmless(answer.out.replace("\t", ""))
    assert_harmless(answer.err)
    return answer


SHOWING: list[tuple[str, ...]] = [
    ("grid", "list"),
    ("grid", "show", "maps"),
    ("grid", "show", "maps", "--fields", "features,decision,decision_reason"),
    ("grid", "feature", "list", "maps"),
    ("compare", "--grid", "maps"),
    ("compare", "django-cities", "django-emoji", "--fields", "title,decision_reason,decision_url"),
    ("decide", "--list"),
    ("review",),
    ("filter", "list"),
    ("list", "--decision", "hold", "--fields", "slug,decision_reason,decision_url,grids"),
    ("show", "django-cities"),
    ("export", "--decisions"),
]
FORMATS = ("json", "jsonl", "csv", "tsv", "markdown", "html", "svg")


def test_no_view_of_a_grid_decision_or_filter_brings_a_text_raw(filled: Program) -> None:
    for command in SHOWING:
        for width in ("40", "120"):
            answer = check(filled(*command, terminal=True, env={"COLUMNS": width}))
            assert answer.code in (0, 65), (command, answer.err)


def test_no_format_of_a_grid_decision_or_filter_brings_a_text_raw(filled: Program) -> None:
    for command in SHOWING[:-1]:
        for form in FORMATS:
            check(filled(*command, "--format", form, terminal=True))


def test_what_is_typed_about_grids_decisions_and_filters_is_foreign_too(
    filled: Program, text: str
) -> None:
    text = text.replace("\0", "")
    for command in (
        ("grid", "show", text),
        ("grid", "show", "maps", "--where", text),
        ("grid", "show", "maps", "--fields", text),
        ("grid", "show", "maps", "--sort", text),
        ("grid", "add", text),
        ("grid", "add", "other", "--title", text, "--description", text),
        ("grid", "edit", text, "--title", "x"),
        ("grid", "edit", "maps", "--slug", text),
        ("grid", "put", "maps", text),
        ("grid", "put", text, "django-oml"),
        ("grid", "put", "maps", "--where", text),
        ("grid", "take", "maps", text),
        ("grid", "move", "maps", text, "--before", "django-emoji"),
        ("grid", "copy", "maps", text),
        ("grid", "feature", "add", "maps", text),
        ("grid", "feature", "edit", "maps", text, "--title", "x"),
        ("grid", "feature", "move", "maps", text, "--before", text),
        ("grid", "feature", "remove", "maps", text),
        ("grid", "cell", "maps", text, "Offline", "x"),
        ("grid", "cell", "maps", "django-cities", text, text),
        ("grid", "remove", text),
        ("compare", text, "django-cities"),
        ("compare", "--grid", text),
        ("compare", "django-cities", "--fields", text),
        ("decide", "django-cities", text),
        ("decide", text, "hold"),
        ("decide", "django-emoji", "hold", "--why", text, "--evidence", text),
        ("decide", "django-emoji", "hold", "--review-by", text),
        ("decide", "--where", text, "hold", "--yes"),
        ("list", "--supports", text),
        ("list", f"@{text}"),
        ("filter", "save", text, "id > 1"),
        ("filter", "save", "mine", text),
        ("filter", "show", text),
        ("filter", "remove", text),
        ("undo", "--list"),
        ("undo", "--dry-run"),
    ):
        check(filled(*command, terminal=True))


def on_terminal(program: Program, *args: str) -> bytes:
    environment = {**os.environ, "PKGCAT_DB": str(program.catalog), "TERM": "xterm"}
    command = [sys.executable, "-m", "pkgcat", *args]
    written, code = run_on_terminal(command, environment)
    assert code in EXIT_CODES, written
    return written


@pytest.mark.long
def test_a_real_terminal_keeps_its_title_and_lines(filled: Program, text: str) -> None:
    for command in (
        ("grid", "show", "maps"),
        ("grid", "feature", "list", "maps"),
        ("compare", "django-cities", "django-emoji"),
        ("decide", "--list"),
        ("filter", "list"),
        ("grid", "feature", "remove", "maps", text.replace("\0", "")[:200]),
    ):
        assert_screen_unharmed(on_terminal(filled, *command))


def test_the_draft_of_a_hostile_grid_has_no_control_characters(
    filled: Program, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncat "$1" > {seen}\n')
    editor.chmod(0o755)
    check(filled("grid", "edit", "maps", terminal=True, env={"EDITOR": str(editor)}))
    draft = seen.read_text(encoding="utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", draft)
