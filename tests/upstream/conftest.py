"""A small world, a server of it, a client."""

from collections.abc import Iterator

import httpx
import pytest

from tests.upstream import Upstream, World
from tests.upstream.small import small_world


@pytest.fixture
def world() -> World:
    """Return a new world."""
    return small_world()


@pytest.fixture
def upstream(world: World) -> Iterator[Upstream]:
    """Serve that world."""
    with Upstream(world) as upstream:
        yield upstream


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """Ask as pkgcat does, but follow no redirect."""
    with httpx.Client(headers={"user-agent": "pkgcat-tests"}, trust_env=False, timeout=5) as client:
        yield client
