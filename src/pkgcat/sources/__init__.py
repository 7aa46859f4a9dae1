"""Where facts come from: one module for each kind of host, chosen here."""

from collections.abc import Mapping

from pkgcat.sources import bitbucket, forgejo, github, gitlab, pypi, reading
from pkgcat.sources.base import (
    BatchSource,
    Fetcher,
    Forbidden,
    Malformed,
    Missing,
    Overloaded,
    Place,
    Refused,
    Source,
)
from pkgcat.sources.places import place

__all__ = ["REPOSITORIES", "SOURCES", "batch_source", "detect", "place"]

REPOSITORIES: Mapping[str, Source] = {
    "github": github,
    "gitlab": gitlab,
    "forgejo": forgejo,
    "bitbucket": bitbucket,
}
"""Sources of repositories, by `repo_host`."""

SOURCES: Mapping[str, Source] = {**REPOSITORIES, "pypi": pypi}
"""Every source of facts."""


def batch_source(place: Place) -> BatchSource | None:
    """Return the source that can survey a place's packages in batches, or None."""
    source = SOURCES[place.kind]
    return source if isinstance(source, BatchSource) and source.batched(place) else None


async def detect(host: str, fetcher: Fetcher, *, root: str | None = None) -> str | None:
    """Ask an unknown host which kind it is; None is 'none of ours'. Worth remembering.

    Gitea and Forgejo tell their version to all; GitLab refuses to without a token, in JSON. `root`
    is the host's address where it is not https. Raises Failed where the host does not answer.
    """
    asked = Place("", host, root or f"https://{host}")
    if await _version(asked, "api/v1/version", fetcher):
        return forgejo.KIND
    try:
        return gitlab.KIND if await _version(asked, "api/v4/version", fetcher) else None
    except Refused as exc:
        return gitlab.KIND if exc.said else None


async def _version(asked: Place, path: str, fetcher: Fetcher) -> bool:
    try:
        answer = await fetcher.get(asked, path)
        return isinstance(reading.table(answer).get("version"), str)
    except Refused:
        if path.startswith("api/v4"):
            raise
    except (Missing, Forbidden, Malformed, Overloaded):
        pass
    return False
