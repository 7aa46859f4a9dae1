"""pkgcat as a shell sees it: streams that are full, closed or nobody's, signals, locales,
terminals, completion.
"""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pyte
import pytest
import typer

from pkgcat import __version__
from pkgcat.cli import COMMANDS, app
from pkgcat.errors import EXIT_CODES, PkgcatError
from tests.children import BOUND, is_locked, wait_until
from tests.conftest import Run
from tests.online import config
from tests.upstream import Upstream, World, faults

PKGCAT = [sys.executable, "-m", "pkgcat"]


def test_alone_it_says_how_to_begin(run: Run) -> None:
    answer = run()
    assert (answer.code, answer.err) == (0, "")
    assert "pkgcat add" in answer.out
    assert len(answer.out.splitlines()) < 10


def test_version(run: Run) -> None:
    assert run("--version").out == f"pkgcat {__version__}\n"


def test_an_unknown_command_names_the_nearest(run: Run) -> None:
    answer = run("shwo", "django-cities")
    assert answer.code == 2
    assert "'show'" in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(command: str) -> None:
    program: Any = typer.main.get_command(app)
    made = program.get_command(None, command)
    assert COMMANDS[command].summary == made.get_short_help_str(limit=200)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(run: Run, command: str) -> None:
    answer = run(command, "--help")
    assert answer.code == 0
    assert re.search(r"Examples?:\n .*pkgcat", answer.out), answer.out
    assert max(map(len, answer.out.splitlines())) <= 100


def test_exit_codes_of_the_errors_are_all_documented() -> None:
    kinds = PkgcatError.__subclasses__()
    raised = {one.exit_code for kind in kinds for one in (kind, *kind.__subclasses__())}
    assert raised < set(EXIT_CODES)
    assert len(raised) > 10


# standard output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "args",
    [
        ("show", "django-cities", "--json"),
        ("show", "django-cities"),
        ("path",),
        ("export",),
        ("undo", "--list"),
    ],
)
def test_a_full_disk_under_stdout_is_74(cities: Run, catalog: Path, args: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = piped(*args, catalog=catalog, stdout=full)
    assert done.returncode == 74
    assert done.stderr == "pkgcat: standard output: no space left on device\n"


@pytest.mark.parametrize("args", [("show", "django-cities"), ("list", "--json")])
def test_a_closed_stdout_is_74(cities: Run, catalog: Path, args: tuple[str, ...]) -> None:
    words = " ".join(["exec", *PKGCAT, *args, ">&-"])
    done = subprocess.run(
        ["sh", "-c", words], env=surroundings(catalog), capture_output=True, text=True, check=False
    )
    assert done.returncode == 74
    assert done.stderr == "pkgcat: standard output is closed; nothing could be printed\n"


def test_a_reader_that_has_seen_enough_is_no_error(cities: Run, catalog: Path) -> None:
    records = "".join(
        json.dumps({"slug": f"p{i}", "title": "x" * 90, "notes": "y" * 400}) + "\n"
        for i in range(600)
    )
    assert cities("import", "-", input=records).code == 0
    words = f"{' '.join(PKGCAT)} list --json | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", words],
        env=surroundings(catalog),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["[", "0"]
    assert done.stderr == ""


ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "locale", [ASCII_ONLY, {"PYTHONIOENCODING": "ascii:strict"}, {"PYTHONIOENCODING": "latin-1"}]
)
@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown", "apiv4"])
def test_what_goes_into_a_pipe_is_utf_8_in_every_locale(
    run: Run, form: str, locale: dict[str, str]
) -> None:
    umlauts(run)
    usual = run("show", "umlaut", "--format", form)
    assert "umlaut" in usual.out
    answer = run("show", "umlaut", "--format", form, env={**locale})
    assert (answer.code, answer.raw, answer.err) == (0, usual.raw, "")


