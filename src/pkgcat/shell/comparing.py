"""Commands that print a comparison: `--fields` names its rows."""

from pkgcat.services.compare import DERIVED_ROWS, check_row
from pkgcat.shell.options import Printing


class Comparing(Printing):
    """A command that compares packages; its rows are fields, and what follows from them."""

    more_fields = {name: row.help for name, row in DERIVED_ROWS.items()}  # noqa: RUF012

    def check_printed_field(self, name: str) -> None:
        """See Command."""
        check_row(name)
