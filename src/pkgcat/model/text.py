"""Make a string that came from elsewhere safe to show on a terminal."""

import re

_SEQUENCES = r"""(?x)
      (?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]?               # CSI: colours, cursor, modes (ECMA-48, 5.4)
    | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])           # OSC, DCS, SOS, PM, APC (ECMA-48, 5.6)
      (?:[^\x00-\x1f\x7f-\x9f]*+(?:\x07|\x1b\\|\x9c))?  # and their text, where it ends before the line does
    | \x1b[ -/]*+[0-~]?                                # other escapes
    """
_STYLES = r"(\x1b\[[0-9;]*+m|\x1b\]8;[\w=-]*+;(?:https?://[!-~]++)?\x1b\\)"
"""What Rich writes of itself on a page or a table: SGR (ECMA-48, 8.3.117), and OSC 8 around a
link.
"""

_BLANKS = r"[\u2800\u3164\uFFA0\U00013441\U00013442\U0001D159]"
"""Assigned as symbols or letters, but drawn as an empty cell."""

_IGNORABLE = (
    r"[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F"
    r"\uFE00-\uFE0F\uFEFF\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]"
)
"""Default_Ignorable_Code_Point of DerivedCoreProperties.txt (Unicode 17.0) without the Hangul
fillers above.
"""

_PLAIN = (
    r"[ -~\u00A1-\u00AC\u00AE-\u02FF\u0370-\u0482\u048A-\u058F\u2010-\u2027\u2030-\u205E\u20A0-\u20CF\u2100-\u27FF"
    r"\u2900-\u2CEE\u3001-\u3029\u3030-\u3096\u309B-\u3163\u3165-\u9FFF\uAC00-\uD7A3\uFF01-\uFF9F"
    r"\U0001F000-\U0001F3FA\U0001F400-\U0001FAFF]*+"
)
"""Blocks of letters and symbols without marks. Their unassigned code points are found by
`str.isprintable`.
"""

_MOST_MARKS = 3


def clean(text: str, *, lines: bool = False) -> str:
    """Return text without control characters, escape sequences, invisible and direction-changing
    characters.

    White space of any kind and blank symbols become one space, or stay a line break where `lines`
    is set. Unassigned and private characters become U+FFFD. At most three combining marks follow
    each other, counted after everything else is removed. Variation selectors and joiners are
    removed, so an emoji sequence is shown as its single emoji, and Rich's `cell_len` is right.
    Takes time linear in the length; cleaning twice changes nothing.
    """
    if text.isascii() and text.isprintable():  # most text
        return text
    if _is_plain(text.replace("\n", "") if lines else text):
        return text
    import unicodedata  # most text never comes this far

    text = re.sub(_SEQUENCES, "", text.replace("\r\n", "\n"))
    text = remove_invisible(re.sub(_BLANKS, " ", text))
    shown = []
    for character in text:
        category = unicodedata.category(character)
        if character == "\n" and lines:
            shown.append(character)
        elif character.isspace():
            shown.append(" ")
        elif category in ("Cn", "Co", "Cs") or character == "\ufffc":
            shown.append("\ufffd")
        elif category not in ("Cc", "Cf"):
            shown.append(character)
    return _limit_marks(shown)


def remove_invisible(text: str) -> str:
    """Return text without the characters that are drawn as nothing."""
    return re.sub(_IGNORABLE, "", text)


def clean_rendered(text: str) -> str:
    """Clean text in which Rich set colours and links: these, line breaks and tabs stay."""
    pieces = re.split(_STYLES, text)
    for index in range(0, len(pieces), 2):  # the styles stand between the pieces of text
        if not _is_plain(pieces[index].replace("\n", "")):
            pieces[index] = "\t".join(clean(cell, lines=True) for cell in pieces[index].split("\t"))
    return "".join(pieces)


def _is_plain(text: str) -> bool:
    """Whether `clean` has nothing to do. It may say no to text that is harmless, never yes to
    other text.
    """
    if not text.isprintable():
        return False
    return text.isascii() or re.fullmatch(_PLAIN, text) is not None


def _limit_marks(characters: list[str]) -> str:
    """Join characters, but no more than three in a row of those that take no cell of their own.

    Spacing marks (Mc) are counted apart from the others (Mn, Me and conjoining jamo), since a
    Burmese syllable has one and three. An emoji modifier stays only behind a symbol that it can
    modify.
    """
    import unicodedata

    kept: list[str] = []
    marks = spacing_marks = 0
    previous = ""
    for character in characters:
        category = unicodedata.category(character)
        if (
            category in ("Mn", "Me")
            or "\u1160" <= character <= "\u11ff"
            or "\ud7b0" <= character <= "\ud7ff"
        ):
            marks += 1
            if marks > _MOST_MARKS:
                continue
        elif category == "Mc":
            spacing_marks += 1
            if spacing_marks > _MOST_MARKS:
                continue
        elif "\U0001f3fb" <= character <= "\U0001f3ff":
            if previous != "So":
                continue
        else:
            marks = spacing_marks = 0
        kept.append(character)
        previous = category
    return "".join(kept)


def link(url: str | None) -> str | None:
    """Return an address a terminal may make clickable: http or https with a plain host, else
    None.
    """
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


def clean_for_shell(text: str) -> str:
    """Return the letters, digits, spaces and `.,-_` of the cleaned text: nothing in it has a
    meaning to a shell.

    Letters and digits are those of Unicode (`str.isalnum`); combining marks are neither. Runs of
    spaces become one space, and there is none at either end.
    """
    kept = [character for character in clean(text) if character.isalnum() or character in " .,-_"]
    return " ".join("".join(kept).split())
