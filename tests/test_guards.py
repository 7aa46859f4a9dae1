"""The lists of `make guards` name code and tests that are there."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.guards import ROOT, Guard, list_files, read_guards

GUARDS = list(read_guards())


@pytest.mark.parametrize("path", list_files(), ids=lambda path: path.stem)
def test_guards_can_be_taken_out(path: Path) -> None:
    """Each is there once, and what takes its place is Python."""
    for guard in read_guards([path]):
        text = read_source(guard.file)
        assert text.count(guard.code) == 1, guard
        without = text.replace(guard.code, guard.without)
        assert without != text, guard
        if guard.file.endswith(".py"):
            ast.parse(without, guard.promise)


@pytest.mark.parametrize("path", list_files(), ids=lambda path: path.stem)
def test_the_tests_of_guards_are_there(path: Path) -> None:
    for guard in read_guards([path]):
        file, _, name = guard.test.partition("::")
        assert name.partition("[")[0].rpartition("::")[2] in list_functions(file), guard


def test_every_guard_has_a_promise_of_its_own() -> None:
    times = Counter(guard.promise for guard in GUARDS)
    assert [promise for promise, count in times.items() if count > 1] == []


def test_a_guard_is_taken_out_and_put_back(tmp_path: Path) -> None:
    guard = GUARDS[0]
    copy = tmp_path / guard.file
    copy.parent.mkdir(parents=True)
    copy.write_bytes((ROOT / guard.file).read_bytes())
    guard.take_out(tmp_path)
    assert guard.code not in copy.read_text(encoding="utf-8")
    guard.put_back(tmp_path)
    assert copy.read_bytes() == (ROOT / guard.file).read_bytes()


def test_code_that_is_not_there_is_no_guard(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("a = 1\na = 1\n")
    for code in ("a = 1", "b = 1"):
        with pytest.raises(ValueError, match="times, not once"):
            Guard("p", "module.py", code, "", "t").take_out(tmp_path)


@cache
def read_source(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def list_functions(file: str) -> set[str]:
    """Return the names of the functions of a file."""
    tree = ast.parse(read_source(file))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
