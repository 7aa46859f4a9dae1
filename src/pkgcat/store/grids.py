"""Which packages are on a grid, in the grid's own order, and whether it is locked."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pkgcat.errors import Conflict, NotFound
from pkgcat.model.grid import Grid
from pkgcat.model.parsing import compact_json, load_stored_json
from pkgcat.store import Store, groups, packages
from pkgcat.store.operation import Operation


class ListedGrid(NamedTuple):
    """A grid with the number of its packages and of its features."""

    grid: Grid
    packages: int
    features: int


def list_grids(store: Store) -> list[Grid]:
    """Return all grids, by slug."""
    return [Grid(**fields) for _, fields in groups.read_rows(store, "grids", Grid._fields)]


def list_with_counts(store: Store) -> list[ListedGrid]:
    """Return all grids, by slug."""
    sql = """SELECT m.name, count(*) FROM memberships m JOIN packages p ON p.key = m.package
        WHERE p.removed = 0 GROUP BY m.name"""
    package_counts = dict(store.rows(sql).fetchall())
    sql = "SELECT grid, count(*) FROM grid_features WHERE removed = 0 GROUP BY grid"
    feature_counts = dict(store.rows(sql).fetchall())
    listed = []
    for key, fields in groups.read_rows(store, "grids", Grid._fields):
        counts = package_counts.get(key, 0), feature_counts.get(key, 0)
        listed.append(ListedGrid(Grid(**fields), *counts))
    return listed


def read_grid(store: Store, key: int) -> Grid:
    """Return a grid by its key."""
    sql = f"SELECT {', '.join(Grid._fields)} FROM grids WHERE key = ?"
    values = dict(zip(Grid._fields, store.rows(sql, (key,)).fetchone(), strict=True))
    for name in ("is_locked", "header"):
        values[name] = None if values[name] is None else bool(values[name])
    return Grid(**values)


def check_unlocked(store: Store, key: int) -> None:
    """Raise Conflict where a grid is locked."""
    row = store.rows("SELECT slug, is_locked FROM grids WHERE key = ?", (key,)).fetchone()
    slug, is_locked = row
    if is_locked:
        raise Conflict(
            f"the grid {slug} is locked: only the commands of 'pkgcat grid' with --unlock change it; "
            "nothing was stored"
        )


def list_packages(store: Store, key: int) -> list[int]:
    """Return the keys of the packages on a grid: those that have a place there, then the others
    by title.
    """
    sql = """SELECT p.key FROM memberships m JOIN packages p ON p.key = m.package
        WHERE m.name = ? AND p.removed = 0 ORDER BY p.title_key, p.title, p.key"""
    members = [row[0] for row in store.rows(sql, (key,))]
    return order_by_places(members, read_places(store, key, "places"))


def list_titles(store: Store, key: int) -> list[tuple[str, str]]:
    """Return the slugs and titles of the packages on a grid, by slug."""
    sql = """SELECT p.slug, p.title FROM memberships m JOIN packages p ON p.key = m.package
        WHERE m.name = ? AND p.removed = 0 ORDER BY p.slug"""
    return store.rows(sql, (key,)).fetchall()


def find_member(store: Store, key: int, name: str) -> int:
    """Return the key of a package on a grid by any of its names; raise NotFound where it is not on
    the grid.
    """
    package = packages.find(store, name)
    sql = "SELECT 1 FROM memberships WHERE name = ? AND package = ?"
    if store.value(sql, (key, package)) is None:
        slug, grid = packages.slug(store, package), groups.slug_of(store, "grids", key)
        raise NotFound(f"{slug} is not on the grid {grid}; 'pkgcat grid put {grid} {slug}' puts it")
    return package


def set_order(operation: Operation, key: int, wanted: Sequence[int]) -> bool:
    """Give the packages of a grid this order; return whether it was another one."""
    store = operation.store
    if list_packages(store, key) == list(wanted):
        return False
    places = merge_places(wanted, read_places(store, key, "places"))
    return bool(operation.change("grids", key, {"places": compact_json(places)}))


def set_places(operation: Operation, key: int, packages_in_order: Sequence[int]) -> None:
    """Give these packages of a grid places in this order; the others come behind them."""
    others = set(list_packages(operation.store, key)) - set(packages_in_order)
    former = [each for each in read_places(operation.store, key, "places") if each not in others]
    places = merge_places(packages_in_order, former)
    operation.change("grids", key, {"places": compact_json(places)})


def read_places(store: Store, key: int, column: str) -> list[int]:
    """Return the keys of what has a place on a grid: `places` has packages, `feature_places`
    features.
    """
    stored = store.value(f"SELECT {column} FROM grids WHERE key = ?", (key,))
    places: list[int] = load_stored_json(stored, list)
    return places


def order_by_places(members: Sequence[int], places: Iterable[int]) -> list[int]:
    """Return the members that have a place, in the order of places, then the others in their own
    order.
    """
    present = set(members)
    placed = [key for key in dict.fromkeys(places) if key in present]
    taken = set(placed)
    return placed + [key for key in members if key not in taken]


def merge_places(wanted: Sequence[int], former: Iterable[int]) -> list[int]:
    """Return places in the wanted order, in which what is not there now keeps the place behind
    what was before it.

    So a package that was removed stands in its place again when it comes back.
    """
    present = set(wanted)
    followers: dict[int | None, list[int]] = {}
    previous: int | None = None
    for key in dict.fromkeys(former):
        if key in present:
            previous = key
        else:
            followers.setdefault(previous, []).append(key)
    merged = followers.get(None, [])
    for key in wanted:
        merged.append(key)
        merged += followers.get(key, [])
    return merged


def move_item(items: Sequence[int], item: int, target: int, *, after: bool) -> list[int]:
    """Return items with one of them right before, or right after, another one."""
    moved = [each for each in items if each != item]
    if item == target:
        return list(items)
    place = moved.index(target)
    if after:
        place += 1
    moved.insert(place, item)
    return moved
