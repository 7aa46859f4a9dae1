"""What a status, its headers and its body mean: an answer, or which kind of error."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from pkgcat.http.errors import (
    Blocked,
    Forbidden,
    Malformed,
    NotFoundUpstream,
    RateLimited,
    RequestFailed,
    ServerError,
    SourceError,
    Unauthorized,
    shorten_reason,
)
from pkgcat.http.redaction import Redactor
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.source_data import Validators

GUESS = timedelta(seconds=60)
"""How long to stay away from a host that does not say (GitHub's advice for its secondary
limits).
"""

LONGEST_LIMIT = timedelta(days=1)
"""A limit that is said to last longer is taken to last so long: no host has such a one."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over the wire, decompressed; header names in lower case.

    The secrets are taken out of the headers already, and out of the body when it is read as JSON.
    """

    status: int
    headers: dict[str, str]
    body: bytes | bytearray = field(repr=False)
    redactor: Redactor = field(default_factory=Redactor, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered; `json` is None where one of the flags is set."""

    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    where: str = ""  # for messages: the host and what it was asked
    unchanged: bool = False  # 304
    pending: bool = False  # 202: it is still being computed
    empty: bool = False  # 204, or 409 of a repository without commits
    validators: Validators | None = None

    @property
    def validators_to_store(self) -> tuple[Validators, ...]:
        """Its validators as Facts take them: one, or none."""
        return (self.validators,) if self.validators else ()


@dataclass(frozen=True, slots=True)
class Quota:
    """What a host says we may still ask, and when the count begins anew."""

    limit: int | None
    remaining: int
    reset: datetime


def classify_response(where: str, reply: Reply, now: datetime) -> SourceError | None:
    """Return the error that a reply is, or None for an answer (200, 202, 204, 304, and 409:
    an empty repository).
    """
    status = reply.status
    if status in (200, 202, 204, 304, 409):
        return None
    said, block = _read_error_body(reply)
    limit = _find_limit(where, reply, said, now)
    if limit is not None:
        return limit
    if status == 451 or (status == 403 and block is not None):
        reason = block or "the law"
        return Blocked(f"{where}: blocked ({reason}){_quote(said)}", reason)
    if status in (401, 403):
        return _access_error(where, status, said)
    if status in (404, 410):
        return NotFoundUpstream(f"{where}: not found, or private ({status})")
    return _host_failure(where, status, said)


def _host_failure(where: str, status: int, said: str) -> RequestFailed:
    message = f"{where}: the host failed, or answered what nobody expects ({status}){_quote(said)}"
    if status == 408 or status >= 500:
        return ServerError(message)
    return RequestFailed(message)


def _access_error(where: str, status: int, said: str) -> Forbidden:
    if status == 401:
        return Unauthorized(
            f"{where}: the token was refused, or one is needed (401){_quote(said)}", said
        )
    return Forbidden(f"{where}: not allowed (403){_quote(said)}", said)


def read_quota(headers: dict[str, str], now: datetime) -> Quota | None:
    """Read the limits of GitHub and Bitbucket (`x-ratelimit-*`) or GitLab (`ratelimit-*`)."""
    for prefix in ("x-ratelimit", "ratelimit"):
        remaining = parse_count(headers.get(f"{prefix}-remaining"))
        reset = parse_count(headers.get(f"{prefix}-reset"))
        if remaining is not None and reset is not None:
            limit = parse_count(headers.get(f"{prefix}-limit"))
            return Quota(limit, remaining, _after(reset, now))
    return None


def parse_json_body(where: str, reply: Reply) -> Any:
    """Return the JSON of a reply without the secrets that the host repeats in it; raise
    Malformed.
    """
    return reply.redactor.redact_json(parse_json(where, reply.body))


def parse_json(where: str, body: bytes | bytearray) -> Any:
    """Read JSON strictly: UTF-8, no NaN, no lone surrogates, no bottomless nesting."""
    try:
        text = body.decode()
        found = json.loads(text, parse_constant=_refuse)
        if _SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as exc:
        reason = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)[:120]
        error = Malformed(f"{where}: the answer is not JSON that can be stored: {reason}")
        raise error from None  # `exc` holds the body, which may repeat a token
    return found


