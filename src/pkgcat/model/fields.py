"""The table of fields: all that pkgcat knows of each key of the record.

Options, editor, `--fields`, `--where`, JSON Schema, import, export, completion, the page and the
digest follow from it. A new field is one line at its end, since the order is a promise, and a
migration that adds its column.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.decision import DECISION, DECISIONS
from pkgcat.model.hosts import HOST_KINDS, HOST_KINDS_TEXT
from pkgcat.model.parsing import compact_json, load_stored_json, refuse_stored, shorten
from pkgcat.model.states import STATE_REASONS, STATES
from pkgcat.model.suggest import suggest
from pkgcat.model.text import clean
from pkgcat.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    GROUP_REFERENCE,
    GROUP_REFERENCE_LIST,
    IDENTIFIER,
    INTEGER,
    INTEGER_LIST,
    SLUG,
    TEXT,
    TEXT_LIST,
    TITLE,
    URL,
    VERSION,
    Collection,
    FieldType,
    SqlValue,
    TextList,
    Value,
)

Writer = Literal["user", "upstream", "bookkeeping", "derived"]
"""Who writes a field: a person, a source, pkgcat while it works, or nobody, as it follows
from other fields.
"""


class Field(NamedTuple):
    """One field of the record.

    `table` has it as a column of the same name; None: it is computed. A `required` field is never
    unknown; one that `keeps_empty` knows `""` beside unknown. `heading` stands above it in tables,
    `label` before its value in a `section` of the page of a package. `option` sets it on the
    command line. `references` is what its texts name; `choices` are the only ones it can have, where
    there are few. `events` are the kinds of news that a change
    of it may be (`services/digest.py`).
    """

    name: str
    type: FieldType
    writer: Writer
    help: str
    table: Literal["packages", "facts"] | None
    required: bool = False
    keeps_empty: bool = False
    editable: bool = True
    aliases: tuple[str, ...] = ()
    heading: str = ""
    label: str = ""
    section: Literal["", "repository", "pypi", "user"] = ""
    option: str = ""
    option_help: str = ""
    references: Literal["", "packages", "categories", "grids"] = ""
    choices: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def parse(self, given: object) -> Value:
        """Turn a JSON value into this field's; `null` and `""` mean unknown. Raises Invalid
        where it does not fit.
        """
        if given is None or (given == "" and not self.keeps_empty):
            if self.required:
                raise Invalid(f"{self.name} may not be empty")
            return self.type.unknown
        return self.type.parse_json(self.name, given)


class FactNames(TextList):
    """A list of fields that a source writes."""

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        names = super().parse_json(name, given)
        assert isinstance(names, tuple)
        for fact in names:
            check_fact(name, str(fact))
        return names

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType."""
        return check_fact(name, text)


class FactValues(Collection):
    """An object of fields that a source writes, each with a value; its unknown is the empty
    object.
    """

    name = "object of facts"
    schema: ClassVar[dict[str, Any]] = {"type": "object"}
    unknown: ClassVar[Value] = {}

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        if not isinstance(given, dict):
            raise Invalid(f"{name}: {shorten(given)} is not an object of facts")
        values = {}
        for fact, value in given.items():
            check_fact(name, fact)
            values[fact] = FIELDS[fact].parse(value)
        return values

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType."""
        return check_fact(name, text)

    def to_sql(self, value: Value) -> SqlValue:
        """See FieldType."""
        return compact_json(self.to_exact_json(value))

    def from_sql(self, stored: SqlValue) -> Value:
        """See FieldType."""
        values = {}
        for fact, value in load_stored_json(stored, dict).items():
            if fact not in PINNABLE:
                raise refuse_stored(stored, f"a value of the type {self.name}")
            values[fact] = FIELDS[fact].type.from_exact_json(value)
        return values

    def to_json(self, value: Value) -> Any:
        """See FieldType."""
        assert isinstance(value, dict)
        return {fact: FIELDS[fact].type.to_json(found) for fact, found in value.items()}

    def to_exact_json(self, value: Value) -> Any:
        """See FieldType."""
        assert isinstance(value, dict)
        return {fact: FIELDS[fact].type.to_exact_json(found) for fact, found in value.items()}

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType."""
        if stored is None:
            return ""
        import json  # few packages have such values

        texts = []
        for fact, value in load_stored_json(stored, dict).items():
            texts.append(f"{clean(fact)}: {clean(json.dumps(value))}")
        return ", ".join(texts)


FACT_NAMES, FACT_VALUES = FactNames(), FactValues()


def _user(name: str, type_: FieldType, help_: str, **more: Any) -> Field:
    return Field(name, type_, "user", help_, "packages", **more)


def _upstream(name: str, type_: FieldType, help_: str, **more: Any) -> Field:
    return Field(name, type_, "upstream", help_, "facts", **more)


