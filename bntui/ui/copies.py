"""What is copied: texts that say by themselves where, when, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bntui.ui.export import record
from bntui.ui.format import clean, duration, utc
from bntui.ui.tables.states import GRADE_GLYPHS
from bntui.ui.widgets.bars import headline

if TYPE_CHECKING:
    from bntui.model.account import Fill
    from bntui.ui.viewer import Viewer

MOMENT = "%Y-%m-%d %H:%M:%S UTC"

NAME_MOST = 30
"""Characters of a row's name in the message that says what was copied."""

Words = Sequence[tuple[str, str]]
"""What the cells of a row say, under their titles; the symbol names the row, else what comes first."""

SYMBOL = "symbol"
"""The title above symbols."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Something to copy."""

    what: str
    """For the message."""
    text: str


def origin(viewer: Viewer) -> str:
    """Where and when something was so, and what the verdict was: `binance main, 2026-01-01 …, LIVE`."""
    verdict = viewer.mirror.verdict(viewer.clock.monotonic())
    place = clean(viewer.place)
    return ", ".join(filter(None, (place, utc(viewer.clock.wall_ms(), MOMENT), headline(verdict)[0])))


def of_row(words: Words, viewer: Viewer) -> Copy:
    """The row under the cursor, whole: also what a narrow terminal leaves out."""
    (_, named), *others = sorted(words, key=lambda cell: cell[0] != SYMBOL)
    name = clean(named)
    cells = [name, *(clean(f"{title} {said}".strip()) for title, said in others)]
    return Copy(name[:NAME_MOST], f"{'; '.join(cells)} ({origin(viewer)})\n")


def of_fill(fill: Fill, viewer: Viewer) -> Copy:
    """A fill in the exchange's own figures; what is not known is left out."""
    known = {name: value for name, value in record(fill).items() if value not in (None, "")}
    said = [
        clean(f"{name} {'yes' if value is True else 'no' if value is False else value}")
        for name, value in known.items()
    ]
    return Copy(f"fill {fill.id} of {clean(fill.key.label)}", f"{'; '.join(said)} ({origin(viewer)})\n")


def of_verdict(viewer: Viewer) -> Copy:
    """The answer to «am I blind?», since when, and whose fault it seems to be."""
    verdict = viewer.mirror.verdict(viewer.clock.monotonic())
    held_s = max(viewer.now() - verdict.since, 0.0)
    since = utc(viewer.clock.wall_ms() - round(held_s * 1000), MOMENT)
    head, rest = headline(verdict)
    lines = [
        f"{GRADE_GLYPHS[verdict.grade]} {head} {rest}".rstrip(),
        f"since {since}, for {duration(held_s)}",
    ]
    if verdict.suspect:
        lines.append(f"suspect: {clean(verdict.suspect)}")
    return Copy("the verdict", "\n".join([*lines, f"({origin(viewer)})"]) + "\n")


def of_lines(what: str, lines: Sequence[str], viewer: Viewer) -> Copy:
    """Lines of a panel as they stand there."""
    kept = [line.rstrip() for line in lines if line.strip()]
    return Copy(what, "\n".join([*kept, f"({origin(viewer)})"]) + "\n")
