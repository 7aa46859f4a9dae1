"""decide: what to do about packages, and why."""

from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.decision import DECISIONS, NO_DECISION
from pkgcat.model.fields import addresses_in
from pkgcat.model.query import Query
from pkgcat.model.suggest import suggest
from pkgcat.results.records import Records
from pkgcat.services.decisions import DECISION_FIELDS, make_decision_fields
from pkgcat.services.edit import PackageEdit, edit_package
from pkgcat.shell import completion
from pkgcat.shell.arguments import State
from pkgcat.shell.condition_options import ConditionCommand, Supports, Where
from pkgcat.shell.decision_report import report_decisions
from pkgcat.shell.edit_filters import FILTER_OPTIONS, EditFilters, make_filter_query
from pkgcat.shell.options import (
    WritingRecords,
    program,
    refuse_together,
    refuse_without,
    shared_options,
)
from pkgcat.shell.records import print_packages
from pkgcat.shell.session import Session, read_names, reading, writing
from pkgcat.store import packages


def decide(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SLUG... DECISION",
            help=f"Packages, as for 'show', and {', '.join(DECISIONS)}, or none to take it back.",
            autocompletion=completion.complete_decided,
        ),
    ] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="The reason.")] = None,
    evidence: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of what speaks for it.")
    ] = None,
    review_by: Annotated[
        str | None, typer.Option(metavar="DATE", help="Look at it again on this day.")
    ] = None,
    where: Where = None,
    supports: Supports = None,
    state: State = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=f"With {FILTER_OPTIONS}: do it.")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="Show what is decided.")] = False,
) -> None:
    """Decide about packages: adopt, trial, assess, hold or reject.

    The same decision made again keeps what is not given anew; another one
    begins without reason, evidence and review day. 'pkgcat review' goes
    through them, 'pkgcat list --due' shows those whose day has come.

    \b
    Examples:
      pkgcat decide django-cities adopt --why "active, MIT" --review-by 2027-06-01
      pkgcat decide --state archived,gone hold --why "no longer kept up" --dry-run
      pkgcat decide --list
    """
    details = {"--why": why, "--evidence": evidence, "--review-by": review_by}
    if listing:
        found = {"--where": where, "--supports": supports, "--state": state, "--yes": yes}
        refuse_together("--list", {"packages to decide about": words, **details, **found})
        _list_decisions(ctx)
        return
    filters = EditFilters(tuple(where or ()), tuple(supports or ()), state)
    names, decision = _split_words(words or [], filters)
    if decision is None:
        refuse_together(f"the decision {NO_DECISION}", details)
    fields = make_decision_fields(decision, why, evidence, review_by)
    _check_consent(ctx, filters, yes=yes)
    wanted = read_names(names)
    command = f"decide {filters.words or ' '.join(wanted)} {decision or NO_DECISION}"
    with writing(ctx, command, kind="decide") as run:
        keys = _find_packages(run, filters, wanted)
        run.note_credentials(addresses_in(fields))
        edited = [edit_package(run.operation, key, PackageEdit(fields)) for key in keys]
        report_decisions(run, edited)
        if run.prints_records:
            print_packages(run, keys, many=len(wanted) != 1 or "-" in names)


def _check_consent(ctx: typer.Context, filters: EditFilters, *, yes: bool) -> None:
    """Raise Invalid where packages are found by filters and a person has not said yes."""
    if not filters.is_given:
        refuse_without(FILTER_OPTIONS, {"--yes": yes})
    elif not yes and not shared_options(ctx).get("dry_run"):
        raise Invalid(
            f"{filters.name} may find many packages: look with --dry-run first, then say --yes"
        )


def _find_packages(run: Session, filters: EditFilters, wanted: list[str]) -> list[int]:
    """Return the keys of the packages that filters find or that are named, each once."""
    if filters.is_given:
        return packages.keys(run.store, make_filter_query(run.store, filters, run.now))
    keys = [packages.find(run.store, name) for name in wanted]
    return list(dict.fromkeys(keys))


def _split_words(words: list[str], filters: EditFilters) -> tuple[list[str], str | None]:
    """Return the names, of which there are none where filters find packages, and the decision
    behind them; None where it is `none`.
    """
    known = (*DECISIONS, NO_DECISION)
    if not words:
        raise Invalid(f"decide what? Name packages, then one of {', '.join(known)}; or --list")
    *names, last = words
    decision = last.lower()
    if decision not in known:
        hint = suggest(decision, known) or f"; there are {', '.join(known)}"
        raise Invalid(f"the last word, {last!r}, is no decision{hint}")
    if names and filters.is_given:
        raise Invalid(f"slugs and {filters.name} exclude each other: name packages, or find them")
    if not names and not filters.is_given:
        raise Invalid(f"no package is named before {decision!r}")
    return names, None if decision == NO_DECISION else decision


def _list_decisions(ctx: typer.Context) -> None:
    with reading(ctx) as run:
        query = Query(run.now, decisions=DECISIONS)
        names = ("slug", *DECISION_FIELDS, "state_reasons")
        empty = "nothing is decided yet; 'pkgcat decide SLUG adopt' does it"
        run.print(
            Records(
                run.store,
                [query],
                run.fields,
                table_fields=names,
                drop_to_fit=True,
                empty=empty,
            )
        )


class Deciding(ConditionCommand, WritingRecords):
    """A command that writes records that names or conditions choose."""


def app(name: str) -> typer.Typer:
    """Return `decide` as an app."""
    return program((name, decide, Deciding))
