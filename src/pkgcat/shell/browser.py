"""The user's browser."""

import shlex

from pkgcat import config
from pkgcat.shell import streams
from pkgcat.shell.foreground import foreground


def open_address(address: str) -> bool:
    """Open an http or https address in the user's browser, and return whether that was done.

    It is not where stdout is no terminal, or where BROWSER names no browser and there is no display.
    No shell ever reads the address.
    """
    if not streams.stdout_is_terminal():
        return False
    for command in config.read_browsers():
        if _run_browser(command, address):
            return True
    if not config.has_display():
        return False
    import webbrowser  # few commands open anything

    return webbrowser.open(address)


def _run_browser(command: str, address: str) -> bool:
    """Run a command of BROWSER, in which %s stands for the address; else it comes last."""
    try:
        words = shlex.split(command)
        arguments = [word.replace("%s", address) for word in words]
        if arguments == words:
            arguments.append(address)
        with foreground(arguments) as process:
            pass
    except (OSError, ValueError):
        return False
    return process.returncode == 0
