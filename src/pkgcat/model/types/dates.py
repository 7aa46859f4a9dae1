"""The types of fields that hold a moment or a whole day."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from pkgcat.errors import Invalid
from pkgcat.model.days import parse_day
from pkgcat.model.parsing import (
    load_stored_datetime,
    parse_age,
    parse_datetime,
    parse_moment,
    parse_text,
    refuse_stored,
    shorten,
)
from pkgcat.model.text import clean
from pkgcat.model.types.field_type import ORDER_OPERATORS, FieldType, SqlValue, Value
from pkgcat.model.wording import format_age


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


class Day(FieldType):
    """A day of the calendar, in UTC where it is compared with a moment; stored as 10 characters
    (`2026-02-15`), so that text order is time order.
    """

    name = "date"
    schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "format": "date",
        "pattern": r"^\d{4}-\d\d-\d\d$",
    }
    operators = (*ORDER_OPERATORS, "in", "is", "older", "younger")

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType. Takes `2026-02-15`, as text or as TOML reads it."""
        if isinstance(given, date) and not isinstance(given, datetime):
            return given
        return parse_day(name, parse_text(name, given))

    def parse_condition(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType. Takes a date, a date and time, or how long ago: the day of that."""
        return parse_moment(name, text, now).date()

    def parse_age(self, name: str, text: str, now: datetime) -> Value:
        """See FieldType."""
        return parse_age(name, text, now).date()

    def to_sql(self, value: Value) -> SqlValue:
        """See FieldType."""
        if not isinstance(value, date):
            return value  # type: ignore[return-value]  # None, or the stored form itself
        return value.isoformat()

    def from_sql(self, stored: SqlValue) -> Value:
        """See FieldType."""
        if stored is None:
            return None
        try:
            return parse_day("", str(stored))
        except Invalid:
            raise refuse_stored(stored, "a date") from None

    def to_json(self, value: Value) -> Any:
        """See FieldType."""
        return self.to_sql(value)

    def from_exact_json(self, stored: Any) -> Value:
        """See FieldType."""
        return self.from_sql(stored)

    def from_csv(self, cell: str) -> Any:
        """See FieldType."""
        return cell.strip() or None

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType."""
        if stored is None:
            return ""
        return clean(str(stored))
