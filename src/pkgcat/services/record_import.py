"""Stores one imported record: as a new package, or what is new of one that is known."""

from collections import Counter
from typing import Any

from pkgcat.errors import Conflict, Invalid, PkgcatError, Unstorable
from pkgcat.model.fields import FIELDS, rename_former_fields
from pkgcat.model.origin import Origin, Origins
from pkgcat.model.query import Query
from pkgcat.model.types import Values
from pkgcat.services.import_groups import ImportState, name_groups
from pkgcat.services.import_report import StoredRecord
from pkgcat.services.record_merge import drop_equal, drop_overwriting
from pkgcat.services.record_origins import GivenOrigins, parse_origins
from pkgcat.services.record_reader import IncomingRecord
from pkgcat.services.record_site import find_site
from pkgcat.services.user_values import make_project_url
from pkgcat.store import edits, package_import, packages
from pkgcat.store.operation import Operation

_MAX_SLUG_IN_MESSAGE = 60


def store_record(
    operation: Operation,
    incoming: IncomingRecord,
    *,
    overwrite: bool,
    state: ImportState | None = None,
) -> StoredRecord:
    """Store one record: a new package, or what is new of a known one.

    What a person wrote stays unless `overwrite` is set; so do facts fetched later than the file's.
    A package that a person has removed stays removed where its whole site is imported. A record
    whose slug is that of another package of its site is postponed, as that one may be renamed later
    on. Raises a PkgcatError that begins with the record's position.
    """
    state = state or ImportState(operation.store)
    return _store(operation, incoming, overwrite=overwrite, state=state, may_wait=True)


def store_postponed(
    operation: Operation, incoming: IncomingRecord, *, overwrite: bool, state: ImportState
) -> StoredRecord:
    """Store a record that `store_record` has postponed; raise as it does."""
    return _store(operation, incoming, overwrite=overwrite, state=state, may_wait=False)


def _store(
    operation: Operation,
    incoming: IncomingRecord,
    *,
    overwrite: bool,
    state: ImportState,
    may_wait: bool,
) -> StoredRecord:
    try:
        values = _parse(incoming.record)
        origins = parse_origins(incoming.record)
        name_groups(operation, values, state)
        key = package_import.find(operation.store, values)
        if key is not None and _is_second_of_id(operation, key, values, state):
            values = {name: value for name, value in values.items() if name not in ("id", "site")}
            key = packages.key_of(operation.store, str(values["slug"]))
        if key is not None and _may_be_another(operation, key, values):
            if may_wait:
                state.postponed.append((incoming, overwrite))
                return StoredRecord("postponed", str(values["slug"]))
            _check_same(operation, key, values, state)
        if key is None:
            return _add(operation, values, origins, incoming, state, overwrite=overwrite)
        _check_not_seen(operation, key, values, state)
        stored = _merge(operation, key, values, origins.fields, overwrite=overwrite, state=state)
        state.seen.add(key, incoming.position, str(incoming.record["slug"]))
        return stored
    except PkgcatError as error:
        position = incoming.position
        if position != incoming.record.get("slug"):
            position += describe_slug(incoming.record)
        raise type(error)(f"{position}: {error}") from error


def describe_slug(record: dict[str, Any]) -> str:
    """Return the slug of a record for a message, in parentheses; nothing for one that may not be
    shown.
    """
    slug = record.get("slug", "")
    if not isinstance(slug, str) or not slug.isprintable():
        return ""
    if not 0 < len(slug) <= _MAX_SLUG_IN_MESSAGE:
        return ""
    return f" ({slug})"


def _stays_removed(operation: Operation, values: Values, state: ImportState) -> bool:
    """Whether a record of a whole site is of a package that a person has removed here."""
    given = package_import.make_identity(values)
    if given.site is None or given.site != state.whole_site:
        return False
    return package_import.was_removed_by_person(operation.store, given)


def _is_second_of_id(operation: Operation, key: int, values: Values, state: ImportState) -> bool:
    """Whether an earlier record of this import has the same id, and another slug: the second one is
    no rename of the first.
    """
    if state.seen.find(key) is None:
        return False
    stored = package_import.read_identity(operation.store, key)
    is_by_id = stored.id == package_import.make_identity(values).id
    return is_by_id and packages.slug(operation.store, key) != values["slug"]


def _may_be_another(operation: Operation, key: int, values: Values) -> bool:
    """Whether the package that was found by the slug of a record may be another one: it has
    another number on the site, or its slug differs in case.
    """
    stored = package_import.read_identity(operation.store, key)
    given = package_import.make_identity(values)
    if given.id == stored.id:
        return False
    if stored.site is not None and stored.site == given.site:
        return True
    slug = packages.slug(operation.store, key)
    return slug != values["slug"] and slug.lower() == str(values["slug"]).lower()


def _check_same(operation: Operation, key: int, values: Values, state: ImportState) -> None:
    """Raise Conflict where the package that was found by the slug of a record is another one,
    Unstorable where its slug differs in case.

    It is the same, and its site has given it another number, if the site has none of the number it
    has here; if that is not known, since no record has it, the repository must not differ.
    """
    slug = packages.slug(operation.store, key)
    if slug != values["slug"]:
        earlier = state.seen.find(key)
        of = f" of {earlier}" if earlier not in (None, slug) else ""
        raise Unstorable(f"the slug differs only in case from that of {slug}{of}, another package")
    site, number = package_import.read_identity(operation.store, key)
    if state.seen.find(key) is None:
        is_gone_there = site == state.whole_site
        if is_gone_there or not package_import.has_other_repository(operation.store, key, values):
            return
    raise Conflict(f"the slug {slug} is that of another package, number {number} of {site}")


