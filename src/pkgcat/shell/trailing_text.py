"""Commands whose last argument is a text that may begin with `-`."""

from typing import Any, ClassVar

from pkgcat.shell.options import Writing


class TrailingText(Writing):
    """A command that takes its argument number `words_before` + 1 as it stands, unless it is one of
    the command's own options.

    `grid cell maps django-leaflet Offline --2` stores `--2`. A text that is spelt like an option
    stands after `--`.
    """

    words_before: ClassVar[int]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the options before the other words, and `--` between them."""
        values = _count_values(self.get_params(ctx))
        options: list[str] = []
        words: list[str] = []
        rest = list(args)
        while rest:
            word = rest.pop(0)
            name, has_value, _ = word.partition("=")
            if word == "--" and (rest or len(words) != self.words_before):
                words += rest
                break
            if name in values and (values[name] or not has_value):
                options.append(word)
                if values[name] and not has_value:
                    options += rest[:1]
                    del rest[:1]
            elif word.startswith("-") and len(words) < self.words_before and word != "-":
                options.append(word)  # an unknown one, which is refused
            else:
                words.append(word)
        return super().parse_args(ctx, [*options, "--", *words])


def _count_values(params: list[Any]) -> dict[str, int]:
    """Return how many words follow on each option of a command."""
    values = {}
    for param in params:
        if param.param_type_name == "option":
            for name in (*param.opts, *param.secondary_opts):
                values[name] = 0 if param.is_flag or param.count else param.nargs
    return values
