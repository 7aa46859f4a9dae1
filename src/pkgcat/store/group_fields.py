"""Categories and grids as an import has them: checked, or repaired where they come from a site."""

from collections.abc import Iterable
from typing import Any

from pkgcat.errors import Conflict, Invalid
from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.model.json_text import shorten_json
from pkgcat.model.origin import ORIGINS_KEY, PERSON
from pkgcat.model.site_addresses import GroupAddress, group_address
from pkgcat.model.validate import MAX_SLUG_LENGTH
from pkgcat.store import groups
from pkgcat.store.groups import GROUP_FLAGS, GROUP_TIMES, SINGULAR, TITLES, Entity

Fields = dict[str, Any]
"""Fields of a category or grid by name; those that an import does not name are missing. Times are
as the catalog stores them. ORIGINS_KEY has the Origins of values that came from elsewhere.
"""

COLUMNS: dict[Entity, tuple[str, ...]] = {"categories": Category._fields, "grids": Grid._fields}
"""The fields of categories and of grids."""

COLUMNS_OF_GROUPS = frozenset((*Category._fields, *Grid._fields))


def read_groups(entity: Entity, entries: Any) -> list[Fields]:
    """Read the categories or grids of a file; raise Invalid where one breaks a rule, Conflict
    where one comes twice.
    """
    found = [_read_group(entity, entry) for entry in _check_list(entity, entries)]
    repeated = _find_repeated(found)
    if repeated:
        raise Conflict(f"{entity}: {_label(found[min(repeated)])} is named twice")
    return found


def repair_groups(entity: Entity, entries: Any, notes: list[str]) -> list[Fields]:
    """Read the categories or grids of a site: nothing stops the import of all the others.

    What is too long is cut, what breaks another rule or comes twice is left out, and `notes` gets a
    line for each.
    """
    found = []
    for entry in _check_list(entity, entries):
        fields = _repair_group(entity, entry, notes)
        if fields:
            found.append(fields)
    repeated = _find_repeated(found)
    notes += [
        f"{SINGULAR[entity]} {_label(found[number])} was skipped: it is named twice"
        for number in repeated
    ]
    return [fields for number, fields in enumerate(found) if number not in repeated]


def describe_group(group: Category | Grid) -> dict[str, Any]:
    """Return the fields of a group as an export has them; what only a site says is left out where it
    is unknown.
    """
    left_out = GROUP_FLAGS | GROUP_TIMES
    fields = group._asdict().items()
    return {name: value for name, value in fields if value is not None or name not in left_out}


def _with_origins(fields: Fields, entry: dict[str, Any]) -> Fields:
    """Return the fields of a group with the origins of those that a person wrote."""
    origins = entry.get(ORIGINS_KEY)
    names = origins.get(PERSON.kind) if isinstance(origins, dict) else None
    if isinstance(names, list):
        fields[ORIGINS_KEY] = {name: PERSON for name in names if _is_column(name)}
    return fields


def _is_column(name: Any) -> bool:
    return isinstance(name, str) and name in COLUMNS_OF_GROUPS


def _check_list(entity: Entity, entries: Any) -> list[Any]:
    if not isinstance(entries, list):
        raise Invalid(f"{entity}: {shorten_json(entries)} is not a list")
    return entries


def _read_group(entity: Entity, given: Any) -> Fields:
    one = SINGULAR[entity]
    if not isinstance(given, dict) or not given.get("slug") or not given.get("title"):
        raise Invalid(f"{one}: {shorten_json(given, 60)} has no slug or no title")
    fields: Fields = {}
    for name, value in _named_fields(entity, given).items():
        try:
            fields[name] = groups.check_field(entity, name, value, imported=True)
        except Invalid as error:
            raise Invalid(f"{one} {given['slug']!r}: {error}") from error
    return _with_origins(fields, given)


def _repair_group(entity: Entity, given: dict[str, Any], notes: list[str]) -> Fields:
    """Return what can be stored of a group; nothing where it has neither a slug nor an address."""
    longest = {"slug": MAX_SLUG_LENGTH, "title": TITLES[entity]}
    label = f"{SINGULAR[entity]} {_label(given)}"
    fields: Fields = {}
    for name, given_value in _named_fields(entity, given).items():
        value = given_value
        if isinstance(value, str) and len(value) > longest.get(name, len(value)):
            value = value[: longest[name]]
            notes.append(
                f"{label}: its {name} has {len(given_value)} characters and was cut to {len(value)}"
            )
        try:
            fields[name] = groups.check_field(entity, name, value, imported=True)
        except Invalid as error:
            notes.append(f"{label}: {error}; that was left out")
    if "slug" not in fields and "url" not in fields:
        notes.append(f"{label} was skipped: it has neither a slug nor an address")
        return {}
    return fields


def _named_fields(entity: Entity, given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that an import names; null, and an empty address, name nothing."""
    named = {name: given[name] for name in COLUMNS[entity] if given.get(name) is not None}
    if named.get("url") == "":
        del named["url"]
    return named


def _find_repeated(found: Iterable[Fields]) -> set[int]:
    """Return the numbers of the groups that came before: by address, or by slug, in the same case,
    where not both have an address.
    """
    repeated = set()
    addresses: set[GroupAddress] = set()
    has_address: dict[str, bool] = {}
    for number, fields in enumerate(found):
        address = group_address(fields["url"]) if "url" in fields else None
        slug = fields.get("slug", "")
        is_other_group = address is not None and has_address.get(slug, True)
        if address in addresses or (slug in has_address and not is_other_group):
            repeated.add(number)
            continue
        if address is not None:
            addresses.add(address)
        if slug:
            has_address[slug] = address is not None
    return repeated


def _label(given: dict[str, Any]) -> str:
    return str(given.get("slug") or given.get("url"))[:MAX_SLUG_LENGTH]
