"""What import-linter does not see: modules that import each other in a circle, imports inside
functions and for type checkers counted; SQL outside the store; services that read the world.
"""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pkgcat

ROOT = Path(pkgcat.__file__).parent


def module_name(path: Path, root: Path) -> str:
    """Return the dotted name of the module in a file."""
    parts = [root.name, *path.relative_to(root).with_suffix("").parts]
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def imported_modules(tree: ast.AST, modules: set[str]) -> Iterator[str]:
    """Yield those of the modules that a module's text imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in modules:
                    yield alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not followed"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                if submodule in modules:
                    yield submodule
                elif node.module in modules:
                    yield str(node.module)


def find_cycle(root: Path) -> list[str]:
    """Return modules that import each other in a circle; an empty list where there are none."""
    files = {module_name(path, root): path for path in root.rglob("*.py")}
    graph = {}
    for name, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        graph[name] = set(imported_modules(tree, set(files))) - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert find_cycle(ROOT) == []


@pytest.mark.parametrize(
    "text",
    [
        "from circle import one",
        "import circle.one",
        "from circle.one import name",
        "def late():\n    from circle.one import name",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from circle import one",
    ],
    ids=["module", "dotted", "name", "late", "for types"],
)
def test_a_circle_is_found_by_whatever_import(tmp_path: Path, text: str) -> None:
    package = tmp_path / "circle"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from circle.two import name\n")
    (package / "two.py").write_text(f"{text}\n")

    assert {"circle.one", "circle.two"} <= set(find_cycle(package))


def test_modules_that_import_each_other_in_one_direction_are_no_circle(tmp_path: Path) -> None:
    package = tmp_path / "line"
    package.mkdir()
    (package / "__init__.py").write_text("from line.one import name\n")
    (package / "one.py").write_text("from line import two\nname = two.name\n")
    (package / "two.py").write_text("name = 1\n")

    assert find_cycle(package) == []


SQL = re.compile(
    r"\s*(SELECT\s.*\sFROM|SELECT \d|INSERT\s.*INTO|UPDATE\s\S+\sSET|DELETE FROM|CREATE \w+|PRAGMA \w+|BEGIN \w+)\b",
    re.DOTALL,
)
"""How a statement begins."""

WORLD = {
    "datetime.now",
    "datetime.utcnow",
    "time.time",
    "os.environ",
    "os.getenv",
    "sys.stdin",
    "sys.stdout",
    "sys.stderr",
    "print",
    "input",
}
"""What services are given as arguments, or leave to the front ends."""


def sql_texts(tree: ast.AST) -> list[str]:
    """Return the texts in a module that are statements of SQL."""
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]


def used_names(tree: ast.AST) -> set[str]:
    """Return the names and dotted names that a module's text uses."""
    return {
        ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)
    }


def parsed(folder: str) -> dict[str, ast.AST]:
    """Return the modules of a folder by their paths below the package."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in (ROOT / folder).rglob("*.py")
    }


def test_sql_stands_in_the_store_only() -> None:
    found = {path: sql_texts(tree) for path, tree in parsed("").items()}
    assert {path: texts for path, texts in found.items() if texts and path[:6] != "store/"} == {}
    assert sum(map(len, found.values())) > 50, "the store has some"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT slug FROM packages",
        "\n  SELECT 1",
        "INSERT INTO a (b) VALUES (?)",
        "UPDATE a SET b = 1",
        "DELETE FROM a",
        "PRAGMA user_version",
    ],
)
def test_a_statement_is_known_as_sql(text: str) -> None:
    assert sql_texts(ast.parse(repr(text))) == [text]


def test_services_read_no_clock_no_environment_and_no_standard_stream() -> None:
    services = parsed("services")
    assert len(services) > 10
    assert {path: used_names(tree) & WORLD for path, tree in services.items()} == {
        path: set() for path in services
    }
