"""The rules of slugs and titles."""

import re

from pkgcat.errors import Invalid

MAX_SLUG_LENGTH = 50
MAX_TITLE_LENGTH = 100
MAX_FEATURE_TITLE_LENGTH = 100
MAX_FEATURE_DESCRIPTION_LENGTH = 1_000
MAX_CELL_LENGTH = 1_000

_SLUG = r"[-a-zA-Z0-9_]+"


def check_slug(slug: str) -> str:
    """Return a slug that API v4 would take; raise Invalid with the rule it breaks."""
    if not re.fullmatch(_SLUG, slug):
        raise Invalid(f"slug {slug!r}: only letters, digits, - and _ are allowed")
    if len(slug) > MAX_SLUG_LENGTH:
        raise Invalid(f"slug {slug!r}: {len(slug)} characters, and {MAX_SLUG_LENGTH} are the most")
    return slug


def check_own_slug(slug: str) -> str:
    """Return a slug that a person may give; raise Invalid for digits alone, which name an id
    first. Sites have such slugs.
    """
    check_slug(slug)
    if slug.isdigit():
        raise Invalid(f"slug {slug!r}: digits alone would be taken for an id; add a letter")
    return slug


def check_title(title: str) -> str:
    """Return a title of 1 to 100 characters; raise Invalid otherwise."""
    if not title.strip():
        raise Invalid("title may not be empty")
    if len(title) > MAX_TITLE_LENGTH:
        raise Invalid(f"title: {len(title)} characters, and {MAX_TITLE_LENGTH} are the most")
    return title


def slugify(text: str) -> str:
    """Make a slug of a title: lower case, letters in ASCII, runs of anything else become one
    hyphen. Empty where the title has neither letters nor digits.
    """
    from slugify import slugify as make_ascii_slug  # only new packages need it

    return make_ascii_slug(
        text,
        entities=False,
        decimal=False,
        hexadecimal=False,
        max_length=MAX_SLUG_LENGTH,
        regex_pattern=r"[^-a-z0-9_]+",
    )
