"""The HTTP client: the only package that knows httpx."""
