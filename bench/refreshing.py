"""refresh against the server of the tests, in a process of its own, with 50 ms added to each
answer.
"""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

from bench.measure import Run, pkgcat, run

_DEFAULT_JOBS = 4
LATENCY = 0.05


def rows(folder: Path, count: int) -> list[tuple[str, str, str]]:
    """Return requests a package and the time, against what the counted requests need at the
    allowed concurrency.
    """
    server = start_hosts(count)
    try:
        return _measured(server, folder, count)
    finally:
        server.terminate()
        server.wait()


def start_hosts(count: int) -> "subprocess.Popen[str]":
    """Start a server of so many invented packages, each of whose answers takes 50 ms more."""
    command = (
        *(sys.executable, "-m", "tests.upstream", "--packages", str(count), "--kinds", "github"),
        *("--unlimited", "--latency", str(LATENCY * 1000)),
    )
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _measured(
    server: "subprocess.Popen[str]", folder: Path, count: int
) -> list[tuple[str, str, str]]:
    base, config = configure(server, folder)
    environment = {
        "PKGCAT_DB": str(folder / "refresh.db"),
        "PKGCAT_CONFIG": str(config),
        "GITHUB_TOKEN": "bench-token-1",
    }
    (folder / "refresh.db").unlink(missing_ok=True)
    run(pkgcat("import", "--from", "djangopackages"), environment)
    run(pkgcat("refresh", "--limit", "0", "--all"), environment)  # imports and byte code
    table = []
    for what, goal, jobs in (
        ("first refresh, with a token", "1.5", _DEFAULT_JOBS),
        ("again, nothing changed", "0.1", _DEFAULT_JOBS),
        ("again, `--jobs 16`", "0.1", 16),
    ):
        _post(base)
        more = () if jobs == _DEFAULT_JOBS else ("--jobs", str(jobs))
        one = run(pkgcat("refresh", "--all", "--quiet", *more), environment)
        table += _told(what, goal, one, _counts(base), count, jobs)
    return table


def configure(server: "subprocess.Popen[str]", folder: Path) -> tuple[str, Path]:
    """Wait until the hosts answer; return their address, and a config.toml that names it."""
    assert server.stdout is not None
    lines: list[str] = []
    while not any("djangopackages" in line for line in lines[-1:]):
        lines += [line for line in [server.stdout.readline()] if line.strip() and "[" not in line]
    base = lines[-1].split('"')[1].removesuffix("/djangopackages/api/v4")
    names = {
        "github": "",
        "gitlab": "/api/v4",
        "forgejo": "/api/v1",
        "bitbucket": "/2.0",
        "pypi": "",
        "djangopackages": "/api/v4",
    }
    config = folder / "config.toml"
    config.write_text(
        "".join(
            f'[sources.{name}]\napi_url = "{base}/{name}{more}"\n' for name, more in names.items()
        )
    )
    return base, config


def _told(
    what: str, goal: str, one: Run, counts: dict[str, int], count: int, jobs: int
) -> list[tuple[str, str, str]]:
    rest, graphql, pypi = (counts.get(name, 0) for name in ("github", "graphql", "pypi"))
    ideal = max(rest + graphql, pypi) * LATENCY / jobs  # the two hosts are asked side by side
    requests = rest + graphql + pypi
    return [
        (
            f"{what}: GitHub requests a package",
            goal,
            f"{rest / count:.2f} REST + {graphql / count:.2f} GraphQL",
        ),
        (f"{what}: PyPI requests a package", "2, then 1 (304)", f"{pypi / count:.2f}"),
        (
            f"{what}: time against the ideal",
            "1.15" if jobs > _DEFAULT_JOBS else "1.10",
            f"{one.wall / ideal:.2f} ({one.wall:.1f} s, {count / one.wall * 60:,.0f} packages a minute)",
        ),
        (f"{what}: CPU a request", "3 ms", f"{one.cpu / requests * 1000:.1f} ms"),
        (f"{what}: peak memory", "120 MB", f"{one.peak / 1024:.0f} MB"),
    ]


def _counts(base: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{base}/_/counts") as answer:
        found: dict[str, int] = json.load(answer)["counts"]
        return found


def _post(base: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{base}/_/clear", method="POST")).close()
