"""Orders, comparisons and searches as a person expects them: versions, titles, any script."""

import json

import pytest

from tests.commands.program import Program, told

VERSIONS = (
    "latest",
    "0.9",
    "1.0.dev1",
    "1.0a1",
    "1.0rc1",
    "1.0",
    "1.0.post1",
    "1.9",
    "1.10",
    "10.0",
)
TITLES = ("alpha", "Ärger", "Beta", "Éclair", "eta", "Łódź", "Øresund", "Straße", "Zeta")


def take(program: Program, *records: dict[str, object]) -> None:
    text = "".join(f"{json.dumps(record)}\n" for record in records)
    answer = program("import", "-", input=text)
    assert answer.code == 0, answer.err


def column(program: Program, field: str, *command: str) -> list[object]:
    answer = program(*command, "--json", "--fields", field)
    assert answer.code == 0, answer.err
    return [record[field] for record in json.loads(answer.out)]


@pytest.fixture
def versions(empty: Program) -> Program:
    """Packages of these versions, and one of none."""
    texts = [*reversed(VERSIONS), None]
    take(
        empty,
        *(
            {"slug": f"p{number}", "title": "P", "pypi_version": text}
            for number, text in enumerate(texts)
        ),
    )
    return empty


def test_versions_are_sorted_by_pep_440_with_the_unknown_last(versions: Program) -> None:
    found = column(versions, "pypi_version", "list", "--sort", "pypi_version")
    assert found == [*VERSIONS, None]
    found = column(versions, "pypi_version", "list", "--sort", "-pypi_version")
    assert found == [*reversed(VERSIONS), None]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (("pypi_version", ">=", "1.9"), 3),
        (("pypi_version", ">", "1.9"), 2),
        (("pypi_version", "<", "1.0"), 5),
        (("pypi_version", "<", "0"), 1),
        (("pypi_version", "<=", "1.0.0"), 6),
        (("pypi_version", "=", "v1.0.0"), 1),
        (("pypi_version", "=", "1.0-RC.1"), 1),
        (("pypi_version", "=", "latest"), 1),
        (("pypi_version", "!=", "1.0"), 10),
        (("pypi_version", "=", "null"), 1),
        (("pypi_version", "~", "1.0"), 5),
    ],
)
def test_versions_are_compared_by_pep_440(
    versions: Program, condition: tuple[str, ...], count: int
) -> None:
    assert len(column(versions, "slug", "list", "--where", *condition)) == count


@pytest.fixture
def titles(empty: Program) -> Program:
    """Packages of these titles, which are also their notes and a tag of each."""
    take(
        empty,
        *(
            {"slug": f"p{number}", "title": title, "notes": title, "tags": [title]}
            for number, title in enumerate(reversed(TITLES))
        ),
    )
    return empty


@pytest.mark.parametrize("field", ["title", "notes"])
def test_texts_are_sorted_without_case_and_accents(titles: Program, field: str) -> None:
    assert column(titles, field, "list", "--sort", field) == list(TITLES)
    assert column(titles, field, "list", "--sort", f"-{field}") == list(reversed(TITLES))


@pytest.mark.parametrize("field", ["title", "notes"])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ärger", ["Ärger"]),
        ("ÄRG", ["Ärger"]),
        ("arger", ["Ärger"]),
        ("a\u0308rger", ["Ärger"]),
        ("STRASSE", ["Straße"]),
        ("straße", ["Straße"]),
        ("lodz", ["Łódź"]),
        ("łÓD", ["Łódź"]),
        ("ore", ["Øresund"]),
        ("ETA", ["Beta", "eta", "Zeta"]),
        ("éta", ["Beta", "eta", "Zeta"]),
    ],
)
def test_a_text_has_another_without_case_and_accents(
    titles: Program, field: str, asked: str, expected: list[str]
) -> None:
    found = column(titles, "title", "list", "--where", field, "~", asked, "--sort", "title")
    assert found == expected


