"""What a request asks, as plain values."""

from functools import cached_property
from urllib.parse import parse_qsl, unquote

from starlette.types import Scope

from pkgcat.server.errors import HttpError

MAX_PARAMETERS = 1_000
"""A query has so many parameters at the most, as on the site."""


class Request:
    """One request without a body, which no answer depends on."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        """Percent-decoded; a fragment, which no client should send, is no part of it."""
        if b"#" in scope["raw_path"]:
            self.path = unquote(scope["raw_path"].partition(b"#")[0].decode("latin-1"))
        query: str = scope["query_string"].decode("latin-1")
        self.query = query.partition("#")[0]
        """As it was sent."""
        self.client: str = scope["client"][0] if scope.get("client") else ""
        """The address that the request came from."""
        self._headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in self._headers:
                value = self._headers[name] + b", " + value  # noqa: PLW2901  # a list, RFC 9110, 5.3
            self._headers[name] = value

    def header(self, name: bytes) -> str | None:
        """Return a header by its name in lower case; several of one name are one list."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the query in their order.

        Raises HttpError for more than MAX_PARAMETERS.
        """
        if not self.query:
            return []
        try:
            return parse_qsl(self.query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
        except ValueError:
            raise HttpError(400, f"More than {MAX_PARAMETERS:,} parameters.") from None

    def parameter(self, name: str) -> str | None:
        """Return the last value of a parameter; None where it is missing."""
        value = None
        for key, given in self.parameters:
            if key == name:
                value = given
        return value


def find_request(scope: Scope) -> Request:
    """Return the request of a scope, which is read once."""
    request: Request | None = scope.get("pkgcat.request")
    if request is None:
        request = scope["pkgcat.request"] = Request(scope)
    return request
