"""The lines of an open symbol that only futures contracts have."""

from __future__ import annotations

from bntui.model.markets import Instrument
from bntui.model.views import WatchView
from bntui.ui.panels.trust import Trust
from bntui.ui.tables.contract import contract_lines, contract_parts
from bntui.ui.widgets.lines import Lines, Part, faded

MOST_LINES = 2
"""One, where the terminal is wide."""


class ContractLines(Lines):
    """Mark price, funding and what else there is of a contract; gone where the symbol is none."""

    def show(
        self,
        row: WatchView | None,
        instrument: Instrument | None,
        trust: Trust,
        now: float,
        wall_ms: int,
        width: int,
    ) -> None:
        """Show what is known. Mark prices come over another stream than the panels', on USD-M over another
        connection, so that `trust` is their own."""
        parts: list[Part] = []
        if row is not None and instrument is not None and instrument.contract:
            parts = contract_parts(row, instrument, now, wall_ms)
            if not trust.good:
                parts = [(f"{trust.glyph} {trust.word}", trust.style), *faded(parts)]
        lines = contract_lines(parts, width, MOST_LINES)
        self.display = bool(lines)
        self.styles.height = max(len(lines), 1)
        self.set_lines(lines)
