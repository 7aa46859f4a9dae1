"""The OpenAPI 3.1 document of pkgcat's own API."""

from typing import Any

from pkgcat import __version__
from pkgcat.server.api_pkgcat import ENDPOINTS, Endpoint

PATH = "/api/openapi.json"

_ERRORS = {
    "400": "The request is wrong; `detail` says how.",
    "401": "A token is needed.",
    "403": "Served to this machine alone.",
    "404": "Nothing has this name.",
    "405": "Only GET and HEAD.",
    "503": "Not now; try again.",
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}


def make_document() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "pkgcat", "version": __version__},
        "paths": {endpoint.path: {"get": _describe(endpoint)} for endpoint in ENDPOINTS},
        "components": {"schemas": {"Error": _ERROR}},
    }


def _describe(endpoint: Endpoint) -> dict[str, Any]:
    parameters = [parameter.describe() for parameter in endpoint.parameters]
    if "{name}" in endpoint.path:
        schema = {"type": "string", "minLength": 1}
        parameters.insert(0, {"name": "name", "in": "path", "required": True, "schema": schema})
    answer = {"description": endpoint.summary, "content": _content(endpoint.schema)}
    reference = {"$ref": "#/components/schemas/Error"}
    errors = {
        status: {"description": text, "content": _content(reference)}
        for status, text in _ERRORS.items()
    }
    return {
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": {"200": answer, "304": {"description": "Not changed."}, **errors},
    }


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