def _bookkeeping(name: str, type_: FieldType, help_: str, **more: Any) -> Field:
    return Field(name, type_, "bookkeeping", help_, "facts", **more)


_REPOSITORY: Literal["repository"] = "repository"
_PYPI: Literal["pypi"] = "pypi"

_TABLE = (
    _user(
        "category",
        GROUP_REFERENCE,
        "slug of its category",
        references="categories",
        option="--category",
        option_help="Slug of a category.",
    ),
    _user(
        "grids",
        GROUP_REFERENCE_LIST,
        "slugs of the grids it is compared on",
        references="grids",
        option="--grid",
        option_help="Slug of a grid; may be repeated.",
    ),
    _user(
        "id", IDENTIFIER, "number, as on Django Packages when free", required=True, editable=False
    ),
    _user(
        "title",
        TITLE,
        "name for people, 1 to 100 characters",
        required=True,
        option="--title",
        option_help="Name for people, at most 100 characters.",
    ),
    _user(
        "slug",
        SLUG,
        "its name in the catalog",
        required=True,
        option="--slug",
        option_help="Its name in the catalog.",
    ),
    _upstream(
        "last_updated",
        DATETIME,
        "last commit on the default branch",
        section=_REPOSITORY,
        heading="last commit",
    ),
    _bookkeeping("last_fetched", DATETIME, "last successful refresh", heading="refreshed"),
    _user(
        "repo_url",
        URL,
        "address of the repository",
        option="--repo-url",
        option_help="Address of the repository.",
        events=("moved",),
    ),
    _upstream(
        "pypi_version",
        VERSION,
        "latest version on PyPI",
        section=_PYPI,
        heading="version",
        aliases=("version",),
        events=("released", "withdrawn"),
    ),
    _user("created", DATETIME, "when the record was made", editable=False),
    _user("modified", DATETIME, "when a person last edited it", editable=False),
    _upstream(
        "repo_forks",
        INTEGER,
        "forks of the repository",
        section=_REPOSITORY,
        heading="forks",
        aliases=("forks",),
    ),
    _upstream(
        "repo_description",
        TEXT,
        "the repository's description",
        heading="description",
        aliases=("description",),
        option="--description",
        option_help="Instead of the repository's own; pins it.",
    ),
    _user(
        "pypi_url",
        URL,
        "address of the project on PyPI",
        option="--pypi-url",
        option_help="Address or name on PyPI.",
    ),
    _user(
        "documentation_url",
        URL,
        "address of the documentation",
        keeps_empty=True,
        aliases=("docs",),
        option="--documentation-url",
        option_help="Address of the documentation.",
    ),
    _upstream(
        "repo_watchers",
        INTEGER,
        "stars of the repository",
        section=_REPOSITORY,
        heading="stars",
        aliases=("stars", "watchers"),
        events=("stars",),
    ),
    _upstream(
        "commits_over_52",
        INTEGER_LIST,
        "commits in each of 52 weeks, oldest first",
        heading="52 weeks",
        aliases=("commits",),
    ),
    _upstream(
        "participants", TEXT_LIST, "contributors, most commits first", aliases=("contributors",)
    ),
    _upstream(
        "repo_host",
        TEXT,
        HOST_KINDS_TEXT,
        section=_REPOSITORY,
        label="host",
        choices=tuple(HOST_KINDS),
        option="--repo-host",
        option_help=f"{HOST_KINDS_TEXT}.",
    ),
    _upstream(
        "repo_archived",
        BOOLEAN,
        "true when the repository is read-only",
        events=("archived", "unarchived"),
    ),
    _upstream(
        "repo_open_issues",
        INTEGER,
        "open issues of the repository",
        section=_REPOSITORY,
        label="open issues",
    ),
    _upstream(
        "repo_commit_count",
        INTEGER,
        "commits on the default branch",
        section=_REPOSITORY,
        label="commits",
    ),
    _upstream(
        "repo_license",
        TEXT,
        "the repository's licence, SPDX",
        section=_REPOSITORY,
        label="licence",
        events=("relicensed",),
    ),
    Field(
        "pypi_name",
        TEXT,
        "derived",
        "name on PyPI, normalised (PEP 503)",
        "packages",
        section=_PYPI,
        label="on PyPI",
    ),
    _upstream(
        "pypi_released",
        DATETIME,
        "when the latest version was released",
        section=_PYPI,
        label="released",
    ),
    _upstream(
        "pypi_requires_python", TEXT, "Python versions it declares", section=_PYPI, label="Python"
    ),
    _upstream(
        "pypi_license",
        TEXT,
        "the project's licence, SPDX",
        section=_PYPI,
        label="licence",
        events=("relicensed",),
    ),
    _upstream("pypi_classifiers", TEXT_LIST, "trove classifiers", section=_PYPI, label="Django"),
    _upstream("pypi_status", TEXT, "project status on PyPI (PEP 792)", events=("status",)),
    _upstream(
        "pypi_yanked",
        BOOLEAN,
        "true when the shown version is yanked",
        events=("yanked", "unyanked"),
    ),
    _upstream(
        "pypi_vulnerabilities",
        TEXT_LIST,
        "known vulnerabilities of the shown version",
        section=_PYPI,
        label="vulnerable",
        events=("vulnerable", "fixed"),
    ),
    _user(
        "notes",
        TEXT,
        "your own words about it",
        option="--notes",
        option_help="Your own words about it.",
    ),
    _user(
        "tags",
        TEXT_LIST,
        "your own labels",
        option="--tag",
        option_help="A label of your own; may be repeated.",
    ),
    _user(
        "replaced_by",
        TEXT,
        "slug of the package that replaces it",
        references="packages",
        option="--replaced-by",
        option_help="The package that replaces it.",
    ),
    Field("score", INTEGER, "derived", "Django Packages' score: stars, less for age", None),
    _user("pinned", FACT_NAMES, "facts you have set, which refresh leaves alone", editable=False),
    _bookkeeping("last_error", TEXT, "the last failure of a refresh"),
    _bookkeeping("last_error_at", DATETIME, "when it failed"),
    _bookkeeping("error_count", INTEGER, "failures in a row", required=True),
    _bookkeeping(
        "gone",
        TEXT_LIST,
        "what its host has had no more of on three days: repository, pypi",
        choices=("repository", "pypi"),
        events=("gone", "back"),
    ),
    _bookkeeping("upstream_values", FACT_VALUES, "what sources say of facts that are pinned"),
    Field(
        "state",
        TEXT,
        "derived",
        f"what stands out most: {', '.join(STATES)}",
        None,
        required=True,
        choices=STATES,
    ),
    _user("site", TEXT, "site that gave it its id; unknown: it was added here", editable=False),
    Field(
        "state_reasons",
        STATE_REASONS,
        "derived",
        "why: of each state that holds its word, a colon and the reason",
        None,
        heading="state",
    ),
    _user(
        "finished_until",
        DATE,
        "day until which you say that it is finished and needs no commits",
        option="--finished-until",
        option_help="It is finished until this day, and needs no commits; at most 2 years ahead.",
    ),
    _user("decision", DECISION, f"what you decided: {', '.join(DECISIONS)}", choices=DECISIONS),
    _user("decision_reason", TEXT, "why you decided so"),
    _user("decision_url", URL, "address of the evidence for it"),
    _user("decided", DATETIME, "when you decided", editable=False),
    _user("review_by", DATE, "day on which to look at the decision again"),
)  # end of the table

