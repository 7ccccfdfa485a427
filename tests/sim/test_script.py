"""An account trades some of the busiest symbols, or those that it is told."""

from __future__ import annotations

from random import Random

import pytest

from bntui.sim.instruments import RARE_SYMBOL, listing
from bntui.sim.script import Script, assets

LISTED = listing(30)


def test_some_of_the_busiest_are_chosen_and_always_the_busiest_of_all() -> None:
    for seed in range(20):
        chosen = Script().chosen(LISTED, Random(seed))
        names = [pair.symbol for pair, _ in chosen]
        assert len(names) == len(set(names)) == 5
        assert names[0] == "BTCUSDT"
        assert RARE_SYMBOL not in names
        assert all(one in LISTED[:9] for one in chosen)


def test_what_is_named_is_traded_as_far_as_it_is_listed() -> None:
    chosen = Script(symbols=("ETHUSDT", "NOSUCH", RARE_SYMBOL)).chosen(LISTED, Random(1))
    assert [pair.symbol for pair, _ in chosen] == ["ETHUSDT", RARE_SYMBOL]


def test_few_symbols_are_all_traded_and_a_rare_one_where_there_is_no_other() -> None:
    assert len(Script().chosen(LISTED[:2], Random(1))) == 2
    rare = [one for one in LISTED if one[1].rare]
    assert Script().chosen(rare, Random(1)) == rare
    assert Script().chosen([], Random(1)) == []


def test_nobody_trades_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        Script(fills_per_s=-1)
    with pytest.raises(ValueError, match="less than nothing"):
        Script(past_fills=-1)


def test_assets_are_named_once() -> None:
    bases, quotes = assets(LISTED[:3])
    assert list(bases) == ["BTC", "ETH", "SOL"]
    assert list(quotes) == ["USDT"]
