"""A Rich console that writes what it is given and nothing of its own."""

from typing import IO, cast

from rich.console import Console

from pkgcat.results.output import Output, Screen


def make_console(screen: Screen, out: Output) -> Console:
    """Return a console of the screen's width and colours; markup, emoji and highlighting are
    off.
    """
    color_system = "standard" if screen.colour else None
    return Console(
        file=cast("IO[str]", out),
        width=screen.width,
        force_terminal=screen.colour,
        no_color=not screen.colour,
        color_system=color_system,  # type: ignore[arg-type]  # mypy widens the literal
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
