"""Finds the module that speaks with a kind of host, and the kind of an unknown host."""

from importlib import import_module
from typing import cast

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import Forbidden, Malformed, NotFoundUpstream, ServerError, Unauthorized
from pkgcat.model.hosts import HOST_KINDS, HostKind, list_source_kinds
from pkgcat.sources import json_values
from pkgcat.sources.interface import BatchSource, Fetcher, Source


def load_source(name: str) -> Source:
    """Import the module of a kind of host; raise KeyError for a kind that is not in the table."""
    return cast("Source", import_module(list_source_kinds()[name].module))


def load_batch_source(endpoint: Endpoint) -> BatchSource | None:
    """Return the source that can ask an endpoint for many packages at once, or None."""
    source = load_source(endpoint.kind)
    if isinstance(source, BatchSource) and source.can_batch(endpoint):
        return source
    return None


async def detect_host_kind(
    host: str, fetcher: Fetcher, *, root: str | None = None, public_only: bool = False
) -> str | None:
    """Ask an unknown host for its version; return its kind, or None for none of the table's.

    Gitea and Forgejo tell it to all; GitLab refuses to without a token, in JSON. `root` is the
    host's address where it is not https. Raises RequestFailed where the host does not answer, and
    NotPublic for a host that is to be asked only where it is public.
    """
    endpoint = Endpoint("", host, root or f"https://{host}", public_only=public_only)
    candidates = [kind for kind in HOST_KINDS.values() if kind.version_path is not None]
    for kind in sorted(candidates, key=lambda kind: kind.version_needs_token):
        if await _tells_version(endpoint, kind, fetcher):
            return kind.name
    return None


async def _tells_version(endpoint: Endpoint, kind: HostKind, fetcher: Fetcher) -> bool:
    try:
        answer = await fetcher.get(endpoint, str(kind.version_path))
        version = json_values.json_object(answer).get("version")
    except Unauthorized as exc:
        return kind.version_needs_token and bool(exc.host_message)
    except (NotFoundUpstream, Forbidden, Malformed, ServerError):
        return False
    return isinstance(version, str)
