"""export radar.svg --decisions: what is decided as a technology radar, with what moved."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from tests.commands.program import Program, told
from tests.formats.markup import read_picture
from tests.formats.test_html import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"new": 16, "in": 3, "out": 3}
"""How many corners the marks of moves have; a circle has none."""


def draw(program: Program, *args: str) -> Element:
    """Return the radar, which runs and loads nothing."""
    answer = program("export", "--decisions", "--format", "svg", *args)
    assert (answer.code, answer.err) == (0, "")
    return read_picture(answer.out)


def texts(root: Element) -> list[str]:
    return [str(text.text) for text in root.iter(f"{SVG}text")]


def marks(root: Element) -> dict[str, tuple[str, str]]:
    """Return what a mark on the radar says when it is pointed at, and its class and outline."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        title = group.find(f"{SVG}title")
        if title is not None:
            (path,) = group.iter(f"{SVG}path")
            found[str(title.text)] = (path.attrib["class"], path.attrib["d"])
    return found


def now() -> str:
    return datetime.now(UTC).isoformat()


def import_decisions(program: Program, count: int, categories: int = 3) -> None:
    """Import packages that are decided about, in several categories."""
    records = []
    for number in range(count):
        decision = ("adopt", "trial", "assess", "hold", "reject")[number % 5]
        category = f"c{number % categories}"
        records.append(
            {"slug": f"p{number}", "title": f"P {number}", "decision": decision}
            | {"category": category, "decision_reason": f"because of {number}"}
        )
    header = {"pkgcat": 3, "filters": [], "grids": []}
    slugs = {record["category"] for record in records}
    header["categories"] = [{"slug": slug, "title": slug.upper()} for slug in sorted(slugs)]
    lines = [json.dumps(line) for line in (header, *records)]
    assert program("import", "-", input="\n".join(lines)).code == 0


def test_rings_sectors_numbers_and_reasons_are_drawn(many: Program, tmp_path: Path) -> None:
    many("decide", "1326", "adopt", "--why", "active & typed")
    many("decide", "sorethumb", "reject", "--why", "its host is gone")
    file = tmp_path / "radar.svg"
    assert many("export", file, "--decisions").out == f"exported 2 packages to {file}\n"
    assert many("export", "--decisions", "--format", "svg").out == file.read_text()
    root = read_picture(file.read_text())
    shown = texts(root)
    for word in ("ADOPT", "TRIAL", "ASSESS", "HOLD", "Rejected", "active & typed"):
        assert word in shown
    assert marks(root).keys() == {"1. django-cities: adopt"}
    assert len(list(root.iter(f"{SVG}circle"))) == 4
    links = [link.attrib["href"] for link in root.iter(f"{SVG}a")]
    assert "https://github.com/coderholic/django-cities" in links


def test_the_same_decisions_make_the_same_picture(many: Program) -> None:
    many("decide", "1326", "sorethumb", "trial")
    first = many("export", "--decisions", "--format", "svg").out
    many("edit", "1326", "--notes", "nothing that a radar shows")
    assert many("export", "--decisions", "--format", "svg").out == first
    assert "unchanged" not in first


def test_moves_are_told_by_shapes_and_words(many: Program) -> None:
    many("decide", "django-cities", "hold")
    many("decide", "sorethumb", "adopt", "--why", "old reason")
    many("decide", "django-messages", "trial")
    moment = now()
    many("decide", "django-cities", "trial", "--why", "released again")
    many("decide", "sorethumb", "assess")
    many("decide", "django-emoji", "adopt")
    root = draw(many, "--since", moment)
    found = {title.partition(". ")[2]: mark for title, mark in marks(root).items()}
    outlines = {
        "new": found["django-emoji: adopt, new"],
        "in": found["django-cities: trial, in from hold"],
        "out": found["Sore Thumb: assess, out from adopt"],
    }
    unchanged = found["django-messages: trial"]
    for move, (_, outline) in outlines.items():
        assert outline.count("L") + 1 == SHAPES[move]
    assert outlines["in"][1] != outlines["out"][1]
    assert "A" in unchanged[1]
    shown = texts(root)
    for words in ("new", "in from hold", "out from adopt", "moved in", "moved out", "unchanged"):
        assert words in shown
    assert "released again" in shown
    assert any(text.endswith("1 new, 1 moved in, 1 moved out") for text in shown)


