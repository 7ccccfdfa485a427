"""Connections, audiences and the source of data are brought together, and moved by one tick."""

from __future__ import annotations

import json
from random import Random

import pytest

from bntui.clock import ManualClock
from bntui.sim.exchange import Exchange
from bntui.sim.faultwords import BadFault
from bntui.sim.ledger import Breach
from bntui.sim.market import Market
from bntui.sim.switches import Switches
from bntui.venue.binance.limits import SPOT
from tests.sim.rig import Ear


class Guest(Ear):
    """A connection without a socket."""

    number = 1
    path = "/stream"

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self.ticked: list[float] = []
        self.flushed = 0
        self._exchange = exchange
        exchange.members[1] = self

    def push(self, text: bytes, frame: bytes) -> None:
        super().push(text, frame)
        self._exchange.wants_flush(self)

    def tick(self, now: float) -> None:
        self.ticked.append(now)

    def flush(self) -> None:
        self.flushed += 1

    def refuse(self, *args: object, **kwargs: object) -> None:
        raise AssertionError("nobody does this to a guest")

    abort = end = end_life = freeze = mute = announce_shutdown = refuse
    forget = overhear = terminate = inject = flood = refuse


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def exchange(clock: ManualClock) -> Exchange:
    return Exchange(Market(clock, 10, 500.0, 1), SPOT, clock, Switches(), Random(1))


def go_on(exchange: Exchange, clock: ManualClock, seconds: float = 2.0) -> None:
    for _ in range(round(seconds * 20)):
        clock.advance(0.05)
        exchange.tick()


def test_some_streams_flow_by_a_name_with_their_default_speed_too(
    exchange: Exchange, clock: ManualClock
) -> None:
    guest = Guest(exchange)
    known = ["btcusdt@depth@1000ms", "btcusdt@depth5@1000ms", "!miniTicker@arr@1000ms"]
    unknown = ["btcusdt@trade@1000ms", "btcusdt@depth7@1000ms", "btcusdt@depth@250ms"]
    exchange.join(["btcusdt@trade", *known, *unknown], guest)
    go_on(exchange, clock, 3.5)
    heard = [json.loads(text)["stream"] for text in guest.texts]
    assert set(heard) == {"btcusdt@trade", *known}
    assert all(heard.count(name) in (3, 4) for name in known)


def test_a_tick_moves_the_market_and_the_connections_and_writes(
    exchange: Exchange, clock: ManualClock
) -> None:
    guest = Guest(exchange)
    exchange.join(["btcusdt@trade"], guest)
    go_on(exchange, clock)
    assert guest.ticked[-1] == clock.monotonic()
    assert len(guest.ticked) == 40
    assert guest.texts
    assert guest.flushed == len(guest.texts), "everything that was pushed is written"
    assert exchange.now_ms == clock.wall_ms()


def test_streams_flow_while_somebody_listens(exchange: Exchange, clock: ManualClock) -> None:
    one, two = Ear(), Ear()
    exchange.join(["btcusdt@trade", "ethusdt@bookTicker"], one)
    exchange.join(["btcusdt@trade"], two)
    go_on(exchange, clock)
    exchange.leave(["btcusdt@trade"], one)
    heard = len(two.texts)
    go_on(exchange, clock)
    assert len(two.texts) > heard
    exchange.leave(["btcusdt@trade"], two)
    assert list(exchange.hub.audiences) == ["ethusdt@bookTicker"]


@pytest.mark.parametrize("name", ["nosuch@trade", "BTCUSDT@trade", "btcusdt@nosuch", "!ticker@arr"])
def test_streams_of_nothing_are_silent_but_held(name: str, exchange: Exchange, clock: ManualClock) -> None:
    ear = Ear()
    exchange.join([name], ear)
    go_on(exchange, clock)
    assert ear.texts == []
    assert list(exchange.hub.audiences) == [name]
    assert exchange.report()["silent_streams"] == [name]
    exchange.leave([name], ear)
    assert exchange.report()["silent_streams"] == []


def test_a_stream_can_be_left_and_joined_again(exchange: Exchange, clock: ManualClock) -> None:
    for _ in range(3):
        ear = Ear()
        exchange.join(["btcusdt@depth@100ms", "btcusdt@kline_1m"], ear)
        go_on(exchange, clock)
        assert {json.loads(text)["stream"] for text in ear.texts} == {
            "btcusdt@depth@100ms",
            "btcusdt@kline_1m",
        }
        exchange.leave(["btcusdt@depth@100ms", "btcusdt@kline_1m"], ear)


def test_faults_of_streams_reach_the_hub_and_end_there(exchange: Exchange, clock: ManualClock) -> None:
    ear = Ear()
    exchange.join(["btcusdt@trade"], ear)
    exchange.fault({"fault": "stall_all"})
    go_on(exchange, clock)
    assert ear.texts == []
    exchange.fault({"fault": "clear"})
    assert exchange.hub.troubles is None
    go_on(exchange, clock)
    assert ear.texts
    with pytest.raises(BadFault):
        exchange.fault({"fault": "nosuch"})


def test_the_report_holds_everything(exchange: Exchange, clock: ManualClock) -> None:
    exchange.join(["btcusdt@trade"], Ear())
    exchange.breach(Breach.LONG_FRAME, "text", 5)
    exchange.doors.address("127.0.0.1").request(20, clock.monotonic(), clock.wall_ms())
    exchange.fault({"fault": "no_ack"})
    go_on(exchange, clock)
    shown = json.loads(json.dumps(exchange.report()))
    assert shown["time"] == shown["exchange_time"] == clock.wall_ms()
    assert shown["streams"]["btcusdt@trade"] > 0
    assert shown["breaches"]["total"] == 1
    assert shown["addresses"] == {
        "127.0.0.1": {"attempts_in_window": 0, "used_weight": 20, "banned_until": None}
    }
    assert shown["faults"]["running"] == [{"fault": "no_ack"}]
    assert shown["switches"]["nested_errors"] is True
    assert repr(exchange).endswith("0 connections>")
