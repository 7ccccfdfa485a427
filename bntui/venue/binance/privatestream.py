"""User streams by listen key: the futures', and those of Binance.US Spot.

Sources: User Data Streams of the derivatives documents (read 2026-05-28), Important-WebSocket-Change-Notice
(2026-03-06) for USD-M's path; unicorn-binance-websocket-api for Binance.US (2026-07-26). Nothing here
deletes a key: there is one for an account, which another program may be using.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bntui.secret import Secret
from bntui.venue.base import Access, RestCall
from bntui.venue.binance.account_limits import (
    COINM_ACCOUNT_CALLS,
    LISTEN_KEY_LIFE_S,
    US_LISTEN_KEY,
    USDM_ACCOUNT_CALLS,
)
from bntui.venue.binance.answers import read
from bntui.venue.binance.futures_userevents import EVENT_NAMES
from bntui.venue.binance.limits import ANY, CallCost
from bntui.venue.binance.values import entries, text
from bntui.venue.user import ListenKeys

_LISTEN_KEY = re.compile("[A-Za-z0-9_-]{1,200}")
"""The documents show 64 letters and digits. Nothing else may get into an address."""


def read_listen_key(body: bytes) -> Secret:
    """The listen key of an answer. Raises ValueError for what is none."""
    key = read(body, lambda answer: text(entries(answer)["listenKey"]))
    if _LISTEN_KEY.fullmatch(key) is None:
        raise ValueError("the listen key is none")
    return Secret(key)


def routed_path(listen_key: Secret) -> Secret:
    """USD-M's private socket, with every event by name: what is not named does not come."""
    return Secret(f"/private/ws?listenKey={listen_key.reveal()}&events={'/'.join(EVENT_NAMES)}")


def plain_path(listen_key: Secret) -> Secret:
    """The socket of hosts that do not part their streams: COIN-M's and Binance.US's."""
    return Secret(f"/ws/{listen_key.reveal()}")


def _listen_keys(cost: CallCost, *, routed: bool, names_key: bool) -> ListenKeys:
    weight = next(weight for most, weight in cost.bands if most == ANY)
    make = RestCall(cost.name, cost.path, (), weight, method="POST", access=Access.KEY)
    return ListenKeys(
        make=make,
        keep=replace(make, method="PUT"),
        names_key=names_key,
        life_s=LISTEN_KEY_LIFE_S,
        read=read_listen_key,
        path=routed_path if routed else plain_path,
    )


def _of(calls: Mapping[str, CallCost], *, routed: bool) -> ListenKeys:
    return _listen_keys(calls["listen_key"], routed=routed, names_key=False)


USDM_LISTEN_KEYS = _of(USDM_ACCOUNT_CALLS, routed=True)
COINM_LISTEN_KEYS = _of(COINM_ACCOUNT_CALLS, routed=False)
US_LISTEN_KEYS = _listen_keys(US_LISTEN_KEY, routed=False, names_key=True)
"""Listen keys of each market that has them; Binance.US wants to be told which one to keep alive."""
