"""pkgcat: a catalog of packages in one SQLite file, in your own terminal."""

__version__ = "0.1.0"
