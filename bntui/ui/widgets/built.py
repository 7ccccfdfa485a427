"""The rows of a table that are built, and what of them looks different and has yet to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Generic, TypeVar

from textual.strip import Strip

from bntui.ui.widgets.painter import Fitted, Painted, Painter

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

CACHED_ROWS = 1_000
"""Built rows that are kept at most; beyond it all are forgotten and built anew as they are shown."""

News = dict[int, list[tuple[int, Fitted]] | None]
"""By line of the table: the cells that look different, with their columns on screen; None: all may."""


class BuiltRows(Generic[K, R]):
    """Rows under their keys, each painted when it is shown first, and then where its data are others."""

    def __init__(
        self, painter: Painter[R], lookup: Callable[[K], R | None], now: Callable[[], float]
    ) -> None:
        """`lookup` finds a row's data; `now` is what ages are counted to."""
        self._painter = painter
        self._lookup = lookup
        self._now = now
        self._rows: dict[K, Painted] = {}
        self._waiting: News = {}

    def __repr__(self) -> str:
        return f"<BuiltRows {len(self._rows)} rows, {len(self._waiting)} to be drawn>"

    def strip(self, key: K, cursor: K | None) -> Strip:
        """The line of a row; `cursor` is the key under the cursor."""
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= CACHED_ROWS:
                self._rows.clear()
            row = self._rows[key] = self._painter.row(self._lookup(key), self._now(), key == cursor)
        return row.strip

    def words(self, key: K) -> list[tuple[str, str]]:
        """What a row says, column by column, also in those that do not fit."""
        row = self._lookup(key)
        return [] if row is None else self._painter.words(row, self._now())

    def rebuild(self, lines: Iterable[tuple[int, K]], cursor: K | None) -> News:
        """Build the rows of these lines anew. Returns what looks different."""
        rows, lookup, paint, now = self._rows, self._lookup, self._painter.row, self._now()
        news: News = {}
        for line, key in lines:
            row = rows[key] = paint(lookup(key), now, key == cursor, rows.get(key))
            if row.news is None or row.news:
                news[line] = row.news
        return news

    # What is out of date

    def forget(self, key: K | None) -> None:
        """This row is to be built anew when it is shown."""
        if key is not None:
            self._rows.pop(key, None)

    def forget_all(self) -> None:
        """As `forget`, of all rows."""
        self._rows.clear()

    def keep(self, keys: Collection[K]) -> None:
        """No other rows than these are shown."""
        for gone in self._rows.keys() - set(keys):
            del self._rows[gone]

    # What has yet to be drawn

    def wait(self, news: News) -> None:
        """This is to be drawn soon, with what waits already."""
        for line, cells in news.items():
            before = self._waiting.get(line, [])
            self._waiting[line] = None if cells is None or before is None else before + cells

    def take(self) -> News:
        """What waited to be drawn; nothing does from now on."""
        news, self._waiting = self._waiting, {}
        return news
