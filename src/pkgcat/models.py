"""The record, its fields, and what is asked of them.

Named tuples instead of frozen dataclasses: as comparable, and a class costs 0.1 ms of start-up, not 0.6.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pkgcat.errors import Invalid

Kind = Literal["str", "int", "bool", "datetime", "strs", "ints", "facts"]
Role = Literal["word", "fact", "state", "derived"]
"""Who writes a field: a person, a source, pkgcat while it works, or nobody (it follows from others)."""

Value = str | int | bool | datetime | tuple[str, ...] | tuple[int, ...] | dict[str, Any] | None
Values = dict[str, Value]
"""Some fields of a record, by name."""

Cell = str | int | None
"""A value as SQLite gives it: datetimes as RFC 3339 text, lists and facts as JSON text, bool as 0 or 1."""

EMPTY: dict[Kind, str] = {"strs": "[]", "ints": "[]", "facts": "{}"}
"""What stands for unknown in the cell of a kind that cannot be null."""


class Package(NamedTuple):
    """One record: API v4's 18 keys in its order, then ours. Unknown is None or ()."""

    category: str | None = None
    grids: tuple[str, ...] = ()
    id: int = 0
    title: str = ""
    slug: str = ""
    last_updated: datetime | None = None
    last_fetched: datetime | None = None
    repo_url: str | None = None
    pypi_version: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    repo_forks: int | None = None
    repo_description: str | None = None
    pypi_url: str | None = None
    documentation_url: str | None = None
    repo_watchers: int | None = None
    commits_over_52: tuple[int, ...] = ()
    participants: tuple[str, ...] = ()
    repo_host: str | None = None
    repo_archived: bool | None = None
    repo_open_issues: int | None = None
    repo_commit_count: int | None = None
    repo_license: str | None = None
    pypi_name: str | None = None
    pypi_released: datetime | None = None
    pypi_requires_python: str | None = None
    pypi_license: str | None = None
    pypi_classifiers: tuple[str, ...] = ()
    pypi_status: str | None = None
    pypi_yanked: bool | None = None
    pypi_vulnerabilities: tuple[str, ...] = ()
    notes: str | None = None
    tags: tuple[str, ...] = ()
    replaced_by: str | None = None
    score: int | None = None
    pinned: tuple[str, ...] = ()
    last_error: str | None = None
    last_error_at: datetime | None = None
    error_count: int = 0
    gone: tuple[str, ...] = ()
    behind_pins: dict[str, Any] = {}  # noqa: RUF012


_ABOUT: dict[str, tuple[Role, str]] = {
    "category": ("word", "slug of its category"),
    "grids": ("word", "slugs of the grids it is compared on"),
    "id": ("word", "number, as on Django Packages when free"),
    "title": ("word", "name for people, 1 to 100 characters"),
    "slug": ("word", "its name in the catalog"),
    "last_updated": ("fact", "last commit on the default branch"),
    "last_fetched": ("state", "last successful refresh"),
    "repo_url": ("word", "address of the repository"),
    "pypi_version": ("fact", "latest version on PyPI"),
    "created": ("word", "when the record was made"),
    "modified": ("word", "when a person last edited it"),
    "repo_forks": ("fact", "forks of the repository"),
    "repo_description": ("fact", "the repository's description"),
    "pypi_url": ("word", "address of the project on PyPI"),
    "documentation_url": ("word", "address of the documentation"),
    "repo_watchers": ("fact", "stars of the repository"),
    "commits_over_52": ("fact", "commits in each of 52 weeks, oldest first"),
    "participants": ("fact", "contributors, most commits first"),
    "repo_host": ("fact", "github, gitlab, forgejo or bitbucket"),
    "repo_archived": ("fact", "true when the repository is read-only"),
    "repo_open_issues": ("fact", "open issues of the repository"),
    "repo_commit_count": ("fact", "commits on the default branch"),
    "repo_license": ("fact", "the repository's licence, SPDX"),
    "pypi_name": ("derived", "name on PyPI, normalised (PEP 503)"),
    "pypi_released": ("fact", "when the latest version was released"),
    "pypi_requires_python": ("fact", "Python versions it declares"),
    "pypi_license": ("fact", "the project's licence, SPDX"),
    "pypi_classifiers": ("fact", "trove classifiers"),
    "pypi_status": ("fact", "project status on PyPI (PEP 792)"),
    "pypi_yanked": ("fact", "true when the shown version is yanked"),
    "pypi_vulnerabilities": ("fact", "known vulnerabilities of the shown version"),
    "notes": ("word", "your own words about it"),
    "tags": ("word", "your own labels"),
    "replaced_by": ("word", "slug of the package that replaces it"),
    "score": ("derived", "Django Packages' score: stars, less for age"),
    "pinned": ("word", "facts you have set, which refresh leaves alone"),
    "last_error": ("state", "the last failure of a refresh"),
    "last_error_at": ("state", "when it failed"),
    "error_count": ("state", "failures in a row"),
    "gone": ("state", "what its host has had no more of on three days: repository, pypi"),
    "behind_pins": ("state", "what sources say of facts that are pinned"),
}
"""Who writes each field, and what it says. (As `Annotated` types they would cost a hundredth of a start.)"""


