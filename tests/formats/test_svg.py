"""SVG: a picture that is well-formed, runs nothing and loads nothing, whatever strangers wrote."""

import json
from pathlib import Path

import pytest

from tests.commands.program import Program
from tests.formats.markup import read_picture
from tests.formats.test_html import COMMANDS, HOSTILE, hostile

__all__ = ["hostile"]


def texts(svg: str) -> str:
    return "\n".join(read_picture(svg).itertext())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_in_a_picture_runs_or_is_loaded(hostile: Program, command: tuple[str, ...]) -> None:
    answer = hostile(*command, "--format", "svg")
    assert answer.code == 0, answer.err
    read_picture(answer.out)


def test_hostile_texts_are_shown_as_they_are(hostile: Program) -> None:
    for number, text in enumerate(HOSTILE[:5]):
        assert text in texts(hostile("show", f"p{number}", "--format", "svg").out)


def test_what_does_not_fit_ends_in_a_mark(hostile: Program) -> None:
    hostile("edit", "p0", "--title", "y" * 100, "--description", "検索" * 100)
    shown = texts(hostile("show", "p0", "--format", "svg").out)
    assert f"{'y' * 59}…" in shown
    assert "検索" in shown
    assert "検索" * 30 not in shown


def test_the_rows_of_a_picture_stay_inside_it(hostile: Program) -> None:
    for command in (("list",), ("show", "p0", "p1"), ("compare", "p0", "p1", "p2")):
        root = read_picture(hostile(*command, "--format", "svg").out)
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 < float(text.attrib["y"]) < float(root.attrib["height"])
            assert 0 < float(text.attrib["x"]) < float(root.attrib["width"])


def test_a_picture_of_thousands_of_rows_is_refused(catalog: Path) -> None:
    many = Program(catalog)
    lines = [json.dumps({"slug": f"p{number}", "title": "P"}) for number in range(502)]
    assert many("import", "-", input="\n".join(lines)).code == 0
    refused = many("list", "--format", "svg")
    assert (refused.code, refused.out) == (2, "")
    assert "--limit" in refused.err
    assert many("list", "--format", "svg", "--limit", "500").code == 0


def test_a_chart_has_its_highest_and_lowest_number(hostile: Program) -> None:
    shown = texts(hostile("history", "p0", "repo_watchers", "--chart", "--format", "svg").out)
    assert "1,200" in shown.splitlines()
    assert "5" in shown.splitlines()


def test_an_address_with_several_parameters_is_a_link(hostile: Program) -> None:
    address = "https://example.org/?a=1&b=2"
    hostile("edit", "p1", "--documentation-url", address)
    for command in (("show", "p1"), ("list", "--fields", "documentation_url"), ("compare", "p1")):
        root = read_picture(hostile(*command, "--format", "svg").out)
        links = [link.attrib["href"] for link in root.iter("{http://www.w3.org/2000/svg}a")]
        assert address in links, command
