"""Text as Markdown shows it (GitHub Flavored Markdown)."""

import re
from collections.abc import Iterable

from pkgcat.model.text import link

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&@$]|(?<!\d):|:(?!\d)|(?<=www)\.)", re.IGNORECASE)
"""What has a meaning within a line. GitHub makes links and emoji of colons and of `www.`."""


def link_address(text: str) -> str:
    """Return an http address as a link that shows it (CommonMark, 6.5), other text as it is."""
    if link(text):
        return f"<{text}>"
    return escape_markdown(text)


def escape_markdown(text: str) -> str:
    """Return text that Markdown shows as it is."""
    if text.isalnum():
        return text
    return _MARKUP.sub(r"\\\1", text)


def format_line(cells: Iterable[str]) -> str:
    """Return a line of a table (4.10)."""
    return f"| {' | '.join(cells)} |\n"
