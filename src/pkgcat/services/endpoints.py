"""Where hosts answer, and with which token: endpoints from the settings, and a fetcher for them."""

from collections.abc import Callable, Container
from dataclasses import replace
from datetime import datetime
from functools import cache

from pkgcat.config import Settings
from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.model.hosts import find_public_host
from pkgcat.model.source_data import Validators
from pkgcat.store import Store, refresh_store

Clock = Callable[[], datetime]
"""Returns the time, aware and in UTC."""

FindEndpoint = Callable[[str, str], Endpoint]
"""Says where a host of a kind answers: `find_endpoint(kind, host)`."""


def make_endpoint_finder(settings: Settings, jobs: int | None = None) -> FindEndpoint:
    """Return a function that says where a host of a kind answers.

    The function raises BadConfig, and Denied for a token file that others may read. `jobs` is how
    many requests at once each host gets.
    """

    @cache
    def find_endpoint(kind: str, host: str) -> Endpoint:
        api_url = settings.api_url(kind, host)
        token = settings.token(host)
        return make_endpoint(kind, host, api_url=api_url, token=token, jobs=jobs)

    return find_endpoint


def restrict_to_public(find_endpoint: FindEndpoint, trusted_hosts: Container[str]) -> FindEndpoint:
    """Return a function like `find_endpoint`; hosts that are neither known by name nor trusted are
    asked only where they are public.
    """

    def find_restricted(kind: str, host: str) -> Endpoint:
        endpoint = find_endpoint(kind, host)
        if is_trusted(host, trusted_hosts):
            return endpoint
        return replace(endpoint, public_only=True)

    return find_restricted


def is_trusted(host: str, trusted_hosts: Container[str]) -> bool:
    """Whether a host is asked wherever it is: it is known by name, or a person named it."""
    return find_public_host(host) is not None or host in trusted_hosts


def open_fetcher(clock: Clock, store: Store | None = None, jobs: int | None = None) -> HttpFetcher:
    """Return a fetcher; it sends the validators that the catalog has, where there is one."""
    validators = None
    if store is not None:
        validators = StoredValidators(store)
    return HttpFetcher(clock=clock, validators=validators, jobs=jobs)


class StoredValidators:
    """The catalog's validators, as the fetcher asks for them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str, /) -> Validators | None:
        """Return the validators of the last answer to a request."""
        return refresh_store.find_validators(self._store, key)
