"""add, show, remove, list, search: the packages themselves."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.fields import FIELDS
from tests.commands.program import Program, told
from tests.conftest import DATA

# add


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            "Django.Cities",
            {"slug": "django-cities", "pypi_name": "django-cities", "repo_url": None},
        ),
        (
            "owner/some-repo",
            {"slug": "some-repo", "repo_url": "https://github.com/owner/some-repo"},
        ),
        (
            "https://github.com/o/r",
            {"slug": "r", "repo_url": "https://github.com/o/r", "repo_host": "github"},
        ),
        ("git@gitlab.com:g/sub/r.git", {"slug": "r", "repo_url": "https://gitlab.com/g/sub/r"}),
        ("ssh://git@github.com/o/r.git", {"slug": "r", "repo_url": "https://github.com/o/r"}),
        ("github.com/o/r/issues/3", {"slug": "r", "repo_url": "https://github.com/o/r"}),
        ("https://git.example.org/o/r", {"slug": "r", "repo_host": None}),
        ("https://pypi.org/project/Some_Name/", {"slug": "some-name", "pypi_name": "some-name"}),
    ],
)
def test_add_takes_a_target_in_any_spelling(
    empty: Program, target: str, expected: dict[str, Any]
) -> None:
    answer = empty("add", "--no-fetch", target)
    assert answer.code == 0, answer.err
    assert expected["slug"] in answer.out
    assert "undo" in answer.out
    assert answer.out.count("\n") == 1
    assert empty.record(expected["slug"]).items() >= expected.items()


def test_add_sets_every_field_given_by_hand(one: Program) -> None:
    answer = one(
        *(
            "add",
            "--no-fetch",
            "--title",
            " My Fork ",
            "--slug",
            "my_fork",
            "--category",
            "apps",
            "--grid",
            "grid-71",
        ),
        *(
            "--tag",
            "geo",
            "--tag",
            "watch",
            "--notes",
            "why\nnot",
            "--repo-url",
            "git@github.com:me/fork.git",
        ),
        *("--pypi-url", "My.Fork", "--documentation-url", "https://fork.example.org/", "--json"),
    )
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    assert (record["slug"], type(record["id"])) == ("my_fork", int)
    assert record == one.record("my_fork")
    expected = {
        "title": "My Fork",
        "category": "apps",
        "grids": ["grid-71"],
        "tags": ["geo", "watch"],
        "notes": "why\nnot",
        "repo_url": "https://github.com/me/fork",
        "pypi_url": "https://pypi.org/project/my-fork/",
        "pypi_name": "my-fork",
        "documentation_url": "https://fork.example.org/",
        "repo_host": "github",
        "last_fetched": None,
        "pinned": [],
    }
    assert record.items() >= expected.items()


@pytest.mark.parametrize(
    ("options", "slug", "title"),
    [
        (("--title", "Our Fork!"), "our-fork", "Our Fork!"),
        (("--slug", "x_y"), "x_y", "x_y"),
        (("--repo-url", "https://github.com/o/r"), "r", "r"),
        (("--pypi-url", "Some.Name"), "some-name", "some-name"),
    ],
)
def test_add_makes_slug_and_title_of_what_it_is_told(
    empty: Program, options: tuple[str, ...], slug: str, title: str
) -> None:
    assert empty("add", "--no-fetch", *options).code == 0
    assert empty.record(slug)["title"] == title


@pytest.mark.parametrize(
    "target", ["x" * 120, "owner/" + "x" * 120, "https://pypi.org/project/" + "x" * 120]
)
def test_add_of_a_long_name_makes_a_title_and_a_slug_that_fit(empty: Program, target: str) -> None:
    assert empty("add", "--no-fetch", target).code == 0
    assert empty.record("x" * 50)["title"] == "x" * 100
    assert (
        empty(
            "add", "--no-fetch", "--slug", "y", "--repo-url", "https://github.com/o/" + "y" * 120
        ).code
        == 0
    )


def test_add_several_at_once_prints_an_array(empty: Program) -> None:
    answer = empty("add", "--no-fetch", "one", "two", "--tag", "new", "--json")
    assert [record["slug"] for record in json.loads(answer.out)] == ["one", "two"]
    assert empty.slugs("--tag", "new") == ["one", "two"]


def test_add_reads_targets_from_standard_input(empty: Program) -> None:
    assert empty("add", "--no-fetch", "-", input="one\n\n two \n").code == 0
    assert empty.slugs() == ["one", "two"]


def test_add_from_standard_input_prints_an_array_even_of_one(empty: Program) -> None:
    answer = empty("add", "--no-fetch", "-", "--json", input="one\n")
    assert [record["slug"] for record in json.loads(answer.out)] == ["one"]


@pytest.mark.parametrize(
    "args",
    [
        ("add", "--no-fetch", "https://github.com/CoderHolic/Django-Cities.git"),
        ("add", "--no-fetch", "git@github.com:coderholic/django-cities"),
        ("add", "--no-fetch", "DJANGO_cities"),
        ("add", "--no-fetch", "--slug", "Django-Cities"),
        (
            "add",
            "--no-fetch",
            "--title",
            "x",
            "--pypi-url",
            "https://pypi.org/project/django.cities",
        ),
    ],
)
def test_add_of_what_is_there_already_is_a_conflict_that_names_it(
    one: Program, args: tuple[str, ...]
) -> None:
    before = one.stored
    assert "django-cities" in told(one(*args), 5)
    assert one.stored == before


def test_one_of_several_that_is_there_already_is_told_and_is_no_failure(one: Program) -> None:
    answer = one("add", "--no-fetch", "fresh", "DJANGO_cities")
    assert (answer.code, answer.err) == (0, "")
    assert "there already: django-cities\n" in answer.out
    assert answer.out.endswith(
        "added 1 of 2 packages: 1 there already; 'pkgcat undo' takes them back\n"
    )
    assert one.slugs() == ["django-cities", "fresh"]


@pytest.mark.parametrize(
    ("args", "clue"),
    [
        (("add", "--no-fetch"), "--title"),
        (("add", "--no-fetch", ""), "PyPI"),
        (("add", "--no-fetch", "two words"), "two words"),
        (("add", "--no-fetch", "a", "b", "--title", "x"), "one by one"),
        (("add", "--no-fetch", "a", "b", "--slug", "x"), "one by one"),
        (("add", "--no-fetch", "x", "--slug", "with space"), "slug"),
        (("add", "--no-fetch", "x", "--slug", "s" * 51), "51"),
        (("add", "--no-fetch", "x", "--slug", "12345"), "digits"),
        (("add", "--no-fetch", "x", "--slug", "ünï"), "slug"),
        (("add", "--no-fetch", "x", "--title", "t" * 101), "101"),
        (("add", "--no-fetch", "x", "--title", "  "), "title"),
        (("add", "--no-fetch", "--title", "…"), "slug"),
        (("add", "--no-fetch", "x", "--repo-url", "no address"), "repo_url"),
        (("add", "--no-fetch", "x", "--pypi-url", "https://example.org/x"), "pypi_url"),
        (
            ("add", "--no-fetch", "x", "--documentation-url", "javascript:alert(1)"),
            "documentation_url",
        ),
        (("add", "--no-fetch", "x", "--documentation-url", "https://"), "documentation_url"),
    ],
)
def test_add_refuses_what_breaks_a_rule(one: Program, args: tuple[str, ...], clue: str) -> None:
    before = one.stored
    assert clue in told(one(*args), 2)
    assert one.stored == before


def test_add_names_the_nearest_category_and_grid(one: Program) -> None:
    before = one.stored
    assert "'apps'" in told(one("add", "--no-fetch", "x", "--category", "app"), 4)
    assert "'grid-71'" in told(one("add", "--no-fetch", "x", "--grid", "grid-7"), 4)
    assert one.stored == before


def test_titles_and_slugs_as_long_as_allowed_are_taken(empty: Program) -> None:
    assert empty("add", "--no-fetch", "--title", "t" * 100, "--slug", "s" * 50).code == 0
    assert empty("add", "--no-fetch", "--title", "u" * 100).code == 0
    assert len(empty.slugs()) == 2


# show


@pytest.mark.parametrize(
    "name",
    [
        "django-cities",
        "Django-Cities",
        "1326",
        "Django.Cities",
        "django_cities",
        "https://github.com/coderholic/django-cities",
        "http://github.com/CoderHolic/django-cities.git/",
        "git@github.com:coderholic/django-cities.git",
        "github.com/coderholic/django-cities/issues/1",
        "https://pypi.org/project/django-cities/",
        " django-cities ",
    ],
)
def test_show_finds_a_package_by_any_of_its_names(one: Program, name: str) -> None:
    assert one.record(name)["id"] == 1326


def test_show_prints_one_object_with_every_key_in_order(one: Program) -> None:
    record = one.record("django-cities")
    assert list(record) == list(FIELDS)
    assert record["repo_watchers"] == 949
    assert record["category"] == "apps"
    assert record["grids"] == ["grid-71"]
    assert record["last_updated"] == "2025-12-11T03:25:36Z"
    assert record["last_fetched"] == "2026-02-15T09:01:40Z"
    assert record["documentation_url"] is None
    assert len(record["commits_over_52"]) == 52
    assert record["participants"][:2] == ["blag", "coderholic"]


def test_show_prints_an_array_for_many_and_for_standard_input(many: Program) -> None:
    both = json.loads(many("show", "django-cities", "1326", "sorethumb", "--json").out)
    assert [record["slug"] for record in both] == ["django-cities", "django-cities", "sorethumb"]
    read = json.loads(many("show", "-", "--json", input="sorethumb\n").out)
    assert [record["slug"] for record in read] == ["sorethumb"]
    assert many("show", "-", "--json").out == "[]\n"


@pytest.mark.parametrize(
    ("meant", "typed"), [("django-cities", "django-citis"), ("sorethumb", "sorthumb")]
)
def test_show_of_nothing_names_the_nearest(many: Program, meant: str, typed: str) -> None:
    for form in ((), ("--json",), ("--format", "apiv4")):
        assert f"'{meant}'" in told(many("show", typed, *form), 4)


def test_show_of_one_miss_among_many_prints_nothing(many: Program) -> None:
    told(many("show", "django-cities", "nope", "--json"), 4)


def test_show_gives_the_reference_back_byte_for_byte(one: Program) -> None:
    answer = one("show", "django-cities", "--format", "apiv4")
    assert answer.raw == (DATA / "package-1326.json").read_bytes()


def test_show_gives_all_the_records_of_the_reference_back(many: Program) -> None:
    lines = (DATA / "records.ndjson").read_text(encoding="utf-8").splitlines()
    page = json.loads(many("list", "--format", "apiv4").out)
    found = {record["slug"]: record for record in page["results"]}
    assert (page["count"], page["next"], page["previous"]) == (len(lines) + 1, None, None)
    for line in lines:
        text = line.replace("/?format=api", "/").replace("/?format=json", "/")
        assert found[json.loads(line)["slug"]] == json.loads(text)


# remove


def test_remove_is_soft_and_says_how_to_undo_it(one: Program) -> None:
    before = one.record("django-cities")
    answer = one("remove", "1326")
    assert (answer.code, answer.out.count("\n")) == (0, 1)
    assert "removed django-cities" in answer.out
    assert "undo" in answer.out
    told(one("show", "django-cities"), 4)
    assert one.slugs() == []
    assert one.slugs("search", "cities") == []
    assert one("undo").code == 0
    assert one.record("django-cities") == before


def test_remove_reads_standard_input(many: Program) -> None:
    assert many("remove", "-", input="sorethumb\ndjango-bitly\n").code == 0
    assert not {"sorethumb", "django-bitly"} & set(many.slugs())
    assert many("undo").code == 0
    assert len(many.slugs()) == 38


def test_remove_of_one_miss_removes_nothing(many: Program) -> None:
    before = many.stored
    told(many("remove", "sorethumb", "nope"), 4)
    assert many.stored == before


def test_remove_of_a_package_that_is_named_twice_removes_it_once(one: Program) -> None:
    answer = one("remove", "django-cities", "1326")
    assert answer.out == "removed django-cities; 'pkgcat undo' brings it back\n"


def test_remove_needs_a_name(one: Program) -> None:
    assert one("remove").code == 2


# list


def test_list_of_an_empty_catalog_is_an_empty_array(empty: Program, tmp_path: Path) -> None:
    for form, text in (("json", "[]\n"), ("jsonl", ""), ("table", "")):
        answer = empty("list", "--format", form, env={"PKGCAT_DB": "", "HOME": str(tmp_path)})
        assert (answer.code, answer.out) == (0, text)
    assert not empty.catalog.exists()
    assert empty("add", "--no-fetch", "x").code == 0
    assert empty("remove", "x").code == 0
    assert empty("list", "--json").out == "[]\n"


def test_list_on_a_terminal_says_how_to_begin(empty: Program, tmp_path: Path) -> None:
    answer = empty("list", terminal=True, env={"PKGCAT_DB": ""})
    assert answer.code == 0
    assert "pkgcat add" in answer.out
    assert "pkgcat import" in answer.out


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Four packages that differ in whatever `list` filters by; only read here."""
    program = Program(tmp_path_factory.mktemp("rich") / "catalog.db")
    records = [
        {
            "slug": "alpha",
            "title": "Alpha",
            "category": "apps",
            "grids": ["maps"],
            "tags": ["geo", "used"],
            "repo_url": "https://github.com/o/alpha",
            "repo_watchers": 10,
            "repo_archived": False,
            "last_fetched": "2020-01-01T00:00:00Z",
            "last_updated": "2019-05-05T10:00:00.5Z",
            "participants": ["Ann", "bob"],
            "notes": "first; = > 5",
        },
        {
            "slug": "beta",
            "title": "beta",
            "category": "frameworks",
            "grids": ["maps", "shops"],
            "tags": ["geo"],
            "repo_url": "https://gitlab.com/o/beta",
            "repo_watchers": 100,
            "repo_archived": True,
            "last_fetched": "2999-01-01T00:00:00Z",
            "participants": ["bob"],
            "commits_over_52": [0, 3, 7],
        },
        {
            "slug": "gamma",
            "title": "Gamma",
            "category": "apps",
            "repo_watchers": 1000,
            "last_error": "HTTP 502",
            "last_error_at": "2026-01-01T00:00:00Z",
            "error_count": 2,
            "tags": ["USED"],
        },
        {"slug": "delta", "title": "Delta", "notes": 'it\'s "here"'},
    ]
    assert program("import", "-", input="\n".join(map(json.dumps, records))).code == 0
    return program


