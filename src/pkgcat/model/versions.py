"""Versions (PEP 440) as texts that sort as the versions do."""

from typing import TYPE_CHECKING

from pkgcat.model.folding import fold_text

if TYPE_CHECKING:
    from packaging.version import Version

_END = "!"
"""Sorts before everything that may follow it in a key."""


def make_version_key(text: str) -> str:
    """Return a text whose order, by code points, is that of versions.

    1.0 and 1.0.0 have one key. A text that is no version sorts before all versions, by the folded
    text.
    """
    from packaging.version import Version  # costs a start-up

    try:
        version = Version(text)
        return f"1{_make_public_key(version)}{_make_local_key(version.local)}"
    except ValueError:  # InvalidVersion, or a number of more digits than int() takes
        return f"0{fold_text(text)}"


def _make_public_key(version: "Version") -> str:
    """Return the key of all but the local part: epoch, release, pre, post, dev.

    Of one release the order is 1.0.dev1, 1.0a1.dev1, 1.0a1, 1.0a1.post1, 1.0rc1, 1.0, 1.0.post1.
    """
    release = list(version.release)
    while release and release[-1] == 0:
        release.pop()
    parts = [_make_number_key(version.epoch), *map(_make_number_key, release), _END]
    if version.pre is not None:
        letter, number = version.pre
        parts.append(f"1{letter[0]}{_make_number_key(number)}")
    elif version.post is None and version.dev is not None:
        parts.append("0")
    else:
        parts.append("2")
    parts.append("0" if version.post is None else f"1{_make_number_key(version.post)}")
    parts.append("1" if version.dev is None else f"0{_make_number_key(version.dev)}")
    return "".join(parts)


def _make_local_key(local: str | None) -> str:
    """Return the key of a local part: none first, then segment by segment, numbers after words."""
    if local is None:
        return ""
    parts = []
    for segment in local.split("."):
        if segment.isdigit():
            parts.append(f"2{_make_number_key(int(segment))}")
        else:
            parts.append(f"1{segment}{_END}")
    return "".join(parts)


def _make_number_key(number: int) -> str:
    """Return the digits after a letter that tells how many there are: a9, b10, c100."""
    digits = str(number)
    return f"{chr(ord('`') + len(digits))}{digits}"
