"""Readers beside writers: no request fails, and no answer mixes two states."""

import json
import threading
from collections import Counter
from pathlib import Path

from tests.commands.program import Program
from tests.server.program import Server

EDITS = 12
READERS = 8


def test_no_answer_is_torn_and_none_fails(site: Path) -> None:
    """Each edit gives two packages one title; no page may show two titles."""
    slugs = ("replacement", "django-cities")
    statuses: Counter[int] = Counter()
    torn: list[list[str]] = []
    titles: set[str] = set()
    is_over = threading.Event()

    def read(server: Server) -> None:
        while not is_over.is_set():
            reply = server.ask("/api/v4/packages/?limit=100")
            statuses[reply.status] += 1
            if reply.status == 200:
                found = [row["title"] for row in reply.json["results"] if row["slug"] in slugs]
                titles.update(found)
                if len(set(found)) != 1:
                    torn.append(found)

    program = Program(site)
    patch = json.dumps({"title": "Title 0"})
    assert program("edit", *slugs, "--patch", "-", input=patch).code == 0
    with Server(site) as running:
        readers = [threading.Thread(target=read, args=(running,)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, EDITS + 1):
                edited = program("edit", *slugs, "--title", f"Title {number}")
                assert edited.code == 0, edited.err
            last = running.ask("/api/v4/packages/django-cities/").json
        finally:
            is_over.set()
            for reader in readers:
                reader.join()
    assert torn == []
    assert set(statuses) == {200}
    assert len(titles) > 1
    assert last["title"] == f"Title {EDITS}"
