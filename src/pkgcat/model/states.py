"""The words for the state of a package; `store/state_sql.py` has the rule."""

from datetime import datetime

from pkgcat.model.days import CalendarSpan
from pkgcat.model.text import clean
from pkgcat.model.types import SqlValue, TextList

STATES = (
    "gone",
    "quarantined",
    "vulnerable",
    "yanked",
    "deprecated",
    "archived",
    "replaced",
    "inactive",
    "finished",
    "unknown",
    "ok",
)
"""Every state, in the order in which they are judged: a package has the first one that holds."""

DEFAULT_INACTIVE_AFTER = CalendarSpan(months=18)
"""Without a commit and a release for so long a package is inactive."""

STATE_FIELDS = (
    "gone",
    "pypi_status",
    "pypi_vulnerabilities",
    "pypi_yanked",
    "repo_archived",
    "replaced_by",
    "finished_until",
    "last_updated",
    "pypi_released",
    "last_fetched",
    "repo_watchers",
    "pypi_version",
)
"""The fields that the state follows from."""


class StateReasons(TextList):
    """Why a package is in its state: for each state that holds texts of its word, a colon and the
    reason.
    """

    def to_short_text(self, stored: SqlValue, now: datetime) -> str:
        """See FieldType. The words alone, each once."""
        if stored is None:
            return ""
        reasons = self.from_sql(stored)
        assert isinstance(reasons, tuple)
        words = [str(reason).partition(":")[0] for reason in reasons]
        return ", ".join(clean(word) for word in dict.fromkeys(words))


STATE_REASONS = StateReasons()
