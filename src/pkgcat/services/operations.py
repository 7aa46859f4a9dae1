"""What is said of an operation: its command or, of a long one, its kind and of how many things."""

from collections.abc import Mapping

from pkgcat.model.wording import format_count
from pkgcat.store import Store
from pkgcat.store.log import history
from pkgcat.store.log.history import Command

_LONG = 40
"""Characters of a command above which what it did is counted instead."""


def describe_operations(store: Store, commands: Mapping[int, Command]) -> dict[int, str]:
    """Return what is said of operations, given their commands by number."""
    long = [number for number, command in commands.items() if len(command.text) > _LONG]
    counts = history.count_things(store, long)
    described = {}
    for number, command in commands.items():
        described[number] = command.text
        if number in counts:
            described[number] = describe_operation(command, counts[number])
    return described


def describe_operation(command: Command, counts: Mapping[str, int]) -> str:
    """Say what an operation was: its command, or of one about many things its kind and their
    number.
    """
    if sum(counts.values()) <= 1 or command.kind == "unknown":
        return command.text
    nouns = sorted(counts, key=lambda noun: (noun != "package", noun))
    things = [format_count(counts[noun], noun, _plural(noun)) for noun in nouns]
    return f"{command.kind} of {' and '.join(things)}"


def _plural(noun: str) -> str:
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return f"{noun}s"
