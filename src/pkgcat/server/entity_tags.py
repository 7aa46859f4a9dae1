"""ETag and If-None-Match (RFC 9110, 8.8.3 and 13.1.2)."""

from hashlib import blake2b

from pkgcat import __version__


def make_entity_tag(*parts: object) -> str:
    """Return the tag of an answer: the same for the same parts and the same pkgcat."""
    text = "\0".join(map(str, (__version__, *parts)))
    return f'"{blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether an If-None-Match header names a tag."""
    if header is None:
        return False
    return any(entry.strip().removeprefix("W/") == tag for entry in header.split(","))
