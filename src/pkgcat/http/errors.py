"""What can go wrong with a request, or with what was answered to it."""

import re
from datetime import datetime

from pkgcat.errors import PkgcatError
from pkgcat.model.credentials import strip_credentials_in

_MAX_REASON_LENGTH = 200
"""In characters, of what a message quotes."""
_ERROR_NUMBER = r"\[Errno -?\d+\] ?"


class SourceError(PkgcatError):
    """A source did not tell; its text names the host and what it was asked.

    It may quote the host: credentials are cut from the addresses in it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(strip_credentials_in(message))


class NotFoundUpstream(SourceError):
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
    """Not for this user (403); `host_message` is the host's own text."""

    exit_code = 77

    def __init__(self, message: str, host_message: str = "") -> None:
        super().__init__(message)
        self.host_message = host_message


class Unauthorized(Forbidden):
    """The token is wrong, or one is needed (401). Nothing else is asked of that host in this
    run.
    """


class RateLimited(SourceError):
    """The host's rate limit is reached until a time."""

    exit_code = 69

    def __init__(self, message: str, until: datetime, *, stated_by_host: bool = True) -> None:
        super().__init__(message)
        self.until = until
        self.stated_by_host = stated_by_host  # False: `until` is pkgcat's guess


class RequestFailed(SourceError):
    """The request failed for a reason that says nothing about the package."""

    exit_code = 69


class Malformed(RequestFailed):
    """The answer makes no sense."""

    exit_code = 1


class TransientError(RequestFailed):
    """The request may succeed when it is sent again."""


class NoAnswer(TransientError):
    """The host has not answered at all in this run, neither to this request nor to one before."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"cannot reach {host}: {reason}")
        self.host, self.reason = host, reason


class NotPublic(SourceError):
    """The host is this machine, or in a private network, and nobody but a stranger named it."""


class ServerError(TransientError):
    """The host could not do it (5xx); a smaller question may help."""


def shorten_reason(said: str) -> str:
    """Return what a host or an error said, as a message quotes it: without the number of a system's
    error, and without credentials, which are cut while they can be recognised, and then shortened.
    """
    return strip_credentials_in(re.sub(_ERROR_NUMBER, "", said))[:_MAX_REASON_LENGTH]


def describe_unexpected(where: str, error: Exception) -> RequestFailed:
    """Return an error that no code foresaw as one of a request; its text is cut.

    It may repeat what a host sent. A package may fail so, and a run of many packages may not.
    """
    return RequestFailed(f"{where}: {shorten_reason(repr(error))}")
