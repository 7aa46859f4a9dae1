"""What a person names becomes a draft: by name, by address, by page, by fields alone."""

from typing import Any

import pytest

from pkgcat.errors import Conflict, Invalid
from pkgcat.services.add import Draft, check_targets, draft_package, validate_fields
from pkgcat.store import Store
from tests.conftest import NOW
from tests.store.checks import add


def draft(
    store: Store, target: str | None, fields: dict[str, Any], *, offline: bool = False
) -> Draft:
    values = validate_fields(store, fields, NOW)
    return draft_package(store, target, values, offline=offline)


REPOSITORY = "https://github.com/ann/maps"
PROJECT = "https://pypi.org/project/maps/"


@pytest.mark.parametrize(
    ("target", "values"),
    [
        ("Maps", {"pypi_url": PROJECT, "title": "maps"}),
        (PROJECT, {"pypi_url": PROJECT, "title": "maps"}),
        ("ann/maps", {"repo_url": REPOSITORY, "title": "maps"}),
        (f"{REPOSITORY}.git", {"repo_url": REPOSITORY, "title": "maps"}),
        ("https://me:pw@github.com/ann/maps", {"repo_url": REPOSITORY, "title": "maps"}),
        (f"https://github.com/ann/{'m' * 120}", {"title": "m" * 100}),
    ],
)
def test_a_target_gives_an_address_and_a_title(
    store: Store, target: str, values: dict[str, Any]
) -> None:
    made = draft(store, target, {})
    assert made.page is None
    assert values.items() <= made.values.items()


def test_a_page_of_django_packages_gives_its_slug_and_no_title(store: Store) -> None:
    page = "https://djangopackages.org/packages/p/maps/"
    assert draft(store, page, {"tags": ("geo",)}) == Draft("maps", {"tags": ("geo",)})
    with pytest.raises(Invalid, match="has to be fetched"):
        draft(store, page, {}, offline=True)


def test_fields_that_a_person_sets_win_over_the_target(store: Store) -> None:
    fields = {"title": "My maps", "pypi_url": "maps"}
    made = draft(store, "ann/maps", fields)
    assert made.values == {"repo_url": REPOSITORY, "title": "My maps", "pypi_url": PROJECT}


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"repo_url": REPOSITORY, "pypi_url": "tiles"}, "maps"),
        ({"pypi_url": "tiles"}, "tiles"),
        ({"title": "Maps"}, "Maps"),
        ({"slug": "maps"}, None),
    ],
)
def test_without_a_target_the_fields_name_the_package(
    store: Store, fields: dict[str, Any], title: str | None
) -> None:
    assert draft(store, None, fields).values.get("title") == title


@pytest.mark.parametrize(
    ("targets", "fields", "reason"),
    [
        ([], {}, "what shall be added"),
        ([], {"tags": ("geo",)}, "what shall be added"),
        (["maps", "tiles"], {"title": "Maps"}, "is for one package"),
        (["a b"], {}, "is neither a name on PyPI nor a repository's address"),
        (["-r more.txt"], {}, "is another file of requirements"),
        (["--requirement=more.txt"], {}, "is another file of requirements"),
        (["-read me"], {}, "is neither a name on PyPI nor a repository's address"),
        (["https://djangopackages.org/grids/g/maps/"], {}, "is a grid of many packages"),
    ],
)
def test_what_names_no_package_is_refused(
    store: Store, targets: list[str], fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        check_targets(targets, fields)
        draft(store, targets[0], fields)


@pytest.mark.parametrize("target", ["ann/maps", "maps"])
def test_what_is_there_already_is_a_conflict(store: Store, target: str) -> None:
    add(store, "known", title="Known", repo_url=REPOSITORY, pypi_url=PROJECT)
    with pytest.raises(Conflict):
        draft(store, target, {})
