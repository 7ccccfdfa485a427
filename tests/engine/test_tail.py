"""The lines of `tail`, field by field, and the rings that they wait in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.engine.tail import TAIL_KINDS, TAIL_LINES, Filter, TailRing, Tails, human, line
from bntui.model.events import AveragePrice, BlockTrade, DepthDiff, PartialDepth, ReferencePrice
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.status import Event, Gap, LinkChanged, ShardChanged
from tests.model.build import (
    BTC,
    CJK,
    ETH,
    T0_MS,
    agg_trade,
    candle,
    closes,
    mini_ticker,
    quote,
    shard,
    spot,
    stream_changed,
    ticker,
    trade,
)

GAP = Gap(BTC, 5, 9, "closed: 1006", False, T0_MS + 5, 10.0)
LINK = LinkChanged(2, "waiting", "closed by the server", 1006, 12, T0_MS + 5, 10.0, Market.SPOT)
BLOCK_TRADE = BlockTrade(BTC, 3, "99.50", "100", Side.SELL, T0_MS, T0_MS + 1, T0_MS + 5, 10.0)
AVERAGE = AveragePrice(BTC, "5m", "100.12", T0_MS - 5, T0_MS, T0_MS + 5, 10.0)
DIFF = DepthDiff(BTC, 10, 12, None, (("1.10", "5"),), (("1.20", "0.00"),), T0_MS, T0_MS + 5, 10.0)
PARTIAL = PartialDepth(BTC, 12, (("1.10", "5"),), (), None, T0_MS + 5, 10.0)
REFERENCE = ReferencePrice(BTC, None, T0_MS, T0_MS + 5, 10.0)

BEGIN = '"market":"spot","symbol":"BTCUSDT"'
TIMES = f'"time":{T0_MS},"received":{T0_MS + 5}'
UNTIMED = f'"time":null,"received":{T0_MS + 5}'


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            quote(bid="100.10000000", ask="100.20000000", update_id=77),
            f'{{"kind":"quote",{BEGIN},"time":null,"received":{T0_MS},'
            '"bid":"100.10000000","bid_qty":"1.5","ask":"100.20000000","ask_qty":"2.5","update_id":77}',
        ),
        (
            trade(trade_id=9, price="100.50000000"),
            f'{{"kind":"trade",{BEGIN},{TIMES},"id":9,"price":"100.50000000","qty":"0.5","side":"buy"}}',
        ),
        (
            trade(trade_id=9, side=Side.SELL, refilled=True),
            f'{{"kind":"trade",{BEGIN},{TIMES},'
            '"id":9,"price":"100.00","qty":"0.5","side":"sell","refilled":true}',
        ),
        (
            candle(closed=True),
            f'{{"kind":"candle",{BEGIN},"time":{T0_MS + 2000},"received":{T0_MS + 2050},'
            f'"interval":"1m","open_time":{T0_MS},"open":"1.0","high":"4.0","low":"0.5","close":"2.0",'
            '"volume":"10.0","trades":7,"closed":true}',
        ),
        (
            candle("1d", "+08:00"),
            f'{{"kind":"candle",{BEGIN},"time":{T0_MS + 2000},"received":{T0_MS + 2050},'
            f'"interval":"1d","open_time":{T0_MS},"open":"1.0","high":"4.0","low":"0.5","close":"2.0",'
            '"volume":"10.0","trades":7,"closed":false,"utc_offset":"+08:00"}',
        ),
        (
            ticker(),
            f'{{"kind":"ticker",{BEGIN},{TIMES},"last":"100.00","change_percent":"-1.250",'
            '"high":"102.0","low":"99.0","volume":"1234.5","quote_volume":"123450.0"}',
        ),
        (
            ticker(window="1h"),
            f'{{"kind":"window_ticker",{BEGIN},{TIMES},"window":"1h","last":"100.00",'
            '"change_percent":"-1.250","high":"102.0","low":"99.0","volume":"1234.5",'
            '"quote_volume":"123450.0"}',
        ),
        (
            LINK,
            f'{{"kind":"link","market":"spot","symbol":null,{UNTIMED},"shard":2,"state":"waiting",'
            '"reason":"closed by the server","code":1006,"streams":12}',
        ),
        (
            GAP,
            f'{{"kind":"gap",{BEGIN},{UNTIMED},"from_id":5,"to_id":9,"cause":"closed: 1006",'
            '"repaired":false}',
        ),
        (
            agg_trade(last_id=20),
            f'{{"kind":"agg_trade",{BEGIN},{TIMES},"id":900,"first_id":19,"last_id":20,'
            '"price":"100.00","qty":"0.5","side":"sell"}',
        ),
        (
            BLOCK_TRADE,
            f'{{"kind":"block_trade",{BEGIN},{TIMES},"id":3,"price":"99.50","qty":"100","side":"sell"}}',
        ),
        (
            mini_ticker(),
            f'{{"kind":"mini_ticker",{BEGIN},{TIMES},"last":"100.00","open":"101.27","high":"102.0",'
            '"low":"99.0","volume":"1234.5","quote_volume":"123450.0"}',
        ),
        (AVERAGE, f'{{"kind":"avg_price",{BEGIN},{TIMES},"window":"5m","price":"100.12"}}'),
        (
            DIFF,
            f'{{"kind":"depth",{BEGIN},{TIMES},"first_update_id":10,"last_update_id":12,'
            '"bids":[["1.10","5"]],"asks":[["1.20","0.00"]]}',
        ),
        (
            PARTIAL,
            f'{{"kind":"partial_depth",{BEGIN},{UNTIMED},"update_id":12,"bids":[["1.10","5"]],"asks":[]}}',
        ),
        (REFERENCE, f'{{"kind":"reference_price",{BEGIN},{TIMES},"price":null}}'),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_a_line_has_these_fields_in_this_order(event: Event, expected: str) -> None:
    assert line(event) == expected


@pytest.mark.parametrize("event", [stream_changed(), ShardChanged(shard()), closes(BTC, "1.0")])
def test_what_only_screens_need_makes_no_line(event: Event) -> None:
    assert (line(event), human(event)) == (None, None)
    assert not Filter([], []).wants(event)


def test_symbols_stay_what_they_are() -> None:
    text = line(quote(CJK))

    assert text is not None
    assert json.loads(text)["symbol"] == "币安人生USDT"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            quote(bid="100.10", ask="100.20"),
            "2026-01-01T00:00:00.000Z BTCUSDT quote bid 1.5 @ 100.10 ask 2.5 @ 100.20",
        ),
        (
            trade(SymbolKey(Market.USDM, "ETHUSDT"), 9, time_ms=T0_MS + 1_234, refilled=True),
            "2026-01-01T00:00:01.234Z ETHUSDT.usdm trade buy 0.5 @ 100.00 id 9 refilled",
        ),
        (
            candle(closed=True),
            "2026-01-01T00:00:02.000Z BTCUSDT candle 1m open 1.0 high 4.0 low 0.5 close 2.0 "
            "volume 10.0 trades 7 closed",
        ),
        (
            ticker(),
            "2026-01-01T00:00:00.000Z BTCUSDT ticker last 100.00 change -1.250% high 102.0 low 99.0 "
            "volume 1234.5 in 24h",
        ),
        (
            LINK,
            "2026-01-01T00:00:00.005Z - link shard 2 waiting, 12 streams: closed by the server (code 1006)",
        ),
        (GAP, "2026-01-01T00:00:00.005Z BTCUSDT gap trades 5 to 9 are missing: closed: 1006"),
        (
            PARTIAL,
            "2026-01-01T00:00:00.005Z BTCUSDT partial_depth 1 bids from 5 @ 1.10, 0 asks from none",
        ),
        (REFERENCE, "2026-01-01T00:00:00.000Z BTCUSDT reference_price none"),
        (trade(time_ms=10**17), f"{10**17}ms BTCUSDT trade buy 0.5 @ 100.00 id 1"),
    ],
)
def test_people_read_one_plain_line(event: Event, expected: str) -> None:
    assert human(event) == expected


@pytest.mark.parametrize(
    "event", [AVERAGE, DIFF, BLOCK_TRADE, agg_trade(), mini_ticker(), ticker(window="1h")]
)
def test_every_line_has_words_for_people(event: Event) -> None:
    text = human(event)

    assert text is not None
    assert text.startswith("2026-01-01T00:00:00.000Z BTCUSDT ")


@given(st.text())
def test_nothing_an_exchange_says_moves_a_cursor(symbol: str) -> None:
    text = human(quote(spot(symbol)))

    assert text is not None
    assert text.isprintable()


def test_control_characters_are_written_out() -> None:
    text = human(quote(spot("\x1b[2J\u202eX\n")))

    assert text is not None
    assert " \\x1b[2J\\u202eX\\n quote" in text


# Filter


@pytest.mark.parametrize(
    ("symbols", "kinds", "expected"),
    [
        ([], [], ["quote", "trade", "trade", "candle", "candle", "gap", "link"]),
        ([ETH], [], ["trade", "link"]),
        ([BTC], ["quote"], ["quote"]),
        ([], ["trade"], ["trade", "trade", "gap"]),
        ([ETH], ["trade"], ["trade"]),
        ([], ["gap"], ["gap"]),
        ([BTC], ["link"], ["link"]),
        ([], ["candle"], ["candle"]),
        ([], ["candle:1m", "candle:1d+08:00"], ["candle", "candle"]),
        ([], ["candle:5m"], []),
    ],
)
def test_a_reader_gets_what_it_asks_for(
    symbols: list[SymbolKey], kinds: list[str], expected: list[str]
) -> None:
    wanted = Filter(symbols, kinds)
    events: list[Event] = [
        quote(BTC),
        trade(BTC),
        trade(ETH),
        candle("1m"),
        candle("1d", "+08:00"),
        GAP,
        LINK,
    ]
    lines = [line(event) for event in events if wanted.wants(event)]

    assert [json.loads(text or "")["kind"] for text in lines] == expected


def test_a_window_ticker_is_not_a_ticker() -> None:
    assert not Filter([], ["ticker"]).wants(ticker(window="1h"))
    assert Filter([], ["window_ticker"]).wants(ticker(window="1h"))


def test_kinds_are_listed_for_who_validates_them() -> None:
    assert {"quote", "trade", "candle", "ticker", "link", "gap", "window_ticker"} <= set(TAIL_KINDS)


# Rings


def ids(lines: list[str]) -> list[int]:
    return [json.loads(text)["id"] for text in lines]


def ring(capacity: int = 10) -> tuple[TailRing, list[str]]:
    calls: list[str] = []
    return TailRing(Filter([], ["trade"]), lambda: calls.append("line"), capacity), calls


def test_lines_are_taken_in_order_and_once() -> None:
    r, _ = ring()
    r.extend([trade(BTC, 1), quote(BTC), trade(BTC, 2), trade(ETH, 3)])

    first, second, third = r.take(2), r.take(2), r.take(2)
    assert [ids(taken.lines) for taken in (first, second, third)] == [[1, 2], [3], []]
    assert [taken.seq for taken in (first, second, third)] == [3, 4, 4]


def test_lines_may_be_taken_for_people() -> None:
    r, _ = ring()
    r.extend([trade(BTC, 1)])

    assert r.take(1, plain=True).lines == [human(trade(BTC, 1))]


def test_what_waits_too_long_is_dropped_and_counted() -> None:
    r, _ = ring(capacity=3)
    r.extend([trade(BTC, n) for n in range(1, 6)])
    r.extend([trade(BTC, 6)])

    taken = r.take(100)
    assert (taken.lost, ids(taken.lines), taken.seq) == (3, [4, 5, 6], 7)
    assert r.take(100).lost == 0


def test_a_ring_holds_what_the_design_says() -> None:
    r = TailRing(Filter([], []), lambda: None)
    one = trade(BTC)
    r.extend([one] * (TAIL_LINES + 1))

    assert TAIL_LINES == 65_536
    assert len(r) == TAIL_LINES
    assert r.take(0).lost == 1


def test_a_reader_is_woken_when_its_empty_ring_gets_a_line() -> None:
    r, calls = ring()
    r.extend([quote(BTC)])
    assert calls == []
    r.extend([trade(BTC, 1), trade(BTC, 2)])
    r.extend([trade(BTC, 3)])
    assert calls == ["line"]
    r.take(100)
    r.extend([trade(BTC, 4)])
    assert calls == ["line", "line"]


def test_readers_do_not_take_lines_from_one_another() -> None:
    tails = Tails()
    tails.extend([trade(BTC, 1)])
    one = tails.open([], [], lambda: None)
    tails.extend([trade(BTC, 2)])
    other = tails.open([ETH], [], lambda: None)
    tails.extend([trade(BTC, 3), trade(ETH, 4)])

    assert ids(one.take(10).lines) == [2, 3, 4]
    assert ids(other.take(10).lines) == [4]

    one.close()
    tails.extend([trade(ETH, 5)])
    assert (len(one), ids(other.take(10).lines)) == (0, [5])


def test_what_readers_ask_for_by_name_is_wanted_while_they_read() -> None:
    told: list[list[tuple[SymbolKey, str]]] = []
    tails = Tails()
    tails.on_wants = lambda: told.append(tails.wants())
    everything = tails.open([], ["trade"], lambda: None)
    one = tails.open([BTC, ETH], ["candle", "trade"], lambda: None)
    other = tails.open([BTC], [], lambda: None)
    one.close()
    other.close()
    everything.close()

    by_name = [(BTC, "candle:1m"), (BTC, "trade"), (ETH, "candle:1m"), (ETH, "trade")]
    default = [(BTC, "quote"), (BTC, "ticker"), (BTC, "trade")]
    assert told == [[], by_name, sorted({*by_name, *default}), default, [], []]


def test_whether_anybody_reads_each_quote_is_known() -> None:
    tails = Tails()
    trades = tails.open([], ["trade"], lambda: None)
    assert not tails.reads_quotes()
    for kinds in ((), ("trade", "quote")):
        ring = tails.open([], kinds, lambda: None)
        assert tails.reads_quotes()
        ring.close()
        assert not tails.reads_quotes()
    trades.close()
