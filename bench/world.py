"""Invented packages with realistic fields, as JSON Lines: the same for the same number."""

import json
import random
from pathlib import Path

_WORDS = (
    *("cities", "tags", "admin", "forms", "rest", "cache", "users", "search"),
    *("media", "tables", "filters", "mail", "charts", "maps", "auth", "jobs"),
)
_SYLLABLES = ("ba", "do", "fi", "ga", "lo", "mi", "ne", "po", "ru", "sa", "te", "vo")
_RARE = [f"{a}{b}{c}" for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES]
_CLASSIFIERS = [
    f"Framework :: Django :: {version}" for version in ("3.2", "4.2", "5.0", "5.1", "5.2")
] + [f"Programming Language :: Python :: 3.{minor}" for minor in range(8, 14)]


def write(path: Path, count: int, seed: int = 1) -> None:
    """Write so many records: stars and participants with a long tail, most weeks without a
    commit.
    """
    choose = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(_record(choose, number)) + "\n")


def _record(choose: random.Random, number: int) -> dict[str, object]:
    words = choose.sample(_WORDS, 3)
    slug = f"django-{words[0]}-{words[1]}-{number}"
    owner = f"owner{choose.randrange(20_000)}"
    people = min(400, int(choose.paretovariate(0.9)))
    active = choose.random() < 0.3
    weeks = [choose.choice((0, 0, 0, 1, 2, 5)) if active else 0 for _ in range(52)]
    moment = f"20{choose.randrange(10, 27):02}-{choose.randrange(1, 13):02}-{choose.randrange(1, 29):02}T12:34:56Z"
    return {
        "category": choose.choice(("apps", "apps", "apps", "frameworks", "projects", "other")),
        "title": slug.title(),
        "slug": slug,
        "last_updated": moment,
        "last_fetched": f"2026-11-{choose.randrange(1, 24):02}T03:00:00.{choose.randrange(10**6):06}Z",
        "repo_url": f"https://github.com/{owner}/{slug}",
        "pypi_version": f"{choose.randrange(9)}.{choose.randrange(20)}.{choose.randrange(9)}",
        "created": moment,
        "modified": moment,
        "repo_forks": int(choose.paretovariate(0.7)) % 5000,
        "repo_description": _description(choose, number),
        "pypi_url": f"https://pypi.org/project/{slug}/",
        "repo_watchers": int(choose.paretovariate(0.6)) % 90_000,
        "commits_over_52": weeks,
        "participants": [
            f"{choose.choice(_WORDS)}{choose.randrange(30_000)}" for _ in range(people)
        ],
        "repo_archived": choose.random() < 0.05,
        "pypi_classifiers": choose.sample(_CLASSIFIERS, choose.randrange(3, 9)),
        "tags": choose.sample(_WORDS, choose.choice((0, 0, 0, 1, 2))),
        "error_count": 1 if choose.random() < 0.01 else 0,
    }


def _description(choose: random.Random, number: int) -> str:
    """Return some words; one description of a hundred is Japanese."""
    words = [*choose.sample(_WORDS, 2), *choose.choices(_RARE, k=choose.randrange(2, 22))]
    if number % 100 == 0:
        words.append("全文検索の道具とヘルスチェック")
    return " ".join(words)
