"""remove: take packages out of the catalog."""

import typer

from pkgcat.commands.arguments import Slugs
from pkgcat.commands.options import Writing, program
from pkgcat.commands.session import names, writing
from pkgcat.store import edits, packages


def remove(ctx: typer.Context, slugs: Slugs) -> None:
    """Remove packages; 'pkgcat undo' brings them back.

    \b
    Examples:
      pkgcat remove django-cities
      pkgcat list --failing --fields slug | pkgcat remove -
    """
    wanted = names(slugs)
    with writing(ctx, f"remove {' '.join(wanted)}") as run:
        removed = []
        for key in [packages.find(run.store, name) for name in wanted]:
            removed.append(packages.slug(run.store, key))
            edits.remove(run.operation, key)
        verb, undo = ("would remove", "") if run.dry_run else ("removed", "; 'pkgcat undo' brings it back")
        run.say(f"{verb} {', '.join(removed) or 'nothing'}{undo if removed else ''}")


def app(name: str) -> typer.Typer:
    """Return `remove` as an app."""
    return program((name, remove, Writing))
