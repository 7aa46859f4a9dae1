"""Imports a text or a site: its header, its categories and grids, its records."""

from collections.abc import Collection, Iterable
from typing import Any

from pkgcat.errors import Conflict, Invalid, NotFound, PkgcatError, Unstorable
from pkgcat.model.credentials import addresses_with_credentials
from pkgcat.model.fields import FIELDS, addresses_in
from pkgcat.model.origin import ORIGINS_KEY
from pkgcat.model.parsing import parse_integer
from pkgcat.model.site_addresses import GroupAddress
from pkgcat.services.import_grids import store_content
from pkgcat.services.import_groups import (
    ImportState,
    find_missing_groups,
    store_groups,
    store_header,
)
from pkgcat.services.import_report import ImportReport, StoredRecord
from pkgcat.services.record_import import describe_slug, store_postponed, store_record
from pkgcat.services.record_reader import Entry, IncomingGroups, IncomingRecord
from pkgcat.store import package_import
from pkgcat.store.groups import SINGULAR
from pkgcat.store.import_slugs import ImportSlugs
from pkgcat.store.operation import Operation

_MAX_HEADERS = 100
"""So many headers a text may have: each is compared with all categories and grids there are."""


def import_entries(
    operation: Operation,
    entries: Iterable[Entry],
    *,
    overwrite: bool,
    lenient: bool,
    whole_site: str | None = None,
    deleted: Collection[object] = (),
    wanted_grids: Collection[GroupAddress] | None = None,
) -> ImportReport:
    """Store every record of a text, and its header.

    What a person wrote stays unless `overwrite` is set. A record that no catalog can hold is
    skipped. Where `lenient` is set, as what a site has is not the user's to correct, so is any
    record that breaks a rule or is in conflict with another; otherwise it raises Invalid, Conflict
    or NotFound. `whole_site` is the site all of whose packages, categories and grids the text has;
    those of the `deleted` ids are left out, as they are not there any more. `wanted_grids` are the
    addresses of the grids of its header that are added if they are new: None for all.
    """
    state = ImportState(operation.store)
    state.whole_site = whole_site
    state.wanted_grids = wanted_grids
    report = ImportReport()
    slugs = ImportSlugs(operation.store)
    headers = 0
    for entry in entries:
        if isinstance(entry, dict):
            headers += 1
            _check_number_of_headers(headers)
            store_header(operation, entry, overwrite=overwrite, lenient=lenient, state=state)
        elif isinstance(entry, IncomingGroups):
            rows = _skip_unstorable(entry, report)
            store_groups(
                operation, entry.entity, rows, overwrite=overwrite, lenient=lenient, state=state
            )
        elif state.note_id(entry.record) not in deleted:
            _note_record(entry, report)
            try:
                _check_slug_is_new(slugs, entry, lenient=lenient)
                stored = store_record(operation, entry, overwrite=overwrite, state=state)
            except (Conflict, Invalid, NotFound) as error:
                report.add(error, lenient=lenient)
            else:
                report.add(stored, lenient=lenient)
    for outcome in finish_import(operation, state):
        report.add(outcome, lenient=lenient)
    report.renamed = state.renamed
    report.notes = state.notes
    return report


def _check_number_of_headers(headers: int) -> None:
    if headers > _MAX_HEADERS:
        raise Invalid(
            f"these are more than {_MAX_HEADERS} exports in one text; import them one by one"
        )


def _note_record(incoming: IncomingRecord, report: ImportReport) -> None:
    """Note which of a record's fields are not known, and which of its addresses had
    credentials.
    """
    report.unknown_fields |= unknown_keys(incoming.record)
    for address in addresses_in(incoming.record):
        report.credentials_cut += addresses_with_credentials(address)


def _skip_unstorable(groups: IncomingGroups, report: ImportReport) -> list[dict[str, Any]]:
    """Return the categories or grids but for those with a number that is none; report these."""
    rows = []
    for row in groups.rows:
        try:
            if row.get("id") is not None:
                parse_integer("id", row["id"])
        except Unstorable as error:
            report.skip(f"{SINGULAR[groups.entity]}{describe_slug(row)}: {error}")
            continue
        rows.append(row)
    return rows


def _check_slug_is_new(slugs: ImportSlugs, incoming: IncomingRecord, *, lenient: bool) -> None:
    """Raise Invalid where a text names a slug twice.

    One that differs in case is no concern of the text's: which of the two is stored follows from
    what the catalog has. A site, whose pages move while they are read, may tell of one package
    twice.
    """
    slug = incoming.record.get("slug")
    if not isinstance(slug, str):
        return
    earlier = slugs.find_or_add(slug, incoming.position)
    if earlier is not None and earlier.slug == slug and not lenient:
        raise Invalid(
            f"{incoming.position} ({slug}): {earlier.position} has this slug, too; "
            "a file may name it once"
        )


def finish_import(operation: Operation, state: ImportState) -> list[StoredRecord | PkgcatError]:
    """Rename the packages that were in each other's way, once all records are taken in, and store
    those that were postponed; return what became of these.

    Of a site that was imported as a whole, what it does not have any more is noted.
    """
    renames = package_import.rename(operation, state.waiting)
    state.renamed += [f"package {old} is now called {new}" for old, new in renames.made]
    for old, new in renames.refused:
        taken = f"the import calls it {new}, and another package has that slug here"
        state.notes.append(f"package {old} keeps its slug: {taken}")
    state.waiting.clear()
    outcomes: list[StoredRecord | PkgcatError] = []
    for incoming, overwrite in state.postponed:
        try:
            stored = store_postponed(operation, incoming, overwrite=overwrite, state=state)
            outcomes.append(stored)
        except (Conflict, Invalid, NotFound) as error:
            outcomes.append(error)
    state.postponed.clear()
    for waiting in state.contents:
        state.notes += store_content(
            operation,
            waiting.grid,
            waiting.content,
            state.seen,
            is_new=waiting.is_new,
            overwrite=waiting.overwrite,
        )
    state.contents.clear()
    if state.whole_site is not None:
        _note_missing(operation, state.whole_site, state)
    return outcomes


def _note_missing(operation: Operation, site: str, state: ImportState) -> None:
    """Note what is of a site here and was deleted there."""
    stays = f"is not on {site} any more; it stays here"
    for slug, _ in package_import.find_missing(operation.store, site, state.ids):
        state.notes.append(f"package {slug} {stays}")
    for noun, slug in find_missing_groups(operation.store, site, state):
        state.notes.append(f"{noun} {slug} {stays}")


def unknown_keys(record: dict[str, Any]) -> set[str]:
    """Return the keys of a record that pkgcat has no field for."""
    return record.keys() - FIELDS.keys() - {ORIGINS_KEY}
