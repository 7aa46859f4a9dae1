"""Addresses that a project, a site or a file names: no host of this machine or network is called."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pkgcat.store import Store, hosts
from tests.commands.program import Program
from tests.online import config
from tests.upstream import Upstream, World


class Listener:
    """A port of this machine that counts who calls, and hangs up."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                called, _ = self._socket.accept()
            except OSError:  # closed
                return
            self.calls += 1
            called.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with closing(Listener()) as made:
        yield made


@pytest.fixture
def online(
    empty: Program, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """pkgcat whose public hosts are the server; two names lead to this machine."""
    upstream.unlimited()
    for name, value in config(upstream, tmp_path).items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name)
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        is_ours = name in ("git.example.org", "intern")
        return look_up("127.0.0.1" if is_ours else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    return empty


def publish(world: World, link: str, label: str = "Source") -> None:
    world.publish("lonely", urls={label: link})
    world.release(world.project("lonely"), "1.0")


LINKS = ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "git.example.org", "intern"]


@pytest.mark.parametrize("host", LINKS)
def test_a_link_of_a_project_calls_no_host_that_is_not_public(
    online: Program, world: World, listener: Listener, host: str
) -> None:
    link = f"http://{host}:{listener.port}/ann/lonely"
    publish(world, link)
    answer = online("add", "lonely")
    assert answer.code == 0, answer.err
    record = online.record("lonely")
    assert record["pypi_version"] == "1.0"
    assert record["repo_url"] is None or ":" in host
    assert online("refresh", "--all").code == 0
    assert listener.calls == 0


def test_a_link_that_is_not_followed_is_told_and_the_next_one_is_tried(
    online: Program, world: World, listener: Listener
) -> None:
    urls = {
        "Homepage": "https://github.com/ann/nothing",
        "Source": f"http://git.example.org:{listener.port}/ann/lonely",
    }
    world.publish("lonely", urls=urls)
    world.release(world.project("lonely"), "1.0")
    answer = online("add", "lonely")
    assert f"git.example.org:{listener.port}/ann/lonely is not followed" in answer.err
    assert "git.example.org is not public" in answer.err
    assert "[hosts]" in answer.err
    assert listener.calls == 0


@pytest.mark.parametrize("host", LINKS)
def test_an_address_of_a_site_or_a_file_calls_no_host_that_is_not_public(
    online: Program, world: World, listener: Listener, tmp_path: Path, host: str
) -> None:
    address = f"http://{host}:{listener.port}/ann/alone"
    world.list_package("Alone", "alone", repo_url=address)
    assert online("add", "https://djangopackages.org/packages/p/alone/").code == 0
    file = tmp_path / "names.jsonl"
    file.write_text(
        f'{{"slug": "filed", "title": "Filed", "repo_url": "{address}2"}}\n', encoding="utf-8"
    )
    answer = online("import", file)
    assert answer.code == 0, answer.err
    for _ in range(2):
        answer = online("refresh", "--all", "--json")
        assert answer.code == 0, answer
        if host != "[::1]":
            assert "is not public, and is not asked" in answer.out
    assert listener.calls == 0


def test_a_host_whose_kind_is_known_is_not_called_either(
    online: Program, world: World, listener: Listener
) -> None:
    """It was public when it was asked what it is."""
    host = f"git.example.org:{listener.port}"
    assert online("add", "--no-fetch", "--title", "Other").code == 0
    with Store.write(online.catalog, explicit=True, create=False) as store:
        hosts.remember_host(store, host, "forgejo")
    publish(world, f"https://{host}/ann/lonely")
    answer = online("add", "lonely")
    assert "is not followed" in answer.err
    assert listener.calls == 0
    record = f'{{"slug": "filed", "title": "Filed", "repo_url": "https://{host}/ann/maps"}}'
    assert online("import", "-", input=record).code == 0
    answer = online("refresh", "filed")
    assert (answer.code, listener.calls) == (3, 0)
    assert "filed: failed: git.example.org is not public" in answer.out


