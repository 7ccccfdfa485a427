"""Contracts cost a little more or less than what they follow; perpetuals pay for it, deliveries end at it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from bntui.sim.futurespayloads import contract_of
from bntui.sim.instruments import E8, Pair
from bntui.sim.pricing import HOUR_MS, Pricing, middle, open_interest, own_index
from tests.sim.floors import COIN, COIN_DELIVERY, DELIVERY, NOW_MS, PERPETUAL
from tests.sim.rig import desk

PRICING = Pricing(lambda pair: 90_000.0)


def test_a_perpetual_stays_near_its_index() -> None:
    parts = [PRICING.basis(PERPETUAL, NOW_MS + minute * 60_000) for minute in range(3_000)]
    assert max(map(abs, parts)) < 0.001
    assert min(parts) < 0 < max(parts)
    steps = [abs(later - earlier) for earlier, later in pairwise(parts)]
    assert max(steps) < 0.0005


def test_a_delivery_comes_nearer_to_its_index_until_its_end() -> None:
    end_ms = contract_of(DELIVERY).delivery_ms
    early, late = (PRICING.basis(DELIVERY, moment) for moment in (NOW_MS, end_ms - HOUR_MS))
    assert 0.008 < early < 0.02
    assert abs(late) < 0.001


def test_the_mark_price_is_that_of_a_fair_contract() -> None:
    mark = PRICING.mark(PERPETUAL, NOW_MS)
    assert mark.index_e8 == PRICING.index_e8(PERPETUAL) == 90_000 * E8
    assert mark.mark_e8 == pytest.approx(PRICING.fair_ticks(PERPETUAL, NOW_MS) * PERPETUAL.tick_e8, abs=1)


def test_funding_goes_with_the_premium_and_comes_at_whole_hours() -> None:
    for hour in range(60):
        now_ms = NOW_MS + hour * HOUR_MS + 1
        mark = PRICING.mark(COIN, now_ms)
        assert mark.next_funding_ms % (4 * HOUR_MS) == 0
        assert 0 < mark.next_funding_ms - now_ms <= 8 * HOUR_MS
        assert abs(Decimal(mark.rate)) < Decimal("0.0011")
    assert PRICING.interest_rate(COIN) == "0.00010000"


@pytest.mark.parametrize("pair", [DELIVERY, COIN_DELIVERY])
def test_a_delivery_pays_no_funding(pair: Pair) -> None:
    mark = PRICING.mark(pair, NOW_MS)
    assert (mark.rate, mark.next_funding_ms) == ("0.00000000", 0)
    assert PRICING.interest_rate(pair) == "0.00000000"


def test_where_nothing_is_followed_a_contract_costs_what_its_own_book_says() -> None:
    here = desk(price=1_000)
    assert middle(here) == 10.0
    here.set_level(here.book.bids, 900, 1)
    here.set_level(here.book.asks, -1_000, 1)
    assert middle(here) == 9.5
    index = own_index(lambda symbol: here if symbol == "BTCUSDT" else None)
    pricing = Pricing(index, strays=False)
    assert pricing.mark(PERPETUAL, NOW_MS)[:3] == (950_000_000,) * 3
    assert index(COIN) == 0.0


def test_what_is_held_moves_from_minute_to_minute() -> None:
    here = desk()
    first, same, later = (open_interest(here, 7, NOW_MS + ms) for ms in (0, 1, 60_000))
    assert first > 0
    assert abs(first - same) <= 1
    assert later != first
