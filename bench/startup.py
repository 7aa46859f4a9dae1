"""Start-up against a bare Typer program that prints its argument."""

from pathlib import Path

from bench import grid
from bench.measure import in_turn, pkgcat, python

BARE = """
import sys, typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
@app.command()
def main(name: str, loud: bool = False) -> None:
    print(name.upper() if loud else name)
sys.argv = ["bare", "django-cities"]
app()
"""
_TERMINAL = {"CLICOLOR_FORCE": "1", "COLUMNS": "100"}


def rows(catalog: Path, home: Path, slug: str, times: int) -> list[tuple[str, str, str]]:
    """Return what was measured, its goal, and the ratio of CPU time to the bare program's.

    The grid is in a copy of the catalog.
    """
    with_grid = catalog.with_name("grid.db")
    grid.make_grid(catalog, with_grid, 20)
    named = {"PKGCAT_DB": str(catalog)}
    completion = {
        "_PKGCAT_COMPLETE": "complete_bash",
        "COMP_WORDS": f"pkgcat show {slug[:9]}",
        "COMP_CWORD": "2",
    }
    questions = (
        ("`show X --json`", "1.20", pkgcat("show", slug, "--json"), named),
        (
            "`show X --json`, the catalog in its default place",
            "1.20",
            pkgcat("show", slug, "--json"),
            {"HOME": str(home)},
        ),
        ("`show X` on a terminal", "1.9", pkgcat("show", slug), {**named, **_TERMINAL}),
        (
            "`list --limit 20` on a terminal",
            "1.9",
            pkgcat("list", "--limit", "20"),
            {**named, **_TERMINAL},
        ),
        (
            "`compare` of 5 on a terminal",
            "2.2",
            pkgcat("compare", "--where", "repo_watchers > 0", "--limit", "5"),
            {**named, **_TERMINAL},
        ),
        (
            "`grid show` of 20 x 20 on a terminal",
            "2.2",
            pkgcat("grid", "show", grid.SLUG),
            {"PKGCAT_DB": str(with_grid), **_TERMINAL},
        ),
        ("`search W`", "1.4", pkgcat("search", "dofiga", "lomi", "--limit", "20"), named),
        ("`list --json --limit 20`", "1.4", pkgcat("list", "--json", "--limit", "20"), named),
        ("`--help`", "1.5", pkgcat("--help"), named),
        ("completion of a slug", "1.4", pkgcat(), {**named, **completion}),
        ("`python -c pass`", "", python("pass"), {}),
    )
    unit, *found = in_turn(
        [(python(BARE), {}), *((command, env) for *_, command, env in questions)], times
    )
    measured = [
        (what, goal, f"{one.cpu / unit.cpu:.2f}")
        for (what, goal, *_), one in zip(questions, found, strict=True)
    ]
    return [
        (f"a bare Typer program: the unit, {unit.cpu * 1000:.0f} ms of CPU", "", "1"),
        *measured,
    ]
