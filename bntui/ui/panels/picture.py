"""What panels are drawn with: the lines of one, its title, and bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import Line, Part, join, part_width, spread

BAR_LEAST = 4
BAR_MOST = 30
"""A bar of fewer cells says nothing: it is left out. One of more says no more."""

SCALE = ("1", "1.5", "2", "3", "4", "5", "6", "8")
"""Round numbers that a whole bar can stand for, times a power of ten."""

EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines of a panel, as many as it is high."""

    lines: list[Line]
    lit: int | None = None
    """The line that the cursor stands on."""
    levels: dict[int, int] = field(default_factory=dict)
    """Of the ladder: which level stands on which line, counted as the cursor does."""


def panel_title(
    name: str, trust: Trust, said: Sequence[Part], shown: Sequence[Part], focused: bool, width: int
) -> Line:
    """The first line of a panel: its name, how far it can be trusted, and how it is looked at.

    Of what is `shown`, the last parts go where there is no room for all.
    """
    left = (
        (f" {name} ", "chip-tab" if focused else "strong"),
        (" ", ""),
        (f"{trust.glyph} {trust.word}", trust.style),
        *said,
    )
    kept = list(shown)
    while kept and part_width([*left, *join(kept)]) + 2 > width:
        kept.pop()
    return spread(left, (*join(kept), (" ", "")), width)


def round_scale(most: Decimal) -> Decimal:
    """What a whole bar stands for: a round number, so that bars do not all change with every trade."""
    if most <= 0:
        return Decimal(0)
    power = most.adjusted()
    return next(
        (at for step in SCALE if (at := Decimal(step).scaleb(power)) >= most), Decimal(1).scaleb(power + 1)
    )


def bar(value: Decimal, most: Decimal, width: int) -> str:
    """A bar in eighths of a cell; whatever is there at all shows at least one."""
    if most <= 0:
        return ""
    eighths = max(round(float(value / most) * width * 8), 1 if value else 0)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else ""))[:width]
