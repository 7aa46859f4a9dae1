"""Makers of invented records: API v4's, with every oddity the reference lists, and pkgcat's own."""

import json
import random
import string
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

SITE = "https://djangopackages.org/api/v4"
NEW_YORK = ZoneInfo("America/New_York")

Record = dict[str, Any]


def api_record(**changes: Any) -> Record:
    """Return an API v4 record, its 18 keys in their order, with these changes."""
    record: Record = {
        "category": f"{SITE}/categories/1/",
        "grids": [f"{SITE}/grids/71/"],
        "id": 4711,
        "title": "django-example",
        "slug": "django-example",
        "last_updated": "2025-12-10T22:25:36-05:00",
        "last_fetched": "2026-02-15T04:01:40.502016-05:00",
        "repo_url": "https://github.com/example/django-example",
        "pypi_version": "0.6.2",
        "created": "2012-06-03T07:36:24.143520-04:00",
        "modified": "2026-01-28T16:53:13.488409-05:00",
        "repo_forks": 37,
        "repo_description": "An example for Django projects",
        "pypi_url": "http://pypi.python.org/pypi/django-example",
        "documentation_url": None,
        "repo_watchers": 94,
        "commits_over_52": [0] * 51 + [3],
        "participants": ["blag", "coderholic"],
    }
    assert not changes.keys() - record.keys()
    return record | changes


def without_query(record: Record) -> Record:
    """Return an API v4 record whose hyperlinks carry no `?format=api`: what must come out again."""
    links = {
        "category": record["category"].split("?")[0],
        "grids": [grid.split("?")[0] for grid in record["grids"]],
    }
    return record | links


def as_api_text(record: Record) -> str:
    """Write a record as API v4 does with an indent of 4."""
    text = json.dumps(record, ensure_ascii=False, indent=4)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def in_new_york(moment: datetime) -> str:
    """Write a time as API v4 does."""
    return moment.astimezone(NEW_YORK).isoformat()


_CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
_ODD_TEXTS = [
    "Camping ⛺",
    "trailing space ",
    "#django, #python",
    "line\u2028separator and paragraph\u2029separator",
    'two\r\n\r\nparagraphs, "quoted", `ticks`, <appname> and :bomb:',
    "[bold]markup[/bold] [link=https://example.org]x[/link]",
    "\x1b[31mred\x1b[0m \u202ereversed\u202c zero\u200bwidth",
    "=HYPERLINK(1)",
    "'quoted",
    "café naïve Ærøskøbing 日本語",
]
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 48 * 365 * 86_400 * 10**6).map(
    lambda count: _FIRST + timedelta(microseconds=count)
)


def texts(*, longest: int) -> st.SearchStrategy[str]:
    """Text as remote people write it, never blank."""
    odd = st.sampled_from(_ODD_TEXTS) | st.text(_CHARACTERS, min_size=1, max_size=longest)
    return odd.map(lambda text: text[:longest]).filter(lambda text: bool(text.strip()))


def slugs() -> st.SearchStrategy[str]:
    """Slugs that API v4 takes: capitals, underscores and a trailing - included."""
    anything = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=50)
    odd = st.sampled_from(
        ["django_under_score", "trailing-", "-leading", "_", "Mixed-Case", "x" * 50, "2to3"]
    )
    return (odd | anything).filter(lambda slug: not slug.isdigit())


def times() -> st.SearchStrategy[str]:
    """Times with microseconds or none, in summer and in winter."""
    whole = _MOMENTS.map(lambda moment: moment.replace(microsecond=0))
    night = st.sampled_from([datetime(2025, 11, 2, hour, 30, tzinfo=UTC) for hour in (4, 5, 6, 7)])
    return (_MOMENTS | whole | night).map(in_new_york)


