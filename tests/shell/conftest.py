"""The catalogs of the tests of commands."""

from tests.commands.conftest import empty, made_many, made_one, many, one, terminal

__all__ = ["empty", "made_many", "made_one", "many", "one", "terminal"]
