"""Tokens and credentials are in no output, no catalog, no log and no other server, whatever
hosts answer.
"""

import base64
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pkgcat.model import addresses as urls
from tests.commands.program import Program, told
from tests.sources import echo
from tests.sources.server import Request, Server, reply, served

TOKENS = {
    "GH_TOKEN": "ghp_canaryGithub1a2B3c",
    "GITLAB_TOKEN": "glpat-canaryGitlab4d5E6f",
    "CODEBERG_TOKEN": "canary~~?>>~~??>5f1c",
    "BITBUCKET_EMAIL": "ann@example.org",
    "BITBUCKET_API_TOKEN": "ATATcanaryBitbucket=7g8H",
}
TOKEN_FILE = {"pypi.org": "pypi-canaryPypi9i0J1k", "djangopackages.org": "canaryDjangoPackages2l"}
AUTHORIZATIONS = [
    f"Bearer {TOKENS['GH_TOKEN']}",
    f"Bearer {TOKENS['GITLAB_TOKEN']}",
    f"token {TOKENS['CODEBERG_TOKEN']}",
    f"Basic {base64.b64encode(b'ann@example.org:ATATcanaryBitbucket=7g8H').decode()}",
    *(f"Bearer {token}" for token in TOKEN_FILE.values()),
]
REPOSITORIES = {
    "github": "https://github.com/ann/maps",
    "gitlab": "https://gitlab.com/ann/maps",
    "forgejo": "https://codeberg.org/ann/maps",
    "bitbucket": "https://bitbucket.org/ann/maps",
}


