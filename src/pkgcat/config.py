"""Settings, from options, the environment and config.toml: the only room that reads the environment."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pkgcat.errors import BadConfig, Denied
from pkgcat.models import nearest

HOST_TYPES = ("github", "gitlab", "forgejo", "gitea", "bitbucket")
_KEYS = ("catalog", "timezone", "hosts", "sources")
_HOST_KEYS = ("type", "api_url", "token_env")


PUBLIC = {
    "github": "github.com",
    "gitlab": "gitlab.com",
    "forgejo": "codeberg.org",
    "bitbucket": "bitbucket.org",
    "pypi": "pypi.org",
    "djangopackages": "djangopackages.org",
}
"""The host that each of `[sources]` is about."""

_TOKENS = {
    "github.com": ("PKGCAT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
    "gitlab.com": ("GITLAB_TOKEN",),
    "codeberg.org": ("CODEBERG_TOKEN", "FORGEJO_TOKEN"),
    "bitbucket.org": ("BITBUCKET_ACCESS_TOKEN",),
}


class Settings:
    """What holds for this run. `named` tells a catalog the user chose from the default one.

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
            if catalog is None and "catalog" in written:
                catalog = path.parent / _at_home(written["catalog"])
        self.named = catalog is not None
        self.catalog = _at_home(catalog) if catalog else _data_folder() / "catalog.db"

    @cached_property
    def written(self) -> tuple[Path, dict[str, Any]]:
        """Where config.toml is, and what it says."""
        path, written = _read_config()
        for key, table in written.items():
            _check(path, key, table)
        return path, written

    @property
    def host_types(self) -> dict[str, str | None]:
        """The kinds of self-hosted repository hosts: Gitea speaks Forgejo's dialect."""
        hosts = self.written[1].get("hosts", {})
        return {host: table["type"].replace("gitea", "forgejo") for host, table in hosts.items()}

    def api_url(self, kind: str, host: str) -> str | None:
        """Where a host answers, if it is not where hosts of its kind do."""
        written = self.written[1]
        if host in PUBLIC.values():
            return written.get("sources", {}).get(kind, {}).get("api_url")  # type: ignore[no-any-return]
        return written.get("hosts", {}).get(host, {}).get("api_url")  # type: ignore[no-any-return]

    def token(self, host: str) -> str | None:
        """The token for a host: from the environment, else from tokens.toml beside config.toml.

        Raises Denied where others may read tokens.toml, BadConfig where it is wrong.
        """
        own = self.written[1].get("hosts", {}).get(host, {}).get("token_env")
        for name in (own,) if own else _TOKENS.get(host, ()):
            if token := os.environ.get(name, "").strip():
                return token
        if host == PUBLIC["bitbucket"] and (mail := os.environ.get("BITBUCKET_EMAIL", "").strip()):
            token = os.environ.get("BITBUCKET_API_TOKEN", "").strip()
            return f"{mail}:{token}" if token else None
        return self._token_file.get(host)

    @cached_property
    def _token_file(self) -> dict[str, str]:
        path = self.written[0].with_name("tokens.toml")
        tokens = _toml(path)
        if tokens and path.stat().st_mode & 0o077:
            raise Denied(f"{path}: others may read it; 'chmod 600 {path}' keeps your tokens yours")
        if not all(isinstance(token, str) for token in tokens.values()):
            raise BadConfig(f'{path}: it takes lines like "git.example.org" = "token"')
        return tokens

    @property
    def timezone(self) -> str:
        """The time zone of `--format apiv4`."""
        return str(self.written[1].get("timezone", "America/New_York"))


class Terminal(NamedTuple):
    """What the environment says of the terminal. None: nothing is said, ask the stream."""

    colour: bool | None
    width: int | None
    dumb: bool
    pager: str | None
    editor: str | None


def config_path() -> Path:
    """Return where config.toml is looked for."""
    if named := os.environ.get("PKGCAT_CONFIG"):
        return _at_home(named)
    from platformdirs import user_config_path

    return user_config_path("pkgcat", appauthor=False) / "config.toml"


def terminal() -> Terminal:
    """Read what users set about colour, width, pager and editor (no-color.org, bixense.com/clicolors)."""
    get = os.environ.get
    colour = None
    if get("NO_COLOR") or get("CLICOLOR") == "0" or get("TERM") == "dumb":
        colour = False
    elif get("CLICOLOR_FORCE", "0") != "0":
        colour = True
    columns = get("COLUMNS", "")
    pager = next((get(name) for name in ("PKGCAT_PAGER", "PAGER") if get(name) is not None), "less -FIRX")
    editor = get("PKGCAT_EDITOR") or get("VISUAL") or get("EDITOR")
    width = int(columns) if columns.isdecimal() and int(columns) > 0 else None
    return Terminal(colour, width, get("TERM") == "dumb", pager, editor)


def _at_home(path: str | Path) -> Path:
    """Read ~ as the shell does; the home of a user who does not exist stays as it is written."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # Path.expanduser raises RuntimeError


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("pkgcat", appauthor=False)


def _read_config() -> tuple[Path, dict[str, Any]]:
    path = config_path()
    if os.environ.get("PKGCAT_CONFIG") and not path.exists():
        raise BadConfig(f"{path} does not exist, and PKGCAT_CONFIG names it")
    return path, _toml(path)


def _toml(path: Path) -> dict[str, Any]:
    """Read a file of settings; one that is not there says nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise Denied(f"{path}: permission denied") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from error
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: {error}") from error


def _check(path: Path, key: str, given: Any) -> None:
    """Raise BadConfig where a key of config.toml is unknown or has the wrong form."""
    if key not in _KEYS:
        raise BadConfig(f"{path}: there is no setting {key!r}{nearest(key, list(_KEYS))}")
    if key in ("hosts", "sources"):
        if not isinstance(given, dict) or not all(isinstance(table, dict) for table in given.values()):
            raise BadConfig(f"{path}: {key} must be tables like {_example(key)}")
        for name, table in given.items():
            _check_table(path, key, name, table)
    elif not isinstance(given, str) or not given or "\0" in given:
        raise BadConfig(f"{path}: {key} must be a text")
    elif key == "timezone":
        _check_timezone(path, given)


def _check_table(path: Path, key: str, name: str, table: dict[str, Any]) -> None:
    known = _HOST_KEYS if key == "hosts" else ("api_url",)
    if key == "sources" and name not in PUBLIC:
        raise BadConfig(f"{path}: there is no source {name!r}{nearest(name, list(PUBLIC))}")
    for option, value in table.items():
        if option not in known or not isinstance(value, str):
            raise BadConfig(f"{path}: [{key}.{name}] takes {', '.join(known)} as texts, not {option!r}")
    if key == "hosts" and table.get("type") not in HOST_TYPES:
        raise BadConfig(f"{path}: [hosts.{name}] needs a type: {', '.join(HOST_TYPES)}")


def _example(key: str) -> str:
    return '[hosts."git.example.org"]' if key == "hosts" else "[sources.pypi]"


def _check_timezone(path: Path, name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadConfig(f"{path}: there is no time zone {name!r}; America/New_York is the form") from None
