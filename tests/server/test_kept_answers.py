"""Answers that are kept: the same as those that are read, and no more than there is room for."""

import json
from pathlib import Path

from pkgcat.server.answers import Answer, make_body
from pkgcat.server.kept_answers import KeptAnswers
from tests.commands.program import Program
from tests.server.in_process import LocalServer

DETAIL = "/api/v4/packages/1326/"


def test_an_answer_is_the_same_when_it_is_asked_for_again(site: Path) -> None:
    with LocalServer(site) as running:
        for path in (DETAIL, "/api/v4/packages/?limit=2", "/api/v4/search/?q=django", "/api/v4/"):
            first, second = running.ask(path), running.ask(path)
            assert (second.status, second.body) == (200, first.body)
            assert second.headers["etag"] == first.headers["etag"]
            head = running.ask(path, method="HEAD")
            assert (head.body, head.headers["content-length"]) == (b"", str(len(first.body)))
            known = running.ask(path, headers={"If-None-Match": first.headers["etag"]})
            assert (known.status, known.body) == (304, b"")


def test_a_kept_answer_is_not_given_for_another_question(site: Path) -> None:
    with LocalServer(site) as running:
        plain = running.ask(DETAIL).body
        indented = running.ask(DETAIL, headers={"Accept": "application/json; indent=2"})
        assert indented.body.startswith(b"{\n  ")
        other_name = running.ask(DETAIL, headers={"Host": "localhost"})
        assert b"http://localhost/" in other_name.body
        for limit in (1, 2):
            listed = running.ask(f"/api/v4/packages/?limit={limit}")
            assert len(json.loads(listed.body)["results"]) == limit
        page = running.ask(DETAIL, headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")
        assert running.ask(DETAIL).body == plain


def test_what_a_reader_has_already_is_no_answer_for_others(site: Path) -> None:
    with LocalServer(site) as running:
        tag = running.ask(DETAIL).headers["etag"]
        port = running.port
    with LocalServer(site) as running:
        host = {"Host": f"127.0.0.1:{port}"}
        assert running.ask(DETAIL, headers={"If-None-Match": tag, **host}).status == 304
        assert running.ask(DETAIL, headers=host).json["slug"] == "django-cities"


def test_a_change_is_seen_at_once(site: Path) -> None:
    with LocalServer(site) as running:
        for number in range(3):
            title = f"Title {number}"
            assert Program(site)("edit", "django-cities", "--title", title).code == 0
            for _ in range(2):
                assert json.loads(running.ask(DETAIL).body)["title"] == title


def test_the_answers_that_were_asked_for_last_are_kept() -> None:
    kept = KeptAnswers()
    body = b"x" * 64 * 1024
    for number in range(100):
        kept.keep(str(number), Answer(200, body))
        assert kept.find("0") is not None
    found = [number for number in range(100) if kept.find(str(number)) is not None]
    assert found == [0, *range(100 - 63, 100)]


def test_an_answer_that_is_kept_again_takes_no_more_room() -> None:
    kept = KeptAnswers()
    body = b"x" * 64 * 1024
    kept.keep("first", Answer(200, body))
    for _ in range(1000):
        kept.keep("second", Answer(200, body))
    assert kept.find("first") is not None


def test_a_long_answer_is_not_kept() -> None:
    kept = KeptAnswers()
    kept.keep("long", Answer(200, b"x" * (64 * 1024 + 1)))
    kept.keep("file", Answer(200, make_body(["x" * (1 << 20), "y"])))
    assert (kept.find("long"), kept.find("file")) == (None, None)


def test_of_many_short_answers_no_more_than_a_thousand_are_kept() -> None:
    kept = KeptAnswers()
    for number in range(3000):
        kept.keep(str(number), Answer(200, b"[]"))
    found = [number for number in range(3000) if kept.find(str(number)) is not None]
    assert found == list(range(2000, 3000))
