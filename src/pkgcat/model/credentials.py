"""Credentials cut from addresses: users, passwords, parameters that are secrets."""

import re
from urllib.parse import unquote

from pkgcat.model.address_parts import CLOSING, DOMAIN

_LOGINS = ("git", "hg")
"""User names that are no secret: every repository of a host is reached with the same one over
ssh.
"""

_AUTHORITY = r"(?:(?<![^:\s'\"(<\[=])//|(?<=http:)/|(?<=https:)/)"  # after a scheme, or at the beginning of a word
_USER = rf"{_AUTHORITY}([^/?#]*)@"  # RFC 3986, 3.2.1: all up to the last @ of the authority
_BROKEN_USER = rf"{_AUTHORITY}([^/?#@:\[]+:(?!\d*(?:[/?#]|\Z))[^@]{{0,250}})@"  # a password with / ? or # not escaped
_BARE_USER = r"""(?x) \A ([\s"'(<\[]*)      # what may stand before an address in a text
      ([^\s:/@?\#]+) (:(?!//)\S+)? @          # user, and password
      ([\w.-]{1,253} | \[[\da-fA-F:.]+\])     # host
      (?=(/ | :\d{1,5}(?:[/?\#]|\Z) | : | ))  # a path, a port, a path as scp has it, or nothing
    """  # an address without a scheme
_WORD = r"[^\s\"<>]+"
_PARAMETER = r"[?&;#]([^=&;#?]+)=[^&;#]"
_SECRET_PARAMETERS = (
    "token",
    "secret",
    "passw",
    "passphrase",
    "credential",
    "signature",
    "accesskey",
    "authorization",
    "oauth",
    "bearer",
    "session",
    "jwt",
)
"""A parameter is a secret when its name, without punctuation, contains one of these."""
_SECRET_PARAMETER_NAMES = ("auth", "pass", "pwd", "pat", "sid", "sig")
"""A parameter is a secret when this is its whole name; so is one whose name ends with `key`."""


def strip_credentials(address: str) -> str:
    """Return an address without user, password, and the parameters of its query or fragment that
    are secrets.

    `git@host:path` and `ssh://git@host` keep their user, which is no secret. An address without
    credentials is returned byte for byte. Text that is no address is returned as it is, where it
    looks like none.
    """
    if "@" in address:
        address = re.sub(_BROKEN_USER, _without_user, address)
        address = re.sub(_USER, _without_user, address)
        address = re.sub(_BARE_USER, _without_bare_user, address)
    if "=" in address:
        address = _strip_parameters(address)
    return address


def strip_credentials_in(text: str) -> str:
    """Return a text, such as a message or a command, with the credentials cut from every
    address in it.
    """
    if "@" not in text and "=" not in text:
        return text
    return re.sub(_WORD, _strip_word, text)


def addresses_with_credentials(text: str) -> list[str]:
    """Return the addresses of a text that had credentials, without them."""
    if "@" not in text and "=" not in text:
        return []
    found = []
    for word in re.findall(_WORD, text):
        address = word.rstrip(CLOSING)
        stripped = strip_credentials(address)
        if stripped != address:
            found.append(stripped.lstrip("'\"(<["))
    return found


def _strip_word(match: re.Match[str]) -> str:
    word = match[0]
    address = word.rstrip(CLOSING)
    return strip_credentials(address) + word[len(address) :]


def _without_user(match: re.Match[str]) -> str:
    user, _, password = match[1].partition(":")
    if not password and (not user or user in _LOGINS):
        return match[0]
    if user in _LOGINS:
        return f"//{user}@"
    return "//"


def _without_bare_user(match: re.Match[str]) -> str:
    """Cut the user of an address without a scheme; leave e-mail addresses and what only looks
    like an address.
    """
    before, user, password, host, separator = match.groups()
    is_domain = re.fullmatch(DOMAIN, host) is not None
    if password is None and (user in _LOGINS or not separator or not is_domain):
        return match[0]
    if password is not None and (user == "mailto" or not (is_domain or "/" not in password)):
        return match[0]
    is_scp = separator == ":"  # where the user cannot be left out
    if is_scp or user in _LOGINS:
        return f"{before}git@{host}"
    return f"{before}{host}"


def _strip_parameters(address: str) -> str:
    head, *rest = re.split(r"([?&;#])", address)
    kept = [head]
    opening = ""  # the ? or # of a query or fragment whose first parameters were cut
    for separator, parameter in zip(rest[::2], rest[1::2], strict=True):
        if separator in "?#":
            opening = ""
        name, _, value = parameter.partition("=")
        if _is_secret(name, value):
            if separator in "?#":
                opening = separator
            continue
        kept += (opening or separator, parameter)
        opening = ""
    return "".join(kept)


def _is_secret(name: str, value: str) -> bool:
    """Whether a parameter is a secret by its name, or is an address that has credentials itself."""
    if not value:
        return False
    if _is_secret_name(name):
        return True
    if "%" not in value and "//" not in value:
        return False
    nested = unquote(value)
    if re.sub(_USER, _without_user, nested) != nested:
        return True
    return any(_is_secret_name(inner) for inner in re.findall(_PARAMETER, nested))


def _is_secret_name(name: str) -> bool:
    name = re.sub(r"[^a-z]", "", unquote(name).lower())
    return (
        name.endswith("key")
        or name in _SECRET_PARAMETER_NAMES
        or any(part in name for part in _SECRET_PARAMETERS)
    )
