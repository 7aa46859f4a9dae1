"""The record's JSON Schema (2020-12), made from the table of fields."""

from typing import Any

from pkgcat.model.fields import FIELDS, Field


def make_record_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `show --json` prints."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pkgcat package",
        "type": "object",
        "properties": {name: _make_property(field) for name, field in FIELDS.items()},
        "required": list(FIELDS),
    }


def _make_property(field: Field) -> dict[str, Any]:
    schema = dict(field.type.schema)
    if not field.required and field.type.unknown is None:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    schema["description"] = field.help
    return schema
