"""One object for each type of a field's value: how it is read, stored and written.

A value has four forms. `Value` is the Python object that pkgcat works with; `SqlValue` is what a
column of SQLite keeps; the JSON form is what `--json` prints; text is what a person reads. Unknown
is `None` in all of them, except in collections, whose unknown is the empty one.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from pkgcat.errors import Invalid
from pkgcat.model.addresses import strip_credentials
from pkgcat.model.folding import fold_text
from pkgcat.model.parsing import (
    compact_json,
    load_stored_datetime,
    load_stored_json,
    parse_age,
    parse_datetime,
    parse_integer,
    parse_moment,
    parse_signed_integer,
    parse_text,
    refuse_stored,
    shorten,
)
from pkgcat.model.text import clean
from pkgcat.model.validate import check_slug, check_title
from pkgcat.model.wording import format_age, format_number

Value = (
    str | int | bool | date | datetime | tuple[str, ...] | tuple[int, ...] | dict[str, Any] | None
)
Values = dict[str, Value]
"""Some fields of a record, by name."""

SqlValue = str | int | None
"""Text, integer or NULL, as sqlite3 gives them."""


_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False, "": None}
"""What a cell of CSV may say."""


ORDER_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


class FieldType:
    """The type of a field's value. A new type overrides what it does differently from plain
    text.
    """

    name: ClassVar[str]
    schema: ClassVar[dict[str, Any]]
    """Its JSON Schema (2020-12), without null."""
    operators: ClassVar[tuple[str, ...]] = (*ORDER_OPERATORS, "~", "in", "is")
    """What a condition may ask of it (model/expression.py)."""
    is_text: ClassVar[bool] = False
    is_address: ClassVar[bool] = False
    """Whether its texts may be addresses, with credentials in them."""
    is_collection: ClassVar[bool] = False
    is_number: ClassVar[bool] = False
    """Whether tables align it to the right."""
    has_stored_key: ClassVar[bool] = False
    """Whether a table keeps the sort keys of its values, in a column called NAME_key."""
    unknown: ClassVar[Value] = None
    json_class: ClassVar[type] = str
    """What `to_exact_json` makes of a value that is known."""

    def parse_json(self, name: str, given: object) -> Value:
        """Turn a JSON value into a Value; raise Invalid, which begins with the field's name."""
        raise NotImplementedError

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """Read the value of a condition such as `repo_watchers > 100`; raise Invalid."""
        return text

    def parse_age(self, name: str, text: str, now: datetime) -> Value:
        """Read the age of a condition such as `last_updated older than 5y`, as the moment that
        was then; raise Invalid. It is for types with these operators.
        """
        raise NotImplementedError

    def to_sql(self, value: Value) -> SqlValue:
        """Return what a column keeps."""
        return value  # type: ignore[return-value]  # text and integers are stored as they are

    def from_sql(self, stored: SqlValue) -> Value:
        """Return the Value that a column keeps."""
        return stored

    def to_sort_key(self, stored: SqlValue) -> SqlValue:
        """Return what a stored value is sorted and compared by; NULL stays NULL."""
        return stored

    def to_bound(self, operator: str, value: Value) -> tuple[str, SqlValue]:
        """Return the operator and the value with which stored sort keys are compared where `value`
        is compared with by <, <=, > or >=.
        """
        return operator, self.to_sort_key(self.to_sql(value))

    def to_json(self, value: Value) -> Any:
        """Return what `--json` prints."""
        return value

    def to_exact_json(self, value: Value) -> Any:
        """Return JSON that loses nothing, which `from_exact_json` reads back."""
        return self.to_json(value)

    def from_exact_json(self, stored: Any) -> Value:
        """Return the Value of what `to_exact_json` wrote; null is unknown. Raises BadCatalog."""
        if stored is not None and type(stored) is not self.json_class:  # a bool is an int, too
            raise refuse_stored(stored, f"a value of the type {self.name}")
        return stored  # type: ignore[return-value]

    def sql_to_json(self, stored: SqlValue) -> Any:
        """Return what `--json` prints of a stored value; NULL is null."""
        if stored is None:
            return None
        return self.to_json(self.from_sql(stored))

    def to_csv(self, stored: SqlValue) -> str:
        """Return the text of a CSV cell; unknown is an empty cell."""
        if stored is None:
            return ""
        return str(stored)

    def from_csv(self, cell: str) -> Any:
        """Return the JSON value that a CSV cell stands for; what does not fit is left for
        `parse_json` to refuse.
        """
        return cell or None

    def to_text(self, stored: SqlValue) -> str:
        """Return one line for eyes, cleaned; unknown is empty."""
        if stored is None:
            return ""
        return clean(str(stored))

    def to_short_text(self, stored: SqlValue, now: datetime) -> str:
        """Return what stands in a table on a terminal."""
        return self.to_text(stored)

    def to_long_text(self, stored: SqlValue, now: datetime) -> str:
        """Return what stands on the page of a package."""
        return self.to_short_text(stored, now)