@st.composite
def api_records(draw: st.DrawFn) -> Record:
    """API v4 records with every oddity that the reference lists."""
    query = draw(st.sampled_from(["", "?format=api", "?format=json"]))
    name = draw(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True))
    number = draw(st.integers(1, 2**31))
    count = st.integers(0, 10**6)
    person = (
        st.sampled_from(
            ["dependabot[bot]", "12345", "Ærøskøbing Person", "GeyseR", "two  spaces", "0x00"]
        )
        | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}", fullmatch=True)
        | texts(longest=40)
    )
    version = st.sampled_from(
        ["0.1.1-alpha-2", "1.2adev", "0.1-2", "1.0.0.post1", "2!1.0+local", "0.6.2"]
    )
    weeks = st.sampled_from([[], [0] * 52, [0, 1, 5], [*range(52)]]) | st.lists(count, max_size=52)
    return {
        "category": f"{SITE}/categories/{draw(st.integers(1, 6))}/{query}",
        "grids": [
            f"{SITE}/grids/{grid}/{query}"
            for grid in draw(st.lists(st.integers(1, 300), max_size=4, unique=True))
        ],
        "id": number,
        "title": draw(texts(longest=100)),
        "slug": draw(slugs()),
        "last_updated": draw(st.none() | times()),
        "last_fetched": draw(st.none() | times()),
        "repo_url": draw(
            st.sampled_from(
                [
                    "",
                    f"https://github.com/owner-{number}/{name}",
                    f"https://github.com/Owner-{number}/{name}/",
                    f"https://bitbucket.org/o{number}/{name}",
                    f"https://gitlab.com/group/sub{number}/{name}.git",
                    "http://code.google.com/p/sorethumb/",
                    "https://launchpad.net/django-pgsql",
                    "https://shop.example.com/items?id=7",
                    "not an address",
                ]
            )
        ),
        "pypi_version": draw(st.none() | version),
        "created": draw(times()),
        "modified": draw(times()),
        "repo_forks": draw(count),
        "repo_description": draw(st.just("") | texts(longest=250)),
        "pypi_url": draw(
            st.sampled_from(
                [
                    "",
                    name,
                    f"http://pypi.python.org/pypi/{name}",
                    f"https://pypi.org/project/{name}",
                    f"https://pypi.org/project/{name}/",
                    "some words about it",
                ]
            )
        ),
        "documentation_url": draw(
            st.sampled_from(
                [None, "", "https://example.readthedocs.io/", "http://docs.example.org/x#y"]
            )
        ),
        "repo_watchers": draw(count),
        "commits_over_52": draw(weeks),
        "participants": draw(st.lists(person, max_size=6)),
    }


_WORDS = (
    "admin",
    "cache",
    "celery",
    "cities",
    "cms",
    "comments",
    "countries",
    "crispy",
    "debug",
    "editor",
    "fields",
    "filter",
    "forms",
    "geo",
    "grid",
    "guardian",
    "haystack",
    "images",
    "import",
    "json",
    "locale",
    "mail",
    "maps",
    "media",
    "menus",
    "messages",
    "money",
    "notify",
    "oauth",
    "pages",
    "payments",
    "polls",
    "queue",
    "redis",
    "registration",
    "rest",
    "search",
    "seo",
    "sessions",
    "shop",
    "static",
    "storage",
    "tables",
    "tagging",
    "templates",
    "tenants",
    "toolbar",
    "uploads",
    "video",
    "widgets",
    "wiki",
    "workflow",
)
_PEOPLE = (
    "blag",
    "coderholic",
    "PiDelport",
    "bashu",
    "Jane Doe",
    "12345",
    "dependabot[bot]",
    "jezdez",
    "spookylukey",
)


