"""Completion in real shells: what strangers write into a catalog is shown as plain words and
never run.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import hostile_titles
from tests.conftest import Run
from tests.shells import PROMPT, SHELLS, Shell

KINDS = {
    "packages": "pkgcat show",
    "categories": "pkgcat list --category",
    "grids": "pkgcat refresh --grid",
}
"""A command line to be completed with each kind."""

TITLES = hostile_titles.titles(200)
FIRST = {f"p0{number:02}" for number in range(100)}
SECOND = {f"p1{number:02}" for number in range(100)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a shell runs: an attack that succeeds makes a file here."""
    made = tmp_path / "folder"
    made.mkdir()
    return made


def complete(shell: Shell, line: str, wanted: set[str]) -> dict[str, str]:
    """Ask for completions of a line; return the candidates with their descriptions once all that
    are wanted are there.

    Nothing else may be on the screen but prompts and what `Shell.drop_line` writes, before and
    after.
    """
    shell.type(f"{line}\t")
    shell.wait_until(lambda: shell.is_at_prompt and wanted <= candidates(shell).keys())
    shown = candidates(shell)
    check_screen(shell)
    shell.drop_line()
    check_screen(shell)
    return shown


def check_screen(shell: Shell) -> None:
    """Check that nothing was run or made, and that nothing unexpected is on the screen."""
    assert {path.name for path in shell.folder.iterdir()} <= {
        "start",
        ".zshrc",
        ".config",
        ".local",
        ".cache",
    }
    for line in shell.lines:
        assert re.match(rf"p[01]\d\d\b|{PROMPT.rstrip()}|dropped-", line), line
    assert "canary" not in shell.title
    assert not re.search(HIDDEN, shell.written)


HIDDEN = "[\u0080-\u009f\u00ad\u0300-\u036f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
"""Controls of C1, combining marks, and characters that are invisible or change directions."""


def candidates(shell: Shell) -> dict[str, str]:
    """Return the candidates on the screen with the descriptions beside them."""
    shown = {}
    for line in shell.lines:
        if not re.match(r"p[01]\d\d\b", line):
            continue
        if shell.name == "fish":
            shown.update(re.findall(r"(p\d{3})(?: +\(([^()]*)\))?", line))
        else:
            slugs, _, description = line.partition(" -- ")
            shown.update(dict.fromkeys(slugs.split(), description))
    return shown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SHELLS)
def test_a_hostile_title_is_shown_as_its_plain_words(
    folder: Path, catalog: Path, name: str, kind: str
) -> None:
    hostile_titles.fill(catalog, TITLES)
    with Shell(name, folder, catalog) as shell:
        shown = complete(shell, f"{KINDS[kind]} p0", FIRST) | complete(
            shell, f"{KINDS[kind]} p1", SECOND
        )
    assert shown.keys() == FIRST | SECOND
    if name == "bash":  # shows no descriptions
        return
    for slug, title in zip(sorted(shown), TITLES, strict=True):
        assert all(letter.isalnum() or letter in " .,-_…" for letter in shown[slug]), shown[slug]
        if len(title) < 100:
            assert {"Nice", "words"} & set(title.split(" ")) <= set(shown[slug].split()), (
                title,
                shown[slug],
            )


@pytest.mark.parametrize("name", SHELLS)
def test_a_title_alone_does_nothing_either(folder: Path, catalog: Path, name: str) -> None:
    """Where one of a hundred titles is a syntax error, a shell runs none: the worst ones are
    also handed over alone.
    """
    hostile_titles.fill(catalog, hostile_titles.ATTACKS[:16])
    with Shell(name, folder, catalog) as shell:
        for number in range(16):
            check_inserted(shell, f"pkgcat show p0{number:02}", f"pkgcat show p0{number:02}")
            check_screen(shell)


@pytest.mark.parametrize("name", SHELLS)
def test_letters_are_harmless_in_a_shell_that_knows_bytes_only(
    folder: Path, catalog: Path, name: str
) -> None:
    hostile_titles.fill(catalog, TITLES)
    with Shell(name, folder, catalog, LC_ALL="C") as shell:
        assert complete(shell, "pkgcat show p1", SECOND).keys() == SECOND


