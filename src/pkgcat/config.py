"""Settings, from options, the environment and config.toml: the only module that reads the
environment.
"""

import os
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pkgcat.config_file import name_hosts, read_settings, read_toml
from pkgcat.errors import BadConfig, Denied
from pkgcat.model.days import CalendarSpan, parse_span
from pkgcat.model.hosts import find_public_host, list_host_types
from pkgcat.model.states import DEFAULT_INACTIVE_AFTER


class Settings:
    """What holds for this run. `explicit`: the user chose the catalog; else it is the default one.

    config.toml is read once, and only by a run that needs it or that PKGCAT_CONFIG sends there:
    to find its default place costs one twentieth of a start.
    """

    def __init__(self, catalog: Path | None = None) -> None:
        """Take what `--db` says, else PKGCAT_DB, else config.toml, else the user's data folder.

        Raises BadConfig naming the file and the key, Denied where config.toml may not be read.
        """
        if catalog is None and (named := os.environ.get("PKGCAT_DB")):
            catalog = Path(named)
        if os.environ.get("PKGCAT_CONFIG") or catalog is None:
            path, written = self.written
            if catalog is None and path is not None and "catalog" in written:
                catalog = path.parent / _at_home(written["catalog"])
        self.explicit = catalog is not None
        self.catalog = _at_home(catalog) if catalog else _find_data_folder() / "catalog.db"

    @cached_property
    def written(self) -> tuple[Path | None, dict[str, Any]]:
        """Where config.toml is, and what it says."""
        path, written = _read_config()
        if path is None:
            return path, written
        return path, read_settings(path, written)

    @property
    def host_types(self) -> dict[str, str | None]:
        """The kinds of self-hosted repository hosts, by host."""
        kinds = list_host_types()
        hosts = self.written[1].get("hosts", {})
        return {host: kinds[table["type"]] for host, table in hosts.items()}

    def api_url(self, kind: str, host: str) -> str | None:
        """Where a host answers, if it is not where hosts of its kind do."""
        table: dict[str, str]
        if find_public_host(host) is not None:
            table = self.written[1].get("sources", {}).get(kind, {})
        else:
            table = self.written[1].get("hosts", {}).get(host, {})
        return table.get("api_url")

    def token(self, host: str) -> str | None:
        """The token for a host: from the environment, else from tokens.toml beside config.toml.

        Raises Denied where others may read tokens.toml, BadConfig where it is wrong.
        """
        for name in self._token_variables(host):
            if token := _read_variable(name):
                return token
        kind = find_public_host(host)
        if kind is not None and kind.basic_variables is not None:
            mail, token = map(_read_variable, kind.basic_variables)
            if mail:
                return f"{mail}:{token}" if token else None
        return self._token_file.get(host)

    def _token_variables(self, host: str) -> tuple[str, ...]:
        """Return the environment variables that may hold the token of a host."""
        own = self.written[1].get("hosts", {}).get(host, {}).get("token_env")
        if own:
            return (own,)
        kind = find_public_host(host)
        return kind.token_variables if kind else ()

    @cached_property
    def _token_file(self) -> dict[str, str]:
        if self.written[0] is None:
            return {}
        path = self.written[0].with_name("tokens.toml")
        tokens = read_toml(path) or {}
        if tokens and path.stat().st_mode & 0o077:
            raise Denied(f"{path}: others may read it; 'chmod 600 {path}' keeps your tokens yours")
        if not all(isinstance(token, str) for token in tokens.values()):
            raise BadConfig(f'{path}: it takes lines like "git.example.org" = "token"')
        return name_hosts(path, tokens)

    @property
    def serve_token(self) -> str | None:
        """The token that readers of a served catalog need; None where none is set."""
        return _read_variable("PKGCAT_SERVE_TOKEN") or None

    @property
    def timezone(self) -> str:
        """The time zone of `--format apiv4`."""
        return str(self.written[1].get("timezone", "America/New_York"))

    @property
    def inactive_after(self) -> CalendarSpan:
        """Without a commit and a release for so long a package is inactive."""
        given = self.written[1].get("inactive_after")
        if given is None:
            return DEFAULT_INACTIVE_AFTER
        return parse_span(given)


