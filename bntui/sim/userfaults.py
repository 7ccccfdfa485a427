"""What can be made to go wrong with accounts: keys, signatures, listen keys, and the events themselves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bntui.sim import faultwords as word
from bntui.sim.faultkinds import Kind, Undo, each, lasting
from bntui.sim.faultwords import Words
from bntui.sim.keys import KEYS
from bntui.sim.victims import Ground

_KEY = word.choice("key", "", *KEYS)
_SECONDS = word.number("seconds", 0.001, word.MOST_SECONDS)


def _expire(ground: Ground, words: Words) -> Undo | None:
    ground.expire_listen_keys()
    return None


USER_FAULTS: Mapping[str, Kind] = MappingProxyType(
    {
        "revoke_key": lasting(
            "A key counts no more: -2015 to what it asks, and no events on what it opened. Without a name: "
            "every key.",
            _KEY,
        ),
        "refuse_address": lasting(
            "A key is refused as if it came from an address that it may not come from: -2015.",
            _KEY,
            word.count(None),
        ),
        "refuse_signature": lasting("Signatures are refused, right ones too: -1022.", _KEY, word.count(None)),
        "short_listen_keys": lasting(
            "Listen keys that are made or extended now are valid for so many seconds.", _SECONDS
        ),
        "expire_listen_keys": Kind(
            "Every listen key ends before its time: listenKeyExpired, then silence on an open socket.",
            start=_expire,
        ),
        "terminate_streams": Kind(
            "User streams of the WebSocket API end with eventStreamTerminated; their sockets stay open.",
            (word.CONNECTIONS,),
            each(lambda victim, words: victim.terminate()),
        ),
        "short_subscriptions": lasting(
            "User streams that are subscribed to now end after so many seconds with eventStreamTerminated.",
            _SECONDS,
            word.count(None),
        ),
        "user_silence": lasting(
            "Events of accounts are lost; accounts trade on, and their sockets stay open and well.",
            word.CONNECTIONS,
        ),
    }
)
"""Every such fault, by its name."""
