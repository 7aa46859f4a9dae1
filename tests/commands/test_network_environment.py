"""Proxies and certificates of the environment that cannot be used: one line names the variable."""

import json
from pathlib import Path

import pytest

from pkgcat.store import Store
from tests.conftest import Run
from tests.online import add

BROKEN = {
    "NO_PROXY": ("[::1]", "localhost,[::1],example.org", "http://[::1"),
    "no_proxy": ("[::1]",),
    "ALL_PROXY": ("socks://", "socks5://", "gopher://u:canary-pw@proxy.example.org", "http://[::1"),
    "HTTPS_PROXY": ("http://", "proxy.example.org:99999", "http://u:canary-pw@:80", "two words"),
    "https_proxy": ("ftp://u:canary-pw@proxy.example.org",),
    "HTTP_PROXY": ("http://u:canary-pw@proxy:port",),
    "SSL_CERT_FILE": ("/nowhere/certificates.pem", "{file}", "{folder}"),
    "SSL_CERT_DIR": ("/nowhere/certificates", "{file}"),
    "SSLKEYLOGFILE": ("/nowhere/keys.log",),
}


def describe(catalog: Path) -> list[tuple[object, ...]]:
    with Store.read(catalog, explicit=True) as store:
        return store.rows("SELECT last_tried, last_error, error_count FROM facts").fetchall()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BROKEN.items() for value in values]
)
def test_refresh_names_the_variable_and_marks_nothing(
    run: Run, catalog: Path, tmp_path: Path, name: str, value: str
) -> None:
    with Store.write(catalog, explicit=True, create=True) as store:
        add(store, "maps", repo_url="https://github.com/ann/maps", pypi_url="maps")
        add(store, "atlas", repo_url="https://git.example.org/ann/atlas")
    before = describe(catalog)
    file = tmp_path / "no certificates"
    file.write_text("nothing", encoding="utf-8")
    broken = {name: value.format(file=file, folder=tmp_path)}
    answer = run("refresh", "--all", env={"SSL_CERT_FILE": None, "GH_TOKEN": "x", **broken})
    assert (answer.code, answer.out) == (78, ""), answer.err
    assert answer.err.startswith(f"pkgcat: {name}: ")
    assert answer.err.count("\n") == 1
    assert "canary-pw" not in answer.err
    assert describe(catalog) == before


@pytest.mark.parametrize(
    "addresses", [{"pypi_url": "maps"}, {"repo_url": "https://github.com/ann/maps"}]
)
def test_what_is_wrong_for_every_package_marks_none(
    run: Run, catalog: Path, addresses: dict[str, str]
) -> None:
    with Store.write(catalog, explicit=True, create=True) as store:
        add(store, "maps", **addresses)
    before = describe(catalog)
    answer = run("refresh", "--all", env={"GH_TOKEN": "x", "NO_PROXY": "[::1]"})
    assert (answer.code, answer.out) == (78, ""), answer.err
    assert describe(catalog) == before


@pytest.mark.parametrize(
    "command", [("add", "maps"), ("add", "ann/maps"), ("import", "--from", "djangopackages")]
)
@pytest.mark.parametrize(
    ("name", "value"), [("NO_PROXY", "[::1]"), ("ALL_PROXY", "socks://"), ("SSL_CERT_FILE", "/x")]
)
def test_every_command_that_asks_hosts_names_the_variable(
    run: Run, catalog: Path, command: tuple[str, ...], name: str, value: str
) -> None:
    answer = run(*command, env={name: value})
    assert (answer.code, answer.out) == (78, ""), answer.err
    assert answer.err.startswith(f"pkgcat: {name}: ")
    assert answer.err.count("\n") == 1
    assert not catalog.exists()


def test_what_asks_nobody_needs_no_proxy(run: Run) -> None:
    env = {"NO_PROXY": "[::1]", "ALL_PROXY": "socks://", "SSL_CERT_FILE": "/nowhere"}
    assert run("add", "--no-fetch", "maps", env=env).code == 0
    assert json.loads(run("list", "--json", "--fields", "slug", env=env).out) == [{"slug": "maps"}]
    assert run("refresh", "--all", "--plan", env=env).code == 0
