"""Lists that hosts answer page by page, numbered from 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tests.upstream.messages import Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `total` counts the rows of the whole list."""

    number: int
    size: int
    total: int
    rows: Sequence[T]

    @property
    def last(self) -> int:
        """Return the number of the last page; an empty list has one page."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.last

    def relate_pages(self) -> dict[str, int]:
        """Return the pages to link to, by their relation; none from a list of one page."""
        pages: dict[str, int] = {}
        if self.has_next:
            pages |= {"next": self.number + 1, "last": self.last}
        if self.number > 1:
            pages |= {"prev": self.number - 1, "first": 1}
        return pages


def paginate(
    request: Request, rows: Sequence[T], size_name: str, size: int, largest: int | None = None
) -> Page[T]:
    """Return the page that a request asks for, or the first; `size_name` is the parameter for
    its size.
    """
    number, size = request.read_number("page", 1), request.read_number(size_name, size)
    if largest is not None:
        size = min(size, largest)
    return Page(number, size, len(rows), rows[(number - 1) * size : number * size])


def format_link(
    request: Request, address: str, pages: Mapping[str, int], **changes: object
) -> dict[str, str]:
    """Return the Link header to some pages (RFC 8288), or no header if there are none."""
    links = []
    for relation, number in pages.items():
        links.append(f'<{request.repeat_query(address, **changes, page=number)}>; rel="{relation}"')
    return {"link": ", ".join(links)} if links else {}