@pytest.mark.parametrize(
    ("options", "slugs"),
    [
        ("", "alpha beta delta gamma"),
        ("--category apps", "alpha gamma"),
        ("--category APPS", "alpha gamma"),
        ("--category projects", ""),
        ("--grid maps", "alpha beta"),
        ("--grid shops", "beta"),
        ("--tag geo", "alpha beta"),
        ("--tag used", "alpha gamma"),
        ("--tag geo --tag used", "alpha"),
        ("--tag nothing", ""),
        ("--host github", "alpha"),
        ("--host gitlab", "beta"),
        ("--archived", "beta"),
        ("--not-archived", "alpha delta gamma"),
        ("--stale 24h", "alpha delta gamma"),
        ("--stale 1w", "alpha delta gamma"),
        ("--failing", "gamma"),
        ("--participant bob", "alpha beta"),
        ("--participant ANN", "alpha"),
        ("--category apps --tag geo --host github", "alpha"),
        ("--limit 2", "alpha beta"),
        ("--limit 0", ""),
        ("--offset 3", "gamma"),
        ("--limit 1 --offset 1", "beta"),
        ("--offset 9", ""),
        ("--sort repo_watchers", "alpha beta gamma delta"),
        ("--sort -repo_watchers", "gamma beta alpha delta"),
        ("--sort -repo_watchers --limit 1", "gamma"),
        ("--sort=-id", "delta gamma beta alpha"),
        ("--sort last_updated --limit 1", "alpha"),
    ],
)
def test_list_filters_sorts_and_limits(rich: Program, options: str, slugs: str) -> None:
    assert rich.slugs(*options.split()) == slugs.split()


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        (("repo_watchers", ">", "10"), "beta gamma"),
        (("repo_watchers", ">=", "10"), "alpha beta gamma"),
        (("repo_watchers", "<", "100"), "alpha"),
        (("repo_watchers", "<=", "100"), "alpha beta"),
        (("repo_watchers", "=", "100"), "beta"),
        (("repo_watchers", "==", "100"), "beta"),
        (("repo_watchers", "!=", "100"), "alpha delta gamma"),
        (("repo_watchers", "=", "null"), "delta"),
        (("repo_watchers", "!=", "null"), "alpha beta gamma"),
        (("repo_watchers", ">", "-1"), "alpha beta gamma"),
        (("repo_watchers", "gt", "10"), "beta gamma"),
        (("repo_watchers", "le", "10"), "alpha"),
        (("title", "=", "ALPHA"), "alpha"),
        (("title", "~", "LPH"), "alpha"),
        (("title", "contains", "eta"), "beta"),
        (("title", "!=", "Alpha"), "beta delta gamma"),
        (("notes", "=", "null"), "beta gamma"),
        (("tags", "=", "geo"), "alpha beta"),
        (("tags", "~", "GEO"), "alpha beta"),
        (("tags", "!=", "geo"), "delta gamma"),
        (("tags", "=", "null"), "delta"),
        (("commits_over_52", "=", "7"), "beta"),
        (("commits_over_52", "=", "null"), "alpha delta gamma"),
        (("repo_archived", "=", "true"), "beta"),
        (("repo_archived", "=", "false"), "alpha"),
        (("repo_archived", "=", "null"), "delta gamma"),
        (("repo_archived", "!=", "true"), "alpha delta gamma"),
        (("last_updated", "=", "2019-05-05T10:00:00Z"), "alpha"),
        (("last_updated", "<", "2019-05-06"), "alpha"),
        (("last_updated", "<", "365d"), "alpha"),
        (("last_updated", ">", "2019-05-05T12:00:00+02:00"), ""),
        (("last_fetched", ">", "2998-01-01"), "beta"),
        (("category", "=", "apps"), "alpha gamma"),
        (("error_count", ">", "0"), "gamma"),
        (("documentation_url", "=", "null"), "alpha beta delta gamma"),
    ],
)
def test_where_takes_any_field_in_both_spellings(
    rich: Program, words: tuple[str, ...], slugs: str
) -> None:
    assert rich.slugs("--where", *words) == slugs.split()
    assert rich.slugs("--where", " ".join(words)) == slugs.split()
    assert rich.slugs(f"--where={' '.join(words)}") == slugs.split()
    if not words[1].isalpha():
        assert rich.slugs("--where", "".join(words)) == slugs.split()


