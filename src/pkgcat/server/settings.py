"""What `pkgcat serve` was told."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pkgcat.model.days import CalendarSpan
from pkgcat.model.states import DEFAULT_INACTIVE_AFTER


class ServerSettings(NamedTuple):
    """What holds for all requests.

    `base_url` begins every link where it is set, without a slash at its end. `allowed_hosts` are
    names that a request may be sent to beside those of this machine. `timezone` is an IANA name.
    `with_notes` serves notes and the like to readers on other machines, too. `token` is what a reader has to send, if anything. `read_clock` tells the time; `tell` writes a line for the operator.
    """

    catalog: Path
    explicit: bool
    timezone: str
    read_clock: Callable[[], datetime]
    tell: Callable[[str], None]
    base_url: str | None = None
    allowed_hosts: frozenset[str] = frozenset()
    token: str | None = None
    logs_requests: bool = False
    with_notes: bool = False
    inactive_after: CalendarSpan = DEFAULT_INACTIVE_AFTER
