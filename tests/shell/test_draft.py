"""Drafts by themselves: what is written into them, and what they say when they are gone."""

from pathlib import Path

import pytest

from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.shell.draft import Draft
from pkgcat.shell.edited_text import read_base, write_base
from pkgcat.store import Store, packages
from tests.conftest import NOW
from tests.store.checks import add


@pytest.fixture(autouse=True)
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where drafts are written."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def package(store: Store) -> Package:
    add(store, "maps", title="Maps")
    return next(packages.read(store, Query(NOW)))


def make_draft(base: str = "") -> Draft:
    return Draft("maps", "title = 1\n", command=("pkgcat", "edit", "maps", "--draft"), base=base)


def test_a_mistake_is_one_line_without_control_characters() -> None:
    draft = make_draft()
    draft.set_mistake("a\x1b]0;title\x07 \u202eb\u009b8m\nc")
    first, *rest = draft.path.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# mistake: a")
    assert first.isprintable()
    assert first.endswith("c")
    assert rest == ["title = 1"]


def test_a_shorter_text_leaves_nothing_of_the_longer_one() -> None:
    draft = make_draft()
    draft.set_mistake("x" * 100)
    draft.set_mistake("y")
    assert draft.path.read_text(encoding="utf-8") == "# mistake: y\ntitle = 1\n"


def test_a_draft_that_is_gone_is_named_all_the_same() -> None:
    draft = make_draft(base="# as it was: {}\n")
    draft.path.unlink()
    assert str(draft.path) in draft.keep()


def test_a_draft_tells_how_its_package_was(package: Package) -> None:
    former = package.replace(title="Atlas")
    text = f'# a comment\ntitle = "New"\n\n{write_base(former)}title = 5\n'
    assert read_base(text, package).values["title"] == "Atlas"


@pytest.mark.parametrize(
    "base",
    ["", "# as it was: {", "# as it was: [1]", "# as it was: 5", '# as it was: {"odd": 1}']
    + ["# as it was: " + "[" * 100_000],
)
def test_a_draft_that_tells_nothing_of_it_is_compared_with_the_package_of_now(
    package: Package, base: str
) -> None:
    assert read_base(f"title = 1\n{base}\n", package) == package
