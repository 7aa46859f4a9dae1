"""The protocols of completion: whatever a completer offers, a shell is handed plain text, and
nothing else.
"""

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._click.shell_completion import CompletionItem
from typer._completion_shared import Shells

from pkgcat.cli import COMMANDS, app
from tests import hostile_titles
from tests.commands.program import Program

COMMAND_LINES = ("pkgcat show", "pkgcat list --category", "pkgcat list --grid")

Answer = Callable[..., tuple[int, str]]
Complete = Callable[[str, str], str]


@pytest.fixture
def program() -> Any:
    """The whole command line, with every command made."""
    made: Any = typer.main.get_command(app)
    for name in COMMANDS:
        made.get_command(None, name)
    return made


@pytest.fixture
def answer(
    program: Any, catalog: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Answer:
    """Ask for completions as the scripts of the shells do: `answer("zsh", "pkgcat show dj")`
    returns the exit code and the output.
    """

    def ask(shell: str, line: str, fish_action: str = "get-args") -> tuple[int, str]:
        words = line.split(" ")
        with monkeypatch.context() as asked:
            asked.setenv("PKGCAT_DB", str(catalog))
            asked.setenv("_PKGCAT_COMPLETE", f"complete_{shell}")
            asked.setenv("COMP_WORDS", line)
            asked.setenv("COMP_CWORD", str(len(words) - 1))
            asked.setenv("_TYPER_COMPLETE_ARGS", line)
            asked.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", words[-1])
            asked.setenv("_TYPER_COMPLETE_FISH_ACTION", fish_action)
            with pytest.raises(SystemExit) as ended:
                program.main(args=[], prog_name="pkgcat")
        written = capsys.readouterr()
        assert written.err == ""
        return int(ended.value.code or 0), written.out.removesuffix("\n")

    return ask


@pytest.fixture
def complete(answer: Answer) -> Complete:
    """Ask for completions where no file belongs: `complete("zsh", "pkgcat show dj")` returns the
    output.
    """

    def ask(shell: str, line: str) -> str:
        code, output = answer(shell, line)
        assert code == 0
        return output

    return ask


def offers(shell: str, output: str) -> dict[str, str]:
    """Read what a shell is handed, by the strictest reading of its protocol: values with
    their descriptions.
    """
    plain = r"[\w.,-]+(?: [\w.,-]+)*"
    value = r"[\w.,-]+"
    if shell == "zsh":
        if output == "_files":
            return {}
        assert re.fullmatch(
            rf"""_arguments '\*: :\(\(("{value}"(:"{plain}")?\n?)+\)\)'""", output
        ), output
        return dict(re.findall(rf'"({value})"(?::"({plain})")?', output))
    described = {
        "bash": "()",
        "fish": rf"(?:\t({plain}))?",
        "powershell": f":::({plain}| )",
        "pwsh": f":::({plain}| )",
    }
    found = {}
    for line in output.splitlines():
        match = re.fullmatch(f"({value}){described[shell]}", line)
        assert match, line
        found[match[1]] = (match[2] or "").strip()
    return found


@pytest.mark.parametrize("line", COMMAND_LINES)
@pytest.mark.parametrize("shell", [shell.value for shell in Shells])
def test_every_hostile_title_becomes_its_plain_words(
    complete: Complete, catalog: Path, shell: str, line: str
) -> None:
    titles = hostile_titles.every_title()
    hostile_titles.fill(catalog, titles)
    found = {}
    for hundred in range(8):
        found |= offers(shell, complete(shell, f"{line} p{hundred}"))
    assert list(found) == [f"p{number:03}" for number in range(len(titles))]
    for title, shown in zip(titles, found.values(), strict=True):
        if shell != "bash" and len(title) < 100:
            assert {"Nice", "words"} & set(title.split(" ")) <= set(shown.split()), (title, shown)
        assert len(shown) <= 200


@pytest.mark.parametrize("line", [*COMMAND_LINES, "pkgcat list --tag", "pkgcat edit x --untag"])
@pytest.mark.parametrize("shell", [shell.value for shell in Shells])
def test_a_value_that_no_shell_takes_plainly_is_not_offered(
    complete: Complete, tmp_path: Path, shell: str, line: str
) -> None:
    values = [f"p{attack}" for attack in hostile_titles.ATTACKS]
    found: set[str] = set()
    for start in range(0, len(values), 90):  # a hundred are offered at once
        some = values[start : start + 90]
        catalog = tmp_path / f"{start}.db"
        hostile_titles.write(catalog, [(value, value) for value in some], tags=some)
        found |= offers(
            shell, complete(shell, f"{line.replace('pkgcat', f'pkgcat --db {catalog}')} p")
        ).keys()
    assert found == {value for value in values if hostile_titles.is_plain(value)}
    assert found >= {"pKöln", "p日本語", "p_files"}


def test_a_value_that_begins_with_a_minus_is_offered_after_a_minus_only(
    complete: Complete, catalog: Path
) -> None:
    hostile_titles.write(
        catalog, [("--all", "a"), ("-q", "b"), ("p", "c")], tags=["--all", "-q", "p"]
    )
    for line in (*COMMAND_LINES, "pkgcat list --tag"):
        assert offers("zsh", complete("zsh", f"{line} ")).keys() == {"p"}
    assert offers("zsh", complete("zsh", "pkgcat list --tag -")).keys() == {"--all", "-q"}
    assert offers("zsh", complete("zsh", "pkgcat show -- -")).keys() == {"--all", "-q"}


@pytest.mark.parametrize("odd", [None, b"\xff", "", "x" * 9999])
def test_a_file_with_values_of_other_types_causes_no_error(
    complete: Complete, catalog: Path, odd: object
) -> None:
    slugs = ["p000", "p001", "p002"]
    hostile_titles.write(catalog, [(slug, slug) for slug in slugs], tags=slugs)
    connection = sqlite3.connect(catalog, isolation_level=None)
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in ("packages", "categories", "grids"):
        connection.execute(f"CREATE TABLE loose AS SELECT * FROM {table}")
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"ALTER TABLE loose RENAME TO {table}")
        connection.execute(f"UPDATE {table} SET slug = ? WHERE slug = 'p001'", (odd,))
        connection.execute(f"UPDATE {table} SET title = ? WHERE slug = 'p000'", (odd,))
    connection.close()
    for line in COMMAND_LINES:
        assert offers("zsh", complete("zsh", f"{line} ")).keys() <= {"p000", "p002"}


