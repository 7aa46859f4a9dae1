"""Which packages declare that they support a version of Python or Django: `--supports`."""

import re
from collections.abc import Iterable
from itertools import chain

from pkgcat.errors import Invalid
from pkgcat.model.parsing import shorten
from pkgcat.model.query import DeclaredSupport
from pkgcat.store import Store, packages

_MAX_SPECIFIER = 500
"""So many characters of Requires-Python are read; a longer one declares nothing."""

_MAX_MINOR = 50
"""Minor or micro versions up to this one are tried where a request leaves them open."""

_CLASSIFIERS = {"python": "Programming Language :: Python", "django": "Framework :: Django"}

_ONLY_CLASSIFIERS = {
    "2": "Programming Language :: Python :: 3 :: Only",
    "3": "Programming Language :: Python :: 2 :: Only",
}
"""What contradicts a major version of Python."""


def read_supports(store: Store, texts: Iterable[str]) -> tuple[DeclaredSupport, ...]:
    """Return what packages must declare for texts such as `python=3.14`; raise Invalid."""
    return tuple(_read_support(store, text) for text in texts)


def _read_support(store: Store, text: str) -> DeclaredSupport:
    match = re.fullmatch(r"\s*(\w+)\s*={1,2}\s*(\d{1,4}(?:\.\d{1,4}){0,2})\s*", text)
    product = match[1].lower() if match else ""
    if match is None or product not in _CLASSIFIERS:
        raise Invalid(f"supports takes python=3.14 or django=6.0, not {shorten(text)}")
    version = match[2]
    minor = ".".join(version.split(".")[:2])  # classifiers name no more of a version
    classifier = f"{_CLASSIFIERS[product]} :: {minor}"
    if product == "django":
        return DeclaredSupport(classifier)
    admitting, refusing = _judge_specifiers(packages.list_python_requirements(store), version)
    only = _ONLY_CLASSIFIERS.get(version.split(".", maxsplit=1)[0])
    return DeclaredSupport(classifier, admitting, refusing, only)


def _judge_specifiers(
    specifiers: Iterable[str], version: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return those Requires-Python that admit a version, and those that refuse it.

    What is no specifier (PEP 440) is among neither.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # costs a start-up

    admitting, refusing = [], []
    for text in specifiers:
        if not text.strip() or len(text) > _MAX_SPECIFIER:
            continue
        try:
            specifier = SpecifierSet(text)
        except InvalidSpecifier:
            continue
        candidates = chain([version], _versions_below(version) if version in text else ())
        if any(specifier.contains(one, prereleases=True) for one in candidates):
            admitting.append(text)
        else:
            refusing.append(text)
    return tuple(admitting), tuple(refusing)


def _versions_below(version: str) -> Iterable[str]:
    """Return the versions that `3.14` or `3` stands for, beside itself: 3.14.1, or 3.1 and 3.1.1.

    Only a specifier that has `3.14` in it tells them apart.
    """
    places = version.count(".")
    if places == 2:
        return ()
    below = [f"{version}.{number}" for number in range(1, _MAX_MINOR + 1)]
    if places == 0:
        below += [f"{minor}.{_MAX_MINOR}" for minor in below]
    return below
