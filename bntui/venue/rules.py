"""By which limits each market goes in each environment, and what people call it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bntui.model.markets import Market
from bntui.venue.binance.endpoints import Environment
from bntui.venue.binance.futures_limits import COINM, USDM
from bntui.venue.binance.limits import SPOT, US
from bntui.venue.limits import Limits

NAMES: Mapping[Market, str] = MappingProxyType(
    {Market.SPOT: "Binance Spot", Market.USDM: "Binance USD-M", Market.COINM: "Binance COIN-M"}
)
"""What people call the markets."""

_LIMITS: Mapping[Market, Limits] = MappingProxyType(
    {Market.SPOT: SPOT, Market.USDM: USDM, Market.COINM: COINM}
)

_OTHER_LIMITS: Mapping[tuple[Market, Environment], Limits] = MappingProxyType(
    {(Market.SPOT, Environment.US): US}
)
"""Where an environment has limits of its own; testnet and demo mode have those of the main one."""


def limits_of(
    market: Market, overrides: Mapping[str, float], environment: Environment = Environment.MAIN
) -> Limits:
    """The limits of a market, some of them replaced. Raises ValueError for an override that is no limit."""
    return _OTHER_LIMITS.get((market, environment), _LIMITS[market]).override(overrides)
