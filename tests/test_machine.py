"""Any sequence of commands: the catalog equals a plain model, undo gives the state before, the past is what it was."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from packaging.version import Version

from pkgcat.commands.edit import Wish
from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.models import Condition, Query
from pkgcat.store import Store, edits, history, packages, past, undo
from pkgcat.store.prune import prune
from tests.online import STATE, refresh
from tests.store.checks import check_whole, exported, operations, take
from tests.upstream import Upstream, World
from tests.upstream.small import NOW
from tests.upstream.things import Vulnerability

SLUGS = ("p0", "p1", "p2")
FACTS = ("repo_watchers", "repo_archived", "pypi_version")
SERIES = ("repo_watchers", "repo_forks", "repo_open_issues", "repo_commit_count", "commits_over_52", "last_updated")
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


class Package:
    """What the catalog must hold of one package: words, what sources told, and what a person set instead."""

    def __init__(self, slug: str, address: str) -> None:
        self.words: Fields = {"title": slug, "notes": None, "tags": (), "category": None}
        self.told: Fields = dict.fromkeys(FACTS)
        self.pins: Fields = {}
        self.address = address

    def expected(self) -> Fields:
        """The fields as a record has them."""
        facts = {name: self.pins.get(name, self.told[name]) for name in FACTS}
        return {**self.words, **facts, "pinned": tuple(sorted(self.pins)), "repo_url": self.address}


def state(store: Store) -> list[Fields]:
    """All that is exported, but for what refresh keeps outside the log: when it last asked, and what failed."""
    lines = [json.loads(line) for line in exported(store).splitlines()]
    return [{name: value for name, value in line.items() if name not in STATE - {"gone"}} for line in lines]


def without_series(lines: list[Fields]) -> list[Fields]:
    """Leave out the numbers that a prune may have drawn together, and what stands behind them."""
    left_out = (*SERIES, "behind_pins")
    return [{name: value for name, value in line.items() if name not in left_out} for line in lines]


class Machine(RuleBasedStateMachine):
    """Every command that writes, with a server whose repositories and projects change meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "catalog.db"
        self.store = Store.write(self.path, named=True, create=True)
        self.store.connection.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
        self.now: datetime = NOW
        self.world = World(clock=lambda: self.now)
        self.upstream = Upstream(self.world)
        self.upstream.__enter__()
        self.upstream.unlimited()
        self.model: dict[str, Package] = {}
        self.before: list[tuple[dict[str, Package], list[Fields]]] = []
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

    @contextmanager
    def command(self) -> Iterator[None]:
        """Run a command a little later, and note the state that an undo of it must give back."""
        model, before, count = deepcopy(self.model), state(self.store), operations(self.store)
        self.tick()
        yield
        if operations(self.store) > count:
            self.before.append((model, before))
        self.see()

    def see(self) -> None:
        self.states.append((self.now, state(self.store), False))

    def look_back(self, moment: datetime, seen: list[Fields], pruned: bool, names: list[str] | None) -> None:
        """Assert that the catalog, or one package of it, is seen as it was."""
        with Store.read(self.path, named=True) as then:
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
                with pytest.raises(Conflict), self.store.operation("add", self.now) as operation:
                    edits.add(operation, values)
                return
            with self.store.operation(f"add {slug}", self.now) as operation:
                edits.add(operation, values)
            self.model[slug] = Package(slug, address)
            self.model[slug].words |= words

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 2), words=WORDS, facts=PINNED)
    def edit(self, number: int, words: Fields, facts: Fields) -> None:
        slug = self.pick(number)
        with self.command():
            with self.store.operation(f"edit {slug}", self.now) as operation:
                edits.edit(operation, packages.find(self.store, slug), {**words, **facts})
            self.model[slug].words |= words
            self.model[slug].pins |= facts

    @precondition(lambda self: any(package.pins for package in self.model.values()))
    @rule(number=st.integers(0, 2), field=st.sampled_from([*FACTS, "participants"]))
    def unpin(self, number: int, field: str) -> None:
        slug = self.pick(number)
        with self.command():
            with self.store.operation(f"edit {slug}", self.now) as operation:
                edits.unpin(operation, packages.find(self.store, slug), {field})
            self.model[slug].pins.pop(field, None)

    @rule(least=st.sampled_from([0, 5, 6]), tag=st.sampled_from(["geo", "popular"]))
    def edit_where(self, least: int, tag: str) -> None:
        with self.command():
            wish = Wish({}, (tag,), (), frozenset())
            query = Query(self.now, where=(Condition("repo_watchers", ">=", least),))
            slugs = [str(slug) for (slug,) in packages.rows(self.store, ["slug"], query)]
            with self.store.operation("edit --where", self.now) as operation:
                for slug in slugs:
                    wish.apply(operation, packages.find(self.store, slug))
            starred = {slug for slug, one in self.model.items() if (one.expected()["repo_watchers"] or -1) >= least}
            starred |= {slug for slug, one in self.model.items() if least == 0 and one.expected()["repo_watchers"] == 0}
            assert set(slugs) == starred
            for slug in slugs:
                self.model[slug].words["tags"] = tuple(sorted({*self.model[slug].words["tags"], tag}))

    @rule(
        slug=st.sampled_from(SLUGS),
        words=WORDS,
        stars=st.sampled_from([None, 7]),
        overwrite=st.booleans(),
        broken=st.booleans(),
    )
    def take(self, slug: str, words: Fields, stars: int | None, overwrite: bool, broken: bool) -> None:
        with self.command():
            given = {name: list(value) if isinstance(value, tuple) else value for name, value in words.items()}
            record: Fields = {"slug": slug, "title": slug, **given}
            record |= {} if stars is None else {"repo_watchers": stars}
            if slug not in self.model:
                record |= {"repo_url": f"https://github.com/{self.repositories[slug].path}", "pypi_url": slug}
            if broken:
                before, count = state(self.store), operations(self.store)
                with pytest.raises(Invalid):
                    take(self.store, record, {"slug": "two words", "title": "x"}, now=self.now, overwrite=overwrite)
                assert (state(self.store), operations(self.store)) == (before, count)
                return
            take(self.store, record, now=self.now, overwrite=overwrite)
            fresh = slug not in self.model
            package = self.model.setdefault(slug, Package(slug, str(record.get("repo_url"))))
            for name, value in {"title": slug, **words}.items():
                if fresh or overwrite or package.words[name] in (None, ()):
                    package.words[name] = value
            package.told |= {} if stars is None else {"repo_watchers": stars}

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 2))
    def remove(self, number: int) -> None:
        slug = self.pick(number)
        with self.command():
            with self.store.operation(f"remove {slug}", self.now) as operation:
                edits.remove(operation, packages.find(self.store, slug))
            del self.model[slug]

    @rule()
    def refresh(self) -> None:
        with self.command():
            refresh(self.store, self.upstream, now=self.now)
            for slug, package in self.model.items():
                repository = self.repositories[slug]
                if self.world.by_id("github", repository.id) is not None:
                    package.told |= {"repo_watchers": repository.stars, "repo_archived": bool(repository.archived)}
                    package.address = f"https://github.com/{repository.path}"
                whole = [version for version, good in self.versions[slug].items() if good]
                package.told["pypi_version"] = max(whole or self.versions[slug], key=Version)

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        self.tick()
        with self.store.operation("undo", self.now) as operation:
            entry = history.last(self.store)
            undo.undo(operation, entry.id)
        self.model, before = self.before.pop()
        assert state(self.store) == before
        self.see()

    @precondition(lambda self: self.before)
    @rule(back=st.integers(0, 5), skip=st.booleans())
    def undo_an_earlier_one_and_do_it_again(self, back: int, skip: bool) -> None:
        """Undo any operation; a conflict changes nothing or is skipped, and an undo of the undo gives all back."""
        found = history.listed(self.store)
        number = found[back % len(found)].id
        before, count = state(self.store), operations(self.store)
        self.tick()
        try:
            with self.store.operation(f"undo {number}", self.now) as operation:
                undo.undo(operation, history.entry(self.store, number).id, skip_conflicts=skip)
        except Conflict:
            assert (state(self.store), operations(self.store)) == (before, count)
            return
        if operations(self.store) == count:
            return
        self.see()
        self.tick()
        with self.store.operation("undo again", self.now) as operation:
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
        self.world.star(self.repositories[slug], by if self.repositories[slug].stars + by >= 0 else 1)

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
    def is_whole(self) -> None:
        check_whole(self.store)

    @precondition(lambda self: self.states)
    @rule(number=st.integers(0, 1000), slug=st.sampled_from(SLUGS))
    def look_back_at_one(self, number: int, slug: str) -> None:
        self.look_back(*self.states[number % len(self.states)], [slug])
        with pytest.raises(NotFound), Store.read(self.path, named=True) as then:
            past.go_back(then, NOW - timedelta(days=1), self.now)


class TestAnySequence(Machine.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=25, stateful_step_count=20, report_multiple_bugs=False)


@pytest.mark.slow
class TestManySequences(Machine.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=300, stateful_step_count=40, report_multiple_bugs=False)