@pytest.mark.parametrize("asked", ["ärger", "ÄRGER"])
@pytest.mark.parametrize("field", ["title", "notes", "tags"])
def test_a_text_is_another_in_any_case(titles: Program, field: str, asked: str) -> None:
    assert column(titles, "title", "list", "--where", field, "=", asked) == ["Ärger"]
    assert len(column(titles, "title", "list", "--where", field, "!=", asked)) == len(TITLES) - 1


@pytest.mark.parametrize("asked", ["Größe", "größe", "GRÖSSE"])
@pytest.mark.parametrize("option", ["--tag", "--participant"])
def test_an_item_is_asked_for_in_any_case(empty: Program, option: str, asked: str) -> None:
    take(
        empty,
        {"slug": "a", "title": "A", "tags": ["Größe"], "participants": ["x", "Größe"]},
        {"slug": "b", "title": "B", "tags": ["geo"], "participants": ["ann"]},
    )
    assert column(empty, "slug", "list", option, asked) == ["a"]


def test_a_text_of_invisible_characters_is_not_unknown(empty: Program) -> None:
    take(
        empty,
        {"slug": "a", "title": "A"},
        {"slug": "b", "title": "B", "notes": "\u200b"},
        {"slug": "c", "title": "C", "notes": "c"},
    )
    assert column(empty, "slug", "list", "--where", "notes = null") == ["a"]
    assert column(empty, "slug", "list", "--sort", "notes") == ["b", "c", "a"]


def test_several_fields_are_sorted_by_one_after_the_other(empty: Program) -> None:
    rows = [("a", 5, "x"), ("b", None, "x"), ("c", 5, None), ("d", 9, "y"), ("e", 5, "x")]
    take(
        empty,
        *(
            {"slug": slug, "title": "P", "repo_watchers": stars, "notes": notes}
            for slug, stars, notes in rows
        ),
    )

    def ordered(sort: str) -> str:
        return "".join(map(str, column(empty, "slug", "list", "--sort", sort)))

    assert ordered("notes,-repo_watchers") == "aebdc"
    assert ordered("-notes, repo_watchers,-slug") == "deabc"
    assert ordered("-repo_watchers,notes") == "daecb"
    assert ordered("title,repo_watchers") == "acedb"
    assert "'repo_watchers'" in told(empty("list", "--sort", "slug,-repo_watcher"), 2)
    assert "names slug twice" in told(empty("list", "--sort", "slug,-slug"), 2)
    assert "no field" in told(empty("list", "--sort", "slug,"), 2)


def test_slugs_and_categories_are_sorted_in_any_case(empty: Program) -> None:
    slugs = ["alpha", "Beta", "gamma"]
    for slug in reversed(slugs):
        assert empty("category", "add", f"{slug}-c", "--title", slug).code == 0
        assert empty("add", "--no-fetch", slug, "--slug", slug, "--category", f"{slug}-c").code == 0
    assert column(empty, "slug", "list", "--sort", "slug") == slugs
    assert column(empty, "slug", "list", "--sort", "category") == slugs


# Search


