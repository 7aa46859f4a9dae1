"""docs/first-week.md, from a list of names to published decisions: its commands are run, on invented
packages.
"""

import json
from html.parser import HTMLParser
from pathlib import Path

from tests.online import config
from tests.pages import Page, run_line
from tests.upstream import Upstream, World, sample_world

PAGE = Page("docs/first-week.md")
CANDIDATES = 40
NOT_ON_PYPI = "pkgcat add - < candidates.txt"
"""The one command that fails in part."""


def follow_page(world: World, folder: Path) -> None:
    """Run all commands of the page; where it shows what they print, that is what they print."""
    (folder / "candidates.txt").write_text("".join(f"{name}\n" for name in world.slugs))
    with Upstream(world) as upstream:
        environment = {"GITHUB_TOKEN": "token-of-nobody", **config(upstream, folder)}
        for command, printed in PAGE.commands():
            done = run_line(command, folder, environment)
            assert done.returncode == (3 if command == NOT_ON_PYPI else 0), (command, done.stderr)
            if printed is not None:
                assert (done.stdout, done.stderr) == (printed, ""), command


class Links(HTMLParser):
    """Collects what a document loads, and where its links lead."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.followed: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "srcset", "data") or (name == "href" and tag == "link"):
                self.loaded.append(str(value))
            elif name == "href":
                self.followed.append(str(value))


def test_a_first_week(tmp_path: Path) -> None:
    world = sample_world(CANDIDATES)
    follow_page(world, tmp_path)

    exported = (tmp_path / "catalog.jsonl").read_text().splitlines()
    header, *records = map(json.loads, exported)
    assert {record["slug"] for record in records} == set(world.slugs)
    decided = {record["slug"]: record["decision"] for record in records if record["decision"]}
    assert decided == {
        "django-address-kit": "adopt",
        "django-tenant-api": "trial",
        "django-invoice-fields": "assess",
        "django-quiz-kit": "hold",
        "django-payment-filters": "reject",
    }
    (grid,) = (found for found in header["grids"] if found["slug"] == "shortlist")
    assert len(grid["features"]) == 6

    shown = {
        suffix: (tmp_path / f"shortlist.{suffix}").read_text() for suffix in ("html", "svg", "md")
    }
    for text in shown.values():
        for word in ("django-address-kit", "Answers within a week", "yes, since 3.0"):
            assert word in text
    links = Links(shown["html"])
    assert links.loaded == []
    assert "https://pypi.org/project/django-quiz-kit/" in links.followed
    document = (tmp_path / "DEPENDENCIES.md").read_text()
    for slug, decision in decided.items():
        assert f"\n## {decision.title()}\n" in document
        assert slug in document
