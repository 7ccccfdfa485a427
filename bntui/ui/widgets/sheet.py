"""Lines that a panel draws whole for every frame, of which only those that changed are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bntui.ui.format import width_of
from bntui.ui.widgets.direct import Direct
from bntui.ui.widgets.finish import finished_style
from bntui.ui.widgets.lines import Line, cut
from bntui.ui.widgets.styles import style_of

BAR = frozenset("█▏▎▍▌▋▊▉")
"""What bars are drawn with."""


class Sheet(Direct, can_focus=True):
    """Shows the lines it was given last; one of them may carry the cursor."""

    def __init__(self, *, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self.alone = False
        """No other panel stands beside it: nobody needs to be told which has the keys."""
        self._lines: list[Line] = []
        self._lit: int | None = None
        self._strips: dict[int, Strip] = {}
        self._styles_by_name: dict[tuple[str, bool], Style] = {}

    @property
    def text(self) -> str:
        """What is shown, without styles."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    @property
    def lit(self) -> int | None:
        """The line of the cursor."""
        return self._lit

    def set_lines(self, lines: Sequence[Line], lit: int | None = None) -> None:
        """Show these lines, `lit` with the cursor."""
        old, old_lit = self._lines, self._lit
        self._lines, self._lit = list(lines), lit
        changed: list[int] = []
        for y in range(max(len(old), len(self._lines))):
            before, after = _at(old, y), _at(self._lines, y)
            moved = old_lit != lit and y in (old_lit, lit)
            if before == after and not moved:
                continue
            self._strips.pop(y, None)
            changed.append(y)
        self.redraw_lines(changed)

    def notify_style_update(self) -> None:
        """Another theme: everything looks different."""
        super().notify_style_update()
        self._forget()

    def on_focus(self) -> None:
        """Cursor and title look different."""
        self._relight()

    def on_blur(self) -> None:
        """Cursor and title look different."""
        self._relight()

    def draw_anew(self) -> None:
        """Draw what was drawn last, now that the keys have gone elsewhere or come here."""

    def on_resize(self) -> None:
        """Lines were cut for another width."""
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self._strips.clear()
        self._styles_by_name.clear()

    def _relight(self) -> None:
        self._base = None
        self._styles_by_name.clear()
        if self._lit is not None:
            self._strips.pop(self._lit, None)
            self.redraw_lines([self._lit])
        # Later: Textual notes who has the focus only behind its subclasses' handlers.
        self.call_later(self.draw_anew)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line, cut or padded to the width."""
        width, lit = self.size.width, y == self._lit
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._built(cut(_at(self._lines, y), width), width, lit)
        return strip.crop_extend(0, width, self.under)

    def _built(self, line: Line, width: int, lit: bool) -> Strip:
        """As few segments as styles allow: the codes of a style are more bytes than most of the text."""
        segments: list[Segment] = []
        text, style = "", self._style("", lit)
        room = width
        for piece, name in (*line, (" " * width, "")):
            if lit and self.app.native_ansi_color and any(char in BAR for char in piece):
                # The cursor is a reversed line there; a reversed bar would show the opposite.
                lit = False
            own = self._style(name, lit)
            piece = piece[:room] if piece.isspace() else piece
            room -= width_of(piece)
            if own is not style and not (
                piece.isspace() and own.bgcolor == style.bgcolor and _is_plain(style)
            ):
                if text:
                    segments.append(Segment(text, style))
                text, style = "", own
            text += piece
        if text:
            segments.append(Segment(text, style))
        return Strip(segments, width)

    def _style(self, name: str, lit: bool) -> Style:
        style = self._styles_by_name.get((name, lit))
        if style is None:
            variables, native = self.app.theme_variables, self.app.native_ansi_color
            style = self.rich_style
            if lit:
                style += style_of("cursor" if self.has_focus else "cursor-blurred", variables, native)
            if name and not (lit and native):
                # A reversed line in the terminal's own colours would turn coloured text into patches.
                style += style_of(name, variables, native)
            style = self._styles_by_name[name, lit] = finished_style(self, style)
        return style


def _is_plain(style: Style) -> bool:
    """Does an empty cell in this style look empty?"""
    return not (style.reverse or style.underline)


def _at(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else ()
