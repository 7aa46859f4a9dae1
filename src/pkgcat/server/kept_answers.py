"""Answers that are kept for whoever asks the same again."""

from collections import OrderedDict

from pkgcat.server.answers import Answer

_MAX_LENGTH = 64 * 1024
"""The longest body that is kept, in bytes."""
_MAX_TOTAL = 4 << 20
"""So many bytes of bodies are kept at the most."""
_MAX_COUNT = 1_000
"""So many answers: of short ones the headers take more memory than the bodies."""


class KeptAnswers:
    """Answers by their entity tag, which is another one as soon as the catalog is."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._total = 0

    def find(self, tag: str) -> Answer | None:
        """Return the answer of a tag, if it is kept."""
        answer = self._answers.get(tag)
        if answer is not None:
            self._answers.move_to_end(tag)
        return answer

    def keep(self, tag: str, answer: Answer) -> None:
        """Keep an answer; those that were not asked for longest go."""
        if not isinstance(answer.body, bytes) or len(answer.body) > _MAX_LENGTH:
            return
        if tag in self._answers:
            return
        self._answers[tag] = answer
        self._total += len(answer.body)
        while self._total > _MAX_TOTAL or len(self._answers) > _MAX_COUNT:
            _, oldest = self._answers.popitem(last=False)
            self._total -= len(oldest.body)  # type: ignore[arg-type]  # bytes alone are kept
