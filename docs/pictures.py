"""Draw docs/*.svg from what pkgcat really prints: `make pictures`.

The clock stands still, so that a picture is another one only where pkgcat prints something else.
"""

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
TESTS = HERE.parent / "tests"
RECORDS = TESTS / "data"
NOW = "2026-11-30T12:00:00+00:00"
SOME_TIME_AGO = "2026-06-01T12:00:00+00:00"
THEMES = {"dark": MONOKAI, "light": NIGHT_OWLISH}
PICTURES = {
    "show": (84, ("show", "django-cities")),
    "list": (84, ("list", "--sort", "-repo_watchers", "--limit", "12")),
    "compare": (100, ("compare", "django-needle", "haystack-lite", "django-findit")),
    "grid": (100, ("grid", "show", "search", "--fields", "state,repo_watchers,features")),
}
RADAR = ("export", "--decisions", "--since", "2026-09-01")
OF_CANDIDATES = ("compare", "grid")
"""The pictures of three invented packages."""
CATEGORIES = {
    "Accounts": ("django-twofactor", "django-trusts", "django-userswitch"),
    "Messages": ("django-messages", "django-stored-messages", "django-emoji"),
    "Payment": ("django-payfast", "django-shop-gestpay", "django-shop-ipayment"),
    "Content": ("django-cities", "django-rated", "django-dynamic-forms", "django-oml"),
}
"""The sectors of the radar."""
DECISIONS = {
    "adopt": {"django-cities": "active, MIT, and its maintainers answer"},
    "trial": {
        "django-stored-messages": "one service uses it",
        "django-payfast": "the only one for this bank",
        "django-twofactor": "the audit asks for a second factor",
        "django-dynamic-forms": "surveys that editors make themselves",
    },
    "assess": {
        "django-emoji": "nobody has looked at its tests yet",
        "django-trusts": "permissions for each row",
        "django-shop-gestpay": "a second bank asks for it",
    },
    "hold": {
        "django-messages": "django-stored-messages does more",
        "django-rated": "no release for three years",
        "django-userswitch": "the admin can do it by now",
    },
    "reject": {"sorethumb": "its host is gone"},
}
"""What was decided some time ago, and why."""
MOVES = {
    "adopt": {"django-stored-messages": "five services use it, nothing broke"},
    "trial": {"django-emoji": "well tested; the chat needs it"},
    "hold": {"django-payfast": "no answer to three issues"},
    "assess": {"django-oml": "comments could be moderated with it"},
}
"""What was decided since then."""
CELLS = {
    "Works without a server": ("yes", "yes, one index file", "no: a service of its own"),
    "Facets": ("yes, since 3.0", "no", "yes, with counts"),
    "Highlights hits": ("yes", "yes", "yes"),
    "Languages": ("good: 29 of them", "English only", None),
    "Search as you type": ("no, but planned", None, "++"),
}
"""What the grid says of each of them, feature by feature."""


def pkgcat(catalog: Path, width: int, *words: str, now: str = NOW) -> str:
    """Return what a terminal of that width would get."""
    path = [str(TESTS / "hooks"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PKGCAT_DB": str(catalog),
        "COLUMNS": str(width),
        "CLICOLOR_FORCE": "1",
        "PYTHONPATH": os.pathsep.join(path),
        "HOOK_NOW": now,
    }
    command = [sys.executable, "-m", "pkgcat", *words]
    return subprocess.run(  # noqa: S603
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def draw(folder: Path, name: str, width: int, words: tuple[str, ...], catalog: Path) -> None:
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
        (folder / f"{name}-{shade}.svg").write_text(
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


def decide_all(catalog: Path) -> None:
    """Put packages into categories, decide about some, and some time later about these again."""
    for title, slugs in CATEGORIES.items():
        pkgcat(catalog, 80, "category", "add", title.lower(), "--title", title)
        pkgcat(catalog, 80, "edit", *slugs, "--category", title.lower())
    for now, decisions in ((SOME_TIME_AGO, DECISIONS), (NOW, MOVES)):
        for decision, reasons in decisions.items():
            for slug, reason in reasons.items():
                pkgcat(catalog, 80, "decide", slug, decision, "--why", reason, now=now)


def draw_all(folder: Path) -> None:
    """Draw all pictures into a folder."""
    with tempfile.TemporaryDirectory() as catalogs:
        catalog, candidates = Path(catalogs) / "catalog.db", Path(catalogs) / "candidates.db"
        fill_catalog(catalog)
        fill_candidates(candidates)
        for name, (width, words) in PICTURES.items():
            draw(folder, name, width, words, candidates if name in OF_CANDIDATES else catalog)
        decide_all(catalog)
        pkgcat(catalog, 80, *RADAR, str(folder / "radar.svg"))


if __name__ == "__main__":
    draw_all(Path(sys.argv[1]) if sys.argv[1:] else HERE)
