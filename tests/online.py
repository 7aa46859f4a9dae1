"""A catalog beside a server that speaks the hosts' dialects: what tests of refresh and add stand on."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pkgcat.models import FIELDS, Query
from pkgcat.refresh import Refreshed, run
from pkgcat.sources import SOURCES, place
from pkgcat.sources.base import Place, Stamp
from pkgcat.sources.http import HttpFetcher
from pkgcat.store import Operation, Store, edits, facts, packages
from tests.conftest import NOW
from tests.upstream import Upstream

STATE = {"last_fetched", "last_error", "last_error_at", "error_count", "gone"}
"""Fields that tell how a refresh went."""

REPOSITORY = {
    "github": ("github.com", "ann/maps"),
    "gitlab": ("gitlab.com", "group/sub/maps"),
    "forgejo": ("codeberg.org", "ann/maps"),
    "bitbucket": ("bitbucket.org", "ann/maps"),
}
"""Where tests.upstream.small has a repository, on each kind of host."""


def places(upstream: Upstream, token: str | None = None) -> Callable[[str, str], Place]:
    """Say that every host is the server; GitHub gets the token."""

    def found(kind: str, host: str) -> Place:
        signed = token if host == "github.com" else None
        return place(SOURCES[kind], host, api_url=upstream.url(kind), token=signed, jobs=8)

    return found


class Validators:
    """The validators that a catalog has."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, key: str, /) -> Stamp | None:
        found = facts.stamp(self.store, key)
        return Stamp(key, *found) if found else None


async def _soon(_seconds: float) -> None:
    await asyncio.sleep(0)


def refresh(
    store: Store,
    upstream: Upstream,
    *slugs: str,
    now: datetime = NOW,
    token: str | None = None,
    timeout: float = 5,
    patience: float = 60,
) -> dict[str, Refreshed]:
    """Refresh packages (else all, the oldest first) as the command does, but for its clock and its naps."""
    named = [packages.find(store, slug) for slug in slugs]
    keys: Sequence[int] = named or facts.due_keys(store, Query(now))
    operation = Operation(store, "refresh", now)

    async def all_of_it() -> dict[str, Refreshed]:
        async with HttpFetcher(
            clock=lambda: now, stamps=Validators(store), sleep=_soon, timeout=timeout, patience=patience
        ) as fetcher:
            found = run(operation, keys, fetcher, places(upstream, token), {}, lambda: now)
            return {one.slug: one async for one in found}

    return asyncio.run(all_of_it())


def record(store: Store, slug: str, *, without: set[str] | frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a package's record as `show --json` has it."""
    (text,) = packages.as_json(store, FIELDS, Query(NOW, key=packages.find(store, slug)))
    return {name: value for name, value in json.loads(text).items() if name not in without}


def add(store: Store, slug: str, **values: Any) -> int:
    """Store a package by hand."""
    with store.operation(f"add {slug}", NOW) as operation:
        return edits.add(operation, {"slug": slug, "title": slug, **values})


def config(upstream: Upstream, folder: Path) -> dict[str, str]:
    """Return the environment in which pkgcat asks the server instead of the hosts."""
    file = folder / "config.toml"
    file.write_text(upstream.config(), encoding="utf-8")
    return {"PKGCAT_CONFIG": str(file)}
