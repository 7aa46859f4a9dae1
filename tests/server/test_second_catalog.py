"""A second pkgcat that imports from the served one: equal over API v4, in as few requests as the
site would need.
"""

import json
from pathlib import Path

from tests.commands.program import Program
from tests.conftest import DATA
from tests.server.program import Server

COUNT = 1_000


def make_records() -> list[dict[str, object]]:
    """Return records of the reference, again and again under other ids and slugs."""
    lines = (DATA / "records.ndjson").read_text(encoding="utf-8").splitlines()
    records = []
    for number in range(COUNT):
        record = json.loads(lines[number % len(lines)])
        record |= {"id": 10_000 + number, "slug": f"package-{number}"}
        record |= {"repo_url": f"https://github.com/example-org/package-{number}", "pypi_url": ""}
        records.append(record)
    return records


def import_from(server: Server, catalog: Path, tmp_path: Path) -> None:
    """Import everything that a server has."""
    config = tmp_path / "config.toml"
    address = f"http://127.0.0.1:{server.port}/api/v4"
    config.write_text(f'[sources.djangopackages]\napi_url = "{address}"\n', encoding="utf-8")
    imported = Program(catalog)(
        "import", "--from", "djangopackages", env={"PKGCAT_CONFIG": str(config)}
    )
    assert imported.code == 0, imported.err


def export(catalog: Path) -> str:
    """Return the whole catalog as API v4 has it."""
    exported = Program(catalog)("export", "--format", "apiv4")
    assert exported.code == 0, exported.err
    return exported.out


def test_it_is_equal_and_asks_no_more_than_the_site_needs(site: Path, tmp_path: Path) -> None:
    records = json.dumps(make_records())
    assert Program(site)("import", "-", input=records).code == 0
    second = tmp_path / "second.db"
    with Server(site, "--log") as running:
        import_from(running, second, tmp_path)
        running.end(15)
    asked = [line for line in running.lines if "/api/v4/" in line]
    wanted = export(site)
    assert json.loads(wanted)["count"] == COUNT + 26
    assert export(second) == wanted
    assert len(asked) == 2 + 11, asked
    assert all(line.split()[4] == "200" for line in asked)
