"""What ends a request early."""


class HttpError(Exception):
    """An answer other than 200: the text of its `detail`, and headers of its own."""

    def __init__(self, status: int, detail: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


class NotNegotiable(HttpError):
    """No format that the request accepts: the error is told in compact JSON, whatever it asked
    for.
    """
