"""Which markets there are to talk to, and by which rules in each environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.accountrest import US_USER
from bntui.venue.binance.coinm import coinm
from bntui.venue.binance.endpoints import Environment
from bntui.venue.binance.futures_limits import COINM, USDM
from bntui.venue.binance.limits import SPOT, US
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from bntui.venue.limits import Limits
from bntui.venue.user import UserVenue

_VENUES: Mapping[Market, tuple[Callable[[Limits], Venue], Limits]] = MappingProxyType(
    {Market.SPOT: (spot, SPOT), Market.USDM: (usdm, USDM), Market.COINM: (coinm, COINM)}
)

_OTHER_RULES: Mapping[tuple[Market, Environment], Limits] = MappingProxyType(
    {(Market.SPOT, Environment.US): US}
)
"""Where an environment has limits of its own; testnet and demo mode have those of the main one."""

_OTHER_USERS: Mapping[tuple[Market, Environment], UserVenue] = MappingProxyType(
    {(Market.SPOT, Environment.US): US_USER}
)
"""Where an environment tells of own accounts in another way."""


def venue(
    market: Market, overrides: Mapping[str, float], environment: Environment = Environment.MAIN
) -> Venue:
    """A market as it is in an environment, with some of its limits replaced.

    Raises ValueError for an override that is no limit.
    """
    build, limits = _VENUES[market]
    built = build(_OTHER_RULES.get((market, environment), limits).override(overrides))
    return replace(built, user=_OTHER_USERS.get((market, environment), built.user))
