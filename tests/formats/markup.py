"""HTML and SVG read back, and what must not be in them."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree

_VOID = {"meta", "br", "link", "img", "input", "hr"}
_LOADING = {"script", "img", "iframe", "object", "embed", "link", "form", "base", "video", "audio"}
_LOADING_ATTRIBUTES = {
    "src",
    "srcset",
    "action",
    "formaction",
    "background",
    "data",
    "ping",
    "style",
}


class Page(HTMLParser):
    """A page: its elements with their attributes, its text without the styles, its links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.styles = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], self._open

    @property
    def links(self) -> list[str]:
        return [str(attributes["href"]) for _, attributes in self.elements if "href" in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            self.styles += data
        else:
            self.text += data


def read_page(html: str) -> Page:
    """Return a page that runs nothing and loads nothing."""
    page = Page(html)
    assert_inert(page.elements)
    assert not re.search(r"@import|url\(|expression", page.styles)
    return page


def read_picture(svg: str) -> ElementTree.Element:
    """Return a picture that is well-formed, runs nothing and loads nothing."""
    root = ElementTree.fromstring(svg)
    elements = []
    for element in root.iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        elements.append((tag, dict(element.attrib)))
    assert_inert(elements)
    known = {"svg", "style", "rect", "circle", "text", "a", "g", "path", "title"}
    assert {tag for tag, _ in elements} <= known
    for style in root.iter("{http://www.w3.org/2000/svg}style"):
        assert not re.search(r"@import|url\(|expression", str(style.text))
    return root


def assert_inert(elements: list[tuple[str, dict[str, str | None]]]) -> None:
    """Assert that no element runs or loads anything; links are followed when somebody clicks."""
    for tag, attributes in elements:
        assert tag not in _LOADING, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in _LOADING_ATTRIBUTES, (tag, name)
            if name == "href":
                assert tag == "a"
                assert urlsplit(str(value)).scheme in ("http", "https"), value
