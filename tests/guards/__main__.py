"""Takes each guard out of a copy of the tree, and sees its test fail: `make guards`.

    python -m tests.guards [WORD]

WORD keeps the guards whose promise, file or test contains it. Exit code 1: a test passed without
its guard, did not run, or failed with the guard in place.
"""

import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.guards import ROOT, Guard, read_guards

TIME_LIMIT = 300
"""Seconds for one test. A test that needs more without its guard does not fail, it hangs."""

MEMORY_LIMIT = 4 * 1024**3
"""Bytes of address space for one test, so that no missing guard fills the machine's memory."""

_PASSED, _FAILED = 0, 1
"""Exit codes of pytest; all others say that the test did not run."""

_IGNORED = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "demo"
)


class Trees:
    """Copies of the tree, one for each thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._of_thread = threading.local()

    def take(self) -> Path:
        """Return the copy of this thread; make it first where there is none."""
        tree: Path | None = getattr(self._of_thread, "tree", None)
        if tree is None:
            tree = self._folder / str(threading.get_ident())
            shutil.copytree(ROOT, tree, ignore=_IGNORED)
            self._of_thread.tree = tree
        return tree


def main(words: Sequence[str]) -> int:
    """Try the guards; print what is wrong with a guard as it is found, and then the count."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))  # tests inherit it
    guards = [guard for guard in read_guards() if _is_wanted(guard, words)]
    tests = sorted({guard.test for guard in guards})
    faults = 0
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        trees = Trees(Path(folder))
        with_guards = pool.map(lambda test: _find_fault_of_test(test, trees), tests)
        without = pool.map(lambda guard: _find_fault(guard, trees), guards)
        for fault in chain(with_guards, without):
            if fault:
                faults += 1
                print(fault, flush=True)
    print(f"{len(guards)} guards taken out, one at a time; {faults} faults")
    return 1 if faults else 0


def _is_wanted(guard: Guard, words: Sequence[str]) -> bool:
    text = f"{guard.promise} {guard.file} {guard.test}"
    return all(word in text for word in words)


def _find_fault_of_test(test: str, trees: Trees) -> str:
    """Say what is wrong with a test while all guards are in place: it has to pass."""
    code, output = _run(test, trees.take())
    if code == _PASSED:
        return ""
    return f"{test} fails with its guard in place\n{output}"


def _find_fault(guard: Guard, trees: Trees) -> str:
    """Say what is wrong with a guard. An empty text: without it, its test fails."""
    tree = trees.take()
    try:
        guard.take_out(tree)
        code, output = _run(guard.test, tree)
    except ValueError as exc:
        return str(exc)
    except subprocess.TimeoutExpired:
        return f"{guard.promise}: {guard.test} hangs without the guard"
    finally:
        guard.put_back(tree)
    if code == _FAILED:
        return ""
    if code == _PASSED:
        return f"{guard.promise}: {guard.test} passes without the guard in {guard.file}"
    return f"{guard.promise}: {guard.test} did not run\n{output}"


def _run(test: str, tree: Path) -> tuple[int, str]:
    """Run a test in a copy of the tree; return the exit code of pytest and its last lines."""
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", "CI": "true"}
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, test],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    return done.returncode, done.stdout[-2000:] + done.stderr[-2000:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
