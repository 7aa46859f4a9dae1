"""Make a string that came from elsewhere safe to show: the only way remote text reaches a terminal."""

import re

_SEQUENCES = r"""(?x)(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?        # CSI: colours, cursor, modes (ECMA-48, 5.4)
      | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])   # OSC, DCS, SOS, PM, APC and their text
        [^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?
      | \x1b[ -/]*[0-~]?                          # other escapes
    """
_MOST_MARKS = 3


def clean(text: str, *, lines: bool = False) -> str:
    """Return text without control characters, escape sequences, invisible and direction-changing characters.

    White space of any kind becomes one space, or stays a line break where `lines` is set; unassigned and
    private characters become U+FFFD; of combining marks at most three follow each other.
    """
    if text.isascii() and text.isprintable():
        return text
    import unicodedata  # most text never comes this far

    text = re.sub(_SEQUENCES, "", text.replace("\r\n", "\n"))
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MOST_MARKS or category == "Cf":
            continue
        if character == "\n" and lines:
            kept.append(character)
        elif character.isspace():
            kept.append(" ")
        elif category in ("Cn", "Co", "Cs"):
            kept.append("\ufffd")
        elif category != "Cc":
            kept.append(character)
    return "".join(kept)


def link(url: str | None) -> str | None:
    """Return an address a terminal may make clickable: http or https with a plain host, else None."""
    if not url or not url.isascii() or not url.isprintable() or re.search(r'[\s<>"\\^`{|}]', url):
        return None
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host and not parts.username else None
