"""The table for hot data: only dirty rows on screen are rebuilt, only those that look new are redrawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bntui.ui.keys import MOVE, bindings
from bntui.ui.shown import Piece
from bntui.ui.widgets.built import BuiltRows, News
from bntui.ui.widgets.columns import Column, Slot
from bntui.ui.widgets.direct import Direct
from bntui.ui.widgets.finish import finished_style
from bntui.ui.widgets.painter import Ink, NoteOf, Painter

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

HEADER_LINES = 1


class _OfGrid(Message):
    """Something that a grid tells."""

    def __init__(self, grid: Grid[Any, Any]) -> None:
        """Keep the grid."""
        super().__init__()
        self.grid = grid

    @property
    def control(self) -> Grid[Any, Any]:
        """The grid, for `@on` selectors."""
        return self.grid


class Grid(ScrollView, Direct, Generic[K, R], can_focus=True, inherit_bindings=False):
    """A table over rows that live elsewhere: it holds their order, the cursor, and what they look like.

    The cursor stays on its row's key: when the order changes, its line stays where it is on screen
    as far as the ends of the table let it.
    """

    BINDINGS = bindings(MOVE)

    class HeaderClicked(_OfGrid):
        """The title of a column was clicked."""

        def __init__(self, grid: Grid[Any, Any], column: str) -> None:
            """Keep the grid and the column's id."""
            super().__init__(grid)
            self.column = column

    class CursorMoved(_OfGrid):
        """The cursor stands on another row, or on none."""

    class Chosen(_OfGrid):
        """The row under the cursor was clicked once more."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        lookup: Callable[[K], R | None],
        now: Callable[[], float],
        *,
        dimmed: Callable[[R], bool] = lambda _row: False,
        note: NoteOf[R] | None = None,
        note_from: str = "",
        note_holds: bool = False,
        is_heading: Callable[[K], bool] = lambda _key: False,
        lit: bool = False,
        id: str | None = None,
    ) -> None:
        """Take the columns, and where rows and time come from.

        `dimmed` rows are shown faint. Where `note` has something to say of a row, it stands in place of
        the cells from column `note_from` on; one that `note_holds` does so even where nothing else can be
        trusted. The cursor passes by rows that are a heading. A `lit` cursor looks as with the focus, for
        a table whose keys another widget takes.
        """
        super().__init__(id=id)
        self._painter = Painter(columns, self._ink, dimmed, note, note_from, note_holds)
        self._built: BuiltRows[K, R] = BuiltRows(self._painter, lookup, now)
        self._is_heading = is_heading
        self._lit = lit
        self._keys: tuple[K, ...] = ()
        self._index: dict[K, int] = {}
        self._cursor = 0
        self._drawn_from = 0
        """The line that was the first on screen when Textual drew the table last."""
        self._turn = 0

    # What the table holds

    @property
    def keys(self) -> tuple[K, ...]:
        """The rows' keys, in the order shown."""
        return self._keys

    @property
    def cursor(self) -> int:
        """The line of the cursor; 0 in an empty table."""
        return self._cursor

    @property
    def cursor_key(self) -> K | None:
        """The key under the cursor."""
        return self._keys[self._cursor] if self._keys else None

    @property
    def cursor_words(self) -> list[tuple[str, str]]:
        """What the row under the cursor says, column by column, also in those that do not fit."""
        key = self.cursor_key
        return [] if key is None else self._built.words(key)

    @property
    def slots(self) -> tuple[Slot[R], ...]:
        """The columns that are shown, at their places."""
        return self._painter.slots

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns, or the same ones at other widths."""
        self._painter.set_columns(columns)
        self.redraw()

    def set_sorted(self, column: str, descending: bool) -> None:
        """Mark the column by which the rows are sorted; an empty id marks none."""
        if (column, descending) != self._painter.sorted_by:
            self._painter.sorted_by = (column, descending)
            self.redraw_lines(range(HEADER_LINES))

    def set_dimmed(self, dimmed: bool) -> None:
        """Show everything faint, or not: nothing on screen can be trusted while it is."""
        if dimmed != self._painter.all_dimmed:
            self._painter.all_dimmed = dimmed
            self.redraw()

    def set_rows(self, keys: Sequence[K]) -> None:
        """Show these rows in this order; the cursor stays on its row, or near its place."""
        new = tuple(keys)
        if new == self._keys:
            return
        key, line = self.cursor_key, self._cursor
        self._keys = new
        self._index = {k: i for i, k in enumerate(new)}
        self._built.keep(new)
        self._cursor = self._index.get(key, line) if key is not None else 0
        self._cursor = self._place_for(self._cursor, 1)
        self._fit_size()
        self._scroll_by(self._cursor - line)
        self._built.forget(key)
        self.refresh()
        if self.cursor_key != key:
            self._forget_cursor_line()
            self.post_message(self.CursorMoved(self))

    # What has changed

    def redraw(self) -> None:
        """Everything may look different."""
        self._built.forget_all()
        self.refresh()

    def update_rows(self, keys: Iterable[K]) -> None:
        """These rows have new data: rebuild those on screen, and redraw what looks different of them."""
        first, last = self._visible()
        lines: list[tuple[int, K]] = []
        for key in keys:
            line = self._index.get(key)
            if line is None:
                continue
            if first <= line < last:
                lines.append((line, key))
            else:
                self._built.forget(key)
        self._show_news(self._built.rebuild(lines, self.cursor_key))

    def update_ages(self) -> None:
        """Time has passed, and rows may have new data: redraw those on screen that look different now."""
        first, last = self._visible()
        on_screen = self._keys[first:last]
        self._built.keep(on_screen)
        self._show_news(self._built.rebuild(enumerate(on_screen, first), self.cursor_key))

    def update_in_turn(self, turns: int) -> None:
        """Draw anew one in so many of the rows on screen, each time the next ones."""
        first, last = self._visible()
        self._turn = (self._turn + 1) % turns
        self.update_rows(self._keys[first + self._turn : last : turns])

    def _show_news(self, news: News) -> None:
        """Redraw these cells of lines."""
        self._built.wait(news)
        if news and (self._drawn_from != self.scroll_offset.y or not self.is_drawn_soon()):
            self._refresh_lines(self._built.take())

    def take_pieces(self, left: int, top: int) -> Iterator[Piece]:
        """The cells that look different, and the lines that were asked for whole."""
        first, last = self._visible()
        for line, cells in self._built.take().items():
            y = line - first + HEADER_LINES
            if not first <= line < last:
                continue
            if cells is None:
                yield y + top, left, self.render_line(y)
            else:
                for x, cell in cells:
                    yield y + top, x + left, (cell,)
        yield from super().take_pieces(left, top)

    def leave_to_textual(self) -> None:
        """Nothing is kept of what was to be drawn."""
        self._built.take()
        super().leave_to_textual()

    def _refresh_lines(self, lines: Iterable[int]) -> None:
        """Refresh lines of the table."""
        top = self.scroll_offset.y - HEADER_LINES
        self.redraw_lines([line - top for line in lines])

    # Size and scrolling

    def _page(self) -> int:
        return max(self.scrollable_content_region.height - HEADER_LINES, 1)

    def _visible(self) -> tuple[int, int]:
        first = self.scroll_offset.y
        return first, min(first + self._page(), len(self._keys))

    def _fit_size(self) -> None:
        self.virtual_size = Size(0, len(self._keys) + HEADER_LINES)

    def _scroll_by(self, lines: int) -> None:
        """Move the rows under the cursor rather than the cursor over the rows.

        At the top the view stays there: who looks at the first rows of an order wants the first rows.
        """
        if lines and self.scroll_offset.y:
            self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True)
        self._show_cursor()

    def _show_cursor(self) -> None:
        """Bring the cursor into view, and with it the headings that stand right above."""
        first, page = self.scroll_offset.y, self._page()
        top = self._cursor
        while top > 0 and self._is_heading(self._keys[top - 1]):
            top -= 1
        if top < first:
            self.scroll_to(y=top, animate=False, immediate=True)
        elif self._cursor >= first + page:
            self.scroll_to(y=self._cursor - page + 1, animate=False, immediate=True)

    def on_resize(self) -> None:
        """The cursor must stay in view; the columns are placed anew with the next line drawn."""
        self._fit_size()
        self._show_cursor()

    def on_focus(self) -> None:
        """The cursor line looks different."""
        self._forget_styles()
        self._forget_cursor_line()

    on_blur = on_focus

    def notify_style_update(self) -> None:
        """Another theme, or another state of the widget: every built row is out of date."""
        super().notify_style_update()
        self._built.forget_all()
        self._forget_styles()

    def _forget_styles(self) -> None:
        self._base = None
        self._painter.forget_styles()

    # Cursor

    def move_cursor(self, line: int) -> None:
        """Put the cursor on a line, or the nearest there is."""
        line = self._place_for(line, 1 if line > self._cursor else -1)
        if line == self._cursor:
            self._show_cursor()
            return
        self._forget_cursor_line()
        self._cursor = line
        self._forget_cursor_line()
        self._show_cursor()
        self.post_message(self.CursorMoved(self))

    def _place_for(self, line: int, step: int) -> int:
        """The nearest line that the cursor may stand on, those in the direction of `step` first."""
        last = len(self._keys) - 1
        line = max(0, min(line, last))
        below, above = range(line, last + 1), range(line, -1, -1)
        places = chain(below, above) if step > 0 else chain(above, below)
        return next((at for at in places if at <= last and not self._is_heading(self._keys[at])), line)

    def select(self, key: K) -> bool:
        """Put the cursor on the row with this key; False where there is none."""
        index = self._index.get(key)
        if index is not None:
            self.move_cursor(index)
        return index is not None

    def _forget_cursor_line(self) -> None:
        if self._keys:
            self._built.forget(self.cursor_key)
            self._refresh_lines([self._cursor])

    def action_down(self) -> None:
        """One line down."""
        self.move_cursor(self._cursor + 1)

    def action_up(self) -> None:
        """One line up."""
        self.move_cursor(self._cursor - 1)

    def action_top(self) -> None:
        """To the first line."""
        self.move_cursor(0)

    def action_bottom(self) -> None:
        """To the last line."""
        self.move_cursor(len(self._keys) - 1)

    def action_half_page_down(self) -> None:
        """Half a screen down."""
        self._page_by(max(self._page() // 2, 1))

    def action_half_page_up(self) -> None:
        """Half a screen up."""
        self._page_by(-max(self._page() // 2, 1))

    def action_page_down(self) -> None:
        """One screen down."""
        self._page_by(self._page())

    def action_page_up(self) -> None:
        """One screen up."""
        self._page_by(-self._page())

    def _page_by(self, lines: int) -> None:
        """Move rows and cursor together, so that the cursor keeps its height on screen."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True)
        self.move_cursor(self._cursor + lines)

    def on_click(self, event: events.Click) -> None:
        """A click on a title asks to sort by it, on a row it puts the cursor there."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < HEADER_LINES:
            for slot in self.slots:
                if slot.x <= offset.x < slot.end:
                    self.post_message(self.HeaderClicked(self, slot.column.id))
            return
        line = self.scroll_offset.y + offset.y - HEADER_LINES
        if line >= len(self._keys):
            return
        if line == self._cursor:
            self.post_message(self.Chosen(self))
        else:
            self.move_cursor(line)

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the widget."""
        self._drawn_from = self.scroll_offset.y
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the viewport: the titles, a row, or nothing."""
        width = self.scrollable_content_region.width
        if self._painter.set_width(width):
            self._built.forget_all()
        if y < HEADER_LINES:
            return self._painter.titles().crop_extend(0, width, self.under)
        index = self.scroll_offset.y + y - HEADER_LINES
        if index >= len(self._keys):
            return Strip.blank(width, self.under)
        strip = self._built.strip(self._keys[index], self.cursor_key)
        return strip if strip.cell_length == width else strip.crop_extend(0, width, self.under)

    def _ink(self) -> Ink:
        app = self.app
        return Ink(
            self.under,
            partial(finished_style, self),
            app.theme_variables,
            app.native_ansi_color,
            self._lit or self.has_focus,
        )
