"""Lines of pip's requirements files, as names and addresses of packages.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from collections.abc import Iterable, Iterator

from pkgcat.model.addresses import repository

_COMMENT = r"(?<!\S)#.*$"
_PER_REQUIREMENT = r"(?<=\s)--(?:hash|config-settings|global-option).*$"
_EDITABLE = r"(?:-e|--editable)[ =]\s*(\S.*)"
_OPTION = (
    r"(?:-[icf]|--(?:index-url|extra-index-url|find-links|constraint|no-binary|only-binary"
    r"|trusted-host|use-feature|hash|config-settings|global-option))[ =]"
    r"|--(?:no-index|pre|prefer-binary|require-hashes)$"
)
"""Options that name no package. A slug may begin with a hyphen, and has no space and no `=`."""
_SPECIFIED = r"[A-Za-z0-9][\w.-]*\s*(?:\[|\(|[<>=!~]=|[<>;]|@\s)"
"""How a requirement begins that is more than a name."""


def read_requirement_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the names and addresses of packages in lines that may be a requirements file.

    Comments, and options that name no package, are left out. `-r more.txt` is yielded as it stands:
    it is no name, and has to be told.
    """
    for line in _join_lines(lines):
        text = re.sub(_COMMENT, "", line).strip()
        editable = re.match(_EDITABLE, text)
        if editable:
            text = editable[1]
        if text and not re.match(_OPTION, text):
            yield read_requirement(text)


def read_requirement(text: str) -> str:
    """Return the project of a requirement such as `celery[redis]>=5 ; python_version > "3.8"`, or
    the repository that it names after `@`; any other text as it is.
    """
    written = re.sub(_PER_REQUIREMENT, "", text).rstrip()
    if not re.match(_SPECIFIED, written):
        return written
    from packaging.requirements import InvalidRequirement, Requirement  # costs a start-up

    try:
        requirement = Requirement(written)
    except InvalidRequirement:
        return text
    if requirement.url and repository(requirement.url) is not None and _is_vcs(requirement.url):
        return requirement.url
    return requirement.name


def names_other_file(text: str) -> bool:
    """Whether a line names another requirements file, whose lines belong here, too."""
    return bool(re.match(r"(?:-r|--requirement)[ =]", text))


def _is_vcs(url: str) -> bool:
    """Whether an address is that of a repository, not of a file (`git+https://…`)."""
    return "+" in url.partition("://")[0]


def _join_lines(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines that end with a backslash with the next one."""
    pieces: list[str] = []
    for line in lines:
        text = line.rstrip("\r\n")
        pieces.append(text.removesuffix("\\"))
        if not text.endswith("\\"):
            yield "".join(pieces)
            pieces.clear()
    if pieces:
        yield "".join(pieces)
