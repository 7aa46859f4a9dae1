"""One description of each host: it answers the same in process, as tests/sources/fakes.py
asks it, and over HTTP.
"""

import httpx
import pytest

from tests.upstream import Upstream, World
from tests.upstream.host import Host
from tests.upstream.messages import Request
from tests.upstream.pagination import paginate
from tests.upstream.server import HOSTS
from tests.upstream.small import TOKEN, places
from tests.upstream.world import LazyDict

HEADERS = {**TOKEN, "user-agent": "pkgcat-tests", "accept": "application/json"}


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_hosts_answer_the_same_in_process(
    host: type[Host], world: World, upstream: Upstream, client: httpx.Client
) -> None:
    address = places(upstream)[host.name]
    answer = client.get(address, headers=HEADERS)
    response = host(world, upstream.url(host.name)).ask(
        address.removeprefix(upstream.url(host.name) + "/"), HEADERS
    )
    assert (answer.status_code, answer.content) == (response.status, response.body)
    assert answer.headers.get("etag") == response.headers.get("etag")


def test_a_document_is_answered_the_same_in_process(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    body = (
        b'{"query": "{ repository(owner: \\"ann\\", name: \\"maps\\") { nameWithOwner isEmpty } }"}'
    )
    response = HOSTS[0](world, upstream.url("github")).ask("graphql", HEADERS, body)
    assert (
        client.post(upstream.url("github") + "/graphql", content=body, headers=TOKEN).content
        == response.body
    )
    assert b'"ann/maps"' in response.body


@pytest.mark.parametrize("size", [1, 3, 7, 10])
def test_pages_together_are_the_list_and_lead_to_each_other(size: int) -> None:
    seen: list[int] = []
    number = 1
    while True:
        page = paginate(
            Request("GET", f"/?page={number}&per_page={size}", {}), range(7), "per_page", 5
        )
        seen += page.rows
        pages = page.relate_pages()
        assert pages.get("prev") == (number - 1 if number > 1 else None)
        assert pages.get("last") == (-(-7 // size) if page.has_next else None)
        if not page.has_next:
            break
        number = pages["next"]
    assert seen == list(range(7))
    assert number == page.last


def test_the_size_of_a_page_is_capped_and_nonsense_is_the_default() -> None:
    for query, size in (
        ("", 5),
        ("?per_page=100", 6),
        ("?per_page=0", 5),
        ("?per_page=x&page=x", 5),
    ):
        assert (
            paginate(Request("GET", f"/{query}", {}), range(20), "per_page", 5, largest=6).size
            == size
        )
    assert paginate(Request("GET", "/?page=9", {}), range(20), "per_page", 5).rows == range(20, 20)
    assert paginate(Request("GET", "/", {}), range(0), "per_page", 5).relate_pages() == {}


def test_values_are_made_once_and_what_is_deleted_stays_away() -> None:
    made: list[int] = []

    def make(key: int) -> list[int] | None:
        made.append(key)
        return None if key < 0 else [key]

    values = LazyDict(make)
    assert values.get(1) is values[1]
    assert values.get(-1) is None
    with pytest.raises(KeyError):
        values[-1]
    assert made == [1, -1]
    del values[1]
    assert values.get(1) is None
    values[1] = [5]
    assert values[1] == [5]
