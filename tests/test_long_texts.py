"""Whatever reads text from elsewhere takes linear time: 50,000 characters of any kind cost
next to nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from pkgcat.formats import markdown_text
from pkgcat.http import responses
from pkgcat.http.responses import Answer
from pkgcat.model import addresses as urls
from pkgcat.model import site_addresses, text, validate
from pkgcat.services import digest
from pkgcat.sources import fact_values, json_values, licenses, project_links
from pkgcat.store import search
from tests.cpu import cpu_limit

LENGTH = 50_000
CPU_SECONDS = 1
"""For one text: thirty times what the slowest reader needs, and a fraction of what quadratic
work takes.
"""

PIECES = [
    *(
        " ",
        "\n",
        "\t",
        "<",
        ">",
        "@",
        ".",
        "/",
        "-",
        "_",
        "(",
        ")",
        "[",
        "]",
        '"',
        "'",
        "\\",
        "|",
        "*",
        "`",
        "&",
        "#",
    ),
    *(
        "a",
        "a.",
        "a@",
        "@a",
        "@.",
        " <",
        "< ",
        "<>",
        "<a> ",
        "<>;",
        '<>; rel="next", ',
        "; rel=",
        "rel=!",
        "a:",
        "git@a:",
    ),
    *(
        "mit and ",
        "(mit) or ",
        "mit with ",
        "((",
        "license ",
        "1",
        "1.",
        "1!",
        "0",
        "page=1&",
        "?page=1",
        "%20",
        "//",
    ),
    *(
        ".git",
        ".git@",
        "é",
        "検",
        "\u0301",
        "\u202e",
        "\x1b[",
        "\x1b]",
        "\x9b0",
        "\ud800",
        "\0",
        "{",
        '{"a":',
        '"\\ud8',
    ),
]


def texts() -> list[str]:
    """Return long texts of each piece, alone and within something that may match."""
    found: list[str] = []
    for piece in PIECES:
        body = piece * (LENGTH // len(piece))
        found += [body, f"a{body}!", f"https://github.com/{body}"]
    return found


READERS: dict[str, Callable[[str], object]] = {
    "person": fact_values.read_person_name,
    "links": lambda given: json_values.read_links(Answer(headers={"link": given})),
    "page": json_values.read_page_number,
    "moment": lambda given: json_values.read_datetime("host", "time", given),
    "text": lambda given: json_values.read_text("host", "name", given),
    "values": lambda given: fact_values.make_values(
        "host", {"repo_description": given, "participants": [given]}
    ),
    "licence of a host": licenses.of_host,
    "licence of a project": lambda given: licenses.of_project(None, [given], given),
    "documentation": lambda given: project_links.documentation({given: given, "docs": given}),
    "repositories": lambda given: project_links.repositories(
        given, {"source": given, given: given}
    ),
    "repository": urls.repository,
    "shorthand": urls.shorthand,
    "name on PyPI": site_addresses.pypi_name,
    "page of Django Packages": site_addresses.django_packages,
    "JSON": lambda given: responses.parse_json("host", given.encode("utf-8", "replace")),
    "retry-after": lambda given: responses.read_quota(
        {"ratelimit-remaining": given, "ratelimit-reset": given}, NOW
    ),
    "slug": validate.slugify,
    "search": search.expression,
    "older version": lambda given: digest._is_lower_version(given, "1.0"),
    "clean": text.clean,
    "clean lines": lambda given: text.clean(given, lines=True),
    "link": text.link,
    "markdown": markdown_text.escape_markdown,
}
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("reader", READERS)
def test_a_long_text_takes_linear_time(reader: str) -> None:
    read = READERS[reader]
    for given in texts():
        with cpu_limit(CPU_SECONDS), suppress(Exception):
            read(given)
