"""The fast sockets, as the extra brings them."""

from __future__ import annotations

from aiofastnet import create_connection, start_tls

from bntui.feed.opening import Sockets

FAST = Sockets(create_connection, start_tls)
