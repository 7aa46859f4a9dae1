"""The types of fields that hold a whole number."""

import re
from datetime import datetime
from typing import Any, ClassVar

from pkgcat.model.parsing import parse_integer, parse_signed_integer
from pkgcat.model.types.field_type import ORDER_OPERATORS, FieldType, SqlValue, Value
from pkgcat.model.wording import format_number


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
        """See FieldType. `373.0` is what programs write for a column that has empty cells, too."""
        text = cell.strip()
        if found := re.fullmatch(r"(-?\d{1,19})(?:\.0{1,19})?", text):
            return int(found[1])
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
