"""Every type of market event has its line, and only what belongs there."""

from __future__ import annotations

from typing import get_args

import pytest

from bntui.engine.account_forms import ACCOUNT_FORMS
from bntui.engine.forms import FORMS, WINDOW_TICKER
from bntui.model.derivatives import ContractChange, IndexPrice, Liquidation, MarkPrice, OpenInterest
from bntui.model.events import MarketEvent, RpiDepth
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.status import BookApplied, Gap, LinkChanged

KEY = SymbolKey(Market.USDM, "BTCUSDT")


def test_every_market_event_and_what_explains_its_absence_has_a_form() -> None:
    of_accounts = {event for event, *_ in ACCOUNT_FORMS}
    assert set(FORMS) == {*get_args(MarketEvent), BookApplied, Gap, LinkChanged, *of_accounts}


def test_every_form_is_of_another_kind() -> None:
    kinds = [form.kind for form in (*FORMS.values(), WINDOW_TICKER)]

    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(
    ("event", "fields", "words"),
    [
        (
            MarkPrice(KEY, "100.10", "100.20", "-0.0001", 9_000, "100.30", "100.40", 1_000, 1_001, 1.0),
            {
                "price": "100.10",
                "index_price": "100.20",
                "funding_rate": "-0.0001",
                "next_funding_time": 9_000,
                "settle_price": "100.30",
            },
            "mark 100.10 index 100.20 funding -0.0001",
        ),
        (
            MarkPrice(KEY, "100.10", None, None, None, None, None, 1_000, 1_001, 1.0),
            {
                "price": "100.10",
                "index_price": None,
                "funding_rate": None,
                "next_funding_time": None,
                "settle_price": None,
            },
            "mark 100.10 index none",
        ),
        (IndexPrice(KEY, "100.20", 1_000, 1_001, 1.0), {"price": "100.20"}, "100.20"),
        (
            Liquidation(
                KEY, Side.SELL, "99.0", "99.5", "5", "2", "3", "PARTIALLY_FILLED", 990, 1_000, 1_001, 1.0
            ),
            {
                "side": "sell",
                "price": "99.0",
                "average_price": "99.5",
                "qty": "5",
                "filled_qty": "3",
                "status": "PARTIALLY_FILLED",
            },
            "sell 3 of 5 @ 99.5 PARTIALLY_FILLED",
        ),
        (
            ContractChange(KEY, "CURRENT_QUARTER", "SETTLING", 8_000, 1_000, 1_001, 1.0),
            {"contract": "CURRENT_QUARTER", "status": "SETTLING", "expires": 8_000},
            "CURRENT_QUARTER SETTLING",
        ),
        (OpenInterest(KEY, "123.456", 1_000, 1_001, 1.0), {"qty": "123.456"}, "123.456"),
        (
            RpiDepth(KEY, 5, 7, 3, (("1.10", "2"),), (), 1_000, 1_001, 1.0),
            {"first_update_id": 5, "last_update_id": 7, "bids": (("1.10", "2"),), "asks": ()},
            "updates 5 to 7, 1 bids, 0 asks",
        ),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "key") else "",
)
def test_the_lines_of_what_only_futures_have(
    event: MarketEvent, fields: dict[str, object], words: str
) -> None:
    form = FORMS[type(event)]
    assert form.fields(event) == fields
    assert form.words(event) == words


@pytest.mark.parametrize(
    ("gap", "extra", "words"),
    [
        (Gap(KEY, 5, 9, "x", False, 0, 0.0), {}, "trades 5 to 9 are missing: x"),
        (
            Gap(KEY, 5, 9, "x", True, 0, 0.0, aggregated=True),
            {"aggregated": True},
            "aggregated trades 5 to 9 were missing: x",
        ),
        (
            Gap(KEY, 0, 60_000, "x", False, 0, 0.0, "1m"),
            {"interval": "1m"},
            "1m candles from 1970-01-01T00:00:00.000Z to 1970-01-01T00:01:00.000Z are missing: x",
        ),
    ],
)
def test_a_gap_says_what_is_missing(gap: Gap, extra: dict[str, object], words: str) -> None:
    form = FORMS[Gap]
    told = {"from_id": gap.from_id, "to_id": gap.to_id, "cause": "x", "repaired": gap.repaired}
    assert form.fields(gap) == told | extra
    assert form.words(gap) == words
