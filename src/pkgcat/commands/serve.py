"""serve: the catalog over HTTP, as Django Packages' API v4."""

from typing import TYPE_CHECKING, Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.address_parts import is_loopback
from pkgcat.shell import event_loop, streams
from pkgcat.shell.clock import read_clock
from pkgcat.shell.options import Command, program
from pkgcat.shell.session import Session, session

if TYPE_CHECKING:
    from pkgcat.server.settings import ServerSettings

DEFAULT_PORT = 8326


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 is any free one.")
    ] = DEFAULT_PORT,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="What links begin with, where a proxy is in front."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A host name that requests may be sent to; may be repeated."
        ),
    ] = None,
    read_token: Annotated[
        bool,
        typer.Option(
            "--read-token",
            help="Ask every reader for a token: PKGCAT_SERVE_TOKEN, or one that is made now.",
        ),
    ] = False,
    with_notes: Annotated[
        bool,
        typer.Option(
            "--with-notes",
            help="Serve notes, errors and the history of user fields to other machines, too.",
        ),
    ] = False,
    log: Annotated[
        bool, typer.Option("--log", help="Write a line on stderr for each request.")
    ] = False,
) -> None:
    """Serve the catalog over HTTP, for reading.

    API v4 as Django Packages answers it, under /api/v4/: what reads that
    site reads this catalog. Only this machine may read it, unless --host
    and --allow-host say otherwise. Nothing can be written.

    \b
    Examples:
      pkgcat serve
      curl -s localhost:8326/api/v4/packages/django-cities/ | jq .repo_watchers
    """
    with session(ctx) as run:
        base = _check_base_url(base_url)
        allowed = frozenset(name.strip().lower() for name in allow_host or ())
        if not is_loopback(host) and not allowed:
            raise Invalid(
                f"--host {host} lets others in: name the host they will ask for with --allow-host"
            )
        run.read_catalog().connection.close()  # what is wrong with it is told before it is served
        from pkgcat.server.settings import ServerSettings

        settings = ServerSettings(
            run.settings.catalog,
            run.settings.explicit,
            run.settings.timezone,
            read_clock,
            lambda line: streams.write_message(f"pkgcat: {line}"),
            base_url=base,
            allowed_hosts=allowed,
            token=_find_token(run, wanted=read_token),
            logs_requests=log,
            with_notes=with_notes,
            inactive_after=run.settings.inactive_after,
        )
        _serve(run, host, port, settings)


def _find_token(run: Session, *, wanted: bool) -> str | None:
    """Return the token that readers need: the one that is set, else if wanted a new one, told."""
    token = run.settings.serve_token
    if token is None and wanted:
        from secrets import token_urlsafe

        token = token_urlsafe(24)
        streams.write_message(f"pkgcat: readers need this token: {token}")
    return token


def _serve(run: Session, host: str, port: int, settings: "ServerSettings") -> None:
    from pkgcat.server import run as server

    with server.listen(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listener.getsockname()[1]}/api/v4/"
        event_loop.run(
            server.serve(
                settings,
                listener,
                lambda: run.warn(f"serving {run.settings.catalog} at {address}; Ctrl-C ends it"),
            ),
            outcome="the server has stopped",
        )


def _check_base_url(url: str | None) -> str | None:
    """Return an address without a slash at its end; raise Invalid for what is no http address."""
    if url is None:
        return None
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        raise Invalid(f"--base-url {url} is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("--base-url takes an address like https://packages.example.org")
    if parts.query or parts.fragment or parts.username is not None:
        raise Invalid("--base-url takes no query and no user name")
    return url.rstrip("/")


def app(name: str) -> typer.Typer:
    """Return `serve` as an app."""
    return program((name, serve, Command))
