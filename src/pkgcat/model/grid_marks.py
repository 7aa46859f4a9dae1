"""Ticks and crosses for what a grid says: the rule of Django Packages (its `style_element`)."""

import re

_POSITIVE = ("check", "yes", "good", "+1", "+")
_NEGATIVE = ("bad", "negative", "evil", "sucks", "no", "-1", "-")

_SEVERAL = (
    (r"\+2|\+{2}", 2),
    (r"-2|-{2}", -2),
    (r"\+[3-9]+|\+{3,}|\+[1-9][0-9]+", 3),
    (r"-[3-9]+|-{3,}|-[1-9][0-9]+", -3),
)


def count_ticks(text: str) -> int:
    """Return how many ticks a text stands for, crosses as a negative number; 0 for neither.

    A whole text is compared without case and the spaces around it, a beginning as it stands: `YES`
    is a tick, `Yes, since 2` is not, and `nothing` begins with `no`.
    """
    whole = text.strip().lower()
    if whole in _POSITIVE:
        return 1
    if whole in _NEGATIVE:
        return -1
    for pattern, ticks in _SEVERAL:
        if re.fullmatch(pattern, whole, re.ASCII):
            return ticks
    if text.startswith(_POSITIVE):
        return 1
    if text.startswith(_NEGATIVE):
        return -1
    return 0