def invented(count: int, seed: int = 0) -> list[Record]:
    """Return so many API v4 records that could be real, no two with one slug, id, repository
    or PyPI name.
    """
    chance = random.Random(seed)
    start = datetime(2026, 2, 1, tzinfo=UTC)
    records = []
    for number in range(1, count + 1):
        first, second = chance.choice(_WORDS), chance.choice(_WORDS)
        name = f"django-{first}-{second}-{number}"
        quiet = chance.random() < 0.3
        moments = [
            in_new_york(
                start
                - timedelta(seconds=chance.randrange(10**8), microseconds=chance.choice((0, 1234)))
            )
            for _ in range(4)
        ]
        records.append(
            api_record(
                category=f"{SITE}/categories/{chance.randint(1, 4)}/",
                grids=[
                    f"{SITE}/grids/{grid}/"
                    for grid in chance.sample(range(1, 60), chance.randrange(3))
                ],
                id=number * 3,
                title=f"Django {first.title()} {second} {number}{' ⛺' * (number % 50 == 0)}",
                slug=name,
                last_updated=None if quiet else moments[0],
                last_fetched=None if number % 11 == 0 else moments[1],
                repo_url=""
                if number % 17 == 0
                else f"https://github.com/{first}{number % 900}/{name}",
                pypi_version=None
                if number % 13 == 0
                else f"{chance.randrange(9)}.{chance.randrange(30)}",
                created=moments[2],
                modified=moments[3],
                repo_forks=chance.randrange(500),
                repo_description=""
                if number % 19 == 0
                else f"{first.title()} and {second} for Django, no. {number}",
                pypi_url="" if number % 13 == 0 else f"https://pypi.org/project/{name}/",
                documentation_url=chance.choice((None, "", f"https://{name}.readthedocs.io/")),
                repo_watchers=chance.randrange(9000),
                commits_over_52=[]
                if quiet
                else [chance.randrange(9) * (chance.random() < 0.3) for _ in range(52)],
                participants=chance.sample(_PEOPLE, chance.randrange(5)),
            )
        )
    return records


def _decide(number: int) -> Record:
    """Return what a person may have decided of a package."""
    decided: Record = {"finished_until": f"202{5 + number % 4}-02-28" if number % 5 == 0 else None}
    if number % 3 == 0:
        decided |= {
            "decision": ("adopt", "trial", "assess", "hold", "reject")[number % 5],
            "decision_reason": f"no. {number} ⛺" if number % 2 else None,
            "decision_url": f"https://example.org/{number}" if number % 4 else None,
            "decided": f"2026-01-{number % 28 + 1:02}T04:01:40.502016Z",
            "review_by": f"2026-0{number % 7 + 1}-15" if number % 9 else None,
        }
    return decided


def own(count: int, seed: int = 0) -> list[Record]:
    """Return so many records as pkgcat exports them: with its own fields, notes, tags and pins."""
    chance = random.Random(seed)
    categories = ("apps", "frameworks", "projects", "other", None)
    records = []
    for number, record in enumerate(invented(count, seed), 1):
        more: Record = {
            **_decide(number),
            "category": chance.choice(categories),
            "grids": chance.sample(["maps", "shops", "wikis"], chance.randrange(3)),
            "repo_host": "github" if record["repo_url"] else None,
            "repo_archived": chance.choice((True, False, None)),
            "repo_open_issues": chance.choice((None, chance.randrange(100))),
            "repo_commit_count": chance.randrange(4000),
            "repo_license": chance.choice((None, "MIT", "BSD-3-Clause")),
            "pypi_released": None if number % 3 else record["created"],
            "pypi_requires_python": chance.choice((None, ">=3.8")),
            "pypi_license": chance.choice((None, "MIT")),
            "pypi_classifiers": chance.sample(
                ["Framework :: Django", "Programming Language :: Python :: 3", "Topic :: Internet"],
                chance.randrange(4),
            ),
            "pypi_status": chance.choice((None, "active", "archived")),
            "pypi_yanked": chance.choice((None, False, True)),
            "pypi_vulnerabilities": ["PYSEC-2024-1"] if number % 40 == 0 else [],
            "notes": chance.choice((None, f"tried it\nin project {number}", "  spaces stay  ")),
            "tags": sorted(chance.sample(["geo", "to watch", "Ærø", "used"], chance.randrange(4))),
            "replaced_by": None if number % 29 else f"django-{number}-successor",
            "pinned": chance.choice(([], [], ["repo_watchers"], ["repo_description", "repo_host"])),
            "last_error": chance.choice((None, None, "HTTP 502 from api.github.com")),
        }
        failed = more["last_error"] is not None
        more |= {
            "last_error_at": record["modified"] if failed else None,
            "error_count": int(failed) * 3,
        }
        records.append(record | more)
    return records
