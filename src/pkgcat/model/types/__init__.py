"""One object for each type of a field's value: how it is read, stored and written.

This is the list of the types that several fields may have. Those of one subject stand beside it:
DECISION in `decision.py`, STATE_REASONS in `states.py`, VERSION_LIST in `classifiers.py`,
FACT_NAMES and FACT_VALUES in `fields.py`. `store/field_sql.py` has an entry for each.
"""

from pkgcat.model.types.boolean import Boolean
from pkgcat.model.types.collections import Collection, GroupReferenceList, IntegerList, TextList
from pkgcat.model.types.dates import DateTime, Day
from pkgcat.model.types.field_type import ORDER_OPERATORS, FieldType, SqlValue, Value, Values
from pkgcat.model.types.numbers import Identifier, Integer
from pkgcat.model.types.texts import GroupReference, Slug, Text, Title, Url, Version

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "GROUP_REFERENCE",
    "GROUP_REFERENCE_LIST",
    "IDENTIFIER",
    "INTEGER",
    "INTEGER_LIST",
    "ORDER_OPERATORS",
    "SLUG",
    "TEXT",
    "TEXT_LIST",
    "TITLE",
    "URL",
    "VERSION",
    "Collection",
    "FieldType",
    "SqlValue",
    "Text",
    "TextList",
    "Value",
    "Values",
]

TEXT = Text()
SLUG = Slug()
TITLE = Title()
URL = Url()
VERSION = Version()
GROUP_REFERENCE = GroupReference()

INTEGER = Integer()
IDENTIFIER = Identifier()
BOOLEAN = Boolean()

DATETIME = DateTime()
DATE = Day()

TEXT_LIST = TextList()
INTEGER_LIST = IntegerList()
GROUP_REFERENCE_LIST = GroupReferenceList()
