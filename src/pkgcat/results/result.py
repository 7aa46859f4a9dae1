"""What every result offers to the formats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pkgcat.results.table import Table


class Result(Protocol):
    """A result that can be written in any format."""

    @property
    def single(self) -> bool:
        """Whether it is one thing, not a list of one."""
        ...

    def json_lines(self) -> Iterator[str]:
        """Yield each thing as the text of a JSON object."""
        ...

    def table(self) -> "Table":
        """Return the things as rows of a table."""
        ...
