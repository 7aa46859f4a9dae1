"""What a person types into a search, as FTS5's query language (sqlite.org/fts5.html, section 3)."""

import re

_PARTS = r'"([^"]*)"|([^\s"]+)'


def readable(words: str) -> str:
    """Replace what cannot be text: bytes of a command line that were no UTF-8, and NUL."""
    return words.encode("utf-8", "replace").decode().replace("\0", " ")


def expression(words: str) -> str | None:
    """Turn words into a query that is never a syntax error; None where nothing is left to look for.

    Every word must occur, or begin a word that does; words in quotes must follow each other.
    """
    parts = []
    for quoted, word in re.findall(_PARTS, readable(words)):
        text = quoted or word
        if any(character.isalnum() for character in text):
            parts.append(f'"{text}"' if quoted else f'"{text}"*')
    return " AND ".join(parts) or None
