"""python -m bench [--packages N] [--quick]: measure everything and write docs/performance.md."""

import argparse
import json
import platform
import shutil
import sqlite3
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench import catalog, refreshing, serving, startup, world, years
from bench.measure import pkgcat, run

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"

Rows = list[tuple[str, str, str]]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--packages", type=int, default=100_000, help="size of the catalog (default 100000)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, 2,000 packages, nothing written"
    )
    asked = parser.parse_args()
    count, times = (2000, 5) if asked.quick else (asked.packages, 20)
    with tempfile.TemporaryDirectory(prefix="pkgcat-bench-") as name:
        folder = Path(name)
        records, file = _made(folder, count)
        _, small = _made(folder, catalog.SMALL)
        thousand = folder / "years.jsonl"
        world.write(thousand, 100 if asked.quick else 1000)
        home = folder / "home"
        (home / ".local/share/pkgcat").mkdir(parents=True)
        shutil.copy(file, home / ".local/share/pkgcat/catalog.db")
        with records.open(encoding="utf-8") as lines:
            slug = json.loads(next(lines))["slug"]
        sections = [
            ("Start-up", _STARTUP, startup.rows(file, home, slug, times)),
            (
                f"A catalog of {count:,} packages",
                _CATALOG,
                catalog.rows(file, small, records, count, times // 2),
            ),
            (
                f"Serving {count:,} packages",
                _SERVING,
                serving.rows(file, folder, "dofiga lomi", 300, 3 if asked.quick else 60),
            ),
            ("Refresh", _REFRESH, refreshing.rows(folder, 100 if asked.quick else 1000)),
            (
                "Five years",
                _YEARS,
                years.rows(folder / "years.db", thousand, 100 if asked.quick else 1826, times),
            ),
        ]
    text = _page(sections)
    print(text)
    if not asked.quick:
        PAGE.write_text(text, encoding="utf-8")


def _made(folder: Path, count: int) -> tuple[Path, Path]:
    """Write so many invented records and import them; return both files."""
    records, file = folder / f"{count}.jsonl", folder / f"{count}.db"
    world.write(records, count)
    run(pkgcat("import", str(records)), {"PKGCAT_DB": str(file)})
    return records, file


_STARTUP = """CPU time in units of a bare Typer program (one argument, one flag) that prints its argument, with the same
Python and the same Typer; medians of 20 runs in turn. The catalog is that of the next table."""
_CATALOG = """The first lines: what a question costs more here than over a catalog of 200 packages, for pkgcat against
plain `sqlite3` from Python over the same files, the same rows written out. Medians of CPU time; a difference of a few
milliseconds is noise. The lines below: all of it against the same rows written out by plain `sqlite3`."""
_SERVING = """`pkgcat serve` over loopback, connections kept open, in turn with a bare Starlette route on the same uvicorn
that answers the same bytes; medians. The clients are threads of one Python process, which limits both servers alike.
The same is asked again and again, so that most answers are kept ones; one is read anew after each write."""
_REFRESH = """1,000 invented GitHub packages, most of them on PyPI, against the server of `tests/upstream` in a process
of its own, 50 ms added to each answer. The ideal is the time the counted requests need at the concurrency a host is
allowed by default: requests x 50 ms / 4, the two hosts side by side. With `--jobs 16` it is the processor that limits.
The reference site's updater needs 63 requests for a package of 28 contributors, one after the other, and manages 60
packages a minute at zero latency."""

_YEARS = """1,000 packages refreshed on 1,826 nights: a fifth more stars and forks a year, a third of them pushed to on
every tenth night, the 52 weeks shifted every week. Sources are invented, the store's own code keeps what they tell."""


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
        parts.append(
            f"## {title}\n\n{words}\n\n| what | goal | measured |\n|---|---|---|\n{lines}\n"
        )
    return "\n".join(parts)


main()
