"""What a person may decide about a package."""

from typing import Any, ClassVar

from pkgcat.errors import Invalid
from pkgcat.model.suggest import suggest
from pkgcat.model.types import Text, Value

DECISIONS = ("adopt", "trial", "assess", "hold", "reject")
"""The decisions, the most favourable first."""

NO_DECISION = "none"
"""The word for no decision."""


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
