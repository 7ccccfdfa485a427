"""What screens of a timeline share: a list by days, the newest first, and the card of one of its rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from bntui.ui.emptiness import link_lines
from bntui.ui.format import clean
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.tables.incidents import Heading, Key, heading_note, is_heading
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.columns import Column
from bntui.ui.widgets.grid import HEADER_LINES, Grid
from bntui.ui.widgets.lines import Line, Lines, Part, faded
from bntui.ui.widgets.prose import Prose
from bntui.wire.mirror import Changes, LinkState


class Entry(Protocol):
    """What stands in a timeline."""

    @property
    def id(self) -> int:
        """Its number; what is newer has a higher one."""
        ...


_E = TypeVar("_E", bound=Entry)


class TimelineScreen(ViewerScreen, Generic[_E]):
    """A screen of a timeline."""

    def __init__(self, viewer: Viewer, columns: Sequence[Column[_E | Heading]]) -> None:
        """Take what the screen reads from, and the columns of its list."""
        super().__init__(viewer)
        self._rows: dict[Key, _E | Heading] = {}
        self._newest = 0
        self._told: int | None = None
        self._card_height = 0
        self.timeline: Grid[Key, _E | Heading] = Grid(
            columns,
            self._rows.get,
            viewer.now,
            note=heading_note,
            note_from="began",
            note_holds=True,
            is_heading=is_heading,
            id="timeline",
        )
        self.card = Prose(id="card")
        self._empty = Lines(centred=True, id="empty")

    def compose_body(self) -> ComposeResult:
        """The list, and the card below it, or beside it where the terminal is wide."""
        with Container(id="dated"):
            yield self.timeline
            yield self._empty
            yield self.card

    # What is in it

    @abstractmethod
    def entries(self) -> Mapping[Key, _E | Heading]:
        """The rows in their order."""

    @abstractmethod
    def concerns(self, changes: Changes) -> bool:
        """Whether the rows may be others now."""

    @abstractmethod
    def sentences(self, entry: _E) -> Sequence[str]:
        """What the card tells of it; the first is the heading."""

    @abstractmethod
    def nothing(self) -> Sequence[Line]:
        """What is said in place of an empty list."""

    @abstractmethod
    def card_lines(self) -> int:
        """Height of the card where it stands below the list."""

    @property
    def selected(self) -> _E | None:
        """What is under the cursor."""
        key = self.timeline.cursor_key
        row = None if key is None else self._rows.get(key)
        return None if row is None or isinstance(row, Heading) else row

    # Drawing

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw what changed; what lasts counts on once a second."""
        self.timeline.set_dimmed(self.viewer.is_dark)
        if changes is None or beat or self.concerns(changes):
            self._arrange()
            if changes is None:
                self.timeline.redraw()
            else:
                self.timeline.update_rows(self._rows)
            self._show_card()
        self._show_empty()
        self._share_height()

    def _arrange(self) -> None:
        self._rows.clear()
        self._rows.update(self.entries())
        newest = max((key for key in self._rows if isinstance(key, int)), default=0)
        # Who looks at the newest sees the next one at once; a cursor that was moved stays on its row.
        follows = newest > self._newest and self._is_at_top()
        self._newest = newest
        self.timeline.set_rows(list(self._rows))
        if follows:
            self.timeline.action_top()

    def _is_at_top(self) -> bool:
        return all(is_heading(key) for key in self.timeline.keys[: self.timeline.cursor])

    def _show_card(self) -> None:
        entry = self.selected
        paragraphs: list[Part] = []
        if entry is not None:
            first, *others = self.sentences(entry)
            paragraphs = [(clean(first), "strong"), *((clean(sentence), "") for sentence in others)]
        told = None if entry is None else entry.id
        self.card.set_paragraphs(
            faded(paragraphs) if self.viewer.is_dark else paragraphs, anew=told != self._told
        )
        self._told = told

    def _show_empty(self) -> None:
        mirror = self.viewer.mirror
        empty = not self.timeline.keys
        if empty:
            is_told = mirror.engine is not None and mirror.link is LinkState.LIVE
            self._empty.set_lines(self.nothing() if is_told else link_lines(self.viewer))
        if self._empty.display != empty:
            self._empty.display = empty
            self.timeline.display = self.card.display = not empty
            if not empty:
                self.timeline.focus()

    def _share_height(self) -> None:
        """Beside the list the card has all of the height, below it also what a short list does not need."""
        spare = self.body_height - HEADER_LINES - len(self.timeline.keys) - 1
        height = 0 if self.has_class("-wide") else max(self.card_lines(), spare)
        if height != self._card_height:
            self._card_height = height
            self.card.styles.height = height or "100%"

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        self._show_card()
