"""Which states and decisions packages are to have, from what a person or a program asks for."""

from collections.abc import Sequence

from pkgcat.errors import Invalid
from pkgcat.model.decision import DECISIONS, NO_DECISION
from pkgcat.model.states import STATES
from pkgcat.model.suggest import suggest


def read_states(text: str | None) -> tuple[str, ...]:
    """Return the states that a text names, with commas between them; raise Invalid."""
    return _read_words("state", text, STATES)


def read_decisions(text: str | None) -> tuple[str | None, ...]:
    """Return the decisions that a text names, with commas between them, None for `none`; raise
    Invalid.
    """
    words = _read_words("decision", text, (*DECISIONS, NO_DECISION))
    return tuple(None if word == NO_DECISION else word for word in words)


def _read_words(noun: str, text: str | None, known: Sequence[str]) -> tuple[str, ...]:
    if text is None:
        return ()
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            hint = suggest(word, known) or f"; there are {', '.join(known)}"
            raise Invalid(f"there is no {noun} {word!r}{hint}")
    if not words:
        raise Invalid(f"no {noun} is named; there are {', '.join(known)}")
    return tuple(dict.fromkeys(words))
