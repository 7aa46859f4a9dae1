"""Takes each guard out of a copy of the tree, and sees its test fail: `make guards`.

    python -m tests.guards [WORD]

WORD keeps the guards whose promise, file or test contains it. The tests have to pass with all
guards in place, before any is taken out. Exit code 1: one did not, or passed without its guard, or
did not run.
"""

import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.guards import ROOT, Guard, read_guards

TIME_LIMIT = 300
"""Seconds for one test. A test that needs more without its guard does not fail, it hangs."""

MEMORY_LIMIT = 4 * 1024**3
"""Bytes of address space for one test, so that no missing guard fills the machine's memory."""

_PASSED, _FAILED = 0, 1
"""Exit codes of pytest; all others say that the test did not run."""

_OPTIONS = ("-q", "-p", "no:cacheprovider", "--assert=plain")

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
    code, output = _run_tests(tests, ROOT, "-n", "auto")
    if code != _PASSED:
        print(f"{output}\nthere are tests that fail with all guards in place")
        return 1
    faults = 0
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        Path(folder).chmod(0o755)  # some tests become another user, who has to read it
        trees = Trees(Path(folder))
        for fault in pool.map(lambda guard: _find_fault(guard, trees), guards):
            if fault:
                faults += 1
                print(fault, flush=True)
    print(f"{len(guards)} guards taken out, one at a time; {faults} faults")
    return 1 if faults else 0


def _is_wanted(guard: Guard, words: Sequence[str]) -> bool:
    text = f"{guard.promise} {guard.file} {guard.test}"
    return all(word in text for word in words)


def _find_fault(guard: Guard, trees: Trees) -> str:
    """Say what is wrong with a guard. An empty text: without it, its test fails."""
    tree = trees.take()
    try:
        guard.take_out(tree)
        code, output = _run_tests([guard.test], tree, "-x", "-p", "no:xdist", timeout=TIME_LIMIT)
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


def _run_tests(
    tests: Sequence[str], tree: Path, *options: str, timeout: float | None = None
) -> tuple[int, str]:
    """Run tests of a tree; return the exit code of pytest and the end of its output.

    Failed assertions are not explained: the difference of two catalogs would take minutes. Raises
    subprocess.TimeoutExpired.
    """
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", "CI": "true"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_OPTIONS, *options, *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout[-2000:] + done.stderr[-2000:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
