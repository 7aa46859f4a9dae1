"""path: where the catalog is."""

import typer

from pkgcat import config
from pkgcat.model.text import clean
from pkgcat.results.table import Table, text_columns
from pkgcat.shell.options import Tabular, program
from pkgcat.shell.session import session


def path(ctx: typer.Context) -> None:
    """Print where the catalog is.

    With --json also where settings are looked for.

    \b
    Example:
      sqlite3 "$(pkgcat path)" .schema
    """
    with session(ctx) as run:
        catalog = str(run.settings.catalog.absolute())
        settings = config.config_path()
        if run.structured:
            row = (catalog, None if settings is None else str(settings))
            run.print_table(Table(text_columns(*_Path.columns), [row], single=True))
            return
        for name in run.fields or ("catalog",):
            found = catalog
            if name == "config":
                found = str(settings or "")
            shown = clean(found) if run.screen.terminal else found
            run.write_data(f"{shown}\n")


class _Path(Tabular):
    columns = ("catalog", "config")


def app(name: str) -> typer.Typer:
    """Return `path` as an app."""
    return program((name, path, _Path))
