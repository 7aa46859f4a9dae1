"""setup.sh on machines that lack something: what it says, and that it leaves no half .venv."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

SETUP = Path(__file__).parents[1] / "setup.sh"

PYTHON = """#!/bin/sh
case "$*" in
"-c import ensurepip") test -e "{folder}/ensurepip" ;;
"-c import pip") test -e "{folder}/pip" ;;
-c*) test ! -e "{folder}/old" ;;
"-m venv"*) mkdir -p .venv/bin && cp "{folder}/bin/python3" .venv/bin/python ;;
"-m pip install"*) test ! -e "{folder}/offline" || {{ echo "no network" >&2; exit 1; }} ;;
esac
"""
APT = """#!/bin/sh
echo "$@" >> "{folder}/apt"
test ! -e "{folder}/offline" || {{ echo "no network" >&2; exit 100; }}
case "$*" in *python3-venv*) touch "{folder}/ensurepip" ;; esac
"""


class Machine:
    """A machine with a Python, apt-get and id of our own, and a project's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.project = folder, folder / "project"
        (folder / "bin").mkdir()
        self.project.mkdir()
        self.write("python3", PYTHON)
        self.write("apt-get", APT)
        self.set_user(0)

    @property
    def venv(self) -> Path:
        return self.project / ".venv"

    def write(self, name: str, script: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(script.format(folder=self.folder))
        path.chmod(0o700)

    def set_user(self, number: int) -> None:
        self.write("id", f"#!/bin/sh\necho {number}\n")

    def have(self, name: str) -> None:
        """Let the machine have, or be, something."""
        (self.folder / name).touch()

    def lack(self, name: str) -> None:
        (self.folder / name).unlink()


class Ran(NamedTuple):
    out: str
    err: str
    code: int


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def set_up(machine: Machine) -> Ran:
    path = f"{machine.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(SETUP), "python3"],
        cwd=machine.project,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.stdout, done.stderr, done.returncode)


def test_a_whole_python_needs_nothing(machine: Machine) -> None:
    machine.have("ensurepip")
    assert set_up(machine) == Ran("setting up .venv\n", "", 0)
    assert (machine.venv / ".ready").exists()
    assert not (machine.folder / "apt").exists()


def test_root_gets_what_is_missing(machine: Machine) -> None:
    assert set_up(machine) == Ran("installing python3-venv\nsetting up .venv\n", "", 0)
    assert (machine.venv / ".ready").exists()


def test_another_user_is_told_the_one_command_before_anything_is_made(machine: Machine) -> None:
    machine.set_user(1000)
    answer = set_up(machine)
    assert (answer.out, answer.code, answer.err.count("\n")) == ("", 1, 1)
    assert "sudo apt-get install -y python3-venv" in answer.err
    assert list(machine.project.iterdir()) == []
    assert not (machine.folder / "apt").exists()


def test_root_without_a_network_is_told_the_command(machine: Machine) -> None:
    machine.have("offline")
    answer = set_up(machine)
    assert answer.code == 1
    assert answer.err.endswith("apt-get install -y python3-venv\n")
    assert list(machine.project.iterdir()) == []


def test_a_python_that_has_pip_alone_is_enough(machine: Machine) -> None:
    machine.set_user(1000)
    machine.have("pip")
    assert set_up(machine).code == 0
    assert (machine.venv / ".ready").exists()


def test_an_old_python_is_told(machine: Machine) -> None:
    machine.have("old")
    machine.have("ensurepip")
    answer = set_up(machine)
    assert (answer.out, answer.code) == ("", 1)
    assert "3.11" in answer.err
    assert list(machine.project.iterdir()) == []


def test_no_half_environment_is_left(machine: Machine) -> None:
    machine.have("ensurepip")
    machine.have("offline")
    answer = set_up(machine)
    assert (answer.code, answer.err) == (1, "no network\n")
    assert not machine.venv.exists()
    machine.lack("offline")
    machine.venv.mkdir()
    (machine.venv / "half").touch()
    assert set_up(machine).code == 0
    assert not (machine.venv / "half").exists()


def test_an_environment_that_is_ready_outlives_a_failure(machine: Machine) -> None:
    machine.have("ensurepip")
    assert set_up(machine).code == 0
    machine.have("offline")
    assert set_up(machine).code == 1
    assert (machine.venv / ".ready").exists()
