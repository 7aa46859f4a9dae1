"""The numbers under which API v4 has categories and grids: given once, and kept for ever.

What came from a site has its number there. What was made here counts from 1,000,001, as packages
do, and keeps its number when it turns out to be on a site, too.
"""

from pkgcat.model.site_addresses import group_address
from pkgcat.store import Store, writers

FIRST_OWN_NUMBER = 1_000_001
"""What no site has given a number is counted from here."""

_MAX_DIGITS = 15
"""Longer numbers in addresses are no numbers of sites."""


def choose_number(store: Store, entity: str, url: str | None) -> int:
    """Return the number of a new group: the one in its address, if no other has it; else its own.

    Its own follows from the key that it will have, which no other group ever had.
    """
    number = _read_number(url)
    if number is not None and not _is_taken(store, entity, number, url):
        return number
    number = FIRST_OWN_NUMBER + int(store.value(f"SELECT coalesce(max(key), 0) FROM {entity}"))
    while _is_taken(store, entity, number, None):
        number += 1
    return number


def find_number_of_site(store: Store, entity: str, key: int, url: str | None) -> int | None:
    """Return the number that a group takes with a new address; None where it keeps the one it has.

    It takes the site's if it has one of its own so far, and no person made it: it came with an
    import that did not tell its number, or it is a category of a new catalog.
    """
    number = _read_number(url)
    stored = store.value(f"SELECT id FROM {entity} WHERE key = ?", (key,))
    if number is None or (stored is not None and stored < FIRST_OWN_NUMBER):
        return None
    is_made_here = writers.is_by_person(store, entity, key, "removed")
    if is_made_here or _is_taken(store, entity, number, url):
        return None
    return number


def _read_number(url: str | None) -> int | None:
    """Return the number that stands in an address."""
    if url is None:
        return None
    address = group_address(url)
    if not address.has_id or len(address.name) > _MAX_DIGITS:
        return None
    return int(address.name) or None


def _is_taken(store: Store, entity: str, number: int, url: str | None) -> bool:
    """Whether a group has a number, or had it before it was removed: `undo` may bring it back.

    A removed group of the same address does not count, as only one of the two can be there.
    """
    sql = f"SELECT removed, url FROM {entity} WHERE id = ?"
    for removed, other in store.rows(sql, (number,)):
        if not removed or url is None or other is None:
            return True
        if group_address(other) != group_address(url):
            return True
    return False
