"""Errors of requests: what their messages quote."""

from datetime import UTC, datetime

import pytest

from pkgcat.http.errors import (
    Blocked,
    Forbidden,
    Malformed,
    NoAnswer,
    NotFoundUpstream,
    RateLimited,
    SourceError,
    describe_unexpected,
)

ADDRESS = "https://ann:canary-pw@example.org/a"


@pytest.mark.parametrize(
    "error",
    [
        NotFoundUpstream(f"{ADDRESS}: not found"),
        Malformed(f"git.test: it moved to {ADDRESS}"),
        Forbidden(f"git.test: see {ADDRESS}"),
        Blocked(f"git.test: see {ADDRESS}", "dmca"),
        RateLimited(f"git.test: see {ADDRESS}", datetime(2026, 2, 20, tzinfo=UTC)),
        NoAnswer("git.test", f"see {ADDRESS}"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_a_source_quotes_no_credentials(error: SourceError) -> None:
    assert "https://example.org/a" in str(error)
    assert "canary-pw" not in str(error)


def test_credentials_are_cut_before_the_text_is_shortened() -> None:
    """Where the cut falls between a password and its @, nothing would recognise it any more."""
    for length in range(150, 210):
        error = ValueError(f"{'x' * length} https://ann:secret@example.org/a")
        assert "secret" not in str(describe_unexpected("example.org", error))
        assert "ann:" not in str(describe_unexpected("example.org", error))
