"""Errors of requests: what their messages quote."""

from pkgcat.http.errors import describe_unexpected


def test_credentials_are_cut_before_the_text_is_shortened() -> None:
    """Where the cut falls between a password and its @, nothing would recognise it any more."""
    for length in range(150, 210):
        error = ValueError(f"{'x' * length} https://ann:secret@example.org/a")
        assert "secret" not in str(describe_unexpected("example.org", error))
        assert "ann:" not in str(describe_unexpected("example.org", error))
