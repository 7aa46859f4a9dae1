"""Addresses in the answers of API v4."""

from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlencode

ROOT = "/api/v4/"


class Links(NamedTuple):
    """How a request's answer writes its links.

    `base` is all before the path. `suffix` is the format where it stands in the path: links then
    end with it and not with a slash. `format` is the parameter of that name, which every link
    repeats, even when it is empty.
    """

    base: str
    suffix: str | None = None
    format: str | None = None

    def resource(self, name: str) -> str:
        """Return the address of a list."""
        return self._finish(f"{self.base}{ROOT}{name}")

    def item(self, resource: str, id_: int) -> str:
        """Return the address of one package, grid or category."""
        return self._finish(f"{self.base}{ROOT}{resource}/{id_}")

    def _finish(self, stem: str) -> str:
        ending = "/"
        if self.suffix is not None:
            ending = f".{self.suffix}"
        if self.format is None:
            return f"{stem}{ending}"
        return f"{stem}{ending}?{urlencode({'format': self.format})}"


def quote_path(path: str) -> str:
    """Percent-encode a path as Django does."""
    return quote(path, safe="/:;@&+$,=-_.!~*'()")


def quote_query(query: str) -> str:
    """Percent-encode what may not stand in a query, as Django does; escapes stay as they are."""
    return quote(query, safe="/#%[]=:;$&()+,!?*@'~")


def replace_parameters(query: str, values: dict[str, str | None]) -> str:
    """Return a query with parameters replaced, or taken out for None; all sorted by name."""
    parameters = parse_qs(query, keep_blank_values=True)
    for name, value in values.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = [value]
    return urlencode(sorted(parameters.items()), doseq=True)
