"""What an import did: the outcome of each record, counted, and what a person is to know."""

from collections import Counter
from typing import Literal, NamedTuple

from pkgcat.errors import PkgcatError, Unstorable

RecordOutcome = Literal["added", "changed", "unchanged", "postponed", "removed"]

_NAMED_SLUGS = 3
"""So many slugs of each outcome are named."""

_MAX_REASONS = 40
"""Of so many skipped records the reasons are kept."""


class StoredRecord(NamedTuple):
    """What became of a record.

    `kept` are the user fields that keep their values though the record has others. A postponed
    record is stored at the end of the import (`finish_import`); one that is removed is that of a
    package which stays removed.
    """

    outcome: RecordOutcome
    slug: str
    kept: tuple[str, ...] = ()


class ImportReport:
    """What an import did."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How many records had each outcome; `skipped` is one of them."""
        self.slugs: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
        """The first slugs of an outcome."""
        self.skipped: list[str] = []
        """Why the first ones of the records were skipped."""
        self.renamed: list[str] = []
        """A line for each category, grid and package that is called otherwise now."""
        self.notes: list[str] = []
        """A line for each thing that was not stored as the import has it."""
        self.unknown_fields: set[str] = set()
        """Keys of records that pkgcat has no field for."""
        self.kept: list[tuple[str, tuple[str, ...]]] = []
        """Packages that keep what a person wrote though the import has something else, with the
        names of these fields.
        """
        self.credentials_cut: list[str] = []
        """Addresses that came with credentials, without them."""

    def add(self, outcome: StoredRecord | PkgcatError, *, lenient: bool) -> None:
        """Count what became of a record; raise the error of one that may not be skipped."""
        if isinstance(outcome, StoredRecord):
            if outcome.outcome != "postponed":
                self._count(outcome)
        elif lenient or isinstance(outcome, Unstorable):
            self.skip(str(outcome))
        else:
            raise outcome

    def skip(self, reason: str) -> None:
        """Count a record that was not stored, and keep the reason."""
        self.counts["skipped"] += 1
        if len(self.skipped) < _MAX_REASONS:
            self.skipped.append(reason)

    def _count(self, stored: StoredRecord) -> None:
        self.counts[stored.outcome] += 1
        if stored.kept:
            self.kept.append((stored.slug, stored.kept))
        slugs = self.slugs.get(stored.outcome)
        if slugs is not None and len(slugs) < _NAMED_SLUGS:
            slugs.append(stored.slug)
