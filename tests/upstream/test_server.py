"""The upstream server: its limits, its faults, what it records, and its sample of a world."""

import gzip
import json
import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.upstream import Release, Repository, Upstream, World, faults, sample_world
from tests.upstream.host import Quota
from tests.upstream.small import NOW, TOKEN, places


def test_github_allows_60_without_a_token(upstream: Upstream, client: httpx.Client) -> None:
    address = places(upstream)["github"]
    answers = [client.get(address) for _ in range(61)]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[-3:]] == ["1", "0", "0"]
    assert answers[-1].status_code == 403
    assert 3590 <= int(answers[-1].headers["x-ratelimit-reset"]) - time.time() <= 3602
    assert client.get(address, headers=TOKEN).status_code == 200


@pytest.mark.parametrize(
    ("host", "quota"), [("gitlab", "token"), ("bitbucket", "token"), ("forgejo", "token")]
)
def test_other_hosts_answer_429(
    host: str, quota: str, upstream: Upstream, client: httpx.Client
) -> None:
    upstream.hosts[host].quotas[quota].set(remaining=1, reset_in=20)
    answers = [client.get(places(upstream)[host], headers=TOKEN) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    if host == "gitlab":
        assert 19 <= int(answers[1].headers["retry-after"]) <= 21
        assert answers[1].headers["ratelimit-remaining"] == "0"
    upstream.unlimited()
    assert client.get(places(upstream)[host], headers=TOKEN).status_code == 200


def test_a_quota_is_whole_again_after_its_reset() -> None:
    quota = Quota(5)
    quota.set(remaining=0, reset_in=60)
    assert not quota.spend()
    quota.reset = time.time()
    assert quota.spend()
    assert quota.remaining == 4


@pytest.mark.parametrize("host", ["github", "gitlab", "forgejo", "bitbucket"])
def test_tokens_are_checked_when_set(host: str, upstream: Upstream, client: httpx.Client) -> None:
    address = places(upstream)[host]
    upstream.hosts[host].tokens = {"canary", "ann@example.org:secret"}
    assert client.get(address, headers=TOKEN).status_code == 200
    assert client.get(address, auth=("ann@example.org", "secret")).status_code == 200
    assert client.get(address, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert client.get(address).status_code == 200


def test_faults_strike_where_and_as_often_as_told(upstream: Upstream, client: httpx.Client) -> None:
    address = places(upstream)["github"]
    planted = upstream.faults.add("/github/repos/*/maps", 503, times=2, after=1)
    assert [client.get(address).status_code for _ in range(4)] == [200, 503, 503, 200]
    assert client.get(address + "/commits").status_code == 200
    assert planted.hits == 2
    upstream.faults.add("/pypi/*", "404", when=lambda request: "x-strike" in request.headers)
    assert client.get(places(upstream)["pypi"]).status_code == 200
    assert client.get(places(upstream)["pypi"], headers={"x-strike": "1"}).status_code == 404
    assert upstream.statuses("github") == {200: 3, 503: 2}
    upstream.clear()
    assert upstream.counts() == {}


@pytest.mark.parametrize("name", [name for name in faults.EVERY if name[:3].isdigit()])
def test_statuses_arrive_on_every_host(name: str, upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.add("*", name)
    for address in places(upstream).values():
        answer = client.get(address)
        assert answer.status_code == int(name[:3])
        assert (answer.content == b"") == (name[:3] in {"204", "304", "301", "307"})


def test_the_four_meanings_of_403_can_be_told_apart(
    upstream: Upstream, client: httpx.Client
) -> None:
    def strike(fault: faults.Fault) -> httpx.Response:
        upstream.faults.clear()
        upstream.faults.add("*", fault)
        answer = client.get(places(upstream)["github"])
        assert answer.status_code == 403
        return answer

    primary = strike(faults.limited(reset_in=20)).headers
    assert primary["x-ratelimit-remaining"] == "0"
    assert 18 <= int(primary["x-ratelimit-reset"]) - time.time() <= 21
    assert strike(faults.limited(retry_after=7)).headers["retry-after"] == "7"
    assert "rate limit" in strike(faults.limited()).json()["message"]
    assert strike(faults.blocked("tos", 403)).json()["block"]["reason"] == "tos"
    assert "too large" in strike(faults.TOO_LARGE).json()["message"]
    assert set(strike(faults.FORBIDDEN).json()) == {"message"}


def test_redirects_lead_away_and_round(
    world: World, upstream: Upstream, client: httpx.Client
) -> None:
    address = places(upstream)["github"]
    with Upstream(World()) as foreign:
        upstream.faults.add("/github/*", faults.elsewhere(foreign.base, 307), times=1)
        client.get(address, headers=TOKEN, follow_redirects=True)
        assert foreign.requests[0].path == "/github/repos/ann/maps"
        assert "authorization" not in foreign.requests[0].headers
    upstream.faults.clear()
    upstream.faults.add("/github/*", "redirect loop")
    with pytest.raises(httpx.TooManyRedirects):
        client.get(address, follow_redirects=True)


def test_slow_answers_do_not_hold_up_others(world: World, client: httpx.Client) -> None:
    with ThreadPoolExecutor(1) as pool, Upstream(world) as upstream:
        upstream.faults.add("/github/*", faults.slow(600))
        late = pool.submit(client.get, places(upstream)["github"], timeout=600)
        wait_for_requests(upstream, 1)
        assert client.get(places(upstream)["pypi"]).status_code == 200
        assert not late.done()
        with pytest.raises(httpx.ReadTimeout):
            client.get(places(upstream)["github"], timeout=0.1)
    assert isinstance(late.exception(), httpx.TransportError)


def wait_for_requests(upstream: Upstream, count: int) -> None:
    """Return when so many requests have come."""
    deadline = time.monotonic() + 60
    while len(upstream.requests) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("head", [False, True])
def test_dripping_answers_are_whole_in_the_end(
    head: bool, upstream: Upstream, client: httpx.Client
) -> None:
    upstream.faults.add("/pypi/*", faults.drip(0.001, 50, head=head))
    honest = client.get(upstream.url("djangopackages") + "/packages/8/")
    assert honest.status_code == 200
    with client.stream("GET", places(upstream)["pypi"]) as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 3
    assert json.loads(b"".join(pieces))["info"]["version"] == "2.0"


@pytest.mark.parametrize("name", ["cut", "hang up"])
def test_cut_answers_are_protocol_errors(
    name: str, upstream: Upstream, client: httpx.Client
) -> None:
    upstream.faults.add("*", name)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(places(upstream)["pypi"])


def test_compressed_answers_are_cut_or_lied_about(upstream: Upstream, client: httpx.Client) -> None:
    assert client.get(places(upstream)["pypi"]).headers["content-encoding"] == "gzip"
    upstream.faults.add("*", "cut gzip")
    with client.stream("GET", places(upstream)["pypi"]) as answer:
        packed = b"".join(answer.iter_raw())
    assert len(packed) == int(answer.headers["content-length"])
    with pytest.raises(EOFError):
        gzip.decompress(packed)
    upstream.faults.clear()
    upstream.faults.add("*", "not gzip")
    with pytest.raises(httpx.DecodingError):
        client.get(places(upstream)["pypi"])


def test_huge_answers_are_huge(upstream: Upstream, client: httpx.Client) -> None:
    upstream.faults.add("*", faults.huge(9 * faults.MIB))
    assert len(client.get(places(upstream)["pypi"]).content) > 8 * faults.MIB
    upstream.faults.clear()
    upstream.faults.add("*", faults.bomb(9 * faults.MIB))
    with client.stream("GET", places(upstream)["pypi"]) as answer:
        packed = b"".join(answer.iter_raw())
    assert len(packed) < 64_000
    assert len(json.loads(gzip.decompress(packed))["x"]) == 9 * faults.MIB
    upstream.faults.clear()
    upstream.faults.add("*", "endless")
    with client.stream("GET", places(upstream)["pypi"]) as answer:
        total = 0
        for piece in answer.iter_raw():
            total += len(piece)
            if total > 9 * faults.MIB:
                break
    assert "content-length" not in answer.headers


def test_wrong_json_is_wrong_in_its_own_way(upstream: Upstream, client: httpx.Client) -> None:
    def strike(name: str) -> bytes:
        upstream.faults.clear()
        upstream.faults.add("*", name)
        answer = client.get(places(upstream)["github"])
        assert answer.status_code == 200
        return answer.content

    for name in ("invalid json", "html as json", "html", "empty", "not utf-8"):
        with pytest.raises(ValueError):  # noqa: PT011  # JSONDecodeError or UnicodeDecodeError
            json.loads(strike(name))
    for name in ("deep", "deep objects"):
        with pytest.raises(RecursionError):
            json.loads(strike(name))
    assert json.loads(strike("overflow"))["stargazers_count"] == 1 << 70
    assert b'"stargazers_count": NaN' in strike("nan")
    assert json.loads(strike("wrong types"))["full_name"] == ["ann/maps"]
    assert json.loads(strike("nulls"))["id"] is None
    assert strike("duplicate keys").count(b'"full_name":') == 2
    with pytest.raises(UnicodeEncodeError):
        json.loads(strike("surrogates"))["description"].encode()
    assert "\x1b" in json.loads(strike("controls"))["description"]
    with pytest.raises(ValueError, match="digits"):
        json.loads(strike("digits"))


def test_graphql_can_be_partial_or_too_much(upstream: Upstream, client: httpx.Client) -> None:
    query = (
        "{"
        + "".join(
            f'r{n}: repository(owner: "ann", name: "maps") {{ nameWithOwner }}' for n in range(4)
        )
        + "}"
    )
    upstream.faults.add("/github/graphql", faults.graphql_partial, times=1)
    address = upstream.url("github") + "/graphql"
    answer = client.post(address, json={"query": query}, headers=TOKEN).json()
    assert [value is None for value in answer["data"].values()] == [False, False, True, True]
    assert len(answer["errors"]) == 2
    upstream.faults.add(
        "/github/graphql", 502, when=lambda request: request.body.count(b"repository(") > 3
    )
    answers = [
        client.post(address, json={"query": text}, headers=TOKEN)
        for text in (query, '{ repository(owner: "ann", name: "maps") { nameWithOwner } }')
    ]
    assert [answer.status_code for answer in answers] == [502, 200]


def test_requests_are_recorded(upstream: Upstream, client: httpx.Client) -> None:
    for _ in range(8):
        client.get(places(upstream)["pypi"], headers={"x-mark": "1"})
    assert upstream.counts() == {"pypi": 8}
    seen = upstream.requests[0]
    assert (seen.method, seen.path, seen.status) == ("GET", "/pypi/pypi/django-maps/json", 200)
    assert (seen.headers["x-mark"], seen.headers["user-agent"]) == ("1", "pkgcat-tests")
    assert client.get(upstream.base + "/_/counts").json()["statuses"] == {"pypi": {"200": 8}}
    assert client.get(upstream.base + "/elsewhere").status_code == 404


def test_latency_is_shared_by_requests_that_come_together(
    world: World, client: httpx.Client
) -> None:
    with ThreadPoolExecutor(8) as pool, Upstream(world, latency=600) as upstream:
        waiting = [pool.submit(client.get, places(upstream)["pypi"], timeout=600) for _ in range(8)]
        wait_for_requests(upstream, 8)
        assert not any(each.done() for each in waiting)
        upstream.latency = 0
        assert client.get(places(upstream)["pypi"]).status_code == 200
    assert all(isinstance(each.exception(), httpx.TransportError) for each in waiting)


def test_head_has_no_body(upstream: Upstream, client: httpx.Client) -> None:
    answer = client.head(places(upstream)["github"])
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.get(places(upstream)["github"]).status_code == 200


def test_people_can_start_it() -> None:
    command = [sys.executable, "-m", "tests.upstream", "--packages", "3", "--unlimited"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(20)]
        config = tomllib.loads("".join(lines))
        packages = config["sources"]["djangopackages"]["api_url"] + "/packages/"
        assert httpx.get(packages, trust_env=False).json()["count"] == 3
        process.terminate()
        assert process.wait(60) == 0


def test_a_mistake_of_the_server_is_not_hidden(world: World, client: httpx.Client) -> None:
    def broken(request: object, honest: object) -> Any:
        raise ZeroDivisionError

    upstream = Upstream(world)
    upstream.__enter__()
    upstream.faults.add("*", broken)
    assert client.get(upstream.base).status_code == 500
    with pytest.raises(ZeroDivisionError):
        upstream.__exit__(None, None, None)


def test_the_sample_is_the_same_every_time_and_whole(client: httpx.Client) -> None:
    world, again = sample_world(60, now=NOW), sample_world(60, now=NOW)
    assert [world.packages.get(n) for n in world.package_ids] == [
        again.packages.get(n) for n in again.package_ids
    ]
    kinds = set()
    for number in world.package_ids:
        package = world.package(world.packages[number].slug)
        _, _, host, path = package.repo_url.split("/", 3)
        kind = {"codeberg.org": "forgejo"}.get(host) or host.partition(".")[0]
        kinds.add(kind)
        made = world.repository(kind, path)
        assert world.by_id(kind, made.id) is made
        assert (package.pypi_url != "") == (world.projects.get(package.slug) is not None)
    assert kinds == {"github", "gitlab", "forgejo", "bitbucket"}
    assert sample_world(60, 2, now=NOW).package(
        world.package("django-invoice-fields").slug
    ) != world.package("django-invoice-fields")


def test_the_sample_is_the_same_in_every_process() -> None:
    code = (
        "from tests.upstream import sample_world\n"
        "world = sample_world(60)\n"
        "print([(row.participants, row.pypi_version) for row in map(world.packages.get, world.package_ids)])"
    )
    printed = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code]
        printed.add(
            subprocess.check_output(
                command, text=True, cwd=Path(__file__).parents[2], env=environment
            )
        )
    assert len(printed) == 1


def test_a_big_sample_is_made_only_where_it_is_asked() -> None:
    begun = time.process_time()
    world = sample_world(100_000, kinds=["github"])
    last = world.package(list(world.slugs)[-1])
    made = world.repository("github", last.repo_url.removeprefix("https://github.com/"))
    assert time.process_time() - begun < 5
    world.star(made)
    world.rename(made, "zoe/else")
    assert isinstance(
        world.find_renamed("github", last.repo_url.removeprefix("https://github.com/")), Repository
    )
    assert world.project(last.slug).releases[0] == Release(
        world.project(last.slug).releases[0].version, world.project(last.slug).releases[0].date
    )
