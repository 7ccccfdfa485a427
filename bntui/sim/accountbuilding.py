"""Builds the scripted accounts: what each has at first, and what keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

from bntui.sim import amounts
from bntui.sim.announcer import Announcer
from bntui.sim.broker import Broker, Numbers
from bntui.sim.instruments import E8, dollars_of, quote_dollars
from bntui.sim.market import Listed, Market
from bntui.sim.noise import mix, text_number
from bntui.sim.orders import Records
from bntui.sim.script import Script, assets
from bntui.sim.scripted import ScriptedAccount
from bntui.sim.spotaccountcalls import SpotAccountCalls
from bntui.sim.spothabits import SpotHabits
from bntui.sim.spotkeeper import FEE_ASSET, SpotKeeper

_BASE_DOLLARS, _QUOTE_DOLLARS, _FEE_DOLLARS = 20_000, 50_000, 40
"""What an account begins with, of each asset."""
_DOLLAR = "USDT"


def spot_account(market: Market, *, number: int, seed: int, script: Script) -> ScriptedAccount:
    """An account on Spot. `number`: which one it is, from 0 on; no two of a market have the same."""
    rng = Random(mix(seed, number, text_number("spot")))
    listed = script.chosen(_listed(market), rng)
    announcer, numbers, records = Announcer(), Numbers(mix(seed, 1), number), Records()
    keeper = SpotKeeper(announcer, numbers, records, _began(listed), _in_fee_asset(market))
    broker = Broker(market, keeper, numbers, records)
    calls = SpotAccountCalls(broker, keeper, 10_000_000 + mix(seed, number) % 90_000_000)
    chores = SpotHabits(broker, keeper, rng).chores
    return ScriptedAccount(announcer, broker, keeper, calls.answer, listed, chores, script, number, rng)


def _listed(market: Market) -> Sequence[Listed]:
    return [(pair, market.profile(pair.symbol)) for pair in market.pairs]


def _dollars(asset: str) -> float:
    """The price of an asset at the start, as a base or a quote asset."""
    return quote_dollars(asset) if quote_dollars(asset) != 1.0 or asset == _DOLLAR else dollars_of(asset)


def _began(listed: Sequence[Listed]) -> dict[str, Decimal]:
    """Enough of every asset for trades of both sides; of what fees are paid in, not for ever."""
    bases, quotes = assets(listed)
    began: dict[str, Decimal] = {FEE_ASSET: _worth(_FEE_DOLLARS, dollars_of(FEE_ASSET))}
    for asset in bases:
        began[asset] = _worth(_BASE_DOLLARS, dollars_of(asset))
    for asset in quotes:
        began[asset] = began.get(asset, amounts.NOTHING) + _worth(_QUOTE_DOLLARS, quote_dollars(asset))
    return began


def _worth(dollars: int, price: float) -> Decimal:
    return amounts.cut(Decimal(round(dollars / price * 1_000)) / 1_000)


def _in_fee_asset(market: Market) -> Callable[[str], Decimal]:
    """What an asset costs in that in which fees are paid."""

    def dollars(asset: str) -> Decimal:
        if asset == _DOLLAR:
            return Decimal(1)
        desk = market.desk(f"{asset}{_DOLLAR}")
        if desk is not None:
            return Decimal(desk.timeline.open.close * desk.pair.tick_e8) / E8
        return Decimal(str(_dollars(asset)))

    return lambda asset: dollars(asset) / dollars(FEE_ASSET)
