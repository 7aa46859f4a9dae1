"""docs/first-week.md, from a list of names to published decisions: its commands are run, on invented
packages.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

from tests.children import HOOKS
from tests.online import config
from tests.pages import ROOT, Page, answer_questions, matches_session, run_line
from tests.upstream import Upstream, World, sample_world

PAGE = Page("docs/first-week.md")
FIRST_DAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = datetime(2027, 1, 15, 10, tzinfo=UTC)
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = {day: FIRST_DAY + timedelta(days=number) for number, day in enumerate(WEEK)}
DAYS["In January"] = LATER
"""When the commands below each heading of the page are run."""
REVIEW = "pkgcat review --due"
CANDIDATES = 40
NOT_ON_PYPI = "pkgcat add - < candidates.txt"
"""The one command that fails in part."""


def follow_page(world: World, folder: Path) -> None:
    """Run all commands of the page, each on its day; where it shows what they print, that is what
    they print.
    """
    (folder / "candidates.txt").write_text("".join(f"{name}\n" for name in world.slugs))
    with Upstream(world) as upstream:
        for heading, section in PAGE.sections():
            day = DAYS[heading.partition(":")[0]]
            if day == LATER:
                change_world(world)
            environment = {
                "PYTHONPATH": os.pathsep.join([str(HOOKS), str(ROOT / "src")]),
                "HOOK_NOW": day.isoformat(),
                "GITHUB_TOKEN": "token-of-nobody",
                "TERM": "xterm",
                "NO_COLOR": "1",
                **config(upstream, folder),
            }
            for command, printed in section.commands():
                follow_command(command, printed, folder, environment)


def follow_command(
    command: str, printed: str | None, folder: Path, environment: dict[str, str]
) -> None:
    """Run a command of the page; what is reviewed is answered on a terminal."""
    if command == REVIEW:
        assert printed is not None
        shown = answer_questions(command, printed, folder, environment)
        assert matches_session(shown, printed), shown
        return
    done = run_line(command, folder, environment)
    assert done.returncode == (3 if command == NOT_ON_PYPI else 0), (command, done.stderr)
    if printed is not None:
        assert (done.stdout, done.stderr) == (printed, ""), command


def change_world(world: World) -> None:
    """Let happen what happens until January."""
    world.clock = lambda: LATER
    world.release(world.project("django-tenant-api"), "2.4.0")
    world.archive(world.repository("github", "hnakata/django-quiz-kit"))


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
    world = sample_world(CANDIDATES, now=FIRST_DAY)
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
    reviewed = {
        "django-tenant-api": "adopt",
        "django-invoice-fields": "trial",
        "django-quiz-kit": "reject",
    }
    document = (tmp_path / "DEPENDENCIES.md").read_text()
    for slug, decision in {**decided, **reviewed}.items():
        section = document.partition(f"\n## {decision.title()}\n")[2].partition("\n## ")[0]
        assert f"| {slug} |" in section
    radar = (tmp_path / "radar.svg").read_text()
    for words in ("in from trial", "in from assess", "out from hold", "2 moved in, 1 moved out"):
        assert words in radar
