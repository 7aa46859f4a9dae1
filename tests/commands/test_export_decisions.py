"""export --decisions: a DEPENDENCIES.md that can be committed."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.commands.program import Program, told

TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=90)


def test_decisions_are_grouped_with_reason_evidence_and_review(
    many: Program, tmp_path: Path
) -> None:
    evidence = ("--evidence", "https://example.org/x?a=1&b=2")
    many("decide", "1326", "adopt", "--why", "active", *evidence, "--review-by", str(SOON))
    many("decide", "sorethumb", "reject", "--why", "two\nlines | and a pipe")
    file = tmp_path / "DEPENDENCIES.md"
    answer = many("export", file, "--decisions")
    assert answer.out == f"exported 2 packages to {file}\n"
    assert (
        file.read_text()
        == f"""# Dependencies

## Adopt

| package | why | evidence | decided | review by | address |
| --- | --- | --- | --- | --- | --- |
| django-cities | active | <https://example.org/x?a=1&b=2> | {TODAY} | {SOON} | <https://github.com/coderholic/django-cities> |

## Reject

| package | why | evidence | decided | review by | address |
| --- | --- | --- | --- | --- | --- |
| sorethumb | two lines \\| and a pipe |  | {TODAY} |  | <http://code.google.com/p/sorethumb/> |
"""
    )
    assert many("export", "--decisions").out == file.read_text()
    assert many("export", "--decisions", "--where", "slug = sorethumb").out.count("## ") == 1


def test_nothing_decided_is_said(many: Program) -> None:
    assert many("export", "--decisions").out == "# Dependencies\n\nNothing is decided yet.\n"


@pytest.mark.parametrize(
    "reason",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/p.png)",
        "# heading\n## another",
        "`code` **bold** ~~gone~~",
        "\x1b]8;;https://evil.example\x07x",
    ],
)
def test_hostile_reasons_are_shown_as_written(many: Program, reason: str) -> None:
    many("decide", "1326", "hold", "--why", reason)
    text = many("export", "--decisions", "--format", "markdown").out
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {"h1", "h2", "table", "thead", "tbody", "tr", "th", "td", "a"}
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', page))
    assert "\x1b" not in text


@pytest.mark.parametrize("args", [("--format", "json"), ("x.csv",), ("x.html",)])
def test_other_formats_have_no_such_document(many: Program, args: tuple[str, ...]) -> None:
    assert "--decisions goes with --format markdown or svg" in told(
        many("export", *args, "--decisions"), 2
    )


def test_moves_are_a_column_where_they_are_asked_for(many: Program) -> None:
    many("decide", "1326", "trial", "--why", "first")
    many("decide", "sorethumb", "hold")
    moment = datetime.now(UTC).isoformat()
    many("decide", "1326", "adopt", "--why", "second")
    rows = many("export", "--decisions", "--since", moment).out.splitlines()
    assert "| package | moved | why | evidence | decided | review by | address |" in rows
    (adopted,) = (row for row in rows if row.startswith("| django-cities "))
    assert adopted.startswith("| django-cities | in from trial | second |")
    (held,) = (row for row in rows if row.startswith("| sorethumb "))
    assert held.startswith("| sorethumb |  |  |")
