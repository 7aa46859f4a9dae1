"""CSV and TSV: no spreadsheet runs what strangers wrote, and each row stays one."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands.program import Program

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)")


@pytest.fixture
def program(catalog: Path) -> Program:
    """Packages whose every text is a formula, and one with line breaks of all kinds."""
    program = Program(catalog)
    records = [
        {
            "slug": f"p{number}",
            "title": text,
            "notes": text,
            "tags": [text],
            "repo_description": text,
        }
        for number, text in enumerate(FORMULAS)
    ]
    records.append({"slug": "breaks", "title": "a", "notes": "a\rb", "repo_description": "a\nb\tc"})
    assert program("import", "-", input="\n".join(map(json.dumps, records))).code == 0
    for number, text in enumerate(FORMULAS):
        assert program("edit", f"p{number}", f"--title={text}{text}").code == 0
        assert program("category", "add", f"c{number}", f"--description={text}").code == 0
    return program


@pytest.mark.parametrize(
    "words", ["list", "list --fields title,notes,tags", "export", "history p0", "category list"]
)
@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_no_cell_is_a_formula(program: Program, words: str, name: str, delimiter: str) -> None:
    answer = program(*words.split(), "--format", name)
    assert answer.code == 0, answer.err
    rows = list(csv.reader(io.StringIO(answer.out, newline=""), delimiter=delimiter))
    assert len(rows) > 1
    for cell in (cell for row in rows for cell in row):
        assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), cell
    assert any(cell.startswith("'=1+1") for row in rows for cell in row)


def test_a_carriage_return_is_in_quotes_as_many_readers_end_a_line_there(program: Program) -> None:
    line = program("list", "--fields", "notes,slug", "--format", "csv", "--where", "slug = breaks")
    assert line.raw == b'notes,slug\n"a\rb","breaks"\n'


def test_a_row_of_tsv_is_one_line(program: Program) -> None:
    fields = ("--fields", "slug,notes,repo_description")
    answer = program("list", *fields, "--format", "tsv", "--where", "slug = breaks")
    assert answer.raw == b"slug\tnotes\trepo_description\nbreaks\ta b\ta b c\n"


def test_csv_on_a_terminal_has_a_line_for_each_row(program: Program) -> None:
    fields = ("--fields", "slug,notes,repo_description")
    where = ("--where", "slug = breaks")
    answer = program("list", *fields, "--format", "csv", *where, terminal=True)
    assert answer.raw == b"slug,notes,repo_description\nbreaks,a b,a b c\n"
