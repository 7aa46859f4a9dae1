"""The record, its fields, and the rules that need nothing but data.

Named tuples instead of frozen dataclasses: as comparable, and a class costs 0.1 ms of start-up, not 0.6.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

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

MAX_SLUG, MAX_TITLE = 50, 100


class Package(NamedTuple):
    """One record: API v4's 18 keys in its order, then ours. Unknown is None or ()."""

    category: Annotated[str | None, "word", "slug of its category"] = None
    grids: Annotated[tuple[str, ...], "word", "slugs of the grids it is compared on"] = ()
    id: Annotated[int, "word", "number, as on Django Packages when free"] = 0
    title: Annotated[str, "word", f"name for people, 1 to {MAX_TITLE} characters"] = ""
    slug: Annotated[str, "word", "its name in the catalog"] = ""
    last_updated: Annotated[datetime | None, "fact", "last commit on the default branch"] = None
    last_fetched: Annotated[datetime | None, "state", "last successful refresh"] = None
    repo_url: Annotated[str | None, "word", "address of the repository"] = None
    pypi_version: Annotated[str | None, "fact", "latest version on PyPI"] = None
    created: Annotated[datetime | None, "word", "when the record was made"] = None
    modified: Annotated[datetime | None, "word", "when a person last edited it"] = None
    repo_forks: Annotated[int | None, "fact", "forks of the repository"] = None
    repo_description: Annotated[str | None, "fact", "the repository's description"] = None
    pypi_url: Annotated[str | None, "word", "address of the project on PyPI"] = None
    documentation_url: Annotated[str | None, "word", "address of the documentation"] = None
    repo_watchers: Annotated[int | None, "fact", "stars of the repository"] = None
    commits_over_52: Annotated[tuple[int, ...], "fact", "commits in each of 52 weeks, oldest first"] = ()
    participants: Annotated[tuple[str, ...], "fact", "contributors, most commits first"] = ()
    repo_host: Annotated[str | None, "fact", "github, gitlab, forgejo or bitbucket"] = None
    repo_archived: Annotated[bool | None, "fact", "true when the repository is read-only"] = None
    repo_open_issues: Annotated[int | None, "fact", "open issues of the repository"] = None
    repo_commit_count: Annotated[int | None, "fact", "commits on the default branch"] = None
    repo_license: Annotated[str | None, "fact", "the repository's licence, SPDX"] = None
    pypi_name: Annotated[str | None, "derived", "name on PyPI, normalised (PEP 503)"] = None
    pypi_released: Annotated[datetime | None, "fact", "when the latest version was released"] = None
    pypi_requires_python: Annotated[str | None, "fact", "Python versions it declares"] = None
    pypi_license: Annotated[str | None, "fact", "the project's licence, SPDX"] = None
    pypi_classifiers: Annotated[tuple[str, ...], "fact", "trove classifiers"] = ()
    pypi_status: Annotated[str | None, "fact", "project status on PyPI (PEP 792)"] = None
    pypi_yanked: Annotated[bool | None, "fact", "true when the shown version is yanked"] = None
    pypi_vulnerabilities: Annotated[tuple[str, ...], "fact", "known vulnerabilities of the shown version"] = ()
    notes: Annotated[str | None, "word", "your own words about it"] = None
    tags: Annotated[tuple[str, ...], "word", "your own labels"] = ()
    replaced_by: Annotated[str | None, "word", "slug of the package that replaces it"] = None
    score: Annotated[int | None, "derived", "Django Packages' score: stars, less for age"] = None
    pinned: Annotated[tuple[str, ...], "word", "facts you have set, which refresh leaves alone"] = ()
    last_error: Annotated[str | None, "state", "the last failure of a refresh"] = None
    last_error_at: Annotated[datetime | None, "state", "when it failed"] = None
    error_count: Annotated[int, "state", "failures in a row"] = 0
    gone: Annotated[tuple[str, ...], "state", "what its host has had no more of on three days: repository, pypi"] = ()
    behind_pins: Annotated[dict[str, Any], "state", "what sources say of facts that are pinned"] = {}  # noqa: RUF012


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
    name: Field(name, *_KINDS[hint.__origin__], *hint.__metadata__) for name, hint in Package.__annotations__.items()
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


_SLUG = r"[-a-zA-Z0-9_]+"


