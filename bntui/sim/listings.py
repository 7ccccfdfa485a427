"""What is listed where several markets are served: how symbols and activity are parted among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bntui.model.markets import Market, SymbolKey
from bntui.sim.contracts import coinm_names, usdm_names
from bntui.sim.instruments import symbol_names

_PARTS: Mapping[Market, int] = MappingProxyType({Market.SPOT: 10, Market.USDM: 7, Market.COINM: 3})
"""How many of so many symbols, and of so much activity, are each market's."""


def parts(markets: Sequence[Market]) -> dict[Market, float]:
    """The part of each served market; together 1."""
    total = sum(_PARTS[market] for market in markets)
    return {market: _PARTS[market] / total for market in markets}


def counts(markets: Sequence[Market], symbols: int) -> dict[Market, int]:
    """How many symbols of each market are listed; none has less than one."""
    first, *others = markets
    part = parts(markets)
    found = {market: max(1, round(part[market] * symbols)) for market in others}
    return {first: max(1, symbols - sum(found.values()))} | found


def names(market: Market, count: int, now_ms: int) -> tuple[str, ...]:
    """The first names of a market, the busiest first."""
    match market:
        case Market.SPOT:
            return symbol_names(count)
        case Market.USDM:
            return usdm_names(count, now_ms)
        case Market.COINM:
            return coinm_names(count, now_ms)


def keys(markets: Sequence[Market], symbols: int, now_ms: int) -> tuple[SymbolKey, ...]:
    """Everything that is listed, the busiest first, the markets mixed as they are parted."""
    ranked = [
        ((rank + 1) / count, place, SymbolKey(market, name))
        for place, (market, count) in enumerate(counts(markets, symbols).items())
        for rank, name in enumerate(names(market, count, now_ms))
    ]
    return tuple(key for _, _, key in sorted(ranked, key=lambda one: one[:2]))


def by_market(
    markets: Sequence[Market], symbols: int | Sequence[str], now_ms: int
) -> dict[Market, tuple[str, ...]]:
    """The names that each served market lists. A name may carry its market; otherwise it is the first's."""
    if isinstance(symbols, int):
        return {market: names(market, count, now_ms) for market, count in counts(markets, symbols).items()}
    read = [SymbolKey.parse(name, markets[0]) for name in symbols]
    return {market: tuple(key.symbol for key in read if key.market is market) for market in markets}
