"""What a file that cannot be imported looks like: told in place of a parser's complaint."""

import codecs
import re
from typing import Any

from pkgcat.errors import Invalid

IMPORTABLE = (
    "import takes packages as JSON or JSON Lines, API v4's or pkgcat's own, and as CSV whose header "
    "names slug and title, in UTF-8 or UTF-16"
)

OTHER_TEXT = "neither JSON nor CSV of packages"

ADD_NAMES = "'pkgcat add -' reads names and addresses, one a line"

_SIGNATURES = (
    (b"SQLite format 3\0", "a SQLite database (a catalog of pkgcat is opened with --db)"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet in its own format; save that as CSV"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet or document in Microsoft's old format; save it as CSV"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ\0", "an xz file; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
)
"""How files begin that are no text (https://en.wikipedia.org/wiki/List_of_file_signatures)."""

_TEXTS = (
    (r"\s*<!doctype\s+html|\s*<(?:html|head|body)\b", "an HTML page"),
    (r"\s*<(?:\?xml|rss|feed|svg|opml|!--)", "an XML document"),
    (r"\s*\{\\rtf", "a document in RTF"),
    (r"%PDF", "a PDF document"),
    (r"version https://git-lfs", "a pointer of Git LFS, in place of the file"),
    (r"(?:#.*\n)*# yarn lockfile|GEM\n", "a lock file"),
    (r"(?s)lockfileVersion:", "a lock file"),
    (r"diff --git |--- \S+\n\+\+\+ ", "a patch"),
    (r"#!|(?:#.*\n|\s)*(?:import \w+|from [\w.]+ import )", "a program"),
    (r"%YAML|---[ \t]*\r?\n", "a YAML file"),
)
"""What texts of other kinds begin with."""

_TOML_TABLE = re.compile(r"\[{1,2}[\w.\"' -]+\]{1,2}[ \t]*(?:#.*)?$")
_SETTING = re.compile(r"[\w.\"-]+[ \t]*=(?!=)")
_YAML_PAIR = re.compile(r"[\w.-]+:(?:\s|$)")
_ADDRESS = re.compile(r"(?:git\+)?(?:https?|ssh|git)://\S+$|git@\S+$")

_LINE_LENGTH = 200

_TOML_FILES = (
    (r"^\[\[package\]\]", "a lock file (uv.lock, poetry.lock, Cargo.lock)"),
    (r"^\[\[packages\]\]", "a lock file (pylock.toml)"),
    (r"^\[(?:project|build-system|dependency-groups|tool\.[^]]+)\]", "a pyproject.toml"),
    (r"^\[(?:\[source\]|packages|dev-packages)\]", "a Pipfile"),
    (r"^\[(?:metadata|options)\b", "a setup.cfg"),
    (r"^\[(?:tox|testenv)\b", "a tox.ini"),
)

_SEARCH_HIT = frozenset({"item_type", "absolute_url"})
"""Keys of what a search of API v4 finds, packages and grids: less than their records, under the same
names.
"""

_JSON_FILES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"lockfileVersion"}), "a package-lock.json"),
    (frozenset({"_meta", "default"}), "a Pipfile.lock"),
    (frozenset({"packages-dev", "content-hash"}), "a composer.lock"),
    (_SEARCH_HIT, "a search result of Django Packages"),
    (frozenset({"packages", "grids", "categories", "search"}), "the index of API v4"),
    (frozenset({"starred_at", "repo"}), "a list of stars on GitHub"),
    (
        frozenset({"full_name", "stargazers_count"}),
        "a list of stars or repositories on GitHub (jq -r '.[].html_url' | pkgcat add -)",
    ),
    (frozenset({"nameWithOwner"}), "a list of repositories or stars on GitHub"),
    (frozenset({"full_name", "html_url"}), "a list of repositories"),
    (frozenset({"path_with_namespace"}), "a list of projects on GitLab"),
    (frozenset({"total_count", "items"}), "a search result of GitHub"),
    (frozenset({"info", "urls"}), "PyPI's answer about a project"),
    (frozenset({"meta", "projects"}), "a list of projects on PyPI"),
    (frozenset({"model", "pk", "fields"}), "a dump of Django's dumpdata"),
    (frozenset({"bomFormat"}), "a CycloneDX bill of materials"),
    (frozenset({"spdxVersion"}), "an SPDX bill of materials"),
    (frozenset({"$schema"}), "a JSON Schema, or a file of another program"),
    (frozenset({"nbformat"}), "a Jupyter notebook"),
    (frozenset({"name", "dependencies"}), "a package.json"),
    (frozenset({"name", "devDependencies"}), "a package.json"),
    (frozenset({"name", "scripts"}), "a package.json"),
    (frozenset({"pip_version", "installed"}), "what 'pip inspect' prints"),
    (frozenset({"name", "version"}), "a list of installed packages, or a package.json"),
    (frozenset({"message", "documentation_url"}), "an error that a host answered"),
    (frozenset({"detail"}), "an error that a host answered"),
)
"""Which keys the objects of other files have; the first entry that fits counts."""


