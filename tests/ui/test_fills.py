from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.account import Fill
from bntui.model.accounts import FILLS_KEPT, Accounts
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.model.markets import Market
from bntui.ui import fills as module
from bntui.ui.fills import FillList, SumKey, Sums, slippage_bps
from tests.model.account_samples import FUTURES, MAIN, a_fill

BTC = SumKey(MAIN, "BTCUSDT")
COIN = FUTURES._replace(market=Market.COINM)


def told(accounts: Accounts, fills: Iterable[tuple[int, Fill]]) -> Accounts:
    numbered = [NumberedFill(number, fill) for number, fill in fills]
    accounts.apply(AccountsDelta(fills=numbered, newest_fill=numbered[-1].number if numbered else 0))
    return accounts


def listed(*fills: Fill) -> FillList:
    found = FillList()
    found.take("one", told(Accounts(), enumerate(fills, 1)))
    return found


# The order


def test_fills_stand_by_the_time_they_happened_whenever_they_became_known() -> None:
    late = a_fill(1, time_ms=2_000, recovered=True)
    found = listed(a_fill(2, time_ms=1_000), a_fill(3, time_ms=3_000), late)
    assert found.newest_first == [2, 3, 1]


def test_of_one_moment_the_later_number_is_the_newer() -> None:
    assert listed(a_fill(1, time_ms=5), a_fill(2, time_ms=5)).newest_first == [2, 1]


def test_taking_again_what_is_known_changes_nothing() -> None:
    accounts = told(Accounts(), [(1, a_fill(1))])
    found = FillList()
    assert found.take("one", accounts)
    assert not found.take("one", accounts)
    assert found.sums[BTC].fills == 1


def test_another_epoch_begins_anew() -> None:
    found = FillList()
    found.take("one", told(Accounts(), [(1, a_fill(1)), (2, a_fill(2))]))
    assert found.take("two", told(Accounts(), [(1, a_fill(9)), (2, a_fill(8)), (3, a_fill(7))]))
    assert found.sums[BTC].fills == 3
    assert [fill.id for n in found.newest_first if (fill := found.get(n))] == [9, 8, 7]


def test_a_viewer_that_was_told_everything_anew_counts_nothing_twice() -> None:
    found = FillList()
    found.take("one", told(Accounts(), [(n, a_fill(n)) for n in range(1, 5)]))
    page = told(Accounts(), [(1, a_fill(1)), (2, a_fill(2))])
    found.take("one", page)
    assert (len(found), found.sums[BTC].fills) == (2, 2)
    found.take("one", told(page, [(3, a_fill(3)), (4, a_fill(4))]))
    assert (len(found), found.sums[BTC].fills) == (4, 4)


def test_what_is_too_old_to_be_held_leaves_list_and_sums() -> None:
    accounts = told(Accounts(), [(n, a_fill(n)) for n in range(1, FILLS_KEPT + 1)])
    found = FillList()
    found.take("one", accounts)
    other = a_fill(FILLS_KEPT + 1, symbol="ETHUSDT")
    found.take("one", told(accounts, [(FILLS_KEPT + 1, other)]))
    assert len(found) == found.total == FILLS_KEPT
    assert 1 not in found.newest_first
    assert found.sums[BTC].fills == FILLS_KEPT - 1


# The filter


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [3, 2, 1]),
        ("btc", [3, 1]),
        ("buy", [3, 1]),
        ("BUY usdm", [3]),
        ("main.spot", [2, 1]),
        ("maker", [2]),
        ("recovered taker", [1]),
        ("bot-3", [3]),
        ("nothing", []),
    ],
)
def test_every_word_of_the_filter_must_be_there(text: str, ids: list[int]) -> None:
    found = listed(
        a_fill(1, recovered=True),
        a_fill(2, symbol="ETHUSDT", side="SELL", maker=True),
        a_fill(3, owner=FUTURES),
    )
    found.set_filter(text)
    assert [fill.id for n in found.newest_first if (fill := found.get(n))] == ids
    assert sum(sums.fills for sums in found.sums.values()) == len(ids)
    assert found.total == 3


def test_new_fills_are_filtered_too() -> None:
    accounts = told(Accounts(), [(1, a_fill(1))])
    found = FillList()
    found.take("one", accounts)
    found.set_filter("eth")
    found.take("one", told(accounts, [(2, a_fill(2)), (3, a_fill(3, symbol="ETHUSDT"))]))
    assert found.newest_first == [3]
    assert list(found.sums) == [SumKey(MAIN, "ETHUSDT")]


# The sums


