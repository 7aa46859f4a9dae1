"""The record of one package."""

from typing import Any

from pkgcat.model.fields import FIELDS
from pkgcat.model.types import Value, Values


class Package:
    """A record: each field of `FIELDS` is an attribute, unknown where it was not given.

    Attributes are typed Any, as the table of fields says at run time what they are.
    """

    __slots__ = ("values",)

    values: Values

    def __init__(self, **values: Value) -> None:
        unknown = {name: field.type.unknown for name, field in FIELDS.items()}
        object.__setattr__(self, "values", unknown | values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Package is not changed; {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Package) and self.values == other.values

    def __hash__(self) -> int:
        return hash((self.values["slug"], self.values["id"]))

    def __repr__(self) -> str:
        return f"Package({self.values['slug']!r})"

    def replace(self, **values: Value) -> "Package":
        """Return a record with some values changed."""
        return Package(**{**self.values, **values})
