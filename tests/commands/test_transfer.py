"""import and export: all or nothing in, whole or not at all out."""

import csv
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from pkgcat.models import FIELDS
from pkgcat.render.spool import Spool
from tests.commands.program import Program, told
from tests.conftest import DATA
from tests.records import api_record, own

LINES = (DATA / "records.ndjson").read_text(encoding="utf-8").splitlines()


def forms() -> dict[str, str]:
    """The same records in every form that `import` takes."""
    records = [json.loads(line) for line in LINES]
    page = {"count": len(records), "next": None, "previous": None, "results": records}
    return {
        "lines": "\n".join(LINES),
        "lines with a byte order mark": "\ufeff" + "\r\n".join(LINES) + "\n\n",
        "list": json.dumps(records),
        "indented list": json.dumps(records, indent=2),
        "page": json.dumps(page),
        "indented page": json.dumps(page, indent=4),
    }


# import


@pytest.mark.parametrize("form", forms())
def test_import_takes_api_v4_in_every_form(empty: Program, tmp_path: Path, form: str) -> None:
    file = tmp_path / "records"
    file.write_text(forms()[form], encoding="utf-8", newline="")
    answer = empty("import", file)
    assert (answer.code, answer.err) == (0, "")
    assert "37" in answer.out
    assert "undo" in answer.out
    assert len(empty.slugs()) == 37


def test_offered_again_an_import_changes_nothing_and_says_so(many: Program) -> None:
    before = many.stored
    for file in ("records.ndjson", "package-1326.json"):
        answer = many("import", DATA / file)
        assert answer.code == 0
        assert "nothing changed" in answer.out
    assert many.stored == before


def test_import_reads_standard_input(empty: Program) -> None:
    text = (DATA / "package-1326.json").read_bytes()
    assert empty("import", "-", input=text).code == 0
    assert empty("show", "1326", "--format", "apiv4").raw == text


def test_import_brings_newer_facts_and_keeps_what_was_written_by_hand(one: Program) -> None:
    one("edit", "1326", "--title", "Mine", "--description", "pinned")
    newer = json.loads((DATA / "package-1326.json").read_text()) | {
        "repo_watchers": 1000,
        "repo_description": "theirs",
        "last_fetched": "2030-01-01T00:00:00Z",
        "documentation_url": "https://d.example.org/",
    }
    answer = one("import", "-", input=json.dumps(newer))
    assert answer.code == 0
    assert "--overwrite" in answer.out
    expected = {
        "title": "Mine",
        "repo_description": "pinned",
        "repo_watchers": 1000,
        "documentation_url": "https://d.example.org/",
    }
    assert one.record("1326").items() >= expected.items()
    one("edit", "1326", "--unpin", "repo_description")
    assert one.record("1326")["repo_description"] == "theirs"


def test_import_leaves_facts_that_are_newer_than_the_file(one: Program) -> None:
    older = api_record(slug="django-cities", repo_watchers=1, last_fetched="2020-01-01T00:00:00Z", repo_url="")
    older |= {"pypi_url": ""}
    one("import", "-", input=json.dumps(older))
    assert one.record("1326")["repo_watchers"] == 949
    assert one("import", "-", "--overwrite", input=json.dumps(older)).code == 0
    assert one.record("1326")["repo_watchers"] == 1


def test_import_with_overwrite_takes_the_words_of_the_file(one: Program) -> None:
    one("edit", "1326", "--title", "Mine", "--notes", "n")
    assert one("import", "--overwrite", DATA / "package-1326.json").code == 0
    record = one.record("1326")
    assert (record["title"], record["notes"]) == ("django-cities", "n")


def test_import_names_the_fields_it_does_not_know(empty: Program) -> None:
    answer = empty("import", "-", input=json.dumps({"slug": "a", "title": "A", "usage_count": 3, "\x1b]0;x\x07": 1}))
    assert answer.code == 0
    assert "usage_count" in answer.err
    assert answer.err[:-1].isprintable()


def test_a_dry_run_counts_and_stores_nothing(one: Program) -> None:
    before = one.stored
    answer = one("import", DATA / "records.ndjson", "--dry-run")
    assert (answer.code, "37" in answer.out, "dry run" in answer.out) == (0, True, True)
    assert one.stored == before


