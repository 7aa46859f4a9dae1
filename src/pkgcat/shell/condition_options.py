"""Options that say which packages, and in which order: `--where EXPR`, `--sort`."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from pkgcat.model.expression import OPERATOR_NAMES, OPERATORS, quote_value
from pkgcat.shell import completion
from pkgcat.shell.options import Printing

_OPERATORS = frozenset({*OPERATORS, *OPERATOR_NAMES})


def complete_supports(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer what `--supports` can ask for."""
    return [name for name in ("python=", "django=") if name.startswith(incomplete)]


Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXPR",
        help="Conditions: 'repo_watchers > 100 and not tags has geo'; "
        "'pkgcat help conditions' explains them.",
        autocompletion=completion.complete_conditions,
    ),
]
Supports = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VERSION",
        help="Declared to support python=3.14 or django=6.0; repeated, all of them.",
        autocompletion=complete_supports,
    ),
]
Sort = Annotated[
    str | None,
    typer.Option(
        metavar="[-]FIELD,...",
        help="Order by fields; - puts the largest first. Unknown comes last.",
        autocompletion=completion.complete_sort_orders,
    ),
]

_WITH_WORDS = ("in", "is")
"""Operators that no single value follows: `in '(MIT, ISC)'`, `is unknown`."""


class ConditionCommand(TyperCommand):
    """A command with `--where EXPR`; a single condition may also stand there as three words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the three words of each condition before they are parsed."""
        return super().parse_args(ctx, join_conditions(args))


class Listing(ConditionCommand, Printing):
    """A command that prints the records that conditions name."""


def join_conditions(args: Sequence[str]) -> list[str]:
    """Turn `--where title = 'a b'` into `--where "title = 'a b'"`: the third word is one value.

    An expression in one word is no name of a field, and so it is left alone.
    """
    joined: list[str] = []
    words = list(args)
    while words:
        word = words.pop(0)
        joined.append(word)
        if word == "--":
            return joined + words
        if word == "--where" and _begins_with_three_words(words):
            field, operator, value = words[:3]
            if operator not in _WITH_WORDS:
                value = quote_value(value)
            joined.append(f"{field} {operator} {value}")
            del words[:3]
    return joined


def _begins_with_three_words(words: Sequence[str]) -> bool:
    return len(words) >= 3 and bool(re.fullmatch(r"\w+", words[0])) and words[1] in _OPERATORS
