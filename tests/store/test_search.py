"""Search: every word or its beginning, ranked, and never a syntax error."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pkgcat.errors import Invalid
from pkgcat.store import Store, edits, packages
from pkgcat.store.operation import begin_operation
from pkgcat.store.search import MAX_LENGTH, MAX_WORDS, expression
from tests.conftest import NOW, Run
from tests.cpu import cpu_limit
from tests.store.checks import add, check_whole, edit, slugs


@pytest.fixture
def some(store: Store) -> Store:
    add(
        store, "django-cities", title="Cities", repo_description="Countries and cities of the world"
    )
    add(store, "django-countries", title="Countries", notes="used for the shop", tags=("geo",))
    add(store, "views", title="Views", repo_description="class based views, and based class")
    add(store, "other", title="Other", participants=("blag", "Jane Doe"), notes="café")
    return store


def found(store: Store, words: str) -> list[str]:
    wanted = expression(words)
    return slugs(store, words=wanted) if wanted else []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cities", {"django-cities"}),
        ("CITIES", {"django-cities"}),
        ("countr", {"django-cities", "django-countries"}),
        ("countries world", {"django-cities"}),
        ("world countries", {"django-cities"}),
        ("geo", {"django-countries"}),
        ("shop", {"django-countries"}),
        ("jane", {"other"}),
        ("cafe", {"other"}),
        ("django", {"django-cities", "django-countries"}),
        ("django-cities", {"django-cities"}),
        ('"class based"', {"views"}),
        ('"class world"', set()),
        ('"based views', {"views"}),
        ("ities", set()),
        ("nothing like it", set()),
        ("cities nothing", set()),
        ("", set()),
        ("!!! ---", set()),
        ("cities OR views", set()),
        ("title:cities", set()),
    ],
)
def test_every_word_must_occur_or_begin_one_that_does(
    some: Store, words: str, expected: set[str]
) -> None:
    assert set(found(some, words)) == expected


def test_a_title_counts_more_than_a_description(some: Store) -> None:
    assert found(some, "countries")[0] == "django-countries"
    assert found(some, "cities")[0] == "django-cities"


def test_what_was_edited_is_found_as_it_is_now(some: Store) -> None:
    key = packages.find(some, "views")
    edit(
        some,
        key,
        title="Templates",
        slug="templates",
        tags=("html",),
        notes="new",
        participants=("ada",),
    )
    edit(some, key, repo_description="rendering")
    for words in ("views", "based", "class"):
        assert found(some, words) == [], words
    for words in ("templates", "html", "new", "ada", "rendering"):
        assert found(some, words) == ["templates"], words
    check_whole(some)


def test_what_was_removed_is_not_found_until_it_is_back(some: Store) -> None:
    key = packages.find(some, "views")
    with begin_operation(some, "remove", NOW, kind="remove") as operation:
        edits.remove(operation, key)
    assert found(some, "views") == []
    check_whole(some)
    with begin_operation(some, "undo", NOW, kind="undo") as operation:
        operation.change("packages", key, {"removed": 0})
    assert found(some, "views") == ["views"]
    check_whole(some)


@given(st.text(st.characters(exclude_categories=("Cs",))))
@example('"')
@example('"" "')
@example("a*b (c) ^d NEAR(e f) -g +h {i}: j")
@example("\0")
@example('"\0"')
@example("𞤀 ﷽ ² ½ Ⅷ")
@example("OR AND NOT")
@example("a＂b")  # a full-width quotation mark, which folding makes a plain one
def test_no_words_are_a_syntax_error(words: str) -> None:
    wanted = expression(words)
    if wanted is None:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE search USING fts5(a, tokenize = 'unicode61 remove_diacritics 2')"
    )
    connection.execute("SELECT * FROM search WHERE search MATCH ?", (wanted,)).fetchall()
    connection.close()


@pytest.mark.parametrize(
    "command",
    [
        ("search", "caf\udce9"),
        ("show", "caf\udce9"),
        ("list", "--tag", "caf\udce9"),
        ("list", "--where", "title = caf\udce9"),
        ("edit", "other", "--tag", "caf\udce9"),
        ("category", "add", "themes", "--title", "caf\udce9"),
    ],
)
def test_bytes_that_are_no_text_are_told_in_one_line(
    run: Run, some: Store, command: tuple[str, ...]
) -> None:
    some.connection.close()
    answer = run(*command)
    assert answer.code in (0, 2, 4)
    assert answer.err.count("\n") <= 1


def test_a_search_of_many_words_ends(store: Store) -> None:
    add(store, "maps", participants=tuple(f"{'x' * MAX_WORDS}{number}" for number in range(5_000)))
    with cpu_limit(10):
        assert found(store, "x " * 1_000) == ["maps"]
        assert found(store, " ".join("x" * length for length in range(1, MAX_WORDS + 1))) == [
            "maps"
        ]
    with pytest.raises(Invalid, match="51 words"):
        expression(" ".join(f"x{number}" for number in range(MAX_WORDS + 1)))


@pytest.mark.parametrize("words", ["検" * MAX_LENGTH, '"' + "x " * MAX_LENGTH + '"'])
def test_a_long_phrase_ends(store: Store, words: str) -> None:
    add(store, "maps", repo_description="検" * 100_000, notes="x " * 100_000)
    with cpu_limit(10):
        assert found(store, words) == ["maps"]
    with pytest.raises(Invalid, match="501 words or letters to search for, and 500 are the most"):
        expression(f"{words} y")
