"""SQL stands in the store alone, and each type of a field is known to it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pkgcat
from pkgcat.model.fields import FIELDS
from pkgcat.store.field_sql import EXPRESSIONS

SOURCE = Path(pkgcat.__file__).parent
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|SELECT\s+\w+\(|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s"
    r"|DELETE\s+FROM\s|PRAGMA\s+\w|CREATE\s+(TEMP\s+|UNIQUE\s+|VIRTUAL\s+)?(TABLE|INDEX|VIEW|TRIGGER)\s"
    r"|DROP\s+(TABLE|INDEX|TRIGGER)\s|ALTER\s+TABLE\s|ATTACH\s|BEGIN\s+IMMEDIATE|WITH\s.+\sAS\s*\()",
    re.DOTALL,
)


def texts_in(code: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module with their lines; a formatted text with its holes as `x`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            ]
            yield node.lineno, "".join(parts)


def find_sql(code: str) -> list[int]:
    return [line for line, text in texts_in(code) if SQL.match(text)]


@pytest.mark.parametrize(
    "sql",
    [
        '"SELECT key FROM packages"',
        'f"SELECT {names} FROM {table}"',
        '"select"',
        '"""\n    DELETE FROM packages"""',
        'f"UPDATE {table} SET x = 1"',
        '"PRAGMA user_version"',
        '"CREATE TABLE t (a)"',
        '"INSERT OR IGNORE INTO t VALUES (1)"',
    ],
)
def test_sql_is_recognised(sql: str) -> None:
    assert bool(find_sql(f"x = {sql}")) == (sql != '"select"')


def test_no_sql_stands_outside_the_store() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if SOURCE / "store" in path.parents:
            continue
        lines = find_sql(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(SOURCE)}:{line}" for line in lines]
    assert found == []


def test_there_is_sql_in_the_store() -> None:
    found = [path.name for path in (SOURCE / "store").rglob("*.py") if find_sql(path.read_text())]
    assert {"__init__.py", "packages.py", "as_of.py"} <= set(found)


@pytest.mark.parametrize("name", FIELDS)
def test_the_type_of_a_field_has_sql_expressions(name: str) -> None:
    assert FIELDS[name].type in EXPRESSIONS