class Logs(logging.Handler):
    """Keeps every record that any logger makes, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(
            f"{record.name} {record.getMessage()} {record.args!r} {record.exc_info!r}"
        )


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    """What is logged while all that is loaded logs as much as it can."""
    import pkgcat.http.fetcher  # noqa: F401  # so that the loggers of its client are there

    handler = Logs()
    root = logging.getLogger()
    root.addHandler(handler)
    loggers = [
        root,
        *(one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)),
    ]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    for logger, level in before:
        logger.setLevel(level)


class Online(NamedTuple):
    """The program, a host that echoes, and servers that are to hear nothing of it."""

    program: Program
    host: echo.Echo
    strangers: list[Server]
    outputs: list[str]

    def run(self, *args: str | Path, terminal: bool = False, input: str = "") -> int:  # noqa: A002  # as subprocess has it
        """Run a command and keep what it prints."""
        answer = self.program(*args, terminal=terminal, input=input)
        self.outputs.append(f"{' '.join(map(str, args))}: {answer.out}{answer.err}")
        assert "Traceback" not in answer.err
        return answer.code


@pytest.fixture
def online(empty: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Online]:
    """pkgcat with a token for every host, which is the one that echoes; beside it a proxy and
    another server.
    """
    host = echo.Echo()
    with (
        served(host) as server,
        served(lambda _: reply(200, {})) as proxy,
        served(lambda _: reply(200, {})) as other,
    ):
        host.other = other.url
        folder = tmp_path / "settings"
        folder.mkdir()
        sources = [
            f'[sources.{mount}]\napi_url = "{server.url}/{mount}"\n' for mount in echo.MOUNTS
        ]
        (folder / "config.toml").write_text("".join(sources), encoding="utf-8")
        file = folder / "tokens.toml"
        file.write_text(
            "".join(f'"{name}" = "{token}"\n' for name, token in TOKEN_FILE.items()),
            encoding="utf-8",
        )
        file.chmod(0o600)
        environment = {**TOKENS, "PKGCAT_CONFIG": str(folder / "config.toml")}
        proxies = dict.fromkeys(
            ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"), proxy.url
        )
        for name, value in {**environment, **proxies}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("NO_PROXY", raising=False)
        yield Online(empty, host, [proxy, other], [])


def hits(text: str, secrets: list[str]) -> list[str]:
    """Return those secrets that a text holds, in any case."""
    return [secret for secret in secrets if secret.lower() in text.lower()]


def assert_nowhere(online: Online, logs: Logs, folder: Path, secrets: list[str]) -> None:
    """Search what was printed, logged, stored and sent to others; the catalog's bytes hold
    its free pages too.
    """
    for output in online.outputs:
        assert not hits(output, secrets), output
    assert not hits("\n".join(logs.lines), secrets)
    for file in folder.rglob("*"):
        if file.is_file() and "settings" not in file.parts:
            assert not hits(file.read_bytes().decode("latin-1"), secrets), file
    for server in online.strangers:
        assert not hits(repr(server.asked), secrets)


@pytest.mark.parametrize("way", echo.WAYS, ids=lambda way: way.__name__)
def test_a_token_that_hosts_repeat_is_nowhere(
    online: Online, logs: Logs, tmp_path: Path, way: echo.Way
) -> None:
    online.host.way = way
    for mount, address in REPOSITORIES.items():
        online.run("add", address, "--slug", f"new-{mount}")
        online.run("add", "--no-fetch", "--slug", mount, "--repo-url", address)
    online.run("add", "maps")
    online.run("add", "--no-fetch", "--slug", "maps", "--pypi-url", "maps")
    online.run("add", "https://djangopackages.org/packages/p/charts/")
    for command in (
        ("refresh", "--all"),
        ("refresh", "--all", "--json"),
        ("refresh", "--all", "--plan"),
    ):
        online.run(*command)
        online.run(*command, terminal=True)
    online.run("import", "--from", "djangopackages")
    online.run("import", "https://djangopackages.org/packages/p/charts/")
    online.run("import", "https://djangopackages.org/grids/g/geo/")
    slugs = online.program.slugs()
    assert slugs
    for slug in slugs:
        online.run("show", slug, "--json")
        online.run("show", slug, terminal=True)
        online.run("show", slug, "--why", "repo_description", terminal=True)
        online.run("edit", slug, "--description", "Mine", "--notes", "mine")
        online.run("history", slug)
        online.run("show", slug, "--json", "--fields", "upstream_values,last_error,repo_url")
    for command in (
        ("list",),
        ("changes", "--since", "30d"),
        ("undo", "--list"),
        ("export", tmp_path / "all.json"),
    ):
        online.run(*command)
    assert online.host.authorizations == set(AUTHORIZATIONS)
    secrets = [
        spelling for authorization in AUTHORIZATIONS for spelling in echo.spellings(authorization)
    ]
    assert_nowhere(online, logs, tmp_path, secrets)


def test_hosts_that_repeat_nothing_are_believed(online: Online) -> None:
    """The answers of the test above are right ones: only the token in them makes a difference."""
    online.host.way = echo.plain
    for mount, address in REPOSITORIES.items():
        assert online.run("add", address, "--slug", mount) == 0
        assert online.program.record(mount)["repo_description"] == "Maps"
    assert online.run("refresh", "--all") == 0
    assert online.run("import", "--from", "djangopackages") == 0
    online.host.way = echo.json_text_as_sent
    assert online.run("refresh", *REPOSITORIES) == 0
    for mount in REPOSITORIES:
        assert re.fullmatch(
            r"Maps by (Bearer|token|Basic) \*\*\*", online.program.record(mount)["repo_description"]
        )


# credentials in addresses

SECRET = "canary-pw-9f"
CREDENTIALS = [
    "https://user:{}@git.example.org/ann/{}",
    "https://{}@git.example.org/ann/{}",
    "https://user:p%40{}@git.example.org/ann/{}",
    "https://user:p/{}@git.example.org/ann/{}",
    "https://user:p@{}@git.example.org/ann/{}",
    "HTTPS://user:{}@git.example.org:8443/ann/{}",
    "ssh://git:{}@git.example.org/ann/{}",
    "ssh://{}@git.example.org/ann/{}",
    "git+https://x-access-token:{}@git.example.org/ann/{}.git@v1",
    "git+ssh://git:{}@git.example.org/ann/{}",
    "user:{}@git.example.org/ann/{}",
    "git:{}@git.example.org:ann/{}",
    "{}@git.example.org:ann/{}",
    "https://git.example.org/ann/{1}?private_token={0}",
    "https://git.example.org/ann/{1}?a=1&access_token={0}&b=2",
    "https://git.example.org/ann/{1}?token={0}",
    "https://git.example.org/ann/{1}?key={0}",
    "https://git.example.org/ann/{1}?X-Amz-Signature={0}",
    "https://git.example.org/ann/{1}#access_token={0}",
    "https://git.example.org/ann/{1}#/x?token={0}",
    "https://git.example.org/ann/{1}?next=https%3A%2F%2Fuser%3A{0}%40x.org%2F",
]


def addressed(form: str, name: str) -> str:
    return form.format(SECRET, name)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hosts that have nothing."""
    with served(lambda _: reply(404)) as server:
        tables = [
            f'[hosts."{host}"]\ntype = "forgejo"\napi_url = "{server.url}"\n'
            for host in ("git.example.org", "git.example.org:8443")
        ]
        file = tmp_path / "config.toml"
        file.write_text("".join(tables), encoding="utf-8")
        monkeypatch.setenv("PKGCAT_CONFIG", str(file))
        yield


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("form", CREDENTIALS)
def test_credentials_of_addresses_are_nowhere(
    form: str, empty: Program, logs: Logs, tmp_path: Path
) -> None:
    docs = f"https://user:{SECRET}@docs.example.org/?token={SECRET}"
    answers = [
        empty(
            "add",
            "--no-fetch",
            "--slug",
            "a",
            "--repo-url",
            addressed(form, "a"),
            "--documentation-url",
            docs,
        ),
        empty("add", "--no-fetch", addressed(form, "b"), "--slug", "b"),
        empty("edit", addressed(form, "a"), "--tag", "x"),
        empty("edit", "b", "--documentation-url", docs),
        empty(
            "edit",
            "a",
            "--patch",
            "-",
            input=json.dumps({"documentation_url": docs.replace("docs", "patch")}),
        ),
        empty("edit", "--where", f"repo_url != {addressed(form, 'x')}", "--tag", "y", "--yes"),
        empty(
            "import",
            "-",
            input=json.dumps({"slug": "c", "title": "C", "repo_url": addressed(form, "c")}),
        ),
        empty("import", "-", input=f'slug,title,repo_url\nd,D,"{addressed(form, "d")}"\n'),
        empty("remove", addressed(form, "d")),
        empty("refresh", addressed(form, "b")),
    ]
    for answer in answers:
        assert answer.code in (0, 3), answer
        assert answer.err.count("cut the credentials from ") == 1, answer
    answers += [
        empty("undo"),
        empty("show", addressed(form, "c"), "--json"),
        empty("history", addressed(form, "c")),
        empty("list", "--where", f"repo_url = {addressed(form, 'c')}"),
        empty("show", "a", "--why", "repo_url"),
        empty("show", "b", terminal=True),
        empty("list", "--fields", "slug,repo_url,documentation_url,last_error"),
        empty("undo", "--list"),
        empty("changes"),
        empty("export", "-"),
    ]
    assert all(answer.code in (0, 3) for answer in answers), answers
    assert not hits("".join(answer.out + answer.err for answer in answers), [SECRET])
    assert not hits("\n".join(logs.lines), [SECRET])
    assert not hits(empty.stored.decode("latin-1"), [SECRET])
    repository = urls.repository(empty.record("a")["repo_url"])
    assert repository is not None
    assert (repository.host.partition(":")[0], repository.path) == ("git.example.org", "ann/a")