def check_slug(slug: str) -> str:
    """Return a slug that API v4 would take; raise Invalid with the rule it breaks."""
    if not re.fullmatch(_SLUG, slug):
        raise Invalid(f"slug {slug!r}: only letters, digits, - and _ are allowed")
    if len(slug) > MAX_SLUG:
        raise Invalid(f"slug {slug!r}: {len(slug)} characters, and {MAX_SLUG} are the most")
    if slug.isdigit():
        raise Invalid(f"slug {slug!r}: digits alone would be taken for an id; add a letter")
    return slug


def slugify(text: str) -> str:
    """Make a slug of a title: lower case, runs of anything else become one hyphen."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:MAX_SLUG].rstrip("-")


def check_title(title: str) -> str:
    """Return a title of 1 to 100 characters; raise Invalid otherwise."""
    if not title.strip():
        raise Invalid("title: it is empty")
    if len(title) > MAX_TITLE:
        raise Invalid(f"title: {len(title)} characters, and {MAX_TITLE} are the most")
    return title


def parse(name: str, given: object) -> Value:
    """Turn a JSON value into the field's own type; raise Invalid where it does not fit.

    `""` means unknown, except for `documentation_url`, both of whose empties API v4 knows.
    """
    known = FIELDS[name]
    if given is None or (given == "" and name != "documentation_url"):
        if known.nullable:
            return None
        if known.kind in EMPTY:
            return {} if known.kind == "facts" else ()
        raise Invalid(f"{name}: it is required")
    value = _PARSERS[known.kind](name, given)
    if name == "slug":
        check_slug(str(value))
    elif name == "title":
        check_title(str(value))
    elif name == "pinned" and (strangers := set(_strs(name, value)) - PINNABLE):
        raise Invalid(f"pinned: {min(strangers)!r} is not a fact")
    return value


def text_of(name: str, given: object) -> str:
    """Return text that can be stored; raise Invalid for other types, NUL and halves of surrogate pairs."""
    if not isinstance(given, str):
        raise Invalid(f"{name}: {_shown(given)} is not text")
    if not given.isascii() or "\0" in given:
        for character in given:
            if character == "\0" or "\ud800" <= character <= "\udfff":
                raise Invalid(f"{name}: U+{ord(character):04X} cannot stand in text")
    return given


def _int(name: str, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise Invalid(f"{name}: {_shown(given)} is not a whole number")
    if not 0 <= given < 2**63:
        raise Invalid(f"{name}: {_shown(given)} is out of range (0 to 2^63-1)")
    return given


def _bool(name: str, given: object) -> bool:
    if not isinstance(given, bool):
        raise Invalid(f"{name}: {_shown(given)} is neither true nor false")
    return given


def _datetime(name: str, given: object) -> datetime:
    if isinstance(given, datetime):
        return given
    try:
        return parse_time(text_of(name, given))
    except (ValueError, OverflowError):
        raise Invalid(f"{name}: {_shown(given)} is not a date and time with an offset (RFC 3339)") from None


def _strs(name: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple):
        raise Invalid(f"{name}: {_shown(given)} is not a list")
    return tuple(text_of(name, item) for item in given)


def _ints(name: str, given: object) -> tuple[int, ...]:
    if not isinstance(given, list | tuple):
        raise Invalid(f"{name}: {_shown(given)} is not a list")
    return tuple(_int(name, item) for item in given)


def _facts(name: str, given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Invalid(f"{name}: {_shown(given)} is not an object of facts")
    if strangers := given.keys() - PINNABLE:
        raise Invalid(f"{name}: {min(strangers)!r} is not a fact")
    return {fact: parse(fact, value) for fact, value in given.items()}


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}..."


_PARSERS: dict[Kind, Callable[[str, object], Value]] = {
    "str": text_of,
    "int": _int,
    "bool": _bool,
    "datetime": _datetime,
    "strs": _strs,
    "ints": _ints,
    "facts": _facts,
}


def parse_time(text: str) -> datetime:
    """Read RFC 3339 text as UTC; raise ValueError without an offset, OverflowError at the calendar's ends."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset: {text!r}")
    if not 1 < moment.year < 9999:
        raise OverflowError(f"no zone could show it: {text!r}")
    return moment.astimezone(UTC)


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
