"""A client of the server."""

from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """Ask as pkgcat does, but follow no redirect."""
    with httpx.Client(headers={"user-agent": "pkgcat-tests"}, trust_env=False, timeout=5) as client:
        yield client
