"""Which exchange a run means: its addresses and limits, and a fingerprint of both.

An engine and its viewers are started apart; by the fingerprint they know whether they mean the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields

import orjson

from bntui import __version__
from bntui.config import Settings, sentence
from bntui.errors import UsageError
from bntui.model.markets import Market, SymbolKey
from bntui.venue.base import Endpoints, Venue
from bntui.venue.binance.endpoints import alternates, endpoints
from bntui.venue.limits import Limits
from bntui.venue.markets import venue
from bntui.wire.messages import Hello

SERVED = (Market.SPOT,)
"""Markets that can be watched; a further one is a row in `venue/` and a word here."""


@dataclass(frozen=True, slots=True)
class World:
    """The exchange that a run means."""

    markets: dict[Market, tuple[Venue, Endpoints]]
    """The market of symbols that name none comes first."""
    limits: Limits
    """Of that first market."""
    elsewhere: dict[Market, str]
    """Another stream address of each market, where there is one and no address was replaced."""
    description: str
    """For people: `Binance Spot, main`."""
    hello: Hello


def world(settings: Settings, label: str = "") -> World:
    """What the settings mean. Raises UsageError for a market or environment that is not served."""
    if settings.market not in SERVED:
        raise UsageError(f"The market {settings.market} is not served yet; Spot is.")
    markets: dict[Market, tuple[Venue, Endpoints]] = {}
    for market in (settings.market, *(m for m in SERVED if m is not settings.market)):
        try:
            usual = endpoints(market, settings.environment)
        except ValueError as exc:
            raise UsageError(sentence(str(exc))) from None
        markets[market] = (
            venue(market, settings.limits, settings.environment),
            Endpoints(
                rest=settings.rest_urls.get(market, usual.rest),
                streams=settings.stream_urls.get(market, usual.streams),
                ws_api=settings.ws_api_urls.get(market, usual.ws_api),
            ),
        )
    first, addresses = markets[settings.market]
    where = addresses.streams if settings.overridden else str(settings.environment)
    description = label or f"{first.name}, {where}"
    identity = {
        "environment": settings.environment,
        "urls": {m.value: [e.rest, e.streams, e.ws_api] for m, (_, e) in markets.items()},
        "limits": {f.name: getattr(first.limits, f.name) for f in fields(Limits)},
    }
    digest = hashlib.sha256(orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)).hexdigest()
    elsewhere = {
        market: others[0].streams
        for market in markets
        if not settings.overridden and (others := alternates(market, settings.environment))
    }
    return World(markets, first.limits, elsewhere, description, Hello(__version__, digest, description))


def symbol_keys(symbols: Iterable[str], settings: Settings) -> list[SymbolKey]:
    """What the user typed, as keys, each once. Raises UsageError for a market that is not served."""
    keys = [SymbolKey.parse(symbol, settings.market) for symbol in symbols]
    for key in keys:
        if key.market not in SERVED:
            raise UsageError(f"{key.label}: the market {key.market} is not served yet; Spot is.")
    return list(dict.fromkeys(keys))
