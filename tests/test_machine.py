"""Any sequence of commands: the catalog equals a plain model, undo gives the state before,
the past is what it was.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from packaging.version import Version

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.model.query import Condition, Query
from pkgcat.services import grids as grid_service
from pkgcat.services.edit import PackageEdit, edit_package
from pkgcat.services.exporting import write_export
from pkgcat.services.filters import remove_filter, save_filter
from pkgcat.services.importing import import_entries
from pkgcat.services.record_reader import read_records
from pkgcat.store import Store, edits, grid_features, grids, groups, packages
from pkgcat.store.filters import list_filters
from pkgcat.store.log import as_of as past
from pkgcat.store.log import history, undo
from pkgcat.store.log.prune import prune
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import open_empty_catalog
from tests.online import STATE, refresh
from tests.store.checks import check_whole, exported, operations, take
from tests.upstream import Upstream, Vulnerability, World
from tests.upstream.small import NOW

SLUGS = ("p0", "p1", "p2")
DECISION = ("decision", "decision_reason", "review_by", "decided")
FACTS = ("repo_watchers", "repo_archived", "pypi_version")
SERIES = (
    "repo_watchers",
    "repo_forks",
    "repo_open_issues",
    "repo_commit_count",
    "commits_over_52",
    "last_updated",
)
WORDS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["T", "U"]),
        "notes": st.sampled_from([None, "words"]),
        "tags": st.sampled_from([(), ("geo",), ("geo", "used")]),
        "category": st.sampled_from([None, "apps", "other"]),
    },
)
PINNED = st.fixed_dictionaries(
    {},
    optional={
        "repo_watchers": st.sampled_from([None, 0, 5]),
        "pypi_version": st.sampled_from([None, "9.9"]),
        "participants": st.sampled_from([(), ("zoe",)]),
    },
)
Fields = dict[str, Any]
GRIDS = ("g0", "g1")
TITLES = ("Legs", "Eyes", "legs")
FILTERS = ("f0", "f1", "F0")
EXPRESSIONS = ("repo_watchers > 5", "tags has geo", "@f1", "not @f0 and tags has geo", "stars > 5")
IDENTITIES = count(1)


class FeatureModel:
    """A feature and what it tells of packages, by their identities."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.cells: dict[int, str] = {}


class GridModel:
    """What the catalog must hold of a grid: places by the identities of packages, features."""

    def __init__(self) -> None:
        self.places: list[int] = []
        self.features: list[FeatureModel] = []

    def find(self, title: str) -> FeatureModel | None:
        for feature in self.features:
            if feature.title.lower() == title.lower():
                return feature
        return None

    def order(self, members: list["Package"]) -> list["Package"]:
        """Those with a place first, then the others by title."""
        placed = [one for one in members if one.identity in self.places]
        others = [one for one in members if one.identity not in self.places]
        placed.sort(key=lambda one: self.places.index(one.identity))
        others.sort(key=lambda one: (one.words["title"].lower(), one.words["title"], one.identity))
        return placed + others

    def arrange(self, wanted: list[int]) -> None:
        """Set places; what is not there now stays behind what was before it."""
        arranged = list(wanted)
        previous = None
        for one in self.places:
            if one not in wanted:
                arranged.insert(0 if previous is None else arranged.index(previous) + 1, one)
            previous = one
        self.places = arranged


class FilterModel:
    """What the catalog must hold of a saved filter; a person or an import wrote its expression."""

    def __init__(self, name: str, expression: str, *, by_person: bool) -> None:
        self.name = name
        self.expression = expression
        self.by_person = by_person

    def used(self) -> list[str]:
        """The names of the filters that it uses, in lower case."""
        return [name.lower() for name in re.findall(r"@(\w+)", self.expression)]


class Package:
    """What the catalog must hold of one package: words, what sources told, and what a person
    set instead.
    """

    def __init__(self, slug: str, address: str) -> None:
        self.words: Fields = {"title": slug, "notes": None, "tags": (), "category": None}
        self.words |= dict.fromkeys(DECISION)
        self.words["grids"] = ()
        self.by_person: set[str] = set()
        """The words that a person wrote last, which imports leave alone."""
        self.identity = next(IDENTITIES)
        self.told: Fields = dict.fromkeys(FACTS)
        self.pins: Fields = {}
        self.address = address

    def write(self, words: Fields, *, by_person: bool) -> None:
        """Set words; who wrote one is another only where its value is."""
        for name, value in words.items():
            if self.words[name] == value:
                continue
            self.words[name] = value
            if by_person:
                self.by_person.add(name)
            else:
                self.by_person.discard(name)

    def expected(self) -> Fields:
        """The fields as a record has them."""
        facts = {name: self.pins.get(name, self.told[name]) for name in FACTS}
        return {**self.words, **facts, "pinned": tuple(sorted(self.pins)), "repo_url": self.address}


