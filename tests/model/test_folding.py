"""Texts without case and accents."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pkgcat.model.folding import fold_text, make_searchable
from tests.cpu import cpu_limit

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Django-CITIES 4", "django-cities 4"),
        ("Ärger", "arger"),
        ("A\u0308rger", "arger"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"),
        ("Łódź", "lodz"),
        ("Øresund, Æbleskiver, œuvre", "oresund, aebleskiver, oeuvre"),
        ("İstanbul, Iğdır", "istanbul, igdir"),
        ("Đà Nẵng", "da nang"),
        ("ﬁne ﬂow oﬃce", "fine flow office"),
        ("Ｆｕｌｌ ｗｉｄｔｈ ４２", "full width 42"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("ЁЛКА", "елка"),
        ("soft\u00adhyphen, zero\u200bwidth", "softhyphen, zerowidth"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("ガイド", "ガイド"),
        ("カイト", "カイト"),
        ("हिन्दी", "हिन्दी"),
        ("한국어", "한국어"),
        ("㎏ № ½", "kg no 1⁄2"),
    ],
)
def test_a_text_without_case_and_accents(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(TEXTS)
@example("\u0345\u0390ᾳ")
@example("Ꭰꭰ")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
    assert make_searchable(make_searchable(text)) == make_searchable(text)


@given(TEXTS)
def test_case_makes_no_difference(text: str) -> None:
    assert fold_text(text.upper().casefold()) == fold_text(text.upper())
    assert fold_text(text.casefold()) == fold_text(text)


@pytest.mark.parametrize(
    ("text", "searchable"),
    [
        ("Django Cities", "django cities"),
        ("全文検索の道具", "全 文 検 索 の 道 具"),
        ("Python入門3版", "python 入 門 3 版"),
        ("ヘルスチェック 検索", "ヘ ル ス チ ェ ッ ク 検 索"),
        ("한국어", "한 국 어"),
        ("ภาษาไทย", "ภ า ษ า ไ ท ย"),
        ("\U00020000\U00030000", "\U00020000 \U00030000"),
        ("naïve café", "naive cafe"),
    ],
)
def test_letters_of_scripts_without_spaces_stand_apart(text: str, searchable: str) -> None:
    assert make_searchable(text) == searchable


def test_a_long_text_is_folded_in_linear_time() -> None:
    with cpu_limit(10):
        for text in ("検" * 300_000, "e\u0301" * 300_000, "\u0301" * 300_000, "ﷺ" * 30_000):
            make_searchable(text)
