"""Errors a user can meet, each with its exit code."""

EXIT_CODES: dict[int, str] = {
    0: "done; an empty answer is an answer",
    1: "failed",
    2: "wrong usage: an option, a value or an imported text is not valid",
    3: "done, but some packages failed, were skipped or are missing; the rest is saved",
    4: "not found: no such package, category or operation",
    5: "conflict: it exists already, is in use, or was changed meanwhile",
    65: "the catalog is damaged, not pkgcat's, or made by a newer pkgcat",
    66: "the catalog named by --db or PKGCAT_DB does not exist",
    69: "no source could be reached",
    74: "input or output failed, or the disk is full",
    75: "busy: another command holds the catalog; try later",
    77: "permission denied: read-only, not yours, or a token was refused",
    78: "bad configuration",
    129: "ended by a hangup (SIGHUP)",
    130: "interrupted (Ctrl-C, SIGINT)",
    143: "terminated (SIGTERM)",
}
"""What each exit code means; the numbers from 64 up are those of sysexits(3)."""


class PkgcatError(Exception):
    """An expected failure; its text tells the user what happened and what to do."""

    exit_code = 1


class Invalid(PkgcatError):
    """A value, an option or an imported text breaks a rule."""

    exit_code = 2


class Unstorable(Invalid):
    """What no catalog can hold, though others may: of an import, only the record that has it is
    skipped.
    """


class NotFound(PkgcatError):
    """Nothing in the catalog has that name."""

    exit_code = 4


class Conflict(PkgcatError):
    """It exists already, is in use, or was changed meanwhile."""

    exit_code = 5


class Ambiguous(Conflict):
    """Several packages have that name."""


class Duplicate(Conflict):
    """The package is in the catalog already; `slug` is its name there."""

    def __init__(self, message: str, slug: str) -> None:
        super().__init__(message)
        self.slug = slug


class BadCatalog(PkgcatError):
    """The file is damaged, not a catalog, or made by a newer pkgcat."""

    exit_code = 65


class NoCatalog(PkgcatError):
    """The catalog that was named does not exist."""

    exit_code = 66


class Unreachable(PkgcatError):
    """No source answered."""

    exit_code = 69


class IOFailed(PkgcatError):
    """Reading or writing failed, or the disk is full."""

    exit_code = 74


class Busy(PkgcatError):
    """Another command holds the catalog."""

    exit_code = 75


class Denied(PkgcatError):
    """Permission denied, or the file is read-only."""

    exit_code = 77


class BadConfig(PkgcatError):
    """A setting is wrong."""

    exit_code = 78


def describe_os_error(error: OSError | ValueError) -> str:
    """Return what an error of the system says, without its number; a ValueError is about a path
    that no file can have.
    """
    reason = getattr(error, "strerror", None) or str(error)
    return str(reason).lower()