def state(store: Store) -> list[Fields]:
    """All that is exported, but for what refresh keeps outside the log: when it last asked,
    and what failed.
    """
    lines = [json.loads(line) for line in exported(store).splitlines()]
    left = [
        {name: value for name, value in line.items() if name not in STATE - {"gone"}}
        for line in lines
    ]
    return [*left, {"contents": contents(store), "filters": saved(store)}]


def contents(store: Store) -> dict[str, Any]:
    """What stands on each grid: packages in their order, features in theirs, cells."""
    found = {}
    for grid in grids.list_grids(store):
        content = grid_features.read_content(store, groups.find(store, "grids", grid.slug))
        features = [(one.title, dict(one.cells)) for one in content.features]
        found[grid.slug] = (list(content.packages), features)
    return found


def saved(store: Store) -> list[tuple[str, str]]:
    """The saved filters, each with what it says."""
    return [(one.name, one.expression) for one in list_filters(store)]


def without_series(lines: list[Fields]) -> list[Fields]:
    """Leave out the numbers that a prune may have drawn together, and what stands behind them."""
    left_out = (*SERIES, "upstream_values")
    return [{name: value for name, value in line.items() if name not in left_out} for line in lines]


class Machine(RuleBasedStateMachine):
    """Every command that writes, with a server whose repositories and projects change meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "catalog.db"
        self.store = open_empty_catalog(self.path)
        self.store.connection.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
        self.now: datetime = NOW
        self.world = World(clock=lambda: self.now)
        self.upstream = Upstream(self.world)
        self.upstream.__enter__()
        self.upstream.unlimited()
        self.model: dict[str, Package] = {}
        self.grids: dict[str, GridModel] = {}
        self.filters: dict[str, FilterModel] = {}
        self.unwanted_filters: set[str] = set()
        """The filters, in lower case, that a person has removed."""
        self.before: list[tuple[Any, list[Fields]]] = []
        self.states: list[tuple[datetime, list[Fields], bool]] = []
        self.renamed = 0

    @initialize()
    def publish(self) -> None:
        for slug in SLUGS:
            self.world.create("github", f"ann/{slug}", commits=2, stars=5)
            self.world.release(self.world.publish(slug), "1.0")
        self.repositories = {slug: self.world.repository("github", f"ann/{slug}") for slug in SLUGS}
        self.versions = {slug: {"1.0": True} for slug in SLUGS}

    def teardown(self) -> None:
        try:
            for moment, seen, pruned in self.states:
                self.look_back(moment, seen, pruned, None)
        finally:
            self.upstream.__exit__(None, None, None)
            self.store.connection.close()
            self.folder.cleanup()

    # what is kept beside the catalog

    def pick(self, number: int) -> str:
        """Name one of the packages there are."""
        return sorted(self.model)[number % len(self.model)]

    def modelled(self) -> tuple[Any, ...]:
        """All that the catalog must hold."""
        return self.model, self.grids, self.filters, self.unwanted_filters

    @contextmanager
    def command(self) -> Iterator[None]:
        """Run a command a little later, and note the state that an undo of it must give back."""
        model, before = deepcopy(self.modelled()), state(self.store)
        number = operations(self.store)
        self.tick()
        yield
        if operations(self.store) > number:
            self.before.append((model, before))
        self.see()

    def see(self) -> None:
        self.states.append((self.now, state(self.store), False))

    def look_back(
        self, moment: datetime, seen: list[Fields], pruned: bool, names: list[str] | None
    ) -> None:
        """Assert that the catalog, or one package of it, is seen as it was."""
        with Store.read(self.path, explicit=True) as then:
            if history.beginning(then) is None or str(history.beginning(then)) > moment.isoformat():
                return
            try:
                past.go_back(then, moment, self.now, names)
            except NotFound:
                assert not any(line.get("slug") in (names or ()) for line in seen)
                return
            found = state(then)
        if names is not None:
            found = [line for line in found if line.get("slug") in names]
            seen = [line for line in seen if line.get("slug") in names]
        assert found == seen or (pruned and without_series(found) == without_series(seen))

    @rule(days=st.sampled_from([0, 0, 1, 7, 40]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    # commands

    @rule(slug=st.sampled_from(SLUGS), words=WORDS)
    def add(self, slug: str, words: Fields) -> None:
        address = f"https://github.com/{self.repositories[slug].path}"
        with self.command():
            values = {"slug": slug, "repo_url": address, "pypi_url": slug, "title": slug, **words}
            if slug in self.model:
                with (
                    pytest.raises(Conflict),
                    begin_operation(self.store, "add", self.now, kind="add") as operation,
                ):
                    edits.add(operation, values)
                return
            with begin_operation(self.store, f"add {slug}", self.now, kind="add") as operation:
                edits.add(operation, values)
            self.model[slug] = Package(slug, address)
            self.model[slug].by_person.add("title")
            self.model[slug].write(words, by_person=True)

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 2), words=WORDS, facts=PINNED)
    def edit(self, number: int, words: Fields, facts: Fields) -> None:
        slug = self.pick(number)
        with self.command():
            with begin_operation(self.store, f"edit {slug}", self.now, kind="edit") as operation:
                edits.edit(operation, packages.find(self.store, slug), {**words, **facts})
            self.model[slug].write(words, by_person=True)
            self.model[slug].pins |= facts

    @precondition(lambda self: self.model)
    @rule(
        number=st.integers(0, 2),
        decision=st.sampled_from([None, "adopt", "hold"]),
        reason=st.sampled_from([None, "why"]),
        days=st.sampled_from([None, 0, 9]),
    )
    def decide(
        self, number: int, decision: str | None, reason: str | None, days: int | None
    ) -> None:
        slug = self.pick(number)
        with self.command():
            day = None if days is None else self.now.date() + timedelta(days=days)
            given = {"decision_reason": reason, "review_by": day}
            details = {name: value for name, value in given.items() if value is not None}
            fields = {"decision": decision, **(details if decision else {})}
            with begin_operation(self.store, "decide", self.now, kind="decide") as operation:
                edit_package(operation, packages.find(self.store, slug), PackageEdit(fields))
            words = self.model[slug].words
            if decision is None or decision != words["decision"]:
                words |= dict.fromkeys(DECISION)
            elif words["review_by"] is not None and words["review_by"] <= self.now.date():
                words["review_by"] = None
            if decision is not None:
                words |= {**fields, "decided": self.now}

    @precondition(lambda self: any(package.pins for package in self.model.values()))
    @rule(number=st.integers(0, 2), field=st.sampled_from([*FACTS, "participants"]))
    def unpin(self, number: int, field: str) -> None:
        slug = self.pick(number)
        with self.command():
            with begin_operation(self.store, f"edit {slug}", self.now, kind="edit") as operation:
                edits.unpin(operation, packages.find(self.store, slug), {field})
            self.model[slug].pins.pop(field, None)

    @rule(least=st.sampled_from([0, 5, 6]), tag=st.sampled_from(["geo", "popular"]))
    def edit_where(self, least: int, tag: str) -> None:
        with self.command():
            change = PackageEdit({}, {"tags": (tag,)})
            query = Query(self.now, where=(Condition("repo_watchers", ">=", least),))
            slugs = [str(slug) for (slug,) in packages.rows(self.store, ["slug"], query)]
            with begin_operation(self.store, "edit --where", self.now, kind="edit") as operation:
                for slug in slugs:
                    edit_package(operation, packages.find(self.store, slug), change)
            starred = {
                slug
                for slug, one in self.model.items()
                if (one.expected()["repo_watchers"] or -1) >= least
            }
            starred |= {
                slug
                for slug, one in self.model.items()
                if least == 0 and one.expected()["repo_watchers"] == 0
            }
            assert set(slugs) == starred
            for slug in slugs:
                tags = tuple(sorted({*self.model[slug].words["tags"], tag}))
                self.model[slug].write({"tags": tags}, by_person=True)

    @rule(
        slug=st.sampled_from(SLUGS),
        words=WORDS,
        stars=st.sampled_from([None, 7]),
        overwrite=st.booleans(),
        broken=st.booleans(),
    )
    def take(
        self, slug: str, words: Fields, stars: int | None, overwrite: bool, broken: bool
    ) -> None:
        with self.command():
            given = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in words.items()
            }
            record: Fields = {"slug": slug, "title": slug, **given}
            record |= {} if stars is None else {"repo_watchers": stars}
            if slug not in self.model:
                record |= {
                    "repo_url": f"https://github.com/{self.repositories[slug].path}",
                    "pypi_url": slug,
                }
            if broken:
                before, count = state(self.store), operations(self.store)
                with pytest.raises(Invalid):
                    take(
                        self.store,
                        record,
                        {"slug": "two words", "title": "x"},
                        now=self.now,
                        overwrite=overwrite,
                    )
                assert (state(self.store), operations(self.store)) == (before, count)
                return
            take(self.store, record, now=self.now, overwrite=overwrite)
            fresh = slug not in self.model
            package = self.model.setdefault(slug, Package(slug, str(record.get("repo_url"))))
            for name, value in {"title": slug, **words}.items():
                if fresh or overwrite or name not in package.by_person:
                    package.write({name: value}, by_person=False)
            package.told |= {} if stars is None else {"repo_watchers": stars}

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 2))
    def remove(self, number: int) -> None:
        slug = self.pick(number)
        with self.command():
            with begin_operation(
                self.store, f"remove {slug}", self.now, kind="remove"
            ) as operation:
                edits.remove(operation, packages.find(self.store, slug))
            del self.model[slug]

    # grids

    @contextmanager
    def writing(self, name: str) -> Iterator[Operation]:
        with begin_operation(self.store, name, self.now, kind="grid") as operation:
            yield operation

    def pick_grid(self, number: int) -> tuple[str, GridModel, int]:
        """Name one of the grids there are; return its model and its key."""
        slug = sorted(self.grids)[number % len(self.grids)]
        return slug, self.grids[slug], groups.find(self.store, "grids", slug)

    def members(self, grid: str) -> list[Package]:
        """The packages of a grid, in its order."""
        found = [one for one in self.model.values() if grid in one.words["grids"]]
        return self.grids[grid].order(found)

    def slug_of(self, package: Package) -> str:
        return next(slug for slug, one in self.model.items() if one is package)

    @rule(slug=st.sampled_from(GRIDS))
    def add_grid(self, slug: str) -> None:
        with self.command():
            if slug in self.grids:
                with pytest.raises(Conflict), self.writing(f"grid add {slug}") as operation:
                    grid_service.add_grid(operation, slug, None, "")
                return
            with self.writing(f"grid add {slug}") as operation:
                grid_service.add_grid(operation, slug, None, "")
            self.grids[slug] = GridModel()

    @precondition(lambda self: self.grids)
    @rule(number=st.integers(0, 1))
    def remove_grid(self, number: int) -> None:
        slug, _, key = self.pick_grid(number)
        with self.command():
            if self.members(slug):
                with pytest.raises(Conflict), self.writing(f"grid remove {slug}") as operation:
                    groups.remove(operation, "grids", key)
                return
            with self.writing(f"grid remove {slug}") as operation:
                groups.remove(operation, "grids", key)
            del self.grids[slug]

    @precondition(lambda self: self.grids and self.model)
    @rule(
        number=st.integers(0, 1),
        package=st.integers(0, 2),
        comes=st.sampled_from([True, True, False]),
    )
    def put_or_take(self, number: int, package: int, comes: bool) -> None:
        grid, _, key = self.pick_grid(number)
        slug = self.pick(package)
        words = self.model[slug].words
        with self.command():
            if comes:
                with self.writing(f"grid put {grid} {slug}") as operation:
                    found = packages.find(self.store, slug)
                    grid_service.put_packages(operation, key, [found])
                words["grids"] = tuple(dict.fromkeys((*words["grids"], grid)))
            elif grid not in words["grids"]:
                with pytest.raises(NotFound), self.writing(f"grid take {grid}") as operation:
                    grid_service.take_packages(operation, key, [slug])
            else:
                with self.writing(f"grid take {grid} {slug}") as operation:
                    grid_service.take_packages(operation, key, [slug])
                words["grids"] = tuple(one for one in words["grids"] if one != grid)

    @precondition(lambda self: any(one.words["grids"] for one in self.model.values()))
    @rule(
        number=st.integers(0, 1),
        first=st.integers(0, 2),
        second=st.integers(0, 2),
        after=st.booleans(),
    )
    def move_package(self, number: int, first: int, second: int, after: bool) -> None:
        grid, model, key = self.pick_grid(number)
        members = self.members(grid)
        if not members:
            return
        moved, target = members[first % len(members)], members[second % len(members)]
        names = self.slug_of(moved), self.slug_of(target)
        with self.command():
            with self.writing(f"grid move {grid} {names[0]}") as operation:
                grid_service.move_package(operation, key, *names, after=after)
            order = [one.identity for one in members]
            wanted = list(order)
            if moved is not target:
                wanted.remove(moved.identity)
                wanted.insert(wanted.index(target.identity) + after, moved.identity)
            if wanted != order:
                model.arrange(wanted)

    @precondition(lambda self: self.grids)
    @rule(
        number=st.integers(0, 1),
        title=st.sampled_from(TITLES),
        action=st.sampled_from(["add", "add", "remove", "rename", "first"]),
    )
    def change_feature(self, number: int, title: str, action: str) -> None:
        grid, model, key = self.pick_grid(number)
        feature = model.find(title)
        with self.command():
            if action == "add":
                if feature is not None:
                    with pytest.raises(Conflict), self.writing("grid feature add") as operation:
                        grid_service.add_feature(operation, key, title, "")
                    return
                with self.writing(f"grid feature add {grid} {title}") as operation:
                    grid_service.add_feature(operation, key, title, "")
                model.features.append(FeatureModel(title))
            elif feature is not None:
                with self.writing(f"grid feature {action} {grid} {title}") as operation:
                    found = grid_features.find(self.store, key, title)
                    if action == "remove":
                        grid_features.remove(operation, found)
                        model.features.remove(feature)
                    elif action == "rename":
                        grid_features.edit(operation, found, title=title)
                        feature.title = title
                    else:
                        first = model.features[0]
                        grid_service.move_feature(operation, key, title, first.title, after=False)
                        model.features.remove(feature)
                        model.features.insert(0, feature)

    @precondition(lambda self: any(one.words["grids"] for one in self.model.values()))
    @rule(
        number=st.integers(0, 1),
        package=st.integers(0, 2),
        title=st.sampled_from(TITLES),
        text=st.sampled_from([None, "yes", "--", "some\nlines"]),
    )
    def set_cell(self, number: int, package: int, title: str, text: str | None) -> None:
        grid, model, key = self.pick_grid(number)
        slug = self.pick(package)
        feature = model.find(title)
        with self.command():
            if feature is None or grid not in self.model[slug].words["grids"]:
                with pytest.raises(NotFound), self.writing("grid cell") as operation:
                    grid_service.set_cell(operation, key, slug, title, text)
                return
            with self.writing(f"grid cell {grid} {slug} {title}") as operation:
                grid_service.set_cell(operation, key, slug, title, text)
            feature.cells.pop(self.model[slug].identity, None)
            if text is not None:
                feature.cells[self.model[slug].identity] = text

    # saved filters

    def uses_itself(self, name: str, expression: str) -> bool:
        """Whether a filter of that expression would use itself, through others or not."""
        waiting = FilterModel(name, expression, by_person=True).used()
        seen: set[str] = set()
        while waiting:
            used = waiting.pop()
            if used == name:
                return True
            if used not in seen and used in self.filters:
                seen.add(used)
                waiting += self.filters[used].used()
        return False

    def missing_filters(self, expression: str) -> bool:
        """Whether an expression uses, through others or not, a filter that is not there."""
        waiting = FilterModel("", expression, by_person=True).used()
        seen: set[str] = set()
        while waiting:
            used = waiting.pop()
            if used not in self.filters:
                return True
            if used not in seen:
                seen.add(used)
                waiting += self.filters[used].used()
        return False

    @rule(name=st.sampled_from(FILTERS), expression=st.sampled_from(EXPRESSIONS))
    def save_filter(self, name: str, expression: str) -> None:
        key = name.lower()
        is_refused = "stars" in expression or self.missing_filters(expression)
        is_refused = is_refused or self.uses_itself(key, expression)
        with self.command():
            command = f"filter save {name}"
            with ExitStack() as stack:
                if is_refused:
                    stack.enter_context(pytest.raises((Invalid, NotFound)))
                operation = stack.enter_context(
                    begin_operation(self.store, command, self.now, kind="filter")
                )
                save_filter(operation, name, expression)
            if is_refused:
                return
            found = self.filters.get(key)
            if found is None:
                self.filters[key] = FilterModel(name, expression, by_person=True)
            elif found.expression != expression:
                self.filters[key] = FilterModel(found.name, expression, by_person=True)

    @rule(name=st.sampled_from(FILTERS))
    def remove_filter(self, name: str) -> None:
        key = name.lower()
        is_used = any(key in one.used() for one in self.filters.values())
        with self.command():
            command = f"filter remove {name}"
            with ExitStack() as stack:
                if key not in self.filters:
                    stack.enter_context(pytest.raises(NotFound))
                elif is_used:
                    stack.enter_context(pytest.raises(Conflict))
                operation = stack.enter_context(
                    begin_operation(self.store, command, self.now, kind="filter")
                )
                remove_filter(operation, name)
            if key in self.filters and not is_used:
                del self.filters[key]
                self.unwanted_filters.add(key)

    @precondition(lambda self: history.beginning(self.store) is not None)
    @rule(
        name=st.sampled_from(FILTERS),
        expression=st.sampled_from(EXPRESSIONS),
        overwrite=st.booleans(),
    )
    def take_filter(self, name: str, expression: str, overwrite: bool) -> None:
        key = name.lower()
        header = {"pkgcat": 3, "filters": [{"name": name, "expression": expression}]}
        with self.command():
            with begin_operation(self.store, "import", self.now, kind="import") as operation:
                import_entries(operation, [header], overwrite=overwrite, lenient=False)
            found = self.filters.get(key)
            if found is None:
                if key not in self.unwanted_filters:
                    self.filters[key] = FilterModel(name, expression, by_person=False)
            elif found.expression != expression and (overwrite or not found.by_person):
                self.filters[key] = FilterModel(found.name, expression, by_person=False)

    @precondition(lambda self: self.grids or self.filters)
    @rule()
    def export_and_import(self) -> None:
        """An empty catalog that takes an export in has the same grids and filters, and exports the same."""
        out = StringIO()
        write_export(self.store, Query(self.now), out, by_line=True)
        text = out.getvalue()
        path = Path(self.folder.name) / "copy.db"
        with open_empty_catalog(path) as copy:
            copy.connection.execute("PRAGMA synchronous = OFF")
            with begin_operation(copy, "import", self.now, kind="import") as operation:
                import_entries(
                    operation, read_records(StringIO(text)), overwrite=False, lenient=False
                )
            assert contents(copy) == contents(self.store)
            assert saved(copy) == saved(self.store)
            again = StringIO()
            write_export(copy, Query(self.now), again, by_line=True)
        path.unlink()
        assert again.getvalue().splitlines()[0] == text.splitlines()[0]

    @rule()
    def refresh(self) -> None:
        with self.command():
            refresh(self.store, self.upstream, now=self.now)
            for slug, package in self.model.items():
                repository = self.repositories[slug]
                if self.world.by_id("github", repository.id) is not None:
                    package.told |= {
                        "repo_watchers": repository.stars,
                        "repo_archived": bool(repository.archived),
                    }
                    package.address = f"https://github.com/{repository.path}"
                whole = [version for version, good in self.versions[slug].items() if good]
                package.told["pypi_version"] = max(whole or self.versions[slug], key=Version)

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        self.tick()
        with begin_operation(self.store, "undo", self.now, kind="undo") as operation:
            entry = history.last(self.store)
            undo.undo(operation, entry.id)
        modelled, before = self.before.pop()
        self.model, self.grids, self.filters, self.unwanted_filters = modelled
        assert state(self.store) == before
        self.see()

    @precondition(lambda self: self.before)
    @rule(back=st.integers(0, 5), skip=st.booleans())
    def undo_an_earlier_one_and_do_it_again(self, back: int, skip: bool) -> None:
        """Undo any operation; a conflict changes nothing or is skipped, and an undo of the
        undo gives all back.
        """
        found = history.listed(self.store)
        number = found[back % len(found)].id
        before, count = state(self.store), operations(self.store)
        self.tick()
        try:
            with begin_operation(self.store, f"undo {number}", self.now, kind="undo") as operation:
                undo.undo(operation, history.entry(self.store, number).id, skip_conflicts=skip)
        except Conflict:
            assert (state(self.store), operations(self.store)) == (before, count)
            return
        if operations(self.store) == count:
            return
        self.see()
        self.tick()
        with begin_operation(self.store, "undo again", self.now, kind="undo") as operation:
            undo.undo(operation, history.listed(self.store, 1)[0].id)
        assert state(self.store) == before
        self.see()
        self.before.clear()  # what is the last operation in force is another matter now

    @rule(days=st.sampled_from([0, 1, 30]))
    def prune(self, days: int) -> None:
        before = state(self.store)
        moment = self.now - timedelta(days=days)
        done = prune(self.store, moment)
        assert state(self.store) == before
        if done.after < done.before:
            self.before.clear()  # the last operation may be one that can no longer be undone
        self.states = [(at, seen, pruned or at < moment) for at, seen, pruned in self.states]

    # what happens elsewhere

    @rule(slug=st.sampled_from(SLUGS), by=st.sampled_from([1, -2, 10_000]))
    def star(self, slug: str, by: int) -> None:
        self.world.star(
            self.repositories[slug], by if self.repositories[slug].stars + by >= 0 else 1
        )

    @rule(slug=st.sampled_from(SLUGS), login=st.sampled_from(["ann", "bob", "cid"]))
    def push(self, slug: str, login: str) -> None:
        self.world.push(self.repositories[slug], login=login)

    @rule(slug=st.sampled_from(SLUGS))
    def archive_or_rename(self, slug: str) -> None:
        self.renamed += 1
        if self.renamed % 3 == 0:
            self.world.archive(self.repositories[slug])
        elif self.world.by_id("github", self.repositories[slug].id) is not None:
            self.world.rename(self.repositories[slug], f"bob{self.renamed}/{slug}")

    @rule(slug=st.sampled_from(SLUGS))
    def delete_or_restore(self, slug: str) -> None:
        there = self.world.by_id("github", self.repositories[slug].id) is not None
        (self.world.delete if there else self.world.restore)(self.repositories[slug])

    @rule(slug=st.sampled_from(SLUGS), action=st.sampled_from(["release", "yank", "warn"]))
    def publish_or_yank(self, slug: str, action: str) -> None:
        project, versions = self.world.project(slug), self.versions[slug]
        newest = max(versions, key=Version)
        if action == "release":
            newer = f"1.{len(versions)}"
            self.world.release(project, newer)
            versions[newer] = True
        elif action == "yank":
            self.world.yank(project, newest)
            versions[newest] = False
        else:
            self.world.warn(project, newest, Vulnerability(f"GHSA-{len(versions)}"))

    # what must always be so

    def tick(self) -> None:
        self.now += timedelta(minutes=10)

    @invariant()
    def says_what_the_model_says(self) -> None:
        found = {one.slug: one for one in packages.read(self.store, Query(self.now))}
        assert sorted(found) == sorted(self.model)
        for slug, package in self.model.items():
            expected = package.expected()
            assert {name: getattr(found[slug], name) for name in expected} == expected

    @invariant()
    def grids_say_what_the_model_says(self) -> None:
        expected = {}
        for slug, grid in self.grids.items():
            members = self.members(slug)
            features = []
            for feature in grid.features:
                told = {}
                for one in members:
                    if one.identity in feature.cells:
                        told[self.slug_of(one)] = feature.cells[one.identity]
                features.append((feature.title, told))
            expected[slug] = ([self.slug_of(one) for one in members], features)
        assert contents(self.store) == expected

    @invariant()
    def filters_say_what_the_model_says(self) -> None:
        expected = [(one.name, one.expression) for _, one in sorted(self.filters.items())]
        assert saved(self.store) == expected

    @invariant()
    def is_whole(self) -> None:
        check_whole(self.store)

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 1000), slug=st.sampled_from(SLUGS))
    def look_back_at_one(self, number: int, slug: str) -> None:
        self.look_back(*self.states[number % len(self.states)], [slug])
        with pytest.raises(NotFound), Store.read(self.path, explicit=True) as then:
            past.go_back(then, NOW - timedelta(days=1), self.now)


class TestAnySequence(Machine.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=25, stateful_step_count=20, report_multiple_bugs=False)


@pytest.mark.slow
class TestManySequences(Machine.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=300, stateful_step_count=40, report_multiple_bugs=False)
