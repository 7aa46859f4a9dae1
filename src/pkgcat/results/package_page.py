"""What a page of a package says, in whatever form: its marks, what it is part of, its facts."""

from datetime import datetime
from typing import Literal, NamedTuple

from pkgcat.model.fields import FIELDS, Field
from pkgcat.model.package import Package
from pkgcat.model.text import clean
from pkgcat.model.wording import format_count, format_number

Tone = Literal["bad", "warning", "good"]

_DJANGO_CLASSIFIER = "Framework :: Django :: "
_FIRST_FIELDS = (
    "repo_host",
    "repo_watchers",
    "repo_forks",
    "repo_open_issues",
    "repo_commit_count",
    "last_updated",
    "repo_license",
    "pypi_name",
)
"""The order within the sections; other fields follow in the order of the table of fields."""

_AGE_TONES: dict[str, Tone] = {"inactive": "warning", "finished": "good"}


class Mark(NamedTuple):
    """What a user must know before anything else, and how bad that is."""

    text: str
    tone: Tone


class Fact(NamedTuple):
    """A field that is known, as text for eyes."""

    field: Field
    text: str

    @property
    def label(self) -> str:
        """What the field is called for eyes."""
        return self.field.label or self.field.heading


def list_marks(package: Package) -> list[Mark]:
    """Return what a user must know before anything else."""
    marks = []
    if package.replaced_by:
        marks.append(Mark(clean(f"replaced by {package.replaced_by}"), "warning"))
    if package.gone:
        marks.append(Mark(clean(f"{' and '.join(package.gone)} gone"), "bad"))
    if package.repo_archived:
        marks.append(Mark("archived", "warning"))
    if package.pypi_status not in (None, "active"):
        marks.append(Mark(clean(f"{package.pypi_status} on PyPI"), "warning"))
    if package.pypi_yanked:
        marks.append(Mark("yanked", "bad"))
    if package.pypi_vulnerabilities:
        count = len(package.pypi_vulnerabilities)
        marks.append(Mark(format_count(count, "vulnerability", "vulnerabilities"), "bad"))
    marks += _list_ages(package)
    if package.error_count:
        marks.append(Mark(f"failing ({package.error_count} in a row)", "bad"))
    return marks


def _list_ages(package: Package) -> list[Mark]:
    """Return since when it is inactive, or until when a person says that it is finished."""
    ages = []
    for reason in package.state_reasons:
        state, _, detail = reason.partition(": ")
        if state in _AGE_TONES:
            ages.append(Mark(clean(f"{state} {detail}"), _AGE_TONES[state]))
    return ages


def list_memberships(package: Package) -> list[str]:
    """Return its category, its grids and its tags, each as a phrase."""
    memberships = []
    if package.category:
        memberships.append(clean(package.category))
    if package.grids:
        noun = "grid" if len(package.grids) == 1 else "grids"
        memberships.append(clean(f"on {noun} {', '.join(package.grids)}"))
    if package.tags:
        memberships.append(" ".join(f"#{clean(tag)}" for tag in package.tags))
    return memberships


def list_facts(package: Package, section: str, now: datetime) -> list[Fact]:
    """Return the known fields of a section of the page."""
    fields = [FIELDS[name] for name in _FIRST_FIELDS]
    fields += [field for field in FIELDS.values() if field.name not in _FIRST_FIELDS]
    facts = []
    for field in fields:
        if field.section == section:
            text = _format_field(package, field, now)
            if text:
                facts.append(Fact(field, clean(text)))
    return facts


def _format_field(package: Package, field: Field, now: datetime) -> str:
    value = package.values[field.name]
    if field.name == "pypi_classifiers":
        return ", ".join(_list_django_versions(package))
    if value == field.type.unknown:
        return ""
    text = field.type.to_long_text(field.type.to_sql(value), now)
    if field.name == "repo_watchers" and package.score not in (None, value):
        text += f"  (score {format_number(package.score)})"
    return text


def _list_django_versions(package: Package) -> list[str]:
    """Return the Django versions that the classifiers name."""
    versions = []
    for classifier in package.pypi_classifiers:
        if classifier.startswith(_DJANGO_CLASSIFIER):
            versions.append(classifier.rsplit(" ", 1)[-1])
    return versions
