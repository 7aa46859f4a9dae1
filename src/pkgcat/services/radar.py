"""Decisions as a technology radar: packages in sectors by category, with what moved since when."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.decision import DECISIONS
from pkgcat.model.folding import fold_text
from pkgcat.model.parsing import load_stored_datetime
from pkgcat.model.query import Query
from pkgcat.results.radar import Blip, Radar, Sector
from pkgcat.services.decision_moves import EarlierDecisions, read_earlier_decisions
from pkgcat.store import Store, categories, packages

_MAX_SECTORS = 6
_MAX_PACKAGES = 500
"""A radar of more packages is none that anybody can read."""
_OTHER = "Other categories"
_WITHOUT = "No category"
_FIELDS = (
    "title",
    "slug",
    "category",
    "decision",
    "decision_reason",
    "decided",
    "repo_url",
    "pypi_url",
)


class _Decided(NamedTuple):
    """A package of which something is decided, with the title of its category."""

    title: str
    slug: str
    category: str
    decision: str
    earlier: str | None
    reason: str | None
    address: str | None
    decided: str | None

    @property
    def place(self) -> tuple[int, str, str]:
        """Its place among those of its sector: by the ring, then by the title."""
        return DECISIONS.index(self.decision), fold_text(self.title), self.slug


def make_radar(store: Store, query: Query, since: datetime | None) -> Radar:
    """Return the radar of the decided packages of a query; raise Invalid where they are too many.

    The largest categories have sectors of their own, the others share one. Two catalogs with the
    same decisions make the same radar.
    """
    earlier = {} if since is None else read_earlier_decisions(store, since)
    decided = _read_decided(store, query._replace(decisions=DECISIONS), earlier)
    if len(decided) > _MAX_PACKAGES:
        raise Invalid(
            f"a radar has at most {_MAX_PACKAGES} packages, and {len(decided)} are decided; "
            "--where chooses some"
        )
    numbers = count(1)
    rejected = [one for one in decided if one.decision == DECISIONS[-1]]
    on_radar = [one for one in decided if one.decision != DECISIONS[-1]]
    sectors = []
    for title, members in _divide(on_radar):
        sectors.append(Sector(title, _make_blips(members, numbers)))
    moments = [one.decided for one in decided if one.decided is not None]
    last_decided = load_stored_datetime(max(moments)) if moments else None
    return Radar(tuple(sectors), _make_blips(rejected, numbers), since, last_decided)


def _read_decided(store: Store, query: Query, earlier: EarlierDecisions) -> list[_Decided]:
    titles = {category.slug: category.title for category in categories.list_categories(store)}
    keys = packages.keys(store, query)
    found = []
    for key, row in zip(keys, packages.rows(store, _FIELDS, query, whole=True), strict=True):
        values = [None if value is None else str(value) for value in row]
        title, slug, category, decision, reason, decided, repo_url, pypi_url = values
        assert title is not None
        assert slug is not None
        assert decision is not None
        shown = _WITHOUT if category is None else titles.get(category, category)
        was = earlier.get(key, decision)
        address = repo_url or pypi_url
        found.append(_Decided(title, slug, shown, decision, was, reason, address, decided))
    return found


def _divide(decided: list[_Decided]) -> list[tuple[str, list[_Decided]]]:
    """Return the packages by category: the largest categories by title, then all the others."""
    sizes = Counter(one.category for one in decided)
    largest = sorted(sizes, key=lambda title: (-sizes[title], fold_text(title), title))
    chosen = largest
    if len(largest) > _MAX_SECTORS:
        chosen = largest[: _MAX_SECTORS - 1]
    divided = []
    for title in sorted(chosen, key=lambda title: (title == _WITHOUT, fold_text(title), title)):
        divided.append((title, [one for one in decided if one.category == title]))
    others = [one for one in decided if one.category not in chosen]
    if others:
        divided.append((_OTHER, others))
    return divided


def _make_blips(members: list[_Decided], numbers: Iterable[int]) -> tuple[Blip, ...]:
    blips = []
    for one, number in zip(sorted(members, key=lambda one: one.place), numbers, strict=False):
        blips.append(Blip(number, one.title, one.decision, one.earlier, one.reason, one.address))
    return tuple(blips)
