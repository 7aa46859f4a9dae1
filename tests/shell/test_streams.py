"""Standard output and standard error have one writer, and what it writes for people is clean."""

import ast
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pkgcat
from pkgcat.errors import IOFailed
from pkgcat.model.text import clean
from pkgcat.shell.output_buffer import OutputBuffer
from pkgcat.shell.streams import CleanStream, MessageStream, open_stdin, write_buffer
from tests.conftest import Run
from tests.hostile import (
    TEXTS,
    assert_bar_harmless,
    assert_harmless,
    assert_screen_unharmed,
    run_on_terminal,
)

SOURCE = Path(pkgcat.__file__).parent

WRITERS = {"shell/streams.py", "signals.py", "shell/terminal_input.py"}
"""`signals` runs before anything else is imported; it writes words of its own, through the
CleanStream once that is there. `terminal_input` sets how a terminal hands on keys, and writes one
byte to a pipe of its own.
"""
CONSOLES = {"terminal/console.py", "terminal/progress.py"}
"""Where Rich writes: into an OutputBuffer; and on `raw_stderr`, texts that are cleaned there."""

NAMES = {
    "print",
    "input",
    "echo",
    "secho",
    "confirm",
    "prompt",
    "pprint",
    "print_exc",
    "print_stack",
}
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}
MODULES = {"click", "getpass", "rich.prompt", "pprint", "traceback", "curses", "termios"}


def writes(path: Path) -> list[str]:
    """Return what in a module could write to a terminal by itself."""
    found = []
    name = str(path.relative_to(SOURCE))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        what = ""
        if isinstance(node, ast.Attribute) and node.attr in STREAMS and _named(node.value) == "sys":
            what = f"sys.{node.attr}"
        elif (
            isinstance(node, ast.Name | ast.Attribute) and _named(node) in NAMES and not _own(node)
        ):
            what = _named(node)
        elif isinstance(node, ast.Call) and _named(node.func) == "Console" and name not in CONSOLES:
            what = "Console"
        elif isinstance(node, ast.ImportFrom) and (node.module == "sys" or node.module in MODULES):
            what = f"from {node.module}"
        elif isinstance(node, ast.Import) and MODULES & {alias.name for alias in node.names}:
            what = "import"
        elif (
            isinstance(node, ast.Call)
            and _named(node.func) in ("write", "fdopen", "open")
            and _is_descriptor(node)
        ):
            what = "a descriptor"
        elif isinstance(node, ast.Constant) and node.value in (
            "/dev/tty",
            "/dev/stdout",
            "/dev/stderr",
        ):
            what = str(node.value)
        if what:
            found.append(f"{name}:{getattr(node, 'lineno', 0)}: {what}")
    return found


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _own(node: ast.expr) -> bool:
    """Whether it is a method of an object of ours: `run.print` puts a view into the answer."""
    return isinstance(node, ast.Attribute) and node.attr == "print"