class Text(FieldType):
    """Any text that UTF-8 and SQLite can hold."""

    name = "text"
    is_text = True
    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType. `""` stays `""`: what it means is the field's business."""
        return parse_text(name, given)

    def to_sort_key(self, stored: SqlValue) -> SqlValue:
        """See FieldType. Without case and accents."""
        if stored is None:
            return None
        return fold_text(str(stored))


class Version(Text):
    """A version, in the order of PEP 440 (`make_version_key`). Any text may stand for one."""

    has_stored_key = True

    def to_sort_key(self, stored: SqlValue) -> SqlValue:
        """See FieldType."""
        if stored is None:
            return None
        from pkgcat.model.versions import make_version_key  # reading imports it for nothing

        return make_version_key(str(stored))


class Slug(Text):
    """A name in the catalog (`check_slug`)."""

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return check_slug(parse_text(name, given))


class Title(Text):
    """A name for people (`check_title`)."""

    has_stored_key = True

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return check_title(parse_text(name, given))


class Url(Text):
    """An address. Credentials are cut from it, so that they are never stored."""

    is_address = True

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return strip_credentials(parse_text(name, given))


class GroupReference(Url):
    """What names a category: its slug, or in API v4 its address."""


class Integer(FieldType):
    """A whole number from 0."""

    name = "integer"
    schema: ClassVar[dict[str, Any]] = {"type": "integer"}
    operators = (*ORDER_OPERATORS, "in", "is")
    is_number = True
    json_class = int

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return parse_integer(name, given)

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType. Negative numbers may be asked for: a score can be one."""
        return parse_signed_integer(name, text)

    def from_csv(self, cell: str) -> Any:
        """See FieldType."""
        text = cell.strip()
        if re.fullmatch(r"-?\d{1,19}", text):
            return int(text)
        if re.fullmatch(r"-?\d{1,19}\.\d{1,19}", text):
            return float(text)
        return text or None

    def to_short_text(self, stored: SqlValue, now: datetime) -> str:
        """See FieldType. Thousands stand apart."""
        if stored is None:
            return ""
        return format_number(int(stored))


class Identifier(Integer):
    """A number that is a name."""

    def to_short_text(self, stored: SqlValue, now: datetime) -> str:
        """See FieldType."""
        return self.to_text(stored)


class Boolean(FieldType):
    """True, false or unknown; stored as 1 and 0."""

    name = "boolean"
    schema: ClassVar[dict[str, Any]] = {"type": "boolean"}
    operators = ("=", "!=", "in", "is")
    json_class = bool

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        if not isinstance(given, bool):
            raise Invalid(f"{name}: {shorten(given)} is neither true nor false")
        return given

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType."""
        word = text.lower()
        if word not in ("true", "false", "yes", "no"):
            raise Invalid(f"{name}: {text!r} is none of yes, no, true and false")
        return word in ("true", "yes")

    def to_sql(self, value: Value) -> SqlValue:
        """See FieldType."""
        if value is None:
            return None
        return int(bool(value))

    def from_sql(self, stored: SqlValue) -> Value:
        """See FieldType."""
        if stored is None:
            return None
        return bool(stored)

    def to_csv(self, stored: SqlValue) -> str:
        """See FieldType."""
        if stored is None:
            return ""
        return "true" if stored else "false"

    def from_csv(self, cell: str) -> Any:
        """See FieldType. Spreadsheets write capitals."""
        return _BOOLEANS.get(cell.strip().lower(), cell)

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType."""
        if stored is None:
            return ""
        return "yes" if stored else "no"


class DateTime(FieldType):
    """A moment in UTC; stored as 27 characters (`2026-02-15T09:01:40.502016Z`), so that text
    order is time order.
    """

    name = "datetime"
    schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
    }
    operators = (*ORDER_OPERATORS, "in", "is", "older", "younger")

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType. Takes RFC 3339 text with an offset."""
        if isinstance(given, datetime):
            return given
        try:
            return parse_datetime(parse_text(name, given))
        except (ValueError, OverflowError):
            raise Invalid(
                f"{name}: {shorten(given)} is not a date and time with an offset (RFC 3339)"
            ) from None

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType. Takes a date, a date and time, or how long ago."""
        return parse_moment(name, text, now)

    def parse_age(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType."""
        return parse_age(name, text, now)

    def to_sql(self, value: Value) -> SqlValue:
        """See FieldType."""
        if not isinstance(value, datetime):
            return value  # type: ignore[return-value]  # None, or the stored form itself
        return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def from_sql(self, stored: SqlValue) -> Value:
        """See FieldType."""
        if stored is None:
            return None
        return load_stored_datetime(stored)

    def to_bound(self, operator: str, value: Value) -> tuple[str, SqlValue]:
        """See FieldType. Whole seconds are compared, as they are shown: any moment within a second
        is neither before nor after it. So the bound is that second, or the next.
        """
        assert isinstance(value, datetime)
        is_before = operator in ("<", "<=")
        second = value.replace(microsecond=0)
        if second == value and operator in ("<", ">="):
            return operator, self.to_sql(second)
        try:
            bound = second + timedelta(seconds=1)
        except OverflowError:
            end = self.to_sql(value.replace(microsecond=999_999))
            return ("<=" if is_before else ">"), end
        return ("<" if is_before else ">="), self.to_sql(bound)

    def to_json(self, value: Value) -> Any:
        """See FieldType. Whole seconds, so that jq's fromdateiso8601 takes them."""
        if value is None:
            return None
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType. Whole seconds."""
        if stored is None:
            return ""
        return f"{clean(str(stored))[:19]}Z"

    def to_short_text(self, stored: SqlValue, now: datetime) -> str:
        """See FieldType. Its age."""
        if stored is None:
            return ""
        return format_age(load_stored_datetime(stored), now).removesuffix(" ago")

    def to_long_text(self, stored: SqlValue, now: datetime) -> str:
        """See FieldType. The day, and its age."""
        if stored is None:
            return ""
        moment = load_stored_datetime(stored)
        return f"{moment:%Y-%m-%d}  ({format_age(moment, now)})"

    def to_exact_json(self, value: Value) -> Any:
        """See FieldType. Microseconds are kept."""
        return self.to_sql(value)

    def from_exact_json(self, stored: Any) -> Value:
        """See FieldType."""
        return self.from_sql(stored)


class Collection(FieldType):
    """What is stored as JSON text."""

    operators = ("=", "!=", "~", "has", "in", "is")
    is_collection = True

    def to_sql(self, value: Value) -> SqlValue:
        """See FieldType."""
        return compact_json(value)

    def to_csv(self, stored: SqlValue) -> str:
        """See FieldType. A collection is JSON in one cell."""
        return str(stored)

    def from_csv(self, cell: str) -> Any:
        """See FieldType."""
        from pkgcat.model.json_text import BrokenJson, parse_json  # only CSV has such cells

        try:
            return parse_json(cell) if cell.strip() else None
        except BrokenJson:
            return cell


class TextList(Collection):
    """A list of texts; its unknown is the empty list."""

    name = "list of texts"
    schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "string"}}
    unknown: ClassVar[Value] = ()

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        if not isinstance(given, list | tuple):
            raise Invalid(f"{name}: {shorten(given)} is not a list")
        return tuple(parse_text(name, item) for item in given)

    def from_sql(self, stored: SqlValue) -> Value:
        """See FieldType."""
        return self.from_exact_json(load_stored_json(stored, list))

    def to_json(self, value: Value) -> Any:
        """See FieldType."""
        return list(value)  # type: ignore[arg-type]  # a tuple

    def from_exact_json(self, stored: Any) -> Value:
        """See FieldType."""
        if stored is None:
            return ()
        if not isinstance(stored, list) or not all(map(self._is_item, stored)):
            raise refuse_stored(stored, f"a value of the type {self.name}")
        return tuple(stored)

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType."""
        if stored is None:
            return ""
        items = self.from_sql(stored)
        assert isinstance(items, tuple)
        return ", ".join(clean(str(item)) for item in items)

    def _is_item(self, item: object) -> bool:
        return isinstance(item, str)


class GroupReferenceList(TextList):
    """What names grids: their slugs, or in API v4 their addresses."""

    is_address = True

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        references = super().parse_json(name, given)
        assert isinstance(references, tuple)
        return tuple(strip_credentials(str(reference)) for reference in references)


class IntegerList(TextList):
    """A list of whole numbers; its unknown is the empty list."""

    name = "list of integers"
    schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "integer", "minimum": 0}}

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        if not isinstance(given, list | tuple):
            raise Invalid(f"{name}: {shorten(given)} is not a list")
        return tuple(parse_integer(name, item) for item in given)

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType."""
        return parse_signed_integer(name, text)

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType."""
        if stored is None:
            return ""
        return clean(str(stored)).strip("[]")

    def _is_item(self, item: object) -> bool:
        return isinstance(item, int) and not isinstance(item, bool)


TEXT, SLUG, TITLE, URL, VERSION = Text(), Slug(), Title(), Url(), Version()
INTEGER, IDENTIFIER = Integer(), Identifier()
BOOLEAN, DATETIME = Boolean(), DateTime()
TEXT_LIST, INTEGER_LIST = TextList(), IntegerList()
GROUP_REFERENCE, GROUP_REFERENCE_LIST = GroupReference(), GroupReferenceList()
