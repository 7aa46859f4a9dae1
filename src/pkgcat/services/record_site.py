"""Which site a record of a package is of."""

from pkgcat.model.site_addresses import DJANGO_PACKAGES, group_address
from pkgcat.model.types import Values
from pkgcat.store.edits import MAX_SITE_ID


def find_site(values: Values) -> str | None:
    """Return the site whose number a record has; None where that cannot be told.

    API v4 names no site, but the addresses of the record's category and grids do. A higher number
    than sites have was given in a catalog.
    """
    number = values.get("id")
    if not isinstance(number, int) or not 0 < number <= MAX_SITE_ID:
        return None
    grids = values.get("grids")
    named = [values.get("category"), *(grids if isinstance(grids, tuple) else ())]
    for reference in named:
        if not isinstance(reference, str) or "://" not in reference:
            continue
        address = group_address(reference)
        if address.site == DJANGO_PACKAGES and address.has_id:
            return DJANGO_PACKAGES
        if address.site and address.has_id:
            return address.site.rpartition("/")[0] or address.site
    return None
