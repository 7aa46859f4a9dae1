"""What trove classifiers declare: versions of Python and Django, the development status."""

import re
from collections.abc import Iterable

from pkgcat.model.types import SqlValue, TextList

_PYTHON = "Programming Language :: Python :: "
_DJANGO = "Framework :: Django :: "
_STATUS = "Development Status :: "
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}", re.ASCII)


class VersionList(TextList):
    """Versions, the oldest first."""

    def to_text(self, stored: SqlValue) -> str:
        """See FieldType. Versions that follow each other are written as a range."""
        if stored is None:
            return ""
        versions = self.from_sql(stored)
        assert isinstance(versions, tuple)
        return ", ".join(_join_ranges(tuple(map(str, versions))))


VERSION_LIST = VersionList()


def list_python_versions(classifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the Python versions that classifiers name, the oldest first."""
    return _list_versions(classifiers, _PYTHON)


def list_django_versions(classifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the Django versions that classifiers name, the oldest first."""
    return _list_versions(classifiers, _DJANGO)


def find_development_status(classifiers: Iterable[str]) -> str | None:
    """Return the development status that classifiers name, without its number: `Beta`. Of
    several it is the one that is named last.
    """
    status = None
    for classifier in classifiers:
        if classifier.startswith(_STATUS):
            status = classifier.removeprefix(_STATUS)
    if status is None:
        return None
    return re.sub(r"^\d+ - ", "", status) or None


def make_order_key(version: str) -> tuple[int, ...]:
    """Return what orders the versions of classifiers."""
    return tuple(map(int, version.split(".")))


def _list_versions(classifiers: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Return the versions behind a prefix; a mere `3` only where nothing more exact is named."""
    found = set()
    for classifier in classifiers:
        version = classifier.removeprefix(prefix)
        if version != classifier and _VERSION.fullmatch(version):
            found.add(version)
    exact = {version for version in found if "." in version}
    return tuple(sorted(exact or found, key=make_order_key))


def _join_ranges(versions: tuple[str, ...]) -> list[str]:
    """Return `3.9-3.12` for 3.9, 3.10, 3.11, 3.12; two that follow each other stay two."""
    ranges: list[list[str]] = []
    for version in versions:
        if ranges and _follows(version, ranges[-1][-1]):
            ranges[-1].append(version)
        else:
            ranges.append([version])
    joined = []
    for one in ranges:
        if len(one) > 2:
            joined.append(f"{one[0]}-{one[-1]}")
        else:
            joined += one
    return joined


def _follows(version: str, previous: str) -> bool:
    """Whether a version is the next minor one of the same major one."""
    if not _VERSION.fullmatch(version) or not _VERSION.fullmatch(previous):
        return False
    *major, minor = make_order_key(version)
    *previous_major, previous_minor = make_order_key(previous)
    return bool(major) and major == previous_major and minor == previous_minor + 1
