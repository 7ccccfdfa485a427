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
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from bntui.venue.limits import Limits
from bntui.venue.rules import limits_of
from bntui.venue.user import UserVenue

_VENUES: Mapping[Market, Callable[[Limits], Venue]] = MappingProxyType(
    {Market.SPOT: spot, Market.USDM: usdm, Market.COINM: coinm}
)

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
    built = _VENUES[market](limits_of(market, overrides, environment))
    return replace(built, user=_OTHER_USERS.get((market, environment), built.user))
