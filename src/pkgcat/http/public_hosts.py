"""Which hosts are public: those that a stranger's address may make pkgcat ask."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from pkgcat.http.errors import NotPublic

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address is in the last 32 bits


async def resolve_public_host(host: str, port: int) -> list[str]:
    """Return the addresses of a host, all of which are public.

    Raises NotPublic for an IP address, localhost, and a name that leads to any address that is not
    public; OSError where the name leads nowhere.
    """
    if not may_be_public(host):
        raise NotPublic(_describe(host))
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(map(is_public_address, addresses)):
        raise NotPublic(_describe(host))
    return addresses


def _describe(host: str) -> str:
    return (
        f"{host} is not public, and is not asked; [hosts] in config.toml names hosts of one's own"
    )


def may_be_public(host: str) -> bool:
    """Whether a host is a name, and not that of this machine; what it leads to is not looked at.

    A name whose last label is a number is an IPv4 address in one of its older spellings
    (url.spec.whatwg.org, "ends in a number").
    """
    name = host.lower().rstrip(".")
    last = name.rpartition(".")[2]
    if not name or ":" in name or last == "localhost":
        return False
    is_hexadecimal = last.startswith("0x") and all(
        digit in "0123456789abcdef" for digit in last[2:]
    )
    return not last.isdigit() and not is_hexadecimal


def is_public_address(text: str) -> bool:
    """Whether an IP address is reached over the public internet; those that hold another address
    are judged by that.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inner = _find_inner_address(address)
    if inner is not None:
        return is_public_address(str(inner))
    is_special = address.is_multicast or address.is_reserved or address.is_site_local
    return address.is_global and not is_special


def _find_inner_address(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour
