"""The lists of `make guards` name code and tests that are there."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.guards import ROOT, Guard, read_guards

GUARDS = list(read_guards())


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.promise for guard in GUARDS])
def test_a_guard_can_be_taken_out(guard: Guard, tmp_path: Path) -> None:
    copy = tmp_path / guard.file
    copy.parent.mkdir(parents=True)
    copy.write_bytes((ROOT / guard.file).read_bytes())
    guard.take_out(tmp_path)
    if copy.suffix == ".py":
        ast.parse(copy.read_text(encoding="utf-8"))
    assert copy.read_bytes() != (ROOT / guard.file).read_bytes()
    guard.put_back(tmp_path)
    assert copy.read_bytes() == (ROOT / guard.file).read_bytes()


@pytest.mark.parametrize("test", sorted({guard.test for guard in GUARDS}))
def test_the_test_of_a_guard_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name.partition("[")[0].rpartition("::")[2] in functions


def test_every_guard_has_a_promise_of_its_own() -> None:
    times = Counter(guard.promise for guard in GUARDS)
    assert [promise for promise, count in times.items() if count > 1] == []


def test_code_that_is_not_there_is_no_guard(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("a = 1\na = 1\n")
    for code in ("a = 1", "b = 1"):
        with pytest.raises(ValueError, match="times, not once"):
            Guard("p", "module.py", code, "", "t").take_out(tmp_path)
