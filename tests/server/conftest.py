"""A catalog of what the reference site had when its exchanges were recorded, and servers of it."""

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import Program
from tests.conftest import DATA
from tests.server.program import Server

PUBLIC = "https://djangopackages.org"


def read_dataset() -> dict[str, Any]:
    """Return what the site had, its links as those of the public site."""
    text = (DATA / "apiv4-dataset.json").read_text(encoding="utf-8")
    base = json.loads(text)["base"]
    dataset: dict[str, Any] = json.loads(text.replace(base, PUBLIC))
    for resource in ("categories", "grids"):
        for group in dataset[resource]:
            group["url"] = f"{PUBLIC}/api/v4/{resource}/{group['id']}/"
    return dataset


@pytest.fixture(scope="session")
def made_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with the site's packages, grids and categories, made once."""
    catalog = tmp_path_factory.mktemp("site") / "catalog.db"
    dataset = read_dataset()
    header = {
        "pkgcat": 2,
        "categories": dataset["categories"],
        "grids": [{**grid, "packages": None} for grid in dataset["grids"]],
    }
    lines = [json.dumps(line) for line in (header, *dataset["packages"])]
    imported = Program(catalog)("import", "-", input="\n".join(lines))
    assert imported.code == 0, imported.err
    return catalog


@pytest.fixture
def site(made_site: Path, catalog: Path) -> Path:
    """This test's own copy of that catalog."""
    shutil.copy(made_site, catalog)
    return catalog


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which nothing can be served: what should be refused before that does not run."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def server(made_site: Path) -> Iterator[Server]:
    """A server of the catalog, which tests leave as it is."""
    with Server(made_site) as running:
        yield running
