"""Which library makes the connections: the fast one where it is installed, else the one that always is."""

from __future__ import annotations

import logging

from bntui.clock import Clock
from bntui.feed.transport import Transport, WebsocketsTransport
from bntui.venue.limits import Limits

log = logging.getLogger(__name__)


def usual_transport(limits: Limits, clock: Clock, proxy: str = "") -> Transport:
    """Connections by `picows`, which the extra `bntui[fast]` brings, or by `websockets`.

    `proxy` is what the settings name; empty: what the environment says."""
    try:
        from bntui.feed.transport_picows import PicowsTransport
    except ImportError:
        log.info("connections are made by websockets; with bntui[fast] they cost less")
        return WebsocketsTransport(limits, clock, proxy)
    log.info("connections are made by picows")
    return PicowsTransport(limits, clock, proxy)
