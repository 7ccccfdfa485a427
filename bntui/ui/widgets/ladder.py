"""The order book of the open symbol, with a cursor that asks what eating up to a level costs."""

from __future__ import annotations

from textual import events

from bntui.model.markets import Instrument
from bntui.model.panels import BookView, Focus
from bntui.ui.keys import BOOK, bindings
from bntui.ui.panels import ladder
from bntui.ui.panels.foot import CURSOR_KEYS
from bntui.ui.panels.own import NO_ORDERS, OwnOrders
from bntui.ui.panels.trust import OPENING, Trust
from bntui.ui.widgets.sheet import Sheet

REDRAW_S = 0.24
"""A best price that moves shifts every row: oftener nobody can read it, and a slow link need not carry it.
A little less than a whole number of frames, which come a little early or late."""


class Ladder(Sheet, inherit_bindings=False):
    """Asks above, bids below. The cursor counts levels from the spread, so it stays as deep as it was put."""

    BINDINGS = bindings(BOOK)

    def __init__(self, *, id: str | None = None) -> None:
        """Without a book at first."""
        super().__init__(id=id)
        self._view: BookView | None = None
        self._instrument: Instrument | None = None
        self._asked: Focus | None = None
        self._trust: Trust = OPENING
        self._own = NO_ORDERS
        self._now = 0.0
        self._drawn_at = float("-inf")
        self._cursor = 0
        self._levels: dict[int, int] = {}
        """Which level stands on which line."""
        self.cursor_keys = CURSOR_KEYS
        """Named where what the cursor tells would stand."""

    @property
    def cursor(self) -> int:
        """The level it stands on: 1 the best ask, -1 the best bid, 0 none."""
        return self._cursor

    def show(
        self,
        view: BookView | None,
        instrument: Instrument | None,
        focus: Focus,
        trust: Trust,
        now: float,
        *,
        at_once: bool,
        own: OwnOrders = NO_ORDERS,
    ) -> None:
        """Draw this, `at_once` or as often as anybody can read. What is no longer good is never held back.

        `own` orders that came or went are not held back either.
        """
        if self._asked is not None and self._asked.key != focus.key:
            self._cursor = 0
        same = (focus, trust, own) == (self._asked, self._trust, self._own)
        self._own = own
        self._view, self._instrument, self._asked = view, instrument, focus
        self._trust, self._now = trust, now
        if at_once or not same or not 0 <= now - self._drawn_at < REDRAW_S:
            self._draw()

    def _draw(self) -> None:
        if self._asked is None or not self.size.width:
            return
        self._drawn_at = self._now
        view = self._view
        asks, bids = (0, 0) if view is None else (len(view.asks), len(view.bids))
        self._cursor = max(-bids, min(self._cursor, asks))
        look = ladder.Look(
            self.size.width,
            self.size.height,
            self._cursor,
            self._asked,
            self._trust,
            self.has_focus and not self.alone,
            self._now,
            self._own,
            self.cursor_keys,
        )
        picture = ladder.draw(view, self._instrument, look)
        self._levels = picture.levels
        self.set_lines(picture.lines, picture.lit)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._draw()

    def draw_anew(self) -> None:
        """The title shows who has the keys."""
        self._draw()

    # Keys

    def _move(self, cursor: int) -> None:
        self._cursor = cursor
        self._draw()

    def action_down(self) -> None:
        """One level down; over the spread in one step."""
        self._move(self._cursor - 1 if self._cursor != 1 else -1)

    def action_up(self) -> None:
        """One level up."""
        self._move(self._cursor + 1 if self._cursor != -1 else 1)

    def action_top(self) -> None:
        """To the farthest ask."""
        self._move(len(self._view.asks) if self._view is not None else 0)

    def action_bottom(self) -> None:
        """To the farthest bid."""
        self._move(-len(self._view.bids) if self._view is not None else 0)

    def action_middle(self) -> None:
        """No cursor."""
        self._move(0)

    def on_click(self, event: events.Click) -> None:
        """A click on a level puts the cursor there."""
        offset = event.get_content_offset(self)
        level = None if offset is None else self._levels.get(offset.y)
        if level is not None:
            self._move(level)
