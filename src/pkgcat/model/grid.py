"""Grids, what they compare packages by, and what they say of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.parsing import parse_text
from pkgcat.model.validate import (
    MAX_CELL_LENGTH,
    MAX_FEATURE_DESCRIPTION_LENGTH,
    MAX_FEATURE_TITLE_LENGTH,
)


class Grid(NamedTuple):
    """A comparison of packages; `url` is where API v4 has it.

    `is_locked`, `header`, `created` and `modified` are what a site says; the times are as the
    catalog stores them.
    """

    slug: str
    title: str
    description: str = ""
    url: str | None = None
    is_locked: bool | None = None
    header: bool | None = None
    created: str | None = None
    modified: str | None = None


class Feature(NamedTuple):
    """What a grid compares its packages by.

    `cells` are what the grid says of its packages, by slug; a package that has none is an open
    question. `key` is None for a feature that is not stored.
    """

    title: str
    description: str = ""
    cells: Mapping[str, str] = MappingProxyType({})
    key: int | None = None


class GridContent(NamedTuple):
    """A grid with all that stands on it, in its order; packages are named by slug."""

    grid: Grid
    packages: tuple[str, ...]
    features: tuple[Feature, ...]


def check_feature_title(title: object) -> str:
    """Return the title of a feature; raise Invalid where it is empty or too long."""
    text = parse_text("title", title).strip()
    if not text:
        raise Invalid("the title of a feature may not be empty")
    return _check_length("the title of a feature", text, MAX_FEATURE_TITLE_LENGTH)


def check_feature_description(description: object) -> str:
    """Return the description of a feature; raise Invalid where it is too long."""
    text = parse_text("description", description)
    return _check_length("the description of a feature", text, MAX_FEATURE_DESCRIPTION_LENGTH)


def check_cell_text(text: object) -> str:
    """Return the text of a cell; raise Invalid where it is too long."""
    return _check_length("the text of a cell", parse_text("text", text), MAX_CELL_LENGTH)


def _check_length(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(f"{what}: {len(text):,} characters, and {most:,} are the most")
    return text
