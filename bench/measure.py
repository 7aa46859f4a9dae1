"""Run commands in turn and compare: CPU seconds of short ones, wall seconds of long ones,
memory of both.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str]


class Run(NamedTuple):
    """One run of a child process."""

    cpu: float
    wall: float
    peak: int
    """Largest resident set, in KiB."""


def run(command: Command, environment: dict[str, str]) -> Run:
    """Run a command to its end, its output thrown away, with byte code cached."""
    surroundings = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        env={**surroundings, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.decode()}")
    return Run(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss)


def in_turn(commands: Sequence[tuple[Command, dict[str, str]]], times: int) -> list[Run]:
    """Run commands one after the other, so many rounds, and return the median of each."""
    runs: list[list[Run]] = [[] for _ in commands]
    for number in range(times + 1):
        for kept, (command, environment) in zip(runs, commands, strict=True):
            one = run(command, environment)
            if number:  # the first round warms up
                kept.append(one)
    return [
        Run(*(statistics.median(part) for part in zip(*kept, strict=True)))  # type: ignore[arg-type]
        for kept in runs
    ]


def python(code: str) -> Command:
    """Return the command that runs a piece of Python."""
    return (sys.executable, "-c", code)


def pkgcat(*words: str) -> Command:
    """Return the command that runs pkgcat as it is installed."""
    return (str(Path(sys.executable).with_name("pkgcat")), *words)