@pytest.mark.parametrize(
    ("args", "seen"),
    [
        (["show", "umlaut"], b"K\\xe4se \\u2603"),
        (["list"], b"\\xe9"),
        (["list", "--format", "csv", "--fields", "title"], b"K\\xe4se \\u2603"),
    ],
)
def test_a_terminal_that_knows_ascii_only_sees_escapes(
    run: Run, catalog: Path, args: list[str], seen: bytes
) -> None:
    umlauts(run)
    raw = typed(args, catalog, rows=60, **ASCII_ONLY)
    assert raw.isascii()
    assert seen in raw


def umlauts(run: Run) -> None:
    record = {"slug": "umlaut", "title": "Käse \N{SNOWMAN}", "notes": "日本", "tags": ["é"]}
    assert run("import", "-", input=json.dumps(record)).code == 0


# signals


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_an_import_with_its_code_and_nothing_stored(
    cities: Run, catalog: Path, number: int, code: int
) -> None:
    before = catalog.read_bytes()
    process = subprocess.Popen(
        [*PKGCAT, "import", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(catalog),
    )
    assert process.stdin is not None
    process.stdin.write(b'{"slug": "first", "title": "First"}\n')
    process.stdin.flush()
    wait_until(lambda: is_locked(catalog), process)
    process.send_signal(number)
    _, told = process.communicate(timeout=BOUND)
    assert process.returncode == code
    assert b"Traceback" not in told
    assert catalog.read_bytes() == before


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_refresh_with_its_code_and_what_is_stored_stays(
    run: Run,
    catalog: Path,
    tmp_path: Path,
    world: World,
    upstream: Upstream,
    number: int,
    code: int,
) -> None:
    environment = config(upstream, tmp_path)
    repositories(run, world, 20)
    upstream.faults.add("/forgejo/*", faults.slow(0.5))
    process = subprocess.Popen(
        [*PKGCAT, "refresh", "--all"],
        env={**surroundings(catalog), **environment},
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: fetched(run) > 2, process)
    process.send_signal(number)
    _, told = process.communicate(timeout=BOUND)
    assert process.returncode == code, told
    assert b"Traceback" not in told
    assert 2 < fetched(run) < 20
    upstream.faults.clear()
    assert run("refresh", "--all", env=dict(environment)).code == 0
    assert fetched(run) == 20


# a terminal


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that keeps what it is given in a file called paged."""
    script = tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    script.chmod(0o755)
    return str(script)


def test_a_long_answer_goes_through_the_pager(
    cities: Run, catalog: Path, tmp_path: Path, pager: str
) -> None:
    shown = on_terminal(["list"], catalog, rows=40, PKGCAT_PAGER=pager)
    assert "django-cities" in "\n".join(shown.display)
    assert not (tmp_path / "paged").exists()
    shown = on_terminal(["show", "django-cities"], catalog, rows=10, PKGCAT_PAGER=pager)
    assert "".join(shown.display).strip() == ""
    assert "django-cities" in (tmp_path / "paged").read_text()


def test_a_pager_is_given_what_the_terminal_can_show(
    run: Run, catalog: Path, tmp_path: Path, pager: str
) -> None:
    umlauts(run)
    typed(["show", "umlaut"], catalog, rows=4, PKGCAT_PAGER=pager, **ASCII_ONLY)
    assert b"K\\xe4se" in (tmp_path / "paged").read_bytes()
    typed(["show", "umlaut"], catalog, rows=4, PKGCAT_PAGER=pager, LC_ALL="C.UTF-8")
    assert "Käse" in (tmp_path / "paged").read_text("utf-8")
    csv = ["list", "--format", "csv", "--fields", "title"]  # not laid out for the terminal
    typed(csv, catalog, rows=2, PKGCAT_PAGER=pager, **ASCII_ONLY)
    assert (tmp_path / "paged").read_bytes() == b"title\nK\\xe4se \\u2603\n"


def test_what_was_done_is_said_behind_the_pager_and_not_in_it(
    cities: Run, catalog: Path, tmp_path: Path, pager: str
) -> None:
    line = ["show", "django-cities", "--at", "0s"]
    shown = on_terminal(line, catalog, rows=10, PKGCAT_PAGER=pager)
    assert "as it was on" in "\n".join(shown.display)
    paged = (tmp_path / "paged").read_text()
    assert "django-cities" in paged
    assert "as it was on" not in paged


def test_a_dumb_terminal_starts_no_pager(
    cities: Run, catalog: Path, tmp_path: Path, pager: str
) -> None:
    raw = typed(["show", "django-cities"], catalog, rows=10, PKGCAT_PAGER=pager, TERM="dumb")
    assert b"coderholic/django-cities" in raw
    assert not (tmp_path / "paged").exists()


@pytest.mark.parametrize(("said", "options"), [({}, "FRX"), ({"LESS": "-S"}, "-S")])
def test_less_shows_colours_though_nothing_is_set_for_it(
    cities: Run, catalog: Path, tmp_path: Path, said: dict[str, str], options: str
) -> None:
    """Without -R `less` writes ESC[2m. What the user has set stays, as with git."""
    script = tmp_path / "less"
    script.write_text(f'#!/bin/sh\necho "$LESS" > {tmp_path}/options\ncat > /dev/null\n')
    script.chmod(0o755)
    typed(["show", "django-cities"], catalog, rows=10, PAGER=str(script), **said)
    assert (tmp_path / "options").read_text() == f"{options}\n"


@pytest.mark.parametrize("pager", ["", "cat", "/nowhere/to/be/found", "'unclosed"])
def test_without_a_pager_it_is_printed(cities: Run, catalog: Path, pager: str) -> None:
    shown = on_terminal(
        ["show", "django-cities"], catalog, rows=10, history=True, PKGCAT_PAGER=pager
    )
    assert "coderholic/django-cities" in "\n".join(shown.display)


@pytest.mark.parametrize(
    ("said", "colour", "unicode"),
    [({}, True, True), ({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)],
)
def test_colour_and_letters_are_as_the_terminal_has_them(
    cities: Run, catalog: Path, said: dict[str, str], colour: bool, unicode: bool
) -> None:
    raw = typed(["show", "django-cities"], catalog, rows=100, **said)
    assert (b"\x1b[" in raw) is colour
    assert raw.isascii() is not unicode


def test_a_bar_shows_how_far_a_refresh_is_and_leaves_a_clean_screen(
    run: Run, catalog: Path, tmp_path: Path, world: World, upstream: Upstream
) -> None:
    environment = config(upstream, tmp_path)
    repositories(run, world, 4)
    raw = typed(
        ["refresh", "--all"], catalog, rows=30, **{k: v for k, v in environment.items() if v}
    )
    assert b"4/4" in raw
    screen = pyte.Screen(100, 30)
    pyte.ByteStream(screen).feed(raw)
    lines = [line.rstrip() for line in screen.display if line.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("refreshed 4 of 4: 4 changed")


# completion


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("pkgcat sho", {"show"}),
        ("pkgcat show django-c", {"django-cities"}),
        ("pkgcat show https", set()),
        ("pkgcat list --category fra", {"frameworks"}),
        ("pkgcat list --sort repo_w", {"repo_watchers"}),
        ("pkgcat list --fields slug,repo_wat", {"slug,repo_watchers"}),
        ("pkgcat list --format js", {"json", "jsonl"}),
        ("pkgcat list --grid grid", {"grid-71"}),
        ("pkgcat edit django-cities --unset no", {"notes"}),
        ("pkgcat edit x --unpin repo_wat", {"repo_watchers"}),
        ("pkgcat history django-cities repo_f", {"repo_forks"}),
        ("pkgcat undo --skip", {"--skip-conflicts"}),
    ],
)
def test_completion_offers(cities: Run, catalog: Path, words: str, offered: set[str]) -> None:
    assert completed(catalog, words) == offered


def test_completion_of_a_catalog_that_is_not_there_offers_nothing(catalog: Path) -> None:
    assert completed(catalog, "pkgcat show dj") == set()
    catalog.write_text("no catalog")
    assert completed(catalog, "pkgcat show dj") == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_that_of_the_shell_which_is_named(
    run: Run, tmp_path: Path, shell: str
) -> None:
    """Whoever started pkgcat: its parent is not looked at."""
    (tmp_path / "shellingham.py").write_text("class ShellDetectionFailure(Exception): pass\n")
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    answer = run("completion", shell, env=environment)
    assert (answer.code, answer.err) == (0, "")
    assert f"complete_{shell}" in answer.out
    assert run("--show-completion", shell, env=environment) == answer


def test_completion_of_another_shell_is_refused(run: Run) -> None:
    for words in (("completion", "sh"), ("--show-completion", "sh"), ("--install-completion", "x")):
        answer = run(*words)
        assert (answer.code, answer.out) == (2, "")
        assert "there is no completion for" in answer.err
        assert "zsh" in answer.err


def test_completion_is_installed_for_the_shell_which_is_named(run: Run, tmp_path: Path) -> None:
    answer = run("--install-completion", "fish")
    assert answer.code == 0
    installed = tmp_path / "home" / ".config" / "fish" / "completions" / "pkgcat.fish"
    assert "complete_fish" in installed.read_text()
    assert str(installed) in answer.out


def test_completion_that_cannot_be_installed_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home" / ".config").touch()
    answer = run("--install-completion", "fish")
    assert (answer.code, answer.err.count("\n")) == (74, 1)


# helpers


def repositories(run: Run, world: World, count: int) -> None:
    """Bring so many packages into the catalog, each with a repository on Codeberg."""
    records = []
    for number in range(count):
        world.create("forgejo", f"ann/p{number}", commits=2, stars=number + 1)
        records.append(
            {"slug": f"p{number}", "title": "p", "repo_url": f"https://codeberg.org/ann/p{number}"}
        )
    assert run("import", "-", input="\n".join(map(json.dumps, records))).code == 0


def surroundings(catalog: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PKGCAT_DB": str(catalog), **more}


def piped(*args: str, catalog: Path, stdout: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PKGCAT, *args],
        stdout=stdout,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(catalog),
        check=False,
    )


def completed(catalog: Path, words: str) -> set[str]:
    count = len(words.split()) - 1
    env = {"_PKGCAT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = subprocess.run(
        [Path(sys.executable).with_name("pkgcat")],
        env={**surroundings(catalog), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def fetched(run: Run) -> int:
    return len(json.loads(run("list", "--where", "last_fetched", "!=", "null", "--json").out))


def typed(args: list[str], catalog: Path, *, rows: int, columns: int = 100, **env: str) -> bytes:
    """Run a command on a terminal of its own and return all it wrote there."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [*PKGCAT, *args],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=surroundings(catalog, **{"TERM": "xterm", **env}),
        start_new_session=True,
    )
    os.close(inside)
    written = b""
    try:
        while piece := os.read(terminal, 1 << 16):
            written += piece
    except OSError:  # Linux tells the end so
        pass
    os.close(terminal)
    assert process.wait(20) == 0, written
    return written


def on_terminal(
    args: list[str], catalog: Path, *, rows: int, history: bool = False, **env: str
) -> pyte.Screen:
    """Run a command on a terminal of its own and return the screen it leaves."""
    raw = typed(args, catalog, rows=rows, **env)
    screen = pyte.Screen(100, 200 if history else rows)
    pyte.ByteStream(screen).feed(raw)
    return screen


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("refresh", "[1 to 16]"),
        ("serve", "[default: 8326; 0 to 65535]"),
        ("list", "At most so many."),
    ],
)
def test_help_says_in_plain_words_which_numbers_an_option_takes(
    run: Run, command: str, expected: str
) -> None:
    told = run(command, "--help", env={"COLUMNS": "200"}).out
    assert expected in told
    assert "x>=" not in told
    assert "<=x" not in told
