"""All that the synthetic market says of a symbol agrees, and what nobody asks for costs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.clock import ManualClock
from bntui.sim import answers
from bntui.sim.hub import Hub
from bntui.sim.instruments import RARE_SYMBOL
from bntui.sim.market import LINGER_S, Market, MarketTime, Pulse
from tests.sim.rig import Ear, listen, run

BTC = "BTCUSDT"


def market(clock: ManualClock, symbols: int = 12, rate: float = 400.0, seed: int = 1) -> Market:
    return Market(clock, symbols, rate, seed)


def rebuilt(snapshot: dict[str, Any], diffs: Iterable[dict[str, Any]], until: int) -> dict[str, Any]:
    """The book that a client would have after the diff that ends with `until`."""
    book = {
        side: {Decimal(price): quantity for price, quantity in snapshot[side]} for side in ("bids", "asks")
    }
    last_id = snapshot["lastUpdateId"]
    for diff in diffs:
        if diff["u"] <= snapshot["lastUpdateId"] or diff["u"] > until:
            continue
        assert diff["U"] <= last_id + 1, "a gap"
        last_id = diff["u"]
        for side, changes in (("bids", diff["b"]), ("asks", diff["a"])):
            for price, quantity in changes:
                book[side].pop(Decimal(price), None)
                if Decimal(quantity):
                    book[side][Decimal(price)] = quantity
    bid, ask = max(book["bids"]), min(book["asks"])
    return {"bid": (bid, book["bids"][bid]), "ask": (ask, book["asks"][ask]), "book": book}


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([BTC, "PEPEUSDT", "币安人生USDT", "ETHBTC"]))
def test_snapshot_diffs_and_quotes_are_one_book(seed: int, symbol: str) -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here, stream = market(clock, seed=seed), symbol.lower()
    listen(here, hub, ear, f"{stream}@depth@100ms", f"{stream}@bookTicker", f"{stream}@depth5")
    run(here, clock, 2)
    desk = here.desk(symbol)
    assert desk is not None
    snapshot = json.loads(answers.depth(desk, 5_000))
    run(here, clock, 8)
    diffs = ear.payloads(f"{stream}@depth@100ms")
    assert all(later["U"] == earlier["u"] + 1 for earlier, later in pairwise(diffs))
    ends = {diff["u"] for diff in diffs if diff["u"] > snapshot["lastUpdateId"]}
    quotes = [quote for quote in ear.payloads(f"{stream}@bookTicker") if quote["u"] in ends]
    assert quotes
    for quote in quotes:
        book = rebuilt(snapshot, diffs, quote["u"])
        assert (Decimal(quote["b"]), quote["B"]) == book["bid"]
        assert (Decimal(quote["a"]), quote["A"]) == book["ask"]
    for partial in [row for row in ear.payloads(f"{stream}@depth5") if row["lastUpdateId"] in ends]:
        book = rebuilt(snapshot, diffs, partial["lastUpdateId"])["book"]
        best = sorted(book["bids"].items(), reverse=True)[:5]
        assert [(Decimal(price), quantity) for price, quantity in partial["bids"]] == best


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.sampled_from([BTC, "SOLUSDT"]))
def test_trades_candles_and_statistics_are_one_history(seed: int, symbol: str) -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here, stream = market(clock, seed=seed), symbol.lower()
    kinds = ("trade", "aggTrade", "kline_1m", "kline_1s", "ticker", "miniTicker", "ticker_1h")
    desk = here.desk(symbol)
    assert desk is not None
    before = desk.window(1440).bar()
    listen(here, hub, ear, *(f"{stream}@{kind}" for kind in kinds))
    run(here, clock, 130)
    trades = ear.payloads(f"{stream}@trade")
    ids = [trade["t"] for trade in trades]
    assert ids == list(range(ids[0], ids[0] + len(ids)))

    aggregates = ear.payloads(f"{stream}@aggTrade")
    assert [row["f"] for row in aggregates[1:]] == [row["l"] + 1 for row in aggregates[:-1]]
    assert sum(Decimal(row["q"]) for row in aggregates) == sum(Decimal(row["q"]) for row in trades)

    for interval in ("1m", "1s"):
        candles = [row["k"] for row in ear.payloads(f"{stream}@kline_{interval}")]
        closed = [candle for candle in candles if candle["x"]]
        starts = [candle["t"] for candle in closed]
        length = 60_000 if interval == "1m" else 1_000
        assert starts == list(range(starts[0], starts[0] + length * len(starts), length))
        assert sorted(candle["t"] for candle in candles) == [candle["t"] for candle in candles]
        within: dict[int, list[dict[str, Any]]] = {}
        for trade in trades:
            within.setdefault(trade["T"] - trade["T"] % length, []).append(trade)
        for candle in closed:
            check_candle(candle, within.get(candle["t"], []))

    ticker = ear.payloads(f"{stream}@ticker")[-1]
    done = [trade for trade in trades if trade["t"] <= ticker["L"]]
    assert ticker["c"] == done[-1]["p"]
    assert ticker["L"] - ticker["F"] + 1 == ticker["n"]
    assert ticker["n"] >= before.trades * 0.99
    hour = ear.payloads(f"{stream}@ticker_1h")[-1]
    assert Decimal(hour["w"]) == pytest.approx(Decimal(hour["q"]) / Decimal(hour["v"]), abs=Decimal("1e-7"))
    mini = ear.payloads(f"{stream}@miniTicker")[-1]
    assert {mini[name] for name in "hl"} == {ticker[name] for name in "hl"}


def check_candle(candle: dict[str, Any], trades: list[dict[str, Any]]) -> None:
    """A closed candle is the sum of its trades, to the digit."""
    assert candle["n"] == len(trades)
    if not trades:
        assert (candle["f"], candle["L"], candle["v"]) == (-1, -1, "0.00000000")
        return
    prices = [Decimal(trade["p"]) for trade in trades]
    assert (candle["o"], candle["c"]) == (trades[0]["p"], trades[-1]["p"])
    assert (Decimal(candle["h"]), Decimal(candle["l"])) == (max(prices), min(prices))
    assert (candle["f"], candle["L"]) == (trades[0]["t"], trades[-1]["t"])
    for volume, quote, chosen in (
        ("v", "q", trades),
        ("V", "Q", [trade for trade in trades if not trade["m"]]),
    ):
        assert Decimal(candle[volume]) == sum(Decimal(trade["q"]) for trade in chosen)
        assert Decimal(candle[quote]) == sum(Decimal(trade["p"]) * Decimal(trade["q"]) for trade in chosen)


def test_statistics_by_rest_are_those_of_the_minutes() -> None:
    clock = ManualClock()
    here = market(clock)
    for symbol in (BTC, RARE_SYMBOL):
        desk = here.desk(symbol)
        assert desk is not None
        window = desk.window(1440)
        assert window.bar() == desk.timeline.span(window.start_minute, desk.timeline.minute + 1)


@pytest.mark.parametrize("rate", [200.0, 1_500.0])
def test_the_mean_rate_is_as_asked(rate: float) -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock, symbols=20, rate=rate)
    listen(here, hub, ear, *(f"{p.symbol.lower()}@{k}" for p in here.pairs for k in ("trade", "bookTicker")))
    run(here, clock, 60)
    assert len(ear.texts) / 60 == pytest.approx(rate, rel=0.1)


def test_each_half_minute_has_a_burst_and_the_mean_is_one() -> None:
    pulse = Pulse(5)
    assert pulse.beats(30.0 * 400) - pulse.beats(30.0 * 100) == pytest.approx(300 * 30)
    for slot in range(60_000_000, 60_000_050):
        start, length, strength = pulse.burst(slot)
        began = 30.0 * slot + start
        assert 0 <= start <= 30 - length
        assert 10 <= strength <= 20
        assert (pulse.beats(began + length) - pulse.beats(began)) / length == pytest.approx(
            strength, rel=1e-3
        )


@given(st.floats(1e9, 2e9), st.floats(0, 100))
def test_activity_never_goes_back(time_s: float, later_s: float) -> None:
    pulse = Pulse(1)
    assert pulse.beats(time_s + later_s) >= pulse.beats(time_s) - 1e-6


def test_what_nobody_listens_to_stands_still() -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock, symbols=1_500)
    listen(here, hub, ear, "btcusdt@trade")
    run(here, clock, 5)
    assert repr(here) == "<Market 1500 symbols, 1 awake, seed 1>"
    quiet = here.desk("ETHUSDT")
    assert quiet is not None
    assert quiet.trades == quiet.quotes == 0


def test_a_symbol_goes_on_for_a_while_after_its_last_listener_left() -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock)
    listen(here, hub, ear, "btcusdt@trade")
    run(here, clock, 2)
    seen = ear.payloads("btcusdt@trade")[-1]["t"]
    for stream in hub.leave(["btcusdt@trade"], ear):
        here.close(stream)
    run(here, clock, 60)
    desk = here.desk(BTC)
    assert desk is not None
    missed = list(desk.log.from_id(seen + 1))
    assert len(missed) > 100, "an outage has a gap that can be refilled"
    assert missed[-1].time_us > here.now_us() - 5_000_000
    run(here, clock, LINGER_S + 30, step_s=5.0)
    assert "0 awake" in repr(here)
    asleep = desk.trades
    run(here, clock, 30)
    assert desk.trades == asleep
    listen(here, hub, ear, "btcusdt@trade")
    run(here, clock, 5)
    assert "1 awake" in repr(here)
    ids = [trade["t"] for trade in ear.payloads("btcusdt@trade")]
    assert ids[-1] > missed[-1].trade_id


def test_hours_without_a_listener_are_made_up_when_somebody_asks() -> None:
    clock = ManualClock()
    here = market(clock)
    first = here.desk(BTC)
    assert first is not None
    update_id, last_id, start = first.book.update_id, first.timeline.open.last_id, first.timeline.minute
    clock.advance(3 * 3_600)
    here.advance()
    later = here.desk(BTC)
    assert later is first
    assert later.timeline.minute == start + 180
    assert later.timeline.open.last_id > last_id
    assert later.book.update_id > update_id
    window = later.window(60)
    assert window.bar() == later.timeline.span(window.start_minute, later.timeline.minute + 1)


def test_the_same_seed_makes_the_same_market() -> None:
    heard = []
    for seed in (7, 7, 8):
        clock, hub, ear = ManualClock(), Hub(), Ear()
        here = market(clock, seed=seed)
        listen(here, hub, ear, "btcusdt@trade", "btcusdt@depth@100ms", "ethusdt@ticker")
        run(here, clock, 3)
        heard.append(ear.texts)
    assert heard[0] == heard[1] != heard[2]


def test_a_stream_of_all_symbols_wakes_them_a_few_at_a_time() -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock, symbols=100)
    listen(here, hub, ear, "!miniTicker@arr")
    here.advance()
    assert "25 awake" in repr(here)
    run(here, clock, 20)
    assert "100 awake" in repr(here)
    arrays = ear.payloads("!miniTicker@arr")
    assert 60 < len({row["s"] for rows in arrays for row in rows}) < 100, "not who never traded"
    assert all(0 < len(rows) < 100 for rows in arrays)


def test_waking_everybody_again_and_again_is_remembered_once() -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock, symbols=100)
    for _ in range(50):
        listen(here, hub, ear, "!miniTicker@arr")
        for stream in hub.leave(["!miniTicker@arr"], ear):
            here.close(stream)
    run(here, clock, 0.2)
    assert "100 awake" in repr(here)


def test_a_long_pause_of_the_clock_is_not_made_good() -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock)
    listen(here, hub, ear, "btcusdt@trade")
    clock.advance(7 * 86_400)
    here.advance()
    assert 0 < len(ear.texts) < 60 * 400
    run(here, clock, 2)
    times = [trade["T"] for trade in ear.payloads("btcusdt@trade")]
    assert times == sorted(times)
    assert times[-1] <= clock.wall_ms()


def test_unknown_symbols_stay_silent() -> None:
    clock, hub, ear = ManualClock(), Hub(), Ear()
    here = market(clock)
    listen(here, hub, ear, "nosuchusdt@trade")
    run(here, clock, 1)
    assert ear.texts == []
    assert here.desk("NOSUCHUSDT") is None
    for stream in hub.leave(["nosuchusdt@trade"], ear):
        here.close(stream)


def test_the_exchanges_time_is_steady() -> None:
    clock = ManualClock()
    time = MarketTime(clock)
    start = time.now_us()
    assert start == clock.wall_ms() * 1000
    clock.advance(0.0005)
    assert time.now_us() == start + 500


@pytest.mark.parametrize("jump_s", [-90, -5, 5, 90])
def test_after_a_jump_of_its_clock_the_market_goes_on_at_its_pace(jump_s: int) -> None:
    clock = ManualClock()
    here, hub, ear = market(clock), Hub(), Ear()
    names = ("btcusdt@trade", "btcusdt@depth@100ms", "btcusdt@ticker", "btcusdt@kline_1m")
    listen(here, hub, ear, *names)
    run(here, clock, 20)
    before = {name: len(ear.payloads(name)) for name in names}
    here.shift(jump_s * 1_000_000)
    ear.texts.clear()
    run(here, clock, 20)
    for name in names:
        events = [payload["E"] for payload in ear.payloads(name)]
        assert len(events) > before[name] / 4, name
        assert len(events) < before[name] * 4 + 5, name
        assert abs(events[-1] - clock.wall_ms() - jump_s * 1000) < 2_500, name
    diffs = ear.payloads("btcusdt@depth@100ms")
    assert all(later["U"] == earlier["u"] + 1 for earlier, later in pairwise(diffs))
    trades = ear.payloads("btcusdt@trade")
    assert all(later["t"] == earlier["t"] + 1 for earlier, later in pairwise(trades))


def test_taking_wakes_a_symbol_and_one_that_is_not_listed_is_refused() -> None:
    market = Market(ManualClock(), 4, 400.0, 1)
    rows = market.take("BTCUSDT", True, (2,))
    assert sum(row.steps for row in rows) == 2
    assert "BTCUSDT" in {desk.pair.symbol for desk in market.awake_desks()}
    with pytest.raises(ValueError, match="traded nowhere"):
        market.take("NOPEUSDT", True, (2,))