@pytest.mark.parametrize(("value", "slug"), [("= > 5", "alpha"), ("it's \"here", "delta")])
def test_the_third_word_of_where_is_one_value(rich: Program, value: str, slug: str) -> None:
    assert rich.slugs("--where", "notes", "~", value) == [slug]
    doubled = value.replace("'", "''")
    assert rich.slugs("--where", f"notes ~ '{doubled}'") == [slug]
    assert "quote" in told(rich("list", "--where", f"notes ~ {value}"), 2)


def test_conditions_and_filters_add_up(rich: Program) -> None:
    assert rich.slugs("--where", "repo_watchers", ">", "10", "--where", "category=apps") == [
        "gamma"
    ]
    assert rich.slugs("--category", "apps", "--where", "repo_watchers<100", "--limit", "5") == [
        "alpha"
    ]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_can_be_sorted_by_and_asked_for(rich: Program, name: str) -> None:
    assert set(rich.slugs("--sort", name)) == {"alpha", "beta", "gamma", "delta"}
    known, unknown = (
        rich.slugs("--where", f"{name} != null"),
        rich.slugs("--where", f"{name} = null"),
    )
    assert sorted(known + unknown) == ["alpha", "beta", "delta", "gamma"]
    ordered = rich.slugs("--sort", f"-{name}")
    if not FIELDS[name].required and not FIELDS[name].type.is_collection:
        assert set(ordered[: len(known)]) == set(known)
    chosen = json.loads(rich("list", "--json", "--fields", name).out)
    assert [list(record) for record in chosen] == [[name]] * 4


