"""What the connections are made over: the fast sockets where they are installed, else those always there."""

from __future__ import annotations

import logging

from bntui.clock import Clock
from bntui.feed.transport import Transport, WebsocketsTransport
from bntui.venue.limits import Limits

log = logging.getLogger(__name__)


def usual_transport(limits: Limits, clock: Clock, proxy: str = "") -> Transport:
    """Connections by `websockets`, over asyncio's own sockets; where there is no TLS over those of
    `aiofastnet`, which the extra `bntui[fast]` brings and which cost less.

    `proxy` is what the settings name; empty: what the environment says."""
    try:
        from aiofastnet import create_connection
    except ImportError:
        log.info("sockets are asyncio's own; with bntui[fast] they cost less")
        return WebsocketsTransport(limits, clock, proxy)
    log.info("sockets are those of aiofastnet")
    return WebsocketsTransport(limits, clock, proxy, create_connection)
