"""Text from outside, made fit for a line on a terminal. What the exchange says is data, whatever it holds."""

from __future__ import annotations

SHOWN_CHARS = 200
"""How much of somebody else's text is kept for people."""


def one_line(text: str, most: int = SHOWN_CHARS) -> str:
    """The text as one short line that steers no terminal and turns no reading direction around."""
    # Cut before, so that a text of megabytes costs no more than a short one; twice as much for what goes.
    head = text[: 2 * most]
    words = "".join(c if c.isprintable() else " " for c in head).split()
    return " ".join(words)[:most]


def escaped(text: str) -> str:
    """The text with whatever is not printable written out, so that nothing of it is lost."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def span(seconds: float) -> str:
    """A time span in its two largest units: `3s`, `4m12s`, `3h05m`, `2d04h`."""
    whole = max(0, int(seconds))
    minutes, s = divmod(whole, 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    if days:
        return f"{days}d{h:02d}h"
    if hours:
        return f"{hours}h{m:02d}m"
    if minutes:
        return f"{minutes}m{s:02d}s"
    return f"{s}s"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many}"
