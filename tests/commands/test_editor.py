"""edit in an editor: nothing half-parsed is stored, and no word of a draft is lost."""

import json
import os
import re
import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.fields import EDITABLE
from pkgcat.shell.edited_text import EDITED_NAMES, write_value
from tests.commands.program import Program, told
from tests.conftest import Ran

Editor = Callable[..., Path]

SCRIPT = """#!/bin/sh
n=$(cat "{folder}/count" 2>/dev/null || echo 0); n=$((n + 1)); echo $n > "{folder}/count"
cp "$1" "{folder}/seen-$n"
echo "$1" > "{folder}/draft"
test -f "{folder}/step-$n" && . "{folder}/step-$n"
"""


@pytest.fixture(autouse=True)
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where drafts are written, to see which stay."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """An $EDITOR that keeps what it was shown, and takes one of these steps each time it is
    opened.
    """
    folder = tmp_path / "editor"
    folder.mkdir()

    def taking(*steps: str) -> Path:
        for number, step in enumerate(steps, 1):
            (folder / f"step-{number}").write_text(step, encoding="utf-8")
        script = folder / "editor"
        script.write_text(SCRIPT.format(folder=folder), encoding="utf-8")
        script.chmod(0o700)
        monkeypatch.setenv("EDITOR", str(script))
        return folder

    return taking


def replaced(old: str, new: str) -> str:
    return f"sed -i 's|{old}|{new}|' \"$1\"\n"


TITLE = replaced("^title = .*", 'title = "Cities"')


def kept(answer: Ran, drafts: Path) -> str:
    """The draft that a message says was kept."""
    (draft,) = drafts.iterdir()
    assert str(draft) in answer.err
    return draft.read_text(encoding="utf-8")


MARK = '{ printf \'\\357\\273\\277\'; cat "$1"; } > "$1.x" && cat "$1.x" > "$1" && rm "$1.x"\n'


def test_a_byte_order_mark_that_an_editor_writes_is_skipped(one: Program, editor: Editor) -> None:
    editor(TITLE + MARK, MARK)
    assert one("edit", "1326").code == 0
    assert one.record("1326")["title"] == "Cities"
    answer = one("edit", "1326")
    assert (answer.code, answer.out) == (0, "django-cities: nothing to change\n")


def test_the_editor_is_shown_the_fields_and_stores_what_changed(
    one: Program, editor: Editor, drafts: Path
) -> None:
    folder = editor(TITLE + replaced("^tags = .*", 'tags = ["geo", "used"]'))
    answer = one("edit", "1326")
    assert (answer.code, answer.err) == (0, "")
    assert "title" in answer.out
    assert "undo" in answer.out
    shown = tomllib.loads((folder / "seen-1").read_text(encoding="utf-8"))
    assert set(shown) == set(EDITED_NAMES) <= EDITABLE
    assert shown["title"] == "django-cities"
    record = one.record("1326")
    assert (record["title"], record["tags"], record["pinned"]) == ("Cities", ["geo", "used"], [])
    assert not list(drafts.iterdir())


@pytest.mark.parametrize("step", ["true", 'cp "$1" "$1.same"; mv "$1.same" "$1"'])
def test_an_editor_that_ends_at_once_and_changes_nothing_may_be_open_still(
    one: Program, editor: Editor, drafts: Path, step: str
) -> None:
    """As `code` is without --wait: what is written later is not lost in silence."""
    folder = editor(step)
    before = one.stored
    answer = one("edit", "1326")
    assert (answer.code, answer.out) == (0, "django-cities: nothing to change\n")
    assert "code --wait" in answer.err
    assert one.stored == before
    draft = kept(answer, drafts)
    assert draft == (folder / "seen-1").read_text(encoding="utf-8")
    (path,) = drafts.iterdir()
    path.write_text(draft.replace('title = "django-cities"', 'title = "Cities"'), encoding="utf-8")
    assert f"pkgcat edit django-cities --draft {path}" in answer.err
    answer = one("edit", "django-cities", "--draft", path)
    assert answer.out == "django-cities: title changed; 'pkgcat undo' takes it back\n"
    assert one.record("1326")["title"] == "Cities"


def test_an_editor_that_takes_its_time_and_changes_nothing_leaves_no_draft(
    one: Program, editor: Editor, drafts: Path
) -> None:
    editor("sleep 2.1")
    assert one("edit", "1326")[:3] == ("django-cities: nothing to change\n", "", 0)
    assert not list(drafts.iterdir())


@pytest.mark.parametrize("step", [': > "$1"', 'echo "  " > "$1"'])
def test_emptied_nothing_happens(one: Program, editor: Editor, drafts: Path, step: str) -> None:
    editor(step)
    before = one.stored
    answer = one("edit", "1326")
    assert answer.code == 0
    assert "nothing" in answer.out + answer.err
    assert one.stored == before
    assert not list(drafts.iterdir())


def test_the_draft_is_for_its_owner_alone(one: Program, editor: Editor, tmp_path: Path) -> None:
    editor(f'stat -c %a "$1" > {tmp_path}/mode')
    one("edit", "1326")
    assert (tmp_path / "mode").read_text().strip() == "600"


def test_another_comment_changes_nothing(one: Program, editor: Editor) -> None:
    editor('echo "# a thought" >> "$1"')
    before = one.stored
    assert one("edit", "1326").code == 0
    assert one.stored == before


@pytest.mark.parametrize(
    ("mistake", "clue"),
    [
        (replaced("^title = .*", "title = "), "TOML"),
        (replaced("^title = .*", "title = 5"), "title"),
        (replaced("^title = .*", 'title = ""'), "title"),
        (replaced("^title = .*", "title = 2026-01-01"), "title"),
        (replaced("^title", "titel"), "'title'"),
        (replaced("^tags = .*", 'tags = "geo"'), "tags"),
        (replaced("^tags = .*", "tags = [1]"), "tags"),
        (replaced("^slug = .*", 'slug = "a b"'), "slug"),
        (replaced("^repo_url = .*", 'repo_url = "no address"'), "repo_url"),
        (replaced("^category = .*", 'category = "aps"'), "'apps'"),
        (replaced("^replaced_by = .*", 'replaced_by = "django-citis"'), "'django-cities'"),
    ],
)
def test_a_mistake_reopens_with_the_error_on_top(
    one: Program, editor: Editor, drafts: Path, mistake: str, clue: str
) -> None:
    name = mistake.split("^")[1].split(" ", maxsplit=1)[0].split("|", maxsplit=1)[0]
    good = {"titel": 'title = "Cities"'}.get(name, 'title = "Cities"')
    wrong = "titel" if "titel" in mistake else name
    repair = (
        f"grep -v '^{wrong} = ' \"$1\" | grep -v '^title = ' > x; (cat x; echo '{good}') > \"$1\""
    )
    folder = editor(mistake, f"cd {drafts.parent}; {repair}")
    answer = one("edit", "1326")
    assert answer.code == 0, answer.err
    first, *rest = (folder / "seen-2").read_text(encoding="utf-8").splitlines()
    assert first.startswith("#")
    assert clue in first
    assert rest[1:] == (folder / "seen-1").read_text(encoding="utf-8").splitlines()[1:] or any(
        line.startswith(wrong) for line in rest
    )
    assert one.record("1326")["title"] == "Cities"
    assert not list(drafts.iterdir())


def test_the_next_mistake_takes_the_place_of_the_one_before(one: Program, editor: Editor) -> None:
    folder = editor(
        replaced("^title = .*", "title = 5"), replaced("^title = .*", "title = 6"), TITLE
    )
    assert one("edit", "1326").code == 0
    text = (folder / "seen-3").read_text(encoding="utf-8")
    assert len(re.findall("^# mistake", text, re.MULTILINE)) == 1
    assert text.splitlines()[0].count("6") >= 1


def test_a_mistake_that_is_given_up_keeps_the_draft(
    one: Program, editor: Editor, drafts: Path
) -> None:
    editor(replaced("^title = .*", "title = 5  # so many words"), "true")
    before = one.stored
    answer = one("edit", "1326")
    told(answer, 2)
    assert "so many words" in kept(answer, drafts)
    assert one.stored == before


def test_a_draft_that_a_conflict_kept_stores_only_what_was_changed_in_it(
    one: Program, editor: Editor, drafts: Path, tmp_path: Path
) -> None:
    editor(other(tmp_path, "edit 1326 --notes theirs --tag theirs") + TITLE)
    told(one("edit", "1326"), 5)
    (path,) = drafts.iterdir()
    assert one("edit", "1326", "--draft", path).code == 0
    record = one.record("1326")
    assert (record["title"], record["notes"], record["tags"]) == ("Cities", "theirs", ["theirs"])


def test_a_kept_draft_with_a_mistake_is_used_once_it_is_corrected(
    one: Program, editor: Editor, drafts: Path
) -> None:
    editor(replaced("^title = .*", "title = 5") + replaced("^notes = .*", 'notes = "mine"'), "true")
    answer = one("edit", "1326")
    (path,) = drafts.iterdir()
    assert f"--draft {path}" in told(answer, 2)
    before = one.stored
    assert "title" in told(one("edit", "1326", "--draft", path), 2)
    assert one.stored == before
    path.write_text(path.read_text().replace("title = 5", 'title = "Cities"'), encoding="utf-8")
    assert one("edit", "1326", "--draft", path, "--json").code == 0
    record = one.record("1326")
    assert (record["title"], record["notes"]) == ("Cities", "mine")


@pytest.mark.parametrize(
    "more", [("--title", "A"), ("--where", "slug = x"), ("sorethumb",), ("--patch", "-")]
)
def test_a_draft_is_of_one_package_and_goes_with_nothing_else(
    many: Program, tmp_path: Path, more: tuple[str, ...]
) -> None:
    (tmp_path / "draft.toml").write_text('notes = "x"\n', encoding="utf-8")
    before = many.stored
    answer = many("edit", "1326", *more, "--draft", tmp_path / "draft.toml", input='{"notes": "y"}')
    told(answer, 2)
    assert many.stored == before


def test_a_draft_that_is_not_there_is_told(one: Program, tmp_path: Path) -> None:
    told(one("edit", "1326", "--draft", tmp_path / "none.toml"), 2)


def test_a_mistake_that_is_emptied_is_dropped(one: Program, editor: Editor, drafts: Path) -> None:
    editor(replaced("^title = .*", "title = 5"), ': > "$1"')
    before = one.stored
    assert one("edit", "1326").code == 0
    assert one.stored == before
    assert not list(drafts.iterdir())


def test_an_editor_that_fails_stores_nothing_and_keeps_the_draft(
    one: Program, editor: Editor, drafts: Path
) -> None:
    editor(TITLE + "exit 3")
    before = one.stored
    answer = one("edit", "1326")
    told(answer, 1)
    assert "3" in answer.err
    assert 'title = "Cities"' in kept(answer, drafts)
    assert one.stored == before


@pytest.mark.parametrize("command", ["/no/such/editor", "''", '"', "vi '", " "])
def test_an_editor_that_cannot_be_started_is_told(
    one: Program, monkeypatch: pytest.MonkeyPatch, drafts: Path, command: str
) -> None:
    monkeypatch.setenv("EDITOR", command)
    answer = one("edit", "1326")
    assert "EDITOR" in told(answer, answer.code)
    assert "Errno" not in answer.err
    assert list(drafts.iterdir()) == []


def test_an_editor_may_have_options_and_pkgcats_own_wins(
    one: Program, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = editor(TITLE) / "editor"
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    monkeypatch.setenv("VISUAL", "/no/such/visual")
    monkeypatch.setenv("PKGCAT_EDITOR", f"sh '{script}'")
    assert one("edit", "1326").code == 0
    assert one.record("1326")["title"] == "Cities"


def test_visual_wins_over_editor(
    one: Program, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = editor(TITLE) / "editor"
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    monkeypatch.setenv("VISUAL", str(script))
    assert one("edit", "1326").code == 0


def other(tmp_path: Path, *args: str) -> str:
    """A shell line that runs pkgcat while the editor is open."""
    import sys

    return f"{sys.executable} -m pkgcat {' '.join(args)} > /dev/null\n"


@pytest.mark.parametrize("meanwhile", ["edit 1326 --notes theirs", "remove 1326"])
def test_a_conflict_with_an_edit_meanwhile_keeps_the_draft(
    one: Program, editor: Editor, drafts: Path, tmp_path: Path, meanwhile: str
) -> None:
    editor(other(tmp_path, meanwhile) + TITLE)
    answer = one("edit", "1326")
    told(answer, 5)
    assert 'title = "Cities"' in kept(answer, drafts)
    if "notes" in meanwhile:
        assert one.record("1326").items() >= {"notes": "theirs", "title": "django-cities"}.items()


def test_a_name_that_is_taken_keeps_the_draft(many: Program, editor: Editor, drafts: Path) -> None:
    editor(replaced("^slug = .*", 'slug = "sorethumb"'))
    answer = many("edit", "1326")
    told(answer, 5)
    assert 'slug = "sorethumb"' in kept(answer, drafts)


def test_a_draft_that_no_folder_takes_is_told(
    one: Program, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(TITLE)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    before = one.stored
    assert "no draft can be made in" in told(one("edit", "1326"), 74)
    assert one.stored == before


def test_a_draft_that_was_taken_away_is_told(one: Program, editor: Editor) -> None:
    editor('rm "$1"')
    told(one("edit", "1326"), 1)


def test_a_draft_that_is_no_text_is_told(one: Program, editor: Editor, drafts: Path) -> None:
    editor("printf '\\377' > \"$1\"")
    before = one.stored
    answer = one("edit", "1326")
    told(answer, 1)
    assert one.stored == before
    assert list(drafts.iterdir())


def test_a_dry_run_stores_nothing(one: Program, editor: Editor) -> None:
    editor(TITLE)
    before = one.stored
    answer = one("edit", "1326", "--dry-run")
    assert (answer.code, "\ttitle\tdjango-cities\tCities\n" in answer.out) == (0, True)
    assert one.stored == before


def test_json_prints_the_record_after_the_editor_too(one: Program, editor: Editor) -> None:
    editor(TITLE)
    assert json.loads(one("edit", "1326", "--json").out)["title"] == "Cities"


def test_quiet_is_silent_after_the_editor(one: Program, editor: Editor) -> None:
    editor(TITLE, "true")
    assert one("edit", "1326", "--quiet")[:3] == ("", "", 0)
    assert one("edit", "1326", "--quiet")[:3] == ("", "", 0)


def test_the_editor_takes_one_package_at_a_time(many: Program, editor: Editor) -> None:
    editor("true")
    told(many("edit", "1326", "sorethumb"), 2)
    told(many("edit", "-"), 2)
    assert "'sorethumb'" in told(many("edit", "sorethum"), 4)


_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40
)


@given(
    notes=_TEXT | st.sampled_from(['"""', "\\", "a\r\nb", "\n", "'''", 'x"', "\x7f", "\x85\u2028"]),
    tag=_TEXT,
)
def test_any_text_goes_through_the_draft_unchanged(notes: str, tag: str) -> None:

    for value in (notes, tag, f"{notes}\n{tag}"):
        assert tomllib.loads(f"x = {write_value(value)}")["x"] == value
    assert tomllib.loads(f"x = {write_value((notes, tag))}")["x"] == [notes, tag]


