"""A small parser of GraphQL documents: queries, fragments, arguments, variables; no directives."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

_TOKEN = re.compile(
    r'[\s,\ufeff]+|\#[^\n]*|(?P<token>\.\.\.|[_A-Za-z]\w*|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[!$():=@\[\]{|}])'
)
_NUMBER = re.compile(r"-?\d")


class Wrong(Exception):
    """The document cannot be read; `line` and `column` say where."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable, to be filled in."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is asked for."""

    name: str
    alias: str
    arguments: Mapping[str, Any]
    selection: "Sequence[Selection]"
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """A use of a named fragment."""

    name: str


@dataclass(frozen=True, slots=True)
class Inline:
    """Fields for one type only (or for all, when it is None)."""

    on: str | None
    selection: "Sequence[Selection]"


Selection = Field | Spread | Inline


@dataclass(slots=True)
class Document:
    """What was asked: the first query, its defaults, and the fragments."""

    query: Sequence[Selection] | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    fragments: dict[str, Inline] = field(default_factory=dict)


def parse(source: str) -> Document:
    """Read a document; raise Wrong."""
    return _Parser(source).document()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[tuple[str, int]] = []
        at = 0
        while at < len(source):
            found = _TOKEN.match(source, at)
            if found is None:
                self.fail(f"Unexpected character {source[at]!r}", at)
            if found["token"]:
                self.tokens.append((found["token"], at))
            at = found.end()
        self.tokens.append(("", len(source)))
        self.at = 0

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        """Say where reading ended."""
        line, column = self.place(self.tokens[self.at][1] if position is None else position)
        raise Wrong(message, line, column)

    def place(self, position: int) -> tuple[int, int]:
        """Return line and column, from 1."""
        before = self.source[:position]
        return before.count("\n") + 1, position - before.rfind("\n")

    @property
    def next(self) -> str:
        """Return the next token; "" at the end."""
        return self.tokens[self.at][0]

    def take(self, *expected: str) -> str:
        """Go past the next token."""
        token = self.next
        if expected and token not in expected:
            self.fail(f"Expected one of {expected}, actual: {token or 'end of document'!r}")
        self.at += 1
        return token

    def name(self) -> str:
        """Go past a name."""
        token = self.take()
        if not re.fullmatch(r"[_A-Za-z]\w*", token):
            self.at -= 1
            self.fail(f"Expected a name, actual: {token or 'end of document'!r}")
        return token

    def document(self) -> Document:
        """Read everything."""
        document = Document()
        while self.next:
            if self.next == "fragment":
                self.take()
                name = self.name()
                self.take("on")
                document.fragments[name] = Inline(self.name(), self.selection())
            else:
                self.operation(document)
        if document.query is None:
            self.fail("A query was expected")
        return document

    def operation(self, document: Document) -> None:
        """Read `query Name($v: Type = default) { … }`."""
        if document.query is not None:
            self.fail("Only one operation is understood")
        if self.next != "{":
            self.take("query")
            if self.next not in {"(", "{"}:
                self.name()
            if self.next == "(":
                self.variables(document)
        document.query = self.selection()

    def variables(self, document: Document) -> None:
        """Read the declarations of variables."""
        self.take("(")
        while self.next != ")":
            self.take("$")
            name = self.name()
            self.take(":")
            while self.next in {"[", "]", "!"} or re.fullmatch(r"[_A-Za-z]\w*", self.next):
                last = self.take()
            if last == "!":
                document.required.add(name)
            document.defaults[name] = None
            if self.next == "=":
                self.take()
                document.defaults[name] = self.value()
        self.take(")")

    def selection(self) -> list[Selection]:
        """Read `{ … }`."""
        self.take("{")
        chosen: list[Selection] = []
        while self.next != "}":
            chosen.append(self.fragment() if self.next == "..." else self.field())
        self.take("}")
        if not chosen:
            self.fail("A selection cannot be empty")
        return chosen

    def fragment(self) -> Selection:
        """Read `...Name` or `... on Type { … }`."""
        self.take("...")
        if self.next == "on":
            self.take()
            return Inline(self.name(), self.selection())
        return Inline(None, self.selection()) if self.next == "{" else Spread(self.name())

    def field(self) -> Field:
        """Read `alias: name(argument: value) { … }`."""
        place = self.place(self.tokens[self.at][1])
        alias = name = self.name()
        if self.next == ":":
            self.take()
            name = self.name()
        arguments = {}
        if self.next == "(":
            self.take()
            while self.next != ")":
                argument = self.name()
                self.take(":")
                arguments[argument] = self.value()
            self.take(")")
        return Field(name, alias, arguments, self.selection() if self.next == "{" else (), place)

    def value(self) -> Any:
        """Read a value; enums become text."""
        token = self.take()
        if token == "$":
            return Variable(self.name())
        if token.startswith('"') or _NUMBER.match(token):
            return json.loads(token)
        if token in {"[", "{"}:
            return self.listed() if token == "[" else self.keyed()
        if not re.fullmatch(r"[_A-Za-z]\w*", token):
            self.at -= 1
            self.fail(f"Expected a value, actual: {token or 'end of document'!r}")
        return {"true": True, "false": False, "null": None}.get(token, token)

    def listed(self) -> list[Any]:
        """Read the rest of a list."""
        values = []
        while self.next != "]":
            values.append(self.value())
        self.take("]")
        return values

    def keyed(self) -> dict[str, Any]:
        """Read the rest of an object."""
        values = {}
        while self.next != "}":
            key = self.name()
            self.take(":")
            values[key] = self.value()
        self.take("}")
        return values
