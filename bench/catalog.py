"""The catalog against the same questions in plain sqlite3, over the same file, with the same
answer written out.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import Command, Run, in_turn, pkgcat, python, run
from pkgcat.model.versions import make_version_key

_PLAIN = """
import sqlite3, sys
connection = sqlite3.connect({catalog!r})
out = open("/dev/null", "w")
for row in connection.execute({sql!r}):
    out.write("\\t".join(map(str, row)) + "\\n")
"""
_COLUMNS = "p.slug, f.repo_watchers, f.pypi_version, f.last_updated, f.commits_over_52, p.tags, f.repo_description"
_FROM = f"SELECT {_COLUMNS} FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0"
_BY_FACTS = (
    f"SELECT {_COLUMNS} FROM facts f CROSS JOIN packages p ON f.key = p.key WHERE p.removed = 0"
)


_WHERE = "(repo_watchers > 1000 or repo_forks > 1000) and last_updated > 2020-01-01"
_SAME_WHERE = (
    "(f.repo_watchers > 1000 OR f.repo_forks > 1000) AND f.last_updated >= '2020-01-01T00:00:01'"
)
_THREE_FIELDS = f"list --where '{_WHERE}' --sort -pypi_version"
_ACTIVITY = "max(coalesce(f.last_updated, ''), coalesce(f.pypi_released, ''))"
_KEY = make_version_key("8.10")
_WORDS = '"dofiga"* AND "lomi"*'

SMALL = 200
"""The packages in the catalog that every question is asked of as well: what it takes there is
start-up.
"""


def rows(
    catalog: Path, small: Path, records: Path, count: int, times: int
) -> list[tuple[str, str, str]]:
    """Return what was measured, its goal and the figure: mostly what a question costs beyond
    start-up.
    """
    questions = (
        ("`list --sort -repo_watchers --limit 20`", ("--sort", "-repo_watchers", "--limit", "20"),
         f"{_BY_FACTS} ORDER BY f.repo_watchers DESC LIMIT 20"),
        ("`list --category frameworks --limit 20`", ("--category", "frameworks", "--limit", "20"),
         f"{_FROM} AND p.category = 2 ORDER BY p.slug LIMIT 20"),
        ("`list --stale 21d --limit 20`", ("--stale", "21d", "--limit", "20"),
         f"{_BY_FACTS} AND coalesce(f.last_fetched, '') < '{_ago(21)}' ORDER BY p.slug LIMIT 20"),
        ("`list --archived --limit 20`", ("--archived", "--limit", "20"),
         f"{_BY_FACTS} AND f.repo_archived = 1 ORDER BY p.slug LIMIT 20"),
        ("`list --state archived --limit 20`", ("--state", "archived", "--limit", "20"),
         f"{_BY_FACTS} AND f.repo_archived = 1 AND f.gone = '[]' AND f.pypi_vulnerabilities = '[]'"
         " ORDER BY p.slug LIMIT 20"),
        ("`list --state inactive --limit 20`", ("--state", "inactive", "--limit", "20"),
         f"{_FROM} AND {_ACTIVITY} > '' AND {_ACTIVITY} < '{_ago(548)}' AND f.gone = '[]'"
         " AND f.pypi_vulnerabilities = '[]' AND f.repo_archived IS NOT 1 ORDER BY p.slug LIMIT 20"),
        ("`list --participant maps77`", ("--participant", "maps77"),
         f"{_FROM} AND p.key IN (SELECT package FROM participants WHERE name = 'maps77') ORDER BY p.slug"),
        ("`list --where repo_forks '>' 1000`", ("--where", "repo_forks > 1000"),
         f"{_FROM} AND f.repo_forks > 1000 ORDER BY p.slug"),
        ("`list --sort pypi_version --limit 20`", ("--sort", "pypi_version", "--limit", "20"),
         f"{_FROM} ORDER BY f.pypi_version_key NULLS LAST LIMIT 20"),
        ("`list --where pypi_version '>=' 8.10`", ("--where", "pypi_version >= 8.10"),
         f"{_FROM} AND f.pypi_version_key >= '{_KEY}' ORDER BY p.slug"),
        ("`list --sort title --limit 20`", ("--sort", "title", "--limit", "20"),
         f"{_FROM} ORDER BY p.title_key NULLS LAST LIMIT 20"),
        ("`list --where title '~' maps-99`", ("--where", "title ~ maps-99"),
         f"{_FROM} AND instr(p.title_key, 'maps-99') > 0 ORDER BY p.slug"),
        ("`list --where repo_description '~' dofigalo`", ("--where", "repo_description ~ dofigalo"),
         f"{_FROM} AND instr(lower(f.repo_description), 'dofigalo') > 0 ORDER BY p.slug"),
        (f"`{_THREE_FIELDS}`", ("--where", _WHERE, "--sort", "-pypi_version"),
         f"{_FROM} AND {_SAME_WHERE} ORDER BY f.pypi_version_key DESC NULLS LAST"),
    )  # fmt: skip
    search = (
        f"SELECT {_COLUMNS} FROM search s JOIN packages p ON p.key = s.rowid JOIN facts f ON f.key = p.key "
        f"WHERE search MATCH '{_WORDS}' ORDER BY s.rank LIMIT 20"
    )
    asked = [(what, ("list", *options), sql) for what, options, sql in questions]
    asked.append(
        ("`search dofiga lomi --limit 20`", ("search", "dofiga", "lomi", "--limit", "20"), search)
    )
    cjk = search.replace(_WORDS, '"検 索"*')
    asked.append(("`search 検索 --limit 20`", ("search", "検索", "--limit", "20"), cjk))
    table = [
        (what, _GOALS.get(what, "1.2"), _beyond(catalog, small, command, sql, times))
        for what, command, sql in asked
    ]
    return table + _whole(catalog, records, count)


_GOALS = {
    "`search dofiga lomi --limit 20`": "1.5",
    "`list --where repo_forks '>' 1000`": "1.5",
    "`list --participant maps77`": "50 ms",
    f"`{_THREE_FIELDS}`": "1.5",
    "`list --sort pypi_version --limit 20`": "1.5",
    "`list --where pypi_version '>=' 8.10`": "1.5",
    "`list --where title '~' maps-99`": "1.5",
    "`list --where repo_description '~' dofigalo`": "500 ms",
    "`search 検索 --limit 20`": "150 ms",
}


def _beyond(catalog: Path, small: Path, command: Sequence[str], sql: str, times: int) -> str:
    """Return what a question costs more than over the small catalog, and what it costs plain
    sqlite3 more.
    """
    runs: list[tuple[Command, dict[str, str]]] = []
    for file in (catalog, small):
        runs.append((pkgcat(*command), {"PKGCAT_DB": str(file)}))
        runs.append((python(_PLAIN.format(catalog=str(file), sql=sql)), {}))
    ours, plain, our_start, plain_start = in_turn(runs, times)
    mine, theirs = ours.cpu - our_start.cpu, plain.cpu - plain_start.cpu
    ratio = f"{mine / theirs:.2f} = " if min(mine, theirs) > _TOLD_APART else ""
    return f"{ratio}{round(mine * 1000):+} ms against {round(theirs * 1000):+} ms"


def _ago(days: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%S}"


_TOLD_APART = 0.01
"""Seconds; less is the noise of two starts."""


def _whole(catalog: Path, records: Path, count: int) -> list[tuple[str, str, str]]:
    """Measure what touches every package."""
    named = {"PKGCAT_DB": str(catalog)}
    (start,) = in_turn([(pkgcat("path"), named)], 5)
    raw = "SELECT p.*, f.* FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0 ORDER BY p.slug"
    plain = (python(_PLAIN.format(catalog=str(catalog), sql=raw)), {})
    table = []
    for what, goal, command in (
        ("`export --format jsonl` of all", "2.0", pkgcat("export", "--format", "jsonl")),
        ("`list --json` of all", "2.0", pkgcat("list", "--json")),
    ):
        ours, theirs = in_turn([(command, named), plain], 3)
        table.append(
            (
                what,
                f"{goal} of plain rows written out",
                f"{ours.cpu / theirs.cpu:.2f} ({ours.cpu:.1f} s)",
            )
        )
        more = (ours.peak - start.peak) / 1024
        table.append((f"{what}: peak memory over start-up", "20 MB", f"{more:.0f} MB"))
    (ours,) = in_turn([(pkgcat("list", "--limit", "10000"), named)], 3)
    each = (ours.cpu - start.cpu) / min(count, 10_000) * 1e6
    table.append(("`list` of 10,000 rows, piped", "25 µs a row", f"{each:.0f} µs a row"))
    fresh = catalog.with_name("import.db")
    ours, theirs = _import_in_turn(records, fresh)
    table.append(
        (
            "`import` of all (JSON Lines)",
            "1.5 of executemany",
            f"{ours.cpu / theirs.cpu:.2f} ({ours.cpu:.1f} s)",
        )
    )
    table.append(
        ("`import`: peak memory over start-up", "flat", f"{(ours.peak - start.peak) / 1024:.0f} MB")
    )
    size = fresh.stat().st_size / count / 1000
    table.append(
        (
            "size of the file, with the history of its import",
            "2.5 KB a package",
            f"{size:.1f} KB a package",
        )
    )
    return table


def _import_in_turn(records: Path, target: Path) -> tuple[Run, Run]:
    """Import and copy three times in turn; return the fastest of each."""
    imports, copies = [], []
    for _ in range(3):
        target.unlink(missing_ok=True)
        imports.append(run(pkgcat("import", str(records)), {"PKGCAT_DB": str(target)}))
        copy = _COPY.format(source=str(target), target=f"{target}.copy")
        copies.append(run(python(copy), {}))
    return min(imports), min(copies)


_COPY = """
import os, sqlite3
if os.path.exists({target!r}):
    os.unlink({target!r})
source = sqlite3.connect({source!r})
target = sqlite3.connect({target!r}, isolation_level=None)
schema = [row[0] for row in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB "
    "'search_*' AND name NOT GLOB 'sqlite_*' ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 ELSE 2 END")]
triggers = [row[0] for row in source.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' "
    "AND name GLOB 'search_*'")]
rows = {{name: source.execute(f"SELECT * FROM {{name}} ORDER BY 1").fetchall()
    for name in ("categories", "grids", "packages", "facts", "operations", "changes")}}
for statement in schema + triggers:
    target.execute(statement)
target.execute("BEGIN")
target.execute("DELETE FROM categories")
for name, values in rows.items():
    if values:
        target.executemany(f"INSERT INTO {{name}} VALUES ({{', '.join('?' * len(values[0]))}})", values)
target.execute("COMMIT")
"""
