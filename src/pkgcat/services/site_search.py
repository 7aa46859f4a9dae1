"""API v4's search: packages and grids by their texts, exact names first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from pkgcat.model.folding import fold_text, make_searchable
from pkgcat.store import Store, api_v4
from pkgcat.store.search import expression

_MAX_GRIDS = 5
"""So many grids are told beside packages, unless they are called exactly what is searched for."""


class Hit(NamedTuple):
    """A package or a grid that a search has found, by its key."""

    kind: Literal["package", "grid"]
    key: int


def search_site(store: Store, text: str, now: datetime) -> list[Hit]:
    """Return what is found, at most MAX_HITS: what is called so, then packages by rank, then
    grids.

    Raises Invalid for too many words.
    """
    words = expression(text)
    if words is None:
        return []
    named, others = _find_grids(store, text)
    hits = [Hit("grid", key) for key in named]
    name = _strip_quotes(text)
    if name:
        hits += [Hit("package", key) for key in api_v4.find_named_packages(store, name)]
    public = f"- notes : ({words})"  # notes are the user's own, and no business of the API
    ranked = [Hit("package", key) for key in api_v4.search_packages(store, public, now)]
    room = api_v4.MAX_HITS - min(len(others), _MAX_GRIDS)
    hits = list(dict.fromkeys([*hits, *ranked]))[:room]
    hits += [Hit("grid", key) for key in others]
    return hits[: api_v4.MAX_HITS]


def _strip_quotes(text: str) -> str:
    return text.replace('"', " ").strip()


def _find_grids(store: Store, text: str) -> tuple[list[int], list[int]]:
    """Return the keys of the grids that are called so, and of those in whose texts each word
    begins one.
    """
    name = fold_text(_strip_quotes(text))
    wanted = list(_split_words(text))
    named, others = [], []
    for key, slug, title, description in api_v4.list_grid_texts(store):
        if name in (fold_text(slug), fold_text(title)):
            named.append(key)
            continue
        present = list(_split_words(f"{slug} {title} {description}"))
        if all(any(word.startswith(part) for word in present) for part in wanted):
            others.append(key)
    return named, others


def _split_words(text: str) -> Iterator[str]:
    """Yield the words of a text as the full-text index has them."""
    letters = [character if character.isalnum() else " " for character in make_searchable(text)]
    yield from "".join(letters).split()
