"""Catalogs that others made or changed: what no pkgcat can have written is refused in one line."""

import sqlite3
from pathlib import Path

import pytest

from pkgcat.model.fields import FIELDS
from tests.commands.program import Program, told
from tests.conftest import DATA

ESC = "\x1b]0;owned\x07"
COMMANDS: tuple[tuple[str | Path, ...], ...] = (
    ("list",),
    ("list", "--json"),
    ("list", "--format", "csv"),
    ("list", "--format", "apiv4"),
    ("show", "django-cities"),
    ("show", "django-cities", "--json"),
    ("export",),
    ("export", "--format", "csv"),
    ("list", "--fields", "slug,tags,commits_over_52,upstream_values,score"),
    ("list", "--sort", "-repo_watchers", "--where", "tags", "~", "geo"),
    ("search", "cities"),
    ("compare", "django-cities"),
    ("compare", "django-cities", "--json"),
    ("stats",),
    ("history", "django-cities"),
    ("history", "django-cities", "repo_watchers", "--chart"),
    ("changes", "--since", "9y"),
    ("show", "django-cities", "--why", "repo_watchers"),
    ("show", "django-cities", "--at", "1h"),
    ("category", "list"),
    ("undo", "--list"),
    ("edit", "django-cities", "--title", "x"),
    ("edit", "django-cities", "--tag", "x"),
    ("edit", "django-cities", "--unpin", "repo_watchers"),
    ("remove", "django-cities"),
    ("undo",),
    ("refresh", "--all", "--plan"),
    ("import", DATA / "package-1326.json", "--overwrite"),
)


@pytest.fixture
def program(catalog: Path) -> Program:
    program = Program(catalog)
    assert program("import", DATA / "package-1326.json").code == 0
    assert program("edit", "django-cities", "--tag", "geo").code == 0
    return program


def spoil(catalog: Path, *statements: str) -> None:
    """Change a catalog as one who knows SQLite can."""
    connection = sqlite3.connect(catalog, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA writable_schema = ON")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def change_rows(catalog: Path, *statements: str) -> None:
    """Change rows without their triggers, and without the types that STRICT tables enforce."""
    connection = sqlite3.connect(catalog, isolation_level=None)
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    triggers = triggers.fetchall()
    strict = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%) STRICT%'")
    strict = strict.fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA writable_schema = ON")
    for name, sql in strict:
        loose = sql.replace(") STRICT, WITHOUT ROWID", ") WITHOUT ROWID").replace(") STRICT", ")")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (loose, name))
    connection.close()
    spoil(catalog, *statements)
    connection = sqlite3.connect(catalog, isolation_level=None)
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("PRAGMA writable_schema = ON")
    for name, sql in strict:
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, name))
    connection.close()


# another schema


SCHEMAS = {
    "a trigger is missing": "DROP TRIGGER changes_delete",
    "a table is missing": "DROP TABLE quotas",
    "an index is missing": "DROP INDEX packages_slug",
    "a column is missing": "ALTER TABLE quotas DROP COLUMN remaining",
    "a column has another name": "ALTER TABLE facts RENAME COLUMN repo_forks TO forks",
    "a column is too many": "ALTER TABLE packages ADD COLUMN more TEXT",
    "a trigger is too many": """CREATE TRIGGER more AFTER UPDATE ON packages BEGIN
        DELETE FROM facts; END""",
    "a table is another": "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'packages'",
}
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
ENDLESS_VIEWS = {
    "packages": (
        "DROP TABLE packages",
        f"CREATE VIEW packages AS {ENDLESS} SELECT x AS key FROM c",
    ),
    "searchable": (
        "DROP VIEW searchable",
        f"""CREATE VIEW searchable AS {ENDLESS} SELECT x AS key, '' AS title, '' AS slug,
        '' AS repo_description, '' AS tags, '' AS notes, '' AS participants FROM c""",
    ),
}


@pytest.mark.parametrize("args", [("list",), ("edit", "django-cities", "--title", "x"), ("stats",)])
@pytest.mark.parametrize("statement", SCHEMAS.values(), ids=SCHEMAS)
def test_another_schema_is_refused_when_the_catalog_is_opened(
    program: Program, statement: str, args: tuple[str, ...]
) -> None:
    spoil(program.catalog, statement)
    before = program.stored
    assert "is not a catalog that pkgcat made" in told(program(*args), 65)
    assert program.stored == before