def refuse_file(looks_like: str) -> Invalid:
    """Return the error for a file of another kind."""
    return Invalid(f"this looks like {looks_like}; {IMPORTABLE}")


def describe_bytes(head: bytes) -> str | None:
    """Say what a file is that is no text, by its first bytes; None for a text, in any encoding
    without NUL.
    """
    if b"\0" not in head and _is_utf_8(head):
        return None
    for signature, description in _SIGNATURES:
        if head.startswith(signature):
            return description
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    if b"\0" in head:
        return "a file that is no text"
    return None


def _is_utf_8(head: bytes) -> bool:
    """Whether these bytes are UTF-8, of whose last character a part may be missing."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return True


def describe_text(head: str) -> str | None:
    """Say what a text looks like that is neither JSON nor CSV; None where that is not known."""
    for pattern, description in _TEXTS:
        if re.match(pattern, head, re.IGNORECASE):
            return description
    line = _find_first_line(head)
    if _TOML_TABLE.match(line) or _SETTING.match(line):
        return _describe_toml(head)
    if _ADDRESS.match(line):
        return f"a list of addresses; {ADD_NAMES}"
    if _is_requirement(line):
        return f"a requirements.txt or a list of names; {ADD_NAMES}"
    if _YAML_PAIR.match(line):
        return "a YAML file"
    return None


def describe_object(document: dict[str, Any]) -> str | None:
    """Say what a JSON object looks like that lacks slug or title; None where it could be meant as
    a record.
    """
    for keys, description in _JSON_FILES:
        if keys <= document.keys():
            return description
    if "slug" in document or "title" in document:
        return None
    return "JSON of another program: an object without slug and title"


def is_search_hit(document: dict[str, Any]) -> bool:
    """Whether a JSON object is what a search of API v4 found, and no record."""
    return document.keys() >= _SEARCH_HIT


def _find_first_line(head: str) -> str:
    """Return the beginning of the first line that is neither blank nor a comment."""
    for line in head.splitlines():
        text = line.strip()
        if text and not text.startswith(("#", ";")):
            return text[:_LINE_LENGTH]
    return ""


def _describe_toml(head: str) -> str:
    for pattern, description in _TOML_FILES:
        if re.search(pattern, head, re.MULTILINE):
            return description
    return "a TOML or INI file"


def _is_requirement(line: str) -> bool:
    """Whether a line could stand in pip's requirements file."""
    if re.match(r"--?[a-z]", line):
        return True
    from packaging.requirements import InvalidRequirement, Requirement

    written = re.split(r"\s#|\s--|\\$", line)[0]
    try:
        Requirement(written)
    except InvalidRequirement:
        return False
    return True
