"""What a person may decide about a package."""

from typing import Any, ClassVar, Literal

from pkgcat.errors import Invalid
from pkgcat.model.suggest import suggest
from pkgcat.model.types import Text, Value

DECISIONS = ("adopt", "trial", "assess", "hold", "reject")
"""The decisions, the most favourable first."""

NO_DECISION = "none"
"""The word for no decision."""

Move = Literal["new", "in", "out", "unchanged"]
"""What became of a decision: `in` is to a more favourable one, as towards the centre of a radar."""


def find_move(old: str | None, new: str) -> Move:
    """Return what became of a decision; None is that there was none."""
    if old is None:
        return "new"
    if old == new:
        return "unchanged"
    return "in" if DECISIONS.index(new) < DECISIONS.index(old) else "out"


def describe_move(old: str | None, new: str) -> str:
    """Say in a few words what became of a decision; nothing where it is as it was."""
    move = find_move(old, new)
    if move == "new":
        return "new"
    if move == "unchanged":
        return ""
    return f"{move} from {old}"


class Decision(Text):
    """One of DECISIONS."""

    schema: ClassVar[dict[str, Any]] = {"type": "string", "enum": list(DECISIONS)}

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        word = str(super().parse_json(name, given)).lower()
        if word not in DECISIONS:
            hint = suggest(word, DECISIONS) or f"; there are {', '.join(DECISIONS)}"
            raise Invalid(f"{name}: there is no decision {given!r}{hint}")
        return word


DECISION = Decision()