@pytest.mark.parametrize("args", [("list",), ("search", "x"), ("remove", "django-cities")])
@pytest.mark.parametrize("statements", ENDLESS_VIEWS.values(), ids=ENDLESS_VIEWS)
def test_a_view_without_an_end_is_not_asked(
    program: Program, statements: tuple[str, ...], args: tuple[str, ...]
) -> None:
    spoil(program.catalog, *statements)
    assert "is not a catalog that pkgcat made" in told(program(*args), 65)


def test_an_older_catalog_with_another_schema_is_not_brought_up_to_date(tmp_path: Path) -> None:
    catalog = tmp_path / "old.db"
    catalog.write_bytes((DATA / "catalogs" / "0.1.0.db").read_bytes())
    spoil(catalog, "DROP TABLE digests")
    before = catalog.read_bytes()
    assert "table digests" in told(Program(catalog)("list"), 65)
    assert catalog.read_bytes() == before
    assert list(tmp_path.glob("*.before-schema-*")) == []


def test_statistics_that_a_user_had_sqlite_make_are_no_other_schema(program: Program) -> None:
    spoil(program.catalog, "ANALYZE")
    assert program("list").code == 0


def test_the_schema_of_this_version_is_written_down(program: Program) -> None:
    """`make schema` writes it anew after a migration was changed."""
    from pkgcat.store import schema_check

    connection = sqlite3.connect(program.catalog)
    found = schema_check.write_schema(schema_check.read_schema(connection))
    connection.close()
    assert schema_check.SCHEMA_FILE.read_text(encoding="utf-8") == found


# other values


def quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def shapes() -> list[tuple[str, str]]:
    """Return columns, and SQL of values of their type that no pkgcat writes there."""
    cases = []
    for slug in (ESC, "../../x", "a/b", "", "x" * 51, "é", "a b"):
        cases += [("packages.slug", slug), ("categories.slug", slug)]
    for column in ("packages.tags", "packages.pinned", "facts.participants", "facts.gone"):
        for value in ("", "x", "{}", "[1]", '["a",1]', '["a",["b"],"c"]', "[" * 5000, "null"):
            cases.append((column, value))
    for value in ("", "x", "{}", '["a"]', "[[1],[2]]", "[1,,2]", "[1.5]", "[-]"):
        cases += [("facts.commits_over_52", value), ("packages.grids", value)]
    for value in ("", "x", "x" * 27, "2026-02-15T09:01:40.502016+", "2026-02-15"):
        for column in ("packages.created", "packages.modified", "facts.last_updated"):
            cases.append((column, value))
    for value in ("", "[]"):
        cases.append(("facts.upstream_values", value))
    return [(column, quote(value)) for column, value in cases]


@pytest.mark.parametrize(("column", "value"), shapes())
def test_a_stored_value_of_another_shape_is_refused_where_it_is_read(
    program: Program, column: str, value: str
) -> None:
    table, name = column.split(".")
    change_rows(program.catalog, f"UPDATE {table} SET {name} = {value} WHERE rowid = 1")
    assert program("list", "--json").code == 65
    check_answers(program)


def values() -> dict[str, str]:
    """Return SQL of values of any kind, each for a column."""
    kinds = ("x'ff00'", "CAST(x'ff' AS TEXT)", "'x'", "5", "1.5")
    cases = {}
    for number, field in enumerate(FIELDS.values()):
        if field.table is not None:
            cases[f"{field.table}.{field.name}"] = kinds[number % 2]
            cases[f"{field.table}.{field.name} "] = kinds[2 + number % 3]
    for value in ('{"repo_watchers":[]}', '{"slug":"x"}', '{"last_updated":"x"}'):
        cases["facts.upstream_values" + " " * len(cases)] = quote(value)
    for column in ("changes.entity", "changes.field"):
        cases[column] = "'x'"
        cases[f"{column} "] = quote("title = title, slug")
    for column in ("changes.old", "changes.new", "changes.key", "operations.at"):
        cases[column] = "x'ff'"
        cases[f"{column} "] = quote('{"~":["x",[1]]}')
        cases[f"{column}  "] = "-5"
    cases["operations.undoes"] = "id"
    return cases


@pytest.mark.parametrize(("column", "value"), values().items())
def test_no_stored_value_is_a_traceback(program: Program, column: str, value: str) -> None:
    table, name = column.split(".")
    change_rows(program.catalog, f"UPDATE {table} SET {name} = {value}")
    check_answers(program)


def check_answers(program: Program) -> None:
    """Assert that every command answers, or refuses in one line."""
    for args in COMMANDS:
        answer = program(*args)
        assert "Traceback" not in answer.err, (args, answer.err)
        assert "\x1b" not in answer.out + answer.err
        if answer.code == 65:
            told(answer, 65)
