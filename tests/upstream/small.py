"""The same few repositories on every host, for tests."""

from datetime import UTC, datetime, timedelta

from tests.upstream.server import Upstream
from tests.upstream.world import World

NOW = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
TOKEN = {"authorization": "Bearer canary"}
PATHS = {
    "github": "ann/maps",
    "gitlab": "group/sub/maps",
    "forgejo": "ann/maps",
    "bitbucket": "ann/maps",
}


def small_world() -> World:
    """Return a world: a repository of 70 weekly commits and an empty one on each host, one
    project, 45 packages.
    """
    world = World(clock=lambda: NOW)
    for kind, path in PATHS.items():
        repository = world.create(
            kind, path, description="Maps", stars=12, forks=37, watchers=16, issues=3, pulls=2
        )
        for number in range(70):
            date = NOW - timedelta(days=7 * (70 - number))
            world.push(repository, login="bob" if number % 3 else "ann", name="Bob B", date=date)
        world.create(kind, "ann/empty")
    world.publish("Django-Maps", urls={"Source": "https://github.com/ann/maps"})
    for version in ("1.0", "2.0", "2.1rc1"):
        world.release(world.project("django.maps"), version, date=NOW - timedelta(days=9))
    for number in range(45):
        world.list_package(
            f"Package {number}", f"package-{number}", repo_url="https://github.com/ann/maps"
        )
    return world


def places(upstream: Upstream) -> dict[str, str]:
    """Return the address of one repository on each host, of a project, and of a listed package."""
    return {
        "github": upstream.url("github") + "/repos/ann/maps",
        "gitlab": upstream.url("gitlab") + "/projects/group%2Fsub%2Fmaps",
        "forgejo": upstream.url("forgejo") + "/repos/ann/maps",
        "gitea": upstream.url("gitea") + "/repos/ann/maps",
        "bitbucket": upstream.url("bitbucket") + "/repositories/ann/maps",
        "pypi": upstream.url("pypi") + "/pypi/django-maps/json",
        "djangopackages": upstream.url("djangopackages") + "/packages/package-7/",
    }
