"""HTML: one file that runs nothing and loads nothing, whatever strangers wrote."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands.program import Program
from tests.formats.markup import read_page

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><svg onload=alert(1)>",
    "{{ 1234 * 5678 }}{% raw %}",
    "\u202egnp.exe\u2066 \x1b[31m &lt;b&gt;",
    "javascript:alert(1)",
]
ADDRESSES = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://example.org/"onclick="alert(1)',
    "https://user:secret@example.org/",
    "//example.org/x",
    "https://example.org/<b>",
]
COMMANDS: list[tuple[str, ...]] = [
    ("list",),
    (
        "list",
        "--fields",
        "slug,title,repo_url,documentation_url,tags,notes,repo_description,created",
    ),
    ("show", "p0"),
    ("show", "p0", "p1", "p2", "p3", "p4", "p5"),
    ("compare", "p0", "p1", "p2"),
    ("compare", "p0", "--fields", "title,notes,documentation_url,repo_url"),
    ("grid", "show", "g"),
    ("grid", "list"),
    ("history", "p0"),
    ("history", "p0", "repo_watchers", "--chart"),
    ("category", "list"),
    ("changes", "--since", "2000-01-01"),
    ("stats",),
    ("undo", "--list"),
    ("search", "p0"),
    ("export",),
]


def make_record(number: int) -> dict[str, object]:
    text = HOSTILE[number % len(HOSTILE)]
    address = ADDRESSES[number % len(ADDRESSES)]
    return {
        "slug": f"p{number}",
        "title": text[:100],
        "repo_description": text * 3,
        "notes": f"{text}\n{text}",
        "tags": [text[:50]],
        "grids": ["g"],
        "participants": [text],
        "repo_url": f"https://github.com/o/p{number}",
        "documentation_url": address,
        "pypi_version": text[:20],
        "repo_watchers": 1200 + number,
        "commits_over_52": [number] * 51 + [7],
        "last_error": text,
        "error_count": 2,
    }


@pytest.fixture
def hostile(catalog: Path) -> Program:
    """A catalog in which strangers wrote everything."""
    program = Program(catalog)
    grid = {"slug": "g", "title": HOSTILE[0], "description": HOSTILE[1]}
    category = {"slug": "c", "title": HOSTILE[1], "description": HOSTILE[3]}
    header = {"pkgcat": 2, "categories": [category], "grids": [grid]}
    lines = [header, *map(make_record, range(len(HOSTILE)))]
    text = "\n".join(map(json.dumps, lines))
    assert program("import", "-", input=text).code == 0
    assert program("edit", "p0", "--patch", "-", input='{"repo_watchers": 5}').code == 0
    return program


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_in_a_page_runs_or_is_loaded(hostile: Program, command: tuple[str, ...]) -> None:
    answer = hostile(*command, "--format", "html")
    assert answer.code == 0, answer.err
    page = read_page(answer.out)
    assert answer.out.isprintable() or not set(answer.out) & set("\x00\x1b\u202e\u2066")
    assert "7006652" not in page.text  # no template ran what strangers wrote


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_page_forbids_what_it_does_not_need(hostile: Program, command: tuple[str, ...]) -> None:
    page = read_page(hostile(*command, "--format", "html").out)
    rules = {"default-src 'none'; style-src 'unsafe-inline'", "no-referrer"}
    assert rules <= {attributes.get("content") for _, attributes in page.elements}


def test_hostile_texts_are_shown_as_they_are(hostile: Program) -> None:
    for number, text in enumerate(HOSTILE[:5]):
        page = read_page(hostile("show", f"p{number}", "--format", "html").out)
        assert page.text.count(text) >= 4


def test_only_http_addresses_are_links(hostile: Program) -> None:
    everything = read_page(hostile("list", "--format", "html").out).links
    repositories = {f"https://github.com/o/p{n}" for n in range(len(HOSTILE))}
    assert set(everything) == {*repositories, "https://example.org/"}  # its credentials were cut
    page = read_page(hostile("show", "p0", "--format", "html").out)
    assert page.links == ["https://github.com/o/p0"]
    assert "javascript:alert(1)" in page.text


def test_the_weeks_are_a_picture_and_no_numbers(hostile: Program) -> None:
    for command in (("list",), ("show", "p1"), ("list", "--fields", "commits_over_52")):
        page = read_page(hostile(*command, "--format", "html").out)
        assert any(tag == "path" for tag, _ in page.elements)
        assert "58 commits in 52 weeks" in page.text
        assert "1, 1, 1" not in page.text


def test_a_comparison_marks_the_best_and_tells_what_is_the_same(hostile: Program) -> None:
    page = read_page(hostile("compare", "p1", "p2", "--format", "html").out)
    assert ("td", {"class": "best"}) in page.elements
    assert "The same" in page.text


def test_a_decision_is_told_with_its_reason_in_lists_and_on_pages(hostile: Program) -> None:
    why = ("--why", HOSTILE[0], "--evidence", "https://example.org/adr/1")
    assert hostile("decide", "p1", "adopt", *why).code == 0
    for command in (("decide", "--list"), ("show", "p1")):
        page = read_page(hostile(*command, "--format", "html").out)
        assert "adopt" in page.text
        assert HOSTILE[0] in page.text


def test_an_empty_list_says_that_it_is_empty(hostile: Program) -> None:
    for more in ((), ("--fields", "slug")):
        page = read_page(hostile("list", "--category", "c", "--format", "html", *more).out)
        assert "no package" in page.text.lower()


def test_a_chart_needs_a_number_that_changed(hostile: Program) -> None:
    page = read_page(hostile("history", "p0", "repo_watchers", "--chart", "--format", "html").out)
    assert "repo_watchers of p0" in page.text
    assert "1,200" in page.text
    unchanged = hostile("history", "p1", "repo_watchers", "--chart", "--format", "html")
    assert "has not changed since it was added" in read_page(unchanged.out).text
    assert hostile("history", "p0", "title", "--chart", "--format", "html").code == 2


MEASURE = """<script>
const table = document.querySelector("table.compare") || document.querySelector("main");
parent.postMessage([document.documentElement.scrollWidth, table.offsetWidth].join(" "), "*");
</script></body>"""
FRAME = """<!DOCTYPE html><body style="margin: 0">
<script>onmessage = message => document.title = "measured " + message.data</script>
<iframe src="page.html" style="border: 0; width: {width}px; height: 900px"></iframe></body>"""


OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
"""Chromium asks no host, neither for a page nor for itself."""


def measure_widths(html: str, width: int, folder: Path) -> tuple[int, int]:
    """Return how wide a page is in a frame of some width, and its comparison or else its main part.

    A page may not run scripts, so a copy without that rule is measured. Chromium's own window is
    500 pixels wide at least.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no chromium")
    measured = html.replace("Content-Security-Policy", "x-none").replace("</body>", MEASURE)
    (folder / "page.html").write_text(measured, encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(width=width), encoding="utf-8")
    words = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", *OFFLINE]
    words += [f"--user-data-dir={folder / 'profile'}", f"--window-size={width + 20},1000"]
    dumped = subprocess.run(
        [*words, frame.as_uri()], capture_output=True, text=True, check=False, timeout=300
    )
    assert "<title>measured " in dumped.stdout, dumped.stderr
    page, part = dumped.stdout.split("<title>measured ")[1].split("<")[0].split()
    return int(page), int(part)


@pytest.mark.parametrize("width", [360, 1600])
def test_no_page_is_wider_than_the_window(hostile: Program, tmp_path: Path, width: int) -> None:
    """A table that is wider scrolls in its own box."""
    hostile("edit", "p0", "--title", "x" * 100, "--notes", "y" * 500)
    for name in ("list", "show p0 p1", "compare p0 p1 p2 p3 p4 p5"):
        html = hostile(*name.split(), "--format", "html").out
        page, _ = measure_widths(html, width, tmp_path)
        assert page <= width, name


def test_a_comparison_takes_the_whole_window_and_a_text_does_not(
    hostile: Program, tmp_path: Path
) -> None:
    rem = 16
    for name in ("compare p1 p2 p3 p4 p5 p6", "grid show g"):
        html = hostile(*name.split(), "--format", "html").out
        _, table = measure_widths(html, 1600, tmp_path)
        assert table > 84 * rem, name
    for name, most in (("list", 84), ("show p1", 60), ("history p0 repo_watchers --chart", 60)):
        html = hostile(*name.split(), "--format", "html").out
        _, main = measure_widths(html, 1600, tmp_path)
        assert main == most * rem, name
