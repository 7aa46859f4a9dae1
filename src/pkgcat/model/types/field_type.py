"""What every type of a field's value does (`FieldType`), and the forms of a value.

`Value` is the Python object that pkgcat works with; `SqlValue` is what a column of SQLite keeps;
the JSON form is what `--json` prints; text is what a person reads. Unknown is `None` in all of
them, except in collections, whose unknown is the empty one.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from pkgcat.model.parsing import refuse_stored
from pkgcat.model.text import clean

Value = (
    str | int | bool | date | datetime | tuple[str, ...] | tuple[int, ...] | dict[str, Any] | None
)
Values = dict[str, Value]
"""Some fields of a record, by name."""

SqlValue = str | int | None
"""Text, integer or NULL, as sqlite3 gives them."""

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
