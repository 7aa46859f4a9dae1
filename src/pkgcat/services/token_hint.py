"""What a person without a token for GitHub is told."""

from pkgcat.config import Settings


def describe_missing_token(settings: Settings) -> str:
    """Say how far one gets at GitHub without a token, and how to set one; "" where there is one."""
    if settings.token("github.com"):
        return ""
    return (
        "without a token GitHub answers 60 requests an hour, enough for some 15 new packages "
        "or 60 known ones; set GH_TOKEN to get 5,000"
    )