def test_a_dry_run_makes_no_catalog(empty: Program) -> None:
    assert empty("import", DATA / "records.ndjson", "--dry-run").code == 0
    assert not empty.catalog.exists()


def test_import_of_no_record_is_an_answer(one: Program) -> None:
    before = one.stored
    for text in ("[]", '{"count": 0, "next": null, "previous": null, "results": []}', "slug,title\n"):
        answer = one("import", "-", input=text)
        assert (answer.code, "nothing" in answer.out) == (0, True)
    assert one.stored == before


GOOD = api_record()


def wrong(**changes: Any) -> str:
    return json.dumps(GOOD | changes)


@pytest.mark.parametrize(
    ("text", "code", "clues"),
    [
        ("", 2, ("empty",)),
        (" \n\n ", 2, ("empty",)),
        ('{"slug": "a",\n  "title" "b"}', 2, ("line 2", "column 11", "JSON")),
        ('[\n{"slug": "a", "title": "b"},\n{"slug" "c"}\n]', 2, ("line 3", "column 9")),
        ('{"slug": "a", "title": "b"}\n{"slug": "c"', 2, ("line 2", "column")),
        ("[" * 100_000, 2, ("JSON",)),
        ('{"slug": "a", "title": "b", "repo_forks": NaN}', 2, ("NaN",)),
        ('{"slug": "a", "title": "b", "repo_forks": ' + "9" * 5000 + "}", 2, ("JSON",)),
        ("hello", 2, ("JSON", "CSV")),
        ("5", 2, ("JSON",)),
        ("[5]", 2, ("record 1", "object")),
        ('{"results": 5}', 2, ("object",)),
        (json.dumps({"title": "no slug"}), 2, ("slug",)),
        (json.dumps({"slug": "no-title"}), 2, ("no-title", "title")),
        (wrong(slug=""), 2, ("slug",)),
        (wrong(title=""), 2, ("title",)),
        (wrong(title=None), 2, ("title",)),
        (wrong(slug="two words"), 2, ("two words",)),
        (wrong(slug="s" * 51), 2, ("51",)),
        (wrong(slug="12345"), 2, ("12345", "digits")),
        (wrong(slug=5), 2, ("slug",)),
        (wrong(title="t" * 101), 2, ("title", "101")),
        (wrong(title="\0"), 2, ("title",)),
        (wrong(title="\ud800"), 2, ("title", "U+D800")),
        (wrong(category="app"), 4, ("'apps'",)),
        (wrong(category=5), 2, ("category",)),
        (wrong(repo_watchers="many"), 2, ("repo_watchers", "'many'")),
        (wrong(repo_watchers=-1), 2, ("repo_watchers",)),
        (wrong(repo_watchers=2**63), 2, ("repo_watchers",)),
        (wrong(repo_watchers=1.0), 2, ("repo_watchers",)),
        (wrong(created="yesterday"), 2, ("created",)),
        (wrong(created="2026-01-01T00:00:00"), 2, ("created",)),
        (wrong(created="0001-01-01T00:00:00+14:00"), 2, ("created",)),
        (wrong(participants="blag"), 2, ("participants",)),
        (wrong(participants=[None]), 2, ("participants",)),
        (wrong(commits_over_52=[1, "2"]), 2, ("commits_over_52",)),
        (wrong(grids={}), 2, ("grids",)),
        (wrong() + "\n" + wrong(slug="other"), 5, ("line 2", "other", "django-example")),
        (wrong(repo_url="git@github.com:CoderHolic/django-cities.git"), 5, ("django-cities",)),
        (wrong(repo_url="https://x.org/a\x1b]0;y\x07") + "\n" + wrong(slug="o", repo_url="https://x.org/a\x1b]0;y\x07"),
         5, ("django-example",)),
        ("slug,title\na,b,c\n", 2, ("line 2",)),
        ('slug,title\na,"b', 2, ("line 2", "CSV")),
        ("title,notes\na,b\n", 2, ("slug",)),
        ("slug,title,repo_watchers\na,b,many\n", 2, ("line 2", "repo_watchers")),
        ("slug,title,tags\na,b,geo\n", 2, ("line 2", "tags")),
        ('{"pkgcat": 99, "packages": []}', 2, ("upgrade",)),
        ('{"pkgcat": 1, "packages": 5}', 2, ()),
        ('{"pkgcat": 1, "categories": 5}', 2, ("categor",)),
        ('{"pkgcat": 1, "categories": [5]}', 2, ("category",)),
        ('{"pkgcat": 1, "categories": [{"title": "x"}]}', 2, ("category",)),
        ('{"pkgcat": 1, "categories": [{"slug": null, "title": "x"}]}', 2, ("slug",)),
        ('{"pkgcat": 1, "categories": [{"slug": "x", "title": null}]}', 2, ("title",)),
        ('{"pkgcat": 1, "categories": [{"slug": "x", "title": "' + "t" * 51 + '"}]}', 2, ("title",)),
        ('{"pkgcat": 1, "grids": [{"slug": "x", "title": "' + "t" * 101 + '"}]}', 2, ("title",)),
        ('{"pkgcat": 1, "grids": [{"slug": "a b", "title": "x"}]}', 2, ("slug",)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_nothing_is_stored(
    one: Program, text: str, code: int, clues: tuple[str, ...]
) -> None:
    before = one.stored
    line = told(one("import", "-", input=text.encode("utf-8", "surrogatepass")), code)
    for clue in clues:
        assert clue in line
    assert one.stored == before


def test_one_wrong_record_of_500_stops_all_and_is_named(empty: Program, tmp_path: Path) -> None:
    records = own(500)
    records[416]["repo_watchers"] = "lots"
    file = tmp_path / "records.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    line = told(empty("import", file), 2)
    assert "record 417" in line
    assert records[416]["slug"] in line
    assert "repo_watchers" in line
    assert empty.slugs() == []


def test_bytes_that_are_no_text_are_refused(one: Program) -> None:
    before = one.stored
    assert "UTF-8" in told(one("import", "-", input=b'{"slug": "a", "title": "\xff"}'), 2)
    assert "UTF-8" in told(one("import", one.catalog), 2)
    assert one.stored == before


@pytest.mark.parametrize(
    ("file", "code"),
    [("missing.json", 2), ("", 2), ("file/below", 2), ("n" * 300, 2)],
    ids=["missing", "folder", "below", "long"],
)
def test_a_file_that_cannot_be_opened_is_told(one: Program, tmp_path: Path, file: str, code: int) -> None:
    (tmp_path / "file").touch()
    before = one.stored
    answer = one("import", tmp_path / file)
    told(answer, answer.code)
    assert answer.code in (code, 74)
    assert one.stored == before


def test_a_file_may_be_called_anything(one: Program, tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.json"
    with open(file, "wb") as out:  # noqa: PTH123  # a name that is no text
        out.write(b'{"slug": "a", "title": "A"}')
    answer = one("import", os.fsdecode(file))
    assert (answer.code, answer.err) == (0, "")
    assert one("undo").code == 0


# export


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A catalog with every field filled in many ways; only read here."""
    program = Program(tmp_path_factory.mktemp("whole") / "catalog.db")
    assert program("category", "add", "themes", "--description", "=1+1").code == 0
    assert program("import", "-", input="\n".join(map(json.dumps, own(120)))).code == 0
    return program


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
@pytest.mark.parametrize("way", ["file", "-"])
def test_an_export_into_an_empty_catalog_gives_an_equal_export(
    whole: Program, empty: Program, tmp_path: Path, form: str, way: str
) -> None:
    file = tmp_path / f"export.{form}"
    if way == "file":
        assert whole("export", file).code == 0
        assert empty("import", file).code == 0
    else:
        file.write_bytes(whole("export", "--format", form).raw)
        assert empty("import", "-", input=file.read_bytes()).code == 0
    assert empty("export", "--format", form).raw == file.read_bytes()
    if form != "csv":
        assert empty("category", "list", "--json").out == whole("category", "list", "--json").out
    assert empty("list", "--json").out == whole("list", "--json").out


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.json", "json"),
        ("x.jsonl", "jsonl"),
        ("x.ndjson", "jsonl"),
        ("x.csv", "csv"),
        ("x", "json"),
        ("x.txt", "json"),
    ],
)
def test_the_name_of_the_file_tells_the_form(one: Program, tmp_path: Path, name: str, kind: str) -> None:
    answer = one("export", tmp_path / name)
    assert (answer.code, "1 package" in answer.out) == (0, True)
    assert (tmp_path / name).read_bytes() == one("export", "--format", kind).raw


def test_the_option_wins_over_the_name(one: Program, tmp_path: Path) -> None:
    one("export", tmp_path / "x.csv", "--format", "json")
    assert json.loads((tmp_path / "x.csv").read_text())["pkgcat"] == 1


def test_an_api_v4_export_is_a_page(many: Program) -> None:
    page = json.loads(many("export", "--format", "apiv4").out)
    assert list(page) == ["count", "next", "previous", "results"]
    assert page["count"] == len(page["results"]) == 38
    assert many("import", "-", input=json.dumps(page)).out.startswith("nothing changed")


def test_a_json_export_is_ascii_and_a_csv_reads_back(whole: Program) -> None:
    assert whole("export").raw.isascii()
    rows = list(csv.DictReader(whole("export", "--format", "csv").out.splitlines(keepends=True)))
    assert len(rows) == 120
    assert set(rows[0]) == {name for name, field in FIELDS.items() if field.role != "derived"}


def test_an_export_is_its_owners_alone_and_leaves_nothing_beside_it(one: Program, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    old = folder / "x.json"
    old.write_text("old")
    old.chmod(0o644)
    before = os.umask(0o022)
    try:
        assert one("export", old).code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [old]


def test_an_export_interrupted_leaves_the_old_one_whole(
    one: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    file = folder / "x.json"
    assert one("export", file).code == 0
    before = file.read_bytes()
    one("add", "--no-fetch", "another")
    for error, code in ((OSError(28, "No space left on device"), 74), (KeyboardInterrupt(), 130)):

        def broken(_descriptor: int, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", broken)  # the disk, the one thing here that cannot be had otherwise
            assert one("export", file).code == code
        assert file.read_bytes() == before
        assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize(
    ("file", "codes"),
    [("no/such/folder/x.json", {74}), ("file/x.json", {2, 74}), ("", {2, 74}), ("n" * 300, {2, 74})],
    ids=["missing", "below", "folder", "long"],
)
def test_an_export_to_nowhere_is_told(one: Program, tmp_path: Path, file: str, codes: set[int]) -> None:
    (tmp_path / "file").touch()
    answer = one("export", tmp_path / file)
    told(answer, answer.code)
    assert answer.code in codes


@pytest.mark.parametrize("file", ["", ".", "..", "/"])
def test_an_export_to_a_folder_is_told(
    one: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = one("export", file)
    told(answer, answer.code)
    assert answer.code in (2, 74)


def test_an_export_never_takes_the_place_of_the_catalog(one: Program, tmp_path: Path) -> None:
    before = one.stored
    (tmp_path / "link.json").symlink_to(one.catalog)
    for file in (one.catalog, tmp_path / "link.json", tmp_path / "home" / ".." / "catalog.db"):
        answer = one("export", file)
        told(answer, answer.code)
        assert one.stored == before


def test_an_export_through_a_link_keeps_the_link(one: Program, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert one("export", tmp_path / "link.json").code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["pkgcat"] == 1


def test_an_export_into_a_named_pipe_goes_through_it(one: Program, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []

    def reader() -> None:
        descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            finished.wait(10)
            while piece := os.read(descriptor, 1 << 16):
                read.append(piece)
        except BlockingIOError:
            pass
        finally:
            os.close(descriptor)

    finished = threading.Event()
    thread = threading.Thread(target=reader)
    thread.start()
    try:
        assert one("export", pipe).code == 0
    finally:
        finished.set()
        thread.join()
    assert pipe.is_fifo()
    assert b"".join(read) == one("export").raw


def test_an_unknown_form_is_refused(one: Program, tmp_path: Path) -> None:
    line = told(one("export", tmp_path / "x", "--format", "yaml"), 2)
    assert "jsonl" in line
    assert not (tmp_path / "x").exists()


def test_an_export_of_nothing_can_be_read(empty: Program) -> None:
    answer = empty("export", env={"PKGCAT_DB": ""})
    assert json.loads(answer.out)["packages"] == []
    assert empty("import", "-", input=answer.out).code == 0


def test_a_large_export_is_kept_on_disk_until_it_is_printed() -> None:
    spool = Spool()
    for _ in range(300):
        spool.write("é" * 10_000)
    assert spool.text().read() == "é" * 3_000_000
