"""Values as a person gives them."""

import pytest

from pkgcat.errors import Invalid, NotFound
from pkgcat.model.hosts import HOST_KINDS
from pkgcat.services.user_values import validate_host_kind, validate_user_value
from pkgcat.store import Store
from tests.store.checks import add


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("title", "  Maps ", "Maps"),
        ("notes", " as it is\n", " as it is\n"),
        ("notes", "", None),
        ("repo_url", "ann/maps", "https://github.com/ann/maps"),
        ("repo_url", "https://codeberg.org/ann/maps", "https://codeberg.org/ann/maps"),
        ("pypi_url", "Maps_Tool", "https://pypi.org/project/maps-tool/"),
        ("pypi_url", "https://pypi.org/project/maps/", "https://pypi.org/project/maps/"),
        ("documentation_url", "", ""),
        ("replaced_by", "https://github.com/ann/tiles", "tiles"),
        ("repo_host", "gitlab", "gitlab"),
        ("tags", ["geo"], ("geo",)),
    ],
)
def test_a_value_gets_the_spelling_that_is_stored(
    store: Store, name: str, given: object, value: object
) -> None:
    add(store, "tiles", title="Tiles", repo_url="https://github.com/ann/tiles")
    assert validate_user_value(store, name, given) == value


@pytest.mark.parametrize(
    ("name", "given", "error", "text"),
    [
        ("title", "", Invalid, "title may not be empty"),
        ("title", " ", Invalid, "title may not be empty"),
        ("slug", None, Invalid, "slug may not be empty"),
        ("repo_url", "no address", Invalid, "is no repository's address"),
        ("pypi_url", "no name!", Invalid, "is neither a project's name"),
        ("documentation_url", "ftp://x.org/", Invalid, "is not an http or https address"),
        ("repo_host", "githob", Invalid, "did you mean 'github'"),
        ("replaced_by", "nowhere", NotFound, "there is no package 'nowhere'"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(
    store: Store, name: str, given: object, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        validate_user_value(store, name, given)


def test_every_kind_of_host_is_known_by_its_name() -> None:
    assert [validate_host_kind(name) for name in HOST_KINDS] == list(HOST_KINDS)
    with pytest.raises(Invalid, match="there are github, gitlab"):
        validate_host_kind("zzz")
