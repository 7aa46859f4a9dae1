"""compare: packages named or chosen, in any format, at any moment."""

import json

import pytest

from tests.commands.program import Program


def shown(program: Program, *args: str, width: int = 120) -> list[str]:
    answer = program(*args, terminal=True, env={"COLUMNS": str(width), "NO_COLOR": "1"})
    assert (answer.code, answer.err) == (0, "")
    return answer.out.splitlines()


def rows(program: Program, *args: str) -> dict[str, dict[str, object]]:
    answer = program("compare", *args, "--json")
    assert answer.code == 0, answer.err
    return {row["name"]: row for row in json.loads(answer.out)}


def test_packages_stand_side_by_side_in_the_order_in_which_they_are_named(many: Program) -> None:
    lines = shown(many, "compare", "django-messages", "1326")
    assert lines[0].split() == ["django-messages", "django-cities"]
    stars = next(line for line in lines if line.startswith("stars"))
    assert stars.index("554") < stars.index("◆ 949")
    assert any(line.startswith("the same: category apps") for line in lines)


def test_json_has_the_values_by_slug(many: Program) -> None:
    made = rows(many, "django-messages", "django-cities")
    assert made["repo_watchers"] == {
        "name": "repo_watchers",
        "label": "stars",
        "values": {"django-messages": 554, "django-cities": 949},
        "best": ["django-cities"],
        "same": False,
    }
    assert made["category"]["same"] is True


def test_a_package_that_is_named_twice_is_there_once(many: Program) -> None:
    made = rows(many, "django-cities", "1326", "coderholic/django-cities", "django-messages")
    assert list(made["repo_forks"]["values"]) == ["django-cities", "django-messages"]  # type: ignore[call-overload]
    answer = many("compare", "django-cities", "1326", "--fields", "slug")
    assert answer.out.splitlines()[0] == "name\tdjango-cities"


def test_one_package_is_shown_with_all_that_is_known(many: Program) -> None:
    lines = shown(many, "compare", "django-cities")
    assert any(line.startswith("category") for line in lines)
    assert not any(line.startswith("the same") for line in lines)


def test_packages_are_chosen_as_in_a_list(many: Program) -> None:
    chosen = ["--category", "apps", "--where", "repo_watchers >= 100", "--sort", "-repo_watchers"]
    wanted = many.slugs(*chosen)
    assert len(wanted) > 3
    assert list(rows(many, *chosen)["state"]["values"]) == wanted  # type: ignore[call-overload]
    limited = rows(many, *chosen, "--limit", "2")
    assert list(limited["state"]["values"]) == wanted[:2]  # type: ignore[call-overload]
    many("edit", *wanted[1:3], "--tag", "geo")
    assert sorted(rows(many, "--tag", "geo")["state"]["values"]) == sorted(wanted[1:3])  # type: ignore[call-overload]
    assert rows(many, "--grid", "grid-71")


def test_nothing_that_matches_is_told(many: Program) -> None:
    args = ("compare", "--where", "repo_watchers > 99999999")
    assert shown(many, *args) == ["no package matches"]
    assert json.loads(many(*args, "--json", "--fields", "slug").out)[0]["values"] == {}


def test_fields_are_rows_in_their_order(many: Program) -> None:
    names = "notes,python_versions,repo_watchers"
    made = rows(many, "django-cities", "django-messages", "--fields", names)
    assert list(made) == names.split(",")
    answer = many("compare", "django-cities", "--fields", "repo_watcher")
    assert (answer.code, answer.out) == (2, "")
    assert "did you mean 'repo_watchers'" in answer.err
    answer = many("compare", "django-cities", "--fields", "django_version")
    assert "did you mean 'django_versions'" in answer.err


def test_the_past_is_compared_as_it_was(many: Program) -> None:
    many("edit", "django-cities", "--title", "Cities")
    answer = many("compare", "django-cities", "--at", "2000-01-01")
    assert answer.code == 4
    made = rows(many, "django-cities", "--at", "0d", "--fields", "title")
    assert made["title"]["values"] == {"django-cities": "Cities"}


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("django-citie",), 4, "there is no package 'django-citie'; did you mean 'django-cities'"),
        ((), 2, "what shall be compared? Name packages, or --category, --grid, --tag, --where"),
        (("django-cities", "--category", "apps"), 2, "exclude each other"),
        (("django-cities", "--limit", "0"), 2, "exclude each other"),
        (("--limit", "3"), 2, "what shall be compared?"),
        (("--category", "apples"), 4, "apples"),
        (("django-cities", "--format", "apiv4"), 2, "API v4 knows packages only"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    many: Program, args: tuple[str, ...], code: int, said: str
) -> None:
    answer = many("compare", *args)
    assert (answer.out, answer.code) == ("", code)
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_names_come_from_standard_input_too(many: Program) -> None:
    answer = many(
        "compare", "-", "--fields", "slug", "--json", input="django-cities\n\ndjango-messages\n"
    )
    values = json.loads(answer.out)[0]["values"]
    assert values == {"django-cities": "django-cities", "django-messages": "django-messages"}


def test_into_a_pipe_it_is_a_table_under_the_slugs(many: Program) -> None:
    args = ("compare", "django-cities", "django-messages", "--fields", "repo_watchers,grids")
    lines = [line.split("\t") for line in many(*args).out.splitlines()]
    assert lines[0] == ["name", "django-cities", "django-messages"]
    assert lines[2] == ["repo_watchers", "949", "554"]
    assert many(*args, "--format", "csv").out.splitlines()[2] == "repo_watchers,949,554"
    assert many(*args, "--format", "markdown").out == (
        "|  | django-cities | django-messages |\n"
        "| --- | --- | --- |\n"
        "| stars | **949** | 554 |\n"
        "| grids | grid-71 | grid-45 |\n"
    )


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("terminal", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_every_terminal_gets_lines_that_fit(
    many: Program, width: int, terminal: dict[str, str]
) -> None:
    for args in (("django-cities", "django-messages", "django-emoji"), ("--category", "apps")):
        env = {"COLUMNS": str(width), **terminal}
        answer = many("compare", *args, terminal=True, env=env)
        assert (answer.code, answer.err) == (0, "")
        assert ("\x1b" in answer.out) == (not terminal)
        if terminal:
            assert max(map(len, answer.out.splitlines())) <= width


def test_slugs_and_rows_are_completed(many: Program) -> None:
    def offered(line: str) -> list[str]:
        asked = {
            "_PKGCAT_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(line.count(" ")),
        }
        return many(env=asked).out.split()

    assert offered("pkgcat compare django-cities django-me") == ["django-messages"]
    assert offered("pkgcat compare django-cities --fields python") == ["python_versions"]
    assert "django_versions" in offered("pkgcat compare django-cities --fields dja")
    assert "python_versions" not in offered("pkgcat list --fields p")


def test_a_terminal_without_unicode_gets_lines_that_fit(many: Program) -> None:
    many("edit", "django-cities", "--title", "日本語の認証アプリケーション")
    env = {"COLUMNS": "60", "NO_COLOR": "1"}
    args = ("compare", "django-cities", "django-messages")
    answer = many(*args, terminal=True, env=env, encoding="ascii")
    assert answer.out.isascii()
    assert "\\u65e5" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 60
