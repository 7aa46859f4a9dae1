"""edit in an editor: the fields as TOML, a mistake told on top, a draft never lost."""

import json
import shlex
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import typer

from pkgcat import config
from pkgcat.commands.edit import report
from pkgcat.commands.given import by_hand
from pkgcat.commands.session import reading, writing
from pkgcat.commands.show import print_records
from pkgcat.errors import Invalid, NotFound, PkgcatError
from pkgcat.models import FIELDS, Package, Query, Value, Values, nearest
from pkgcat.store import edits, packages

EDITED = (
    "title",
    "slug",
    "category",
    "tags",
    "notes",
    "repo_url",
    "pypi_url",
    "documentation_url",
    "replaced_by",
    "repo_description",
    "repo_host",
)
"""The fields a person finds in the editor."""


def edit_in_editor(ctx: typer.Context, wanted: list[str]) -> None:
    """Open one package in the editor and store what became of it.

    Nothing happens where the text is unchanged or empty. No transaction is open meanwhile: a
    conflict with another edit is found by the revision, and then the draft is kept.
    """
    if len(wanted) != 1:
        raise Invalid("the editor takes one package at a time; edit many with options, such as --tag")
    if not sys.stdin.isatty() and config.terminal().editor is None:
        raise Invalid("nothing to change: give an option such as --title (there is no terminal for an editor)")
    with reading(ctx) as run:
        key = packages.find(run.store, wanted[0])
        package = next(packages.read(run.store, Query(run.now, key=key)))
        rev = packages.revision(run.store, key)
    draft = _Draft(package)
    while draft.opened():
        try:
            with writing(ctx, f"edit {package.slug}") as run:
                given = draft.changed()
                values: Values = {name: by_hand(run.store, name, value) for name, value in given.items()}
                report(run, [(packages.slug(run.store, key), edits.edit(run.operation, key, values, rev=rev))])
                if run.structured:
                    print_records(run, [key], many=False)
        except (Invalid, NotFound) as error:
            draft.complain(str(error))
            continue
        except PkgcatError as error:
            raise type(error)(f"{package.slug}: {error}; your draft is kept in {draft.path}") from error
        draft.path.unlink()
        return
    draft.path.unlink(missing_ok=True)
    with reading(ctx) as run:
        run.say(f"{package.slug}: nothing to change")
        if run.structured:
            print_records(run, [key], many=False)


class _Draft:
    """The text in the editor, and what it was made of."""

    def __init__(self, package: Package) -> None:
        self.before: dict[str, Value] = {name: getattr(package, name) for name in EDITED}
        handle, path = tempfile.mkstemp(prefix=f"pkgcat-{package.slug}-", suffix=".toml")
        self.path = Path(path)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor
            file.write(_toml(package, self.before))
        self.seen = self.path.read_text(encoding="utf-8")
        self.complaint = ""

    def opened(self) -> bool:
        """Run the editor; tell whether there is a text to store. Raises Invalid for one given up."""
        editor = config.terminal().editor or "vi"
        try:
            command = [*shlex.split(editor), str(self.path)]
            status = subprocess.run(command, check=False).returncode  # noqa: S603  # the user's own editor
        except (OSError, ValueError) as error:
            self.path.unlink()
            raise PkgcatError(f"the editor {editor!r} did not start ({error}); set $EDITOR") from error
        if status:
            raise PkgcatError(f"the editor ended with {status}; nothing was stored, your draft is kept in {self.path}")
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PkgcatError(f"the draft {self.path} cannot be read: {error}; nothing was stored") from error
        unchanged, self.seen = text == self.seen, text
        if unchanged and self.complaint:
            raise Invalid(f"{self.complaint}; nothing was stored, your draft is kept in {self.path}")
        return bool(text.strip()) and not unchanged

    def changed(self) -> dict[str, Any]:
        """Return the fields whose values differ from before; raise Invalid for a mistake."""
        try:
            fields = tomllib.loads(self.seen)
        except tomllib.TOMLDecodeError as error:
            raise Invalid(f"broken TOML: {error}") from error
        for name in fields:
            if name not in EDITED:
                raise Invalid(f"there is no field {name!r} here{nearest(name, list(EDITED))}")
        return {name: value for name, value in fields.items() if not _same(value, self.before[name])}

    def complain(self, complaint: str) -> None:
        """Put a mistake on top of the text, in place of the one before."""
        lines = self.seen.splitlines(keepends=True)
        while lines and lines[0].startswith("# mistake: "):
            lines.pop(0)
        self.complaint = complaint
        self.seen = f"# mistake: {' '.join(complaint.split())}\n{''.join(lines)}"
        self.path.write_text(self.seen, encoding="utf-8")


def _same(given: Any, before: Value) -> bool:
    same: bool = given == (list(before) if isinstance(before, tuple) else before or "")
    return same


def _toml(package: Package, values: dict[str, Value]) -> str:
    lines = [f"# {package.slug}: save and close to store, leave unchanged or empty to store nothing.\n"]
    for name, value in values.items():
        lines.append(f"\n# {FIELDS[name].doc}\n{name} = {_literal(value)}\n")
    return "".join(lines)


def _literal(value: Value) -> str:
    """Write a TOML value (toml.io, v1.0.0); JSON's strings are TOML's, U+007F aside."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quoted, map(str, value)))}]"
    text = "" if value is None else str(value)
    if "\n" in text:
        lines = (_quoted(line)[1:-1] for line in text.split("\n"))
        return '"""\n' + "\n".join(lines) + '"""'
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
