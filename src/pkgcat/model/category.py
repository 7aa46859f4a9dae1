"""Categories."""

from typing import NamedTuple


class Category(NamedTuple):
    """A kind of package; `url` is where API v4 has it.

    `show_pypi`, `created` and `modified` are what a site says; the times are as the catalog stores
    them.
    """

    slug: str
    title: str
    title_plural: str = ""
    description: str = ""
    url: str | None = None
    show_pypi: bool | None = None
    created: str | None = None
    modified: str | None = None
