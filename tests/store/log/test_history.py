"""History: every write is logged, and undo gives back every byte of what was."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
)

from pkgcat.errors import Conflict, NotFound
from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.store import Store, edits, file, groups, packages
from pkgcat.store.log import as_of as past
from pkgcat.store.log import history
from pkgcat.store.log import undo as take_back
from pkgcat.store.operation import begin_operation
from tests import records
from tests.conftest import NOW
from tests.records import Record, api_record
from tests.store.checks import add, check_whole, edit, exported, get, log, operations, slugs, take

LATER = NOW + timedelta(days=1)


def undo(store: Store, number: int | None = None) -> int:
    """Undo an operation, or the last one that is not undone; return the number of the undo."""
    with begin_operation(store, "undo", LATER, kind="undo") as operation:
        entry = history.last(store) if number is None else history.entry(store, number)
        take_back.undo(operation, entry.id)
    return operations(store)


def remove(store: Store, slug: str) -> None:
    with begin_operation(store, f"remove {slug}", LATER, kind="remove") as operation:
        edits.remove(operation, packages.find(store, slug))


def change_category(store: Store, name: str, /, **values: str) -> None:
    with begin_operation(store, "category edit", LATER, kind="category") as operation:
        groups.edit(operation, "categories", groups.find(store, "categories", name), values)


def add_grid(store: Store, slug: str) -> None:
    with begin_operation(store, "grid add", NOW, kind="grid") as operation:
        groups.add(operation, "grids", Grid(slug, slug.title()))


def remove_grid(store: Store, slug: str) -> None:
    with begin_operation(store, "grid remove", LATER, kind="grid") as operation:
        groups.remove(operation, "grids", groups.find(store, "grids", slug))


def remove_category(store: Store, slug: str) -> None:
    with begin_operation(store, "category remove", LATER, kind="category") as operation:
        groups.remove(operation, "categories", groups.find(store, "categories", slug))


@pytest.fixture
def filled(store: Store) -> Store:
    take(store, *records.own(20, seed=8))
    with begin_operation(store, "category add", NOW, kind="category") as operation:
        groups.add(operation, "categories", Category("themes", "Theme"))
    add(store, "a", category="apps", repo_url="https://github.com/o/n", pypi_url="n", id=1326)
    return store


def writes() -> dict[str, Any]:
    """Operations of every kind, each from one store to another state of it."""
    one = records.own(30, seed=8)
    newer = [
        record | {"repo_watchers": 5, "last_fetched": "2026-02-19T00:00:00-05:00"} for record in one
    ]
    return {
        "add": lambda s: add(
            s, "b", tags=("geo",), notes="words", grids=("maps",), category="other"
        ),
        "edit words": lambda s: edit(
            s, packages.find(s, "a"), LATER, title="T", tags=("x",), category="other"
        ),
        "edit facts": lambda s: edit(
            s, packages.find(s, "a"), LATER, repo_watchers=5, participants=("x", "y")
        ),
        "edit names": lambda s: edit(
            s, packages.find(s, "a"), LATER, slug="c", repo_url=None, pypi_url="m"
        ),
        "unset": lambda s: edit(
            s, packages.find(s, one[3]["slug"]), LATER, repo_description=None, notes=None
        ),
        "remove": lambda s: remove(s, "a"),
        "import new": lambda s: take(
            s, api_record(), api_record(slug="second", repo_url="", pypi_url="")
        ),
        "import newer": lambda s: take(s, *newer),
        "import over": lambda s: take(s, *newer, overwrite=True),
        "category": lambda s: change_category(
            s, "apps", slug="pieces", title="Piece", description="Small"
        ),
        "category add": _new_category,
        "category remove": lambda s: remove_category(s, "themes"),
    }


def _new_category(store: Store) -> None:
    with begin_operation(store, "category add", LATER, kind="category") as operation:
        groups.add(operation, "categories", Category("tools", "Tool"))


@pytest.mark.parametrize("kind", writes())
def test_undo_gives_back_every_byte_and_undo_of_undo_too(filled: Store, kind: str) -> None:
    before = exported(filled)
    writes()[kind](filled)
    after = exported(filled)
    assert after != before
    number = undo(filled)
    assert exported(filled) == before
    check_whole(filled)
    again = undo(filled, number)
    assert exported(filled) == after
    check_whole(filled)
    undo(filled, again)
    assert exported(filled) == before
    check_whole(filled)


def test_undo_twice_goes_back_two_operations(store: Store) -> None:
    states = []
    for number in range(5):
        states.append(exported(store))
        add(store, f"p{number}") if number % 2 == 0 else edit(
            store, packages.find(store, "p0"), title=f"T{number}"
        )
    while states:
        undo(store)
        assert exported(store) == states.pop()
    with pytest.raises(NotFound, match="nothing to undo") as nothing:
        undo(store)
    assert nothing.value.exit_code == 4


def test_undo_of_a_new_catalog_has_nothing_to_do(store: Store) -> None:
    with pytest.raises(NotFound, match="nothing to undo"):
        undo(store)
    with pytest.raises(NotFound, match="no operation 5"):
        undo(store, 5)


def test_an_operation_is_undone_once(store: Store) -> None:
    add(store, "a")
    undo(store)
    with pytest.raises(Conflict, match="undone already, by operation 2"):
        undo(store, 1)


def test_what_was_undone_and_done_again_is_the_last_to_undo(store: Store) -> None:
    add(store, "a")
    before = exported(store)
    add(store, "b")
    after = exported(store)
    for _ in range(3):
        number = undo(store)
        assert exported(store) == before
        undo(store, number)
        assert exported(store) == after


def test_an_earlier_operation_is_undone_and_later_ones_stay(store: Store) -> None:
    key = add(store, "a", title="A")
    edit(store, key, title="B")
    edit(store, key, LATER, notes="words")
    undo(store, 2)
    found = get(store, "a")
    assert (found.title, found.notes, found.modified) == ("A", "words", LATER)


def test_a_field_that_was_changed_again_is_a_conflict_and_nothing_is_undone(store: Store) -> None:
    key = add(store, "a", title="A")
    edit(store, key, title="B", notes="words")
    edit(store, key, title="C")
    before = exported(store), operations(store)
    with pytest.raises(Conflict, match="a: title was changed since, from 'B' to 'C'") as changed:
        undo(store, 2)
    assert changed.value.exit_code == 5
    assert (exported(store), operations(store)) == before
    undo(store)
    undo(store)
    assert get(store, "a").title == "A"


def test_what_was_removed_since_is_told_so(store: Store) -> None:
    add(store, "a")
    remove(store, "a")
    with pytest.raises(Conflict, match="a: it was removed since"):
        undo(store, 1)


def test_what_every_refresh_moves_on_is_no_conflict(store: Store) -> None:
    """What sources say of pinned facts is logged, and the newest simply stands."""
    key = add(store, "a", title="A")
    for number in (1, 2):
        with begin_operation(store, "refresh", LATER, kind="refresh") as operation:
            told = f'{{"repo_watchers":{number}}}'
            values = {"upstream_values": told, "pypi_version": str(number)}
            operation.change("facts", key, values if number == 1 else {"upstream_values": told})
    undo(store, 2)
    assert get(store, "a").pypi_version is None
    assert store.value("SELECT upstream_values FROM facts") == '{"repo_watchers":2}'


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ({"slug": "b"}, {"slug": "a"}),
    ],
)
def test_a_name_that_is_taken_by_now_cannot_come_back(
    store: Store, mine: dict[str, Any], other: dict[str, Any]
) -> None:
    key = add(store, "a", repo_url="https://github.com/o/n", pypi_url="n")
    edit(store, key, **mine)
    add(store, **other)
    before = exported(store), operations(store)
    with pytest.raises(Conflict):
        undo(store, 2)
    assert (exported(store), operations(store)) == before


@pytest.mark.parametrize(
    "rival",
    [
        {"slug": "A"},
        {"slug": "b", "id": 7},
    ],
)
def test_a_removed_package_whose_name_is_taken_cannot_come_back(
    store: Store, rival: dict[str, Any]
) -> None:
    add(store, "a", id=7, repo_url="https://github.com/o/n", pypi_url="n")
    remove(store, "a")
    add(store, **rival)
    before = exported(store), operations(store)
    with pytest.raises(Conflict, match="cannot come back"):
        undo(store, 2)
    assert (exported(store), operations(store)) == before


@pytest.mark.parametrize(
    "shared", [{"repo_url": "https://github.com/o/n"}, {"pypi_url": "https://pypi.org/project/n/"}]
)
def test_a_package_comes_back_though_another_shares_its_repository_or_name_by_now(
    store: Store, other: Store, shared: dict[str, Any]
) -> None:
    key = add(store, "a", **shared)
    remove(store, "a")
    add(store, "b", **shared)
    undo(store, 2)
    edit(store, key, **dict.fromkeys(shared))
    undo(store)
    assert slugs(store) == ["a", "b"]
    importable(store, other)


def test_a_category_whose_slug_is_taken_by_now_cannot_come_back(store: Store) -> None:
    remove_category(store, "apps")
    with begin_operation(store, "category add", NOW, kind="category") as operation:
        groups.add(operation, "categories", Category("apps", "Other"))
    with pytest.raises(Conflict, match="cannot come back"):
        undo(store, 1)
    change_category(store, "other", slug="rest")
    with begin_operation(store, "category add", NOW, kind="category") as operation:
        groups.add(operation, "categories", Category("other", "Other"))
    before = exported(store)
    with pytest.raises(Conflict):
        undo(store, 3)
    assert exported(store) == before


def importable(store: Store, other: Store) -> None:
    """Assert that what a catalog exports can be imported elsewhere: no package is in what is
    not there.
    """
    from pkgcat.services import import_groups, importing
    from pkgcat.services.record_reader import IncomingRecord

    header, *lines = map(json.loads, exported(store).splitlines())
    with begin_operation(other, "import", NOW, kind="import") as operation:
        import_groups.store_header(operation, header)
        for line in lines:
            importing.store_record(operation, IncomingRecord("", line), overwrite=False)
    assert exported(other) == exported(store)


@pytest.fixture
def other(tmp_path: Any) -> Any:
    with Store.write(tmp_path / "other.db", explicit=True, create=True) as opened:
        yield opened


def test_a_package_does_not_come_back_into_a_category_that_is_gone(
    store: Store, other: Store
) -> None:
    add(store, "a", category="other")
    remove(store, "a")
    remove_category(store, "other")
    with pytest.raises(Conflict):
        undo(store, 2)
    importable(store, other)


def test_a_category_does_not_come_back_to_a_package_when_it_is_gone(
    store: Store, other: Store
) -> None:
    key = add(store, "a", category="other")
    edit(store, key, category="apps")
    remove_category(store, "other")
    with pytest.raises(Conflict):
        undo(store, 2)
    importable(store, other)


def test_a_package_does_not_come_back_to_a_grid_that_is_gone(store: Store, other: Store) -> None:
    add_grid(store, "zoo")
    add(store, "a", grids=("zoo",))
    remove(store, "a")
    remove_grid(store, "zoo")
    with pytest.raises(Conflict, match="a: it needs the grid zoo"):
        undo(store, 3)
    importable(store, other)


def test_a_grid_does_not_come_back_to_a_package_when_it_is_gone(store: Store, other: Store) -> None:
    add_grid(store, "zoo")
    edit(store, add(store, "a", grids=("zoo",)), grids=())
    remove_grid(store, "zoo")
    with pytest.raises(Conflict, match="a: it needs the grid zoo"):
        undo(store, 3)
    importable(store, other)


def test_groups_that_a_package_is_not_in_keep_it_from_nothing(store: Store) -> None:
    add_grid(store, "zoo")
    add_grid(store, "ark")
    add(store, "a", category="apps", grids=("ark",))
    remove(store, "a")
    remove_category(store, "other")
    remove_grid(store, "zoo")
    undo(store, 4)
    assert (get(store, "a").category, get(store, "a").grids) == ("apps", ("ark",))


def test_a_removed_package_keeps_no_category_from_an_undo(store: Store) -> None:
    _new_category(store)
    add(store, "a", category="tools")
    remove(store, "a")
    undo(store, 1)
    with pytest.raises(Conflict, match="a: it needs the category tools"):
        undo(store, 3)


def test_a_category_that_is_gone_keeps_no_removed_package_from_an_undo(store: Store) -> None:
    _new_category(store)
    edit(store, add(store, "a", category="tools"), category="apps")
    remove_category(store, "tools")
    remove(store, "a")
    undo(store, 3)
    with pytest.raises(Conflict, match="a: it needs the category tools"):
        undo(store, 5)


def test_an_undo_leaves_what_sources_remember_of_packages_that_it_is_not_about(
    store: Store,
) -> None:
    assert add(store, "a", repo_url="https://github.com/o/n") == 1
    add_grid(store, "zoo")
    store.rows("INSERT INTO refresh_sources (package, source) VALUES (1, 'repository')")
    undo(store)
    assert groups.is_removed(store, "grids", 1)
    assert store.value("SELECT count(*) FROM refresh_sources") == 1


def test_a_list_of_which_the_log_keeps_only_the_newer_side_as_slices_is_undone(
    store: Store,
) -> None:
    before = ("Jane Doe-Smi",)
    key = add(store, "a", participants=before)
    edit(store, key, participants=(*(str(number) for number in range(101)), *before))
    sql = "SELECT old, new FROM changes WHERE field = 'participants'"
    old, new = store.rows(sql).fetchone()
    assert (old, new[:5]) == ('["Jane Doe-Smi"]', '{"~":')
    undo(store)
    assert get(store, "a").participants == before


def test_undo_of_a_new_category_that_is_in_use_by_now_is_a_conflict(
    store: Store, other: Store
) -> None:
    _new_category(store)
    add(store, "a", category="tools")
    with pytest.raises(Conflict, match="a"):
        undo(store, 1)
    importable(store, other)


def test_undo_of_an_import_whose_grid_is_in_use_by_now_is_a_conflict(
    store: Store, other: Store
) -> None:
    take(store, api_record())
    key = add(store, "b")
    edit(store, key, grids=get(store, "django-example").grids)
    with pytest.raises(Conflict):
        undo(store, 1)
    importable(store, other)


def test_every_change_is_logged_with_its_old_and_new_value(store: Store) -> None:
    key = add(store, "a", title="A")
    edit(store, key, LATER, title="B", repo_watchers=5)
    told = store.rows("SELECT entity, field, old, new FROM changes WHERE operation = 2").fetchall()
    assert ("packages", "title", "A", "B") in told
    assert ("facts", "repo_watchers", None, 5) in told
    assert ("packages", "pinned", "[]", '["repo_watchers"]') in told
    assert store.value("SELECT command FROM operations WHERE id = 2") == "edit"
    assert store.value("SELECT at FROM operations WHERE id = 2") == "2026-02-21T12:30:15.250000Z"


def test_history_only_grows(filled: Store) -> None:
    for write in writes().values():
        before = log(filled)
        write(filled)
        undo(filled)
        assert log(filled)[: len(before)] == before
        assert len(log(filled)) > len(before)


# Any sequence

SLUGS = st.sampled_from(["a", "b", "c", "D", "e-5"])
REPOSITORIES = st.sampled_from([None, "https://github.com/o/n", "https://github.com/o/m"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["One", "Two ", "⛺"]),
        "notes": st.sampled_from([None, "words"]),
        "tags": st.sampled_from([(), ("geo",), ("Geo", "used")]),
        "category": st.sampled_from([None, "apps", "other"]),
        "repo_url": REPOSITORIES,
        "repo_watchers": st.sampled_from([None, 0, 5]),
        "participants": st.sampled_from([(), ("blag",), ("blag", "Jane Doe")]),
    },
)


class Catalog(RuleBasedStateMachine):
    """A catalog beside a plain dict that says what it must hold."""

    undone = Bundle("undone")

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(file.in_memory(), None)  # type: ignore[arg-type]  # nowhere
        self.now = NOW
        self.model: dict[str, Record] = {}
        self.texts: list[str] = []
        self.before: list[tuple[str, dict[str, Record]]] = []
        self.history: list[Any] = []

    def teardown(self) -> None:
        self.store.connection.close()

    def keep(self) -> None:
        """Remember the state that undo must give back."""
        self.now += timedelta(hours=1)
        self.before.append((exported(self.store), json.loads(json.dumps(self.model))))

    @rule(slug=SLUGS, fields=FIELDS)
    def add(self, slug: str, fields: Record) -> None:
        if slug in self.model:
            with pytest.raises(Conflict):
                add(self.store, slug, self.now, **fields)
            return
        self.keep()
        add(self.store, slug, self.now, **fields)
        self.model[slug] = plain({"title": slug, **fields})

    @precondition(lambda self: self.model)
    @rule(pick=st.integers(0, 9), fields=FIELDS)
    def edit(self, pick: int, fields: Record) -> None:
        slug = sorted(self.model)[pick % len(self.model)]
        key = packages.find(self.store, slug)
        self.keep()
        logged = operations(self.store)
        edit(self.store, key, self.now + timedelta(minutes=1), **fields)
        if operations(self.store) == logged:
            self.before.pop()
        self.model[slug] |= plain(fields)

    @precondition(lambda self: self.model)
    @rule(pick=st.integers(0, 9))
    def remove(self, pick: int) -> None:
        slug = sorted(self.model)[pick % len(self.model)]
        self.keep()
        remove(self.store, slug)
        del self.model[slug]

    @rule(slug=SLUGS, fields=FIELDS, broken=st.booleans())
    def take(self, slug: str, fields: Record, broken: bool) -> None:
        record = json.loads(json.dumps({"slug": slug, "title": slug, **fields}))
        wrong: list[Record] = [{"slug": "two words", "title": "x"}] if broken else []
        if broken:
            state = exported(self.store), operations(self.store)
            with pytest.raises(Exception, match="record"):
                take(self.store, record, *wrong, now=self.now, overwrite=True)
            assert (exported(self.store), operations(self.store)) == state
            return
        self.keep()
        logged = operations(self.store)
        take(self.store, record, now=self.now, overwrite=True)
        if operations(self.store) == logged:
            self.before.pop()
        old = self.model.get(slug)
        pinned = set(json.loads(self.pinned(slug))) if old else set()
        self.model[slug] = (old or {}) | {
            name: value
            for name, value in plain({"title": slug, **fields}).items()
            if name not in pinned
        }

    def pinned(self, slug: str) -> str:
        sql = "SELECT pinned FROM packages WHERE slug = ? AND removed = 0"
        return str(self.store.value(sql, (slug,)))

    @rule(slug=st.sampled_from(["apps", "other"]), title=st.sampled_from(["App", "Thing"]))
    def rename_category(self, slug: str, title: str) -> None:
        self.keep()
        logged = operations(self.store)
        change_category(self.store, slug, title=title)
        if operations(self.store) == logged:
            self.before.pop()

    @precondition(lambda self: self.before)
    @rule(target=undone)
    def undo(self) -> tuple[int, str, Record, tuple[str, Record]]:
        after = exported(self.store), json.loads(json.dumps(self.model))
        number = undo(self.store)
        before = self.before.pop()
        text, self.model = before[0], json.loads(json.dumps(before[1]))
        assert exported(self.store) == text
        return number, *after, before

    @rule(told=consumes(undone))
    def undo_the_undo(self, told: tuple[int, str, Record, tuple[str, Record]]) -> None:
        number, text, model, before = told
        if number != operations(self.store):
            return  # something was written since
        undo(self.store, number)
        assert exported(self.store) == text
        self.before.append((before[0], json.loads(json.dumps(before[1]))))
        self.model = json.loads(json.dumps(model))

    @invariant()
    def says_what_the_model_says(self) -> None:
        assert slugs(self.store) == sorted(self.model, key=str.lower)
        for slug, known in self.model.items():
            found = plain(get(self.store, slug).values)
            assert {name: found[name] for name in known} == known

    @invariant()
    def is_whole(self) -> None:
        check_whole(self.store)

    @invariant()
    def never_forgets(self) -> None:
        told = log(self.store)
        assert told[: len(self.history)] == self.history
        self.history = told


def plain(fields: Record) -> Record:
    """Fields as JSON has them, so that a copy of the model equals it."""
    return {
        name: sorted(value)
        if name == "tags"
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in fields.items()
    }


class TestAnySequence(Catalog.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=30, stateful_step_count=15, report_multiple_bugs=False)


@pytest.mark.parametrize("odd", ["[todo] maps", '["a"]', '{"~":["0:1"]}', '{"~":', '{"~":5}'])
def test_a_text_that_looks_like_a_list_of_the_log_comes_back_as_it_was(
    store: Store, odd: str
) -> None:
    key = add(store, "a", repo_description="[", notes='["b"]')
    edit(store, key, repo_description=odd, notes=odd)
    edit(store, key, LATER, repo_description='["a","b"]', notes="[done]")
    found = {
        (step.field, step.old, step.new)
        for step in history.steps(store, key, ["repo_description", "notes"])
    }
    assert {("repo_description", "[", odd), ("repo_description", odd, '["a","b"]')} <= found
    assert {("notes", '["b"]', odd), ("notes", odd, "[done]")} <= found
    undo(store)
    assert (get(store, "a").repo_description, get(store, "a").notes) == (odd, odd)
    past.go_back(store, NOW + timedelta(hours=1), LATER)
    assert (get(store, "a").repo_description, get(store, "a").notes) == (odd, odd)