def test_credentials_of_imported_groups_and_of_what_an_editor_wrote_are_nowhere(
    one: Program, tmp_path: Path
) -> None:
    editor = tmp_path / "editor.sh"
    line = f'documentation_url = "https://u:{SECRET}@docs.example.org/"'
    editor.write_text(
        f"#!/bin/sh\nsed -i 's|^documentation_url = .*|{line}|' \"$1\"\n", encoding="utf-8"
    )
    editor.chmod(0o700)
    site = f"https://user:{SECRET}@djangopackages.org/api/v4"
    group = {"slug": "geo", "title": "Geo", "url": f"{site}/grids/5/"}
    record = {"slug": "g", "title": "G", "grids": [f"{site}/grids/5/", f"{site}/grids/6/"]}
    record |= {"category": f"{site}/categories/9/", "pypi_name": f"https://u:{SECRET}@x.org/"}
    export = {"pkgcat": 1, "categories": [], "grids": [group], "packages": [record]}
    answers = [
        one("edit", "django-cities", env={"EDITOR": str(editor)}),
        one("import", "-", input=json.dumps(export)),
        one("show", "g", "--format", "apiv4"),
        one("export", "-"),
    ]
    assert [answer.code for answer in answers] == [0, 0, 0, 0], answers
    assert [answer.err.count("cut the credentials from ") for answer in answers] == [1, 1, 0, 0]
    assert not hits("".join(answer.out + answer.err for answer in answers), [SECRET])
    assert not hits(one.stored.decode("latin-1"), [SECRET])
    assert one.record("django-cities")["documentation_url"] == "https://docs.example.org/"
    assert one.record("g")["grids"] == ["geo", "grid-6"]


