"""The lock of a refresh: which catalogs share one, and what lies in its place."""

import os
import stat
import sys
from pathlib import Path

import pytest

from pkgcat.errors import PkgcatError
from pkgcat.shell.refresh_lock import hold_refresh_lock


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A file: what it holds does not matter to a lock."""
    path = tmp_path / "folder" / "catalog.db"
    path.parent.mkdir()
    path.touch()
    return path


def is_free(catalog: Path) -> bool:
    with hold_refresh_lock(catalog) as free:
        return free


def test_a_lock_is_held_until_the_end_of_the_block(catalog: Path) -> None:
    with hold_refresh_lock(catalog) as free:
        assert free
        assert not is_free(catalog)
    assert is_free(catalog)


def test_a_lock_is_its_owners_alone(catalog: Path) -> None:
    before = os.umask(0o000)
    try:
        with hold_refresh_lock(catalog):
            (lock,) = catalog.parent.glob(".*.lock")
            assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_symbolic_link_has_the_lock_of_the_catalog_it_leads_to(
    catalog: Path, tmp_path: Path
) -> None:
    link, folder = tmp_path / "link.db", tmp_path / "folders"
    link.symlink_to(catalog)
    folder.symlink_to(catalog.parent)
    with hold_refresh_lock(link):
        assert not is_free(catalog)
        assert not is_free(folder / "catalog.db")
    assert list(tmp_path.glob(".*.lock")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere such a lock would stop SQLite")
def test_hard_links_share_one_lock(catalog: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    os.link(catalog, link)
    with hold_refresh_lock(link):
        assert not is_free(catalog)
    assert is_free(catalog)


def test_a_link_in_the_place_of_the_lock_is_not_followed(catalog: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    catalog.with_name(".catalog.db.refresh.lock").symlink_to(precious)
    with pytest.raises(PkgcatError, match="no lock can be made"), hold_refresh_lock(catalog):
        pass
    assert precious.read_text() == "mine"


def test_a_catalog_that_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    assert is_free(tmp_path / "data" / "catalog.db")
    assert list(tmp_path.glob("data")) == []
