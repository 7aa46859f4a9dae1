"""What a file must say to be a catalog of this version."""

from pathlib import Path

APPLICATION_ID = 0x706B6763  # "pkgc", https://www.sqlite.org/fileformat.html#application_id
MIGRATIONS_FOLDER = Path(__file__).with_name("migrations")
VERSION = max(int(path.name[:4]) for path in MIGRATIONS_FOLDER.glob("*.sql"))
"""The number of the newest migration, kept as `user_version`. Listing names costs no import."""
