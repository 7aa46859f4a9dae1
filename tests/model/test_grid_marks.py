"""Ticks and crosses, as the reference site was seen to give them."""

import pytest

from pkgcat.model.grid_marks import count_ticks


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        *((text, 1) for text in ("yes", "YES", " Yes ", "check", "good", "+", "+1", "yes, six")),
        *((text, 1) for text in ("goodbye", "checked", "+ some", "+++ and more", "+2 or so")),
        *((text, 2) for text in ("++", "+2", " +2 ")),
        *((text, 3) for text in ("+++", "++++", "+3", "+9", "+10", "+33")),
        *((text, -1) for text in ("no", "NO", "bad", "negative", "evil", "sucks", "-", "-1")),
        *((text, -1) for text in ("nothing", "note:", "badge", "no, but", "- see there")),
        *((text, -2) for text in ("--", "-2")),
        *((text, -3) for text in ("---", "-3", "-12")),
        *((text, 0) for text in ("Yes, since 2", "No way", "", "?", "maybe", "2", " no idea", "±")),
    ],
)
def test_a_text_has_as_many_ticks_as_on_the_site(text: str, ticks: int) -> None:
    assert count_ticks(text) == ticks
