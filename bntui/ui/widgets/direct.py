"""Widgets that are drawn line by line, past Textual's compositor where nothing is in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

from rich.style import Style
from textual.geometry import Region, Spacing
from textual.strip import Strip
from textual.widget import Widget

from bntui.ui.shown import Piece
from bntui.ui.sparing import SparingApp
from bntui.ui.widgets.finish import finished_lines, finished_style

NO_GUTTER = Spacing()


class Direct(Widget):
    """A widget without a border, whose `render_line` gives lines in finished styles.

    Beside another base it must be named last: Textual takes the stylesheet of the first.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Textual's. It has not been drawn."""
        super().__init__(*args, **kwargs)
        self._owed = True
        """Has Textual yet to draw it? Until then nothing can be drawn beside what is not there."""
        self._new_regions: list[Region] = []
        self._base: Style | None = None
        """What is under the text, once it was asked for: Textual works it out anew each time."""

    # Asking to be drawn

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw anew: regions at once where nothing is in the way, everything else by Textual."""
        if regions and repaint and not (layout or recompose):
            self._new_regions += regions
            if self.is_drawn_soon():
                return self
            self._new_regions.clear()
        self._owed = True
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def redraw_lines(self, lines: Iterable[int]) -> None:
        """Draw these lines anew; neighbours as one region, since each costs the compositor."""
        regions: list[Region] = []
        for y in sorted(lines):
            if regions and regions[-1].bottom == y:
                regions[-1] = regions[-1].grow((0, 0, 1, 0))
            else:
                regions.append(Region(0, y, self.size.width, 1))
        if regions:
            self.refresh(*regions)

    def is_drawn_soon(self) -> bool:
        """Ask to be drawn past the compositor; False where that cannot be."""
        app = self.app
        return not self._owed and isinstance(app, SparingApp) and app.draw_soon(self, self)

    def take_pieces(self, left: int, top: int) -> Iterator[Piece]:
        """What is new since it was drawn last, of a widget whose corner is there."""
        regions, self._new_regions = self._new_regions, []
        whole = self.scrollable_content_region.size.region
        for region in regions:
            crop = region.intersection(whole)
            if crop:
                for y, strip in enumerate(self.render_lines(crop), crop.y):
                    yield y + top, crop.x + left, strip

    def leave_to_textual(self) -> None:
        """What was to be drawn cannot be: let Textual draw everything."""
        self._new_regions.clear()
        self.refresh()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the widget. Without a border they need not take Textual's way through all that a style
        can ask for, which costs as much as the lines."""
        if self.styles.gutter != NO_GUTTER:
            return super().render_lines(crop)
        self._owed = False
        lines = finished_lines(self, [self.render_line(y) for y in crop.line_range])
        first, last = crop.column_span
        # Under a scroll bar there is nothing.
        return [
            line if (first, last) == (0, line.cell_length) else line.crop_extend(first, last, self.under)
            for line in lines
        ]

    @property
    def under(self) -> Style:
        """What is under the text, finished."""
        if self._base is None:
            self._base = finished_style(self, self.rich_style)
        return self._base

    def notify_style_update(self) -> None:
        """Another theme, or another state of the widget."""
        super().notify_style_update()
        self._base = None