# every command and parameter, those to come too


HOSTILE_ITEMS = [
    *(
        CompletionItem(f"x{attack}", help=attack)
        for attack in hostile_titles.ATTACKS
        if not hostile_titles.is_plain(attack)
    ),
    *(CompletionItem(odd, help=odd) for odd in (None, 5, b"x", "", "x y")),  # type: ignore[arg-type]
    CompletionItem("x" * 1001),
    CompletionItem("good", help="Nice \\$(touch x) [/x]\x1b]0;title\x07"),
    CompletionItem("bare"),
]


@pytest.mark.parametrize("shell", [shell.value for shell in Shells])
def test_whatever_a_parameter_or_command_offers_passes_through_one_place(
    program: Any, complete: Complete, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    walked = 0
    for line, completer in completers("pkgcat", program):
        with monkeypatch.context() as patch:
            patch.setattr(completer, "shell_complete", lambda context, incomplete: HOSTILE_ITEMS)
            description = "" if shell == "bash" else "Nice touch x x"
            assert offers(shell, complete(shell, line)) == {"good": description, "bare": ""}, line
        walked += 1
    assert walked > 100


def completers(line: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Return everything that is asked for completions, each with a line that makes a shell
    ask it.
    """
    yield f"{line} -", command
    arguments = ""
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield f"{line}{arguments} ", parameter
            arguments += " x"
        elif not parameter.is_flag:
            yield f"{line} {parameter.opts[-1]} ", parameter
    for name, below in getattr(command, "commands", {}).items():
        yield from completers(f"{line} {name}", below)


@pytest.mark.parametrize("shell", [shell.value for shell in Shells])
def test_a_completer_that_fails_or_prints_leaves_the_line_alone(
    program: Any, complete: Complete, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    def fail(context: Any, incomplete: str) -> list[CompletionItem]:
        print("touch x")  # noqa: T201
        print("touch x", file=sys.stderr)  # noqa: T201
        raise RuntimeError("[/x]")

    monkeypatch.setattr(program.commands["show"], "shell_complete", fail)
    assert offers(shell, complete(shell, "pkgcat show --")) == {}


# what is offered


def test_an_operation_on_many_packages_is_described_by_their_number(
    many: Program, complete: Complete
) -> None:
    assert many("edit", *many.slugs()[:30], "--tag", "geo").code == 0
    assert offers("zsh", complete("zsh", "pkgcat undo 3")) == {"3": "edit of 30 packages"}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("pkgcat --version sho", {"show"}),
        ("pkgcat show --help django-c", {"django-cities"}),
        ("pkgcat show DJANGO-c", {"DJANGO-cities"}),
        ("pkgcat list --category APP", {"APPs"}),
        ("pkgcat --db /nowhere show d", set()),
        ("pkgcat nonsense show d", {"decide"}),
        ("pkgcat decide x ad", {"adopt"}),
        ("pkgcat --db /nowhere decide x ad", {"adopt"}),
        ("pkgcat grid show gri", {"grid-71"}),
        ("pkgcat grid cell grid-71 dj", {"django-cities"}),
        ("pkgcat grid move grid-71 x --after dj", {"django-cities"}),
        ("pkgcat list --sort repo_w", {"repo_watchers"}),
        ("pkgcat list --sort -repo_w", {"-repo_watchers"}),
        ("pkgcat list --sort --repo_w", set()),
        ("pkgcat list --sort slug,repo_w", {"slug,repo_watchers"}),
        ("pkgcat list --sort slug,-repo_w", {"slug,-repo_watchers"}),
        ("pkgcat list --limit --offs", {"--offset"}),
        ("pkgcat list --where repo_w", {"repo_watchers"}),
        ("pkgcat list --where id=1 repo_w", set()),
        ("pkgcat list --fields slug,repo_w", {"slug,repo_watchers"}),
        ("pkgcat list --fields $(x),repo_w", set()),
        ("pkgcat list --tag ", {"geo", "Größe"}),
        ("pkgcat list --tag g", {"geo"}),
        ("pkgcat add x --tag g", {"geo"}),
        ("pkgcat edit django-cities --untag g", {"geo"}),
        ("pkgcat list --host git", {"github", "gitlab"}),
        ("pkgcat edit x --repo-host for", {"forgejo"}),
        ("pkgcat edit x --unset not", {"notes"}),
        ("pkgcat edit x --unpin not", set()),
        ("pkgcat edit x --unpin repo_w", {"repo_watchers"}),
        ("pkgcat export --format js", {"json", "jsonl"}),
        ("pkgcat help exit", {"exit-codes"}),
        ("pkgcat help s", {"show", "search", "stats", "schema", "serve"}),
        ("pkgcat help category ", {"list", "add", "edit", "remove", "merge"}),
        ("pkgcat help category l", {"list"}),
        ("pkgcat help list ", set()),
        ("pkgcat help exit-codes ", set()),
        ("pkgcat undo ", {"1", "2", "4"}),
        ("pkgcat undo 2", {"2"}),
    ],
)
def test_completion_offers(one: Program, complete: Complete, line: str, offered: set[str]) -> None:
    assert (
        one("edit", "django-cities", "--tag", "geo", "--tag", "Größe", "--tag", "two words").code
        == 0
    )
    assert one("edit", "django-cities", "--notes", "undone").code == 0
    assert one("undo").code == 0
    assert offers("zsh", complete("zsh", line)).keys() == offered


def test_words_of_an_expression_stay_before_what_is_completed_in_it(
    one: Program, complete: Complete
) -> None:
    for begun in ("id > 5 and ", "(id = 1 or id = 2) and "):
        line = f'pkgcat list --where "{begun}repo_wat'
        is_plain = "(" not in begun
        assert (f"{begun}repo_watchers" in complete("fish", line)) == is_plain


@pytest.mark.parametrize(
    ("shell", "action"), [("bash", ""), ("zsh", ""), ("fish", "get-args"), ("fish", "is-args")]
)
def test_an_exit_code_says_where_a_file_belongs(
    one: Program, answer: Answer, shell: str, action: str
) -> None:
    is_asked = action != "get-args"
    for words in ("import", "export", "edit x --patch", "edit x --draft", "list --db"):
        code, output = answer(shell, f"pkgcat {words} zf", action)
        assert (code, output) == (3 if is_asked else 0, ""), words
    for words in ("list --tag", "list --where", "undo", "add", "show", "edit x --notes"):
        code, output = answer(shell, f"pkgcat {words} zf", action)
        assert code == 0, words
        assert offers(shell, output) == {}, words
    code, _ = answer(shell, "pkgcat show dj", action)
    assert code == 0


def test_bash_is_handed_a_filter_whose_at_sign_it_took_for_a_word(
    one: Program, complete: Complete
) -> None:
    assert one("filter", "save", "popular", "id > 1").code == 0
    assert complete("bash", "pkgcat list @ popu") == "@popular"


@pytest.mark.parametrize("shell", ["powershell", "pwsh"])
@pytest.mark.parametrize("begun", ["@pop", "'@pop", '"@pop'])
@pytest.mark.parametrize("command", ["pkgcat list", "pkgcat list --where"])
def test_powershell_is_handed_a_filter_in_quotes_as_it_would_splat_it(
    one: Program, complete: Complete, shell: str, command: str, begun: str
) -> None:
    assert one("filter", "save", "popular", "id > 1").code == 0
    assert complete(shell, f"{command} {begun}") == "'@popular':::id 1"
    assert offers(shell, complete(shell, "pkgcat filter show pop")) == {"popular": "id 1"}


def test_tags_of_removed_packages_are_not_offered(one: Program, complete: Complete) -> None:
    assert one("edit", "django-cities", "--tag", "geo").code == 0
    assert offers("fish", complete("fish", "pkgcat list --tag ")) == {"geo": "1 package"}
    assert one("remove", "django-cities").code == 0
    assert offers("fish", complete("fish", "pkgcat list --tag ")) == {}


def test_operations_are_offered_with_what_they_did(one: Program, complete: Complete) -> None:
    assert one("edit", "django-cities", "--notes", "x").code == 0
    assert offers("zsh", complete("zsh", "pkgcat undo 2")) == {"2": "edit django-cities"}
