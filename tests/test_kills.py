"""kill -9 at random instants, over a refresh and two editors: what was acknowledged is there,
and nothing is torn.
"""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import pkgcat
from pkgcat.model import addresses as urls
from pkgcat.model.fields import FIELDS
from pkgcat.store import Store
from pkgcat.store.log import history
from tests.children import wait_until
from tests.commands.program import Program
from tests.online import config
from tests.store.checks import check_whole
from tests.upstream import Upstream, sample_world

COUNT = 60

# Edits one package after the other, and tells of each edit once the command has ended well.
EDITOR = """
import itertools, sys
from pkgcat.cli import main
field, first, *slugs = sys.argv[1:]
for number, slug in zip(itertools.count(int(first)), itertools.cycle(slugs)):
    sys.argv = ["pkgcat", "edit", slug, f"--{field}", f"{field} {number}", "--quiet"]
    try:
        main()
    except SystemExit as ended:
        if not ended.code:
            print(slug, number, flush=True)
"""


def last_told(text: str) -> dict[str, int]:
    """Return the last number that an editor acknowledged for each package; a torn line is none."""
    whole = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return {slug: int(number) for slug, number in whole}


def log_agrees(store: Store) -> None:
    """Assert that the newest change of every field says what is stored."""
    logged = [name for name, field in FIELDS.items() if field.writer in ("user", "upstream")] + [
        "gone"
    ]
    for (key,) in store.rows("SELECT key FROM packages").fetchall():
        seen = set()
        for step in history.steps(store, key, logged):
            if step.field not in seen:
                stored = store.value(
                    f"SELECT {step.field} FROM {step.entity} WHERE key = ?", (key,)
                )
                assert stored == step.new, (key, step.field)
            seen.add(step.field)


def start(command: list[str], environment: dict[str, str], told: Path) -> "subprocess.Popen[bytes]":
    """Start a process whose answer a file keeps."""
    with told.open("wb") as file:
        return subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("rounds", [5, pytest.param(334, marks=pytest.mark.slow)])
def test_a_killed_refresh_and_two_killed_editors_lose_nothing(
    catalog: Path, tmp_path: Path, rounds: int
) -> None:
    world = sample_world(COUNT, 5)
    rows = [row for number in range(COUNT) if (row := world.packages.get(1001 + number))]
    lines = [
        json.dumps({"slug": row.slug, "title": row.slug, "repo_url": row.repo_url}) for row in rows
    ]
    program = Program(catalog)
    assert program("import", "-", input="\n".join(lines)).code == 0
    slugs = program.slugs()
    dice = random.Random(rounds)
    told: dict[str, dict[str, int]] = {"notes": {}, "title": {}}
    with Upstream(world, latency=0.003) as upstream:
        upstream.unlimited()
        environment = {
            **config(upstream, tmp_path),
            "PKGCAT_DB": str(catalog),
            "PATH": "",
            "PYTHONPATH": str(Path(pkgcat.__file__).parents[1]),
            "HOME": str(tmp_path),
        }
        for number in range(rounds):
            for found in filter(None, (urls.repository(row.repo_url) for row in rows[:9])):
                world.star(world.repository(found.kind or "", found.path))
            refreshing = [sys.executable, "-m", "pkgcat", "refresh", "--all", "--quiet"]
            processes = [start(refreshing, environment, tmp_path / "refreshed")]
            for part, field in enumerate(told):
                own = slugs[part::2]
                own = own[number % len(own) :] + own[: number % len(own)]
                command = [sys.executable, "-c", EDITOR, field, str(10_000 * number), *own]
                processes.append(start(command, environment, tmp_path / field))
                wait_until(lambda field=field: (tmp_path / field).stat().st_size, processes[-1])
            time.sleep(dice.uniform(0, 0.4))
            dice.shuffle(processes)
            for process in processes:
                process.kill()
            for process in processes:
                process.wait()
            for field in told:
                told[field] |= last_told((tmp_path / field).read_text())
            with Store.write(catalog, explicit=True, create=False) as store:
                check_whole(store)
                log_agrees(store)
                for field, numbers in told.items():
                    for slug, acknowledged in numbers.items():
                        stored = store.value(
                            f"SELECT {field} FROM packages WHERE slug = ?", (slug,)
                        )
                        assert int(stored.split()[1]) >= acknowledged, (slug, field)
    assert all(len(numbers) > 3 for numbers in told.values()), "the editors got somewhere"
