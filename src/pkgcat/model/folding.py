"""Texts as they are compared and searched: without case and accents, whatever their code points."""

import re

from pkgcat.model.text import remove_invisible

_ACCENTS = r"[\u0300-\u036f]"
"""Combining Diacritical Marks: the accents of Latin, Greek and Cyrillic. The marks of other scripts
make other letters.
"""

_BASE_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)
"""Latin letters that Unicode does not decompose, as they are written without their stroke."""

_NO_SPACES = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c"  # jamo, radicals
    r"\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"  # kana, bopomofo
    r"\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"  # Han, Yi, Hangul
    r"\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"  # more kana, more Han
)
"""Letters of scripts that write no space between words, or hang endings on them (Hangul)."""

_BESIDE_SUCH_LETTER = rf"(?<=\S)(?={_NO_SPACES})|(?<={_NO_SPACES})(?=\S)"


def fold_text(text: str) -> str:
    """Return a text for comparing: NFKC, without case, accents and invisible characters.

    Straße and STRASSE are one, as are Ärger and arger, Łódź and lodz, ﬁne and fine.
    """
    if text.isascii():
        return text.lower()
    import unicodedata  # most text is ASCII

    decomposed = unicodedata.normalize("NFKD", remove_invisible(text)).casefold()
    plain = re.sub(_ACCENTS, "", unicodedata.normalize("NFKD", decomposed))
    return unicodedata.normalize("NFKC", plain.translate(_BASE_LETTERS))


def make_searchable(text: str) -> str:
    """Return a text for the full-text index: folded, each letter of a script without spaces a word.

    The index finds words and their beginnings; a run of such letters is then found as a phrase.
    """
    folded = fold_text(text)
    if folded.isascii():
        return folded
    return re.sub(_BESIDE_SUCH_LETTER, " ", folded)
