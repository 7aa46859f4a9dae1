"""A real HTTP server on loopback that speaks the dialects of all sources, from one small world."""

from tests.upstream.sample import sample_world
from tests.upstream.server import Upstream
from tests.upstream.world import World

__all__ = ["Upstream", "World", "sample_world"]
