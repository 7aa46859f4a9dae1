"""The reader of imports: every layout of JSON, every dialect of CSV, and no other file."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat.errors import Invalid, PkgcatError
from pkgcat.model.fields import FIELDS
from pkgcat.services.record_reader import (
    Entry,
    IncomingGroups,
    IncomingRecord,
    read_records,
)
from pkgcat.services.text_source import MAX_LENGTH, PIECE_LENGTH
from pkgcat.shell.files import open_text
from tests import records
from tests.conftest import DATA
from tests.cpu import cpu_limit
from tests.records import Record

A, B = {"slug": "a", "title": "A"}, {"slug": "b", "title": "B"}


def entries(text: str) -> list[Entry]:
    return list(read_records(io.StringIO(text, newline="")))


def incoming(text: str) -> list[Record]:
    return [entry.record for entry in entries(text) if isinstance(entry, IncomingRecord)]


def positions(text: str) -> list[str]:
    return [entry.position for entry in entries(text) if isinstance(entry, IncomingRecord)]


def refused(text: str) -> str:
    """Return the one line that a text is refused with."""
    with pytest.raises(Invalid) as error:
        entries(text)
    line = str(error.value)
    assert line.isprintable()
    return line


# JSON


def test_objects_may_follow_on_each_other_in_any_layout() -> None:
    pretty = "".join(f"{json.dumps(record, indent=1)}\n" for record in (A, B))
    assert incoming(pretty) == [A, B]
    assert positions(pretty) == ["line 1", "line 5"]
    assert incoming(json.dumps(A) + json.dumps(B)) == [A, B]
    assert incoming(f"{json.dumps(A)}\t{json.dumps(B, indent=4)}\r\n\r\n{json.dumps(A)}")[1:] == [
        B,
        A,
    ]
    assert incoming(f"\x1e{json.dumps(A)}\n\x1e{json.dumps(B)}\n") == [A, B]  # RFC 7464
    assert incoming(f"\ufeff{json.dumps(A)}\n\ufeff{json.dumps(B)}\n") == [A, B]
    assert incoming((DATA / "jq-pretty.json").read_text()) == [
        {"slug": "q", "title": "Q"},
        {"slug": "r", "title": "R"},
    ]


def test_pages_may_follow_on_each_other() -> None:
    pages = [{"count": 2, "results": [A]}, {"count": 2, "results": [B]}]
    text = "\n".join(json.dumps(page, indent=2) for page in pages)
    assert incoming(text) == [A, B]
    assert positions(text) == ["record 1", "line 10, record 1"]


def test_lists_may_follow_on_each_other() -> None:
    text = f"{json.dumps([A], indent=2)}\n{json.dumps([B])}\n[]\n"  # as jq '.results' of two pages
    assert incoming(text) == [A, B]
    assert positions(text) == ["record 1", "line 7, record 1"]


def test_a_search_result_is_no_list_of_packages() -> None:
    hit = {
        **A,
        "absolute_url": "/grids/g/a/",
        "item_type": "grid",
        "category": "",
        "participants": "",
    }
    for text in (json.dumps([hit]), json.dumps(hit)):
        assert "a search result of Django Packages" in refused(text)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('{"slug": "a", "title": "A", "title": "B"}', "title", 1),
        ('{"slug": "a", "slug": "a", "title": "A"}', "slug", 1),
        ('[{"slug": "a", "title": "A"},\n{"slug": "b", "title": "B", "title": "C"}]', "title", 2),
        ('{"slug": "a", "title": "A"}\n\n{"slug": "b", "notes": "x", "notes": "y"}', "notes", 3),
        ('{"slug": "a", "title": "A", "upstream_values": {"x": 1, "x": 2}}', "x", 1),
        ('{"pkgcat": 1, "pkgcat": 1, "packages": []}', "pkgcat", 1),
        ('{"results": [], "results": []}', "results", 1),
    ],
)
def test_a_key_twice_in_one_object_is_refused_with_the_key(text: str, key: str, line: int) -> None:
    told = refused(text)
    assert f"'{key}' stands twice" in told
    assert f"line {line}" in told
    padded = text.replace("{", f'{{"padding{"x" * 600_000}": 1, ', 1)
    assert f"'{key}' stands twice" in refused(padded)


FORMS = {
    "lines": lambda some: "".join(f"{json.dumps(record)}\n" for record in some),
    "pretty": lambda some: "\n".join(json.dumps(record, indent=2) for record in some),
    "list": json.dumps,
    "indented list": lambda some: json.dumps(some, indent=2),
    "page": lambda some: json.dumps({"count": len(some), "next": None, "results": some}),
    "indented page": lambda some: json.dumps({"count": len(some), "results": some}, indent=4),
}
MANY = records.invented(1500)


@pytest.mark.parametrize("form", FORMS)
def test_a_long_text_is_read_as_a_short_one(form: str) -> None:
    assert incoming(FORMS[form](MANY)) == MANY


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", [0, 700, 1499])
def test_a_mistake_in_a_long_text_is_told_with_its_place(form: str, number: int) -> None:
    text = FORMS[form](MANY)
    slug = json.dumps(MANY[number]["slug"])
    at = text.index(f'"slug": {slug}')
    told = refused(text[:at] + text[at:].replace(slug, "oops", 1))
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + len('"slug": ') + 1
    assert f"line {line}, column {column}" in told


@pytest.mark.parametrize("cut", [1, 5, 12, 300, 70_000])
@pytest.mark.parametrize("form", FORMS)
def test_a_long_text_that_was_cut_off_is_refused(form: str, cut: int) -> None:
    text = FORMS[form](MANY).rstrip()
    assert "broken JSON" in refused(text[:-cut])


def test_a_number_that_is_read_in_two_pieces_is_one() -> None:
    page = f'", "count": 1500, "results": [{json.dumps(A)}]}}'
    start = '{"padding": "'
    for pieces in range(1, 10):
        padding = pieces * PIECE_LENGTH - len(start) - page.index("1500") - 2
        assert incoming(f"{start}{'x' * padding}{page}") == [A]


HEADER = {"pkgcat": 1, "categories": [{"slug": "apps", "title": "App"}], "grids": []}


@pytest.mark.parametrize("count", [2, 1500])
@pytest.mark.parametrize(
    "keys",
    [
        ("pkgcat", "categories", "grids", "packages"),
        ("categories", "grids", "packages", "pkgcat"),  # as `jq -S` sorts them
        ("packages", "grids", "pkgcat", "categories"),
        ("pkgcat", "packages", "grids", "categories"),
    ],
)
def test_an_export_is_read_in_any_order_of_its_keys(keys: tuple[str, ...], count: int) -> None:
    whole = {**HEADER, "packages": MANY[:count]}
    text = json.dumps({key: whole[key] for key in keys}, indent=2)
    header, *rest = [  # the header as it is when it comes
        dict(entry) if isinstance(entry, dict) else entry
        for entry in read_records(io.StringIO(text))
    ]
    assert header == HEADER
    assert [entry.record for entry in rest if isinstance(entry, IncomingRecord)] == MANY[:count]


def test_records_are_read_as_they_come_and_not_all_at_once() -> None:
    class Endless(io.StringIO):
        taken = 0

        def readline(self, size: int | None = -1) -> str:
            self.taken += 1
            return self.start if self.taken == 1 else f"{json.dumps(A)},"

        start = ""

    for start in (
        "[",
        '{"count": 3, "results": [',
        '{"pkgcat": 1, "categories": [], "grids": [], "packages": [',
    ):
        text = Endless()
        text.start = start
        found = read_records(text)
        with cpu_limit(5):
            for _ in range(1000):
                next(found)


def test_a_value_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.StringIO):
        taken = 0

        def readline(self, size: int | None = -1) -> str:
            self.taken += 1
            assert self.taken < 3 * MAX_LENGTH // len(piece)
            return '{"slug": "' if self.taken == 1 else piece

    piece = "x" * 2**22
    with pytest.raises(Invalid, match="more than"):
        list(read_records(Endless()))


class Pieces(io.StringIO):
    """A text that begins with these lines and goes on with the same piece for ever."""

    def __init__(self, *lines: str, again: str) -> None:
        super().__init__()
        self._lines, self._again = list(lines), again
        self._count = 0

    def readline(self, size: int | None = -1) -> str:
        piece = self._lines.pop(0) if self._lines else self._again
        if size is not None and not piece.endswith("\n"):
            piece *= size // len(piece)
        self._count += len(piece)
        assert self._count < 3 * MAX_LENGTH
        return piece


@pytest.mark.parametrize(
    ("end", "clue"), [("", "more than"), ("\n", "larger than")], ids=["line", "cell"]
)
def test_a_line_or_a_cell_of_csv_without_an_end_is_given_up(end: str, clue: str) -> None:
    text = Pieces("slug,title\n", 'a,"A\n', again="x" * (2**20 - len(end)) + end)
    with pytest.raises(Invalid, match=clue):
        list(read_records(text))


# Grids and categories


def test_grids_and_categories_among_packages_are_told_apart() -> None:
    grid = {"id": 7, "slug": "g", "title": "G", "packages": [], "is_locked": False}
    site = {"id": 8, "slug": "h", "title": "H", "packages": ["https://x.org/api/v4/packages/3/"]}
    category = {"id": 3, "slug": "c", "title": "C", "title_plural": "Cs"}
    package = records.api_record()
    found = entries("\n".join(map(json.dumps, (grid, category, package, package, site, package))))
    kinds = [type(entry) for entry in found]
    assert kinds == [IncomingGroups, IncomingGroups, *[IncomingRecord] * 3, IncomingGroups]
    groups = [entry for entry in found if isinstance(entry, IncomingGroups)]
    assert [(entry.entity, [row["url"] for row in entry.rows]) for entry in groups] == [
        ("categories", ["https://djangopackages.org/api/v4/categories/3/"]),
        ("grids", ["https://djangopackages.org/api/v4/grids/7/"]),
        ("grids", ["https://x.org/api/v4/grids/8/"]),
    ]


# Times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-07-01T08:00:00", "2023-07-01T12:00:00"),
        ("2023-07-01 08:00:00.250000", "2023-07-01T12:00:00.250000"),
        ("2023-11-05T01:30:00", "2023-11-05T05:30:00"),  # shown twice: the first
        ("2023-03-12T02:30:00", "2023-03-12T07:30:00"),  # left out: as before the change
        ("2016-12-31T23:59:60", "2017-01-01T05:00:00"),
        ("2023-03-12T01:59:60", "2023-03-12T07:00:00"),
        ("20230701T080000", "2023-07-01T12:00:00"),
        ("20230701T080060", "2023-07-01T12:01:00"),
        ("2023-07-01T08:00:60.5", "2023-07-01T12:01:00.500000"),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_zone(text: str, expected: str) -> None:
    record = {**A, "created": text, "upstream_values": {"last_updated": text}}
    source = io.StringIO(json.dumps(record))
    (entry,) = read_records(source, ZoneInfo("America/New_York"))
    assert isinstance(entry, IncomingRecord)
    moment = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert entry.record["created"] == moment
    assert entry.record["upstream_values"]["last_updated"] == moment


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2023-07-01", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2023-07-01T08:00:61",
     "2023-07-01T08:60:00", "2023-07-01T08:00:00Z", "2023-07-01T08:00:00-04:00"],
)  # fmt: skip
def test_other_texts_are_left_to_their_field(text: str) -> None:
    (entry,) = read_records(io.StringIO(json.dumps({**A, "created": text})))
    assert isinstance(entry, IncomingRecord)
    assert entry.record["created"] == text


# CSV


@pytest.mark.parametrize(
    "text",
    [
        "slug,title\r\na,A\r\n",
        "slug;title\r\na;A\r\n",
        "slug\ttitle\na\tA\n",
        "slug|title\na|A\n",
        "sep=,\r\nslug,title\r\na,A\r\n",
        "sep=;\nslug;title\na;A\n",
        '"sep=;"\nslug;title\na;A\n',
        "SEP=\t\nslug\ttitle\na\tA\n",
        "sep=^\nslug^title\na^A\n",
        "sep=,\nslug;title\na;A\n",
        "sep=;;\nslug;title\na;A\n",
        "\ufeffsep=,\r\nslug,title\r\na,A\r\n",
        "\ufeffslug,title\r\na,A\r\n",
        "Slug,Title\na,A\n",
        "SLUG;TITLE\na;A\n",
        " slug , title \na,A\n",
        '"Slug","Title"\n"a","A"\n',
        "slug,title\n,\na,A\n,,\n  , \n",
        "\n\nslug,title\n\na,A\n\n",
        "slug,title,,\na,A,,\n",
        "slug,title\na,A,,\n",
        "slug,title\ra,A\r",
        "title;slug\nA;a",
    ],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    assert incoming(text) == [A]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("TRUE", True), ("False", False), ("true", True), (" FALSE ", False), ("yes", True), ("No", False), ("", None)],
)  # fmt: skip
def test_booleans_of_spreadsheets_are_read(cell: str, value: bool | None) -> None:
    assert incoming(f"slug,title,repo_archived\na,A,{cell}\n") == [{**A, "repo_archived": value}]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("slug,title,title", "title"),
        ("slug,Title,TITLE", "title"),
        ("slug,title,slug", "slug"),
        ("slug,title,Stars,Stars", "Stars"),
        ("slug,title,upstream_values,behind_pins", "upstream_values"),
        ("slug;title; title", "title"),
    ],
)
def test_a_doubled_column_is_refused_by_name(header: str, name: str) -> None:
    assert refused(f"{header}\na,A,B,C\n") == f"line 1: the header has two columns '{name}'"


def test_a_cell_without_a_column_name_is_refused() -> None:
    assert "line 2: 'x'" in refused("slug,title,\na,A,x\n")


def test_lines_of_csv_are_counted_from_the_beginning_of_the_text() -> None:
    assert positions('\nsep=;\nslug;title\n\n"a";"A\nB"\nb;B\n') == ["line 6", "line 7"]
    assert "line 4" in refused("\nsep=,\nslug,title\na,A,x\n")


def test_a_csv_of_release_0_1_0_has_former_names() -> None:
    text = 'slug,title,behind_pins\na,A,"{""repo_watchers"": 5}"\n'
    assert incoming(text) == [{**A, "upstream_values": {"repo_watchers": 5}}]


@settings(max_examples=200)
@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_in_a_cell_comes_in_as_it_is(notes: list[str], delimiter: str, end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["slug", "title", "Notes"])
    writer.writerows(["a", "A", f"x{text}"] for text in notes)
    assert [record["notes"] for record in incoming(out.getvalue())] == [
        f"x{text}" for text in notes
    ]


# Other files


OTHERS = {
    "pyproject.toml": ('[build-system]\nrequires = ["hatchling"]\n\n[project]\nname = "x"\n', "pyproject.toml"),
    "pyproject with a comment": ('# ours\n\n[project]\nname = "x"\n', "pyproject.toml"),
    "poetry.lock": ('# This file is @generated by Poetry\n\n[[package]]\nname = "x"\n', "lock file"),
    "uv.lock": ('version = 1\nrequires-python = ">=3.12"\n\n[[package]]\nname = "x"\n', "lock file"),
    "pylock.toml": ('lock-version = "1.0"\n[[packages]]\nname = "x"\n', "lock file"),
    "Pipfile": ('[[source]]\nurl = "https://pypi.org/simple"\n', "Pipfile"),
    "config.toml": ('timezone = "Europe/Berlin"\n', "TOML"),
    "setup.cfg": ("[metadata]\nname = x\n", "setup.cfg"),
    "tox.ini": ("[tox]\nenvlist = py312\n", "tox.ini"),
    "ini": ("[Desktop Entry]\nName=x\n", "INI"),
    "requirements.txt": ((DATA / "requirements.txt").read_text(), "requirements.txt"),
    "pinned": ("django==4.2\nrequests>=2\n", "requirements.txt"),
    "options": ("-r base.txt\n-e .\n", "requirements.txt"),
    "hashes": ("a==1 \\\n    --hash=sha256:00\n", "requirements.txt"),
    "names": ("django-cities\nrequests\n", "pkgcat add -"),
    "addresses": ("https://github.com/a/b\nhttps://github.com/c/d\n", "pkgcat add -"),
    "package.json": ('{"name": "x", "version": "1", "dependencies": {"y": "1"}}', "package.json"),
    "package-lock.json": ('{"name": "x", "lockfileVersion": 3, "packages": {}}', "package-lock.json"),
    "Pipfile.lock": ('{"_meta": {}, "default": {}, "develop": {}}', "Pipfile.lock"),
    "stars": ('[{"id": 1, "full_name": "a/b", "html_url": "x", "stargazers_count": 5}]', "pkgcat add -"),
    "starred": ('[{"starred_at": "2026-01-01T00:00:00Z", "repo": {"full_name": "a/b"}}]', "stars on GitHub"),
    "gh": ('[{"nameWithOwner": "a/b"}]', "GitHub"),
    "gitlab": ('[{"path_with_namespace": "a/b", "web_url": "x"}]', "GitLab"),
    "pypi": ('{"info": {"name": "x"}, "releases": {}, "urls": []}', "PyPI"),
    "pip list": ('[{"name": "x", "version": "1"}]', "installed packages"),
    "fixture": ('[{"model": "a.b", "pk": 1, "fields": {}}]', "dumpdata"),
    "search": ('[{"title": "X", "item_type": "package", "absolute_url": "/packages/p/x/"}]', "search result"),
    "root": ('{"packages": "x", "search": "x", "grids": "x", "categories": "x"}', "index of API v4"),
    "schema": ('{"$schema": "x", "title": "package"}', "JSON Schema"),
    "404": ('{"detail": "Not found."}', "error"),
    "sbom": ('{"bomFormat": "CycloneDX", "components": []}', "CycloneDX"),
    "other JSON": ('{"a": 1}', "without slug and title"),
    "{}": ("{}", "without slug and title"),
    "html": ("<!DOCTYPE html>\n<html>\n", "HTML"),
    "html in capitals": ("\n <HTML><HEAD>\n", "HTML"),
    "feed": ('<?xml version="1.0"?>\n<rss>', "XML"),
    "yarn.lock": ("# THIS IS AN AUTOGENERATED FILE\n# yarn lockfile v1\n\nx@1:\n  version 1\n", "lock file"),
    "pnpm": ("lockfileVersion: '9.0'\n", "lock file"),
    "yaml": ("name: x\nchannels:\n  - y\n", "YAML"),
    "script": ("#!/bin/sh\necho\n", "program"),
    "setup.py": ("from setuptools import setup\nsetup()\n", "program"),
    "lfs": ("version https://git-lfs.github.com/spec/v1\noid x\n", "LFS"),
    "csv": ("name,stars\nx,5\n", "neither JSON nor CSV"),
    "prose": ("Hello, this is a letter.\n", "neither JSON nor CSV"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_is_told_by_what_it_looks_like(name: str) -> None:
    text, clue = OTHERS[name]
    told = refused(text)
    assert clue in told
    for word in ("JSON", "CSV", "slug", "title", "UTF-8"):
        assert word in told
    assert told.count("looks like") == 1


@pytest.mark.parametrize(
    "text",
    ['["a"]', '{"slug": "a"', '[{"slug": "a", "title": oops}]', '{"title": "A"}{'],
)
def test_a_mistake_in_records_is_not_taken_for_another_file(text: str) -> None:
    assert "looks like" not in refused(text)


@pytest.mark.parametrize(
    ("head", "clue"),
    [
        (b"SQLite format 3\0" + bytes(100), "SQLite"),
        (b"PK\x03\x04\x14\0\x06\0", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "spreadsheet"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "gzip"),
        (b"\xfd7zXZ\0\0\x04", "xz"),
        (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"%PDF-1.7\n1 0 obj\n", "PDF"),
        (b"\x7fELF\x02\x01\x01\0", "program"),
        (b"x" * 257 + b"ustar\x0000", "tar"),
        (b"\x93NUMPY\x01\0", "no text"),
        (b"\0\0\1\0\1\0\x10\x10", "no text"),
    ],
)
def test_a_file_that_is_no_text_is_told_by_what_it_looks_like(
    tmp_path: Path, head: bytes, clue: str
) -> None:
    told = read_file(tmp_path, head)
    assert isinstance(told, PkgcatError)
    assert clue in str(told)


# Anything


def read_file(folder: Path, content: bytes) -> list[Entry] | PkgcatError:
    """Read a file as `import` does: what it holds, or why it is refused."""
    file = folder / "given"
    file.write_bytes(content)
    try:
        with open_text(str(file)) as text:
            return list(read_records(text))
    except PkgcatError as error:
        return error


def read_text(text: str) -> list[Entry] | PkgcatError:
    """Read a text: what it holds, or why it is refused."""
    try:
        return entries(text)
    except PkgcatError as error:
        return error


@pytest.mark.parametrize("form", ['{"results": %s}', "[%s]", '{"slug": "a", "title": %s}'])
def test_no_depth_of_nesting_is_a_traceback(form: str) -> None:
    for depth in (*range(900, 1000), 2_000, 20_000):
        text = form % ("[" * depth + "]" * depth)
        outcome = read_text(text)
        check_outcome(outcome)
        for entry in outcome if isinstance(outcome, list) else []:
            assert isinstance(entry, IncomingRecord)
            with pytest.raises(Invalid):
                parse_deeper(entry.record["title"], 50)


def parse_deeper(title: object, calls: int) -> object:
    """Parse a title in so many calls, which leave less room for its own depth."""
    if calls:
        return parse_deeper(title, calls - 1)
    return FIELDS["title"].parse(title)


def check_outcome(outcome: list[Entry] | PkgcatError) -> None:
    """Check that there are records, or one line of error."""
    if isinstance(outcome, PkgcatError):
        assert isinstance(outcome, Invalid)
        assert len(str(outcome)) < 1000
    else:
        assert all(isinstance(entry, IncomingRecord | IncomingGroups | dict) for entry in outcome)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=500)
@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-16", "replace"))
)
def test_any_bytes_are_records_or_one_line_of_error(folder: Path, content: bytes) -> None:
    check_outcome(read_file(folder, content))


def _good_files() -> list[bytes]:
    some = records.invented(3)
    table = 'Slug;Title;repo_archived;notes\r\na;A;TRUE;"x\r\ny"\r\n;;;\r\n'
    texts = [form(some) for form in FORMS.values()]
    texts += [json.dumps({**HEADER, "packages": some}), table, f"sep=;\r\n{table}"]
    texts += [text for text, _ in OTHERS.values()]
    return [
        text.encode(encoding) for text in texts for encoding in ("utf-8", "utf-8-sig", "utf-16")
    ]


GOOD_FILES = _good_files()
PIECES = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe",
    b"1e999", b"-1", b"0.5", b"9" * 5000, b"NaN", b"null", b"true", b"\\ud800", b'"slug"', b'"title": "x",',
    b"[" * 2000, b'{"a":' * 2000, b" " * 9000, b"sep=;\n", b";", b"#", b"=", b"\xf0\x9f",
]  # fmt: skip


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(GOOD_FILES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 200)) | st.just(start))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
        content = content[:start] + piece + content[end:]
    return content


@pytest.mark.long
@settings(max_examples=1000)
@given(_mutated())
def test_a_good_file_with_mistakes_is_records_or_one_line_of_error(
    folder: Path, content: bytes
) -> None:
    check_outcome(read_file(folder, content))


BEFORE = [
    "",
    "[",
    "[{",
    '{"results": [',
    '{"a": "',
    '{"slug": "a", "title": "',
    "slug,title\n",
    '"',
    "#",
    "sep=",
    "a = ",
]
AGAIN: list[Any] = [
    *("[", "{", '{"', '{"a":', '{"a":1}', '{"a":1},', '"', '"a",', "\\", "\\u", "\\ud800", "1", "-", ".", "e", "1,", "1."),
    *(" ", "\n", "\r", "\t", "\f", ",", ";", "|", "#", "#\n", "[a]\n", "=", "a=", "a\n", "- ", "\x1e", "\ufeff", "é", "sep=;\n"),
    *(",\n", "\\\n", "[\n", "{\n", '"\n', "1\n", "null\n", "{}\n", "[]\n", '{"a":1}\n', "a,b\n", '"a"\n'),
]  # fmt: skip


@pytest.mark.parametrize("before", BEFORE)
def test_no_text_costs_more_than_linear_time(before: str) -> None:
    for again in AGAIN:
        text = before + again * (400_000 // len(again))
        with cpu_limit(4):
            check_outcome(read_text(text))
