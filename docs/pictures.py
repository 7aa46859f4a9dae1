"""Draw docs/*.svg from what pkgcat really prints: `make pictures`."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI, NIGHT_OWLISH
from rich.text import Text

HERE = Path(__file__).parent
RECORDS = HERE.parent / "tests" / "data"
THEMES = {"dark": MONOKAI, "light": NIGHT_OWLISH}
PICTURES = {
    "show": (84, ("show", "django-cities")),
    "list": (84, ("list", "--sort", "-repo_watchers", "--limit", "12")),
    "compare": (100, ("compare", "django-needle", "haystack-lite", "django-findit")),
    "grid": (100, ("grid", "show", "search", "--fields", "state,repo_watchers,features")),
}
OF_CANDIDATES = ("compare", "grid")
"""The pictures of three invented packages."""
CELLS = {
    "Works without a server": ("yes", "yes, one index file", "no: a service of its own"),
    "Facets": ("yes, since 3.0", "no", "yes, with counts"),
    "Highlights hits": ("yes", "yes", "yes"),
    "Languages": ("good: 29 of them", "English only", None),
    "Search as you type": ("no, but planned", None, "++"),
}
"""What the grid says of each of them, feature by feature."""


def pkgcat(catalog: Path, width: int, *words: str) -> str:
    """Return what a terminal of that width would get."""
    environment = {
        **os.environ,
        "PKGCAT_DB": str(catalog),
        "COLUMNS": str(width),
        "CLICOLOR_FORCE": "1",
    }
    command = [sys.executable, "-m", "pkgcat", *words]
    return subprocess.run(  # noqa: S603
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def draw(name: str, width: int, words: tuple[str, ...], catalog: Path) -> None:
    """Write a picture for dark and one for light surroundings."""
    printed = pkgcat(catalog, width, *words)
    for shade, theme in THEMES.items():
        console = Console(record=True, width=width, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
        console.print(Text(f"$ pkgcat {' '.join(words)}", "bold"))
        console.print(Text.from_ansi(printed))
        svg = console.export_svg(title="", theme=theme, unique_id=name)
        svg = re.sub(
            r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL
        )  # no font is fetched from anywhere
        svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # leading blanks stay
        svg = svg.replace("Fira Code", "ui-monospace, 'DejaVu Sans Mono'")
        (HERE / f"{name}-{shade}.svg").write_text(
            "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"
        )


def fill_catalog(catalog: Path) -> None:
    """Import the records in tests/data, and edit two of them."""
    for file in ("package-1326.json", "records.ndjson"):
        pkgcat(catalog, 80, "import", str(RECORDS / file))
    pkgcat(catalog, 80, "edit", "django-cities", "--tag", "geo")
    pkgcat(catalog, 80, "edit", "django-messages", "--replaced-by", "django-stored-messages")


def fill_candidates(catalog: Path) -> None:
    """Import three invented packages, and put them on a grid."""
    slugs = PICTURES["compare"][1][1:]
    pkgcat(catalog, 80, "import", str(HERE / "candidates.jsonl"))
    pkgcat(catalog, 80, "grid", "add", "search", "--title", "Full-text search")
    pkgcat(catalog, 80, "grid", "put", "search", *slugs)
    for feature, texts in CELLS.items():
        pkgcat(catalog, 80, "grid", "feature", "add", "search", feature)
        for slug, text in zip(slugs, texts, strict=True):
            if text is not None:
                pkgcat(catalog, 80, "grid", "cell", "search", slug, feature, text)


def main() -> None:
    """Draw all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        catalog, candidates = Path(folder) / "catalog.db", Path(folder) / "candidates.db"
        fill_catalog(catalog)
        fill_candidates(candidates)
        for name, (width, words) in PICTURES.items():
            draw(name, width, words, candidates if name in OF_CANDIDATES else catalog)


main()
