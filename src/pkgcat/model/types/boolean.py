"""The type of fields that are true or false."""

from datetime import datetime
from typing import Any, ClassVar

from pkgcat.errors import Invalid
from pkgcat.model.parsing import shorten
from pkgcat.model.types.field_type import FieldType, SqlValue, Value

_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False, "": None}
"""What a cell of CSV may say."""


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
