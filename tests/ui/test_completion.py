from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.ui.completion import nearest, propose
from tests.support.market import instrument, instruments

LISTED = instruments()


def proposed(query: str, limit: int = 50) -> list[str]:
    return [found.key.symbol for found in propose(query, LISTED, limit)]


def test_the_symbol_itself_comes_first() -> None:
    assert proposed("ethbtc")[0] == "ETHBTC"


def test_a_base_asset_brings_its_commonest_quote_first() -> None:
    assert proposed("btc")[:3] == ["BTCUSDT", "BTCEUR", "BTCUSDC"]


def test_then_come_symbols_that_contain_it_then_those_with_its_letters() -> None:
    assert proposed("btc")[3:] == ["ETHBTC", "WBTCBTC"]
    assert "BNBUSDT" in proposed("bnt")


def test_what_does_not_trade_comes_behind_what_does() -> None:
    listed = [replace(instrument("LUNAUSDT", "LUNA", "USDT", "0.1"), status="BREAK"), *LISTED[:1]]
    listed.append(instrument("LUNAEUR", "LUNA", "EUR", "0.1"))
    assert [found.key.symbol for found in propose("luna", listed, 5)] == ["LUNAEUR", "LUNAUSDT"]


@pytest.mark.parametrize("nothing", ["", "  "])
def test_nothing_typed_proposes_nothing(nothing: str) -> None:
    assert proposed(nothing) == []


def test_no_more_than_asked_for() -> None:
    assert len(proposed("usdt", limit=3)) == 3


def test_non_ascii_names_are_found() -> None:
    assert proposed("币安") == ["币安人生USDT"]


@pytest.mark.parametrize(("typed", "meant"), [("BTCUDST", "BTCUSDT"), ("dogeusd", "DOGEUSDT")])
def test_a_wrong_symbol_brings_the_nearest_real_one(typed: str, meant: str) -> None:
    found = nearest(typed, LISTED)
    assert found is not None
    assert found.key.symbol == meant


def test_nothing_near_is_nothing() -> None:
    assert nearest("QQQQQQQQ", LISTED) is None
    assert nearest("BTC", []) is None
