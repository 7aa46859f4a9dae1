"""The page that a browser gets in the API: the answer, its status and its headers."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from typing import NamedTuple
from unicodedata import category

from jinja2 import Environment, PackageLoader, Template

from pkgcat.server.answers import NO_CONTENT_POLICY, Answer, Header
from pkgcat.server.links import replace_parameters
from pkgcat.server.requests import Request

HTML = b"text/html; charset=utf-8"

_ADDRESS = r'"(https?://[^"\\\s]+)"'
_HIDDEN = ("Cc", "Cf", "Co", "Cs")
"""Categories of characters that are invisible, or change how others are shown."""


class _Part(NamedTuple):
    """A part of the answer's text; `is_address` where it is to be a link."""

    text: str
    is_address: bool


def render_api_page(
    request: Request, name: str, status: str, headers: Iterable[Header], text: str
) -> Answer:
    """Return a page that shows the text of an answer."""
    template, policy = _load_template()
    page = template.render(
        name=name,
        request=f"{request.method} {request.path}{'?' if request.query else ''}{request.query}",
        status=status,
        headers=[(key.decode().title(), value.decode()) for key, value in headers],
        parts=_split_addresses(_escape_hidden(text)),
        json_query=replace_parameters(request.query, {"format": "json"}),
    )
    return Answer(200, page.encode(), HTML, policy=policy)


@cache
def _load_template() -> tuple[Template, bytes]:
    """Return the template, and a Content-Security-Policy that allows its own style sheet."""
    environment = Environment(loader=PackageLoader("pkgcat.server"), autoescape=True)
    source, _, _ = environment.loader.get_source(environment, "api.html")  # type: ignore[union-attr]  # it has one
    style = source.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest())
    policy = NO_CONTENT_POLICY + b"; style-src 'sha256-" + digest + b"'"
    return environment.get_template("api.html"), policy


def _split_addresses(text: str) -> Iterator[_Part]:
    """Yield the parts of JSON text: strings that are addresses, and what stands between them."""
    for number, part in enumerate(re.split(_ADDRESS, text)):
        is_address = number % 2 == 1
        yield _Part(part, is_address)


def _escape_hidden(text: str) -> str:
    """Escape the characters of JSON text that a reader could not see."""
    if text.isascii() and "\x7f" not in text:
        return text
    shown = []
    for character in text:
        if character != "\n" and category(character) in _HIDDEN:
            units = character.encode("utf-16-be", "surrogatepass").hex()
            shown.append("".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4)))
        else:
            shown.append(character)
    return "".join(shown)
