"""What the connections are made over: the fast sockets where they are installed, else those always there."""

from __future__ import annotations

import logging

from bntui.clock import Clock
from bntui.feed.gulps import Beat
from bntui.feed.opening import Sockets
from bntui.feed.transport import WebsocketsTransport
from bntui.venue.limits import Limits

log = logging.getLogger(__name__)


def usual_transport(
    limits: Limits, clock: Clock, proxy: str = "", beat: Beat | None = None
) -> WebsocketsTransport:
    """Connections by `websockets`, over asyncio's own sockets, or those of `aiofastnet`, which the extra
    `bntui[fast]` brings and which cost less.

    `proxy` is what the settings name; empty: what the environment says. `beat`: when busy ones are read."""
    try:
        from aiofastnet import create_connection, start_tls
    except ImportError:
        log.info("sockets are asyncio's own; with bntui[fast] they cost less")
        return WebsocketsTransport(limits, clock, proxy, beat=beat)
    log.info("sockets are those of aiofastnet")
    return WebsocketsTransport(limits, clock, proxy, Sockets(create_connection, start_tls), beat)
