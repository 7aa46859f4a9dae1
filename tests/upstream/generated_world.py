"""A world of invented, plausible packages; each is made when it is asked for, so that 100,000
cost little.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from tests.upstream.models import (
    Commit,
    DjangoPackage,
    Grid,
    Project,
    Release,
    Repository,
    Vulnerability,
)
from tests.upstream.times import count_by_week
from tests.upstream.world import LazyDict, World

HOST_KINDS = (
    *("github",) * 7,
    "gitlab",
    *("github",) * 6,
    *("forgejo", "gitlab", "github", "bitbucket", "forgejo", "gitlab"),
)
"""The kind of host of each package in turn."""

FIRST_ID = 1001


def _split_words(text: str) -> list[str]:
    return text.split()


_SUBJECTS = _split_words(
    "invoice calendar ledger audit upload comment address tenant survey badge wiki gallery payment coupon"
    " ticket newsletter menu banner session passkey webhook geodata recipe library roster booking quiz"
    " glossary sitemap redirect avatar timezone currency barcode receipt feedback changelog workflow"
    " archive search tag translation attachment dashboard notification schedule inventory podcast"
)
_FORMS = _split_words(
    "fields admin forms views models tools kit api cache signals widgets storage filters tables"
    " middleware states import export rules htmx"
)
_PEOPLE = _split_words(
    "amelie-k bosun hnakata jrivera lindqvist mpetrov oyelaran pdubois quentinw rsantos skaya tmwangi"
    " ulrikes vchandra wjansen xiaoling yfarouk zdenka northwind-labs pixelbarn"
)
_GROUPS = ("lighthouse-digital", "riverbank", "openatelier", "fieldstone", "quietcode", "tidepool")
_LICENSES = (
    ("MIT", "License :: OSI Approved :: MIT License"),
    ("BSD-3-Clause", "License :: OSI Approved :: BSD License"),
    ("Apache-2.0", "License :: OSI Approved :: Apache Software License"),
    ("GPL-3.0", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
    ("NOASSERTION", ""),
)
_GRIDS = (
    "Payment processing",
    "Forms",
    "Multi-tenancy",
    "Search",
    "Notifications",
    "Media handling",
)
_PACKAGES_IN_GRIDS = 90


def sample_world(
    packages: int = 40,
    seed: int = 1,
    *,
    kinds: Sequence[str] = HOST_KINDS,
    now: datetime | None = None,
) -> World:
    """Return a world of so many packages; the same for the same arguments.

    `kinds` are the kinds of host, taken in turn; `now` is when it was made (default: the last
    midnight, UTC). Package number i of Django Packages has the id FIRST_ID + i, and a repository
    and a project of the same name.
    """
    made = now or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = {_make_name(number): number for number in range(packages)}
    generator = _Generator(seed, kinds, made, numbers)
    world = World(
        repositories=LazyDict(generator.make_repository_at),
        paths_by_id=LazyDict(generator.find_path),
        projects=LazyDict(generator.make_project_named),
        packages=LazyDict(generator.make_package_with_id),
        package_ids=list(range(FIRST_ID, FIRST_ID + packages)),
        slugs={name: FIRST_ID + number for name, number in numbers.items()},
    )
    for index, title in enumerate(_GRIDS):
        members = list(
            range(FIRST_ID + index, FIRST_ID + min(packages, _PACKAGES_IN_GRIDS), len(_GRIDS))
        )
        world.grids[index + 1] = Grid(
            index + 1, title, title.lower().replace(" ", "-"), packages=members
        )
    return world


def _make_name(number: int) -> str:
    row, column = divmod(number, len(_SUBJECTS))
    name = f"django-{_SUBJECTS[column]}-{_FORMS[(number + row) % len(_FORMS)]}"
    lap = number // (len(_SUBJECTS) * len(_FORMS))
    return f"{name}-{lap + 1}" if lap else name


class _Generator:
    """Makes package number i, whether it is asked for by path, id or name."""

    def __init__(
        self, seed: int, kinds: Sequence[str], now: datetime, numbers: dict[str, int]
    ) -> None:
        self.seed, self.kinds, self.now, self.numbers = seed, kinds, now, numbers

    def make_random(self, number: int, topic: str) -> Random:
        """Return a generator of random numbers that is the same each time."""
        return Random(f"{self.seed} {number} {topic}")

    def get_kind(self, number: int) -> str:
        """Return the kind of host of repository i."""
        return self.kinds[number % len(self.kinds)]

    def make_path(self, number: int) -> str:
        """Return the path of repository i."""
        owner = _PEOPLE[number * 7 % len(_PEOPLE)]
        if self.get_kind(number) == "gitlab" and number % 5:
            owner = f"{_GROUPS[number % len(_GROUPS)]}/django"
        return f"{owner}/{_make_name(number)}"

    def find_path(self, key: tuple[str, int]) -> str | None:
        """Return the path of the repository with an id of its host."""
        kind, repository_id = key
        number, remainder = divmod(repository_id - 1_000_003, 17)
        if remainder or not 0 <= number < len(self.numbers) or self.get_kind(number) != kind:
            return None
        return self.make_path(number)

    def make_repository_at(self, key: tuple[str, str]) -> Repository | None:
        """Return the repository at a path."""
        kind, path = key
        number = self.numbers.get(path.rpartition("/")[2])
        if (
            number is None
            or self.get_kind(number) != kind
            or self.make_path(number).lower() != path
        ):
            return None
        return self.make_repository(number)

    def make_repository(self, number: int) -> Repository:
        """Return repository i."""
        random = self.make_random(number, "repository")
        commits = self.make_commits(random, number)
        stars = int(random.paretovariate(0.8) * 6)
        issues, pulls = random.randrange(40), random.randrange(9)
        pushed = commits[0].date if commits else None
        visited = self.now - timedelta(days=random.randrange(60))
        _, subject, form, *_ = _make_name(number).split("-")
        side_commit = Commit(
            f"{random.getrandbits(160):040x}", self.now - timedelta(days=9), "Side Branch"
        )
        return Repository(
            kind=self.get_kind(number),
            path=self.make_path(number),
            id=1_000_003 + 17 * number,
            description=f"{subject.capitalize()} {form} for Django projects",
            stars=stars,
            forks=stars // 7,
            watchers=1 + stars // 30,
            issues=issues,
            pulls=pulls,
            archived=number % 19 == 18,
            license=_LICENSES[number % len(_LICENSES)][0],
            created=self.now - timedelta(days=365 * 8),
            updated=max(pushed or self.now - timedelta(days=900), visited),
            pushed=pushed,
            commits=commits,
            other_branches=[side_commit],
        )

    def make_commits(self, random: Random, number: int) -> list[Commit]:
        """Return commits, newest first; every 37th repository has none."""
        if number % 37 == 36:
            return []
        owner = _PEOPLE[number * 7 % len(_PEOPLE)]
        people = [owner, *random.sample(_PEOPLE, random.randrange(8)), "dependabot[bot]"]
        weights = [2.0**-rank for rank in range(len(people))]
        age = random.choice((0.5, 3, 20, 90, 400, 1500))
        commits = []
        for _ in range(min(400, int(random.paretovariate(1.1) * 9))):
            age += random.expovariate(1 / 12)
            date = (self.now - timedelta(days=age)).replace(microsecond=0)
            login: str | None = random.choices(people, weights)[0]
            name = str(login).replace("-", " ").title()
            if random.random() <= 0.03:
                login, name = None, "Visiting Contributor"
            commits.append(Commit(f"{random.getrandbits(160):040x}", date, name, login))
        return commits

    def make_releases(self, number: int) -> list[Release]:
        """Return versions, oldest first."""
        random = self.make_random(number, "releases")
        count = random.randrange(1, 7)
        ages = sorted((random.randrange(5, 1500) for _ in range(count)), reverse=True)
        major = random.randrange(4)
        releases = []
        for minor, days in enumerate(ages):
            seconds, microseconds = random.randrange(80_000), random.randrange(10**6)
            date = self.now - timedelta(days=days, seconds=seconds, microseconds=microseconds)
            releases.append(Release(f"{major}.{minor}.{random.randrange(3)}", date))
        if number % 13 == 12:
            last = releases.pop()
            vulnerability = Vulnerability(f"PYSEC-2026-{number}", (f"CVE-2026-{10_000 + number}",))
            releases.append(Release(last.version, last.date, vulnerabilities=(vulnerability,)))
        if number % 17 == 16:
            releases.append(
                Release(f"{major + 1}.0.0", self.now - timedelta(days=4), yanked="broken wheel")
            )
        return releases

    def is_on_pypi(self, number: int) -> bool:
        """Whether package i has a project: every 23rd has none."""
        return number % 23 != 22

    def make_project_named(self, name: str) -> Project | None:
        """Return the project of a normalized name."""
        number = self.numbers.get(name)
        if number is None or not self.is_on_pypi(number):
            return None
        spdx, classifier = _LICENSES[number % len(_LICENSES)]
        repository_url = self.make_repository(number).url
        project = Project(
            name=name,
            releases=self.make_releases(number),
            classifiers=["Framework :: Django", "Programming Language :: Python :: 3"],
            urls={
                "Source": repository_url,
                "Documentation": f"https://{name}.readthedocs.io/en/stable/",
            },
            status="archived" if number % 19 == 18 else "active",
            serial=20_000_001 + 31 * number,
        )
        if number % 2 == 0 and spdx != "NOASSERTION":
            project.license, project.license_expression = (
                None,
                spdx.replace("GPL-3.0", "GPL-3.0-only"),
            )
        else:
            project.license = "see LICENSE"
            project.classifiers += [classifier] if classifier else []
        return project

    def make_package_with_id(self, package_id: int) -> DjangoPackage | None:
        """Return what Django Packages stored of a package three days ago."""
        number = package_id - FIRST_ID
        if not 0 <= number < len(self.numbers):
            return None
        repository, name = self.make_repository(number), _make_name(number)
        fetched = self.now - timedelta(days=3)
        authors = Counter(commit.login or commit.name for commit in repository.commits)
        package = DjangoPackage(
            id=package_id,
            title=name,
            slug=name,
            category=2 if number % 11 == 10 else 1,
            repo_url=repository.url,
            created=repository.created,
            modified=repository.created + timedelta(days=90, microseconds=number + 1),
            last_updated=repository.pushed,
            last_fetched=fetched + timedelta(microseconds=502_016),
            repo_forks=repository.forks,
            repo_description=repository.description or "",
            repo_watchers=max(0, repository.stars - number % 5),
            commits_over_52=count_by_week((commit.date for commit in repository.commits), fetched),
            participants=[name for name, _ in authors.most_common()],
        )
        if number < _PACKAGES_IN_GRIDS:
            package.grids = [1 + number % len(_GRIDS)]
        if self.is_on_pypi(number):
            package.pypi_url = f"https://pypi.org/project/{name}/"
            package.pypi_version = self.make_releases(number)[0].version
        return package