@pytest.mark.parametrize("name", SHELLS)
def test_a_hostile_value_is_not_offered(folder: Path, catalog: Path, name: str) -> None:
    values = [
        f"p{attack}" for attack in hostile_titles.ATTACKS if not hostile_titles.is_plain(attack)
    ]
    hostile_titles.write(
        catalog, [(value, "title") for value in [*values, "p000"]], tags=[*values, "p000"]
    )
    with Shell(name, folder, catalog) as shell:
        for command in (*KINDS.values(), "pkgcat list --tag"):
            check_inserted(shell, f"{command} p", f"{command} p000")
            check_screen(shell)


@pytest.mark.parametrize("name", SHELLS)
def test_hostile_features_and_filters_are_not_offered_and_hostile_members_are_plain(
    folder: Path, catalog: Path, name: str
) -> None:
    """Members are offered with their titles, features with what they describe, filters with what
    they say.
    """
    values = [f"p{attack}" for attack in hostile_titles.ATTACKS]
    hostile = [value for value in values if not hostile_titles.is_plain(value)]
    hostile_titles.fill_grid(catalog, TITLES[:100], [*hostile, "p000"])
    with Shell(name, folder, catalog) as shell:
        shown = complete(shell, "pkgcat grid move maps p0", FIRST)
        assert shown.keys() == FIRST
        for command, begun in (
            ("pkgcat grid cell maps p000", "p"),
            ("pkgcat grid feature edit maps", "p"),
            ("pkgcat filter show", "p"),
            ("pkgcat list", "@p"),
            ("pkgcat list --where", "@p"),
        ):
            expected = begun.replace("p", "p000")
            check_inserted(shell, f"{command} {begun}", f"{command} {expected}")
            check_screen(shell)


@pytest.mark.parametrize("name", SHELLS)
def test_what_a_shell_would_take_for_an_option_is_not_offered(
    folder: Path, catalog: Path, name: str
) -> None:
    hostile_titles.write(
        catalog,
        [("--all", "title"), ("-q", "title"), ("p000", "title")],
        tags=["--all", "-q", "p000"],
    )
    with Shell(name, folder, catalog) as shell:
        for command in (*KINDS.values(), "pkgcat list --tag"):
            check_inserted(shell, f"{command} ", f"{command} p000")
            check_screen(shell)


@pytest.mark.parametrize("name", SHELLS)
def test_completion_inserts_what_is_unique(
    cities: Run, folder: Path, catalog: Path, name: str
) -> None:
    assert cities("edit", "django-cities", "--tag", "geo").code == 0
    assert cities("filter", "save", "popular", "id > 1").code == 0
    assert cities("grid", "feature", "add", "grid-71", "Offline").code == 0
    with Shell(name, folder, catalog) as shell:
        for typed, completed in (
            ("pkgcat sho", "pkgcat show"),
            ("pkgcat show django-c", "pkgcat show django-cities"),
            ("pkgcat list --category fra", "pkgcat list --category frameworks"),
            ("pkgcat list --grid gri", "pkgcat list --grid grid-71"),
            ("pkgcat list --tag g", "pkgcat list --tag geo"),
            ("pkgcat list --sort repo_wat", "pkgcat list --sort repo_watchers"),
            ("pkgcat list --sort -repo_wat", "pkgcat list --sort -repo_watchers"),
            ("pkgcat list --fields slug,repo_wat", "pkgcat list --fields slug,repo_watchers"),
            ("pkgcat list --not-arch", "pkgcat list --not-archived"),
            ("pkgcat help exit", "pkgcat help exit-codes"),
            ("pkgcat undo 2", "pkgcat undo 2"),
            ("pkgcat list @popu", "pkgcat list @popular"),
            ("pkgcat list --where @popu", "pkgcat list --where @popular"),
            ("pkgcat list --where repo_wat", "pkgcat list --where repo_watchers"),
            ("pkgcat filter show pop", "pkgcat filter show popular"),
            ("pkgcat export --where @popu", "pkgcat export --where @popular"),
            ("pkgcat grid show gri", "pkgcat grid show grid-71"),
            ("pkgcat grid move grid-71 django-c", "pkgcat grid move grid-71 django-cities"),
            (
                "pkgcat grid move grid-71 x --after django-c",
                "pkgcat grid move grid-71 x --after django-cities",
            ),
            ("pkgcat grid cell grid-71 django-c", "pkgcat grid cell grid-71 django-cities"),
            (
                "pkgcat grid cell grid-71 django-cities Off",
                "pkgcat grid cell grid-71 django-cities Offline",
            ),
            ("pkgcat grid feature edit grid-71 Off", "pkgcat grid feature edit grid-71 Offline"),
        ):
            check_inserted(shell, typed, completed)


