"""python -m bench [--packages N] [--quick]: measure everything and write docs/performance.md."""

import argparse
import json
import platform
import shutil
import sqlite3
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench import catalog, refreshing, startup, world
from bench.measure import pkgcat, run

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"

Rows = list[tuple[str, str, str]]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--packages", type=int, default=100_000, help="size of the catalog (default 100000)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, 2,000 packages, nothing written")
    asked = parser.parse_args()
    count, times = (2000, 5) if asked.quick else (asked.packages, 20)
    with tempfile.TemporaryDirectory(prefix="pkgcat-bench-") as name:
        folder = Path(name)
        records, file = folder / "records.jsonl", folder / "catalog.db"
        world.write(records, count)
        run(pkgcat("import", str(records)), {"PKGCAT_DB": str(file)})
        home = folder / "home"
        (home / ".local/share/pkgcat").mkdir(parents=True)
        shutil.copy(file, home / ".local/share/pkgcat/catalog.db")
        with records.open(encoding="utf-8") as lines:
            slug = json.loads(next(lines))["slug"]
        sections = [
            ("Start-up", _STARTUP, startup.rows(file, home, slug, times)),
            (f"A catalog of {count:,} packages", _CATALOG, catalog.rows(file, records, count, max(5, times // 2))),
            ("Refresh", _REFRESH, refreshing.rows(folder, 100 if asked.quick else 1000)),
        ]
    text = _page(sections)
    print(text)
    if not asked.quick:
        PAGE.write_text(text, encoding="utf-8")


_STARTUP = """CPU time in units of a bare Typer program (one argument, one flag) that prints its argument, with the same
Python and the same Typer; medians of 20 runs in turn."""
_CATALOG = """Each question against the same in plain `sqlite3` from Python over the same file, with the same rows
written out; CPU time, the start of each taken away where it says so."""
_REFRESH = """1,000 invented GitHub packages, most of them on PyPI, against the server of `tests/upstream` in a process
of its own, 50 ms added to each answer. The ideal is the time the counted requests need at the concurrency a host is
allowed by default: requests x 50 ms / 4, the two hosts side by side. With `--jobs 16` it is the processor that limits.
The reference site's updater needs 63 requests for a package of 28 contributors, one after the other, and manages 60
packages a minute at zero latency."""


def _page(sections: list[tuple[str, str, Rows]]) -> str:
    made = (
        f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}, Typer {version('typer')}, Rich {version('rich')}, httpx {version('httpx')}"
    )
    parts = [
        "# Performance\n\nMeasured by `make bench`, which wrote this page. Every figure is a ratio of two things run "
        f"in turn, so that it can be measured again elsewhere. Here: {made}.\n"
    ]
    for title, words, rows in sections:
        lines = "\n".join(f"| {what} | {goal} | {figure} |" for what, goal, figure in rows)
        parts.append(f"## {title}\n\n{words}\n\n| what | goal | measured |\n|---|---|---|\n{lines}\n")
    return "\n".join(parts)


main()
