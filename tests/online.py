"""A catalog beside a server that speaks the hosts' dialects: what tests of refresh and add
stand on.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.model.fields import FIELDS
from pkgcat.model.query import Query
from pkgcat.services.endpoints import StoredValidators
from pkgcat.services.refresh import RefreshedPackage, refresh_each
from pkgcat.store import Store, edits, packages
from pkgcat.store import refresh_store as facts
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import NOW
from tests.upstream import Upstream

STATE = {
    *("last_fetched", "last_error", "last_error_at", "error_count"),
    *("gone", "state", "state_reasons"),
}
"""Fields that tell how a refresh went."""

REPOSITORY = {
    "github": ("github.com", "ann/maps"),
    "gitlab": ("gitlab.com", "group/sub/maps"),
    "forgejo": ("codeberg.org", "ann/maps"),
    "bitbucket": ("bitbucket.org", "ann/maps"),
}
"""Where tests.upstream.small has a repository, on each kind of host."""


def places(upstream: Upstream, token: str | None = None) -> Callable[[str, str], Endpoint]:
    """Say that every host is the server; GitHub gets the token."""

    def found(kind: str, host: str) -> Endpoint:
        signed = token if host == "github.com" else None
        return make_endpoint(kind, host, api_url=upstream.url(kind), token=signed, jobs=8)

    return found


async def _soon(_seconds: float) -> None:
    await asyncio.sleep(0)


def refresh(
    store: Store,
    upstream: Upstream,
    *slugs: str,
    now: datetime = NOW,
    token: str | None = None,
    timeout: float = 20,
    max_wait: float = 60,
) -> dict[str, RefreshedPackage]:
    """Refresh packages (else all, the oldest first) as the command does, but for its clock
    and its naps.
    """
    named = [packages.find(store, slug) for slug in slugs]
    keys: Sequence[int] = named or facts.due_keys(store, Query(now))
    operation = Operation(store, "refresh", now, "refresh")

    async def all_of_it() -> dict[str, RefreshedPackage]:
        async with HttpFetcher(
            clock=lambda: now,
            validators=StoredValidators(store),
            sleep=_soon,
            timeout=timeout,
            max_wait=max_wait,
        ) as fetcher:
            found = refresh_each(operation, keys, fetcher, places(upstream, token), {}, lambda: now)
            return {one.slug: one async for one in found}

    return asyncio.run(all_of_it())


def record(
    store: Store, slug: str, *, without: set[str] | frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return a package's record as `show --json` has it."""
    (text,) = packages.as_json(store, FIELDS, Query(NOW, key=packages.find(store, slug)))
    return {name: value for name, value in json.loads(text).items() if name not in without}


def add(store: Store, slug: str, **values: Any) -> int:
    """Store a package by hand."""
    with begin_operation(store, f"add {slug}", NOW, kind="add") as operation:
        return edits.add(operation, {"slug": slug, "title": slug, **values})


def config(upstream: Upstream, folder: Path) -> dict[str, str]:
    """Return the environment in which pkgcat asks the server instead of the hosts."""
    file = folder / "config.toml"
    file.write_text(upstream.config(), encoding="utf-8")
    return {"PKGCAT_CONFIG": str(file)}
