from __future__ import annotations

from dataclasses import replace

from bntui.model.panels import BookView
from bntui.ui.panels.depth import rungs
from bntui.ui.panels.foot import COST_LINES, ROOMY_LINES, TWO_ABREAST, foot
from tests.support import market
from tests.support.opened import book, level

INSTRUMENT = market.instrument("BTCUSDT", "BTC", "USDT", "0.01")

SMALL = book(
    bids=[level("100.00", "1.50000000"), level("99.99", "2.00000000"), level("99.50", "0.50000000")],
    asks=[level("100.02", "0.50000000"), level("100.10", "1.00000000"), level("101.00", "3.00000000")],
)


def shown(view: BookView = SMALL, cursor: int = 0, width: int = 80, height: int = 24) -> list[str]:
    lines = foot(view, INSTRUMENT, (rungs(view.asks), rungs(view.bids)), cursor, width, height)
    return ["".join(text for text, _ in line) for line in lines]


def test_the_cursor_tells_cost_and_average_of_eating_up_to_its_level() -> None:
    # 0.5 × 100.02 + 1 × 100.10 = 150.11, by 1.5
    assert shown(cursor=2)[-2:] == [
        " buy 1.50000 BTC · up to 100.10 · costs 150.11 USDT · average 100.0733",
        " 5.33 bps off the best",
    ]
    assert shown(cursor=-3)[-2].startswith(" sell 4.00000 BTC · up to 99.50 · brings 399.73 USDT")


def test_a_grouped_side_is_measured_from_the_exchanges_own_best_price() -> None:
    view = replace(SMALL, asks=[level("110", "0.5")], best_ask=level("100.00", "0.1"))
    lines = shown(view, cursor=1)
    assert any("1000 bps off the best" in line for line in lines)


def test_contracts_cost_coins_and_less_of_them_at_a_higher_price() -> None:
    contracts = replace(INSTRUMENT, contract_size="100", quote="USD", quantity_decimals=0)
    view = book(bids=[], asks=[level("50000.0", "10"), level("40000.0", "10")])
    lines = foot(view, contracts, (rungs(view.asks), []), 2, 120, 24)
    # 1000 USD at 50000 and 1000 USD at 40000 are 0.02 and 0.025 BTC; 2000 USD by those are 44444.4444 each.
    assert "".join(text for text, _ in lines[-2]).startswith(
        " buy 20 contracts · up to 40000.00 · costs 0.04500000 BTC (2000 USD) · average 44444.4444"
    )


def test_without_a_cursor_it_says_how_to_get_one() -> None:
    assert shown()[-2].startswith(" j k cost of eating")
    assert shown(cursor=9)[-2] == shown()[-2]


def test_a_narrow_panel_breaks_between_what_it_says() -> None:
    assert shown(cursor=2, width=46, height=ROOMY_LINES)[-3:] == [
        " buy 1.50000 BTC · up to 100.10",
        " costs 150.11 USDT · average 100.0733",
        " 5.33 bps off the best",
    ]


def test_no_number_of_what_it_costs_is_cut() -> None:
    dear = book(asks=[level("91256.37", "1234.56789000"), level("91299.99", "2345.67891000")])
    for width in (40, 46, 60, 80):
        for height in (12, COST_LINES - 1, COST_LINES, ROOMY_LINES):
            lines = shown(dear, cursor=2, width=width, height=height)
            assert not any("…" in line for line in lines)
    lowest = shown(dear, cursor=2, width=46, height=COST_LINES)
    assert lowest[-1].endswith(" bps off the best")


def test_it_takes_as_many_lines_with_a_cursor_as_without() -> None:
    for width in (40, TWO_ABREAST):
        for height in (20, ROOMY_LINES):
            counts = {len(shown(cursor=cursor, width=width, height=height)) for cursor in (-3, 0, 1, 3)}
            assert len(counts) == 1


def test_the_gauge_tells_the_bids_share_of_the_levels_shown() -> None:
    view = book(bids=[level("1", "3")], asks=[level("2", "1")])
    assert shown(view, width=46)[0].startswith(" bids  75% █")
    assert shown(view, width=46)[0].endswith(" 25% asks of 1")
    assert "no quantity" in shown(book(bids=[], asks=[]), width=46)[0]


def test_the_range_is_that_of_the_values_that_are_drawn() -> None:
    long = [9.0, 8.0] + [1.0] * 40 + [2.0]
    lines = shown(book(spreads_bps=long, imbalances=[0.9, *[-1.0] * 60]), width=46, height=36)
    spread = next(line for line in lines if line.startswith(" spread ")).rstrip()
    assert spread.endswith(" 1.00 to 2.00 bps")
    assert set("▁▂▃▄▅▆▇█") & set(spread) == {"▁", "▇"}
    assert any(line.rstrip().endswith("not good lately") for line in lines)


def test_a_spread_that_is_there_is_never_told_as_none() -> None:
    lines = shown(book(spreads_bps=[0.0001, 0.0], imbalances=[0.5] * 2), width=46, height=36)
    assert (
        next(line for line in lines if line.startswith(" spread ")).rstrip().endswith("0.000 to <0.001 bps")
    )


def test_moments_without_a_good_book_leave_holes_in_the_series() -> None:
    view = book(spreads_bps=[1.0, -1.0, 4.0, -1.0, -1.0], imbalances=[-1.0] * 5)
    lines = shown(view, width=46, height=36)
    assert next(line for line in lines if line.startswith(" spread ")).startswith(
        " spread  ▁ ▇   1.00 to 4.00"
    )
    assert any(line.startswith(" bids %  ") and "not seen good yet" in line for line in lines)