@pytest.mark.parametrize("name", SHELLS)
def test_a_field_is_completed_within_an_expression(
    cities: Run, folder: Path, catalog: Path, name: str
) -> None:
    with Shell(name, folder, catalog) as shell:
        for typed, completed in (
            ('pkgcat list --where "repo_wat', 'pkgcat list --where "repo_watchers'),
            (
                'pkgcat list --where "id > 5 and repo_wat',
                'pkgcat list --where "id > 5 and repo_watchers',
            ),
        ):
            shell.type(f"{typed}\t")
            shell.type("next")
            shell.wait_until(
                lambda completed=completed: any(  # type: ignore[misc]
                    re.fullmatch(rf"{re.escape(PROMPT + completed)}\"? ?next", line)
                    for line in shell.lines
                )
            )
            shell.drop_line()


@pytest.mark.parametrize("name", SHELLS)
def test_files_are_offered_where_a_file_belongs_and_nowhere_else(
    cities: Run, folder: Path, catalog: Path, name: str
) -> None:
    (folder / "zfile").write_text("{}")
    with Shell(name, folder, catalog) as shell:
        for command in (
            "pkgcat import",
            "pkgcat export",
            "pkgcat edit x --patch",
            "pkgcat edit x --draft",
            "pkgcat list --db",
        ):
            check_inserted(shell, f"{command} zf", f"{command} zfile")
            shell.drop_line()
        for command in (
            "pkgcat list --sort",
            "pkgcat list --tag",
            "pkgcat list --stale",
            "pkgcat list --participant",
            "pkgcat list --where",
            "pkgcat help",
            "pkgcat undo",
            "pkgcat add",
            "pkgcat show",
            "pkgcat edit x --notes",
            "pkgcat",
        ):
            check_not_completed(shell, f"{command} zf")


def check_not_completed(shell: Shell, typed: str) -> None:
    """Check that a tab adds nothing to a line."""
    shell.type(f"{typed}\t")
    shell.type("next")
    shell.wait_until(lambda: f"{PROMPT}{typed}next" in shell.lines)
    shell.drop_line()


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh here")
def test_zsh_finds_the_script_in_a_folder_of_completions(
    cities: Run, folder: Path, catalog: Path, tmp_path: Path
) -> None:
    functions = tmp_path / "functions"
    functions.mkdir()
    ask = ["zsh", "-f", "-c", "print -r -- $FPATH"]
    known = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    shell = Shell("zsh", folder, catalog, has_script=False, FPATH=f"{functions}:{known}")
    (functions / "_pkgcat").write_text(shell.print_script())
    with shell:
        for _ in range(2):  # the first time zsh reads the file
            check_inserted(shell, "pkgcat show django-c", "pkgcat show django-cities")


def check_inserted(shell: Shell, typed: str, completed: str) -> None:
    """Check that a tab completes a line to the end of a word, so that the next word can be
    typed.
    """
    shell.type(f"{typed}\t")
    shell.type("next")
    shell.wait_until(lambda: f"{PROMPT}{completed} next" in shell.lines)
    shell.drop_line()
