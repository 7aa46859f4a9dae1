"""The catalogs that the commands are tried on, here too."""

from tests.commands.conftest import made_many, made_one, many

__all__ = ["made_many", "made_one", "many"]
