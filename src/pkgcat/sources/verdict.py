"""What a status, its headers and its body mean: an answer, or which kind of error."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from pkgcat.sources.base import (
    Blocked,
    Failed,
    Forbidden,
    Limited,
    Malformed,
    Missing,
    Overloaded,
    Refused,
    SourceError,
)
from pkgcat.sources.reading import number

GUESS = timedelta(seconds=60)
"""How long to stay away from a host that does not say (GitHub's advice for its secondary limits)."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over the wire, decoded; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Quota:
    """What a host says we may still ask, and when the count begins anew."""

    limit: int | None
    remaining: int
    reset: datetime


def judge(where: str, reply: Reply, now: datetime) -> SourceError | None:
    """Return the error that a reply is, or None for an answer (200, 202, 204, 304, and 409: an empty repository)."""
    status = reply.status
    if status in (200, 202, 204, 304, 409):
        return None
    said, block = _complaint(reply)
    if limit := _limit(where, reply, said, now):
        return limit
    if status == 451 or (status == 403 and block is not None):
        reason = block or "the law"
        return Blocked(f"{where}: blocked ({reason}){_quote(said)}", reason)
    if status in (401, 403):
        return _denied(where, status, said)
    if status in (404, 410):
        return Missing(f"{where}: not found, or private ({status})")
    kind = Overloaded if status == 408 or status >= 500 else Failed
    return kind(f"{where}: the host failed, or answered what nobody expects ({status}){_quote(said)}")


def _denied(where: str, status: int, said: str) -> Forbidden:
    if status == 401:
        return Refused(f"{where}: the token was refused, or one is needed (401){_quote(said)}", said)
    return Forbidden(f"{where}: not allowed (403){_quote(said)}", said)


def quota(headers: dict[str, str], now: datetime) -> Quota | None:
    """Read the limits of GitHub and Bitbucket (`x-ratelimit-*`) or GitLab (`ratelimit-*`)."""
    for prefix in ("x-ratelimit", "ratelimit"):
        remaining = number(headers.get(f"{prefix}-remaining"))
        reset = number(headers.get(f"{prefix}-reset"))
        if remaining is not None and reset is not None:
            limit = number(headers.get(f"{prefix}-limit"))
            return Quota(limit, remaining, _after(reset, now))
    return None


def parse(where: str, body: bytes) -> Any:
    """Read JSON strictly: UTF-8, no NaN, no lone surrogates, no bottomless nesting."""
    try:
        text = body.decode()
        found = json.loads(text, parse_constant=_refuse)
        if _SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as exc:
        reason = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)[:120]
        raise Malformed(f"{where}: the answer is not JSON that can be stored: {reason}") from exc
    return found


def over_limit(where: str, answer: Any, reply: Reply, now: datetime) -> Limited | None:
    """Return the limit that GitHub's GraphQL reports with status 200, or None."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict) and error.get("type") in ("RATE_LIMITED", "RATE_LIMIT"):
            wait = _retry_after(reply.headers, now)
            left = quota(reply.headers, now)
            until = wait or (left.reset if left and left.remaining == 0 else None)
            return _limited(where, until, now)
    return None


def _limit(where: str, reply: Reply, said: str, now: datetime) -> Limited | None:
    """Tell a limit from the other meanings of 403, 429 and 503.

    GitHub: rest/using-the-rest-api/rate-limits-for-the-rest-api: retry-after, else the reset when
    nothing remains, else a minute.
    """
    if reply.status not in (403, 429, 503):
        return None
    wait = _retry_after(reply.headers, now)
    left = quota(reply.headers, now)
    spent = left is not None and left.remaining == 0
    if reply.status == 503 and not wait:
        return None
    if not (wait or spent or reply.status == 429 or "rate limit" in said.lower()):
        return None
    return _limited(where, wait or (left.reset if left and spent else None), now)


def _limited(where: str, until: datetime | None, now: datetime) -> Limited:
    told = until is not None and until > now
    until = until if until is not None and told else now + GUESS
    return Limited(f"{where}: its limit is reached until {until:%Y-%m-%d %H:%M:%S} UTC", until, told=told)


def _retry_after(headers: dict[str, str], now: datetime) -> datetime | None:
    text = headers.get("retry-after", "").strip()
    if (seconds := number(text)) is not None:
        return now + timedelta(seconds=min(seconds, 10**8))
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _after(reset: int, now: datetime) -> datetime:
    """Read a reset: epoch seconds, or, where too small for that, seconds from now (the IETF's draft)."""
    if reset < 10**9:
        return now + timedelta(seconds=min(reset, 10**8))
    try:
        return datetime.fromtimestamp(reset, UTC)
    except (ValueError, OverflowError, OSError):
        return now + GUESS


def _complaint(reply: Reply) -> tuple[str, str | None]:
    """Return what an error's body says, and why it is blocked if it says so."""
    try:
        body = parse("", reply.body)
    except Malformed:
        return "", None
    if not isinstance(body, dict):
        return "", None
    block = body.get("block")
    inner = body.get("error")
    said = body.get("message") or (inner.get("message") if isinstance(inner, dict) else inner)
    reason = (block.get("reason") or "no reason given") if isinstance(block, dict) else None
    return said[:200] if isinstance(said, str) else "", str(reason)[:40] if reason else None


def _quote(said: str) -> str:
    return f": {said}" if said else ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