class Field(NamedTuple):
    """What is known of one field of the record."""

    name: str
    kind: Kind
    nullable: bool
    role: Role
    doc: str


_KINDS: dict[Any, tuple[Kind, bool]] = {
    str: ("str", False),
    int: ("int", False),
    str | None: ("str", True),
    int | None: ("int", True),
    bool | None: ("bool", True),
    datetime | None: ("datetime", True),
    tuple[str, ...]: ("strs", False),
    tuple[int, ...]: ("ints", False),
    dict[str, Any]: ("facts", False),
}

FIELDS: dict[str, Field] = {
    name: Field(name, *_KINDS[hint], *_ABOUT[name]) for name, hint in Package.__annotations__.items()
}
"""Every field of the record, in its order."""

API_V4 = tuple(FIELDS)[:18]
"""The keys of Django Packages' API v4 record, in its order."""

PINNABLE = frozenset(f.name for f in FIELDS.values() if f.role == "fact")
EDITABLE = frozenset(f.name for f in FIELDS.values() if f.role in ("word", "fact")) - {
    "id",
    "created",
    "modified",
    "pinned",
}


class Category(NamedTuple):
    """A kind of package; `url` is where API v4 has it."""

    slug: str
    title: str
    title_plural: str = ""
    description: str = ""
    url: str | None = None


class Grid(NamedTuple):
    """A comparison of packages; `url` is where API v4 has it."""

    slug: str
    title: str
    description: str = ""
    url: str | None = None


class Change(NamedTuple):
    """One field's old and new value, as stored."""

    field: str
    old: Cell
    new: Cell


Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]


class Condition(NamedTuple):
    """`field operator value`; a value of None means unknown; `~` means contains."""

    field: str
    operator: Operator
    value: Value


class Query(NamedTuple):
    """Which packages, in which order, at which moment. Every condition must hold."""

    now: datetime
    key: int | None = None
    category: str | None = None
    grid: str | None = None
    tags: tuple[str, ...] = ()
    host: str | None = None
    archived: bool | None = None
    fetched_before: datetime | None = None
    failing: bool = False
    pinned: bool = False
    participant: str | None = None
    where: tuple[Condition, ...] = ()
    words: str | None = None
    sort: str | None = None
    descending: bool = False
    limit: int | None = None
    offset: int = 0


def nearest(name: str, known: Mapping[str, object] | list[str]) -> str:
    """Say which known name was meant: `; did you mean 'a' or 'b'?`, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=3)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""


_MEANT = {
    "stars": "repo_watchers",
    "watchers": "repo_watchers",
    "forks": "repo_forks",
    "description": "repo_description",
    "version": "pypi_version",
    "commits": "commits_over_52",
    "contributors": "participants",
    "docs": "documentation_url",
}
"""What people call some fields; API v4 calls them otherwise."""


def check_field(name: str) -> Field:
    """Return the field of that name; raise Invalid naming the nearest."""
    if name not in FIELDS:
        meant = f"; did you mean {_MEANT[name]!r}?" if name in _MEANT else ""
        hint = meant or nearest(name, FIELDS) or "; 'pkgcat schema' lists them"
        raise Invalid(f"there is no field {name!r}{hint}")
    return FIELDS[name]
