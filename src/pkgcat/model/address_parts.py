"""What addresses of any kind are made of: how they are cut out of a sentence, and split."""

from urllib.parse import SplitResult, urlsplit

DOMAIN = r"[\w.-]*\.[A-Za-z]{2,}|\d+(?:\.\d+){3}|localhost|\[.*"
"""What looks like the name of a host, not like an alias."""
_OPENING = "'\"(<{"
CLOSING = "'),.;:]}"
"""What may stand behind an address in a sentence."""
AROUND = f'{CLOSING}">!'


def trim_address(text: str) -> str:
    """Return a text without what stands around an address in a sentence."""
    return text.strip().lstrip(_OPENING).rstrip(AROUND)


def split_page_address(text: str) -> SplitResult | None:
    """Split the address of a page, which may lack its scheme."""
    if "://" not in text:
        text = f"https://{text}"
    return split_address(text)


def split_address(text: str) -> SplitResult | None:
    """Split any address; None where that cannot be done."""
    try:
        return urlsplit(text)
    except ValueError:  # an unclosed [ in the host
        return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine and says so plainly: localhost, 127.0.0.0/8 or ::1.

    Other spellings (127.1, 2130706433, ::ffff:127.0.0.1, localhost.) are left to the system's
    resolver, and what they lead to is not known here.
    """
    from ipaddress import IPv4Address, IPv6Address, ip_address  # offline only imports ask

    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_loopback
    return address == IPv6Address("::1")


def read_port(parts: SplitResult) -> int | None:
    """Return the port of an address; None where it has none, or no number that a port can have."""
    try:
        return parts.port
    except ValueError:
        return None
