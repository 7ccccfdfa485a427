"""The rival of the watchlist's grid: the same rows in Textual's own DataTable, changed ten times a second.

60 % of the rows change five cells a frame, or whatever `--share` says; nothing else runs.
"""

from __future__ import annotations

import argparse

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from bntui.sim.instruments import symbol_names
from tests.bench.streams import price, quantity

COLUMNS = ("symbol", "last", "24h %", "bid", "ask", "bps", "volume", "high", "low", "minutes", "age", "state")
CHANGING = (1, 3, 4, 5, 10)
ROWS = 50


class Table(App[None]):
    """Fifty rows."""

    def __init__(self, share: float, fps: float) -> None:
        super().__init__()
        self._share, self._fps, self._count = share, fps, 0

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill it, and begin to change it."""
        table = self.query_one(DataTable)
        for name in COLUMNS:
            table.add_column(name, key=name, width=11)
        for name in symbol_names(ROWS):
            table.add_row(name, *("100.25" for _ in COLUMNS[1:]), key=name)
        self.set_interval(1 / self._fps, self._change)

    def _change(self) -> None:
        table = self.query_one(DataTable)
        self._count += 1
        for number, name in enumerate(symbol_names(ROWS)[: int(ROWS * self._share)]):
            for at in CHANGING:
                n = self._count * 7 + number + at
                text = price(10_000 + n % 997)[:6] if at != 5 else quantity(n)[:4]
                table.update_cell(name, COLUMNS[at], text)


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--share", type=float, default=0.6)
    words.add_argument("--fps", type=float, default=10.0)
    asked = words.parse_args()
    Table(asked.share, asked.fps).run()
