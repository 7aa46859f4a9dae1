"""The types of fields that hold several values, stored as JSON text."""

from datetime import datetime
from typing import Any, ClassVar

from pkgcat.errors import Invalid
from pkgcat.model.credentials import strip_credentials
from pkgcat.model.parsing import (
    compact_json,
    load_stored_json,
    parse_integers,
    parse_signed_integer,
    parse_text,
    refuse_stored,
    shorten,
)
from pkgcat.model.text import clean
from pkgcat.model.types.field_type import FieldType, SqlValue, Value


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
            raise Invalid(f'{name}: {shorten(given)} is not a list, such as ["a", "b"]')
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
        if stored in (None, "[]"):
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
            raise Invalid(f"{name}: {shorten(given)} is not a list, such as [1, 2]")
        return parse_integers(name, given)

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
