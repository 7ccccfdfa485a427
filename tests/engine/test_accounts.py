"""Own fills in the engine: numbered, measured, kept, and told to tails and viewers once."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.engine.engine import Engine
from bntui.journal import open_journal
from bntui.model.account import Fill
from bntui.model.events import Quote
from bntui.model.markets import Market, StreamKey
from bntui.model.states import StreamState
from bntui.model.status import StreamChanged
from bntui.model.views import StreamView
from tests.model.account_samples import a_balance, a_fill, an_order
from tests.support.engine import key, memory_engine
from tests.support.exchange import MemoryExchange

BTC = key("BTCUSDT")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = memory_engine(tmp_path, ManualClock(), MemoryExchange())
    engine.watch([BTC])
    return engine


def flow(engine: Engine, state: StreamState, bid: str = "60000.00", ask: str = "60000.10") -> None:
    """Quotes of BTCUSDT come, and its streams are in this state."""
    engine.take([Quote(BTC, bid, "1", ask, "1", 1, None, 0, 0.0)])
    for kind in ("bookTicker", "trade", "ticker"):
        stream = StreamKey(Market.SPOT, f"btcusdt@{kind}")
        view = StreamView(Market.SPOT, stream.name, 1, state, "", 0.0, 0.0, None)
        engine.take([StreamChanged(stream, view)])


def told(engine: Engine) -> list[Fill]:
    return list(engine.store.accounts.fills)


def test_a_fill_is_measured_against_the_mid_of_its_moment(engine: Engine) -> None:
    flow(engine, StreamState.LIVE)
    engine.take([a_fill(1)])
    assert [fill.mid for fill in told(engine)] == ["60000.05"]


@pytest.mark.parametrize("state", [StreamState.STALE, StreamState.BLIND, StreamState.ACKED])
def test_prices_that_cannot_be_trusted_measure_nothing(engine: Engine, state: StreamState) -> None:
    flow(engine, state)
    engine.take([a_fill(1)])
    assert [fill.mid for fill in told(engine)] == [None]


def test_nor_do_a_book_with_an_empty_side_or_a_symbol_that_is_not_watched(engine: Engine) -> None:
    flow(engine, StreamState.LIVE, ask="0.00000000")
    engine.take([a_fill(1), a_fill(1, symbol="ETHUSDT")])
    assert [fill.mid for fill in told(engine)] == [None, None]


def test_nor_does_todays_price_measure_a_fill_of_before(engine: Engine) -> None:
    flow(engine, StreamState.LIVE)
    engine.take([a_fill(1, recovered=True)])
    assert [fill.mid for fill in told(engine)] == [None]


def test_fills_and_orders_survive_an_engine_and_numbers_go_on(tmp_path: Path) -> None:
    for first in (1, 3):
        journal = open_journal(tmp_path / "journal.db", 0)
        engine = memory_engine(tmp_path, ManualClock(), MemoryExchange(), journal)
        engine.take([a_fill(first), an_order(7, status="CANCELED"), a_fill(first + 1)])
        assert journal.close()
        assert engine.store.accounts.newest_fill == first + 1
    assert [fill.id for fill in told(engine)] == [1, 2, 3, 4]
    assert [order.status for order in engine.store.accounts.orders.values()] == ["CANCELED"]


def test_a_tail_tells_each_thing_of_an_account_in_the_exchanges_own_words(engine: Engine) -> None:
    ring = engine.tails.open([], ["fill", "order", "balance"], lambda: None)
    engine.take([a_fill(1), an_order(7, reason="INSUFFICIENT_BALANCES", status="REJECTED"), a_balance("BTC")])
    fill, order, balance = (orjson.loads(line) for line in ring.take(10).lines)
    assert fill == {
        "kind": "fill",
        "market": "spot",
        "symbol": "BTCUSDT",
        "time": 1_790_000_000_001,
        "received": 1_790_000_000_051,
        "account": "main",
        "id": 1,
        "order_id": 1_001,
        "client_order_id": "bot-1",
        "side": "BUY",
        "price": "60000.10",
        "qty": "0.01000",
        "quote_qty": "600.00100000",
        "fee": "0.00001000",
        "fee_asset": "BTC",
        "maker": False,
        "realized_pnl": None,
        "position_side": None,
        "mid": None,
        "recovered": False,
    }
    assert (order["kind"], order["status"], order["reason"]) == ("order", "REJECTED", "INSUFFICIENT_BALANCES")
    assert (balance["market"], balance["symbol"], balance["asset"]) == ("spot", None, "BTC")


def test_a_tail_of_one_symbol_leaves_out_the_fills_of_others(engine: Engine) -> None:
    ring = engine.tails.open([BTC], ["fill"], lambda: None)
    engine.take([a_fill(1, symbol="ETHUSDT"), a_fill(2)])
    assert [orjson.loads(line)["id"] for line in ring.take(10).lines] == [2]
