"""What a source tells of a package, and what it needs to ask less the next time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from pkgcat.model.parsing import compact_json, load_stored_datetime, load_stored_json, refuse_stored
from pkgcat.model.types import Values

_MOMENTS = {"counted", "asked"}
"""The fields of RefreshMemory that are times."""
_JSON_CLASSES = {
    "repo_id": str,
    "pushed": str,
    "head": str,
    "counted": str,
    "asked": str,
    "commits": int,
    "tally": dict,
}
"""What its fields are in JSON."""


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of an answer (RFC 9110, 8.8) and the hash of the request that it answered."""

    request: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshMemory:
    """What a source wants back next time. The catalog stores it, as text, with the facts."""

    repo_id: str | None = None  # the host's own id, which survives renames
    pushed: str | None = None  # differs when something was pushed
    head: str | None = None  # newest commit seen on the default branch
    counted: datetime | None = None  # where the last of the 52 weeks ends
    asked: datetime | None = None  # when the rarely asked was asked (PyPI's status)
    commits: int | None = None  # on the default branch, where the host does not count them
    tally: Mapping[str, int] = field(
        default_factory=dict
    )  # commits by name, where the host keeps no such list

    def dump(self) -> str:
        """Return JSON text for the store: what is known, nothing else."""
        known = {}
        for member in fields(self):
            value = getattr(self, member.name)
            if isinstance(value, datetime):
                known[member.name] = value.isoformat()
            elif value not in (None, {}):
                known[member.name] = value
        return compact_json(known)

    @classmethod
    def load(cls, text: str) -> "RefreshMemory":
        """Read what `dump` wrote; raise BadCatalog for anything else."""
        known = load_stored_json(text, dict)
        for name, value in known.items():
            if type(value) is not _JSON_CLASSES.get(name):
                raise refuse_stored(text, "what a source remembers")
            if name in _MOMENTS:
                known[name] = load_stored_datetime(value)
        return cls(**known)


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """What the catalog has of a package: `path` on its host (owner/name, or PyPI's name), facts,
    memory.

    `memory` is empty for a package that this source has not told about yet.
    """

    path: str
    values: Values = field(default_factory=dict)
    memory: RefreshMemory = field(default_factory=RefreshMemory)

    @property
    def fetched(self) -> bool:
        """Whether there is anything that an 'unchanged' could refer to."""
        return self.memory != RefreshMemory()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a source tells of a package.

    In `values` a key is absent where the source cannot tell; None says that there is none.

    Store `values`, `memory` and `validators` in one transaction: a validator that is stored without
    its facts would turn them into 'unchanged' for ever.
    """

    values: Values
    memory: RefreshMemory
    validators: tuple[Validators, ...] = ()
    moved_to: str | None = None  # the repository's new address
    repositories: tuple[
        str, ...
    ] = ()  # PyPI: addresses of what may be its repository, likeliest first
    credentials_cut: tuple[
        str, ...
    ] = ()  # addresses among the values that came with credentials, without them
