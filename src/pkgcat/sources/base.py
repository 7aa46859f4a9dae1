"""What every source shares: where it answers, what it is asked, what it tells, what can go wrong."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from pkgcat.errors import PkgcatError
from pkgcat.models import Values


@dataclass(frozen=True, slots=True)
class Place:
    """A service that answers: its name, where its API is, how to sign. `sources.place` makes one."""

    kind: str
    host: str
    api_url: str  # without a slash at its end
    authorization: str | None = field(default=None, repr=False)
    jobs: int = 4  # requests at once that it likes


@dataclass(frozen=True, slots=True)
class Stamp:
    """The validators of an answer (RFC 9110, 8.8) and the key of the request that they belong to."""

    key: str
    etag: str | None = None
    modified: str | None = None


class Stamps(Protocol):
    """The stored validators; a dict will do."""

    def get(self, key: str, /) -> Stamp | None:
        """Return the stamp last stored under that key."""
        ...


@dataclass(frozen=True, slots=True)
class Memory:
    """What a source wants back next time. The catalog stores it, as text, with the facts."""

    repo_id: str | None = None  # the host's own id, which survives renames
    pushed: str | None = None  # differs when something was pushed
    head: str | None = None  # newest commit seen on the default branch
    counted: datetime | None = None  # where the last of the 52 weeks ends
    asked: datetime | None = None  # when the rarely asked was asked (PyPI's status)
    commits: int | None = None  # on the default branch, where the host does not count them
    tally: Mapping[str, int] = field(default_factory=dict)  # commits by name, where the host keeps no such list

    def dump(self) -> str:
        """Return JSON text for the store: what is known, nothing else."""
        known = {name: value for name, value in asdict(self).items() if value not in (None, {})}
        return json.dumps(known, default=datetime.isoformat, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> "Memory":
        """Read what `dump` wrote."""
        known = json.loads(text)
        times = {name: datetime.fromisoformat(known[name]) for name in ("counted", "asked") if name in known}
        return cls(**{**known, **times})


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog has of a package: `path` on its host (owner/name, or PyPI's name), facts, memory.

    `memory` is empty for a package that this source has not told about yet.
    """

    path: str
    values: Values = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    @property
    def fetched(self) -> bool:
        """Whether there is anything that an 'unchanged' could refer to."""
        return self.memory != Memory()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a source tells of a package.

    In `values` a key is absent where the source cannot tell; None says that there is none.

    Store `values`, `memory` and `stamps` in one transaction: a validator that is stored without
    its facts would turn them into 'unchanged' for ever.
    """

    values: Values
    memory: Memory
    stamps: tuple[Stamp, ...] = ()
    moved_to: str | None = None  # the repository's new address
    repositories: tuple[str, ...] = ()  # PyPI: addresses of what may be its repository, likeliest first


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered; `json` is None where one of the flags is set."""

    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    where: str = ""  # for messages: the host and what it was asked
    unchanged: bool = False  # 304
    pending: bool = False  # 202: it is still being computed
    empty: bool = False  # 204, or 409 of a repository without commits
    stamp: Stamp | None = None


class Fetcher(Protocol):
    """Asks hosts. It knows status codes, limits, retries and validators, so that sources do not.

    `path` is relative to the place's API, or an address there that the host itself gave.
    All methods raise SourceError.
    """

    async def get(
        self,
        place: Place,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        retry: bool = True,
        patience: float = 0,
    ) -> Answer:
        """Ask for JSON.

        `conditional` allows the answer 'unchanged'; without `retry` a 5xx is not asked again;
        `patience` is how many seconds to wait before asking once more what is still pending.
        """
        ...

    async def post(self, place: Place, path: str, body: Mapping[str, object]) -> Answer:
        """Ask a question that has a body (GraphQL); a 5xx is not asked again."""
        ...


class Source(Protocol):
    """A module that knows one kind of host. It sees no store, no status code and no clock."""

    KIND: str  # the name in SOURCES, and `repo_host` of its repositories
    SCHEME: str  # how its tokens go into Authorization
    JOBS: int  # requests at once that its hosts like

    def api_url(self, host: str) -> str:
        """Return where the API of a host of this kind is."""
        ...

    def requests(self, place: Place, packages: Sequence[Known]) -> int:
        """Foretell the requests that `packages` will need if nothing was pushed and lists fit on one page."""
        ...

    async def fetch(self, place: Place, known: Known, fetcher: Fetcher, now: datetime) -> Facts:
        """Ask for one package; raise SourceError."""
        ...


Finish = Callable[[], Awaitable[Facts]]


@runtime_checkable
class BatchSource(Source, Protocol):
    """A source that can be asked for many packages at once."""

    BATCH: int  # packages in one survey

    def batched(self, place: Place) -> bool:
        """Whether this place can be surveyed (GitHub needs a token for it)."""
        ...

    async def survey(
        self, place: Place, packages: Sequence[Known], fetcher: Fetcher, now: datetime
    ) -> Sequence[Finish]:
        """Ask what can be asked in common; return, in order, what completes each package.

        Raises nothing: each package's error, a limit too, is raised by what completes it.
        """
        ...


class SourceError(PkgcatError):
    """A source did not tell; its text names the host and what it was asked."""


class Missing(SourceError):
    """There is no such thing, or it is private (404, 410)."""

    exit_code = 4


class Replaced(SourceError):
    """Another repository has taken over the name."""

    exit_code = 5


class Blocked(SourceError):
    """The host keeps it from everybody: a take-down, its terms (451, 403)."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Forbidden(SourceError):
    """Not for this user (403); `said` is the host's own text."""

    exit_code = 77

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


class Refused(Forbidden):
    """The token is wrong, or one is needed (401). Nothing else is asked of that host in this run."""


class Limited(SourceError):
    """The host has had enough of us until a time."""

    exit_code = 69

    def __init__(self, message: str, until: datetime, *, told: bool = True) -> None:
        super().__init__(message)
        self.until = until
        self.told = told  # by the host; otherwise it is our guess


class Failed(SourceError):
    """It did not work, for no reason that says anything about the package."""

    exit_code = 69


class Malformed(Failed):
    """The answer makes no sense."""

    exit_code = 1


class Passing(Failed):
    """It may work when tried again."""


class Overloaded(Passing):
    """The host could not do it (5xx); a smaller question may help."""
