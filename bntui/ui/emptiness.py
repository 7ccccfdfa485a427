"""What a table says instead of rows: why there are none, and what to press."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.ui.format import clean
from bntui.ui.lists import ALL
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.lines import Line
from bntui.wire.mirror import LinkState


def no_symbols(viewer: Viewer, wanted: str) -> Sequence[Line]:
    """Of a watchlist; `wanted` is the text that it is filtered by."""
    mirror, keymap, name = viewer.mirror, viewer.keymap, viewer.lists.current
    if wanted and viewer.lists.shown(mirror.watchlist):
        return [
            ((f"No symbol of the list contains “{wanted}”.", "strong"),),
            (),
            ((keymap.name("watchlist.clear"), "key"), (" shows all again", "title")),
        ]
    if mirror.engine is None or mirror.link is not LinkState.LIVE:
        return link_lines(viewer)
    return [
        (("The watchlist is empty." if name == ALL else f"The list {name} is empty.", "strong"),),
        (),
        (
            (keymap.name("watchlist.add"), "key"),
            (" adds symbols   ", "title"),
            (keymap.name("app.help"), "key"),
            (" shows all keys", "title"),
        ),
    ]


def link_lines(viewer: Viewer) -> Sequence[Line]:
    """Of a screen without data: what is known of the engine."""
    link, reason = viewer.mirror.link, viewer.mirror.link_reason
    if link is LinkState.REFUSED:
        return [
            (("The engine does not take this viewer.", "blind"),),
            ((clean(reason), "title"),),
            (),
            ((viewer.keymap.name("app.quit"), "key"), (" quits", "title")),
        ]
    words, hint = {
        LinkState.CONNECTING: ("Connecting to the engine …", "Where none runs, one is started."),
        LinkState.RESTARTING: ("The engine has gone.", "It is looked for, and started again where need be."),
        LinkState.SILENT: ("The engine does not answer.", "Nothing can be shown until it does."),
        LinkState.LIVE: ("Waiting for the first data …", ""),
    }[link]
    return [((words, "strong"),), ((clean(reason) or hint, "title"),)]
