"""The rules of one host beside its numbers: its paths, what flows on which, how it pings, what REST costs.

A house is a value, so that nothing that enforces rules asks which market it has before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.account_limits import (
    COINM_ACCOUNT_CALLS,
    SPOT_ACCOUNT_CALLS,
    US_LISTEN_KEY,
    USDM_ACCOUNT_CALLS,
    WS_API_CONNECT_WEIGHT,
    WS_API_FUTURES_CONNECT_WEIGHT,
)
from bntui.venue.binance.futures_limits import COINM, COINM_CALLS, USDM, USDM_CALLS
from bntui.venue.binance.futures_streams import COINM_PATHS, USDM_PATHS, parse_coinm, parse_usdm
from bntui.venue.binance.limits import SPOT, SPOT_CALLS, CallCost
from bntui.venue.binance.streams import parse_spot
from bntui.venue.limits import Limits

_DEFAULT_SPEED = re.compile(r"(.+@depth[0-9]*|!miniTicker@arr)@1000ms")
"""Streams with their default speed in the name, as no document has it. They flow all the same: unless told
otherwise, the exchange's own binance-connector-python 3.13.0 asks so for books, python-binance 1.0.37 for the
array."""


@dataclass(frozen=True, slots=True)
class House:
    """One host of the exchange."""

    market: Market
    limits: Limits
    """The numbers that clients are held to, unless told otherwise."""
    parse: Callable[[str], StreamSpec]
    """Takes the name of a stream apart. Raises ValueError for what is none here."""
    roots: Mapping[str, str]
    """What may stand before `/ws` and `/stream`, and the path that such a connection acts as."""
    paths: Mapping[StreamKind, str]
    """The path on which each kind of stream flows; on any other it is acknowledged, and silent."""
    calls: Mapping[str, CallCost]
    announces_shutdown: bool
    """Whether connections are told before they end."""
    pings_by_the_clock: bool
    """Whether the first ping comes at a moment that has nothing to do with when a connection opened."""
    microseconds: bool
    """Whether a client may ask for times in microseconds."""
    plain_weight_header: bool
    """Whether the used weight is told without its window too."""
    user_path: str | None
    """The path on which listen keys bring events; None: nowhere."""
    ws_api_path: str
    """Where the WebSocket API is."""
    ws_api_weight: int
    """What a connection to it costs."""
    retired: tuple[str, ...] = ()
    """REST paths that have been taken out of service."""

    @property
    def subscribes_accounts(self) -> bool:
        """Whether the WebSocket API brings events itself, rather than making listen keys."""
        return self.market is Market.SPOT

    def spec(self, name: str) -> StreamSpec | None:
        """What a stream is; None where there is none of that name."""
        try:
            return self.parse(name)
        except ValueError:
            return None

    def flows(self, spec: StreamSpec, path: str) -> bool:
        """Whether a stream sends anything to a connection on a path."""
        return self.paths.get(spec.kind) == path


def _parse_spot(name: str) -> StreamSpec:
    spoken = _DEFAULT_SPEED.fullmatch(name)
    return parse_spot(spoken[1] if spoken else name)


def _heads(paths: Mapping[StreamKind, str]) -> Mapping[StreamKind, str]:
    """Paths without the word for the shape of the envelope."""
    return MappingProxyType({kind: path.removesuffix("/stream") for kind, path in paths.items()})


SPOT_HOUSE = House(
    market=Market.SPOT,
    limits=SPOT,
    parse=_parse_spot,
    roots=MappingProxyType({"": ""}),
    paths=MappingProxyType(dict.fromkeys(StreamKind, "")),
    calls=MappingProxyType({**SPOT_CALLS, **SPOT_ACCOUNT_CALLS}),
    announces_shutdown=True,
    pings_by_the_clock=False,
    microseconds=True,
    plain_weight_header=True,
    user_path=None,
    ws_api_path="/ws-api/v3",
    ws_api_weight=WS_API_CONNECT_WEIGHT,
    # Gone since 2026-02-20 (CHANGELOG, 2026-01-21); users see 410 (unicorn-binance-websocket-api PR 411).
    retired=("/api/v3/userDataStream",),
)
"""stream.binance.com and api.binance.com."""

US_HOUSE = replace(
    SPOT_HOUSE,
    calls=MappingProxyType({**SPOT_HOUSE.calls, "listen_key": US_LISTEN_KEY}),
    user_path="",
    retired=(),
)
"""As on Binance.US, where Spot still has listen keys (reports of 2026-07-26)."""

USDM_HOUSE = House(
    market=Market.USDM,
    limits=USDM,
    parse=parse_usdm,
    # A connection without a path acts as /public (Important-WebSocket-Change-Notice, read 2026-05-28). What
    # goes to /private are accounts' events, and no stream of the market.
    roots=MappingProxyType({"": "/public", **{path: path for path in ("/public", "/market", "/private")}}),
    paths=_heads(USDM_PATHS),
    calls=MappingProxyType({**USDM_CALLS, **USDM_ACCOUNT_CALLS}),
    announces_shutdown=False,
    pings_by_the_clock=True,
    microseconds=False,
    plain_weight_header=False,
    user_path="/private",
    ws_api_path="/ws-fapi/v1",
    ws_api_weight=WS_API_FUTURES_CONNECT_WEIGHT,
)
"""fstream.binance.com and fapi.binance.com."""

COINM_HOUSE = House(
    market=Market.COINM,
    limits=COINM,
    parse=parse_coinm,
    roots=MappingProxyType({"": ""}),
    paths=_heads(COINM_PATHS),
    calls=MappingProxyType({**COINM_CALLS, **COINM_ACCOUNT_CALLS}),
    announces_shutdown=False,
    pings_by_the_clock=True,
    microseconds=False,
    plain_weight_header=False,
    user_path="",
    ws_api_path="/ws-dapi/v1",
    ws_api_weight=WS_API_FUTURES_CONNECT_WEIGHT,
)
"""dstream.binance.com and dapi.binance.com. Whether it takes paths is not settled; here it does not."""

HOUSES: Mapping[Market, House] = MappingProxyType(
    {house.market: house for house in (SPOT_HOUSE, USDM_HOUSE, COINM_HOUSE)}
)
"""Every host, by market."""
