"""remove: take packages out of the catalog."""

import typer

from pkgcat.services.remove import remove_packages
from pkgcat.shell.arguments import Slugs
from pkgcat.shell.options import Writing, program
from pkgcat.shell.session import read_names, writing


def remove(ctx: typer.Context, slugs: Slugs) -> None:
    """Remove packages; 'pkgcat undo' brings them back.

    \b
    Examples:
      pkgcat remove django-cities
      pkgcat list --failing --fields slug | pkgcat remove -
    """
    wanted = read_names(slugs)
    with writing(ctx, f"remove {' '.join(wanted)}", kind="remove") as run:
        removed = remove_packages(run.operation, wanted)
        listed = ", ".join(removed) or "nothing"
        if run.dry_run:
            run.say(f"would remove {listed}")
        elif removed:
            run.say(f"removed {listed}; 'pkgcat undo' brings it back")
        else:
            run.say(f"removed {listed}")


def app(name: str) -> typer.Typer:
    """Return `remove` as an app."""
    return program((name, remove, Writing))
