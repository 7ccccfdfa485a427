"""Builds the scripted accounts: what each has at first, and what keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

from bntui.sim import amounts
from bntui.sim.accounts import TradingAccount
from bntui.sim.announcer import Announcer
from bntui.sim.broker import Broker, Numbers
from bntui.sim.conditional import ConditionalOrders
from bntui.sim.floor import Floor
from bntui.sim.futuresaccountcalls import FuturesAccountCalls
from bntui.sim.futureshabits import FuturesHabits
from bntui.sim.futureskeeper import FuturesKeeper
from bntui.sim.futurespayloads import contract_of
from bntui.sim.instruments import E8, Pair, dollars_of, quote_dollars
from bntui.sim.keys import ACCOUNTS
from bntui.sim.market import Listed, Market
from bntui.sim.noise import mix, text_number
from bntui.sim.orders import Records
from bntui.sim.script import Script, assets
from bntui.sim.scripted import ScriptedAccount
from bntui.sim.spotaccountcalls import SpotAccountCalls
from bntui.sim.spothabits import SpotHabits
from bntui.sim.spotkeeper import FEE_ASSET, SpotKeeper

_BASE_DOLLARS, _QUOTE_DOLLARS, _FEE_DOLLARS, _WALLET_DOLLARS = 20_000, 50_000, 40, 20_000
"""What an account begins with, of each asset."""
_DOLLAR = "USDT"


def spot_accounts(market: Market, seed: int, script: Script) -> dict[str, TradingAccount]:
    """Every account on Spot, by its name."""
    return {
        name: spot_account(market, number=number, seed=seed, script=script)
        for number, name in enumerate(ACCOUNTS)
    }


def futures_accounts(
    floor: Floor, seed: int, script: Script, *, coin_margined: bool
) -> dict[str, TradingAccount]:
    """Every account on one of the futures markets, by its name."""
    return {
        name: futures_account(floor, coin_margined=coin_margined, number=number, seed=seed, script=script)
        for number, name in enumerate(ACCOUNTS)
    }


def spot_account(market: Market, *, number: int, seed: int, script: Script) -> ScriptedAccount:
    """An account on Spot. `number`: which one it is, from 0 on; no two of a market have the same."""
    rng = Random(mix(seed, number, text_number("spot")))
    listed = script.chosen(_listed(market), rng)
    announcer, numbers, records = Announcer(), Numbers(mix(seed, 1), number), Records()
    keeper = SpotKeeper(announcer, numbers, records, _began(listed), _in_fee_asset(market))
    broker = Broker(market, keeper, numbers, records)
    calls = SpotAccountCalls(broker, keeper, 10_000_000 + mix(seed, number) % 90_000_000)
    habits = SpotHabits(broker, keeper, rng, moves_money=script.moves_money)
    return ScriptedAccount(announcer, broker, keeper, calls.answer, listed, habits, script, number, rng)


def futures_account(
    floor: Floor, *, coin_margined: bool, number: int, seed: int, script: Script
) -> ScriptedAccount:
    """An account on one of the futures markets. `number`: as of an account on Spot."""
    market = floor.market
    family = [one for one in _listed(market) if contract_of(one[0]).coin_margined is coin_margined]
    rng = Random(mix(seed, number, text_number("coinm" if coin_margined else "usdm")))
    listed = script.chosen(family, rng)
    salt = mix(seed, 3 if coin_margined else 2)
    announcer, numbers, records = Announcer(), Numbers(salt, number), Records()
    began = {
        contract_of(pair).margin_asset: _worth(_WALLET_DOLLARS, _margin_dollars(pair)) for pair, _ in listed
    }
    keeper = FuturesKeeper(
        announcer,
        numbers,
        records,
        began,
        floor.pricing.mark,
        coin_margined=coin_margined,
        alias=f"{mix(salt, number):016x}"[:4],
    )
    broker = Broker(market, keeper, numbers, records)
    calls = FuturesAccountCalls(broker, keeper, [pair for pair, _ in family])
    stops = ConditionalOrders(broker, announcer)
    habits = FuturesHabits(broker, keeper, stops, began, rng, moves_money=script.moves_money)
    return ScriptedAccount(announcer, broker, keeper, calls.answer, listed, habits, script, number, rng)


def _margin_dollars(pair: Pair) -> float:
    contract = contract_of(pair)
    return dollars_of(contract.margin_asset) if contract.coin_margined else quote_dollars(pair.quote)


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
