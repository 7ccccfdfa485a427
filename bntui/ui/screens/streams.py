"""The streams of one shard, the worst first."""

from __future__ import annotations

from collections import Counter

from textual.app import ComposeResult

from bntui.model.markets import StreamKey
from bntui.model.states import BADNESS, StreamState
from bntui.model.views import StreamView
from bntui.ui.keys import MOVE, STREAMS, bindings
from bntui.ui.ordering import SteadyOrder
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.tables.connections import handover, shard_detail, stream_badness, stream_columns, stream_key
from bntui.ui.tables.states import STATE_STYLES, STATE_WORDS
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Lines, Part, faded, join
from bntui.wire.mirror import Changes


class StreamsScreen(ViewerScreen):
    """One row a stream. While it is in front, the engine sends the ages of this shard's streams."""

    BINDINGS = bindings(STREAMS)
    KEYS = (STREAMS, MOVE)
    TAB = "Connections"

    def __init__(self, viewer: Viewer, shard: int) -> None:
        """Show the streams of this shard."""
        super().__init__(viewer)
        self._shard = shard
        self._order: SteadyOrder[StreamKey] = SteadyOrder()
        self._title = Lines(id="shard-title")
        self._counts = Lines(id="detail")
        self._empty = Lines(centred=True, id="empty")
        self.grid: Grid[StreamKey, StreamView] = Grid(
            stream_columns(self._data_at),
            lambda key: viewer.mirror.streams.get(key),
            viewer.now,
            id="streams",
        )

    def compose_body(self) -> ComposeResult:
        """The shard, its streams, and how many are in which state."""
        yield self._title
        yield self.grid
        yield self._empty
        yield self._counts

    def _data_at(self, stream: StreamView) -> float | None:
        return self.viewer.mirror.stream_ages.get(stream_key(stream), stream.data_at)

    def show_body(self, changes: Changes | None, beat: bool) -> None:
        """Draw anew once a second: hundreds of rows, none of which needs to be seen sooner."""
        if changes is not None and not beat:
            return
        mirror, now = self.viewer.mirror, self.viewer.now()
        streams = [stream for stream in mirror.streams.values() if stream.shard == self._shard]
        by_key = {stream_key(stream): stream for stream in streams}
        self.grid.set_dimmed(self.viewer.is_dark)
        self.grid.set_rows(
            self._order.order(
                list(by_key), lambda key: stream_badness(by_key[key], self._data_at(by_key[key])), False, now
            )
        )
        if changes is None:
            self.grid.redraw()
        else:
            self.grid.update_ages()
        shard = mirror.shards.get(self._shard)
        gone: tuple[Part, ...] = ((f"shard {self._shard} is gone", "blind"),)
        parts = gone if shard is None else shard_detail(shard, handover(mirror.shards.values()), now)
        for widget, said in ((self._title, parts), (self._counts, _counted(streams))):
            line = ((" ", ""), *join(said))
            widget.set_lines([faded(line) if self.viewer.is_dark else line])
        empty = not self.grid.keys
        if empty:
            self._empty.set_lines([(("No stream is on this shard.", "title"),)])
        self._empty.display = empty
        self.grid.display = not empty

    def on_screen_resume(self) -> None:
        """Ask for the ages of this shard's streams."""
        self.viewer.look_at_shard(self._shard)
        super().on_screen_resume()

    def on_screen_suspend(self) -> None:
        """Nobody looks: no ages."""
        self.viewer.look_at_shard(None)

    def on_unmount(self) -> None:
        """The screen is gone: no ages."""
        self.viewer.look_at_shard(None)

    def action_back(self) -> None:
        """Back to the connections."""
        self.dismiss(None)


def _counted(streams: list[StreamView]) -> list[Part]:
    """How many streams are in which state, the worst first."""
    counts: Counter[StreamState] = Counter(stream.state for stream in streams)
    return [
        (f"{counts[state]} {STATE_WORDS[state]}", STATE_STYLES[state])
        for state in sorted(counts, key=BADNESS.__getitem__, reverse=True)
    ]
