"""Things by key that are made when they are asked for, and of which only the changed ones take room."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_RECENT = 1024


def _nothing(_key: object) -> None:
    return None


class Shelf(Generic[K, V]):
    """A mapping over what `make` can make, less what was taken away, plus what was put there."""

    def __init__(self, make: Callable[[K], V | None] = _nothing) -> None:
        self._make = make
        self._kept: dict[K, V] = {}
        self._gone: set[K] = set()
        self._recent: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is there, to be read only: it may be made anew next time."""
        if key in self._kept:
            return self._kept[key]
        if key in self._gone:
            return None
        if (known := self._recent.get(key)) is not None:
            return known
        if (made := self._make(key)) is not None:
            self._recent[key] = made
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return made

    def keep(self, key: K) -> V:
        """Return what is there, to be changed: it stays from now on; KeyError if nothing is."""
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        self._recent.pop(key, None)
        self._kept[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        self._gone.discard(key)
        self._kept[key] = value

    def __delitem__(self, key: K) -> None:
        self._kept.pop(key, None)
        self._recent.pop(key, None)
        self._gone.add(key)
