"""Values as a person gives them: spellings corrected, mistakes refused."""

import re
from collections.abc import Callable

from pkgcat.errors import Invalid
from pkgcat.model import address_parts, addresses, site_addresses
from pkgcat.model.fields import FIELDS, Field
from pkgcat.model.hosts import HostKinds
from pkgcat.model.suggest import suggest
from pkgcat.model.types import Value
from pkgcat.model.validate import check_own_slug
from pkgcat.store import Store, groups, packages


def validate_user_value(store: Store, name: str, given: object) -> Value:
    """Return the value of a field that a person sets; raise Invalid or NotFound.

    Spaces around a text are dropped, but for notes. What names a project, a repository or a
    package in a short form becomes its address or its slug.
    """
    if isinstance(given, str) and name != "notes":
        given = given.strip()
    value = FIELDS[name].parse(given)
    if not isinstance(value, str) or not value:
        return value
    if FIELDS[name].references == "packages":
        return packages.slug(store, packages.find(store, value))
    if name == "repo_url":
        return _validate_repository(value, store.host_kinds)
    validate = _VALIDATORS.get(name)
    if validate is None:
        return value
    return validate(value)


_CHOICE_NOUNS = {"repo_host": "kind of host"}
"""What a value of a field is called, if not as the field."""


def check_known_value(store: Store, name: str, value: str) -> str:
    """Return a value that packages are looked for by; raise NotFound or Invalid for one that no
    package can have: a category, grid or package that is not there, a host or mark that does not
    exist. A tag is any word.
    """
    field = FIELDS[name]
    if field.references == "packages":
        return packages.slug(store, packages.find(store, value))
    if field.references:
        groups.find(store, field.references, value)
    elif field.choices:
        return _check_choice(field, value)
    return value


def validate_group(store: Store, entity: groups.Entity, slug: str | None) -> str | None:
    """Return the slug of a category or grid; raise NotFound where there is none of that slug."""
    if slug is not None:
        groups.find(store, entity, slug)
    return slug


def _check_choice(field: Field, value: str) -> str:
    """Return one of the values that a field can have, in their spelling; raise Invalid."""
    folded = value.lower()
    if folded in field.choices:
        return folded
    hint = suggest(folded, field.choices) or f"; there are {', '.join(field.choices)}"
    what = _CHOICE_NOUNS.get(field.name, field.name)
    raise Invalid(f"there is no {what} {value!r}{hint}")


def validate_host_kind(name: str) -> str:
    """Return a kind of host that has repositories; raise Invalid for another one."""
    return _check_choice(FIELDS["repo_host"], name)


def _validate_repository(text: str, host_kinds: HostKinds) -> str:
    repository = addresses.repository(text, host_kinds) or addresses.shorthand(text)
    if repository is None:
        reason = addresses.explain_no_repository(text, host_kinds)
        reason = reason or "is no repository's address; https://github.com/owner/name is the form"
        raise Invalid(f"repo_url: {text!r} {reason}")
    if text.lower().startswith(("http://", "https://")):
        return address_parts.trim_address(text)
    return repository.url


def _validate_project(text: str) -> str:
    project = site_addresses.pypi_name(text)
    if project is None:
        raise Invalid(f"pypi_url: {text!r} is neither a project's name nor its address on PyPI")
    if "://" in text:
        return text
    return make_project_url(project)


def _validate_documentation(text: str) -> str:
    return _check_web_address("documentation_url", text)


def _validate_evidence(text: str) -> str:
    return _check_web_address("decision_url", text)


def _check_web_address(name: str, text: str) -> str:
    if not re.match(r"https?://[^\s/]+", text):
        raise Invalid(f"{name}: {text!r} is not an http or https address")
    return text


def make_project_url(project: str) -> str:
    """Return the address on PyPI of the project with this name."""
    return f"https://pypi.org/project/{project}/"


_VALIDATORS: dict[str, Callable[[str], str]] = {
    "slug": check_own_slug,
    "pypi_url": _validate_project,
    "documentation_url": _validate_documentation,
    "decision_url": _validate_evidence,
    "repo_host": validate_host_kind,
}
"""The rules of single fields, beyond those of their types."""
