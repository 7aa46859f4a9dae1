"""grid edit and grid cell in an editor: what differs is stored, rivals are refused, no word of a
draft is lost.
"""

import json
import shlex
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import Program
from tests.conftest import Ran

Edit = Callable[[str], str]

SCRIPT = """#!{python}
import pathlib, sys
draft = pathlib.Path(sys.argv[1])
text = draft.read_text(encoding="utf-8")
folder = pathlib.Path({folder!r})
seen = len(list(folder.glob("seen-*"))) + 1
(folder / f"seen-{{seen}}").write_text(text, encoding="utf-8")
steps = {steps!r}
if seen <= len(steps):
    for old, new in steps[seen - 1]:
        assert old in text, old
        text = text.replace(old, new)
    draft.write_text(text, encoding="utf-8")
    {more}
"""


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where drafts are written, to see which stay."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


class Editor:
    """An $EDITOR that replaces texts, step by step, and keeps what it was shown."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch

    def does(self, *steps: list[tuple[str, str]], more: str = "") -> None:
        for seen in self.folder.glob("seen-*"):
            seen.unlink()
        script = self.folder / "editor"
        text = SCRIPT.format(
            python=sys.executable, folder=str(self.folder), steps=steps, more=more or "pass"
        )
        script.write_text(text, encoding="utf-8")
        script.chmod(0o700)
        self._monkeypatch.setenv("EDITOR", str(script))

    def shown(self, number: int = 1) -> str:
        return (self.folder / f"seen-{number}").read_text(encoding="utf-8")


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    folder = tmp_path / "editor"
    folder.mkdir()
    return Editor(folder, monkeypatch)


@pytest.fixture
def maps(many: Program, drafts: Path) -> Program:
    """Three packages on the grid `maps`, two features, a cell."""
    for line in (
        "grid add maps --title Maps",
        "grid put maps sorethumb django-cities django-emoji",
        "grid feature add maps Offline",
        "grid feature add maps Speed",
        "grid cell maps django-emoji Speed +2",
    ):
        assert many(*line.split()).code == 0
    return many


def content(program: Program) -> dict[str, Any]:
    header = json.loads(program("export", "--format", "jsonl").out.splitlines()[0])
    (grid,) = [grid for grid in header["grids"] if grid["title"].startswith("M")]
    features = [(one["title"], one["cells"]) for one in grid.get("features", [])]
    rows = json.loads(program("grid", "show", grid["slug"], "--json").out)
    return {**grid, "features": features, "order": list(rows[0]["values"])}


def kept(answer: Ran, drafts: Path) -> Path:
    (draft,) = drafts.iterdir()
    assert str(draft) in answer.err
    return draft


def test_the_editor_is_shown_the_whole_grid(maps: Program, editor: Editor, drafts: Path) -> None:
    editor.does([("Maps", "Maps of all")])
    answer = maps("grid", "edit", "maps")
    assert (answer.out, answer.err) == ("maps: title changed; 'pkgcat undo' takes it back\n", "")
    shown = tomllib.loads(editor.shown())
    assert shown["packages"] == ["django-cities", "django-emoji", "sorethumb"]
    assert shown["is_locked"] is False
    assert [feature["title"] for feature in shown["features"]] == ["Offline", "Speed"]
    assert shown["features"][1]["cells"] == {
        "django-cities": "",
        "django-emoji": "+2",
        "sorethumb": "",
    }
    assert content(maps)["title"] == "Maps of all"
    assert not list(drafts.iterdir())


def test_everything_is_edited_at_once_and_undone_at_once(maps: Program, editor: Editor) -> None:
    before = content(maps)
    editor.does(
        [
            ('title = "Maps"', 'title = "More maps"'),
            ("is_locked = false", "is_locked = true"),
            (
                '    "django-cities",\n    "django-emoji",\n    "sorethumb",\n',
                '    "sorethumb",\n    "django-oml",\n    "django-emoji",\n',
            ),
            ('title = "Offline"', 'title = "Works offline"'),
            ('django-emoji = "+2"', 'django-emoji = """\nno,\nbut"""\ndjango-oml = "yes"'),
            ("[[features]]\nkey = 2", '[[features]]\ntitle = "Price"\n\n[[features]]\nkey = 2'),
        ]
    )
    answer = maps("grid", "edit", "maps")
    assert answer.out == (
        "maps: title, is_locked, 2 packages, 2 features, 2 cells, order changed; "
        "'pkgcat undo' takes it back\n"
    )
    found = content(maps)
    assert found["order"] == ["sorethumb", "django-oml", "django-emoji"]
    assert found["features"] == [
        ("Works offline", {}),
        ("Price", {}),
        ("Speed", {"django-oml": "yes", "django-emoji": "no,\nbut"}),
    ]
    assert maps("undo").code == 0
    assert content(maps) == before


def test_what_is_gone_from_the_text_is_removed_and_fields_that_are_gone_stay(
    maps: Program, editor: Editor
) -> None:
    assert maps("grid", "edit", "maps", "--description", "Maps of all kinds").code == 0
    feature = '\n[[features]]\nkey = 1\ntitle = "Offline"\ndescription = ""\n[features.cells]\n'
    cells = 'django-cities = ""\ndjango-emoji = ""\nsorethumb = ""\n'
    editor.does(
        [
            (feature + cells, ""),
            ('django-emoji = "+2"\n', ""),
            ('description = "Maps of all kinds"\n', ""),
            ("is_locked = false\n", ""),
        ]
    )
    answer = maps("grid", "edit", "maps")
    assert answer.out == "maps: 1 feature, 1 cell changed; 'pkgcat undo' takes it back\n"
    found = content(maps)
    assert found["features"] == [("Speed", {})]
    assert found["description"] == "Maps of all kinds"
    assert maps("undo").code == 0
    assert content(maps)["features"] == [("Offline", {}), ("Speed", {"django-emoji": "+2"})]


def test_a_kept_draft_with_another_order_keeps_what_others_added(
    maps: Program, editor: Editor, drafts: Path
) -> None:
    editor.does(
        [
            ('title = "Offline"', 'title = "<"'),
            ('title = "Speed"', 'title = "Offline"'),
            ('title = "<"', 'title = "Speed"'),
            ("key = 1", "key = <"),
            ("key = 2", "key = 1"),
            ("key = <", "key = 2"),
            ('    "django-cities",\n', ""),
            ('    "sorethumb",\n', '    "sorethumb",\n    "django-cities",\n'),
        ],
        more=rival(maps.catalog, "grid", "feature", "add", "maps", "Price"),
    )
    draft = kept(maps("grid", "edit", "maps"), drafts)
    assert maps("grid", "put", "maps", "django-oml").code == 0
    assert maps("grid", "edit", "maps", "--draft", draft).code == 0
    found = content(maps)
    assert titles_of(maps) == ["Speed", "Offline", "Price"]
    assert found["order"] == ["django-emoji", "sorethumb", "django-cities", "django-oml"]


@pytest.mark.parametrize(
    "base", ["[[[", "5", "null", "{}", '{"fields": {}}', "[" * 100_000], ids=lambda base: base[:9]
)
def test_a_base_that_tells_nothing_is_the_grid_of_now(
    maps: Program, tmp_path: Path, base: str
) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(f'description = "Mine"\n\n# as it was: {base}\n')
    answer = maps("grid", "edit", "maps", "--draft", draft)
    assert answer.code == 0, answer.err
    assert content(maps)["description"] == "Mine"


def titles_of(program: Program) -> list[str]:
    return [title for title, _ in content(program)["features"]]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Speed", "Offline"), ("speed", "OFFLINE"), ("Price", "Offline"), ("Speed", "Price")],
    ids=["swapped", "swapped in another case", "taken over", "taken over backwards"],
)
def test_features_take_titles_from_each_other(
    maps: Program, editor: Editor, first: str, second: str
) -> None:
    before = content(maps)
    editor.does(
        [
            ('title = "Offline"', f'title = "<{first}>"'),
            ('title = "Speed"', f'title = "<{second}>"'),
            (f'"<{first}>"', f'"{first}"'),
            (f'"<{second}>"', f'"{second}"'),
        ]
    )
    answer = maps("grid", "edit", "maps")
    assert answer.out == "maps: 2 features changed; 'pkgcat undo' takes it back\n"
    assert content(maps)["features"] == [(first, {}), (second, {"django-emoji": "+2"})]
    assert maps("undo").code == 0
    assert content(maps) == before


def test_a_new_feature_takes_the_former_title_of_another(maps: Program, editor: Editor) -> None:
    editor.does(
        [
            ('title = "Speed"', 'title = "Pace"'),
            ("[[features]]\nkey = 1", '[[features]]\ntitle = "Speed"\n\n[[features]]\nkey = 1'),
        ]
    )
    assert maps("grid", "edit", "maps").code == 0
    assert titles_of(maps) == ["Speed", "Offline", "Pace"]


def test_two_features_with_one_title_are_refused(maps: Program, editor: Editor) -> None:
    before = maps.stored
    editor.does([('title = "Speed"', 'title = "offline"')])
    answer = maps("grid", "edit", "maps")
    assert (answer.code, maps.stored) == (5, before)
    assert "the grid maps has a feature 'offline' already" in answer.err


def test_an_unchanged_or_empty_text_stores_nothing(
    maps: Program, editor: Editor, drafts: Path
) -> None:
    before = maps.stored
    editor.does([], more="draft.write_text('')")
    assert maps("grid", "edit", "maps").out == "maps: nothing to change\n"
    editor.does([("title", "title")])
    answer = maps("grid", "edit", "maps")
    assert answer.out == "maps: nothing to change\n"
    assert "code --wait" in answer.err
    assert f"pkgcat grid edit maps --draft {kept(answer, drafts)}" in answer.err
    assert maps.stored == before


@pytest.mark.parametrize(
    ("old", "new", "clue"),
    [
        ('title = "Maps"', 'title = ""', "title"),
        ('title = "Maps"', "title = 5", "title"),
        ('title = "Maps"', 'titel = "Maps"', "'title'"),
        ("is_locked = false", "is_locked = 1", "is_locked"),
        ('slug = "maps"', 'slug = "a b"', "slug"),
        ('    "sorethumb",\n', '    "sorethumbs",\n', "'sorethumb'"),
        ('    "sorethumb",\n', '    "sorethumb", "sorethumb",\n', "named twice"),
        ("key = 2", "key = 1", "stands twice"),
        ("key = 2", "key = 9", "key 9"),
        ("key = 2", 'key = "x"', "key"),
        ("key = 2", "key = [2]", "leave it as it was"),
        ('title = "Speed"', 'title = " "', "title"),
        ('title = "Speed"', 'name = "Speed"', "'name'"),
        ('django-emoji = "+2"', "django-emoji = 2", "Speed, django-emoji"),
        ('django-emoji = "+2"', 'django-oml = "+2"', "not on the grid"),
        ('django-emoji = "+2"', f'django-emoji = "{"x" * 1001}"', "1,001"),
        ("packages = [", "packages = 5\nx = [", "'x'"),
        ("[[features]]", "[features", "line"),
    ],
)
def test_a_mistake_reopens_the_editor_with_the_mistake_on_top(
    maps: Program, editor: Editor, drafts: Path, old: str, new: str, clue: str
) -> None:
    before = maps.stored
    editor.does([(old, new)])
    answer = maps("grid", "edit", "maps")
    assert answer.code == 2
    first = editor.shown(2).splitlines()[0]
    assert first.startswith("# mistake: ")
    assert clue in first
    assert maps.stored == before
    assert new in kept(answer, drafts).read_text(encoding="utf-8")


def test_a_mistake_is_corrected(maps: Program, editor: Editor, drafts: Path) -> None:
    editor.does([("is_locked = false", "is_locked = 1")], [("is_locked = 1", "is_locked = true")])
    assert maps("grid", "edit", "maps").code == 0
    assert content(maps)["is_locked"] is True
    assert not list(drafts.iterdir())


def rival(catalog: Path, *words: str) -> str:
    """Return a step of the editor: another command on the same grid."""
    code = "import sys; from pkgcat.cli import main; sys.argv[0] = 'pkgcat'; main()"
    command = [sys.executable, "-c", code, *words]
    return (
        f"import os, subprocess; subprocess.run({command!r}, check=True, "
        f"env={{**os.environ, 'PKGCAT_DB': {str(catalog)!r}, 'PYTHONPATH': {':'.join(sys.path)!r}}})"
    )


@pytest.mark.parametrize(
    "words",
    [
        "grid cell maps sorethumb Offline no",
        "grid move maps sorethumb --before django-cities",
        "grid take maps django-emoji",
        "grid feature add maps Price",
        "grid feature move maps Speed --before Offline",
        "edit sorethumb --slug thumb",
        "remove sorethumb",
        "grid edit maps --locked",
    ],
)
def test_two_people_edit_one_grid_the_second_is_refused_and_the_draft_kept_and_stored_later(
    maps: Program, editor: Editor, drafts: Path, words: str
) -> None:
    editor.does(
        [('django-emoji = ""', 'django-emoji = "mine"'), ('title = "Maps"', 'title = "Mine"')],
        more=rival(maps.catalog, *words.split()),
    )
    answer = maps("grid", "edit", "maps")
    assert answer.code == 5, answer.err
    assert answer.err.count("\n") == 1
    assert "maps was edited meanwhile; nothing was stored" in answer.err
    assert content(maps)["title"] == "Maps"
    draft = kept(answer, drafts)
    use = shlex.split(answer.err.partition("'")[2].partition("'")[0])
    assert use == ["pkgcat", "grid", "edit", "maps", "--draft", str(draft)]
    unlock = ["--unlock"] if "locked" in words else []
    if "take" in words or "remove" in words:  # the draft names what is not there any more
        assert maps(*use[1:]).code == 4
        return
    stored = maps(*use[1:], *unlock)
    assert stored.code == 0, stored.err
    after = content(maps)
    assert after["title"] == "Mine"
    assert dict(after["features"])["Offline"]["django-emoji"] == "mine"
    theirs = {
        "grid cell": lambda: dict(after["features"])["Offline"]["sorethumb"] == "no",
        "sorethumb --before": lambda: after["order"][0] == "sorethumb",
        "Price": lambda: "Price" in dict(after["features"]),
        "--slug": lambda: "thumb" in after["order"],
        "Speed --before": lambda: after["features"][0][0] == "Speed",
        "--locked": lambda: after["is_locked"],
    }
    (holds,) = [holds for part, holds in theirs.items() if part in words]
    assert holds()


def test_a_feature_twice_is_a_conflict_and_the_draft_is_kept(
    maps: Program, editor: Editor, drafts: Path
) -> None:
    before = maps.stored
    editor.does([('title = "Speed"', 'title = "offline"')])
    answer = maps("grid", "edit", "maps")
    assert (answer.code, "already" in answer.err) == (5, True)
    assert maps.stored == before
    assert 'title = "offline"' in kept(answer, drafts).read_text(encoding="utf-8")


def test_a_locked_grid_is_not_opened_without_unlock(maps: Program, editor: Editor) -> None:
    maps("grid", "edit", "maps", "--locked")
    editor.does([('title = "Maps"', 'title = "Mine"')])
    for line in ("grid edit maps", "grid cell maps sorethumb Offline"):
        answer = maps(*line.split())
        assert (answer.code, "locked" in answer.err) == (5, True)
    assert not list(editor.folder.glob("seen-*"))
    assert maps("grid", "edit", "maps", "--unlock").code == 0
    assert content(maps)["title"] == "Mine"


def test_a_package_that_is_taken_off_keeps_what_its_cells_say(
    maps: Program, editor: Editor
) -> None:
    editor.does([('    "django-emoji",\n', ""), ('django-emoji = "+2"\n', "")])
    assert maps("grid", "edit", "maps").code == 0
    assert maps("grid", "put", "maps", "django-emoji").code == 0
    assert dict(content(maps)["features"])["Speed"] == {"django-emoji": "+2"}


def test_hostile_texts_come_back_as_they_were(maps: Program, editor: Editor) -> None:
    text = 'a"""b\\c\t\x1b[31m\u202e{x} [y] # z\n\n  end '
    assert maps("grid", "cell", "maps", "sorethumb", "Offline", text).code == 0
    editor.does([('title = "Maps"', 'title = "Mine"')])
    assert maps("grid", "edit", "maps").out.startswith("maps: title changed")
    assert "\x1b" not in editor.shown()
    assert "\u202e" not in editor.shown()
    assert dict(content(maps)["features"])["Offline"] == {"sorethumb": text}


def test_a_cell_is_edited(maps: Program, editor: Editor, drafts: Path) -> None:
    editor.does([("+2", "-1\n\nbecause")])
    answer = maps("grid", "cell", "maps", "django-emoji", "Speed")
    assert answer.out == "django-emoji, Speed: text changed; 'pkgcat undo' takes it back\n"
    assert editor.shown() == "+2\n"
    assert dict(content(maps)["features"])["Speed"] == {"django-emoji": "-1\n\nbecause"}
    assert not list(drafts.iterdir())


def test_a_rival_edit_of_a_cell_is_refused_and_the_draft_kept(
    maps: Program, editor: Editor, drafts: Path
) -> None:
    words = "grid cell maps django-emoji Speed theirs"
    editor.does([("+2", "mine")], more=rival(maps.catalog, *words.split()))
    answer = maps("grid", "cell", "maps", "django-emoji", "Speed")
    assert (answer.code, "edited meanwhile" in answer.err) == (5, True)
    draft = kept(answer, drafts)
    assert draft.read_text(encoding="utf-8") == "mine\n"
    use = ["grid", "cell", "maps", "django-emoji", "Speed", "--from-file", draft]
    assert maps(*use).code == 0
    assert dict(content(maps)["features"])["Speed"] == {"django-emoji": "mine"}


def test_without_a_terminal_and_an_editor_nothing_opens(
    maps: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EDITOR", "VISUAL", "PKGCAT_EDITOR"):
        monkeypatch.delenv(name, raising=False)
    for line in ("grid edit maps", "grid cell maps sorethumb Offline"):
        answer = maps(*line.split())
        assert (answer.code, "nothing to change" in answer.err) == (2, True)
