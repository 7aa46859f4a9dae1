"""Parameters of requests: how they are read, and how OpenAPI describes them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pkgcat.server.errors import HttpError
from pkgcat.server.requests import Request

MAX_INTEGER = 2**31 - 1

TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
BOOLEAN: dict[str, Any] = {"type": "boolean"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": MAX_INTEGER}


class Parameter(NamedTuple):
    """One parameter of a query."""

    name: str
    schema: dict[str, Any]
    description: str

    def describe(self) -> dict[str, Any]:
        """Return it as OpenAPI 3.1 has it."""
        return {
            "name": self.name,
            "in": "query",
            "description": self.description,
            "schema": self.schema,
        }


def read_parameters(request: Request, known: Iterable[Parameter]) -> dict[str, Any]:
    """Return the values of a request's parameters by name; those of a list may be repeated.

    Raises HttpError for a parameter that is unknown, repeated, or no value of its type.
    """
    parameters = {parameter.name: parameter for parameter in known}
    values: dict[str, Any] = {}
    for name, text in request.parameters:
        if name not in parameters:
            listed = ", ".join(parameters) or "none"
            raise HttpError(400, f"There is no parameter {name!r}; there are: {listed}.")
        schema = parameters[name].schema
        if "\0" in text:
            raise HttpError(400, f"{name}: NUL is no character of a text.")
        if schema is TEXTS:
            values.setdefault(name, []).append(text)
        elif name in values:
            raise HttpError(400, f"{name} is given twice.")
        else:
            values[name] = _parse(name, text, schema)
    return values


def _parse(name: str, text: str, schema: dict[str, Any]) -> Any:
    if schema is BOOLEAN:
        if text not in ("true", "false"):
            raise HttpError(400, f"{name} is true or false.")
        return text == "true"
    if schema is COUNT:
        if not (text.isascii() and text.isdigit() and int(text[:20]) <= MAX_INTEGER):
            raise HttpError(400, f"{name} is a whole number up to {MAX_INTEGER}.")
        return int(text)
    return text
