"""How much pkgcat takes of an answer, however much a host sends.

Honest answers stay far below these limits, and an answer at all of them at once is stored within a
fraction of a second.
"""

from collections.abc import Iterable
from typing import TypeVar

from pkgcat.errors import Invalid

MAX_ROWS = 10_000
"""So many objects of one JSON list are read: files, vulnerabilities, commits or contributors
of a page.
"""
MAX_COMMITS = 10_000
"""So many commits of one history are read, over all its pages; what counts them is then unknown."""
MAX_PARTICIPANTS = 10_000
"""So many participants are stored, those with most commits."""
MAX_ITEMS = 1_000
"""So many items are stored of any other list: classifiers, vulnerabilities."""
MAX_ALIASES = 100
"""So many other names of one vulnerability are read."""
MAX_LINKS = 1_000
"""So many links of a project are read."""
MAX_CANDIDATES = 10
"""So many of a project's links are tried as its repository."""
MAX_ITEM_LENGTH = 255
"""In characters; what is longer is no name, and is left out of its list."""
MAX_LIST_LENGTH = 250_000
"""In characters, all items of a list together."""
MAX_TEXT_LENGTH = 2_000
"""In characters: an address, a version, an id. A part of these would be wrong, so a longer
one is refused.
"""
MAX_DESCRIPTION_LENGTH = 10_000
"""In characters; a longer description is cut."""
MAX_LICENSE_LENGTH = 1_000
"""In characters, of an SPDX expression; a longer one is not read."""

_Item = TypeVar("_Item")


def limit_value(name: str, given: object) -> object:
    """Return what may be stored of a value that a host sent: a list or a description is cut.

    Raises Invalid where another text is longer than MAX_TEXT_LENGTH.
    """
    if isinstance(given, list | tuple):
        return limit_list(given, MAX_PARTICIPANTS if name == "participants" else MAX_ITEMS)
    if not isinstance(given, str):
        return given
    if name == "repo_description":
        return given[:MAX_DESCRIPTION_LENGTH]
    return check_length(name, given)


def limit_list(given: Iterable[_Item], most: int) -> list[_Item]:
    """Return the first items of a list, `most` of them and MAX_LIST_LENGTH characters at the most.

    Texts longer than MAX_ITEM_LENGTH are left out.
    """
    items: list[_Item] = []
    length = 0
    for item in given:
        size = len(item) if isinstance(item, str) else 0
        if size > MAX_ITEM_LENGTH:
            continue
        length += size
        if len(items) == most or length > MAX_LIST_LENGTH:
            break
        items.append(item)
    return items


def check_length(name: str, text: str) -> str:
    """Return a text that a host sent; raise Invalid where it is longer than MAX_TEXT_LENGTH."""
    if len(text) > MAX_TEXT_LENGTH:
        raise Invalid(f"{name}: {len(text):,} characters, and {MAX_TEXT_LENGTH:,} are the most")
    return text