@pytest.mark.parametrize(
    "notes", ["a\r\nb", '"""', "\\ \x7f\x85\u2028\u202e", "\n\nlines\n\n", " spaces ", "é💥"]
)
def test_words_that_were_not_touched_stay_to_the_byte(
    one: Program, editor: Editor, notes: str
) -> None:
    patch = json.dumps({"notes": notes, "title": "x ", "tags": [notes.strip()]})
    assert one("edit", "1326", "--patch", "-", input=patch).code == 0
    before = one.record("1326")
    editor(replaced("^slug = .*", 'slug = "towns"'))
    answer = one("edit", "1326")
    assert answer.code == 0, answer.err
    after = one.record("1326")
    assert {name for name in after if after[name] != before[name]} <= {"slug", "modified"}


def test_a_draft_shows_controls_and_what_turns_text_around_as_escapes(
    one: Program, editor: Editor
) -> None:
    notes = "\u009b8mx \u202eevil\u2066 \u007f \u2028 no\u200djoin Ærø"
    assert one("edit", "django-cities", "--notes", notes).code == 0
    folder = editor('printf "\\ntitl = 1" >> "$1"\n', replaced("^titl = 1", "") + TITLE)
    assert one("edit", "django-cities").code == 0
    for number in (1, 2):
        seen = (folder / f"seen-{number}").read_text(encoding="utf-8")
        assert all(
            character == "\n" or character == "\u200d" or character.isprintable()
            for character in seen
        )
        assert tomllib.loads(seen)["notes"] == notes
    assert one.record("django-cities")["notes"] == notes


