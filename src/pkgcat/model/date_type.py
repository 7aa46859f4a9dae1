"""The type of fields that hold a whole day."""

from datetime import date, datetime
from typing import Any, ClassVar

from pkgcat.errors import Invalid
from pkgcat.model.days import parse_day
from pkgcat.model.parsing import parse_age, parse_moment, parse_text, refuse_stored
from pkgcat.model.text import clean
from pkgcat.model.types import ORDER_OPERATORS, FieldType, SqlValue, Value


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


DATE = Day()