def test_sums_are_exact() -> None:
    found = listed(
        a_fill(1, qty="0.1", quote_qty="0.3", fee="0.1", fee_asset="BNB"),
        a_fill(2, qty="0.2", quote_qty="0.7", fee="0.2", fee_asset="BNB"),
        a_fill(3, side="SELL", qty="0.05", quote_qty="0.2", fee="0.01", fee_asset="USDT"),
    )
    sums = found.sums[BTC]
    assert (sums.bought, sums.bought_quote) == (Decimal("0.3"), Decimal("1.0"))
    assert (sums.sold, sums.net) == (Decimal("0.05"), Decimal("0.25"))
    assert sums.fees == {"BNB": Decimal("0.3"), "USDT": Decimal("0.01")}
    assert sums.average_sold(None) == 4


def test_digits_are_never_rounded_off() -> None:
    found = listed(
        a_fill(1, qty="1000000000000000000000000000000"), a_fill(2, qty="0.000000000000000000000000000001")
    )
    assert found.sums[BTC].bought == Decimal("1000000000000000000000000000000.000000000000000000000000000001")


def test_contracts_are_averaged_by_what_each_is_worth() -> None:
    # 2 contracts of 100 USD at 50000 and 2 at 25000: 0.004 and 0.008 BTC for 400 USD.
    found = listed(
        a_fill(1, owner=COIN, qty="2", price="50000", quote_qty="0.004"),
        a_fill(2, owner=COIN, qty="2", price="25000", quote_qty="0.008"),
    )
    average = found.sums[SumKey(COIN, "BTCUSDT")].average_bought(Decimal(100))
    assert average is not None
    assert round(average, 2) == Decimal("33333.33")


def test_what_nobody_told_is_not_nothing() -> None:
    sums = listed(a_fill(1)).sums[BTC]
    assert (sums.realizing, sums.average_sold(None)) == (0, None)
    futures = listed(a_fill(1, owner=FUTURES, realized_pnl="-1.5")).sums[SumKey(FUTURES, "BTCUSDT")]
    assert (futures.realizing, futures.realized) == (1, Decimal("-1.5"))


def test_numbers_that_cannot_be_read_are_counted_as_such() -> None:
    sums = listed(a_fill(1, qty="x"), a_fill(2, fee="1e999")).sums[BTC]
    assert (sums.fills, sums.unreadable) == (2, 2)
    assert sums.bought == Decimal("0.01")


AMOUNTS = st.decimals(0, 10**6, places=8).map(lambda value: f"{value:f}")


@given(st.lists(st.tuples(st.sampled_from(["BUY", "SELL"]), AMOUNTS, AMOUNTS), min_size=1, max_size=30))
def test_what_is_taken_away_leaves_what_was_there(rows: list[tuple[str, str, str]]) -> None:
    kept = a_fill(0, realized_pnl="0.1")
    sums = Sums()
    sums.add(kept, 1)
    before = replace(sums, fees=dict(sums.fees))
    fills = [a_fill(n, side=side, qty=qty, fee=fee) for n, (side, qty, fee) in enumerate(rows)]
    for fill in fills:
        sums.add(fill, 1)
    for fill in fills:
        sums.add(fill, -1)
    assert sums == before


def test_a_new_fill_among_ten_thousand_is_counted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = told(Accounts(), [(n, a_fill(n)) for n in range(1, FILLS_KEPT + 1)])
    found = FillList()
    found.take("one", accounts)
    counted: list[int] = []

    class Counted(Sums):
        def add(self, fill: Fill, times: int) -> None:
            counted.append(times)

    monkeypatch.setattr(module, "Sums", Counted)
    found.sums = {BTC: Counted(fills=2)}
    found.take("one", told(accounts, [(FILLS_KEPT + 1, a_fill(FILLS_KEPT + 1))]))
    assert counted == [-1, 1]


# Slippage


@pytest.mark.parametrize(
    ("side", "price", "mid", "bps"),
    [
        ("BUY", "100.01", "100", "1"),
        ("BUY", "99.99", "100", "-1"),
        ("SELL", "99.99", "100", "1"),
        ("SELL", "100", "100", "0"),
    ],
)
def test_slippage_is_above_zero_where_it_was_worse_than_the_mid(
    side: str, price: str, mid: str, bps: str
) -> None:
    assert slippage_bps(a_fill(1, side=side, price=price, mid=mid)) == Decimal(bps)


@pytest.mark.parametrize("mid", [None, "0", "-1", "x"])
def test_slippage_against_nothing_is_not_known(mid: str | None) -> None:
    assert slippage_bps(a_fill(1, mid=mid)) is None
