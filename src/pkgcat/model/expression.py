"""Expressions of conditions: `repo_watchers >= 100 and not (repo_license in (MIT, ISC))`.

    expression  all of them, or all of them, or …
    all of them part and part and …
    part        not part | ( expression ) | @FILTER | comparison
    comparison  FIELD = VALUE, and so with != < <= > >= ~ and has
                FIELD in (VALUE, VALUE …) | FIELD is unknown | FIELD is known
                FIELD older than AGE | FIELD younger than AGE

A value is one word, or stands in quotes of either kind, in which a quote is doubled. It is read as
the type of its field has it. Reading takes linear time, and its depth is limited.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, get_args

from pkgcat.errors import Invalid
from pkgcat.model.credentials import strip_credentials, strip_credentials_in
from pkgcat.model.fields import Field, check_field
from pkgcat.model.parsing import shorten
from pkgcat.model.query import AllOf, AnyOf, Condition, ConditionTree, Not, OneOf, Operator
from pkgcat.model.types import Value

MAX_LENGTH = 20_000
"""So many characters an expression may have."""

MAX_DEPTH = 50
"""So deep parentheses, `not` and filters within filters may be nested."""

MAX_VALUES = 500
"""So many values may be compared with, those of the filters that are used counted. SQLite takes
expressions of a depth of 1,000 (sqlite.org/limits.html).
"""

OPERATOR_NAMES: dict[str, Operator] = {
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "contains": "~",
    "==": "=",
}
"""Other spellings of operators."""

AGE_OPERATORS: dict[str, Operator] = {"older": "<", "younger": ">"}
"""How the moment that is so long ago is compared with, followed by `than`."""

FORM = "a condition is FIELD OP VALUE, such as repo_watchers > 100"

_ANYTHING = re.compile(r"\S+")
_SPACES = re.compile(r"\s*")
_SIGN = re.compile(r"<=|>=|!=|==|=|<|>|~")
_WORD = re.compile(r"""[^\s()<>=!~,'"@]+""")
_FIELD = re.compile(r"""\w+(?![^\s()<>=!~,'"@])""")
_FILTER_NAME = re.compile(r"""[^\s()<>=!~,'"]+""")
_QUOTED = re.compile(r"""'((?:[^']++|'')*+)'|"((?:[^"]++|"")*+)\"""")
_PLAIN_VALUE = re.compile(r"""[^\s()'"][^\s()]*""")
_LISTED_VALUE = re.compile(r"""[^\s(),'"][^\s(),]*""")
_CONNECTIVES = ("and", "or", "not")

OPERATORS = frozenset({*get_args(Operator), "has", "in", "is", *AGE_OPERATORS})
"""What may follow a field."""


class ExpressionContext:
    """What an expression and the filters that it uses have in common.

    Ages are as of `now`. `read_filter` returns the conditions of a saved filter, which it reads with
    the same context.
    """

    def __init__(self, now: datetime, read_filter: Callable[[str], ConditionTree]) -> None:
        self.now = now
        self.read_filter = read_filter
        self.depth = 0
        self.values = 0


def parse_expression(text: str, context: ExpressionContext) -> ConditionTree:
    """Return the conditions of an expression; raise Invalid, which tells the place of a mistake,
    and whatever `read_filter` raises.
    """
    if len(text) > MAX_LENGTH:
        raise Invalid(f"the expression has {len(text):,} characters; {MAX_LENGTH:,} are the most")
    return _Parser(text, context).parse()


def list_filter_names(text: str, now: datetime) -> set[str]:
    """Return the names, in lower case, of the filters that an expression uses: those up to a
    mistake, where it has one.
    """
    names: set[str] = set()

    def note_name(name: str) -> ConditionTree:
        names.add(name.lower())
        return AllOf(())

    with suppress(Invalid):
        parse_expression(text, ExpressionContext(now, note_name))
    return names


def quote_value(text: str) -> str:
    """Return a value as it stands in an expression: in quotes, where it needs them."""
    if _LISTED_VALUE.fullmatch(text) and text.lower() not in _CONNECTIVES:
        return text
    if "'" in text and '"' not in text:
        return f'"{text}"'
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


class _Parser:
    """Reads one expression, from left to right."""

    def __init__(self, text: str, context: ExpressionContext) -> None:
        self._text = text
        self._context = context
        self._position = 0

    def parse(self) -> ConditionTree:
        """Read all of it."""
        tree = self._parse_any_of()
        if self._skip_spaces() < len(self._text):
            if self._is_next(")"):
                raise self._mistake("this ')' closes nothing")
            raise self._unexpected("'and', 'or' or the end", "; quote a value of several words")
        return tree

    def _parse_any_of(self) -> ConditionTree:
        parts = [self._parse_all_of()]
        while self._take_word("or"):
            parts.append(self._parse_all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _parse_all_of(self) -> ConditionTree:
        parts = [self._parse_part()]
        while self._take_word("and"):
            parts.append(self._parse_part())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _parse_part(self) -> ConditionTree:
        start = self._skip_spaces()
        self._context.depth += 1
        if self._context.depth > MAX_DEPTH:
            raise self._mistake(
                f"parentheses, not and filters are nested more than {MAX_DEPTH} deep"
            )
        try:
            if self._take_word("not"):
                return Not(self._parse_part())
            if self._take("("):
                return self._parse_group(start)
            if self._take("@"):
                return self._parse_filter(start)
            return self._parse_comparison()
        finally:
            self._context.depth -= 1

    def _parse_group(self, start: int) -> ConditionTree:
        tree = self._parse_any_of()
        if not self._take(")"):
            if self._skip_spaces() < len(self._text):
                raise self._unexpected("'and', 'or' or ')'", "; quote a value of several words")
            raise self._mistake("this '(' is not closed", start)
        return tree

    def _parse_filter(self, start: int) -> ConditionTree:
        match = _FILTER_NAME.match(self._text, self._position)
        if match is None:
            raise self._mistake("expected the name of a filter after '@'", start)
        self._position = match.end()
        self._count_value(start)
        return self._context.read_filter(match[0])

    def _parse_comparison(self) -> ConditionTree:
        start = self._skip_spaces()
        match = _FIELD.match(self._text, start)
        if match is None or match[0].lower() in _CONNECTIVES:
            raise self._unexpected("a field", f": {FORM}")
        self._position = match.end()
        try:
            field = check_field(match[0])
        except Invalid as error:
            raise self._mistake(str(error), start) from None
        return self._parse_predicate(field)

    def _parse_predicate(self, field: Field) -> ConditionTree:
        start = self._skip_spaces()
        match = _SIGN.match(self._text, start) or _WORD.match(self._text, start)
        word = match[0].lower() if match else ""
        operator = OPERATOR_NAMES.get(word, word)
        if match is None or operator not in OPERATORS:
            raise self._unexpected("an operator", f": {FORM}")
        if operator not in field.type.operators:
            operators = " ".join(field.type.operators)
            kind = "list" if field.type.is_collection else field.type.name
            raise self._mistake(f"{field.name} ({kind}) takes {operators}, not {word}", start)
        self._position = match.end()
        if operator == "in":
            return self._parse_list(field)
        if operator == "is":
            return self._parse_known_or_not(field)
        if operator in AGE_OPERATORS:
            return self._parse_age(field, operator)
        if operator == "has":
            operator = "="
        return self._parse_value(field, operator)

    def _parse_value(self, field: Field, operator: Any) -> Condition:
        start = self._skip_spaces()
        text, is_quoted = self._take_value(_PLAIN_VALUE)
        if text == "null" and not is_quoted:
            if operator not in ("=", "!="):
                raise self._mistake("null: unknown can only be compared with = and !=", start)
            return Condition(field.name, operator, None)
        is_part = operator == "~" and not field.type.is_collection
        return Condition(
            field.name, operator, self._read_value(field, text, start, as_text=is_part)
        )

    def _parse_list(self, field: Field) -> OneOf:
        start = self._skip_spaces()
        if not self._take("("):
            raise self._unexpected("'(' after 'in'", ": in (MIT, ISC)")
        if self._is_next(")"):
            raise self._mistake("'in ()' holds for no package; name a value", start)
        values = []
        while True:
            place = self._skip_spaces()
            text, is_quoted = self._take_value(_LISTED_VALUE)
            if text == "null" and not is_quoted:
                raise self._mistake(
                    "null is no value; 'is unknown' asks for what is unknown", place
                )
            values.append(self._read_value(field, text, place))
            if self._take(")"):
                return OneOf(field.name, tuple(values))
            if not self._take(","):
                raise self._unexpected("',' or ')'", "; quote a value of several words")

    def _parse_known_or_not(self, field: Field) -> Condition:
        start = self._skip_spaces()
        self._count_value(start)
        if self._take_word("unknown"):
            return Condition(field.name, "=", None)
        if self._take_word("known"):
            return Condition(field.name, "!=", None)
        raise self._unexpected("'unknown' or 'known' after 'is'", "; = compares with a value")

    def _parse_age(self, field: Field, word: str) -> Condition:
        if not self._take_word("than"):
            raise self._unexpected(f"'than' after {word!r}", f": {field.name} {word} than 90d")
        start = self._skip_spaces()
        text, _ = self._take_value(_PLAIN_VALUE)
        try:
            moment = field.type.parse_age(field.name, text, self._context.now)
        except Invalid as error:
            raise self._mistake(str(error), start) from None
        return Condition(field.name, AGE_OPERATORS[word], moment)

    def _take_value(self, plain: re.Pattern[str]) -> tuple[str, bool]:
        """Read a value; return its text, and whether it stood in quotes."""
        start = self._skip_spaces()
        self._count_value(start)
        quoted = _QUOTED.match(self._text, start)
        if quoted is not None:
            self._position = quoted.end()
            quote = quoted[0][0]
            return quoted[0][1:-1].replace(quote * 2, quote), True
        match = plain.match(self._text, start)
        if match is None and start < len(self._text) and self._text[start] in "'\"":
            raise self._mistake(f"this {self._text[start]} is not closed", start)
        if match is None or match[0].lower() in _CONNECTIVES:
            raise self._unexpected("a value", "; quote one that is such a word or empty")
        self._position = match.end()
        return match[0], False

    def _read_value(self, field: Field, text: str, start: int, *, as_text: bool = False) -> Value:
        """Return a value as the field's type has it; `as_text`: as it stands, for `~`."""
        if field.type.is_address:
            text = strip_credentials(text)
        if as_text:
            return text
        try:
            return field.type.parse_condition(field.name, text, self._context.now)
        except Invalid as error:
            raise self._mistake(str(error), start) from None

    def _count_value(self, start: int) -> None:
        self._context.values += 1
        if self._context.values > MAX_VALUES:
            raise self._mistake(
                f"more than {MAX_VALUES} values and filters are compared with", start
            )

    def _skip_spaces(self) -> int:
        """Go to the next word; return its place."""
        match = _SPACES.match(self._text, self._position)
        assert match is not None
        self._position = match.end()
        return self._position

    def _is_next(self, sign: str) -> bool:
        return self._text.startswith(sign, self._skip_spaces())

    def _take(self, sign: str) -> bool:
        """Go past a sign, if it is the next one; return whether it is."""
        if not self._is_next(sign):
            return False
        self._position += len(sign)
        return True

    def _take_word(self, word: str) -> bool:
        """Go past a word, in any case, if it is the next one; return whether it is."""
        match = _WORD.match(self._text, self._skip_spaces())
        if match is None or match[0].lower() != word:
            return False
        self._position = match.end()
        return True

    def _unexpected(self, expected: str, more: str = "") -> Invalid:
        start = self._skip_spaces()
        match = _ANYTHING.match(self._text, start)
        found = shorten(match[0]) if match else "the end"
        return self._mistake(f"expected {expected}, not {found}{more}", start)

    def _mistake(self, message: str, position: int | None = None) -> Invalid:
        place = self._position if position is None else position
        return Invalid(f"{strip_credentials_in(message)} (at character {place + 1:,})")