def _is_descriptor(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    number = isinstance(first, ast.Constant) and isinstance(first.value, int)
    return number or (
        _named(call.func) == "write" and _named(getattr(call.func, "value", ast.Name("x"))) == "os"
    )


def test_one_module_writes_to_the_standard_streams() -> None:
    modules = sorted(SOURCE.rglob("*.py"))
    assert len(modules) > 50
    found = [
        line
        for path in modules
        if str(path.relative_to(SOURCE)) not in WRITERS
        for line in writes(path)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        *(
            'print("x")',
            'sys.stdout.write("x")',
            'sys.stderr.write("x")',
            "out = sys.stderr",
            "f(file=sys.__stderr__)",
        ),
        *(
            'typer.echo("x")',
            "typer.secho(x)",
            'click.echo("x")',
            "typer.confirm(x)",
            "input(x)",
            "Console(stderr=True)",
        ),
        *(
            "from sys import stderr",
            "from click import echo",
            "import click",
            "os.write(2, x)",
            "open(1, 'w')",
        ),
        *(
            "rich.console.Console()",
            "open('/dev/tty')",
            "traceback.print_exc()",
            "show = print",
            "sys.stdout.buffer",
        ),
    ],
)
def test_a_new_writer_would_be_found(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    module = tmp_path / "module.py"
    module.write_text(f"import sys\n\n\ndef act(x):\n    {line}\n")
    assert writes(module)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_clean_stream_writes_nothing_harmful_in_whatever_pieces_it_comes(text: str) -> None:
    below = io.StringIO()
    stream = CleanStream(below)
    for size in (1, 2, 3, len(text)):
        stream.writelines(text[start : start + size] for start in range(0, len(text), size))
        print(text, file=stream)  # type: ignore[call-overload]
    shown = below.getvalue()
    for character in set(shown):
        assert character == "\n" or character.isprintable()
    assert not hasattr(CleanStream(sys.__stdout__), "buffer")


def test_a_rendered_answer_keeps_its_styles_on_a_clean_stream_and_no_other_sequence() -> None:
    line = "\x1b[1;36mbold\x1b[0m\tplain\n"
    buffer = OutputBuffer()
    buffer.writelines([line] * 30_000)  # styles that a piece of a fixed length would cut in two
    below = io.StringIO()
    write_buffer(buffer, CleanStream(below))
    is_whole = below.getvalue() == line * 30_000  # to tell where they differ would take minutes
    assert is_whole
    buffer = OutputBuffer()
    buffer.write(f"{line}\x1b[2J\x1b]0;PWNED\x07\u202e\x9b8mx\n")
    below = io.StringIO()
    write_buffer(buffer, CleanStream(below))
    assert below.getvalue() == f"{line}x\n"
    below = io.StringIO()
    write_buffer(buffer, below)  # no terminal: what a renderer made for a program stays
    assert below.getvalue().endswith("\u202e\x9b8mx\n")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_lines_that_appear_while_a_bar_is_drawn_are_clean(text: str) -> None:
    program = f"""
import sys
from pkgcat.shell import streams
from pkgcat.shell.progress import progress
streams.configure()
with progress({text!r}, 3) as on:
    on({text!r})
    sys.stderr.write({text!r} + "\\n")
    streams.write_message({text!r})
    on("second")
    on("[/x] :bomb: " + {text!r})
streams.write_message("end")
"""
    written, code = run_on_terminal(
        [sys.executable, "-c", program], {**os.environ, "TERM": "xterm"}, only="stderr"
    )
    assert code == 0, written
    assert written.endswith(b"end\r\n")
    assert b"[/x] :bomb:" in written
    assert written.count(f"{clean(text)}\r\n".encode()) >= 1
    assert_bar_harmless(written)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_a_library_prints_on_a_terminal_is_clean(text: str) -> None:
    program = f"from pkgcat.shell import streams\nstreams.configure()\nprint({text!r})\n"
    written, code = run_on_terminal(
        [sys.executable, "-c", program], dict(os.environ), only="stdout"
    )
    assert (code, written.decode()) == (0, clean(text, lines=True).replace("\n", "\r\n") + "\r\n")
    assert_screen_unharmed(written)


PROGRAM = """
import asyncio, logging, sys, threading, warnings
from pkgcat.shell import streams
streams.configure()
text = {text!r}.replace("\\udc80", "")
if {how!r} == "warning":
    warnings.warn(text)
elif {how!r} == "logging":
    logging.getLogger("some.library").error("it said %s", text)
elif {how!r} == "traceback":
    raise ValueError(text)
elif {how!r} == "thread":
    thread = threading.Thread(target=lambda: int(text))
    thread.start()
    thread.join()
elif {how!r} == "exit":
    sys.exit(text)
elif {how!r} == "task":
    async def fail(): raise ValueError(text)
    async def main():
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
    asyncio.run(main())
else:
    print(text, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "how", ["warning", "logging", "traceback", "thread", "exit", "task", "print"]
)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_python_and_libraries_say_on_stderr_is_clean(text: str, how: str) -> None:
    program = PROGRAM.format(text=text, how=how)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, env=dict(os.environ), check=False
    )
    shown = done.stderr.decode()
    assert shown
    assert_harmless(shown)


class Full(io.StringIO):
    """A stream that takes nothing, as a full disk."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_stderr_that_takes_nothing_raises_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    for below in (Full(), closed):
        stream = MessageStream(below)
        stream.write("a")
        stream.writelines(["b", "c"])
        stream.write_rendered("\x1b[1md\x1b[0m")
        stream.flush()


def test_a_standard_input_that_fails_while_a_person_answers_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(io.StringIO):
        def readline(self, size: int | None = -1, /) -> str:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", Broken())
    with (
        pytest.raises(IOFailed, match="standard input: input/output error"),
        open_stdin() as stdin,
    ):
        stdin.readline()


def test_usage_errors_are_clean_where_the_locale_is_ascii(run: Run) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for text in ("\x1b[8mx\u202ey", "\x9b8mx"):
        answer = run("show", f"--{text}", env={**ascii_only})
        assert answer.code == 2
        assert_harmless(answer.err)


def test_a_closed_stderr_changes_no_exit_code(run: Run, catalog: Path) -> None:
    for words, code in (("add --no-fetch --title x --json", 0), ("show nope", 4), ("nope", 2)):
        command = f"exec {sys.executable} -m pkgcat {words} 2>&- >/dev/null"
        environment = {**os.environ, "PKGCAT_DB": str(catalog)}
        assert (
            subprocess.run(["sh", "-c", command], env=environment, check=False).returncode == code
        )
    assert "x" in run("list", "--fields", "title").out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    ("words", "redirection", "code"),
    [
        ("add --no-fetch --title x --json", "2>/dev/full >/dev/null", 0),
        ("show nope", "2>/dev/full", 4),
        ("", ">/dev/full", 74),
        ("--version", ">/dev/full", 74),
    ],
)
def test_a_full_stderr_is_no_error_and_a_full_stdout_is_74(
    catalog: Path, words: str, redirection: str, code: int
) -> None:
    environment = {**os.environ, "PKGCAT_DB": str(catalog)}
    subprocess.run(
        [sys.executable, "-m", "pkgcat", "add", "--no-fetch", "--title", "y"],
        env=environment,
        check=True,
    )
    command = f"exec {sys.executable} -m pkgcat {words} {redirection}"
    assert subprocess.run(["sh", "-c", command], env=environment, check=False).returncode == code
