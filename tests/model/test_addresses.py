"""Addresses: every spelling of one repository or project is one key, and nothing else is."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name, is_normalized_name

from pkgcat.model.addresses import repository, repository_key, shorthand
from pkgcat.model.site_addresses import (
    DJANGO_PACKAGES,
    GroupAddress,
    django_packages,
    group_address,
    pypi_name,
)

GITHUB = [
    "https://github.com/coderholic/django-cities",
    "https://github.com/coderholic/django-cities/",
    "http://github.com/coderholic/django-cities",
    "https://www.github.com/coderholic/django-cities",
    "HTTPS://GitHub.com/CoderHolic/Django-Cities",
    "https://github.com/coderholic/django-cities.git",
    "https://github.com/coderholic/django-cities.git/",
    "https://user:token@github.com/coderholic/django-cities",
    "https://github.com:443/coderholic/django-cities",
    "https://github.com/coderholic/django-cities/tree/master/cities",
    "https://github.com/coderholic/django-cities/issues/12?q=is%3Aopen#top",
    "https://github.com//coderholic//django-cities",
    "git@github.com:coderholic/django-cities.git",
    "git@github.com:coderholic/django-cities",
    "ssh://git@github.com/coderholic/django-cities.git",
    "ssh://git@github.com:22/coderholic/django-cities.git",
    "git://github.com/coderholic/django-cities.git",
    "git+https://github.com/coderholic/django-cities.git@v1.0#egg=cities",
    "git+ssh://git@github.com/coderholic/django-cities.git",
    "github.com/coderholic/django-cities",
    "www.github.com/coderholic/django-cities",
    "  https://github.com/coderholic/django-cities \n",
]


@pytest.mark.parametrize("spelling", GITHUB)
def test_every_spelling_of_a_github_repository_is_one_key(spelling: str) -> None:
    found = repository(spelling)
    assert found is not None
    assert found.key == "github.com/coderholic/django-cities"
    assert found.kind == "github"
    assert found.url.lower() == "https://github.com/coderholic/django-cities"


@pytest.mark.parametrize(
    ("spelling", "key", "kind"),
    [
        ("https://gitlab.com/group/sub/name", "gitlab.com/group/sub/name", "gitlab"),
        (
            "https://gitlab.com/group/sub/name/-/tree/main/docs",
            "gitlab.com/group/sub/name",
            "gitlab",
        ),
        ("https://gitlab.com/group/name/issues/3", "gitlab.com/group/name", "gitlab"),
        ("git@gitlab.com:group/sub/name.git", "gitlab.com/group/sub/name", "gitlab"),
        ("https://codeberg.org/Owner/Name/src/branch/main", "codeberg.org/owner/name", "forgejo"),
        (
            "https://bitbucket.org/ubernostrum/django-registration/",
            "bitbucket.org/ubernostrum/django-registration",
            "bitbucket",
        ),
        ("https://bitbucket.org/o/n/src/master/README", "bitbucket.org/o/n", "bitbucket"),
        ("https://git.example.org/Group/Name.git", "git.example.org/Group/Name", None),
        ("https://git.example.org:8443/a/b", "git.example.org:8443/a/b", None),
        ("ssh://git@git.example.org:2222/a/b.git", "git.example.org/a/b", None),
        ("git@git.example.org:a/b.git", "git.example.org/a/b", None),
        ("http://code.google.com/p/sorethumb/", "code.google.com/p/sorethumb", None),
        ("https://launchpad.net/django-pgsql", "launchpad.net/django-pgsql", None),
    ],
)
def test_other_hosts_have_their_own_spellings(spelling: str, key: str, kind: str | None) -> None:
    found = repository(spelling)
    assert found is not None
    assert (found.key, found.kind) == (key, kind)


@pytest.mark.parametrize(
    "spelling", ["https://git.example.org:443/a/b", "http://git.example.org:80/a/b"]
)
def test_a_default_port_that_is_spelt_out_names_the_same_repository(spelling: str) -> None:
    assert repository_key(spelling) == repository_key("https://git.example.org/a/b")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "django-cities",
        "not an address",
        "https://github.com/coderholic",
        "https://github.com/",
        "https:///a/b",
        "https://[broken/a/b",
        "mailto:a@example.org",
        "ftp://github.com/a/b",
        "file:///a/b",
        "https://github.com/a/.git",
        "javascript:alert(1)//github.com/a/b",
        "coderholic/django-cities",
    ],
)
def test_what_names_no_repository_has_no_key(text: str) -> None:
    assert repository(text) is None
    assert repository_key(text) is None


@pytest.mark.parametrize("port", ["port", "99999", "-1"])
def test_a_port_that_is_none_is_left_out(port: str) -> None:
    for host in ("github.com", "git.example.org"):
        assert repository_key(f"https://{host}:{port}/ann/maps") == f"{host}/ann/maps"


def test_no_address_has_no_key() -> None:
    assert repository_key(None) is None


def test_owner_and_name_mean_github() -> None:
    found = shorthand("coderholic/django-cities")
    assert found is not None
    assert found.url == "https://github.com/coderholic/django-cities"
    for text in (
        "django-cities",
        "a/b/c",
        "https://github.com/a/b",
        "/b",
        "a/",
        "a b/c",
        "-a/b",
        "a/b\n",
    ):
        assert shorthand(text) is None, text


@given(st.text())
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    repository(text)
    shorthand(text)
    pypi_name(text)


_PART = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,12}", fullmatch=True)


@given(
    st.sampled_from(
        ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.example.org"]
    ),
    st.lists(_PART, min_size=2, max_size=2),
    st.sampled_from(
        [
            "https://{}",
            "http://{}/",
            "{}",
            "https://{}.git",
            "ssh://git@{}.git",
            "git+https://{}.git@main",
        ]
    ),
)
def test_an_address_made_of_a_repository_names_it_again(
    host: str, parts: list[str], form: str
) -> None:
    found = repository(form.format(f"{host}/{'/'.join(parts)}"))
    assert found is not None
    assert (found.host, found.path) == (host, "/".join(parts))
    assert repository(found.url) == found


@pytest.mark.parametrize(
    "spelling",
    [
        "django-cities",
        "Django.Cities",
        "DJANGO__cities",
        " django-_.cities ",
        "http://pypi.python.org/pypi/django-cities",
        "http://pypi.python.org/pypi/Django_Cities/0.6.2",
        "https://pypi.org/project/django-cities",
        "https://pypi.org/project/django-cities/",
        "https://pypi.org/project/django-cities/0.6.2/#history",
        "https://www.pypi.org/simple/django-cities/",
        "HTTPS://PyPI.org/project/Django-Cities",
        "pypi.org/project/django-cities",
    ],
)
def test_every_spelling_of_a_project_is_one_name(spelling: str) -> None:
    assert pypi_name(spelling) == "django-cities"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "some words about it",
        "-leading",
        "trailing-",
        "https://example.org/project/x",
        "https://pypi.org/user/x/",
        "https://[broken/project/x",
        "https://pypi.org/project/",
        "https://pypi.org/project/a%20b/",
        None,
    ],
)
def test_what_names_no_project_has_no_name(text: str | None) -> None:
    assert pypi_name(text) is None


@given(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?", fullmatch=True))
def test_a_project_is_called_as_packaging_calls_it(name: str) -> None:
    expected = canonicalize_name(name)
    assert pypi_name(name) == expected
    assert pypi_name(f"https://pypi.org/project/{name}/") == expected
    assert pypi_name(f"http://pypi.python.org/pypi/{name}") == expected


@given(st.text(max_size=20))
def test_a_name_is_normal_or_there_is_none(text: str) -> None:
    assume("/" not in text)
    found = pypi_name(text)
    assert found is None or (is_normalized_name(found) and re.fullmatch(r"[a-z0-9-]+", found))


@pytest.mark.parametrize("name", ["\u017fcrapy", "\u212aivy"])
def test_letters_that_only_look_like_ascii_name_no_project(name: str) -> None:
    """LONG S and KELVIN SIGN match [a-z] where case is ignored; PyPI's names are ASCII (PEP
    508).
    """
    assert pypi_name(name) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://djangopackages.org/packages/p/maps/", ("packages", "maps")),
        ("djangopackages.org/packages/p/maps", ("packages", "maps")),
        ("https://www.djangopackages.com/grids/g/cms/?sort=stars#top", ("grids", "cms")),
        ("https://djangopackages.org/api/v4/packages/1326/", ("packages", "1326")),
        ("https://djangopackages.org/api/v4/grids/71/", ("grids", "71")),
        ("https://djangopackages.org/api/v4/packages/1326.json?indent=4", ("packages", "1326")),
        ("https://djangopackages.org/api/v4/packages/", None),
        ("https://djangopackages.org/categories/apps/", None),
        ("https://djangopackages.org/packages/p/", None),
        ("https://djangopackages.org/packages/x/maps/", None),
        ("https://djangopackages.org/profiles/p/ann/", None),
        ("https://example.org/packages/p/maps/", None),
        ("https://[broken/packages/p/maps/", None),
        ("maps", None),
    ],
)
def test_pages_of_django_packages(text: str, expected: tuple[str, str] | None) -> None:
    assert django_packages(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://djangopackages.org/api/v4/grids/71/",
        "http://djangopackages.org/api/v4/grids/71/",
        "https://www.djangopackages.com/api/v4/grids/71/",
        "HTTPS://DjangoPackages.ORG:443/api/v4/grids/71",
        "https://djangopackages.org/api/v4/grids/71.json",
        "https://djangopackages.org/api/v4/grids/71.json/",
        "https://djangopackages.org/api/v4/grids/71/?format=api",
        "https://djangopackages.org//api/v4/grids/71/#packages",
        " https://djangopackages.org/api/v4/grids/71/\n",
        "http://127.0.0.1:8102/api/v4/grids/71/",
        "http://127.8.9.10/djangopackages/api/v4/grids/71/",
        "http://localhost:8000/api/v4/grids/71/",
        "http://[::1]:8000/api/v4/grids/71/",
    ],
)
def test_the_address_of_a_group_is_one_in_every_spelling(text: str) -> None:
    assert group_address(text) == GroupAddress(DJANGO_PACKAGES, "71")
    assert group_address(text).has_id


def test_groups_of_another_site_number_or_name_are_others() -> None:
    addresses = [
        "https://djangopackages.org/api/v4/grids/71/",
        "https://djangopackages.org/api/v4/grids/7/",
        "https://djangopackages.org/api/v4/grids/geo/",
        "https://example.org/api/v4/grids/71/",
        "https://example.org:8000/api/v4/grids/71/",
        "https://example.org/shop/api/v4/grids/71/",
        "https://djangopackages.org.example.org/api/v4/grids/71/",
        "https://127.0.0.1.example.org/api/v4/grids/71/",
        "https://127.1/api/v4/grids/71/",
        "https://example.org/",
        "https://[broken/grids/71/",
        "geo",
        "",
    ]
    assert len({group_address(text) for text in addresses}) == len(addresses)


def test_another_sites_groups_are_known_in_every_spelling_too() -> None:
    expected = GroupAddress("example.org/api/v4/grids", "geo")
    for text in (
        "https://example.org/api/v4/grids/geo/",
        "http://www.example.org:80/api/v4/grids/Geo.json?format=api",
    ):
        assert group_address(text) == expected
        assert not group_address(text).has_id


def test_digits_of_another_script_are_no_id() -> None:
    assert not group_address("https://djangopackages.org/api/v4/grids/\u0667\u0661/").has_id


@given(st.text(max_size=60))
def test_any_text_is_an_address_of_some_group(text: str) -> None:
    assert group_address(text) == group_address(f" {text} ")
