"""Text frames that a client sends on a market socket (web-socket-streams.md, «Live Subscribing»).

The server does not answer a frame that is too long, so names are sent in batches whose bound counts the
whole frame in UTF-8: symbols may hold text outside ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

_LONGEST_ID = 2**63 - 1
"""Request ids are signed 64-bit integers."""


def subscribe(names: Sequence[str], request_id: int) -> str:
    """The frame that asks for these streams."""
    return _frame("SUBSCRIBE", names, request_id)


def unsubscribe(names: Sequence[str], request_id: int) -> str:
    """The frame that ends these streams."""
    return _frame("UNSUBSCRIBE", names, request_id)


def batches(names: Sequence[str], max_names: float, max_bytes: float) -> list[list[str]]:
    """Split names, in their order, so that each batch makes a frame within both bounds.

    A name that alone passes `max_bytes` gets a batch of its own: the caller's bound lies far below the
    exchange's, and a name that long is no stream's.
    """
    empty = len(_frame("UNSUBSCRIBE", (), _LONGEST_ID).encode())
    result: list[list[str]] = []
    size = 0
    for name in names:
        cost = len(orjson.dumps(name)) + len(",")
        if not result or len(result[-1]) >= max_names or size + cost > max_bytes:
            result.append([])
            size = empty
        result[-1].append(name)
        size += cost
    return result


def _frame(method: str, names: Sequence[str], request_id: int) -> str:
    return orjson.dumps({"method": method, "params": list(names), "id": request_id}).decode()