@pytest.mark.parametrize("host", ["127.0.0.1", "git.example.org"])
def test_an_address_that_a_person_wrote_is_asked(
    online: Program, listener: Listener, host: str
) -> None:
    address = f"http://{host}:{listener.port}/ann/maps"
    online("add", address)
    calls = listener.calls
    assert calls > 0
    assert online("add", "--no-fetch", f"{address}2").code == 0
    assert listener.calls == calls
    online("refresh", "--all")
    assert listener.calls > calls


def test_an_address_that_a_person_edits_is_asked(
    online: Program, world: World, listener: Listener
) -> None:
    publish(world, "https://github.com/ann")
    online("add", "lonely")
    address = f"http://git.example.org:{listener.port}/ann/maps"
    assert online("edit", "lonely", "--repo-url", address).code == 0
    online("refresh", "lonely")
    assert listener.calls > 0


def test_a_host_of_the_settings_is_asked_whoever_names_it(
    online: Program, world: World, listener: Listener, tmp_path: Path
) -> None:
    host = f"git.example.org:{listener.port}"
    publish(world, f"http://{host}/ann/lonely")
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            f'[hosts."{host}"]\ntype = "gitea"\napi_url = "http://127.0.0.1:{listener.port}"\n'
        )
    online("add", "lonely")
    calls = listener.calls
    assert calls > 0
    online("refresh", "--all")
    assert listener.calls > calls


def test_the_log_says_where_the_address_of_a_linked_repository_came_from(
    online: Program, world: World
) -> None:
    world.create("github", "ann/lonely", commits=2)
    publish(world, "https://github.com/ann/lonely")
    assert online("add", "lonely").code == 0
    with Store.read(online.catalog, explicit=True) as store:
        sql = """SELECT o.kind, o.name, c.new FROM changes c JOIN origins o ON o.id = c.origin
            WHERE c.field = 'repo_url'"""
        address = "https://github.com/ann/lonely"
        assert store.rows(sql).fetchall() == [("host", "pypi.org", address)]
    for operation, slugs in ((1, []), (2, ["lonely"])):
        assert online("undo", operation).code == 0
        assert online.slugs() == slugs
    assert online.record("lonely")["repo_url"] == address


def test_a_linked_host_that_was_public_is_not_called_once_it_leads_to_this_machine(
    online: Program, world: World, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(world, f"http://rebound.example.org:{listener.port}/ann/lonely")
    answer = online("add", "lonely")  # the name leads nowhere yet
    assert answer.code == 0, answer.err
    assert online.record("lonely")["repo_url"] is not None
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, *args, **options: look_up("127.0.0.1", *args, **options),
    )
    assert online("refresh", "--all").code == 0
    assert listener.calls == 0


def test_a_host_that_answers_below_a_path_is_asked_there(
    online: Program, world: World, upstream: Upstream, tmp_path: Path
) -> None:
    world.create("gitlab", "group/sub/maps", stars=12, commits=3)
    host = f"{upstream.base.removeprefix('http://')}/gitlab"
    file = tmp_path / "own.toml"
    file.write_text(f'[hosts."{host}"]\ntype = "gitlab"\napi_url = "{upstream.url("gitlab")}"\n')
    environment = {"PKGCAT_CONFIG": str(file)}
    link = f"{upstream.base}/gitlab/group/sub/maps"
    added = online("add", f"{link}/-/tree/main/docs", env=environment)
    assert (added.code, added.err) == (0, "")
    again = online("refresh", link, env=environment)
    assert again.out.startswith("refreshed 1 of 1: 1 unchanged"), again
    record = online.record("maps")
    assert (record["repo_host"], record["repo_watchers"]) == ("gitlab", 12)
    assert record["repo_url"] == link.replace("http:", "https:")