@pytest.mark.parametrize(
    ("options", "code", "clue"),
    [
        (("--sort", "stars"), 2, "'repo_watchers'"),
        (("--sort", "-repo_watcher"), 2, "'repo_watchers'"),
        (("--where", "state = archivd"), 2, "'archived'"),
        (("--where", "pinned = repo_watcher"), 2, "'repo_watchers'"),
        (("--where", "upstream_values ~ repo_watcher"), 2, "'repo_watchers'"),
        (("--where", "gone = repositry"), 2, "'repository'"),
        (("--fields", "slug,titel"), 2, "'title'"),
        (("--fields", "qqqqqq"), 2, "pkgcat schema"),
        (("--where", "repo_watcher > 1"), 2, "'repo_watchers'"),
        (("--where", "repo_watcher", ">", "1"), 2, "'repo_watchers'"),
        (("--where", "stars", ">", "1"), 2, "'repo_watchers'"),
        (("--where", "title"), 2, "FIELD OP VALUE"),
        (("--where", ""), 2, "FIELD OP VALUE"),
        (("--where", "repo_watchers > many"), 2, "'many'"),
        (("--where", "repo_watchers > null"), 2, "null"),
        (("--where", "repo_archived = maybe"), 2, "yes, no, true"),
        (("--where", "last_updated > yesterday"), 2, "'yesterday'"),
        (("--where", "last_updated > 999999y"), 2, "'999999y'"),
        (("--where", "last_updated < 0001-01-01T00:00:00+14:00"), 2, "last_updated"),
        (("--where", "tags > geo"), 2, "list"),
        (("--stale", "soon"), 2, "'soon'"),
        (("--stale", "999999y"), 2, "999999y"),
        (("--category", "app"), 4, "'apps'"),
        (("--grid", "map"), 4, "'maps'"),
        (("--format", "jason"), 2, "'json'"),
        (("--format", "xyzzy"), 2, "markdown"),
        (("--json", "--format", "csv"), 2, "exclude"),
        (("--format", "apiv4", "--fields", "slug"), 2, "--fields"),
    ],
)
def test_list_refuses_what_it_does_not_know_and_names_the_nearest(
    rich: Program, options: tuple[str, ...], code: int, clue: str
) -> None:
    assert clue in told(rich("list", *options), code)


