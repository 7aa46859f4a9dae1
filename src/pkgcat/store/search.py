"""What a person types into a search, as FTS5's query language (sqlite.org/fts5.html, section 3)."""

import re

from pkgcat.errors import Invalid
from pkgcat.model.folding import fold_text, make_searchable

MAX_WORDS = 50
"""So many different words a search may have: FTS5 takes quadratic time to rank by them."""

MAX_LENGTH = 500
"""So many words a search may have, those of quoted parts and each letter of scripts without spaces
counted: FTS5 looks for each of them at every place of a text.
"""

_PARTS = r'"([^"]*)"|([^\s"]+)'


def readable(words: str) -> str:
    """Replace what cannot be text: bytes of a command line that were no UTF-8, and NUL."""
    return words.encode("utf-8", "replace").decode().replace("\0", " ")


def list_names(words: str) -> tuple[str, ...]:
    """Return the names that may be meant by words: folded, as typed, with hyphens, with spaces."""
    typed = fold_text(readable(words)).replace('"', " ").strip()
    with_hyphens = re.sub(r"[\s._-]+", "-", typed).strip("-")
    with_spaces = with_hyphens.replace("-", " ")
    return tuple(dict.fromkeys(name for name in (typed, with_hyphens, with_spaces) if name))


def expression(words: str) -> str | None:
    """Turn words into a query that is never a syntax error; None where nothing is left to look for.

    Every word must occur, or begin a word that does; words in quotes must follow each other.
    Raises Invalid for more than MAX_WORDS different ones, or MAX_LENGTH altogether.
    """
    parts: dict[str, int] = {}  # each with its number of words or letters
    for quoted, word in re.findall(_PARTS, readable(words)):
        text = make_searchable(quoted or word)
        text = text.replace('"', " ")  # folding makes ＂ a quotation mark
        if any(character.isalnum() for character in text):
            part = f'"{text}"' if quoted else f'"{text}"*'
            parts[part] = len(text.split())
    if len(parts) > MAX_WORDS:
        raise Invalid(f"{len(parts):,} words to search for, and {MAX_WORDS} are the most")
    length = sum(parts.values())
    if length > MAX_LENGTH:
        raise Invalid(f"{length:,} words or letters to search for, and {MAX_LENGTH} are the most")
    return " AND ".join(parts) or None
