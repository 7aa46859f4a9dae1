"""Which columns a table of packages has, and in which order."""

from collections.abc import Iterable

from pkgcat.models import FIELDS
from pkgcat.render import Column

LIST = (
    "slug",
    "repo_watchers",
    "pypi_version",
    "last_updated",
    "state",
    "commits_over_52",
    "category",
    "repo_description",
    "tags",
)
"""What `list` and `search` show, the most telling first: a narrow terminal keeps the leftmost."""


def columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Return columns for fields of the record, and for `state`, which sums several up."""
    return tuple(Column(name, FIELDS[name].kind if name in FIELDS else "str") for name in names)


def texts(*names: str, numbers: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return columns of text, those named as numbers to the right."""
    return tuple(Column(name, "int" if name in numbers else "str") for name in names)
