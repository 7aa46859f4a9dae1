"""What a source of facts is, and what it may use to ask its host."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import SourceError
from pkgcat.http.responses import Answer
from pkgcat.model.source_data import Facts, StoredPackage


class Fetcher(Protocol):
    """Sends requests to hosts. It knows status codes, limits, retries and validators, so that
    sources do not.

    `path` is relative to the API, or an address there that the host itself gave.
    All methods raise SourceError.
    """

    async def get(
        self,
        endpoint: Endpoint,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        retry: bool = True,
        pending_wait: float = 0,
    ) -> Answer:
        """Ask for JSON.

        `conditional` allows the answer 'unchanged'; without `retry` a 5xx is not asked again;
        `pending_wait` is how many seconds to wait before asking once more what is still pending.
        """
        ...

    async def post(self, endpoint: Endpoint, path: str, body: Mapping[str, object]) -> Answer:
        """Ask a question that has a body (GraphQL); a 5xx is not asked again."""
        ...


class Source(Protocol):
    """A module that knows one kind of host. It sees no store, no status code and no clock."""

    KIND: str  # its name in `model.hosts`, and `repo_host` of its repositories

    def estimate_requests(self, endpoint: Endpoint, packages: Sequence[StoredPackage]) -> int:
        """Estimate the requests that `packages` will need if nothing was pushed and lists fit
        on one page.
        """
        ...

    async def fetch(
        self, endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
    ) -> Facts:
        """Ask for one package; raise SourceError."""
        ...


FactsOrError = Facts | SourceError
"""What became of one package: a failure among many is a value."""


@runtime_checkable
class BatchSource(Source, Protocol):
    """A source that can be asked for many packages at once."""

    BATCH: int  # the most packages in one batch

    def can_batch(self, endpoint: Endpoint) -> bool:
        """Whether this endpoint takes batches (GitHub needs a token for it)."""
        ...

    def fetch_batch(
        self, endpoint: Endpoint, packages: Sequence[StoredPackage], fetcher: Fetcher, now: datetime
    ) -> AsyncGenerator[tuple[int, FactsOrError]]:
        """Yield each package's index in `packages` with its facts or its error, as they come.

        Raises no SourceError. Closing the iterator cancels what is not there yet.
        """
        ...
