"""The command line in this process, on a catalog that is not there yet, on one package, on 38."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.children import Terminal
from tests.commands.program import Program
from tests.conftest import DATA


@pytest.fixture(scope="session")
def made_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of django-cities, made once."""
    catalog = tmp_path_factory.mktemp("one") / "catalog.db"
    assert Program(catalog)("import", DATA / "package-1326.json").code == 0
    return catalog


@pytest.fixture(scope="session")
def made_many(made_one: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of the 38 records of the reference, made once."""
    catalog = tmp_path_factory.mktemp("many") / "catalog.db"
    shutil.copy(made_one, catalog)
    assert Program(catalog)("import", DATA / "records.ndjson").code == 0
    return catalog


@pytest.fixture
def empty(catalog: Path) -> Program:
    """pkgcat before its first write."""
    return Program(catalog)


@pytest.fixture
def one(made_one: Path, catalog: Path) -> Program:
    """pkgcat on a catalog of django-cities."""
    shutil.copy(made_one, catalog)
    return Program(catalog)


@pytest.fixture
def many(made_many: Path, catalog: Path) -> Program:
    """pkgcat on a catalog of 38 packages."""
    shutil.copy(made_many, catalog)
    return Program(catalog)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal of 10 rows."""
    made = Terminal()
    yield made
    made.close()
