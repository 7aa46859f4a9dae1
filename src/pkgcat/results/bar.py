"""A number as a bar of blocks."""

_EIGHTHS = " ▏▎▍▌▋▊▉"


def draw_bar(value: int, most: int, width: int, *, unicode: bool = True) -> str:
    """Draw a number as a bar, where `most` is as long as the width; 0 has no bar, and everything
    above it one that can be seen.
    """
    if value <= 0 or most <= 0:
        return ""
    if not unicode:
        return "#" * max(1, round(value * width / most))
    full, eighths = divmod(max(1, value * width * 8 // most), 8)
    return ("█" * full + _EIGHTHS[eighths]).rstrip()
