"""The trades of the open symbol; who scrolls back reads in peace while newer rows wait."""

from __future__ import annotations

from decimal import Decimal

from textual import events

from bntui.model.markets import Instrument
from bntui.model.panels import Focus, Panels
from bntui.ui.keys import TRADES, bindings
from bntui.ui.panels import tape
from bntui.ui.panels.trust import OPENING, Trust
from bntui.ui.widgets.sheet import Sheet

REDRAW_S = 0.29
"""Rows move down with every trade, which writes the whole panel: oftener nobody can read it.
A little less than a whole number of frames, which come a little early or late."""


class Tape(Sheet, inherit_bindings=False):
    """The newest trade on top. Scrolled away from it, the rows stay where they are."""

    BINDINGS = bindings(TRADES)

    def __init__(self, *, id: str | None = None) -> None:
        """Without trades at first."""
        super().__init__(id=id)
        self._panels: Panels | None = None
        self._instrument: Instrument | None = None
        self._asked: Focus | None = None
        self._trust: Trust = OPENING
        self._liquidations: Trust | None = None
        self._now = 0.0
        self._drawn_at = float("-inf")
        self._anchor: int | None = None
        self._smallest: Decimal | None = None

    @property
    def is_held(self) -> bool:
        """Do newer rows wait?"""
        return self._anchor is not None

    @property
    def smallest(self) -> Decimal | None:
        """Trades of less are not shown."""
        return self._smallest

    def set_smallest(self, smallest: Decimal | None) -> None:
        """Show trades of this size and above; None: all."""
        self._smallest = smallest
        self._anchor = None
        self._draw()

    def counted(self) -> tuple[int, int]:
        """Trades that pass the filter, and all that are kept."""
        rows = [row for row in self._panels.tape if row.price] if self._panels is not None else []
        return sum(1 for row in rows if tape.passes(row, self._smallest)), len(rows)

    def show(
        self,
        panels: Panels | None,
        instrument: Instrument | None,
        focus: Focus,
        trust: Trust,
        now: float,
        *,
        at_once: bool,
        liquidations: Trust | None = None,
    ) -> None:
        """Draw this, `at_once` or as often as anybody can read. `liquidations` is the trust in their stream;
        only contracts have one."""
        if instrument is None or not instrument.contract:
            liquidations = None
        if self._asked is not None and (self._asked.key, self._asked.single_trades) != (
            focus.key,
            focus.single_trades,
        ):
            self._anchor = None
        same = (trust, liquidations) == (self._trust, self._liquidations)
        self._panels, self._instrument, self._asked = panels, instrument, focus
        self._trust, self._liquidations, self._now = trust, liquidations, now
        if at_once or not same or not 0 <= now - self._drawn_at < REDRAW_S:
            self._draw()

    def _draw(self) -> None:
        if self._asked is None or not self.size.width:
            return
        self._drawn_at = self._now
        look = self._look(self._asked)
        self.set_lines(tape.draw(self._panels, self._instrument, look).lines)

    def _look(self, asked: Focus) -> tape.Look:
        return tape.Look(
            self.size.width,
            self.size.height,
            self._smallest,
            self._anchor,
            asked.single_trades,
            self._trust,
            self.has_focus and not self.alone,
            self._now,
            self._liquidations,
        )

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._draw()

    def draw_anew(self) -> None:
        """The title shows who has the keys."""
        self._draw()

    # Keys

    def _page(self) -> int:
        return tape.rows_for(self._look(self._asked)) if self._asked is not None else 1

    def _shown_ids(self) -> list[int]:
        """Ids of all rows that pass the filter, the newest first."""
        rows = self._panels.tape if self._panels is not None else []
        return [row.id for row in reversed(rows) if tape.passes(row, self._smallest)]

    def _scroll(self, rows: int) -> None:
        ids = self._shown_ids()
        held = (at for at, row in enumerate(ids) if self._anchor is None or row <= self._anchor)
        # What was held may be forgotten meanwhile: the oldest page is shown then, and left from there.
        first = next(held, max(len(ids) - self._page(), 0))
        # The last page stays full: below it there is nothing to see.
        at = max(min(first + rows, len(ids) - self._page()), 0)
        self._anchor = ids[at] if at else None
        self._draw()

    def action_down(self) -> None:
        """One row older."""
        self._scroll(1)

    def action_up(self) -> None:
        """One row newer."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """One screen older."""
        self._scroll(self._page())

    def action_page_up(self) -> None:
        """One screen newer."""
        self._scroll(-self._page())

    def action_bottom(self) -> None:
        """To the oldest that is kept."""
        self._scroll(len(self._shown_ids()))

    def action_top(self) -> None:
        """To the newest, and on with them."""
        self._anchor = None
        self._draw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Older rows."""
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Newer rows."""
        event.stop()
        self._scroll(-3)
