"""Which exchange a run means: its addresses and limits, and a fingerprint of both.

An engine and its viewers are started apart; by the fingerprint they know whether they mean the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from bntui import __version__
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market, SymbolKey
from bntui.venue.binance.endpoints import Environment, alternates, endpoints, is_known
from bntui.venue.limits import Limits
from bntui.venue.places import Endpoints
from bntui.venue.rules import NAMES, limits_of

if TYPE_CHECKING:
    from bntui.venue.base import Venue
    from bntui.wire.messages import Hello


@dataclass(frozen=True)
class World:
    """The exchange that a run means."""

    endpoints: dict[Market, Endpoints]
    """The market of symbols that name none comes first."""
    environment: Environment
    overrides: Mapping[str, float]
    """Limits that are replaced."""
    limits: Limits
    """Of that first market."""
    elsewhere: dict[Market, str]
    """Another stream address of each market, where there is one and no address was replaced."""
    description: str
    """For people: `Binance Spot, main`."""
    fingerprint: str

    @cached_property
    def markets(self) -> dict[Market, tuple[Venue, Endpoints]]:
        """What the exchange says there, and where, loaded for who speaks to it: a screen never does."""
        from bntui.venue.markets import venue

        return {
            market: (venue(market, self.overrides, self.environment), endpoints)
            for market, endpoints in self.endpoints.items()
        }

    @property
    def hello(self) -> Hello:
        """How a viewer of it begins to speak with its engine."""
        from bntui.wire.messages import Hello

        return Hello(__version__, self.fingerprint, self.description)


def served(settings: Settings) -> tuple[Market, ...]:
    """The markets of a run, that of symbols that name none first.

    A run whose addresses were replaced serves the markets whose addresses those are, and never reaches for
    the real exchange beside them. Raises UsageError where the environment does not have the first one.
    """
    order = (settings.market, *(market for market in Market if market is not settings.market))
    replaced = {*settings.rest_urls, *settings.stream_urls}
    known = tuple(market for market in order if _usual(market, settings) is not None)
    if settings.market not in known:
        raise UsageError(
            f"bntui knows no addresses of the {settings.market} market in the {settings.environment} "
            "environment.",
            "Name another --market or --env, or give its addresses.",
        )
    return tuple(market for market in known if market in replaced or not replaced)


def _usual(market: Market, settings: Settings) -> Endpoints | None:
    """The environment's addresses of a market; where it has none, all must have been given."""
    if is_known(market, settings.environment):
        return endpoints(market, settings.environment)
    given = market in settings.rest_urls and market in settings.stream_urls
    return Endpoints("", "", "") if given else None


def world(settings: Settings, label: str = "") -> World:
    """What the settings mean. Raises UsageError for an environment that does not have the market."""
    places: dict[Market, Endpoints] = {}
    for market in served(settings):
        usual = _usual(market, settings) or Endpoints("", "", "")
        places[market] = Endpoints(
            rest=settings.rest_urls.get(market, usual.rest),
            streams=settings.stream_urls.get(market, usual.streams),
            # What is sent there is signed: never to the real exchange from a run that is elsewhere.
            ws_api=settings.ws_api_urls.get(market, "" if settings.overridden else usual.ws_api),
            proxy=settings.proxy,
        )
    limits = {market: limits_of(market, settings.limits, settings.environment) for market in places}
    first = next(iter(places))
    where = places[first].streams if settings.overridden else str(settings.environment)
    description = label or f"{NAMES[first]}, {where}"
    identity = {
        "environment": settings.environment,
        "urls": {market.value: [e.rest, e.streams, e.ws_api] for market, e in places.items()},
        "limits": {
            market.value: {f.name: getattr(rows, f.name) for f in fields(Limits)}
            for market, rows in limits.items()
        },
        "accounts": [[a.name, *sorted(a.markets), a.kind, a.method] for a in settings.accounts],
    }
    if settings.proxy:
        identity["proxy"] = settings.proxy
    digest = hashlib.sha256(orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)).hexdigest()
    elsewhere = {
        market: others[0].streams
        for market in places
        if not settings.overridden and (others := alternates(market, settings.environment))
    }
    return World(
        places,
        settings.environment,
        settings.limits,
        limits[first],
        elsewhere,
        description,
        digest,
    )


def symbol_keys(symbols: Iterable[str], settings: Settings) -> list[SymbolKey]:
    """What the user typed, as keys, each once. Raises UsageError for a market that the run does not have."""
    keys = [SymbolKey.parse(symbol, settings.market) for symbol in symbols]
    known = served(settings)
    for key in keys:
        if key.market in known:
            continue
        if settings.overridden:
            raise UsageError(
                f"{key.label}: no address of the {key.market} market was given.",
                f"--rest-url {key.market}=URL and --stream-url {key.market}=URL give it one.",
            )
        raise UsageError(
            f"{key.label}: there is no {key.market} market in the {settings.environment} environment."
        )
    return list(dict.fromkeys(keys))


def listed_keys(settings: Settings) -> list[SymbolKey]:
    """The symbols of all named watchlists, each once; what the run does not have is left out, and is told
    where the lists are shown."""
    found: list[SymbolKey] = []
    for one in settings.preferences.watchlists:
        for symbol in one.symbols:
            with suppress(UsageError):
                found += symbol_keys([symbol], settings)
    return list(dict.fromkeys(found))
