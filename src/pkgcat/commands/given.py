"""Values as a person gives them: spellings put right, mistakes told, durations and conditions read."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from pkgcat import urls
from pkgcat.errors import Invalid
from pkgcat.models import EMPTY, FIELDS, Condition, Operator, Value, check_field, nearest
from pkgcat.rules import parse
from pkgcat.store import Store, groups, packages

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_WORDS: dict[str, Operator] = {
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "contains": "~",
    "==": "=",
}
_SIGNS = r"<=|>=|!=|==|=|<|>|~|\s(?:eq|ne|lt|le|gt|ge|contains)\s"
_CONDITION = rf"(?s)\s*(\w+)\s*({_SIGNS})\s*(.*?)\s*"
HOSTS = ("github", "gitlab", "forgejo", "bitbucket")


def duration(text: str) -> timedelta:
    """Read `90m`, `24h`, `7d`, `2w` or `1y`."""
    match = re.fullmatch(r"(\d{1,6})([smhdwy])", text)
    if not match:
        raise Invalid(f"{text!r} is not a duration; 24h, 7d or 2w are")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def before(now: datetime, text: str) -> datetime:
    """Return the moment a duration ago."""
    try:
        return now - duration(text)
    except OverflowError:
        raise Invalid(f"{text!r} is longer than the calendar") from None


def condition(text: str, now: datetime) -> Condition:
    """Read `FIELD OP VALUE`; `null` as the value means unknown."""
    match = re.fullmatch(_CONDITION, text)
    if not match:
        raise Invalid(f"{text!r} is not a condition; FIELD OP VALUE is, with {' '.join(get_args(Operator))}")
    name, sign, given = match[1], match[2].strip(), match[3]
    operator: Any = _WORDS.get(sign, sign)
    field = check_field(name)
    if given == "null":
        if operator not in ("=", "!="):
            raise Invalid(f"{text!r}: unknown can only be compared with = and !=")
        return Condition(name, operator, None)
    if field.kind in EMPTY and operator not in ("=", "!=", "~"):
        raise Invalid(f"{text!r}: {name} is a list, which takes = or ~ (has) and != (has not)")
    return Condition(name, operator, _compared(name, operator, given, now))


def _compared(name: str, operator: str, given: str, now: datetime) -> Value:
    kind = FIELDS[name].kind
    if kind in ("str", "strs", "facts") or (operator == "~" and kind != "ints"):
        return given
    if kind == "datetime":
        return moment(name, given, now)
    if kind == "bool":
        if given not in ("true", "false"):
            raise Invalid(f"{name}: {given!r} is neither true nor false")
        return given == "true"
    if not re.fullmatch(r"-?\d{1,18}", given):
        raise Invalid(f"{name}: {given!r} is not a whole number")
    return int(given)


def moment(name: str, given: str, now: datetime) -> datetime:
    """Read a date, a date and time, or a duration before now."""
    try:
        found = datetime.fromisoformat(given)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    try:
        return before(now, given)
    except Invalid:
        raise Invalid(f"{name}: {given!r} is neither a date (2026-02-15) nor a duration (7d)") from None


def host_kind(name: str) -> str:
    """Return a kind of host that pkgcat knows; raise Invalid."""
    if name not in HOSTS:
        hint = nearest(name, list(HOSTS)) or f"; there are {', '.join(HOSTS)}"
        raise Invalid(f"there is no kind of host {name!r}{hint}")
    return name


def by_hand(store: Store, name: str, given: object) -> Value:
    """Check a value a person sets, and put its spelling right; raise Invalid or NotFound."""
    value = parse(name, given.strip() if isinstance(given, str) and name != "notes" else given)
    if not isinstance(value, str) or not value:
        return value
    if name == "repo_url":
        found = urls.repository(value) or urls.shorthand(value)
        if found is None:
            raise Invalid(f"repo_url: {value!r} is no repository's address; https://github.com/owner/name is the form")
        return value if "://" in value else found.url
    if name == "pypi_url":
        project = urls.pypi_name(value)
        if project is None:
            raise Invalid(f"pypi_url: {value!r} is neither a project's name nor its address on PyPI")
        return value if "://" in value else f"https://pypi.org/project/{project}/"
    if name == "documentation_url" and not re.match(r"https?://[^\s/]+", value):
        raise Invalid(f"documentation_url: {value!r} is not an http or https address")
    if name == "repo_host":
        return host_kind(value)
    if name == "replaced_by":
        return str(store.value("SELECT slug FROM packages WHERE key = ?", (packages.find(store, value),)))
    return value


def known(store: Store, entity: groups.Entity, slug: str | None) -> str | None:
    """Return a group's slug once it is known to be one."""
    if slug is not None:
        groups.find(store, entity, slug)
    return slug
