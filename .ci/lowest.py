"""Print the oldest release that pyproject.toml allows of each dependency, as pip's constraints."""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def list_lowest(dependencies: list[str]) -> list[str]:
    """Return `name==version` for each `name>=version`; raise ValueError where there is no bound."""
    lowest = []
    for dependency in dependencies:
        bound = re.match(r"([A-Za-z0-9_.-]+)>=([0-9][0-9a-z.]*)", dependency)
        if bound is None:
            raise ValueError(f"{dependency!r} has no lower bound")
        lowest.append(f"{bound[1]}=={bound[2]}")
    return lowest


if __name__ == "__main__":
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    sys.stdout.write("\n".join(list_lowest(project["dependencies"])) + "\n")
