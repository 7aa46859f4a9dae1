"""Which faults are injected into which requests, and how often."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.upstream.faults import EVERY, Fault, status
from tests.upstream.messages import Request, Respond, Response


@dataclass
class InjectedFault:
    """A fault for the paths that match a shell pattern; `hits` counts the requests that met it."""

    pattern: str
    fault: Fault
    times: int | None = None
    after: int = 0
    when: Callable[[Request], bool] | None = None
    hits: int = 0

    def take_effect(self, request: Request) -> bool:
        """Whether this request meets the fault; counts it."""
        if not fnmatchcase(request.path, self.pattern) and not fnmatchcase(
            request.target, self.pattern
        ):
            return False
        if self.when is not None and not self.when(request):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


@dataclass
class FaultInjector:
    """The faults of one server; a request meets the first one that takes effect."""

    injected: list[InjectedFault] = field(default_factory=list)

    def add(
        self,
        pattern: str,
        fault: Fault | int | str,
        *,
        times: int | None = None,
        after: int = 0,
        when: Callable[[Request], bool] | None = None,
    ) -> InjectedFault:
        """Inject a fault, a status or a name in EVERY into the paths, or targets, that match a
        shell pattern.

        `times` is how often (None: always), `after` how many matching requests pass before that,
        `when` a further condition.
        """
        if isinstance(fault, int):
            fault = status(fault)
        elif isinstance(fault, str):
            fault = EVERY[fault]
        added = InjectedFault(pattern, fault, times, after, when)
        self.injected.append(added)
        return added

    def clear(self) -> None:
        """Remove all faults."""
        self.injected.clear()

    def respond(self, request: Request, respond: Respond) -> Response:
        """Return the answer, or what a fault makes of it."""
        for injected in list(self.injected):
            if injected.take_effect(request):
                return injected.fault(request, respond)
        return respond()
