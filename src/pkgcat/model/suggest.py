"""Suggestions for a name that is not known."""

from collections.abc import Iterable

_MOST = 3


def suggest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'a' or 'b'?` with the nearest known names, or an empty text
    where none is near.

    Those that begin with the name are nearest, the shortest first. Case makes no difference.
    """
    from difflib import get_close_matches  # only for a mistake

    by_lower = {one.lower(): one for one in known}
    wanted = name.lower()
    longer = [one for one in by_lower if wanted and one.startswith(wanted)]
    close = get_close_matches(wanted, list(by_lower), n=_MOST)
    nearest = list(dict.fromkeys([*sorted(longer, key=len), *close]))[:_MOST]
    if not nearest:
        return ""
    return f"; did you mean {' or '.join(repr(by_lower[one]) for one in nearest)}?"