class Terminal(NamedTuple):
    """What the environment says of the terminal. None: nothing is said, ask the stream."""

    colour: bool | None
    width: int | None
    dumb: bool
    pager: str | None
    editor: str | None


def config_path() -> Path | None:
    """Return where config.toml is looked for; None for a user who has no home."""
    if named := os.environ.get("PKGCAT_CONFIG"):
        return _at_home(named)
    from platformdirs import user_config_path

    folder = _find_user_folder(user_config_path)
    return folder and folder / "config.toml"


def terminal() -> Terminal:
    """Read what users set about colour, width, pager and editor (no-color.org,
    bixense.com/clicolors).
    """
    is_dumb = os.environ.get("TERM") == "dumb"
    editor = os.environ.get("PKGCAT_EDITOR") or os.environ.get("VISUAL") or os.environ.get("EDITOR")
    return Terminal(_wants_colour(), _read_width(), is_dumb, _find_pager(), editor)


def _wants_colour() -> bool | None:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if os.environ.get("CLICOLOR") == "0":
        return False
    if os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return None


def _read_width() -> int | None:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    return None


def _find_pager() -> str:
    """Return the pager's command; an empty one, which is no pager, may be set too."""
    for name in ("PKGCAT_PAGER", "PAGER"):
        pager = os.environ.get(name)
        if pager is not None:
            return pager
    return "less -FIRX"


def read_browsers() -> list[str]:
    """Return the commands of browsers that the user named, the preferred one first; as Python's
    webbrowser reads them.
    """
    return [name for name in os.environ.get("BROWSER", "").split(os.pathsep) if name.strip()]


def has_display() -> bool:
    """Whether a window can be opened: always on macOS, elsewhere where X11 or Wayland runs."""
    if sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def read_network_variable(name: str) -> tuple[str, str]:
    """Return the name and the value of a variable that libraries read in capitals or in lower case,
    which goes first; "" where it is not set.
    """
    capitals = os.environ.get(name)
    lower_case = os.environ.get(name.lower())
    if lower_case is not None and lower_case != capitals:
        return name.lower(), lower_case
    return name, capitals or ""


def is_completing() -> bool:
    """Whether a shell asks for completions: it sets a variable such as _PKGCAT_COMPLETE."""
    return any(name.endswith("_COMPLETE") for name in os.environ)


def pager_environment() -> dict[str, str]:
    """Return the environment of a pager: `less` shows colours instead of `ESC[2m`, unless the user
    has set options for it, and so does `lv`. Git does the same.
    """
    return {"LESS": "FRX", "LV": "-c", **os.environ}


def _read_variable(name: str) -> str:
    return os.environ.get(name, "").strip()


def _at_home(path: str | Path) -> Path:
    """Read ~ as the shell does; the home of a user who does not exist stays as it is written."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # Path.expanduser raises RuntimeError


def _find_data_folder() -> Path:
    """Return the user's data folder; raise BadConfig for a user who has no home."""
    from platformdirs import user_data_path

    folder = _find_user_folder(user_data_path)
    if folder is None:
        raise BadConfig("this user has no home folder; set HOME, or name the catalog with --db")
    return folder


def _find_user_folder(ask: Callable[..., Path]) -> Path | None:
    """Return a folder of the user's that platformdirs knows; None for one who has no home: neither
    HOME nor an entry in passwd.
    """
    try:
        folder = ask("pkgcat", appauthor=False)
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None  # before 4.10 a `~` stayed as it was


def _read_config() -> tuple[Path | None, dict[str, Any]]:
    """Return where config.toml is, and what it says; one that is not there says nothing."""
    path = config_path()
    if path is None:
        return None, {}
    if os.environ.get("PKGCAT_CONFIG"):
        written = read_toml(path)
        if written is None:
            raise BadConfig(f"{path} does not exist, and PKGCAT_CONFIG names it")
        return path, written
    return path, read_toml(path) or {}
