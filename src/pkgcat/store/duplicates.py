"""Packages that would be in the catalog twice."""

import json
from typing import NamedTuple

from pkgcat.errors import Duplicate
from pkgcat.model.site_addresses import pypi_name
from pkgcat.model.types import Values
from pkgcat.store import Store
from pkgcat.store.packages import repository_keys

ADDRESS_FIELDS = ("repo_url", "pypi_url")
"""The fields that make a package a duplicate of another one."""


class _Rival(NamedTuple):
    """A package that has the same repository or the same PyPI name."""

    slug: str
    repo_key: str | None
    pypi_name: str | None


def check_no_duplicate(
    store: Store, values: Values, *, but: int | None = None, by_repository: bool = False
) -> None:
    """Raise Duplicate where another package has the same PyPI name, or has the same repository and
    neither has a PyPI name.

    `by_repository` tells that a repository is all that names the package: then every package that
    has it is the same one. `but` is the key of the package that has these values.
    """
    address = str(values.get("repo_url") or "")
    project = pypi_name(str(values.get("pypi_url") or ""))
    keys = json.dumps(repository_keys(store, address))
    sql = """SELECT slug, repo_key, pypi_name FROM packages
        WHERE removed = 0 AND key IS NOT :but
            AND (repo_key IN (SELECT value FROM json_each(:keys)) OR pypi_name = :project)
        ORDER BY slug"""
    rows = store.rows(sql, {"keys": keys, "project": project, "but": but}).fetchall()
    for rival in map(_Rival._make, rows):
        if project is not None and rival.pypi_name == project:
            raise _make_error("PyPI name", project, rival)
        if project is None and (by_repository or rival.pypi_name is None):
            raise _make_error("repository", str(rival.repo_key), rival)


def _make_error(what: str, name: str, rival: _Rival) -> Duplicate:
    text = f"the {what} {name} is that of {rival.slug} already; see 'pkgcat show {rival.slug}'"
    return Duplicate(text, rival.slug)
