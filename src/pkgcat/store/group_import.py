"""Categories and grids of an import: matched with those of the catalog, followed where renamed,
added where new.

A group is known by its API v4 address first, then by its slug. What an import wrote, the next one
may renew; what a person wrote stays.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.model.origin import NO_ORIGINS, ORIGINS_KEY, Origins
from pkgcat.model.site_addresses import GroupAddress, group_address
from pkgcat.store import Store, group_matching, groups, writers
from pkgcat.store.group_fields import COLUMNS, Fields
from pkgcat.store.groups import GROUP_FLAGS, GROUP_TIMES, SINGULAR, Entity
from pkgcat.store.operation import Operation
from pkgcat.store.slugs import free_slug, plan_renames

Values = dict[str, Any]
"""Columns of a category or grid and what to store in them."""


class GroupsTaken(NamedTuple):
    """What became of the groups of an import.

    `keys` are their keys in the catalog by the slugs that the import has for them, as they are
    spelt and in lower case. `skipped` are the slugs of those that were not stored, as their slug
    differs only in case from another group's. To be told are `renamed`, a line for each group that
    is called otherwise now, and `notes`, what was not stored as it came. `unwanted` are the addresses
    of the new ones that were not asked for.
    """

    keys: dict[str, int]
    renamed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    unwanted: frozenset[GroupAddress] = frozenset()


def take_groups(
    operation: Operation,
    entity: Entity,
    incoming: Sequence[Fields],
    *,
    overwrite: bool = False,
    replace: bool = False,
    wanted: Collection[GroupAddress] | None = None,
) -> GroupsTaken:
    """Store the categories or grids that an import names; none of them is refused for one that is
    there already.

    Each has a slug or an address. No two have one address, and two have one slug only if each has
    an address. Slugs that differ in case are two groups: the second gets another slug if it has an
    address, and is skipped otherwise. `overwrite` replaces what a person wrote, too. `replace`
    leaves the catalog with these groups alone, as they are. `wanted` are the addresses of those that
    are added if they are new: None for all.
    """
    work = _GroupImport(operation, entity)
    known: dict[int, Fields] = {}
    new: list[Fields] = []
    for fields, key in zip(incoming, _find_matches(work.stored, incoming), strict=True):
        if key is None:
            new.append(fields)
        else:
            known[key] = fields
    for key, fields in known.items():
        work.note_match(key, fields)
    new = work.choose_wanted(new, wanted)
    if replace:
        work.replace_groups(known, new)
    else:
        work.update_groups(known, new, overwrite=overwrite)
    return work.sum_up()


class _GroupImport:
    """The categories, or the grids, of one import on their way into the catalog."""

    def __init__(self, operation: Operation, entity: Entity) -> None:
        self.operation = operation
        self.entity = entity
        self.one = SINGULAR[entity]
        self.stored = _read_groups(operation.store, entity)
        self.slugs = {key: str(fields["slug"]) for key, fields in self.stored.items()}
        self.keys: dict[str, int] = {}
        self.renamed: list[str] = []
        self.notes: list[str] = []
        self.skipped: set[str] = set()
        self.unwanted: set[GroupAddress] = set()
        self.origins: dict[int, Origins] = {}
        """Those of the fields of known groups that came from elsewhere, by key."""

    def note_match(self, key: int, fields: Fields) -> None:
        """Note that a group of the import is one of the catalog."""
        if "slug" in fields:
            self.note_key(fields["slug"], key)
        self.origins[key] = fields.get(ORIGINS_KEY, NO_ORIGINS)

    def replace_groups(self, known: Mapping[int, Fields], new: Sequence[Fields]) -> None:
        """Let the catalog have these groups alone, as they are."""
        self.remove_all_but(known)
        changes = {key: _complete(self.entity, fields) for key, fields in known.items()}
        self.store_groups(changes, new)
        for key, origins in self.origins.items():
            self.operation.note_origins(self.entity, key, origins)

    def update_groups(
        self, known: Mapping[int, Fields], new: Sequence[Fields], *, overwrite: bool
    ) -> None:
        """Change the groups that are there, and add the new ones that no person has removed."""
        changes: dict[int, Values] = {}
        for key, fields in known.items():
            changes[key] = _find_changes(self.stored[key], fields, overwrite=overwrite)
            if not overwrite:
                self.keep_words_of_person(key, changes[key])
        self.store_groups(changes, self.leave_out_removed(new))

    def note_key(self, slug: str, key: int) -> None:
        """Note which group the import calls by a slug; in lower case it means the first one."""
        self.keys.setdefault(slug.lower(), key)
        self.keys[slug] = key

    def sum_up(self) -> GroupsTaken:
        """Return what became of the groups."""
        return GroupsTaken(
            self.keys,
            tuple(self.renamed),
            tuple(self.notes),
            frozenset(self.skipped),
            frozenset(self.unwanted),
        )

    def choose_wanted(
        self, new: Sequence[Fields], wanted: Collection[GroupAddress] | None
    ) -> list[Fields]:
        """Return the new groups that are wanted, and keep the addresses of the others."""
        if wanted is None:
            return list(new)
        chosen = []
        for fields in new:
            address = group_address(str(fields.get("url") or ""))
            if address in wanted:
                chosen.append(fields)
            else:
                self.unwanted.add(address)
        return chosen

    def remove_all_but(self, known: Collection[int]) -> None:
        """Remove the groups that the import does not name."""
        for key in self.stored.keys() - set(known):
            groups.remove(self.operation, self.entity, key)
            del self.stored[key], self.slugs[key]

    def keep_words_of_person(self, key: int, values: Values) -> None:
        """Take what a person wrote out of the changes of a group, and note it."""
        for name in list(values):
            if name == "url" or not self._is_by_person(key, name):
                continue
            given = values.pop(name)
            differs = f"calls it {given}" if name == "slug" else "has another"
            self.notes.append(
                f"{self.one} {self.slugs[key]}: your {name} stays; the import {differs}"
            )

    def _is_by_person(self, key: int, field: str) -> bool:
        return writers.is_by_person(self.operation.store, self.entity, key, field)

    def leave_out_removed(self, new: Sequence[Fields]) -> list[Fields]:
        """Return the new groups but for those that a person has removed here, and note these.

        A removed group takes the address of the import: packages that name it by address are then
        known to mean it.
        """
        removed = _read_groups(self.operation.store, self.entity, removed=True)
        left = []
        for fields, key in zip(new, _find_matches(removed, new), strict=True):
            if key is None or not self._is_by_person(key, "removed"):
                left.append(fields)
                continue
            if "slug" in fields:
                self.note_key(fields["slug"], key)
            self.notes.append(groups.describe_removed(self.entity, str(removed[key]["slug"])))
            if "url" in fields and removed[key]["url"] is None:
                self.operation.change(self.entity, key, {"url": fields["url"]})
        return left

    def store_groups(self, changes: Mapping[int, Values], new: Sequence[Fields]) -> None:
        """Change the known groups and add the new ones; note those that are called otherwise
        now.
        """
        wanted: dict[int, str] = {}
        for key, values in changes.items():
            if "slug" in values:
                wanted[key] = str(values.pop("slug"))
        new_slugs = [self._choose_slug(fields) for fields in new]
        self._rename(wanted | self._make_way([*wanted.values(), *new_slugs], changes))
        for key, values in changes.items():
            self._change(key, values)
        taken = {slug.lower(): slug for slug in self.slugs.values()}
        for fields, slug in zip(new, new_slugs, strict=True):
            self._add(fields, slug, taken)

    def _choose_slug(self, fields: Fields) -> str:
        """Return the slug of a new group: its own, or one made of its address."""
        if fields.get("slug"):
            return str(fields["slug"])
        slug, _title = group_matching.placeholder_names(self.entity, fields["url"])
        return slug

    def _make_way(self, asked: Sequence[str], known: Collection[int]) -> dict[int, str]:
        """Return other slugs for the placeholders whose slug turns out to be that of another
        group.
        """
        holders = {slug.lower(): key for key, slug in self.slugs.items()}
        taken = holders.keys() | {slug.lower() for slug in asked}
        moved: dict[int, str] = {}
        for slug in asked:
            key = holders.get(slug.lower())
            if key is None or key in known or not self._is_placeholder(key):
                continue
            moved[key] = free_slug(self.slugs[key], lambda name: name.lower() in taken)
        return moved

    def _is_placeholder(self, key: int) -> bool:
        """Whether a group is called after its address, as nothing else is known of it yet."""
        url = self.stored[key]["url"]
        if url is None or not group_address(url).has_id:
            return False
        slug, title = group_matching.placeholder_names(self.entity, url)
        is_made = self.slugs[key].startswith(slug) and self.stored[key]["title"] == title
        return is_made and not self._is_by_person(key, "slug")

    def _rename(self, wanted: Mapping[int, str]) -> None:
        plan = plan_renames(self.slugs, wanted)
        for key, slug in plan.steps:
            origins = self.origins.get(key, NO_ORIGINS)
            values = {"slug": slug}
            groups.edit(self.operation, self.entity, key, values, imported=True, origins=origins)
        for key, slug in wanted.items():
            old = self.slugs[key]
            if slug == old:
                continue
            if key in plan.refused:
                taken = f"the import calls it {slug}, and another {self.one} has that slug here"
                self.notes.append(f"{self.one} {old} keeps its slug: {taken}")
                continue
            self.slugs[key] = slug
            self.renamed.append(f"{self.one} {old} is now called {slug}")

    def _change(self, key: int, values: Values) -> None:
        slug = self.slugs[key]
        is_renamed = slug != self.stored[key]["slug"]
        groups.edit(
            self.operation, self.entity, key, values, origins=self.origins.get(key, NO_ORIGINS)
        )
        is_titled_otherwise = "title" in values and values["title"] != self.stored[key]["title"]
        if is_titled_otherwise and not is_renamed:
            self.renamed.append(f"{self.one} {slug} is now titled {values['title']!r}")
        if values.get("url") and self.stored[key]["url"] is None:
            self.notes.append(f"{self.one} {slug} is the one at {values['url']} from now on")

    def _add(self, fields: Fields, wanted: str, taken: dict[str, str]) -> None:
        """Add a group, under another slug where its own is taken.

        One without an address is skipped if the slug that is taken differs in case: it could not be
        told from the other one in the next import. `taken` has the slugs by their lower case.
        """
        holder = taken.get(wanted.lower(), wanted)
        if holder != wanted and "url" not in fields:
            self.skipped.add(wanted)
            self.notes.append(
                f"{self.one} {wanted} of the import was skipped: its slug differs only in case from "
                f"that of {holder}, another {self.one}"
            )
            return
        slug = free_slug(wanted, lambda name: name.lower() in taken)
        taken[slug.lower()] = slug
        if slug != wanted:
            self.notes.append(
                f"{self.one} {wanted} of the import is called {slug} here: there is another {holder}"
            )
        title = fields.get("title") or _make_title(self.entity, slug, fields.get("url"))
        values = {**fields, "slug": slug, "title": title}
        origins = values.pop(ORIGINS_KEY, NO_ORIGINS)
        group = Category(**values) if self.entity == "categories" else Grid(**values)
        key = groups.add(self.operation, self.entity, group, imported=True, origins=origins)
        self.note_key(wanted, key)


def _read_groups(store: Store, entity: Entity, *, removed: bool = False) -> dict[int, Values]:
    """Return the fields of the groups by key, the oldest first; or of the removed ones, the
    newest first.
    """
    columns = COLUMNS[entity]
    order = "DESC" if removed else "ASC"
    sql = f"SELECT key, {', '.join(columns)} FROM {entity} WHERE removed = ? ORDER BY key {order}"
    found = {}
    for key, *values in store.rows(sql, (int(removed),)):
        found[key] = dict(zip(columns, values, strict=True))
    return found


def _find_matches(stored: Mapping[int, Values], incoming: Sequence[Fields]) -> list[int | None]:
    """Return the key of each incoming group: that of its address, else that of its slug, as it is
    spelt, where the two can be one.
    """
    by_url: dict[str, int] = {}
    by_address: dict[GroupAddress, int] = {}
    by_slug: dict[str, int] = {}
    for key, group in stored.items():
        by_slug.setdefault(str(group["slug"]), key)
        if group["url"]:
            by_url.setdefault(group["url"], key)
            by_address.setdefault(group_address(group["url"]), key)
    addresses: list[GroupAddress | None] = []
    matches: list[int | None] = []
    for fields in incoming:
        address = None
        match = None
        if "url" in fields:
            address = group_address(fields["url"])
            match = by_url.get(fields["url"]) or by_address.get(address)
        addresses.append(address)
        matches.append(match)
    matched = set(matches)
    for number, new in enumerate(incoming):
        holder = by_slug.get(new.get("slug", ""))
        if matches[number] is not None or holder is None or holder in matched:
            continue
        if group_matching.may_be_same(stored[holder]["url"], addresses[number]):
            matches[number] = holder
            matched.add(holder)
    return matches


def _find_changes(stored: Values, fields: Fields, *, overwrite: bool) -> Values:
    """Return the fields in which an incoming group differs from the stored one."""
    changes: Values = {}
    for name, value in fields.items():
        if name not in ("url", ORIGINS_KEY) and value != stored[name]:
            changes[name] = value
    url = fields.get("url")
    if url is not None and _is_better_address(url, stored["url"], overwrite=overwrite):
        changes["url"] = url
    return changes


def _is_better_address(url: str, stored: str | None, *, overwrite: bool) -> bool:
    """Whether an address is to be stored: the first one, an id instead of a slug; another
    spelling only if asked.
    """
    if stored is None:
        return True
    address = group_address(url)
    if address == group_address(stored):
        return overwrite and url != stored
    return address.has_id


def _complete(entity: Entity, fields: Fields) -> Values:
    """Return all columns of a group, those the import does not name empty; the title stays if
    it has none.
    """
    complete: Values = {}
    for name in COLUMNS[entity]:
        if name in fields:
            complete[name] = fields[name]
        elif name in GROUP_FLAGS | GROUP_TIMES or name == "url":
            complete[name] = None
        elif name not in ("slug", "title"):
            complete[name] = ""
    return complete


def _make_title(entity: Entity, slug: str, url: str | None) -> str:
    if not url:
        return slug
    _slug, title = group_matching.placeholder_names(entity, url)
    return title
