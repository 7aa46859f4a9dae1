"""--supports: what packages declare of Python and Django."""

from collections.abc import Iterator

import pytest

from pkgcat.errors import Invalid
from pkgcat.model.query import Query
from pkgcat.services.supports import read_supports
from pkgcat.store import Store, packages
from pkgcat.store.query_sql import select
from tests.conftest import NOW
from tests.store.checks import add, plan, slugs

PYTHON = "Programming Language :: Python ::"
DJANGO = "Framework :: Django ::"

DECLARED: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "nothing": (None, ()),
    "from-3-8": (">=3.8", ()),
    "below-3-14": (">=3.8,<3.14", ()),
    "from-3-14-2": (">=3.14.2", (f"{DJANGO} 6.0",)),
    "not-3-14-0": ("!=3.14.0", ()),
    "only-a-pre-release": ("==3.14.0rc1", ()),
    "compatible": ("~=3.10", ()),
    "classified": (None, (f"{PYTHON} 3.14", f"{DJANGO} 5.2", f"{DJANGO} 6.0")),
    "classified-3": (None, (f"{PYTHON} 3",)),
    "contradicts": ("<3", (f"{PYTHON} 3.14", f"{PYTHON} 3")),
    "two-only": (None, (f"{PYTHON} 2 :: Only", f"{PYTHON} 3.14")),
    "three-only": (None, (f"{PYTHON} 3 :: Only",)),
    "nonsense": ("three or so", ()),
    "blank": ("  ", ()),
    "long": (f">=3.8{',!=3.8.1' * 100}", ()),
    "django-1-1": (None, (f"{DJANGO} 1.1", f"{DJANGO} 1.10")),
    "in-any-case": (None, (f"{PYTHON} 3.14".upper(), f"{DJANGO} 6.0".upper())),
}


@pytest.fixture(scope="module")
def declaring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Packages that declare what their names say."""
    path = tmp_path_factory.mktemp("declaring") / "catalog.db"
    with Store.write(path, explicit=True, create=True) as store:
        for slug, (requires, classifiers) in DECLARED.items():
            add(store, slug, pypi_requires_python=requires, pypi_classifiers=classifiers)
        yield store


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "python=3.14",
            "from-3-8 from-3-14-2 not-3-14-0 compatible classified in-any-case",
        ),
        ("Python==3.14", "from-3-8 from-3-14-2 not-3-14-0 compatible classified in-any-case"),
        ("python=3.14.0", "from-3-8 compatible classified in-any-case"),
        ("python=3.14.1", "from-3-8 not-3-14-0 compatible classified in-any-case"),
        ("python=3.9", "from-3-8 below-3-14 not-3-14-0"),
        ("python=3.99", "from-3-8 from-3-14-2 not-3-14-0 compatible"),
        ("python=2.7", "contradicts not-3-14-0"),
        ("python=2", "contradicts not-3-14-0"),
        ("django=6.0", "from-3-14-2 classified in-any-case"),
        ("django=6", "from-3-14-2 classified in-any-case"),
        ("django=1.1", "django-1-1"),
        ("django=1.10", "django-1-1"),
        ("django=1.2", ""),
        ("django=4", ""),
    ],
)
def test_what_is_declared_and_not_contradicted_is_kept(
    declaring: Store, text: str, expected: str
) -> None:
    found = slugs(declaring, where=read_supports(declaring, [text]))
    assert found == sorted(expected.split())


def test_a_major_version_is_any_of_its_minor_ones(declaring: Store) -> None:
    found = set(slugs(declaring, where=read_supports(declaring, ["python=3"])))
    assert {"from-3-8", "below-3-14", "from-3-14-2", "classified-3", "classified"} <= found
    assert not {"nothing", "contradicts", "two-only", "nonsense", "long"} & found


def test_several_must_all_be_declared(declaring: Store) -> None:
    supports = read_supports(declaring, ["python=3.14", "django=6.0"])
    assert slugs(declaring, where=supports) == ["classified", "from-3-14-2", "in-any-case"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "python", "python=", "=3", "python=three", "ruby=3", "python=3.14.1.2"),
        *("python>3", "django=6.0b1", "python=3.14 x", f"python={'9' * 5000}", "\x1b[31m=3"),
    ],
)
def test_anything_else_is_refused(declaring: Store, text: str) -> None:
    with pytest.raises(Invalid, match="supports takes python=3"):
        read_supports(declaring, [text])


def test_each_requires_python_is_read_once(store: Store) -> None:
    for number in range(5):
        add(store, f"a{number}", pypi_requires_python=f">=3.{number % 2}")
    assert sorted(packages.list_python_requirements(store)) == [">=3.0", ">=3.1"]


def test_classifiers_are_found_by_their_index(declaring: Store) -> None:
    query = Query(NOW, where=read_supports(declaring, ["django=6.0"]))
    assert "SCAN classifiers" not in plan(declaring, *select("p.slug", query))
