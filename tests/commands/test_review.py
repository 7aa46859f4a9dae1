"""review: one package after another, its page, what changed, a question; elsewhere a list."""

import json
import os
import signal
import stat
import subprocess
import termios
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.children import BOUND, Terminal, wait_until
from tests.commands.program import Program, _Stream, told

TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=90)).isoformat()


@pytest.fixture
def held(many: Program) -> Program:
    """38 packages, about two of which it is decided: one review is due."""
    many("decide", "1326", "hold", "--why", "old", "--review-by", TODAY.isoformat())
    many("decide", "sorethumb", "trial", "--review-by", SOON)
    return many


@pytest.fixture
def asked(held: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The same, whose standard input is a terminal."""
    monkeypatch.setattr(_Stream, "isatty", lambda self: True)
    monkeypatch.setenv("PKGCAT_PAGER", "cat")
    monkeypatch.setenv("NO_COLOR", "1")
    return held


def decisions(program: Program, slug: str) -> list[str | None]:
    record = json.loads(program("show", slug, "--json").out)
    return [record[name] for name in ("decision", "decision_reason", "review_by")]


def test_without_a_terminal_it_lists_the_earliest_day_first(held: Program) -> None:
    rows = held("review", "--due").out.splitlines()
    assert len(rows) == 1
    assert rows[0].startswith(f"django-cities\thold\told\t\t{TODAY}\t")
    listed = json.loads(held("review", "--json", "--fields", "slug").out)
    assert [record["slug"] for record in listed][:2] == ["django-cities", "sorethumb"]
    assert len(listed) == 38
    held("edit", "1326", "--category", "frameworks")
    listed = json.loads(held("review", "--due", "--category", "frameworks", "--json").out)
    assert [record["slug"] for record in listed] == ["django-cities"]
    assert held("review", "--due", "--where", "slug = sorethumb").out == ""


def test_where_nobody_can_answer_a_terminal_gets_the_list(held: Program) -> None:
    answer = held("review", "--due", terminal=True)
    assert (answer.code, answer.err) == (0, "")
    assert "django-cities" in answer.out
    assert "decided\n" not in answer.out


def test_a_page_is_shown_and_the_answer_stored_at_once(asked: Program) -> None:
    ran = asked("review", "--due", input=f"r\nno longer needed\n{SOON}\n")
    assert ran.code == 0, ran.err
    assert "django-cities" in ran.err
    assert "hold was decided just now; nothing changed since then" in ran.err
    assert "(1 of 1)" in ran.err
    assert "django-cities: reject (was hold)" in ran.err
    assert ran.out == "1 package decided; 'pkgcat undo' takes the last one back\n"
    assert decisions(asked, "1326") == ["reject", "no longer needed", SOON]
    assert "review django-cities reject" in asked("undo", "--list").out


def test_the_same_again_keeps_the_reason_and_ends_the_day_that_came(asked: Program) -> None:
    asked("review", "--due", input="h\n\n\n")
    assert decisions(asked, "1326") == ["hold", "old", None]
    assert json.loads(asked("review", "--due", "--json").out) == []


@pytest.mark.parametrize("answers", ["q\n", "", "l\n", "h\n", "x\n\nq\n"])
def test_later_quit_and_the_end_of_input_decide_nothing(asked: Program, answers: str) -> None:
    before = asked.stored
    ran = asked("review", "--due", input=answers)
    assert (ran.code, ran.out) == (0, "0 packages decided\n")
    assert asked.stored == before


def test_a_day_that_cannot_be_is_asked_for_again(asked: Program) -> None:
    ran = asked("review", "--due", input=f"a\ngood\ntomorrow\n2020-01-01\n{SOON}\n")
    assert "'tomorrow' is not a date" in ran.err
    assert "2020-01-01 is in the past" in ran.err
    assert decisions(asked, "1326") == ["adopt", "good", SOON]


def test_what_changed_since_the_decision_is_told(asked: Program) -> None:
    facts = '{"repo_watchers": 5, "repo_archived": true}'
    asked("edit", "1326", "--patch", "-", input=facts)
    ran = asked("review", "--due", input="l\n")
    assert "changed since then" in ran.err
    assert f"  repo_watchers: 949 -> 5 ({TODAY})" in ran.err
    assert f"  repo_archived: unknown -> yes ({TODAY})" in ran.err


def test_several_are_walked_through_and_what_was_decided_stays(asked: Program) -> None:
    ran = asked("review", "--where", "decision is known", input="a\n\n\nl\n")
    assert "(1 of 2)" in ran.err
    assert "(2 of 2)" in ran.err
    assert decisions(asked, "1326")[0] == "adopt"
    assert decisions(asked, "sorethumb")[0] == "trial"


def test_an_edit_meanwhile_is_told_and_the_package_shown_again(
    asked: Program, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i \'s|^notes = .*|notes = "mine"|\' "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    ran = asked("review", "--due", input="e\nh\n\n\n", env={"EDITOR": str(editor)})
    assert ran.code == 0, ran.err
    record = json.loads(asked("show", "1326", "--json").out)
    assert (record["notes"], record["decision"]) == ("mine", "hold")
    assert ran.err.count("(1 of 1)") == 2


def test_an_editor_that_fails_ends_no_walk(asked: Program) -> None:
    before = asked.stored
    ran = asked("review", "--due", input="e\nq\n", env={"EDITOR": "/nonexistent/editor"})
    assert (ran.code, ran.out) == (0, "0 packages decided\n")
    assert "did not start" in ran.err
    assert asked.stored == before


def test_only_http_addresses_are_opened(asked: Program, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    browser.chmod(0o700)
    with_browser = {"BROWSER": str(browser)}
    asked("review", "--due", input="o\nq\n", env=with_browser)
    opened = tmp_path / "opened"
    assert opened.read_text() == "https://github.com/coderholic/django-cities\n"
    asked("add", "--no-fetch", "--slug", "odd", "--repo-url", "https://example.org/a/odd")
    asked("edit", "odd", "--unset", "repo_url")
    asked("decide", "odd", "hold")
    ran = asked("review", "--where", "slug = odd", input="o\nq\n", env=with_browser)
    assert (ran.code, ran.out) == (0, "0 packages decided\n")
    assert "odd has no address" in ran.err
    assert opened.read_text().count("\n") == 1


def test_unknown_filters_are_refused(held: Program) -> None:
    assert "there is no category" in told(held("review", "--category", "nothing"), 4)
    assert "there is no state" in told(held("review", "--state", "nothing"), 2)


def test_hostile_texts_are_harmless_in_questions(asked: Program) -> None:
    asked("edit", "1326", "--patch", "-", input=json.dumps({"pypi_version": "\x1b[31m\u202e1"}))
    ran = asked("review", "--due", input="l\n")
    assert "\x1b[31m" not in ran.err
    assert "\u202e" not in ran.err


def test_ctrl_c_keeps_what_was_decided(held: Program, terminal: Terminal) -> None:
    environment = {**os.environ, "PKGCAT_DB": str(held.catalog), "TERM": "xterm"}
    process = terminal.start(environment, "review", "--where", "decision is known")
    wait_until(lambda: terminal.shows(b"(1 of 2)"), process)
    terminal.press(b"a\ngood\n\n")
    wait_until(lambda: terminal.shows(b"(2 of 2)"), process)
    terminal.press(b"\x03")
    assert process.wait(BOUND) == 128 + signal.SIGINT
    assert terminal.shows(b"1 package decided; that stays")
    assert decisions(held, "1326")[:2] == ["adopt", "good"]
    assert decisions(held, "sorethumb")[0] == "trial"


def start_review(held: Program, terminal: Terminal) -> "subprocess.Popen[bytes]":
    """Start a walk through two packages on a terminal, and wait for its first question."""
    environment = {**os.environ, "PKGCAT_DB": str(held.catalog), "TERM": "xterm"}
    process = terminal.start(environment, "review", "--where", "decision is known")
    wait_for_question(terminal, process, 1)
    return process


def wait_for_question(terminal: Terminal, process: "subprocess.Popen[bytes]", number: int) -> None:
    """Wait until a key is asked for the time of that number."""

    def is_asked() -> bool:
        terminal.shows(b"")
        return terminal.written.count(b"[q]uit: ") == number and not terminal.is_line_by_line

    wait_until(is_asked, process)


def test_a_key_is_enough_on_a_terminal(held: Program, terminal: Terminal) -> None:
    process = start_review(held, terminal)
    terminal.press(b"a")
    wait_until(lambda: terminal.shows(b"why? "), process)
    assert terminal.is_line_by_line
    terminal.press(b"released again, \xc3\xa9\n")
    wait_until(lambda: terminal.shows(b"review by? "), process)
    terminal.press(f"{SOON}\n".encode())
    wait_for_question(terminal, process, 2)
    terminal.press(b"L")
    assert process.wait(BOUND) == 0
    assert terminal.shows(b"1 package decided")
    assert termios.tcgetattr(terminal.inside) == terminal.settings
    assert decisions(held, "1326") == ["adopt", "released again, é", SOON]
    assert decisions(held, "sorethumb")[0] == "trial"


def test_a_rival_decision_is_told_and_the_package_shown_again(
    held: Program, terminal: Terminal
) -> None:
    process = start_review(held, terminal)
    assert held("decide", "1326", "adopt", "--why", "theirs").code == 0
    terminal.press(b"hmine\n\n")
    wait_until(lambda: terminal.shows(b"django-cities was edited meanwhile"), process)
    wait_for_question(terminal, process, 2)
    assert terminal.shows(b"adopt was decided just now")
    terminal.press(b"q")
    assert process.wait(BOUND) == 0
    assert decisions(held, "1326")[:2] == ["adopt", "theirs"]


def test_enter_behind_a_key_answers_no_other_question(held: Program, terminal: Terminal) -> None:
    process = start_review(held, terminal)
    terminal.press(b"a\n")
    wait_until(lambda: terminal.shows(b"why? "), process)
    terminal.press(b"good\n\n")
    wait_for_question(terminal, process, 2)
    terminal.press(b"q\n")
    assert process.wait(BOUND) == 0
    assert decisions(held, "1326") == ["adopt", "good", None]


def test_what_is_typed_ahead_is_not_lost(held: Program, terminal: Terminal) -> None:
    process = start_review(held, terminal)
    terminal.press(f"tto be tried\n{SOON}\nhno\n\n".encode())
    assert process.wait(BOUND) == 0
    assert terminal.shows(b"2 packages decided")
    assert decisions(held, "1326") == ["trial", "to be tried", SOON]
    assert decisions(held, "sorethumb") == ["hold", "no", None]


@pytest.mark.parametrize("key", [b"x", b"\n", b" ", b"\x1b[A", b"\xc3\xa9", b"\x1b"])
def test_other_keys_are_told_which_there_are(held: Program, terminal: Terminal, key: bytes) -> None:
    process = start_review(held, terminal)
    terminal.press(key)
    wait_until(lambda: terminal.shows(b"press a, t, s, h, r, l, o, e or q"), process)
    wait_for_question(terminal, process, 2)
    terminal.press(b"q")
    assert process.wait(BOUND) == 0
    assert b"0 packages decided" in terminal.written or terminal.shows(b"0 packages decided")
    assert termios.tcgetattr(terminal.inside) == terminal.settings


def test_control_d_ends_the_walk(held: Program, terminal: Terminal) -> None:
    process = start_review(held, terminal)
    terminal.press(b"\x04")
    assert process.wait(BOUND) == 0
    assert termios.tcgetattr(terminal.inside) == terminal.settings


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_a_key_is_awaited_leaves_the_terminal_as_it_was(
    held: Program, terminal: Terminal, number: signal.Signals
) -> None:
    process = start_review(held, terminal)
    process.send_signal(number)
    assert process.wait(BOUND) == 128 + number
    assert termios.tcgetattr(terminal.inside) == terminal.settings


def test_keys_are_read_again_after_a_stop(held: Program, terminal: Terminal) -> None:
    process = start_review(held, terminal)
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    termios.tcsetattr(terminal.inside, termios.TCSANOW, terminal.settings)  # as shells do
    process.send_signal(signal.SIGCONT)
    wait_until(lambda: not terminal.is_line_by_line, process)
    terminal.press(b"q")
    assert process.wait(BOUND) == 0
    assert termios.tcgetattr(terminal.inside) == terminal.settings


def test_a_wrong_letter_on_a_line_is_told(asked: Program) -> None:
    ran = asked("review", "--due", input="x\nq\n")
    assert "press a, t, s, h, r, l, o, e or q" in ran.err