def parse_count(given: object) -> int | None:
    """Return a whole number from 0 to 2^63 - 1 that came as JSON or in a header, or None."""
    if isinstance(given, str):
        is_number = given.isascii() and given.isdigit() and len(given) < 19
        return int(given) if is_number else None
    if not isinstance(given, int) or isinstance(given, bool):
        return None
    return given if 0 <= given < 2**63 else None


def find_graphql_limit(where: str, answer: Any, reply: Reply, now: datetime) -> RateLimited | None:
    """Return the limit that GitHub's GraphQL reports with status 200, or None."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if not isinstance(errors, list):
        return None
    for error in errors:
        if isinstance(error, dict) and error.get("type") in ("RATE_LIMITED", "RATE_LIMIT"):
            wait = _retry_after(reply.headers, now)
            return _rate_limited(where, wait or _find_reset(reply, now), now)
    return None


def _find_limit(where: str, reply: Reply, said: str, now: datetime) -> RateLimited | None:
    """Tell a limit from the other meanings of 403, 429 and 503.

    GitHub: rest/using-the-rest-api/rate-limits-for-the-rest-api: retry-after, else the reset when
    nothing remains, else a minute.
    """
    if reply.status not in (403, 429, 503):
        return None
    until = _retry_after(reply.headers, now)
    if reply.status == 503 and until is None:
        return None
    until = until or _find_reset(reply, now)
    if until is None and reply.status != 429 and "rate limit" not in said.lower():
        return None
    return _rate_limited(where, until, now)


def _find_reset(reply: Reply, now: datetime) -> datetime | None:
    """Return when a quota of which nothing remains begins anew; None where something remains."""
    quota = read_quota(reply.headers, now)
    if quota is None or quota.remaining > 0:
        return None
    return quota.reset


def _rate_limited(where: str, until: datetime | None, now: datetime) -> RateLimited:
    """Return the error; a time that is past is none, and GUESS from now is taken instead."""
    is_stated = until is not None and until > now
    if until is None or until <= now:
        until = now + GUESS
    message = f"{where}: its limit is reached until {until:%Y-%m-%d %H:%M:%S} UTC"
    return RateLimited(message, until, stated_by_host=is_stated)


def _retry_after(headers: dict[str, str], now: datetime) -> datetime | None:
    """Read Retry-After: seconds, however many, or a date (RFC 9110, 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _add_seconds(now, text)
    try:
        found = parsedate_to_datetime(text)
        return _cap(found if found.tzinfo else found.replace(tzinfo=UTC), now)
    except (ValueError, OverflowError):
        return None


def _after(reset: int, now: datetime) -> datetime:
    """Read a reset: epoch seconds, or, where too small for that, seconds from now (the IETF's
    draft).
    """
    if reset < 10**9:
        return _add_seconds(now, str(reset))
    try:
        return _cap(datetime.fromtimestamp(reset, UTC), now)
    except (ValueError, OverflowError, OSError):  # after the year 9999
        return now + LONGEST_LIMIT


def _add_seconds(now: datetime, digits: str) -> datetime:
    """Return a time so many seconds from now, LONGEST_LIMIT at the most."""
    most = int(LONGEST_LIMIT.total_seconds())
    digits = digits.lstrip("0") or "0"
    seconds = most if len(digits) > len(str(most)) else min(int(digits), most)
    return now + timedelta(seconds=seconds)


def _cap(moment: datetime, now: datetime) -> datetime:
    """Return a time, in UTC, LONGEST_LIMIT from now at the most."""
    if moment > now + LONGEST_LIMIT:
        return now + LONGEST_LIMIT
    return moment.astimezone(UTC)


def _read_error_body(reply: Reply) -> tuple[str, str | None]:
    """Return what an error's body says, and why it is blocked if it says so."""
    try:
        body = parse_json_body("", reply)
    except Malformed:
        return "", None
    if not isinstance(body, dict):
        return "", None
    inner = body.get("error")
    if isinstance(inner, dict):
        inner = inner.get("message")
    said = body.get("message") or inner
    message = shorten_reason(said) if isinstance(said, str) else ""
    block = body.get("block")
    if not isinstance(block, dict):
        return message, None
    reason = str(block.get("reason") or "no reason given")
    return message, strip_credentials_in(reason)[:40]


def _quote(said: str) -> str:
    return f": {said}" if said else ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