def _check_not_seen(operation: Operation, key: int, values: Values, state: ImportState) -> None:
    """Raise Conflict where the package of a record was named by another record of this import."""
    earlier = state.seen.find(key)
    if earlier is not None:
        slug = packages.slug(operation.store, key)
        raise Conflict(f"{slug} was named before, by {earlier}; no package is named twice")


def _add(
    operation: Operation,
    values: Values,
    given: GivenOrigins,
    incoming: IncomingRecord,
    state: ImportState,
    *,
    overwrite: bool,
) -> StoredRecord:
    """Store a new package, unless a person has removed it; where the record does not tell, its row
    has the origin of most of its values.
    """
    if not overwrite and _stays_removed(operation, values, state):
        return StoredRecord("removed", str(values["slug"]))
    state.notes += package_import.yield_id(operation, package_import.make_identity(values))
    origin = given.creation or operation.origin
    origins = given.fields
    if origins:
        known = [name for name, value in values.items() if value not in (None, (), {})]
        origins = {**dict.fromkeys(known, origin), **origins}
    if origins and given.creation is None:
        ((origin, _),) = Counter(origins.values()).most_common(1)
    key = edits.add(operation, values, origin=origin, origins=origins)
    state.seen.add(key, incoming.position, str(values["slug"]))
    return StoredRecord("added", str(values["slug"]))


def _merge(
    operation: Operation,
    key: int,
    values: Values,
    origins: Origins,
    *,
    overwrite: bool,
    state: ImportState,
) -> StoredRecord:
    """Store what a record says of a package that is there."""
    old = next(packages.read(operation.store, Query(operation.now, key=key)))
    identity = _take_identity(operation, key, values, state)
    new_slug = str(values["slug"])
    is_renamed = new_slug != old.slug and (
        "site" in identity or new_slug.lower() != old.slug.lower()
    )
    del values["slug"]
    values = drop_equal(old, values)
    kept: tuple[str, ...] = ()
    if not overwrite:
        values, kept = drop_overwriting(operation, key, old, values)
    if is_renamed and _follows_rename(
        operation, key, old.slug, new_slug, overwrite=overwrite, state=state
    ):
        values["slug"] = new_slug
    changes = edits.merge(operation, key, {**values, **identity}, origins=origins)
    slug = packages.slug(operation.store, key)
    if slug != old.slug:
        state.renamed.append(f"package {old.slug} is now called {slug}")
    if not changes:
        return StoredRecord("unchanged", slug, kept)
    return StoredRecord("changed", slug, kept)


def _take_identity(operation: Operation, key: int, values: Values, state: ImportState) -> Values:
    """Take site and id out of the values of a record; return them where they are to be the
    package's.

    A site's own package changes its number only with the whole site.
    """
    given = package_import.make_identity(values)
    values.pop("site", None)
    values.pop("id", None)
    stored = package_import.read_identity(operation.store, key)
    if given.site is None or given.id is None or stored.site not in (None, given.site):
        return {}
    if stored.site is None and package_import.was_exported_here(operation.store, key, values):
        return {}
    if stored.site is not None and given.id != stored.id and state.whole_site is None:
        return {}
    if given != stored:
        state.notes += package_import.yield_id(operation, given, but=key)
        if given.id != stored.id:
            slug = packages.slug(operation.store, key)
            state.notes.append(
                f"package {slug} has the number {given.id} of {given.site} from now on "
                f"(it was {stored.id})"
            )
    return {"site": given.site, "id": given.id}


def _follows_rename(
    operation: Operation, key: int, old: str, new: str, *, overwrite: bool, state: ImportState
) -> bool:
    """Whether a known package is to take the slug that a record has for it now; if not, note
    it, or let it wait.
    """
    if not overwrite and not package_import.follows_slug(operation.store, key):
        state.notes.append(f"package {old}: your slug stays; the import calls it {new}")
        return False
    if packages.key_of(operation.store, new) not in (None, key):
        state.waiting[key] = new
        return False
    return True


def parse_record(operation: Operation, record: dict[str, Any], origin: Origin) -> Values:
    """Turn a record into checked values, categories and grids named by address into slugs.

    The categories and grids that are made for it have this origin.
    """
    values = _parse(record)
    own_origin, operation.origin = operation.origin, origin
    name_groups(operation, values, ImportState(operation.store))
    operation.origin = own_origin
    return values


def _parse(record: dict[str, Any]) -> Values:
    """Turn a record into checked values; categories and grids are named as the record names
    them.
    """
    for name in ("slug", "title"):
        if record.get(name) in (None, ""):
            raise Invalid(f"{name} may not be empty")
    values: Values = {}
    for name, given in rename_former_fields(record).items():
        if name in FIELDS and FIELDS[name].writer != "derived":
            values[name] = FIELDS[name].parse(given)
    project = record.get("pypi_name")
    if project and not values.get("pypi_url"):
        name = str(FIELDS["pypi_name"].parse(project))
        values["pypi_url"] = FIELDS["pypi_url"].parse(make_project_url(name))
    for name in ("created", "modified"):
        if values.get(name) is None:
            values.pop(name, None)
    values["site"] = values.get("site") or find_site(values)
    return values