def test_what_a_draft_says_of_a_mistake_has_no_control_characters(
    one: Program, editor: Editor
) -> None:
    key = r'"a\\u202eb\\u009b8mc"'
    folder = editor(f"printf '\\n{key} = 1' >> \"$1\"\n", replaced("^.a.u202eb.*", "") + TITLE)
    assert one("edit", "1326").code == 0
    mistake = (folder / "seen-2").read_text(encoding="utf-8").splitlines()[0]
    assert mistake.startswith("# mistake: there is no field 'a")
    assert mistake.isprintable()


def test_a_slug_with_control_characters_reaches_no_draft(one: Program, editor: Editor) -> None:
    """Also none that would lead out of the folder of drafts."""
    folder = editor(TITLE)
    for slug in ("a\u202eb\u009b8mc", "../../x"):
        with sqlite3.connect(one.catalog) as catalog:
            catalog.execute("UPDATE packages SET slug = ?", (slug,))
        catalog.close()
        told(one("edit", "1326"), 65)
    assert not (folder / "seen-1").exists()


def test_a_draft_that_became_a_link_is_not_written_through(
    one: Program, editor: Editor, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("title = 5")
    before = one.stored
    editor(f'ln -sf "{precious}" "$1"\n')
    assert "nothing was stored" in told(one("edit", "1326"), 1)
    assert precious.read_text() == "title = 5"
    assert one.stored == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_draft_that_became_another_users_is_not_read(
    one: Program, editor: Editor, drafts: Path
) -> None:
    before = one.stored
    editor(TITLE + 'chown 65534 "$1"\n')
    assert "it is another's" in told(one("edit", "1326"), 1)
    assert one.stored == before
    assert len(list(drafts.iterdir())) == 1


@pytest.mark.parametrize("command", ['rm "$1"; mkfifo "$1"\n', 'rm "$1"; mkdir "$1"\n'])
def test_a_draft_that_became_no_file_is_told(one: Program, editor: Editor, command: str) -> None:
    editor(command)
    assert "nothing was stored" in told(one("edit", "1326"), 1)


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 50_000, "id = " + "9" * 5000, "id = 0x" + "f" * 5000]
)
def test_toml_that_python_cannot_read_is_a_mistake(
    one: Program, editor: Editor, tmp_path: Path, text: str
) -> None:
    (tmp_path / "text").write_text(text)
    folder = editor(f'cp "{tmp_path}/text" "$1"\n', ': > "$1"\n')
    assert one("edit", "1326").code == 0
    assert (folder / "seen-2").read_text().startswith("# mistake: ")
