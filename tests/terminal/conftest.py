"""The catalogs that the commands are tried on, here too."""

from tests.commands.conftest import empty, made_many, made_one, many, one

__all__ = ["empty", "made_many", "made_one", "many", "one"]
