"""A package as HTML shows it: as a page, or as a row of a list."""

from datetime import datetime
from typing import NamedTuple

from pkgcat.formats.html.cells import Bars, format_day, format_moment, make_bars
from pkgcat.model.fields import FIELDS
from pkgcat.model.package import Package
from pkgcat.model.text import clean, link
from pkgcat.model.wording import format_number
from pkgcat.results.package_page import Fact, Mark, list_facts, list_marks, list_memberships

_CHART_HEIGHT = 48
_LINKS = (("repository", "repo_url"), ("PyPI", "pypi_url"), ("documentation", "documentation_url"))


class Link(NamedTuple):
    """An address; `href` is None where it is no link that a browser may follow."""

    label: str
    text: str
    href: str | None


class Moment(NamedTuple):
    """A moment: what happened then, its day, and itself as HTML has it."""

    label: str
    day: str
    time: str


class Decision(NamedTuple):
    """What a person decided, why, and until when that holds."""

    text: str
    moments: list[Moment]
    reason: str
    evidence: Link | None


class Listed(NamedTuple):
    """A package as a row."""

    title: str
    slug: str
    href: str | None
    links: list[Link]
    marks: list[Mark]
    description: str
    memberships: list[str]
    stars: str
    version: str
    updated: Moment | None
    bars: Bars | None
    decision: Decision | None


class Section(NamedTuple):
    """Known fields under a heading."""

    heading: str
    facts: list[Fact]


class Page(NamedTuple):
    """A package as a page."""

    title: str
    slug: str
    marks: list[Mark]
    description: str
    memberships: list[str]
    sections: list[Section]
    bars: Bars | None
    participants: str
    decision: Decision | None
    notes: str
    pinned: list[str]
    links: list[Link]
    id: int
    moments: list[Moment]
    error: str


def list_package(package: Package, now: datetime) -> Listed:
    """Return a package as a row."""
    links = _list_links(package)
    followed = [each.href for each in links if each.href]
    stars = "" if package.repo_watchers is None else format_number(package.repo_watchers)
    return Listed(
        title=clean(package.title).strip(),
        slug=clean(package.slug),
        href=followed[0] if followed else None,
        links=[each for each in links if each.href],
        marks=list_marks(package),
        description=clean(package.repo_description or ""),
        memberships=list_memberships(package),
        stars=stars,
        version=clean(package.pypi_version or ""),
        updated=_make_moment("last commit", package.last_updated),
        bars=make_bars(package.commits_over_52),
        decision=_make_decision(package),
    )


def make_page(package: Package, now: datetime) -> Page:
    """Return a package as a page."""
    moments = []
    for label, moment in (
        ("added", package.created),
        ("edited", package.modified),
        ("refreshed", package.last_fetched),
    ):
        made = _make_moment(label, moment)
        if made is not None:
            moments.append(made)
    sections = []
    for heading, name in (("Repository", "repository"), ("PyPI", "pypi"), ("Yours", "user")):
        facts = list_facts(package, name, now)
        if facts:
            sections.append(Section(heading, facts))
    return Page(
        title=clean(package.title).strip(),
        slug=clean(package.slug),
        marks=list_marks(package),
        description=clean(package.repo_description or "", lines=True),
        memberships=list_memberships(package),
        sections=sections,
        bars=make_bars(package.commits_over_52, _CHART_HEIGHT),
        participants=", ".join(map(clean, package.participants)),
        decision=_make_decision(package),
        notes=clean(package.notes or "", lines=True),
        pinned=_list_pinned(package),
        links=_list_links(package),
        id=package.id,
        moments=moments,
        error=clean(package.last_error or ""),
    )


def _make_moment(label: str, moment: datetime | None) -> Moment | None:
    if moment is None:
        return None
    return Moment(label, format_day(moment), format_moment(moment))


def _list_links(package: Package) -> list[Link]:
    links = []
    for label, name in _LINKS:
        address = package.values[name]
        if address:
            links.append(Link(label, clean(str(address)), link(str(address))))
    return links


def _make_decision(package: Package) -> Decision | None:
    if not package.decision:
        return None
    moments = []
    decided = _make_moment("decided", package.decided)
    if decided is not None:
        moments.append(decided)
    if package.review_by:
        day = package.review_by.isoformat()
        moments.append(Moment("review by", day, day))
    address = package.decision_url
    evidence = Link("evidence", clean(address), link(address)) if address else None
    reason = clean(package.decision_reason or "", lines=True)
    return Decision(clean(package.decision), moments, reason, evidence)


def _list_pinned(package: Package) -> list[str]:
    """Name the facts that a person has set, each with what its source says if that differs."""
    lines = []
    for name in package.pinned:
        line = name
        if name in package.upstream_values:
            upstream_value = package.upstream_values[name]
            if upstream_value != package.values[name]:
                type_ = FIELDS[name].type
                told = type_.to_text(type_.to_sql(upstream_value)) or "nothing"
                line += f"; its source says {told}"
        lines.append(clean(line))
    return lines
