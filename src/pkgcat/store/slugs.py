"""Slugs among many: one that is free, and renames in an order in which no two are ever equal."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pkgcat.model.validate import MAX_SLUG_LENGTH


class RenamePlan(NamedTuple):
    """`steps` are the renames in order, temporary slugs included; `refused` are the keys that
    keep their slug.
    """

    steps: list[tuple[int, str]]
    refused: set[int]


def free_slug(stem: str, is_taken: Callable[[str], bool]) -> str:
    """Return the stem, or where it is taken the stem with the first free number: 2 to 9, then 18,
    36, 72 …

    The doubling keeps it from trying thousands of numbers.
    """
    slug, number = stem[:MAX_SLUG_LENGTH], 1
    while is_taken(slug):
        number = number + 1 if number < 9 else number * 2
        suffix = f"-{number}"
        slug = stem[: MAX_SLUG_LENGTH - len(suffix)] + suffix
    return slug


def choose_slug(stems: Iterable[str], is_taken: Callable[[str], bool]) -> str:
    """Return the first stem that is a slug and free, or else the last one with a number."""
    stem = ""
    for stem in map(_fit, stems):
        if not stem.isdigit() and not is_taken(stem):
            return stem
    return free_slug(stem, is_taken)


def _fit(stem: str) -> str:
    return stem[:MAX_SLUG_LENGTH].rstrip("-")


def plan_renames(current: Mapping[int, str], wanted: Mapping[int, str]) -> RenamePlan:
    """Plan renames: `current` has the slugs by key, `wanted` the new ones of some of these keys.

    Slugs are compared without case. A key keeps its slug where the one it wants is that of a key
    that stays, or is wanted by an earlier key. One whose slug changes in case only has it in any
    case.
    """
    holders = {slug.lower(): key for key, slug in current.items()}
    refused = _find_refused(current, wanted)
    targets = {key: slug for key, slug in wanted.items() if key not in refused}
    used = {*holders, *(slug.lower() for slug in targets.values())}
    steps: list[tuple[int, str]] = []
    planned: set[int] = set()
    for first in targets:
        chain = []
        key: int | None = first
        while key is not None and key in targets and key not in planned:
            planned.add(key)
            chain.append(key)
            key = holders.get(targets[key].lower())
        is_cycle = len(chain) > 1 and key == first
        if is_cycle:
            steps.append((first, free_slug(f"renaming-{first}", used.__contains__)))
        steps.extend((link, targets[link]) for link in reversed(chain))
    return RenamePlan(steps, refused)


def _find_claims(current: Mapping[int, str], wanted: Mapping[int, str]) -> dict[str, int]:
    """Return who may have each slug that is wanted, by the slug in lower case: whoever has it
    already, else the first one.
    """
    claims: dict[str, int] = {}
    for key, slug in wanted.items():
        if slug.lower() == current[key].lower():
            claims[slug.lower()] = key
    for key, slug in wanted.items():
        claims.setdefault(slug.lower(), key)
    return claims


def _find_refused(current: Mapping[int, str], wanted: Mapping[int, str]) -> set[int]:
    """Return the keys that cannot have the slug they want; each of them keeps its slug from
    others, too.
    """
    claims = _find_claims(current, wanted)
    refused = {key for key, slug in wanted.items() if claims[slug.lower()] != key}
    staying = [key for key in current if key not in wanted or key in refused]
    while staying:
        key = staying.pop()
        rival = claims.get(current[key].lower())
        if rival is not None:  # another key that was not refused: one that stays claims nothing
            refused.add(rival)
            staying.append(rival)
    return refused
