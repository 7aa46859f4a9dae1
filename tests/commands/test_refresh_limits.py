"""The command against a server that sends 100,000 of everything, beside another program that
writes.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pkgcat.model import limits
from pkgcat.store import Store
from tests.conftest import Run
from tests.hostile_hosts import MANY
from tests.online import add
from tests.sources import fakes

ANSWERED, PACKAGES = 4, 20


def project() -> bytes:
    """Return what PyPI says of a project; two megabytes."""
    found = fakes.pypi()["pypi/maps/json"]
    found["info"]["classifiers"] = ["a", "b"] * (MANY // 2)
    found["vulnerabilities"] = [
        {"id": str(number), "aliases": ["a"]} for number in range(MANY // 10)
    ]
    found["urls"] = found["urls"][:1] * (MANY // 10)
    return json.dumps(found).encode()


@pytest.fixture
def index() -> Iterator[str]:
    """An index of packages that answers for the first ones, and keeps everybody else waiting
    for an answer.
    """
    body, end = project(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = int("".join(filter(str.isdigit, self.path)) or 0)
            if number >= ANSWERED:
                end.wait(60)
                return
            answer = body if self.path.endswith("/json") else b'{"name": "maps", "files": []}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        end.set()
        server.shutdown()
        serving.join()


def test_a_time_budget_holds_and_another_program_writes_meanwhile(
    run: Run, catalog: Path, tmp_path: Path, index: str
) -> None:
    with Store.write(catalog, explicit=True, create=True) as store:
        for number in range(PACKAGES):
            add(store, f"p{number}", pypi_url=f"maps{number}")
    settings = tmp_path / "config.toml"
    settings.write_text(f'[sources.pypi]\napi_url = "{index}"\n', encoding="utf-8")
    done, failures = threading.Event(), []

    def write() -> None:
        with closing(sqlite3.connect(catalog, timeout=5, isolation_level=None)) as other:
            while not done.wait(0.02):
                try:
                    other.execute("UPDATE packages SET notes = 'mine' WHERE slug = 'p0'")
                except sqlite3.OperationalError as error:
                    failures.append(error)

    rival = threading.Thread(target=write)
    rival.start()
    try:
        answer = run(
            "refresh",
            "--all",
            "--time-budget",
            "3s",
            "--json",
            env={"PKGCAT_CONFIG": str(settings)},
        )
    finally:
        done.set()
        rival.join()
    told = json.loads(answer.out)
    assert answer.code == 0, answer.err
    assert PACKAGES - ANSWERED <= told["left"] <= PACKAGES
    assert {one["outcome"] for one in told["packages"]} <= {"changed"}
    assert failures == []
    with closing(sqlite3.connect(catalog)) as other:
        stored = [json.loads(row[0]) for row in other.execute("SELECT pypi_classifiers FROM facts")]
    assert {len(classifiers) for classifiers in stored} <= {0, limits.MAX_ITEMS}
    assert sum(map(bool, stored)) == PACKAGES - told["left"]