@pytest.mark.parametrize("option", ["--limit", "--offset"])
@pytest.mark.parametrize("number", ["-1", "x", "99999999999999999999"])
def test_a_number_that_is_none_or_too_large_is_wrong_usage(
    rich: Program, option: str, number: str
) -> None:
    answer = rich("list", option, number)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err


def test_host_names_the_nearest(rich: Program) -> None:
    assert "github" in told(rich("list", "--host", "gihub"), 2)


# search


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        (("alpha",), "alpha"),
        (("ALPHA",), "alpha"),
        (("alp",), "alpha"),
        (("geo",), "alpha beta"),
        (("geo", "used"), "alpha"),
        (("bob",), "alpha beta"),
        (('"it\'s"',), "delta"),
        (("first",), "alpha"),
        (("nothing-like-it",), ""),
        (("a", "b", "zzz"), ""),
    ],
)
def test_search_finds_words_and_their_beginnings(
    rich: Program, words: tuple[str, ...], slugs: str
) -> None:
    assert sorted(rich.slugs("search", *words)) == slugs.split()


def test_search_ranks_titles_first_and_obeys_limit(many: Program) -> None:
    assert many("add", "--no-fetch", "--title", "Unlike", "--notes", "cities").code == 0
    found = many.slugs("search", "cities")
    assert found[0] == "django-cities"
    assert "unlike" in found
    assert many.slugs("search", "cities", "--limit", "1") == ["django-cities"]
    assert many.slugs("search", "cities", "--limit", "0") == []