def test_back_where_it_was_is_no_move(many: Program) -> None:
    many("decide", "1326", "hold")
    moment = now()
    many("decide", "1326", "adopt")
    many("undo")
    assert many("remove", "1326").code == 0
    many("undo")
    assert list(marks(draw(many, "--since", moment))) == ["1. django-cities: hold"]
    many("decide", "1326", "none")
    many("decide", "1326", "trial")
    assert list(marks(draw(many, "--since", moment))) == ["1. django-cities: trial, in from hold"]


def test_a_package_that_was_not_there_is_new(many: Program) -> None:
    moment = now()
    import_decisions(many, 1)
    many("decide", "p0", "hold")
    assert list(marks(draw(many, "--since", moment))) == ["1. P 0: hold, new"]
    assert list(marks(draw(many, "--since", now()))) == ["1. P 0: hold"]


def test_moves_until_a_moment_are_those_of_that_time(many: Program) -> None:
    many("decide", "1326", "hold")
    begin = now()
    many("decide", "1326", "trial")
    end = now()
    many("decide", "1326", "hold")
    found = marks(draw(many, "--since", begin, "--at", end))
    assert list(found) == ["1. django-cities: trial, in from hold"]
    assert "is in the future" in told(
        many("export", "--decisions", "--since", end, "--at", begin), 2
    )


def test_the_largest_categories_have_sectors_and_the_others_share_one(many: Program) -> None:
    import_decisions(many, 60, categories=9)
    many("decide", "1326", "adopt")
    shown = texts(draw(many))
    assert "Other categories" in shown
    sections = [text for text in shown if text.startswith("C") and len(text) == 2]
    assert set(sections) == {"C0", "C1", "C2", "C3", "C4"}


def test_a_package_without_a_category_has_a_sector(one: Program) -> None:
    one("add", "--no-fetch", "--title", "Loose", "--repo-url", "https://example.org/a/loose")
    one("edit", "loose", "--unset", "category")
    one("decide", "loose", "1326", "adopt")
    assert "No category" in texts(draw(one))


@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_any_number_of_packages_stays_inside(many: Program, count: int) -> None:
    import_decisions(many, count)
    root = draw(many, "--since", "1h")
    assert len(marks(root)) == count - count // 5
    numbers = [text for text in texts(root) if text.isdigit()]
    assert set(numbers) == {str(number) for number in range(1, count + 1)}
    if count == 0:
        assert "Nothing is decided yet." in texts(root)
    for x, y, text in places(root):
        assert 0 < y < float(root.attrib["height"]), text
        assert 0 <= x < float(root.attrib["width"]), text


def places(root: Element) -> Iterator[tuple[float, float, str]]:
    """Yield where the texts begin, but for those in marks."""
    for text in root.iter(f"{SVG}text"):
        if "x" in text.attrib and "text-anchor" not in text.attrib:
            yield float(text.attrib["x"]), float(text.attrib["y"]), str(text.text)


def test_reasons_are_those_of_what_moved_where_there_is_no_room_for_all(many: Program) -> None:
    import_decisions(many, 40)
    assert "because of 33" in texts(draw(many))
    import_decisions(many, 100)
    moment = now()
    many("decide", "p0", "hold", "--why", "no release")
    assert [text for text in texts(draw(many)) if text.startswith("because")] == []
    shown = texts(draw(many, "--since", moment))
    assert "no release" in shown
    assert "because of 33" not in shown


def test_more_than_a_radar_can_hold_is_refused(many: Program, tmp_path: Path) -> None:
    import_decisions(many, 501)
    file = tmp_path / "radar.svg"
    refused = told(many("export", file, "--decisions"), 2)
    assert "at most 500 packages" in refused
    assert not file.exists()
    assert many("export", file, "--decisions", "--where", "decision = adopt").code == 0


@pytest.mark.parametrize("text", [*HOSTILE, "検索" * 90, "y" * 300, "</svg><script>", "]]>"])
def test_hostile_titles_and_reasons_are_only_text(many: Program, text: str) -> None:
    many("edit", "1326", "--title", text)
    many("decide", "1326", "hold", "--why", text * 3)
    many("decide", "sorethumb", "reject", "--why", text)
    many("category", "edit", "apps", "--title", text[:40])
    draw(many, "--since", "1h")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("x.svg", "--since", "7d"), "--since goes with --decisions"),
        (("--decisions", "--since", "2999-01-01"), "is in the future"),
        (("--decisions", "--since", "soon"), "neither a date"),
        (("--decisions", "--format", "html"), "--decisions goes with --format markdown or svg"),
        (("--decisions", "--format", "json", "--since", "7d"), "--decisions goes with"),
    ],
)
def test_wrong_use_is_told_in_a_line(many: Program, args: tuple[str, ...], message: str) -> None:
    assert message in told(many("export", *args), 2)
