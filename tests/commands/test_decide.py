"""decide: decisions with their reasons, evidence and days."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.program import Program, told

TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=90)).isoformat()
EVIDENCE = "https://example.org/evaluation"


def decision_of(program: Program, slug: str = "django-cities") -> list[str | None]:
    record = program.record(slug)
    names = ("decision", "decision_reason", "decision_url", "review_by")
    return [record[name] for name in names]


def test_a_decision_is_kept_with_its_reason_evidence_and_days(one: Program) -> None:
    details = ("--why", "active, MIT", "--evidence", EVIDENCE, "--review-by", SOON)
    answer = one("decide", "1326", "adopt", *details)
    assert answer.out == "django-cities: adopt (was none); 'pkgcat undo' takes it back\n"
    assert decision_of(one) == ["adopt", "active, MIT", EVIDENCE, SOON]
    decided = datetime.fromisoformat(one.record("django-cities")["decided"])
    assert abs(datetime.now(UTC) - decided) < timedelta(minutes=5)


def test_the_same_decision_again_keeps_what_is_not_given_and_another_begins_anew(
    one: Program,
) -> None:
    one("decide", "1326", "adopt", "--why", "active", "--review-by", SOON)
    answer = one("decide", "1326", "ADOPT", "--evidence", EVIDENCE)
    assert answer.out.startswith("django-cities: decided again as before;")
    assert decision_of(one) == ["adopt", "active", EVIDENCE, SOON]
    answer = one("decide", "1326", "hold")
    assert answer.out.startswith("django-cities: hold (was adopt);")
    assert decision_of(one) == ["hold", None, None, None]


def test_none_takes_it_back_and_undo_brings_it_again(one: Program) -> None:
    one("decide", "1326", "adopt", "--why", "active", "--review-by", SOON)
    decided = one.record("django-cities")["decided"]
    assert one("decide", "1326", "none").out.startswith("django-cities: none (was adopt);")
    assert decision_of(one) == [None] * 4
    assert one.record("django-cities")["decided"] is None
    before = one.stored
    again = one("decide", "1326", "none")
    assert again.out == "django-cities: nothing was decided, and nothing is\n"
    assert one.stored == before
    assert "decide 1326 none" in one("undo").out
    assert decision_of(one) == ["adopt", "active", None, SOON]
    assert one.record("django-cities")["decided"] == decided


def test_many_are_decided_at_once_by_names_from_standard_input(many: Program) -> None:
    answer = many("decide", "-", "hold", "--why", "old", input="1326\nsorethumb\n1326\n")
    assert answer.out.splitlines() == [
        "django-cities: hold (was none)",
        "sorethumb: hold (was none)",
        "2 packages decided; 'pkgcat undo' takes it back",
    ]
    assert many.slugs("--decision", "hold") == ["django-cities", "sorethumb"]
    assert many.slugs("--decision", "adopt,reject") == []
    assert len(many.slugs("--decision", "none,hold")) == 38
    many("undo")
    assert many.slugs("--decision", "hold") == []


def test_conditions_and_states_find_what_is_decided_about(many: Program) -> None:
    words = ("decide", "hold", "--where", "slug ~ cities")
    assert "--where may find many packages" in told(many(*words), 2)
    assert many(*words, "--dry-run").out == "django-cities\tdecision\t\thold\n"
    assert many(*words, "--yes").code == 0
    assert many.slugs("--decision", "hold") == ["django-cities"]
    many("edit", "1326", "--replaced-by", "sorethumb")
    assert many("decide", "reject", "--state", "replaced", "--yes").code == 0
    assert many.slugs("--decision", "reject") == ["django-cities"]
    assert "exclude each other" in told(many("decide", "1326", *words[1:]), 2)
    assert "goes with" in told(many("decide", "1326", "hold", "--yes"), 2)


def test_a_dry_run_shows_what_would_change_and_stores_nothing(one: Program) -> None:
    before = one.stored
    answer = one("decide", "1326", "hold", "--why", "old", "--dry-run")
    rows = answer.out.splitlines()
    assert "django-cities\tdecision\t\thold" in rows
    assert "django-cities\tdecision_reason\t\told" in rows
    assert one.stored == before


def test_decisions_are_listed_printed_and_exported(many: Program) -> None:
    assert "nothing is decided yet" in many("decide", "--list", terminal=True).out
    answer = many("decide", "1326", "trial", "--json")
    assert json.loads(answer.out)["decision"] == "trial"
    many("decide", "sorethumb", "reject", "--why", "spam")
    listed = json.loads(many("decide", "--list", "--json", "--fields", "slug,decision").out)
    assert listed == [
        {"slug": "django-cities", "decision": "trial"},
        {"slug": "sorethumb", "decision": "reject"},
    ]
    text = many("export", "--format", "jsonl").out
    many("undo")
    many("undo")
    other = Program(many.catalog.with_name("other.db"))
    assert other("import", "-", input=text).code == 0
    assert decision_of(other, "sorethumb") == ["reject", "spam", None, None]


def test_an_import_brings_a_decision_whole_or_not_at_all(one: Program) -> None:
    one("decide", "1326", "adopt", "--why", "good", "--review-by", SOON)
    text = one("export", "--format", "jsonl").out
    one("undo")
    one("decide", "1326", "hold")  # nobody wrote a reason or a day here
    assert one("import", "-", input=text).code == 0
    assert decision_of(one) == ["hold", None, None, None]
    assert one("import", "-", "--overwrite", input=text).code == 0
    assert decision_of(one) == ["adopt", "good", None, SOON]


def test_a_removed_package_keeps_its_decision_and_undo_brings_both_back(one: Program) -> None:
    one("decide", "1326", "hold", "--why", "old")
    one("remove", "1326")
    assert one.slugs("--decision", "hold") == []
    one("undo")
    assert decision_of(one)[:2] == ["hold", "old"]


def test_a_review_is_due_from_its_day_on(many: Program) -> None:
    many("decide", "1326", "hold", "--review-by", TODAY.isoformat())
    many("decide", "sorethumb", "hold", "--review-by", SOON)
    assert many.slugs("--due") == ["django-cities"]
    many("decide", "1326", "hold")
    assert many.slugs("--due") == []
    assert decision_of(many)[3] is None


def test_history_tells_decisions_and_the_page_shows_them(one: Program) -> None:
    details = ("--why", "waits for 6.0", "--evidence", EVIDENCE, "--review-by", SOON)
    one("decide", "1326", "hold", *details)
    assert one("history", "1326", "decision").out.endswith("\tdecision\t\thold\n")
    page = one("show", "1326", terminal=True).out
    for said in ("hold", "waits for 6.0", EVIDENCE, f"review by {SOON}"):
        assert said in page


def test_the_reason_of_a_decision_may_be_edited_alone(one: Program) -> None:
    one("decide", "1326", "hold", "--why", "old")
    decided = one("history", "1326", "decided").out
    one("edit", "1326", "--patch", "-", input='{"decision_reason": "still old"}')
    assert decision_of(one)[:2] == ["hold", "still old"]
    assert one("history", "1326", "decided").out == decided
    one("edit", "1326", "--unset", "decision")
    assert decision_of(one) == [None] * 4


@pytest.mark.parametrize(
    ("args", "code", "reason"),
    [
        ((), 2, "decide what"),
        (("adopt",), 2, "no package is named"),
        (("1326", "adpot"), 2, "did you mean 'adopt'"),
        (("1326", "maybe"), 2, "there are adopt, trial, assess, hold, reject, none"),
        (("nothing-here", "adopt"), 4, "there is no package"),
        (("1326", "nothing-here", "adopt"), 4, "there is no package"),
        (("1326", "hold", "--review-by", "2020-01-01"), 2, "2020-01-01 is in the past"),
        (("1326", "hold", "--review-by", "tomorrow"), 2, "is not a date"),
        (("1326", "hold", "--review-by", "2026-02-30"), 2, "is not a date"),
        (("1326", "hold", "--evidence", "ftp://x/y"), 2, "is not an http or https address"),
        (("1326", "none", "--why", "x"), 2, "--why exclude each other"),
        (("--list", "1326", "hold"), 2, "exclude each other"),
        (("--list", "--why", "x"), 2, "exclude each other"),
    ],
)
def test_a_wrong_use_is_one_line_and_stores_nothing(
    one: Program, args: tuple[str, ...], code: int, reason: str
) -> None:
    before = one.stored
    assert reason in told(one("decide", *args), code)
    assert one.stored == before


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("--decision", "adpt"), "there is no decision 'adpt'; did you mean 'adopt'"),
        (("--state", "okay,archivd"), "there is no state 'okay'; did you mean 'ok'"),
        (("--state", ","), "no state is named"),
        (("--state", "failing"), "there is no state 'failing'"),
    ],
)
def test_a_filter_that_names_nothing_known_is_refused(
    one: Program, args: tuple[str, ...], reason: str
) -> None:
    assert reason in told(one("list", *args), 2)


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        ('{"decision": "maybe"}', "decision: there is no decision 'maybe'"),
        ('{"decision": 5}', "decision: 5 is not text"),
        ('{"decision_reason": "x"}', "there is no decision that it could be of"),
        ('{"decided": "2026-01-01T00:00:00Z"}', "decided cannot be edited"),
        ('{"review_by": "2020-01-01"}', "in the past"),
    ],
)
def test_a_patch_keeps_the_rules_of_decisions(one: Program, patch: str, reason: str) -> None:
    before = one.stored
    assert reason in told(one("edit", "1326", "--patch", "-", input=patch), 2)
    assert one.stored == before


def test_credentials_are_cut_from_evidence(one: Program) -> None:
    answer = one("decide", "1326", "hold", "--evidence", "https://u:secret@example.org/x")
    assert "cut the credentials" in answer.err
    assert decision_of(one)[2] == "https://example.org/x"
    assert b"secret" not in one.stored


def test_hostile_reasons_are_harmless_on_a_terminal(one: Program) -> None:
    one("decide", "1326", "hold", "--why", "\x1b[31mred\u202e [bold]x[/bold]")
    for command in (("show", "1326"), ("decide", "--list"), ("list", "--decision", "hold")):
        out = one(*command, terminal=True).out
        assert "\u202e" not in out
        assert not re.search("\x1b\\[31m", out)


class TestFinished:
    """edit --finished-until"""

    def test_a_package_is_finished_until_a_day(self, one: Program) -> None:
        assert one("edit", "1326", "--finished-until", SOON).code == 0
        record = one.record("django-cities")
        assert (record["state"], record["finished_until"]) == ("finished", SOON)
        assert record["state_reasons"] == [f"finished: until {SOON}"]
        assert one.slugs("--state", "finished") == ["django-cities"]
        assert f"finished until {SOON}" in one("show", "1326", terminal=True).out
        one("edit", "1326", "--unset", "finished_until")
        assert one.record("django-cities")["finished_until"] is None

    @pytest.mark.parametrize(
        ("day", "reason"),
        [
            ((TODAY + timedelta(days=740)).isoformat(), "more than 2 years ahead"),
            ((TODAY - timedelta(days=1)).isoformat(), "in the past"),
            ("2027", "is not a date such as"),
        ],
    )
    def test_a_day_too_far_ahead_or_past_is_refused(
        self, one: Program, day: str, reason: str
    ) -> None:
        before = one.stored
        assert reason in told(one("edit", "1326", "--finished-until", day), 2)
        assert reason in told(one("add", "--no-fetch", "x", "--finished-until", day), 2)
        assert one.stored == before

    def test_the_days_2_years_ahead_and_today_are_taken(self, one: Program) -> None:
        leap = TODAY.replace(day=28) if (TODAY.month, TODAY.day) == (2, 29) else TODAY
        last = leap.replace(year=TODAY.year + 2)
        for day in (last, TODAY):
            assert one("edit", "1326", "--finished-until", day.isoformat()).code == 0


@pytest.mark.parametrize("quote", ['"', ""])
def test_the_editor_takes_a_day_with_and_without_quotes(
    one: Program, tmp_path: Path, quote: str
) -> None:
    script = tmp_path / "editor"
    line = f"finished_until = {quote}{SOON}{quote}"
    script.write_text(f"#!/bin/sh\nsed -i 's|^finished_until = .*|{line}|' \"$1\"\n")
    script.chmod(0o700)
    editor = {"EDITOR": str(script)}
    assert one("edit", "1326", env=editor).out.startswith("django-cities: finished_until changed")
    assert one.record("django-cities")["finished_until"] == SOON
    assert "nothing to change" in one("edit", "1326", env=editor).out