@pytest.fixture
def scripts(empty: Program) -> Program:
    """Packages whose texts are of several scripts."""
    take(
        empty,
        {
            "slug": "cjk",
            "title": "Sample",
            "repo_description": "全文検索の道具",
            "tags": ["ヘルスチェック"],
        },
        {"slug": "ko", "title": "Sample K", "repo_description": "한국어형태소분석기"},
        {"slug": "zh", "title": "Django入门教程", "notes": "高性能异步框架"},
        {"slug": "thai", "title": "Sample T", "notes": "เครื่องมือค้นหาภาษาไทย"},
        {
            "slug": "drf-like",
            "title": "Sample Rest Kit",
            "pypi_url": "https://pypi.org/project/samplerestkit/",
        },
        {"slug": "straight", "title": "Straße", "repo_description": "ﬁne e-mail"},
        {"slug": "polish", "title": "Mapa", "participants": ["Łukasz Żółć", 'Jo\\hn "Ö" Doe']},
        {"slug": "wide", "title": "ＷＩＤＥ", "notes": "soft\u00adhyphen ｶﾞｲﾄﾞ"},
    )
    return empty


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("検索", "cjk"),
        ("索の", "cjk"),
        ("道", "cjk"),
        ("チェック", "cjk"),
        ("ﾁｪｯｸ", "cjk"),
        ("형태소", "ko"),
        ("분석", "ko"),
        ("教程", "zh"),
        ("django 教程", "zh"),
        ("异步", "zh"),
        ("ภาษา", "thai"),
        ("samplerestkit", "drf-like"),
        ("samplerest", "drf-like"),
        ("strasse", "straight"),
        ("STRAßE", "straight"),
        ("stras", "straight"),
        ("fine", "straight"),
        ("ﬁne", "straight"),
        ("e-mail", "straight"),
        ("lukasz", "polish"),
        ("ŁUKASZ", "polish"),
        ("zolc", "polish"),
        ("doe", "polish"),
        ("wide", "wide"),
        ("ｗｉｄｅ", "wide"),
        ("softhyphen", "wide"),
        ("ガイド", "wide"),
        ('"全文検索"', "cjk"),
    ],
)
def test_a_search_finds_words_of_any_script(scripts: Program, words: str, slug: str) -> None:
    assert column(scripts, "slug", "search", words) == [slug]


@pytest.mark.parametrize("words", ["索検", "検道", "ック検索", "소형태"])
def test_letters_in_another_order_are_another_word(scripts: Program, words: str) -> None:
    assert column(scripts, "slug", "search", words) == []


def test_exact_names_come_first_and_then_names_that_begin_so(empty: Program) -> None:
    take(
        empty,
        {"slug": "a", "title": "Rest", "repo_description": "rest rest rest"},
        {"slug": "b", "title": "Django Rest rest rest", "notes": "rest", "tags": ["rest"]},
        {"slug": "rest-kit", "title": "A kit for the web with a long title"},
        {"slug": "c", "title": "C", "pypi_url": "https://pypi.org/project/rest/"},
        {"slug": "d", "title": "Restful words", "repo_description": "of some length " * 20},
        {"slug": "e", "title": "E", "repo_description": "rest"},
    )
    found = column(empty, "slug", "search", "rest")
    assert set(found[:2]) == {"a", "c"}
    assert set(found[2:4]) == {"rest-kit", "d"}
    assert found[4:] == ["b", "e"]
    assert column(empty, "slug", "search", "rest", "--limit", "3") == found[:3]


@pytest.mark.parametrize(
    "words", ["django-cities", "Django Cities", "django_cities", '"DJANGO CITIES"']
)
def test_a_name_is_exact_in_any_spelling(empty: Program, words: str) -> None:
    take(
        empty,
        {"slug": "django-cities-light", "title": "Django Cities", "notes": "django cities"},
        {"slug": "x", "title": "About", "notes": "django cities, django cities, django cities"},
        {"slug": "django-cities", "title": "Cities"},
    )
    found = column(empty, "slug", "search", words)
    assert sorted(found[:2]) == ["django-cities", "django-cities-light"]
    assert found[2:] == ["x"]


def test_a_miss_names_slugs_that_begin_so(empty: Program) -> None:
    for slug in ("django-cities", "django-cities-light", "Drafts", "other"):
        assert empty("add", "--no-fetch", slug, "--slug", slug).code == 0
    for name, nearest in (
        ("dj", "'django-cities' or 'django-cities-light'"),
        ("django-cit", "'django-cities' or 'django-cities-light'"),
        ("DRA", "'Drafts'"),
    ):
        answer = empty("show", name)
        assert answer.code == 4
        assert f"did you mean {nearest}?" in answer.err
