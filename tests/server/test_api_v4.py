"""What the recorded exchanges leave open: the rules of API v4 beside them."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat.model.grid import Grid
from pkgcat.store import Store, groups
from pkgcat.store.operation import begin_operation
from tests.commands.program import Program
from tests.conftest import NOW
from tests.server.program import Server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v4/nothing/",
        "/api/v4/nothing",
        "/api/v4/packages/1326/grids/",
        "/api/v4/search/1/",
        "/api/v4/packages.JSON",
        "/api/v3/",
        "/api/v3/packages/",
        "/",
    ],
)
def test_what_is_no_address_of_the_api_is_404(server: Server, path: str) -> None:
    reply = server.ask(path)
    assert (reply.status, reply.json) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/api/v4/packages/?limit=99999999999999999999", 26),
        ("/api/v4/packages/?offset=99999999999999999999", 0),
        (f"/api/v4/packages/?limit={'9' * 5000}", 20),
    ],
    ids=["limit", "offset", "5,000 digits"],
)
def test_numbers_beyond_all_bounds_give_a_page(server: Server, path: str, wanted: int) -> None:
    reply = server.ask(path)
    assert (reply.status, len(reply.json["results"])) == (200, wanted)


@pytest.mark.parametrize("name", ["9" * 30, "9" * 5000, "%C2%B2", "0" * 40, "1" + "1326".zfill(18)])
def test_a_number_that_is_no_id_is_no_package(server: Server, name: str) -> None:
    reply = server.ask(f"/api/v4/packages/{name}/")
    assert (reply.status, reply.json["detail"]) == (
        404,
        "No Package matches the given query.",
    )


def test_nul_in_a_search_is_400(server: Server) -> None:
    assert server.ask("/api/v4/search/?q=%00").status == 400


def test_more_parameters_than_django_takes_are_400(server: Server) -> None:
    query = "&".join(["a"] * 1001)
    assert server.ask(f"/api/v4/packages/?{query}").status == 400


def test_a_group_without_an_id_of_a_site_counts_from_a_million_and_one(
    empty_server: Server, catalog: Path
) -> None:
    made = Program(catalog)("add", "--no-fetch", "django-cities", "--category", "apps")
    assert made.code == 0, made.err
    assert Program(catalog)("category", "add", "own", "--title", "Own").code == 0
    listed = empty_server.ask("/api/v4/categories/").json["results"]
    own = listed[0]
    assert (own["slug"], own["id"] > 1_000_000) == ("own", True)
    assert empty_server.ask(f"/api/v4/categories/{own['id']}/").json == own
    assert [group["id"] for group in listed[1:]] == [4, 3, 2, 1]


def test_a_package_without_category_has_null(empty_server: Server, catalog: Path) -> None:
    assert Program(catalog)("add", "--no-fetch", "django-cities").code == 0
    record = empty_server.ask("/api/v4/packages/django-cities/").json
    assert (record["category"], record["grids"]) == (None, [])


@pytest.fixture
def empty_server(catalog: Path) -> Iterator[Server]:
    """A server of a catalog with one package, which is taken out again."""
    program = Program(catalog)
    assert program("add", "--no-fetch", "first").code == 0
    assert program("remove", "first").code == 0
    with Server(catalog) as running:
        yield running


def test_the_parameters_of_a_page_stay_in_its_links(server: Server) -> None:
    page = server.ask("/api/v4/packages/?limit=5&b=2&a=%C3%A4&a=1").json
    assert page["next"].endswith("/api/v4/packages/?a=%C3%A4&a=1&b=2&limit=5&offset=5")


def test_links_begin_as_the_request_was_sent(server: Server) -> None:
    port = server.port
    for host in ("127.0.0.1", "localhost", "127.1.2.3"):
        reply = server.ask("/api/v4/", headers={"Host": f"{host}:{port}"})
        assert reply.json["grids"] == f"http://{host}:{port}/api/v4/grids/"


def test_links_begin_with_the_base_url(site: Path) -> None:
    with Server(site, "--base-url", "https://example.org/shelf/") as running:
        record = running.ask("/api/v4/packages/1326/").json
    assert record["category"] == "https://example.org/shelf/api/v4/categories/1/"


def test_dates_are_those_of_the_configured_zone(site: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('timezone = "Europe/Amsterdam"\n', encoding="utf-8")
    with Server(site, env={"PKGCAT_CONFIG": str(config)}) as running:
        record = running.ask("/api/v4/packages/1326/").json
        hit = running.ask("/api/v4/search/?q=django-cities").json[0]
    assert record["created"] == "2012-06-03T13:36:24.143520+02:00"
    assert (hit["slug"], hit["created"]) == (record["slug"], record["created"])


def test_a_page_is_the_text_of_its_records(server: Server) -> None:
    """The text of a page is written record by record."""
    for indent in ("", "; indent=1", "; indent=3", "; indent=8"):
        headers = {"Accept": f"application/json{indent}"}
        for path in ("packages/?limit=3", "grids/", "categories/?offset=4", "packages/?offset=26"):
            text = server.ask(f"/api/v4/{path}", headers=headers).text
            width = int(indent[-1]) if indent else None
            separators = (",", ": ") if indent else (",", ":")
            again = json.dumps(
                json.loads(text), ensure_ascii=False, indent=width, separators=separators
            )
            assert text == again.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def test_a_browser_gets_a_page_that_shows_the_answer(server: Server) -> None:
    reply = server.ask("/api/v4/packages/6003/", headers={"Accept": BROWSER})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Package Instance" in reply.text
    assert "HTTP 200 OK" in reply.text
    assert "Allow: GET, HEAD, OPTIONS" in reply.text
    category = f"http://127.0.0.1:{server.port}/api/v4/categories/4/"
    assert f'<a href="{category}"' in reply.text
    assert server.ask(category.partition(str(server.port))[2]).status == 200


def test_a_page_has_nothing_of_a_record_as_markup(server: Server) -> None:
    reply = server.ask("/api/v4/packages/6003/", headers={"Accept": BROWSER})
    assert "</script>" not in reply.text
    assert "&lt;/script&gt;&lt;!--" in reply.text
    assert "\x7f" not in reply.text
    assert "\\u007f" in reply.text
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_only_web_addresses_are_links_of_a_page(site: Path) -> None:
    record = {"slug": "a", "title": "A", "documentation_url": "javascript:alert(1)"}
    assert Program(site)("import", "-", input=json.dumps([record])).code == 0
    with Server(site) as running:
        page = running.ask("/api/v4/packages/a/", headers={"Accept": BROWSER}).text
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/api/v4/packages/nobody/", "GET", 404),
        ("/api/v4/packages/", "POST", 405),
        ("/api/v4/packages/nobody/", "OPTIONS", 200),
    ],
)
def test_a_browser_gets_a_page_for_an_error_too(
    server: Server, path: str, method: str, status: int
) -> None:
    reply = server.ask(path, method=method, headers={"Accept": BROWSER})
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"HTTP {status} " in reply.text


def test_a_grid_is_found_by_its_name(server: Server) -> None:
    """An exact name comes first, be it of a grid or of a package."""
    first = {}
    for words in ("countries", "Galleries", "FeinCMS+Gallery", "django_sieve", "emoji"):
        first[words] = server.ask(f"/api/v4/search/?q={words}").json[0]["slug"]
    assert first == {
        "countries": "countries",
        "Galleries": "Photo_Galleries",
        "FeinCMS+Gallery": "feincms_gallery",
        "django_sieve": "django_sieve",
        "emoji": "django-emoji",
    }


@pytest.mark.parametrize(
    ("words", "slug"),
    [("STRASSE", "road"), ("Straße", "road"), ("検索", "cjk"), ("onpypi", "other-name")],
)
def test_a_search_finds_words_of_any_script_and_titles_first(
    site: Path, words: str, slug: str
) -> None:
    records: list[dict[str, object]] = [
        {"slug": "long", "title": "L", "repo_description": "Straße, strasse, Straße"},
        {"slug": "road", "title": "Straße"},
        {"slug": "cjk", "title": "C", "repo_description": "全文検索の道具"},
        {"slug": "other-name", "title": "O", "pypi_url": "https://pypi.org/project/onpypi/"},
    ]
    assert Program(site)("import", "-", input=json.dumps(records)).code == 0
    with Server(site) as running:
        assert running.ask(f"/api/v4/search/?q={quote(words)}").json[0]["slug"] == slug


def test_a_search_tells_twenty_at_the_most(site: Path) -> None:
    records = [{"slug": f"spam-{n}", "title": f"Spam {n}"} for n in range(30)]
    assert Program(site)("import", "-", input=json.dumps(records)).code == 0
    with Server(site) as running:
        assert len(running.ask("/api/v4/search/?q=spam").json) == 20


def test_packages_of_two_sites_with_one_number_are_each_on_one_page(site: Path) -> None:
    records = [
        {"slug": f"{name}-{number}", "title": name, "id": 9_000 + number, "site": f"{name}.example"}
        for number in range(4)
        for name in "abc"
    ]
    assert Program(site)("import", "-", input=json.dumps(records)).code == 0
    with Server(site) as running:
        every = running.ask("/api/v4/packages/?limit=100").json["results"]
        assert len({package["slug"] for package in every}) == 26 + len(records)
        for limit in (1, 2, 5):
            pages = []
            for offset in range(0, len(every), limit):
                path = f"/api/v4/packages/?limit={limit}&offset={offset}"
                pages += running.ask(path).json["results"]
            assert pages == every


def test_the_address_of_a_grid_that_was_made_here_is_always_the_same(site: Path) -> None:
    program = Program(site)
    made = [{"slug": "a", "title": "A", "grids": ["mine", "other"]}]
    assert program("import", "-", input=json.dumps(made)).code == 0
    with (
        Store.write(site, explicit=True, create=False) as store,
        begin_operation(store, "grid add", NOW, kind="grid") as operation,
    ):
        groups.add(operation, "grids", Grid("ours", "Ours"))
    matching = {
        "pkgcat": 2,
        "grids": [
            {"slug": slug, "title": slug, "url": f"https://djangopackages.org/api/v4/grids/{id_}/"}
            for slug, id_ in (("ours", 900), ("new", 901))
        ],
    }
    commands = (("import", "-"), ("remove", "a"), ("undo",), ("undo",))

    def read_address(running: Server) -> int:
        for grid in running.ask("/api/v4/grids/?limit=100").json["results"]:
            if grid["slug"] == "ours":
                assert running.ask(f"/api/v4/grids/{grid['id']}/").json == grid
                return int(grid["id"])
        raise AssertionError

    with Server(site) as running:
        before = read_address(running)
        assert before > 1_000_000
        for command in commands:
            answer = program(*command, input=json.dumps(matching))
            assert answer.code == 0, answer.err
            assert read_address(running) == before


@settings(max_examples=150)
@given(
    words=st.text(
        st.sampled_from("ab'\"*()-:^+{}.,;% \x00\u0661\u691c\uff02\U0001f600ANDORNEAR"), max_size=60
    ),
    repeated=st.sampled_from([1, 1, 40, 2000]),
)
def test_no_search_fails(server: Server, words: str, repeated: int) -> None:
    query = quote(f"{words} " * repeated)[:20_000].rpartition("%")[0]
    reply = server.ask(f"/api/v4/search/?q={query}")
    assert reply.status in (200, 400)


@settings(max_examples=150)
@given(
    name=st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=30),
    resource=st.sampled_from(["packages", "grids", "categories"]),
    query=st.sampled_from(["", "?format=json", "?format=", "?limit=-", "?format=api&offset=%"]),
)
def test_no_name_fails(server: Server, name: str, resource: str, query: str) -> None:
    reply = server.ask(f"/api/v4/{resource}/{quote(name, safe='')}/{query}")
    assert reply.status in (200, 404)
