"""An HTTP server on loopback that answers as GitHub, GitLab, Forgejo, Bitbucket, PyPI and
Django Packages do.
"""

from tests.upstream.generated_world import sample_world
from tests.upstream.models import Release, Repository, Vulnerability
from tests.upstream.server import Upstream
from tests.upstream.small import small_world
from tests.upstream.world import World

__all__ = [
    "Release",
    "Repository",
    "Upstream",
    "Vulnerability",
    "World",
    "sample_world",
    "small_world",
]
