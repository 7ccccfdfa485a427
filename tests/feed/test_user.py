"""The feed of an account: what the exchange tells comes out once, and trouble ends in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bntui.feed.core.failures import Failure
from bntui.feed.core.userfacts import ClockMeasured
from bntui.feed.userparts import NoMemory
from bntui.feed.userrest import CLOCK_SAMPLES, UserRest
from bntui.model.access import UserMethod
from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, RecoveryChanged
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import RecoveryState, UserStreamState
from tests.support.userexchange import API_KEY, BAD_KEY, LISTEN_KEY, SECRET, UserRig
from tests.venue.binance import user_samples as samples


def trade(number: int, at_ms: int) -> dict[str, Any]:
    """An execution report of a fill on Spot."""
    return {**samples.TRADE, "t": number, "i": number, "T": at_ms, "E": at_ms}


def ids(rig: UserRig) -> list[int]:
    return [fill.id for fill in rig.told(Fill)]


@pytest.mark.parametrize("method", [UserMethod.SIGNATURE, UserMethod.LOGON])
async def test_fills_and_balances_that_a_subscription_tells_come_out(
    tmp_path: Path, method: UserMethod
) -> None:
    async with UserRig(tmp_path, method=method) as rig:
        await rig.live()
        (line,) = rig.exchange.lines
        assert line.url == "ws://api/ws-api/v3"
        line.tell(trade(1, rig.clock.wall_ms()), samples.ACCOUNT_POSITION)
        await rig.until(lambda: bool(rig.told(Fill)) and bool(rig.told(Balance)))
        (fill,) = rig.told(Fill)
        assert (fill.symbol, fill.price, fill.recovered) == ("ETHBTC", "0.10264400", False)
        assert rig.told(OrderUpdate)


async def test_a_listen_key_names_the_stream_and_every_event_is_asked_for(tmp_path: Path) -> None:
    async with UserRig(tmp_path, Market.USDM, UserMethod.LISTEN_KEY) as rig:
        await rig.live()
        (line,) = rig.exchange.lines
        assert line.url.startswith(
            f"ws://streams/private/ws?listenKey={LISTEN_KEY}&events=ORDER_TRADE_UPDATE/"
        )
        line.tell(samples.FUTURES_TRADE)
        await rig.until(lambda: bool(rig.told(Fill)))
        assert rig.exchange.paths("POST") == ["/fapi/v1/listenKey"]
    assert rig.exchange.paths("DELETE") == []


async def test_events_that_come_before_the_answer_to_their_subscription_count(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.exchange.early = [trade(1, rig.clock.wall_ms())]
    async with rig:
        await rig.live()
        assert ids(rig) == [1]


async def test_what_two_connections_bring_comes_out_once(tmp_path: Path) -> None:
    async with UserRig(tmp_path) as rig:
        await rig.live()
        rig.feed.renew()
        await rig.until(lambda: rig.view.reconnects == 1)
        now_ms = rig.clock.wall_ms()
        old, new = rig.exchange.open_lines
        for number in range(50):
            for line in (old, new) if number % 2 else (new, old):
                line.tell(trade(number, now_ms))
        await rig.until(lambda: len(ids(rig)) >= 50)
        assert ids(rig) == list(range(50))


async def test_fills_of_before_the_first_look_are_told_and_not_marked_as_missed(tmp_path: Path) -> None:
    rig = UserRig(tmp_path, instruments={"BNBBTC": instrument("BNBBTC", "BNB", "BTC")})
    rig.exchange.answers["/openOrders"] = [{**samples.SPOT_ORDER, "symbol": "BNBBTC"}]
    rig.exchange.answers["/myTrades"] = [{**samples.MY_TRADE, "time": rig.clock.wall_ms() - 60_000}]
    async with rig:
        await rig.until(lambda: bool(rig.told(Fill)))
        (fill,) = rig.told(Fill)
        assert (fill.id, fill.recovered) == (28457, False)
        await rig.until(lambda: rig.told(RecoveryChanged)[-1].view.state is not RecoveryState.RUNNING)


def instrument(
    symbol: str, base: str, quote: str, contract_size: str = "", market: Market = Market.SPOT
) -> Instrument:
    return Instrument(
        SymbolKey(market, symbol), "TRADING", base, quote, "0.1", "1", 1, 0, contract_size=contract_size
    )


async def test_a_stream_that_kept_silent_while_orders_filled_is_found_out_and_replaced(
    tmp_path: Path,
) -> None:
    limits = {"own_user_reconcile_s": 1.5, "own_backoff_base_s": 0.01}
    rig = UserRig(tmp_path, limits=limits, instruments={"BNBBTC": instrument("BNBBTC", "BNB", "BTC")})
    rig.exchange.answers["/openOrders"] = [{**samples.SPOT_ORDER, "symbol": "BNBBTC"}]
    async with rig:
        await rig.live()
        await rig.until(lambda: rig.told(RecoveryChanged)[-1:] != [])
        done_ms = rig.clock.wall_ms() + 1_100
        rig.exchange.answers["/myTrades"] = lambda: [
            {**samples.MY_TRADE, "time": done_ms, "id": 9, "qty": "1"}
        ]
        rig.exchange.answers["/account"] = {
            "updateTime": done_ms,
            "balances": [{"asset": "BNB", "free": "1", "locked": "0"}],
        }
        await rig.until(lambda: any("did not tell" in line.failure for line in rig.view.renewals))
        await rig.until(lambda: len(rig.exchange.lines) == 2 and rig.state is UserStreamState.LIVE)
        assert [(fill.id, fill.recovered) for fill in rig.told(Fill)] == [(9, True)]


async def test_contracts_are_worth_what_the_market_lists_their_size_as(tmp_path: Path) -> None:
    size = {"BTCUSD_PERP": instrument("BTCUSD_PERP", "BTC", "USD", "100", Market.COINM)}
    rig = UserRig(tmp_path, Market.COINM, UserMethod.LISTEN_KEY, instruments=size)
    event = {**samples.FUTURES_TRADE, "i": "SfsR"}
    order = {**event["o"], "s": "BTCUSD_PERP", "l": "10", "z": "10", "q": "10", "L": "9638.1"}
    async with rig:
        await rig.live()
        assert rig.exchange.lines[0].url == f"ws://streams/ws/{LISTEN_KEY}"
        rig.exchange.lines[0].tell({**event, "o": order})
        await rig.until(lambda: bool(rig.told(Fill)))
        assert rig.told(Fill)[0].quote_qty == "0.10375489"


# Trouble


@pytest.mark.parametrize(
    ("market", "method"),
    [
        (Market.SPOT, UserMethod.SIGNATURE),
        (Market.SPOT, UserMethod.LOGON),
        (Market.USDM, UserMethod.LISTEN_KEY),
    ],
)
async def test_a_refused_key_ends_in_the_exchanges_words_and_is_not_tried_again(
    tmp_path: Path, market: Market, method: UserMethod
) -> None:
    rig = UserRig(tmp_path, market, method)
    rig.exchange.refused = BAD_KEY
    async with rig:
        await rig.until(lambda: rig.state is UserStreamState.REFUSED)
        assert "Invalid API-key, IP, or permissions for action. (-2015)" in rig.view.reason
        assert rig.view.hint == "Check that the key exists, may read, and allows this IP."
        asked = len(rig.exchange.lines) + len(rig.exchange.paths("POST"))
        for _ in range(5):
            rig.feed.step(rig.clock.monotonic() + 3_600.0)
        assert len(rig.exchange.lines) + len(rig.exchange.paths("POST")) == asked
        rig.exchange.refused = None
        rig.feed.renew()
        await rig.live()


async def test_a_key_that_rest_refuses_in_mid_run_is_put_to_the_test(tmp_path: Path) -> None:
    async with UserRig(tmp_path, limits={"own_user_reconcile_s": 0.5}) as rig:
        await rig.live()
        rig.exchange.refused = BAD_KEY
        await rig.until(lambda: rig.state is UserStreamState.REFUSED)
        assert "(-2015)" in rig.view.reason


async def test_a_clock_that_is_off_is_measured_and_signed_anew(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.exchange.bad_clock = 1
    async with rig:
        await rig.live()
        assert len(rig.exchange.lines) == 1
        signed = [each["params"]["timestamp"] for each in rig.exchange.lines[0].asked if "params" in each]
        assert len(signed) == 2
        assert rig.exchange.paths().count("/api/v3/time") == 2 * CLOCK_SAMPLES


async def test_while_rest_does_not_answer_the_connection_tells_the_time(tmp_path: Path) -> None:
    rig = UserRig(tmp_path)
    rig.exchange.bad_clock = 1
    rig.exchange.answers["/time"] = httpx.Response(503)
    async with rig:
        await rig.live()
        assert "time" in [each["method"] for each in rig.exchange.lines[0].asked]
        assert rig.rest.clock_known


async def test_a_connection_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    rig = UserRig(tmp_path, limits={"own_backoff_base_s": 0.01})
    rig.exchange.failure = Failure("connection refused")
    async with rig:
        await rig.until(lambda: rig.state is UserStreamState.DOWN)
        assert rig.view.reason == "connection refused"
        rig.exchange.failure = None
        await rig.live()


async def test_a_terminated_stream_is_subscribed_anew(tmp_path: Path) -> None:
    async with UserRig(tmp_path) as rig:
        await rig.live()
        (line,) = rig.exchange.lines
        line.tell({"e": "eventStreamTerminated", "E": 1})
        await rig.until(
            lambda: rig.state is UserStreamState.DOWN or rig.view.renewals[-1].what == "subscribed anew"
        )
        await rig.live()
        assert line.subscriptions == [0, 1]


async def test_frames_that_cannot_be_read_are_logged_once_each_and_stop_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with UserRig(tmp_path) as rig:
        await rig.live()
        (line,) = rig.exchange.lines
        line.say(*[{"nothing": LISTEN_KEY}] * 5)
        line.tell(trade(1, rig.clock.wall_ms()))
        await rig.until(lambda: bool(rig.told(Fill)))
    assert sum("cannot be read" in record.getMessage() for record in caplog.records) == 1


async def test_a_defect_ends_the_run_instead_of_leaving_it_blind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: UserRest) -> ClockMeasured:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(UserRest, "measure_clock", broken)
    rig = UserRig(tmp_path)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        await asyncio.wait_for(rig.feed.run(), 5.0)
    await rig.rest.close()


# What outlives a run


class Kept(NoMemory):
    """A memory that a test can look into."""

    def __init__(self) -> None:
        self.kept: dict[AccountKey, str] = {}
        self.known: list[Fill] = []

    def fills(self, owner: AccountKey) -> list[Fill]:
        return self.known

    def recall(self, owner: AccountKey) -> str:
        return self.kept.get(owner, "")

    def keep(self, owner: AccountKey, memory: str) -> None:
        self.kept[owner] = memory


async def test_a_fill_that_an_earlier_run_kept_does_not_come_out_again(tmp_path: Path) -> None:
    memory = Kept()
    async with UserRig(tmp_path, memory=memory) as first:
        await first.live()
        at_ms = first.clock.wall_ms()
        first.exchange.lines[0].tell(trade(1, at_ms))
        await first.until(lambda: bool(first.told(Fill)))
        memory.known = first.told(Fill)
        await first.until(lambda: first.told(RecoveryChanged)[-1].view.state is not RecoveryState.RUNNING)
    assert memory.kept
    async with UserRig(tmp_path, memory=memory) as second:
        await second.live()
        second.exchange.lines[0].tell(trade(1, at_ms), trade(2, at_ms))
        await second.until(lambda: bool(second.told(Fill)))
        assert ids(second) == [2]


# Secrets


def refused(rig: UserRig) -> Callable[[], bool]:
    """Whether the key is refused by now."""
    return lambda: rig.state is UserStreamState.REFUSED


async def test_no_log_line_and_no_event_shows_key_signature_or_listen_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bntui")
    for market, method in ((Market.SPOT, UserMethod.SIGNATURE), (Market.USDM, UserMethod.LISTEN_KEY)):
        async with UserRig(tmp_path, market, method) as rig:
            await rig.live()
            rig.exchange.lines[0].tell({"e": "listenKeyExpired", "E": 1, "listenKey": LISTEN_KEY})
            rig.exchange.refused = BAD_KEY
            rig.feed.renew()
            await rig.until(refused(rig))
            said = "\n".join(
                (*map(repr, rig.events), repr(rig.feed.stream), repr(rig.credentials), repr(rig.parts))
            )
        logged = "\n".join(
            record.getMessage() for record in caplog.records if record.name.startswith("bntui")
        )
        for secret in (API_KEY, SECRET, LISTEN_KEY, "signature="):
            assert secret not in said + logged
