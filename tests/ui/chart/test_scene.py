from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bntui.ui.chart.scene import Ticks, lay_out
from tests.support.candles import INSTRUMENT


@given(st.integers(0, 300), st.integers(0, 100), st.integers(1, 40), st.integers(0, 400))
def test_the_parts_take_exactly_the_room_there_is(width: int, height: int, label: int, values: int) -> None:
    found = lay_out(width, height, label, values)
    parts = (found.title, found.values, found.plot, found.volume, found.times, found.notes)
    assert all(part >= 0 for part in parts)
    assert sum(parts) == height
    assert found.plot >= min(height, 1)
    assert found.inset + found.plot_width + found.axis == width
    assert 0 <= found.cells <= found.plot_width


def test_what_matters_least_goes_first() -> None:
    tall, low, tiny = (lay_out(80, height, 8, 150) for height in (24, 9, 3))
    assert all((tall.title, tall.values, tall.volume, tall.times, tall.notes))
    assert (low.title, low.values, low.times, low.notes) == (1, 0, 1, 0)
    assert tiny.plot == 3
    assert lay_out(15, 24, 8, 150).axis == 0


def test_prices_are_written_as_the_instrument_says() -> None:
    ticks = Ticks.of(INSTRUMENT)
    assert (ticks.tick, ticks.price_decimals, ticks.quantity_decimals) == (Decimal("0.01"), 2, 5)
    assert (ticks.base, ticks.quote) == ("BTC", "USDT")


def test_without_an_instrument_as_they_are_printed() -> None:
    ticks = Ticks.of(None, "0.00001200", "15.50")
    assert (ticks.tick, ticks.price_decimals, ticks.quantity_decimals) == (Decimal("0.000001"), 6, 2)
    assert Ticks.of(None).price_decimals == 0


def test_an_instrument_of_nonsense_still_has_a_step() -> None:
    for tick in ("", "0", "-1", "NaN", "x"):
        assert Ticks.of(replace(INSTRUMENT, tick_size=tick)).tick == Decimal("0.01")
    assert Ticks.of(replace(INSTRUMENT, price_decimals=-3, tick_size="")).tick == 1


def test_volumes_of_contracts_are_contracts_and_coins() -> None:
    contracts = replace(INSTRUMENT, contract_size="100", quote="USD")
    ticks = Ticks.of(contracts)
    assert (ticks.base, ticks.other, ticks.quote) == ("contracts", "coins", "BTC")
    spot = Ticks.of(INSTRUMENT)
    assert (spot.base, spot.other, spot.quote) == ("BTC", "quote", "USDT")
