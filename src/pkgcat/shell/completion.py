"""What the shell offers for slugs, tags and other values. A catalog that cannot be read offers
nothing.

Completers return what stands in the catalog as it is: `shell_completion` keeps from the shell what
is no plain text.
"""

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import typer

from pkgcat import config
from pkgcat.errors import PkgcatError
from pkgcat.model.decision import DECISIONS, NO_DECISION
from pkgcat.model.fields import EDITABLE, FIELDS, PINNABLE
from pkgcat.model.states import STATES
from pkgcat.store import Store, packages

Offers = list[tuple[str, str]]
"""Values, each with its description."""

_NEWEST_OPERATIONS = 50


def complete_slugs(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the slugs of the catalog."""
    return _ask_catalog(
        ctx, incomplete, lambda store: packages.slugs(store, incomplete), any_case=True
    )


def complete_tags(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the tags of the catalog."""
    return _ask_catalog(ctx, incomplete, lambda store: packages.used_tags(store, incomplete))


def complete_categories(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the categories."""
    from pkgcat.store import categories  # only completion needs it

    return _ask_catalog(
        ctx,
        incomplete,
        lambda store: [(one.slug, one.title) for one in categories.list_categories(store)],
        any_case=True,
    )


def complete_grids(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the grids."""
    from pkgcat.store import grids  # only completion needs it

    return _ask_catalog(
        ctx,
        incomplete,
        lambda store: [(one.slug, one.title) for one in grids.list_grids(store)],
        any_case=True,
    )


def complete_features(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the features of the grid that was named."""
    from pkgcat.store import grid_features

    return _ask_grid(ctx, incomplete, grid_features.list_titles)


def complete_filter_names(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the saved filters."""
    return _ask_catalog(ctx, incomplete, _list_filters, any_case=True)


def complete_filters(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the saved filters as `@NAME`."""
    return _ask_catalog(
        ctx,
        incomplete,
        lambda store: [(f"@{name}", text) for name, text in _list_filters(store)],
        any_case=True,
    )


def complete_conditions(ctx: typer.Context, args: list[str], incomplete: str) -> Offers:
    """Offer fields, and saved filters after an `@`, where a condition begins: at the start of an
    expression, and behind `and`, `or`, `not` and parentheses that open.
    """
    match = re.fullmatch(r"(?s)((?:.*[\s(])?)(@?[-\w]*)", incomplete)
    if match is None or not re.search(r"(?i)(^|[\s(])(and|or|not)\s+$|\(\s*$|^\s*$", match[1]):
        return []
    before, begun = match[1], match[2]
    if begun.startswith("@"):
        found = complete_filters(ctx, args, begun)
    else:
        found = _offer_fields(FIELDS, begun)
    return [(f"{before}{value}", text) for value, text in found]


def _list_filters(store: Store) -> Offers:
    from pkgcat.store import filters  # only completion needs it here

    return [(one.name, one.expression) for one in filters.list_filters(store)]


def complete_members(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the packages of the grid that was named."""
    from pkgcat.store import grids

    return _ask_grid(ctx, incomplete, grids.list_titles)


def _ask_grid(
    ctx: typer.Context, incomplete: str, list_titles: Callable[[Store, int], Offers]
) -> Offers:
    """Offer what a function lists of the grid that was named.

    Where an option still lacks its value, the words before it are no parameters yet.
    """
    from pkgcat.store import groups

    slug = str(ctx.params.get("grid") or next(iter(ctx.args), ""))
    return _ask_catalog(
        ctx,
        incomplete,
        lambda store: list_titles(store, groups.find(store, "grids", slug)),
        any_case=True,
    )


def complete_operations(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the newest operations that are in force, by number."""
    return _ask_catalog(ctx, incomplete, _operations_in_force)


def _operations_in_force(store: Store) -> Offers:
    from pkgcat.services.operations import describe_operations
    from pkgcat.store.log import history

    newest = [one for one in history.listed(store, _NEWEST_OPERATIONS) if one.undone_by is None]
    commands = {one.id: history.Command(one.command, one.kind) for one in newest}
    described = describe_operations(store, commands)
    return [(str(number), text) for number, text in described.items()]


def _ask_catalog(
    ctx: typer.Context,
    incomplete: str,
    question: Callable[[Store], Offers],
    *,
    any_case: bool = False,
) -> Offers:
    """Return those answers of the catalog that begin with `incomplete`.

    A name that may be given in any case is offered in that in which it was begun: typer and shells
    leave others out.
    """
    path = ctx.ensure_object(dict).get("db")
    try:
        settings = config.Settings(Path(path) if path else None)
        with Store.read(settings.catalog, explicit=settings.explicit) as store:
            found = question(store)
    except PkgcatError:
        return []
    offered = []
    for value, text in found:
        rest = value[len(incomplete) :]
        is_begun = value.lower().startswith(incomplete.lower())
        if value.startswith(incomplete) or (any_case and is_begun):
            offered.append((incomplete + rest, text))
    return offered


def complete_editable(_ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the fields that can be edited."""
    return _offer_fields(EDITABLE, incomplete)


def complete_pinnable(_ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the facts that can be pinned."""
    return _offer_fields(PINNABLE, incomplete)


def _offer_fields(names: Collection[str], incomplete: str) -> Offers:
    return [
        (name, field.help)
        for name, field in FIELDS.items()
        if name in names and name.startswith(incomplete)
    ]


def complete_sort_orders(_ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the fields to sort by, after a comma and after a `-` too, which sorts the largest
    first.
    """
    before, comma, last = incomplete.rpartition(",")
    minus = "-" if last.startswith("-") else ""
    return [
        (f"{before}{comma}{minus}{name}", field.help)
        for name, field in FIELDS.items()
        if f"{minus}{name}".startswith(last)
    ]


def complete_hosts(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer the kinds of hosts."""
    from pkgcat.model.hosts import HOST_KINDS

    return [name for name in HOST_KINDS if name.startswith(incomplete)]


def complete_states(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer the states, also after a comma."""
    return _offer_words(STATES, incomplete)


def complete_decisions(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer the decisions and `none`, also after a comma."""
    return _offer_words((*DECISIONS, NO_DECISION), incomplete)


def complete_decided(ctx: typer.Context, args: list[str], incomplete: str) -> Offers:
    """Offer slugs, and after one of them decisions too."""
    offered = complete_slugs(ctx, args, incomplete)
    if not ctx.params.get("words"):
        return offered
    words = [word for word in (*DECISIONS, NO_DECISION) if word.startswith(incomplete)]
    return [(word, "decision") for word in words] + offered


def _offer_words(words: Collection[str], incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{word}" for word in words if word.startswith(last)]


def complete_shells(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer the shells that have completion."""
    from typer._completion_shared import Shells

    return [shell.value for shell in Shells if shell.value.startswith(incomplete)]


def complete_topics(ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer what `help` explains: commands, the commands below one that was named already,
    conditions and exit-codes.
    """
    assert ctx.parent is not None
    command: Any = ctx.parent.command
    named: list[str] = ctx.params.get("topic") or []
    for word in named:
        known = command.list_commands(ctx) if hasattr(command, "list_commands") else []
        if word not in known:
            return []
        command = command.get_command(ctx, word)
    offered = command.list_commands(ctx) if hasattr(command, "list_commands") else []
    if not named:
        offered = [*offered, "conditions", "exit-codes"]
    return [name for name in offered if name.startswith(incomplete)]