FIELDS: dict[str, Field] = {field.name: field for field in _TABLE}
"""Every field of the record, in its order."""

API_V4_KEYS = tuple(FIELDS)[:18]
"""The keys of Django Packages' API v4 record, in its order."""

PINNABLE = frozenset(field.name for field in _TABLE if field.writer == "upstream")
"""The fields that a person may set in place of a source: facts."""

EDITABLE = frozenset(
    field.name for field in _TABLE if field.writer in ("user", "upstream") and field.editable
)

_ADDRESSES = tuple(field.name for field in _TABLE if field.type.is_address)

FORMER_NAMES = {"behind_pins": "upstream_values"}
"""What release 0.1.0 called fields: read in imports and patches, never written."""


def rename_former_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record under the names that fields have now; raise Invalid where it has a field by
    both names.
    """
    for former, name in FORMER_NAMES.items():
        if former in record and name in record:
            raise Invalid(f"{name} is named twice: {former} is its former name")
    return {FORMER_NAMES.get(name, name): value for name, value in record.items()}


def check_field(name: str) -> Field:
    """Return the field of that name; raise Invalid naming the nearest."""
    if name in FIELDS:
        return FIELDS[name]
    for field in _TABLE:
        if name in field.aliases:
            raise Invalid(f"there is no field {name!r}; did you mean {field.name!r}?")
    hint = suggest(name, FIELDS) or "; 'pkgcat schema' lists them"
    raise Invalid(f"there is no field {name!r}{hint}")


def check_fact(name: str, fact: str) -> str:
    """Return the name of a fact; raise Invalid, which begins with `name`, for anything else."""
    if fact not in PINNABLE:
        raise Invalid(f"{name}: {fact!r} is not a fact{suggest(fact, PINNABLE)}")
    return fact


def addresses_in(record: Mapping[str, object]) -> Iterator[str]:
    """Yield the addresses in a record as they came, with any credentials that they have."""
    for name in _ADDRESSES:
        given = record.get(name)
        items = given if isinstance(given, list | tuple) else [given]
        for item in items:
            if isinstance(item, str):
                yield item
