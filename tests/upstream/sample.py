"""A world of invented, plausible packages; each is made when it is asked for, so that 100,000 cost little."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from tests.upstream.shelf import Shelf
from tests.upstream.things import (
    Commit,
    DjangoPackage,
    Grid,
    Project,
    Release,
    Repository,
    Tag,
    Vulnerability,
)
from tests.upstream.weeks import weeks
from tests.upstream.wire import words
from tests.upstream.world import World

MIX = (
    ("github",) * 7 + ("gitlab",) + ("github",) * 6 + ("forgejo", "gitlab", "github", "bitbucket", "forgejo", "gitlab")
)
FIRST_ID = 1001
_SUBJECTS = words(
    "invoice calendar ledger audit upload comment address tenant survey badge wiki gallery payment coupon"
    " ticket newsletter menu banner session passkey webhook geodata recipe library roster booking quiz"
    " glossary sitemap redirect avatar timezone currency barcode receipt feedback changelog workflow"
    " archive search tag translation attachment dashboard notification schedule inventory podcast"
)
_FORMS = words(
    "fields admin forms views models tools kit api cache signals widgets storage filters tables"
    " middleware states import export rules htmx"
)
_PEOPLE = words(
    "amelie-k bosun hnakata jrivera lindqvist mpetrov oyelaran pdubois quentinw rsantos skaya tmwangi"
    " ulrikes vchandra wjansen xiaoling yfarouk zdenka northwind-labs pixelbarn"
)
_GROUPS = words("lighthouse-digital riverbank openatelier fieldstone quietcode tidepool")
_LICENSES = (
    ("MIT", "License :: OSI Approved :: MIT License"),
    ("BSD-3-Clause", "License :: OSI Approved :: BSD License"),
    ("Apache-2.0", "License :: OSI Approved :: Apache Software License"),
    ("GPL-3.0", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
    ("NOASSERTION", ""),
)
_GRIDS = ("Payment processing", "Forms", "Multi-tenancy", "Search", "Notifications", "Media handling")


def sample_world(
    packages: int = 40, seed: int = 1, *, kinds: Sequence[str] = MIX, now: datetime | None = None
) -> World:
    """Return a world of so many packages; the same for the same arguments.

    `kinds` are the kinds of host, taken in turn; `now` is when it was made (default: today at midnight, UTC).
    Package number i of Django Packages has id FIRST_ID + i, and repository and project of the same name.
    """
    made = now or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = {_name(number): number for number in range(packages)}
    maker = _Maker(seed, kinds, made, numbers)
    world = World(
        repositories=Shelf(maker.repository_at),
        projects=Shelf(maker.project_named),
        packages=Shelf(lambda number: maker.package(number - FIRST_ID)),
        paths=Shelf(maker.path_of),
        package_ids=list(range(FIRST_ID, FIRST_ID + packages)),
        slugs={name: FIRST_ID + number for name, number in numbers.items()},
    )
    for index, title in enumerate(_GRIDS):
        members = list(range(FIRST_ID + index, FIRST_ID + min(packages, 90), len(_GRIDS)))
        world.grids[index + 1] = Grid(index + 1, title, title.lower().replace(" ", "-"), packages=members)
    return world


def _name(number: int) -> str:
    row, column = divmod(number, len(_SUBJECTS))
    form = _FORMS[(number + row) % len(_FORMS)]
    lap = number // (len(_SUBJECTS) * len(_FORMS))
    return f"django-{_SUBJECTS[column]}-{form}" + (f"-{lap + 1}" if lap else "")


class _Maker:
    """Makes package number i, whatever way it is asked for."""

    def __init__(self, seed: int, kinds: Sequence[str], now: datetime, numbers: dict[str, int]) -> None:
        self.seed, self.kinds, self.now, self.numbers = seed, kinds, now, numbers

    def random(self, number: int, topic: str) -> Random:
        """Return chance that is always the same."""
        return Random(f"{self.seed} {number} {topic}")

    def path(self, number: int) -> str:
        """Return where repository i is."""
        owner = _PEOPLE[number * 7 % len(_PEOPLE)]
        if self.kinds[number % len(self.kinds)] == "gitlab" and number % 5:
            owner = f"{_GROUPS[number % len(_GROUPS)]}/django"
        return f"{owner}/{_name(number)}"

    def path_of(self, key: tuple[str, int]) -> str | None:
        """Return where the repository with an id of its host is."""
        number, rest = divmod(key[1] - 1_000_003, 17)
        known = rest == 0 and 0 <= number < len(self.numbers) and self.kinds[number % len(self.kinds)] == key[0]
        return self.path(number) if known else None

    def repository_at(self, key: tuple[str, str]) -> Repository | None:
        """Return the repository at a path."""
        kind, path = key
        number = self.numbers.get(path.rpartition("/")[2])
        if number is None or self.kinds[number % len(self.kinds)] != kind or self.path(number).lower() != path:
            return None
        return self.repository(number)

    def repository(self, number: int) -> Repository:
        """Return repository i."""
        chance = self.random(number, "repository")
        name = _name(number)
        commits = self.commits(chance, number)
        stars = int(chance.paretovariate(0.8) * 6)
        tags = [Tag(row.version, row.date) for row in reversed(self.releases(number))]
        pushed = commits[0].date if commits else None
        _, subject, form, *_ = name.split("-")
        return Repository(
            kind=self.kinds[number % len(self.kinds)],
            path=self.path(number),
            id=1_000_003 + 17 * number,
            description=f"{subject.capitalize()} {form} for Django projects",
            homepage=f"https://{name}.readthedocs.io" if number % 3 == 0 else None,
            stars=stars,
            forks=stars // 7,
            watchers=1 + stars // 30,
            issues=chance.randrange(40),
            pulls=chance.randrange(9),
            archived=self.now - timedelta(days=30) if number % 19 == 18 else None,
            license=_LICENSES[number % len(_LICENSES)][0],
            topics=["django", subject],
            created=self.now - timedelta(days=365 * 8),
            updated=max(pushed or self.now - timedelta(days=900), self.now - timedelta(days=chance.randrange(60))),
            pushed=pushed,
            commits=commits,
            elsewhere=[Commit(f"{chance.getrandbits(160):040x}", self.now - timedelta(days=9), "Side Branch")],
            tags=tags,
        )

    def commits(self, chance: Random, number: int) -> list[Commit]:
        """Return commits, newest first; every 37th repository has none."""
        if number % 37 == 36:
            return []
        people = [
            _PEOPLE[number * 7 % len(_PEOPLE)],
            *chance.sample(_PEOPLE, chance.randrange(8)),
            "dependabot[bot]",
        ]
        weights = [2.0**-rank for rank in range(len(people))]
        age = chance.choice((0.5, 3, 20, 90, 400, 1500))
        commits = []
        for _ in range(min(400, int(chance.paretovariate(1.1) * 9))):
            age += chance.expovariate(1 / 12)
            login = chance.choices(people, weights)[0]
            date = (self.now - timedelta(days=age)).replace(microsecond=0)
            known = login if chance.random() > 0.03 else None
            name = login.replace("-", " ").title() if known else "Visiting Contributor"
            commits.append(Commit(f"{chance.getrandbits(160):040x}", date, name, known))
        return commits

    def releases(self, number: int) -> list[Release]:
        """Return versions, oldest first."""
        chance = self.random(number, "releases")
        count = chance.randrange(1, 7)
        dates = sorted(chance.randrange(5, 1500) for _ in range(count))[::-1]
        major, rows = chance.randrange(4), []
        for minor, days in enumerate(dates):
            date = self.now - timedelta(
                days=days, seconds=chance.randrange(80_000), microseconds=chance.randrange(10**6)
            )
            rows.append(Release(f"{major}.{minor}.{chance.randrange(3)}", date))
        if number % 13 == 12:
            last = rows[-1]
            flaw = Vulnerability(f"PYSEC-2026-{number}", (f"CVE-2026-{10_000 + number}",), (f"{major}.99",))
            rows[-1] = Release(last.version, last.date, vulnerabilities=(flaw,))
        if number % 17 == 16:
            rows.append(Release(f"{major + 1}.0.0", self.now - timedelta(days=4), yanked="broken wheel"))
        return rows

    def project_named(self, name: str) -> Project | None:
        """Return the project of that (normalised) name; every 23rd package has none."""
        number = self.numbers.get(name)
        return None if number is None or number % 23 == 22 else self.project(number)

    def project(self, number: int) -> Project:
        """Return project i."""
        repository = self.repository(number)
        spdx, classifier = _LICENSES[number % len(_LICENSES)]
        modern = number % 2 == 0 and spdx != "NOASSERTION"
        name = _name(number)
        return Project(
            name=name,
            releases=self.releases(number),
            summary=repository.description,
            author=repository.owner,
            classifiers=["Framework :: Django", "Programming Language :: Python :: 3"]
            + ([] if modern or not classifier else [classifier]),
            urls={"Source": repository.url, "Documentation": f"https://{name}.readthedocs.io/en/stable/"},
            license=None if modern else "see LICENSE",
            license_expression=spdx.replace("GPL-3.0", "GPL-3.0-only") if modern else None,
            status="archived" if number % 19 == 18 else "active",
            serial=20_000_001 + 31 * number,
        )

    def package(self, number: int) -> DjangoPackage | None:
        """Return what Django Packages has stored of package i, a few days ago."""
        if not 0 <= number < len(self.numbers):
            return None
        repository, name = self.repository(number), _name(number)
        people = [commit.login or commit.name for commit in repository.commits]
        end = self.now - timedelta(days=3)
        on_pypi = number % 23 != 22
        return DjangoPackage(
            id=FIRST_ID + number,
            title=name,
            slug=name,
            category=1 + (number % 11 == 10),
            grids=[1 + number % len(_GRIDS)] if number < 90 else [],
            repo_url=repository.url,
            pypi_url=f"https://pypi.org/project/{name}/" if on_pypi else "",
            created=repository.created,
            modified=repository.created + timedelta(days=90, microseconds=number + 1),
            last_updated=repository.pushed,
            last_fetched=end + timedelta(microseconds=502_016),
            pypi_version=self.releases(number)[0].version if on_pypi else None,
            repo_forks=repository.forks,
            repo_description=repository.description or "",
            repo_watchers=max(0, repository.stars - number % 5),
            commits_over_52=weeks((commit.date for commit in repository.commits), end),
            participants=sorted(set(people), key=people.count, reverse=True),
        )
