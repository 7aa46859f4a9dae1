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
}


def pkgcat(catalog: Path, width: int, *words: str) -> str:
    """Return what a terminal of that width would get."""
    environment = {**os.environ, "PKGCAT_DB": str(catalog), "COLUMNS": str(width), "CLICOLOR_FORCE": "1"}
    command = [sys.executable, "-m", "pkgcat", *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603


def draw(name: str, width: int, words: tuple[str, ...], catalog: Path) -> None:
    """Write a picture for dark and one for light surroundings."""
    printed = pkgcat(catalog, width, *words)
    for shade, theme in THEMES.items():
        console = Console(record=True, width=width, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
        console.print(Text(f"$ pkgcat {' '.join(words)}", "bold"))
        console.print(Text.from_ansi(printed))
        svg = console.export_svg(title="", theme=theme, unique_id=name)
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # no font is fetched from anywhere
        svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # leading blanks stay
        svg = svg.replace("Fira Code", "ui-monospace, 'DejaVu Sans Mono'")
        (HERE / f"{name}-{shade}.svg").write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n")


def main() -> None:
    """Draw all pictures from the records in tests/data."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.db"
        for file in ("package-1326.json", "records.ndjson"):
            pkgcat(catalog, 80, "import", str(RECORDS / file))
        pkgcat(catalog, 80, "edit", "django-cities", "--tag", "geo")
        pkgcat(catalog, 80, "edit", "django-messages", "--replaced-by", "django-stored-messages")
        for name, (width, words) in PICTURES.items():
            draw(name, width, words, catalog)


main()
