"""Settings: which of option, environment and config.toml wins, and what a mistake in them is
told as.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pkgcat.config import Settings, config_path, terminal
from pkgcat.errors import BadConfig, Denied, PkgcatError
from pkgcat.model.days import CalendarSpan


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where config.toml is looked for."""
    path = tmp_path / "settings" / "config.toml"
    path.parent.mkdir()
    monkeypatch.setenv("PKGCAT_CONFIG", str(path))
    return path


def test_without_settings_the_catalog_is_in_the_users_data_folder(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.catalog.is_relative_to(tmp_path / "home")
    assert settings.catalog.name == "catalog.db"
    assert settings.catalog.parent.name == "pkgcat"
    assert not settings.explicit
    assert settings.timezone == "America/New_York"


def test_a_byte_order_mark_before_settings_and_tokens_is_skipped(config: Path) -> None:
    config.write_bytes(b'\xef\xbb\xbftimezone = "Europe/Berlin"\r\n')
    tokens = config.with_name("tokens.toml")
    tokens.write_bytes(b'\xef\xbb\xbf"git.example.org" = "secret"\r\n')
    tokens.chmod(0o600)
    settings = Settings()
    assert settings.timezone == "Europe/Berlin"
    assert settings.token("git.example.org") == "secret"


def test_spaces_around_a_token_are_no_part_of_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.touch()
    monkeypatch.setenv("GH_TOKEN", " \n")
    monkeypatch.setenv("GITHUB_TOKEN", " secret\n")
    monkeypatch.setenv("PKGCAT_SERVE_TOKEN", "open-sesame\r\n")
    assert Settings().token("github.com") == "secret"
    assert Settings().serve_token == "open-sesame"
    monkeypatch.setenv("PKGCAT_SERVE_TOKEN", " ")
    assert Settings().serve_token is None


def test_a_token_is_that_of_its_host_alone(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(
        '[hosts."git.example.org"]\ntype = "forgejo"\ntoken_env = "EXAMPLE_TOKEN"\n'
        '[hosts."lab.example.org"]\ntype = "gitlab"\n'
    )
    for name in ("GH_TOKEN", "GITLAB_TOKEN", "CODEBERG_TOKEN", "EXAMPLE_TOKEN"):
        monkeypatch.setenv(name, name.lower())
    tokens = config.with_name("tokens.toml")
    tokens.write_text('"github.com" = "of the file"\n"pypi.org" = "of the file"\n')
    tokens.chmod(0o600)
    hosts = ("github.com", "gitlab.com", "git.example.org", "lab.example.org", "pypi.org")
    assert [Settings().token(host) for host in hosts] == [
        "gh_token",
        "gitlab_token",
        "example_token",
        None,
        "of the file",
    ]


def test_an_address_without_its_token_signs_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.touch()
    monkeypatch.setenv("BITBUCKET_EMAIL", "ann@example.org")
    assert Settings().token("bitbucket.org") is None
    monkeypatch.setenv("BITBUCKET_API_TOKEN", "secret")
    assert Settings().token("bitbucket.org") == "ann@example.org:secret"


def test_tokens_that_others_may_read_or_that_are_none_are_refused(config: Path) -> None:
    config.touch()
    tokens = config.with_name("tokens.toml")
    tokens.write_text('"github.com" = 5\n')
    tokens.chmod(0o600)
    with pytest.raises(BadConfig, match=r"tokens\.toml: it takes lines like"):
        Settings().token("github.com")
    tokens.write_text('"github.com" = "canary-secret"\n')
    for mode in (0o640, 0o604, 0o660):
        tokens.chmod(mode)
        with pytest.raises(Denied, match=r"tokens\.toml: others may read it") as refused:
            Settings().token("github.com")
        assert "canary-secret" not in str(refused.value)


def test_the_data_folder_follows_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Settings().catalog == tmp_path / "data" / "pkgcat" / "catalog.db"


def test_the_option_wins_over_the_environment_and_that_over_the_file(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('catalog = "/from/config.db"')
    assert Settings().catalog == Path("/from/config.db")
    assert Settings().explicit
    monkeypatch.setenv("PKGCAT_DB", "/from/environment.db")
    assert Settings().catalog == Path("/from/environment.db")
    assert Settings(Path("/from/option.db")).catalog == Path("/from/option.db")
    assert Settings(Path("/from/option.db")).explicit


def test_an_empty_variable_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKGCAT_DB", "")
    assert not Settings().explicit
    monkeypatch.setenv("PKGCAT_CONFIG", "")
    assert not Settings().explicit


def test_a_path_in_the_file_is_seen_from_the_files_folder(config: Path) -> None:
    config.write_text('catalog = "mine.db"')
    assert Settings().catalog == config.parent / "mine.db"


@pytest.mark.parametrize("way", ["option", "environment", "file"])
def test_a_tilde_is_the_home(
    way: str, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('catalog = "~/mine.db"' if way == "file" else "")
    if way == "environment":
        monkeypatch.setenv("PKGCAT_DB", "~/mine.db")
    settings = Settings(Path("~/mine.db") if way == "option" else None)
    assert settings.catalog == tmp_path / "home" / "mine.db"


def test_the_home_of_a_user_who_does_not_exist_is_no_traceback() -> None:
    try:
        settings = Settings(Path("~nobody-of-that-name/mine.db"))
    except PkgcatError:
        return
    assert settings.catalog.name == "mine.db"


def test_the_file_is_looked_for_in_the_users_config_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config_path().is_relative_to(tmp_path / "home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert config_path() == tmp_path / "xdg" / "pkgcat" / "config.toml"
    config_path().parent.mkdir(parents=True)
    config_path().write_text('timezone = "Europe/Copenhagen"')
    assert Settings().timezone == "Europe/Copenhagen"


def test_every_setting_of_the_contract_is_taken(config: Path) -> None:
    config.write_text("""
catalog = "/a/catalog.db"
timezone = "Europe/Copenhagen"
[hosts."git.example.org"]
type = "forgejo"
api_url = "https://git.example.org/api/v1"
token_env = "EXAMPLE_TOKEN"
[sources.pypi]
api_url = "http://127.0.0.1:8000"
""")
    settings = Settings()
    assert (settings.catalog, settings.timezone) == (Path("/a/catalog.db"), "Europe/Copenhagen")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('catalogue = "/a.db"', "'catalogue'.*'catalog'"),
        ("catalog = 5", "catalog must be a text"),
        ('catalog = ""', "catalog must be a text"),
        ('catalog = "a\\u0000b"', "catalog must be a text"),
        ('timezone = "Mars/Olympus"', "Mars/Olympus"),
        ('inactive_after = "soon"', "inactive_after: 'soon' is not a number of months or days"),
        ('inactive_after = "5m"', "18 months, 90d, 26w and 2y are"),
        ("inactive_after = 18", "inactive_after must be a text"),
        ('timezone = "../../etc/passwd"', "time zone"),
        ("hosts = 5", "hosts must be tables"),
        ("sources = [1]", "sources must be tables"),
        ("hosts.x = 5", "hosts must be tables"),
        ('[hosts.x]\ntype = "cvs"', "needs a type"),
        ('[hosts.x]\napi_url = "https://x"', "needs a type"),
        ('[hosts.x]\ntype = "gitlab"\ntoken = "secret"', "not 'token'"),
        ('[hosts.x]\ntype = "gitlab"\napi_url = 5', "api_url"),
        ('[hosts."two words"]\ntype = "gitlab"', "'two words' is no host"),
        ('[hosts."example.org/a b"]\ntype = "gitlab"', "'example.org/a b' is no host"),
        ('[hosts."git@example.org"]\ntype = "gitlab"', "'git@example.org' is no host"),
        ('[hosts."example.org:70000"]\ntype = "gitlab"', "'example.org:70000' is no host"),
        ('[hosts."example\\t.org"]\ntype = "gitlab"', "is no host"),
        ('[hosts."example.org/?x=1"]\ntype = "gitlab"', "is no host"),
        ('[hosts."[::1"]\ntype = "gitlab"', "is no host"),
        ('[hosts."ftp://example.org"]\ntype = "gitlab"', "is no host"),
        ('[hosts.X]\ntype = "gitlab"\n[hosts.x]\ntype = "gitea"', "the host x is there twice"),
        ("[sources.pypy]\n", "'pypy'.*'pypi'"),
        ('[sources.pypi]\nurl = "x"', "not 'url'"),
        ("catalog = ,\n", "line 1"),
        ("\x00", "config.toml"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(config: Path, text: str, told: str) -> None:
    config.write_text(text)
    with pytest.raises(BadConfig, match=told) as refused:
        Settings()
    assert str(config) in str(refused.value)
    assert refused.value.exit_code == 78


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Git.Example.ORG", "git.example.org"),
        ("https://git.example.org/", "git.example.org"),
        ("git.example.org:443", "git.example.org"),
        ("http://git.example.org:80/", "git.example.org"),
        ("[2001:DB8:0:0::1]:3000", "[2001:db8::1]:3000"),
        ("git.example.org.", "git.example.org"),
        ("Git.example.org:8443", "git.example.org:8443"),
        ("[::1]:3000", "[::1]:3000"),
        ("https://www.Example.org/GitLab/", "example.org/gitlab"),
        ("example.org:443/gitlab", "example.org/gitlab"),
        ("example.org:8443/git/lab", "example.org:8443/git/lab"),
    ],
)
def test_a_host_is_known_however_it_is_spelt(config: Path, written: str, host: str) -> None:
    config.write_text(f'[hosts."{written}"]\ntype = "gitlab"\napi_url = "https://x.example/api"\n')
    tokens = config.with_name("tokens.toml")
    tokens.write_text(f'"{written}" = "a-token-of-mine"\n')
    tokens.chmod(0o600)
    settings = Settings()
    assert settings.host_types == {host: "gitlab"}
    assert settings.api_url("gitlab", host) == "https://x.example/api"
    assert settings.token(host) == "a-token-of-mine"


def test_a_token_in_the_file_is_not_repeated(config: Path) -> None:
    config.write_text('[hosts.x]\ntype = "gitlab"\ntoken = "canary-secret"')
    with pytest.raises(BadConfig) as refused:
        Settings()
    assert "canary-secret" not in str(refused.value)


def test_a_file_that_is_named_and_missing_or_unreadable_is_told(config: Path) -> None:
    with pytest.raises(BadConfig, match="PKGCAT_CONFIG names it"):
        Settings()
    config.write_bytes(b"\xff")
    with pytest.raises(BadConfig, match=r"config\.toml"):
        Settings()
    config.unlink()
    config.mkdir()
    with pytest.raises(BadConfig, match=r"config\.toml"):
        Settings()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_denied(config: Path) -> None:
    config.write_text("")
    config.chmod(0)
    with pytest.raises(Denied):
        Settings()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [Path.mkdir, make_pipe, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_ordinary_file_is_not_read(config: Path, make: Callable[[Path], None]) -> None:
    make(config)
    with pytest.raises(BadConfig, match=r"config\.toml is no ordinary file"):
        Settings()


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 50_000, "x = " + "{a=" * 50_000, "x = " + "9" * 5000, "\xff"]
)
@pytest.mark.parametrize("name", ["config.toml", "tokens.toml"])
def test_toml_that_python_cannot_read_is_told_in_a_line(config: Path, name: str, text: str) -> None:
    config.touch()
    config.with_name(name).write_bytes(text.encode("latin-1"))
    config.with_name(name).chmod(0o600)
    with pytest.raises(BadConfig) as told:
        Settings().token("git.example.org")
    assert name in str(told.value)
    assert "\n" not in str(told.value)
    assert "sys." not in str(told.value)


def test_a_user_without_a_home_names_the_catalog(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A container's user may have no HOME and no entry in passwd."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", find_nobody)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadConfig, match="no home folder"):
        Settings()
    assert Settings(Path("mine.db")).catalog == Path("mine.db")
    assert Settings(Path("mine.db")).timezone == "America/New_York"
    assert Settings(Path("mine.db")).token("github.com") is None
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Settings().catalog == tmp_path / "data" / "pkgcat" / "catalog.db"


def find_nobody(_uid: int) -> None:
    raise KeyError


@pytest.mark.parametrize(
    ("variables", "colour"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"TERM": "dumb"}, False),
        ({"CLICOLOR": "0"}, False),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR_FORCE": "0"}, None),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, False),
    ],
)
def test_colour_follows_what_users_set(
    variables: dict[str, str], colour: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal().colour is colour


@pytest.mark.parametrize(
    ("columns", "width"),
    [("80", 80), ("", None), ("0", None), ("wide", None), ("-5", None), ("\u00b2", None)],
)
def test_the_width_is_columns_where_that_is_a_number(
    columns: str, width: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal().width == width


def test_the_pager_and_the_editor_are_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal().pager == "less -FIRX"
    assert terminal().editor is None
    for name in ("EDITOR", "VISUAL", "PKGCAT_EDITOR"):
        monkeypatch.setenv(name, name.lower())
        assert terminal().editor == name.lower()
    for name in ("PAGER", "PKGCAT_PAGER"):
        monkeypatch.setenv(name, name.lower())
        assert terminal().pager == name.lower()
    monkeypatch.setenv("PKGCAT_PAGER", "")
    assert terminal().pager == ""


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("", CalendarSpan(months=18)),
        ('inactive_after = "6 months"', CalendarSpan(months=6)),
        ('inactive_after = "1 month"', CalendarSpan(months=1)),
        ('inactive_after = "2y"', CalendarSpan(days=730)),
    ],
)
def test_after_how_long_a_package_is_inactive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, span: CalendarSpan
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(written)
    monkeypatch.setenv("PKGCAT_CONFIG", str(path))
    assert Settings().inactive_after == span
