"""A grid as TOML (toml.io, v1.0.0) in a person's editor."""

import json
from typing import Any

from pkgcat.errors import Invalid
from pkgcat.model.grid import (
    Feature,
    GridContent,
    check_cell_text,
    check_feature_description,
    check_feature_title,
)
from pkgcat.model.parsing import parse_toml
from pkgcat.model.suggest import suggest
from pkgcat.services.edit_grid import EditedGrid
from pkgcat.shell.edited_text import write_value

_BASE = "# as it was: "

_FIELDS = ("title", "slug", "description", "is_locked")
_FEATURE_KEYS = ("key", "title", "description", "cells")


def write_grid(content: GridContent) -> str:
    """Return the text that a person edits."""
    grid = content.grid
    parts = [
        f"# {grid.slug}: save and close to store, leave unchanged or empty to store nothing.\n\n",
        f"title = {write_value(grid.title)}\n",
        f"slug = {write_value(grid.slug)}\n",
        f"description = {write_value(grid.description)}\n\n",
        "# locked: commands change the grid only with --unlock\n",
        f"is_locked = {'true' if grid.is_locked else 'false'}\n\n",
        "# its packages in their order; a line more puts one on the grid, a line less takes it off\n",
        "packages = [\n",
        *(f"    {write_value(slug)},\n" for slug in content.packages),
        "]\n\n",
        "# its features in their order; one without a key is new. In a cell yes, good, check and + are\n",
        '# ticks, no, bad, negative, evil, sucks and - are crosses, and "" is an open question.\n',
    ]
    for feature in content.features:
        parts.append(_write_feature(feature, content.packages))
    if not content.features:
        parts.append('#\n# [[features]]\n# title = "Works offline"\n')
    return "".join(parts)


def _write_feature(feature: Feature, slugs: tuple[str, ...]) -> str:
    lines = [
        "\n[[features]]\n",
        f"key = {feature.key}\n",
        f"title = {write_value(feature.title)}\n",
        f"description = {write_value(feature.description)}\n",
        "[features.cells]\n",
    ]
    for slug in slugs:
        lines.append(f"{slug} = {write_value(feature.cells.get(slug))}\n")
    return "".join(lines)


def read_grid(text: str, content: GridContent) -> EditedGrid:
    """Return a grid as a person wants it; what the text does not name stays. Raises Invalid for a
    mistake.
    """
    given = parse_toml(text)
    for name in given:
        if name not in (*_FIELDS, "packages", "features"):
            known = (*_FIELDS, "packages", "features")
            raise Invalid(f"there is no {name!r} here{suggest(name, known)}")
    fields = {name: given[name] for name in _FIELDS if name in given}
    packages = content.packages
    if "packages" in given:
        packages = _read_packages(given["packages"])
    features = given.get("features", [])
    if not isinstance(features, list):
        raise Invalid("features: each begins with [[features]]")
    return EditedGrid(fields, packages, tuple(_read_feature(feature) for feature in features))


def _read_packages(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise Invalid("packages: it is a list of slugs")
    return tuple(given)


def _read_feature(given: Any) -> Feature:
    if not isinstance(given, dict):
        raise Invalid("features: each begins with [[features]]")
    for name in given:
        if name not in _FEATURE_KEYS:
            raise Invalid(f"a feature has no {name!r}{suggest(name, _FEATURE_KEYS)}")
    key = given.get("key")
    if key is not None and (not isinstance(key, int) or isinstance(key, bool)):
        raise Invalid("key: leave it as it was; a new feature has none")
    cells = given.get("cells", {})
    if not isinstance(cells, dict):
        raise Invalid("cells: they begin with [features.cells]")
    title = check_feature_title(given.get("title", ""))
    texts = {}
    for slug, text in cells.items():
        try:
            texts[slug] = check_cell_text(text)
        except Invalid as error:
            raise Invalid(f"{title}, {slug}: {error}") from error
    return Feature(title, check_feature_description(given.get("description", "")), texts, key)


def write_base(content: GridContent) -> str:
    """Return the line of a kept draft that says how the grid was when it was made."""
    grid = content.grid
    fields = {name: getattr(grid, name) for name in _FIELDS}
    features = [
        [feature.title, feature.description, dict(feature.cells), feature.key]
        for feature in content.features
    ]
    base = {"fields": fields, "packages": content.packages, "features": features}
    return f"{_BASE}{json.dumps(base)}\n"


def read_base(text: str, content: GridContent) -> GridContent:
    """Return a grid as it was when this draft of it was made, as far as the draft tells."""
    lines = [line for line in text.splitlines() if line.startswith(_BASE)]
    if not lines:
        return content
    try:
        found = json.loads(lines[-1].removeprefix(_BASE))
        fields = {name: found["fields"][name] for name in _FIELDS}
        features = tuple(Feature(*feature) for feature in found["features"])
        packages = _read_packages(found["packages"])
        return GridContent(content.grid._replace(**fields), packages, features)
    except (ValueError, TypeError, KeyError, RecursionError, Invalid):
        return content
