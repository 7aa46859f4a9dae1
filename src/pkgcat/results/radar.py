"""Decisions about packages as a technology radar shows them: sectors, rings and moves."""

from datetime import datetime
from typing import NamedTuple


class Blip(NamedTuple):
    """A package on a radar.

    `earlier` is what was decided of it at the moment since which moves are told; None where nothing
    was.
    """

    number: int
    title: str
    decision: str
    earlier: str | None
    reason: str | None
    address: str | None


class Sector(NamedTuple):
    """The packages of a category, those of the innermost ring first."""

    title: str
    blips: tuple[Blip, ...]


class Radar(NamedTuple):
    """What is decided, but for what was rejected, by sectors; each package has a number of its own.

    Moves are told where `since` is given. `last_decided` is when something was decided last.
    """

    sectors: tuple[Sector, ...]
    rejected: tuple[Blip, ...]
    since: datetime | None = None
    last_decided: datetime | None = None

    @property
    def blips(self) -> tuple[Blip, ...]:
        """All packages by their number."""
        found: list[Blip] = []
        for sector in self.sectors:
            found += sector.blips
        return (*found, *self.rejected)
