"""Which markets there are to talk to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from bntui.venue.limits import Limits

_VENUES: Mapping[Market, tuple[Callable[[Limits], Venue], Limits]] = MappingProxyType(
    {Market.SPOT: (spot, SPOT)}
)


def venue(market: Market, overrides: Mapping[str, float]) -> Venue:
    """A market with some of its limits replaced.

    Raises ValueError for a market that is not served yet, and for an override that is no limit.
    """
    if market not in _VENUES:
        raise ValueError(f"bntui does not serve the {market} market yet; it serves {', '.join(_VENUES)}.")
    build, limits = _VENUES[market]
    return build(limits.override(overrides))
