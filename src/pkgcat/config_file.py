"""The files of settings, config.toml and tokens.toml: read, and checked."""

import stat
from pathlib import Path
from typing import Any

from pkgcat.errors import BadConfig, Denied, Invalid, describe_os_error
from pkgcat.model.days import parse_span
from pkgcat.model.hosts import list_host_types, list_source_kinds
from pkgcat.model.parsing import parse_toml
from pkgcat.model.suggest import suggest

_KEYS = ("catalog", "timezone", "inactive_after", "hosts", "sources")
_HOST_KEYS = ("type", "api_url", "token_env")


def read_toml(path: Path) -> dict[str, Any] | None:
    """Read a file of settings; None where there is none."""
    try:
        text = _read_text(path)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Denied(f"{path}: permission denied") from error
    except OSError as error:
        raise BadConfig(f"{path}: {describe_os_error(error)}") from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
    try:
        return parse_toml(text)
    except Invalid as error:
        raise BadConfig(f"{path}: {error}") from error


def _read_text(path: Path) -> str:
    """Read an ordinary file; opening a pipe would wait for one who writes to it."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise BadConfig(f"{path} is no ordinary file")
    return path.read_text(encoding="utf-8-sig")


def read_settings(path: Path, written: dict[str, Any]) -> dict[str, Any]:
    """Return what config.toml says, each host by its name as addresses have it (`name_hosts`).

    Raises BadConfig naming the file and what is wrong.
    """
    for key, given in written.items():
        _check_setting(path, key, given)
    if "hosts" not in written:
        return written
    return {**written, "hosts": name_hosts(path, written["hosts"])}


def _check_setting(path: Path, key: str, given: Any) -> None:
    """Raise BadConfig where a key of config.toml is unknown or has the wrong form."""
    if key not in _KEYS:
        raise BadConfig(f"{path}: there is no setting {key!r}{suggest(key, list(_KEYS))}")
    if key == "hosts":
        for name, table in _check_tables(path, key, given, '[hosts."git.example.org"]').items():
            _check_host(path, name, table)
    elif key == "sources":
        for name, table in _check_tables(path, key, given, "[sources.pypi]").items():
            _check_source(path, name, table)
    else:
        _check_text(path, key, given)


def _check_text(path: Path, key: str, given: Any) -> None:
    if not isinstance(given, str) or not given or "\0" in given:
        raise BadConfig(f"{path}: {key} must be a text")
    if key == "timezone":
        _check_timezone(path, given)
    elif key == "inactive_after":
        _check_span(path, key, given)


def _check_tables(path: Path, key: str, given: Any, example: str) -> dict[str, dict[str, Any]]:
    """Return the tables under a key; raise BadConfig where it holds anything else."""
    message = f"{path}: {key} must be tables like {example}"
    if not isinstance(given, dict):
        raise BadConfig(message)
    for table in given.values():
        if not isinstance(table, dict):
            raise BadConfig(message)
    return given


def _check_host(path: Path, name: str, table: dict[str, Any]) -> None:
    _check_options(path, f"hosts.{name}", table, _HOST_KEYS)
    types = list_host_types()
    if table.get("type") not in types:
        raise BadConfig(f"{path}: [hosts.{name}] needs a type: {', '.join(types)}")


def name_hosts(path: Path, tables: dict[str, Any]) -> dict[str, Any]:
    """Return what a file says of each host, by the host as addresses have it (`read_host`).

    Raises BadConfig for what is no host, and for a host that is there twice.
    """
    from pkgcat.model.addresses import read_host  # most settings name no host

    found: dict[str, Any] = {}
    for name, said in tables.items():
        host = read_host(name)
        if host is None:
            raise BadConfig(f"{path}: {name!r} is no host; git.example.org is the form")
        if host in found:
            raise BadConfig(f"{path}: the host {host} is there twice")
        found[host] = said
    return found


def _check_source(path: Path, name: str, table: dict[str, Any]) -> None:
    sources = list(list_source_kinds())
    if name not in sources:
        raise BadConfig(f"{path}: there is no source {name!r}{suggest(name, sources)}")
    _check_options(path, f"sources.{name}", table, ("api_url",))


def _check_options(path: Path, title: str, table: dict[str, Any], known: tuple[str, ...]) -> None:
    for option, value in table.items():
        if option not in known or not isinstance(value, str):
            raise BadConfig(f"{path}: [{title}] takes {', '.join(known)} as texts, not {option!r}")


def _check_span(path: Path, key: str, given: str) -> None:
    try:
        parse_span(given)
    except Invalid as error:
        raise BadConfig(f"{path}: {key}: {error}") from None


def _check_timezone(path: Path, name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadConfig(
            f"{path}: there is no time zone {name!r}; America/New_York is the form"
        ) from None
