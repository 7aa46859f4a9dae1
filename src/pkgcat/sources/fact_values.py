"""From typed values to facts: what a source tells of a package, and what it must check."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from pkgcat.errors import Invalid
from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import Malformed, NotFoundUpstream, Replaced, RequestFailed
from pkgcat.http.redaction import REDACTED
from pkgcat.model.credentials import strip_credentials
from pkgcat.model.fields import FIELDS
from pkgcat.model.limits import MAX_ITEM_LENGTH, MAX_PARTICIPANTS, limit_list, limit_value
from pkgcat.model.source_data import StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import json_values

# White space is looked at from its first character only: else a long run of it takes quadratic
# time.
_ADDRESS = re.compile(r"(?:(?<!\s)\s++)?<[^<>]*>|(?<=[^\s@])@[^\s@]+\.[^\s@]+")


def make_values(where: str, given: Mapping[str, object]) -> Values:
    """Return facts of the right types, within the limits of `model.limits`; "" and null are
    None.
    """
    found: Values = {}
    try:
        for name, value in given.items():
            found[name] = FIELDS[name].parse(limit_value(name, value))
    except Invalid as exc:
        raise Malformed(f"{where}: {exc}") from exc
    return found


def drop_nulls(given: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is null where the host should have told: it stays unknown."""
    return {name: value for name, value in given.items() if value is not None}


def read_person_name(given: object) -> str | None:
    """Return a name without any e-mail address, or None; what is longer than MAX_ITEM_LENGTH
    is no name.
    """
    if not isinstance(given, str):
        return None
    name = _ADDRESS.sub("", given).strip()
    if not name or len(name) > MAX_ITEM_LENGTH:
        return None
    return name


def rank_names(tally: Mapping[str, int]) -> tuple[str, ...]:
    """Return names, most commits first and no more than may be stored; equals stay in order."""
    return tuple(limit_list(sorted(tally, key=lambda name: -tally[name]), MAX_PARTICIPANTS))


def count_names(
    names: Iterable[str | None], onto: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Count names onto what was counted before."""
    tally = dict(onto or {})
    for name in names:
        if name:
            tally[name] = tally.get(name, 0) + 1
    return tally


def check_same_repository(where: str, stored: StoredPackage, repo_id: str) -> None:
    """Raise Replaced when the name now belongs to another repository than the one that is
    stored.
    """
    if stored.memory.repo_id not in (None, repo_id):
        raise Replaced(
            f"{where}: {stored.path} is another repository now (id {repo_id}, not {stored.memory.repo_id}); "
            "set its new address with 'pkgcat edit --repo-url'"
        )


def read_path(where: str, stored: StoredPackage, name: str, given: object) -> str:
    """Return the path that a repository has on its host now; where the host tells none, the one
    that it was asked for.
    """
    return json_values.read_optional_text(where, name, given) or stored.path


def find_new_address(endpoint: Endpoint, stored: StoredPackage, path: str) -> str | None:
    """Return the address of a repository that a host now has under another path, without
    credentials, or None.
    """
    if path.lower() == stored.path.lower():
        return None
    if REDACTED in path:
        raise Malformed(
            f"{endpoint.host}: {stored.path}: it moved to an address that repeats the token"
        )
    return strip_credentials(f"https://{endpoint.host}/{path}")


@contextmanager
def missing_is_failure(where: str) -> Iterator[None]:
    """Make a part that is missing a failure: the thing itself has just been found."""
    try:
        yield
    except NotFoundUpstream as exc:
        raise RequestFailed(f"{where}: it is there, but a part of it is not: {exc}") from exc