@pytest.mark.parametrize("form", CREDENTIALS)
@pytest.mark.parametrize(
    "command", ["show", "edit", "remove", "history", "refresh", "import", "add", "category remove"]
)
def test_credentials_are_in_no_error(form: str, command: str, one: Program) -> None:
    """Not found, or no page of Django Packages: the one line quotes the address without them."""
    address = addressed(form, "missing")
    more = (
        ["--tag", "x"] if command == "edit" else ["--category", address] if command == "add" else []
    )
    answer = one(*command.split(), address, *more)
    assert answer.code in (2, 4)
    assert SECRET not in told(answer, answer.code)
    assert "git.example.org" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        "undo {}",
        "path {}",
        "{}",
        "--db= --x{}",
        "list --limit {}",
        "list --format {}",
        "list --fields {}",
        "list --sort {}",
        "list --stale {}",
        "list --category {}",
        "list --host {}",
        "list --where {}",
        "list --at {}",
        "search {} --json --fields {}",
        "help {}",
        "schema {}",
        "category {}",
        "export {}",
        "export --format {}",
        "changes --since {}",
        "import --from {}",
        "edit django-cities --unset {}",
        "edit django-cities --replaced-by {}",
        "edit django-cities --repo-host {}",
        "edit django-cities --documentation-url ftp{}",
        "edit django-cities --patch {}",
        "edit django-cities --slug {}",
    ],
)
def test_credentials_are_in_no_complaint_about_a_word(words: str, one: Program) -> None:
    address = addressed(CREDENTIALS[0], "x")
    answer = one(*(word.format(address) for word in words.split()))
    assert answer.code in (1, 2, 4, 74), answer
    assert answer.err
    assert SECRET not in answer.out + answer.err
    assert "Traceback" not in answer.err


def test_a_search_without_a_hit_quotes_no_credentials(one: Program) -> None:
    answer = one("search", addressed(CREDENTIALS[0], "x"), terminal=True)
    assert "nothing matches" in answer.out
    assert SECRET not in answer.out


@pytest.mark.parametrize(
    "text",
    [
        '[["https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/very/long/address"]]',
        '"https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/very/long/address"',
        '{"slug": "a", "title": "A", "repo_url": ["https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/b"]}',
        '{"slug": "a", "title": "A", "tags": "https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/b"}',
        '{"slug": "a", "title": "A", "last_updated": "https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/b"}',
        '{"slug": "https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a", "title": "A"}',
        '{"pkgcat": 1, "grids": "https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/long/address"}',
        '{"pkgcat": 1, "grids": ["https://u:canary-pw-9f-0123456789-0123456789-0123456789@git.example.org/a/long/address"]}',
    ],
)
def test_credentials_are_in_no_complaint_about_a_file(text: str, one: Program) -> None:
    answer = one("import", "-", input=text)
    assert SECRET not in told(answer, 2)


def test_a_field_pkgcat_does_not_know_is_told_without_credentials(one: Program) -> None:
    record = {"slug": "a", "title": "A", f"https://user:{SECRET}@git.example.org/": 1}
    answer = one("import", "-", input=json.dumps(record))
    assert "ignored unknown fields" in answer.err
    assert SECRET not in answer.err


def test_many_addresses_with_credentials_are_told_in_one_line(empty: Program) -> None:
    lines = [
        json.dumps(
            {
                "slug": f"p-{n}",
                "title": "P",
                "repo_url": f"https://u:{SECRET}@git.example.org/a/{n}",
            }
        )
        for n in range(5)
    ]
    answer = empty("import", "-", input="\n".join(lines))
    first = ", ".join(f"https://git.example.org/a/{n}" for n in range(3))
    assert answer.err == f"pkgcat: cut the credentials from {first} and 2 more; pkgcat keeps none\n"
    assert empty("import", "-", "--quiet", input="\n".join(lines)).err == ""