def test_search_takes_quoted_words_as_they_stand(many: Program) -> None:
    assert "django-cities" in many.slugs("search", '"cities of the world"')
    assert "django-cities" not in many.slugs("search", '"world of cities"')
    assert "django-cities" in many.slugs("search", "world of cities")


@pytest.mark.parametrize(
    "words",
    ["", " ", '"', '""', "*", "^", "()", "NEAR(", "AND", "OR OR", "NOT", "a AND", "title:x", "-x", "a*b", "{a}",
     "'", ";", "%", "\\", "a\0b", "é", "日本", "💥", "\u202e", "x" * 5000, "a " * 2000],
)  # fmt: skip
def test_search_is_never_a_syntax_error(rich: Program, words: str) -> None:
    answer = rich("search", "--json", "--", words)
    assert (answer.code, answer.err) == (0, "")
    assert isinstance(json.loads(answer.out), list)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.text('"*^():+-{} aANDORNOT', max_size=30)
)
def test_search_takes_any_text(rich: Program, words: str) -> None:
    answer = rich("search", "--json", "--", words)
    assert (answer.code, answer.err) == (0, "")


def test_search_needs_words(rich: Program) -> None:
    assert rich("search").code == 2


def test_a_search_without_a_hit_is_an_answer(rich: Program) -> None:
    assert rich("search", "zzzz") == ("", "", 0, b"")
    assert rich("search", "zzzz", "--json").out == "[]\n"
    assert "zzzz" in rich("search", "zzzz", terminal=True).out


def test_what_no_catalog_can_be_asked_for_is_wrong_usage(one: Program) -> None:
    assert "not UTF-8 text" in told(one("show", "a\udcff"), 2)
    assert "too large" in told(one("list", "--offset", str(2**70)), 2)
