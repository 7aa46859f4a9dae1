"""Which faults strike which requests, and how often."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.upstream.faults import EVERY, Fault, status
from tests.upstream.wire import Honest, Request, Response


@dataclass
class Planted:
    """A fault in its place; `hits` counts how often it struck."""

    pattern: str
    fault: Fault
    times: int | None = None
    after: int = 0
    when: Callable[[Request], bool] | None = None
    hits: int = 0

    def strikes(self, request: Request) -> bool:
        """Whether this request gets it; counts down."""
        if not (fnmatchcase(request.path, self.pattern) or fnmatchcase(request.target, self.pattern)):
            return False
        if self.when is not None and not self.when(request):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


@dataclass
class Faults:
    """The faults of one server; of those that fit a request the first strikes."""

    planted: list[Planted] = field(default_factory=list)

    def add(
        self,
        pattern: str,
        fault: Fault | int | str,
        *,
        times: int | None = None,
        after: int = 0,
        when: Callable[[Request], bool] | None = None,
    ) -> Planted:
        """Let `fault` (or a status, or a name in EVERY) strike the paths that fit a shell pattern.

        `times` is how often (None: always), `after` how many fitting requests pass before that,
        `when` a further condition.
        """
        chosen = status(fault) if isinstance(fault, int) else EVERY[fault] if isinstance(fault, str) else fault
        planted = Planted(pattern, chosen, times, after, when)
        self.planted.append(planted)
        return planted

    def clear(self) -> None:
        """Be honest again."""
        self.planted.clear()

    def respond(self, request: Request, honest: Honest) -> Response:
        """Return the answer, with a fault if one strikes."""
        for planted in list(self.planted):
            if planted.strikes(request):
                return planted.fault(request, honest)
        return honest()