@pytest.mark.parametrize(
    "settings",
    [
        '[sources.github]\napi_url = "https://user:canary-pw-9f@git.example.org/api"',
        '[sources.github]\napi_url = "https://canary-pw-9f@git.example.org/api"',
        '[sources.github]\napi_url = "https://user:p/canary-pw-9f@git.example.org/api"',
        '[sources.github]\napi_url = "https://user:canary-pw-9f@git.example.org:port/api"',
        '[sources.github]\napi_url = "https://user:canary-pw-9f@git\\u2100.example.org/api"',
        '[sources.github]\napi_url = "https://git.example.org/api?private_token=canary-pw-9f"',
        '[sources.github]\napi_url = "https://git.example.org/api#private_token=canary-pw-9f"',
        '[sources.github]\nurl = "https://user:canary-pw-9f@git.example.org/api"',
        '[hosts."https://user:canary-pw-9f@git.example.org"]\ntype = "cvs"',
        '[sources."https://user:canary-pw-9f@git.example.org"]',
        '"https://user:canary-pw-9f@git.example.org" = 1',
        'timezone = "https://user:canary-pw-9f@git.example.org"',
    ],
)
def test_credentials_in_the_settings_are_in_no_complaint(
    settings: str, one: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(settings, encoding="utf-8")
    monkeypatch.setenv("PKGCAT_CONFIG", str(file))
    answer = one("refresh", "--all")
    assert SECRET not in told(answer, 78)


def test_credentials_that_a_host_sends_are_cut_and_told_once(
    online: Online, logs: Logs, tmp_path: Path
) -> None:
    address = f"https://user:{SECRET}@docs.example.org/"

    def with_credentials(_authorization: str, answer: object) -> bytes:
        body = (
            json.dumps(answer)
            .replace("https://maps.example.org/", address)
            .replace("https://d.org/", address)
        )
        body = body.replace(
            "https://github.com/ann/charts", f"https://user:{SECRET}@github.com/ann/charts"
        )
        return reply(200, body.encode())

    online.host.way = with_credentials
    assert online.run("add", "maps") == 0
    assert online.outputs[-1].count("cut the credentials from https://docs.example.org/") == 1
    assert online.program.record("maps")["documentation_url"] == "https://docs.example.org/"
    assert online.run("import", "--from", "djangopackages") == 0
    assert online.outputs[-1].count("cut the credentials from ") == 1
    assert online.program.record("charts")["repo_url"] == "https://github.com/ann/charts"
    assert online.run("remove", "charts", "maps") == 0
    online.run("add", "https://djangopackages.org/packages/p/charts/")
    assert online.outputs[-1].count("cut the credentials from ") == 1
    for mount, repository in REPOSITORIES.items():
        online.run("add", "--no-fetch", "--slug", mount, "--repo-url", repository)
    for command in (
        ("refresh", "--all"),
        ("refresh", "--all", "--json"),
        ("export", "-"),
        ("undo", "--list"),
    ):
        online.run(*command)
    assert_nowhere(online, logs, tmp_path, [SECRET])


# proxies


def test_the_credentials_of_a_proxy_are_nowhere(
    empty: Program, logs: Logs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: Request) -> bytes:
        sent = request.headers["proxy-authorization"]
        pair = base64.b64decode(sent.partition(" ")[2]).decode()
        said = f"{sent} {pair} {pair.partition(':')[2]}"
        return reply(407, {"message": said}, reason=said, Proxy_Authenticate=said)

    with served(refuse) as proxy:
        settings = tmp_path / "config.toml"
        settings.write_text(
            '[sources.pypi]\napi_url = "http://pypi.example.org"\n', encoding="utf-8"
        )
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url.replace("//", f"//someone:{SECRET}@"))
        monkeypatch.setenv("PKGCAT_CONFIG", str(settings))
        answers = [
            empty("add", "maps"),
            empty("add", "--no-fetch", "maps"),
            empty("refresh", "--all"),
            empty("refresh", "--all", "--json"),
            empty("show", "maps", "--json"),
        ]
    assert len(proxy.asked) == 3
    pair = f"someone:{SECRET}".encode()
    secrets = [SECRET, base64.b64encode(pair).decode()]
    assert "***" in answers[0].err
    assert not hits("".join(answer.out + answer.err for answer in answers), secrets)
    assert not hits("\n".join(logs.lines), secrets)
    assert not hits(empty.stored.decode("latin-1"), secrets)


@pytest.mark.parametrize(
    "address", ["gopher://user:{}@proxy.example.org", "http://user:{}@proxy:port"]
)
def test_a_proxy_that_cannot_be_is_told_without_its_credentials(
    address: str, empty: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address.format(SECRET))
    empty("add", "--no-fetch", "maps", "--repo-url", "ann/maps")
    before = empty.stored
    for command in (("add", "https://github.com/ann/charts"), ("refresh", "--all")):
        line = told(empty(*command), 78)
        assert "HTTPS_PROXY" in line
        assert SECRET not in line
    assert empty.stored == before
