"""Where the value of a change came from, and the kinds of operations that change a catalog."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

OperationKind = Literal[
    "add",
    "category",
    "decide",
    "edit",
    "filter",
    "grid",
    "import",
    "refresh",
    "remove",
    "undo",
    "unknown",
]
"""`unknown` is read alone: release 0.1.0 stored no kinds."""

OriginKind = Literal["person", "host", "file", "site", "undo", "unknown"]


class Origin(NamedTuple):
    """Where a value came from.

    The name is the host of a repository or index, the name of a file as it was given, the address
    of a site, or the number of the operation that was undone. A person has none.
    """

    kind: OriginKind
    name: str = ""


PERSON = Origin("person")
PYPI = Origin("host", "pypi.org")
UNKNOWN = Origin("unknown")
"""Stored as NULL: release 0.1.0 stored no origins."""

Origins = Mapping[str, Origin]
"""Where the values of fields came from, by name."""

NO_ORIGINS: Origins = MappingProxyType({})

ORIGINS_KEY = "origins"
"""The key of an export's packages, categories and grids under which the origins of their values
stand.
"""
