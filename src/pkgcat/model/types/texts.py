"""The types of fields that hold one text: any text, versions, slugs, titles, addresses."""

from typing import Any, ClassVar

from pkgcat.model.credentials import strip_credentials
from pkgcat.model.folding import fold_text
from pkgcat.model.parsing import parse_text
from pkgcat.model.types.field_type import FieldType, SqlValue, Value
from pkgcat.model.validate import check_slug, check_title


class Text(FieldType):
    """Any text that UTF-8 and SQLite can hold."""

    name = "text"
    is_text = True
    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType. `""` stays `""`: what it means is the field's business."""
        return parse_text(name, given)

    def to_sort_key(self, stored: SqlValue) -> SqlValue:
        """See FieldType. Without case and accents."""
        if stored is None:
            return None
        return fold_text(str(stored))


class Version(Text):
    """A version, in the order of PEP 440 (`make_version_key`). Any text may stand for one."""

    has_stored_key = True

    def to_sort_key(self, stored: SqlValue) -> SqlValue:
        """See FieldType."""
        if stored is None:
            return None
        from pkgcat.model.versions import make_version_key  # reading imports it for nothing

        return make_version_key(str(stored))


class Slug(Text):
    """A name in the catalog (`check_slug`)."""

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return check_slug(parse_text(name, given))


class Title(Text):
    """A name for people (`check_title`)."""

    has_stored_key = True

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return check_title(parse_text(name, given))


class Url(Text):
    """An address. Credentials are cut from it, so that they are never stored."""

    is_address = True

    def parse_json(self, name: str, given: object) -> Value:
        """See FieldType."""
        return strip_credentials(parse_text(name, given))


class GroupReference(Url):
    """What names a category: its slug, or in API v4 its address."""
