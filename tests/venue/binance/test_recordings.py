"""Real recordings decode whole. They are no part of the project; where they are absent, this is skipped."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui.model.derivatives import Liquidation, MarkPrice
from bntui.model.events import (
    AggTrade,
    Candle,
    DepthDiff,
    Malformed,
    MarketEvent,
    MiniTicker,
    PartialDepth,
    Quote,
    Ticker,
    Trade,
    UnknownEvent,
)
from bntui.model.markets import Market, Side, SymbolKey
from bntui.venue.base import Decoded
from bntui.venue.binance.answers import instruments
from bntui.venue.binance.codec import decode_spot
from bntui.venue.binance.futures_codec import decode_coinm, decode_usdm
from bntui.venue.binance.futures_payloads import family_of_symbol

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings"

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not on this machine")


def _lines(name: str) -> Iterator[bytes]:
    path = RECORDINGS / name
    if not path.is_file():
        pytest.skip(f"the recording {name} is not on this machine")
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield from (line.strip() for line in file)


def _frames(name: str, stamp_end: bytes = b"") -> Iterator[bytes]:
    """The frames of a recording; a time stamp before each ends with `stamp_end`."""
    for line in _lines(name):
        frame = line.partition(stamp_end)[2] if stamp_end else line
        if frame.startswith(b"{"):
            yield frame


Decode = Callable[[bytes | str, int, float], Decoded]


def _decoded(frames: Iterator[bytes], decode: Decode = decode_spot) -> list[Decoded]:
    decoded = [decode(frame, 0, 0.0) for frame in frames]
    assert decoded
    odd = [event for each in decoded for event in each.said if isinstance(event, Malformed | UnknownEvent)]
    assert odd == []
    return decoded


def _events(decoded: list[Decoded]) -> list[MarketEvent]:
    return [event for each in decoded for event in each.events]


def _kinds(decoded: list[Decoded]) -> Counter[type]:
    return Counter(type(event) for event in _events(decoded))


def _assert_contiguous(diffs: list[DepthDiff]) -> None:
    for before, after in pairwise(diffs):
        assert after.first_update_id == before.last_update_id + 1


def test_the_combined_frames_of_one_busy_symbol() -> None:
    decoded = [
        each
        for day in ("20240808", "20240809")
        for each in _decoded(_frames(f"hftbacktest/spot_btcusdt_{day}.gz", stamp_end=b" "))
    ]
    assert _kinds(decoded) == {Quote: 73_174, Trade: 19_904, DepthDiff: 6_495, PartialDepth: 1}
    assert {each.stream for each in decoded} == {
        "btcusdt@bookTicker",
        "btcusdt@trade",
        "btcusdt@depth@100ms",
        None,
    }
    _assert_contiguous([event for event in _events(decoded) if isinstance(event, DepthDiff)])


def test_the_digits_of_a_recording_are_kept() -> None:
    for frame in _frames("hftbacktest/spot_btcusdt_20240808.gz", stamp_end=b" "):
        for event in decode_spot(frame, 0, 0.0).events:
            if isinstance(event, Trade):
                payload = orjson.loads(frame)["data"]
                assert (event.price, event.qty, event.trade_id) == (payload["p"], payload["q"], payload["t"])


def test_four_kinds_of_streams_of_four_symbols() -> None:
    decoded = _decoded(_frames("cryptofeed/BINANCE.ws.1.0.gz", stamp_end=b": "))
    assert set(_kinds(decoded)) == {DepthDiff, Quote, Candle, AggTrade}
    assert {event.key.symbol for event in _events(decoded)} == {"NKNUSDT", "BLZETH", "LRCBTC", "RUNEEUR"}


def test_six_minutes_of_book_changes() -> None:
    decoded = _decoded(_frames("FinanceTechnologyProjects/spot_btcusdt_depth100ms_20251207.jsonl.gz"))
    assert _kinds(decoded) == {DepthDiff: 3_286}
    _assert_contiguous([event for event in _events(decoded) if isinstance(event, DepthDiff)])


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("aggTrade", "btcusdt@aggTrade"),
        ("bookDepthSnapshot", "btcusdt@depth20@100ms"),
        ("bookTicker", "btcusdt@bookTicker"),
        ("depthUpdate", "btcusdt@depth"),
        ("miniTicker", "btcusdt@miniTicker"),
        ("ticker", "btcusdt@ticker"),
        ("trade", "btcusdt@trade"),
    ],
)
def test_one_message_of_each_kind(name: str, stream: str) -> None:
    frame = b"\n".join(_lines(f"FinanceTechnologyProjects/{name}.json"))
    (decoded,) = _decoded(iter([frame]))
    assert decoded.stream == stream


@pytest.mark.parametrize(
    ("kind", "stream", "frames"),
    [("trade_stream", "trade", 10_000), ("difference_depth_stream", "depth@100ms", 2_833)],
)
def test_times_in_microseconds(kind: str, stream: str, frames: int) -> None:
    name = f"test_positive_binance_{kind}_spot_trxusdt_04-03-2025.reconstructed.jsonl.gz"
    decoded = _decoded(_frames(f"binance-data-processor/{name}", stamp_end=b" "))
    assert {each.stream for each in decoded} == {f"trxusdt@{stream}"}
    assert len(decoded) == frames
    day = range(1_741_046_400_000, 1_741_132_800_000)
    for event in _events(decoded):
        assert isinstance(event, Trade | DepthDiff)
        assert event.time_ms in day


def test_unwrapped_book_changes() -> None:
    decoded = _decoded(_frames("btcData/spot_btcusdt_raw_unwrapped_depth1000ms_20250717.jsonl"))
    assert _kinds(decoded) == {DepthDiff: 12}
    assert {each.stream for each in decoded} == {None}


# Futures


def _assert_chained(diffs: list[DepthDiff]) -> None:
    """Each diff names the one before it; its first id does not follow it, as it would on Spot."""
    for before, after in pairwise(diffs):
        assert after.previous_update_id == before.last_update_id
    assert any(b.first_update_id != a.last_update_id + 1 for a, b in pairwise(diffs))


@pytest.mark.parametrize(
    ("name", "decode", "symbol", "kinds"),
    [
        (
            "usdm_btcusdt_20240808",
            decode_usdm,
            "BTCUSDT.usdm",
            {Quote: 66_089, Trade: 21_313, DepthDiff: 6_551, PartialDepth: 1},
        ),
        (
            "cm_btcusd_perp_20240808",
            decode_coinm,
            "BTCUSD_PERP.coinm",
            {Quote: 19_136, Trade: 2_286, DepthDiff: 26_847, PartialDepth: 1},
        ),
    ],
)
def test_the_combined_frames_of_a_busy_contract(
    name: str, decode: Decode, symbol: str, kinds: dict[type, int]
) -> None:
    frames = list(_frames(f"hftbacktest/{name}.gz", stamp_end=b" "))
    decoded = _decoded(iter(frames), decode)
    assert _kinds(decoded) == kinds
    named = [each for each in decoded if each.stream is not None]
    assert {event.key.label for event in _events(named)} == {symbol}
    _assert_chained([event for event in _events(decoded) if isinstance(event, DepthDiff)])
    trades = [event for event in _events(decoded) if isinstance(event, Trade)]
    assert all(after.trade_id == before.trade_id + 1 for before, after in pairwise(trades))
    for frame, each in zip(frames, decoded, strict=True):
        if each.events and isinstance(trade := each.events[0], Trade):
            payload = orjson.loads(frame)["data"]
            assert (trade.price, trade.qty, trade.trade_id) == (payload["p"], payload["q"], payload["t"])


def test_four_kinds_of_streams_of_four_contracts() -> None:
    decoded = _decoded(_frames("cryptofeed/BINANCE_FUTURES.ws.1.0.gz", stamp_end=b": "), decode_usdm)
    assert _kinds(decoded) == {DepthDiff: 764, Quote: 613, AggTrade: 91, Candle: 67}
    symbols = {"SUSHIUSDT", "AKROUSDT", "KEEPUSDT", "CTKUSDT"}
    assert {event.key.symbol for event in _events(decoded)} == symbols
    for symbol in symbols:
        diffs = [e for e in _events(decoded) if isinstance(e, DepthDiff) and e.key.symbol == symbol]
        _assert_chained(diffs)


def test_seven_seconds_of_another_recorder() -> None:
    decoded = _decoded(_frames("collect-binancefutures/btcusdt_20220811.dat.gz", stamp_end=b" "), decode_usdm)
    assert _kinds(decoded) == {Trade: 1_326, DepthDiff: 206, PartialDepth: 1}


def test_the_frames_of_2026_to_the_digit() -> None:
    key = SymbolKey(Market.USDM, "BTCUSDT")
    decoded = _decoded(_lines("recorded_2026/usdm_2026-08-08_market_path.jsonl"), decode_usdm)
    assert [each.stream for each in decoded] == [
        "btcusdt@aggTrade",
        "btcusdt@markPrice",
        "btcusdt@kline_1m",
        "stgusdt@forceOrder",
    ]
    assert _events(decoded) == [
        AggTrade(
            key,
            agg_id=3404749954,
            first_id=7960913511,
            last_id=7960913511,
            price="64990.90",
            qty="0.002",
            side=Side.SELL,
            time_ms=1786171884471,
            event_ms=1786171884624,
            received_ms=0,
            at=0.0,
            normal_qty="0.002",
        ),
        MarkPrice(
            key,
            price="64991.37858696",
            index_price="65016.05673913",
            funding_rate="0.00003936",
            next_funding_ms=1786176000000,
            settle_price="64980.01344384",
            average_price="64991.37858696",
            time_ms=1786171884000,
            received_ms=0,
            at=0.0,
        ),
        Candle(
            key,
            interval="1m",
            utc_offset="",
            open_ms=1786173300000,
            close_ms=1786173359999,
            open="64970.80",
            high="64970.90",
            low="64969.40",
            close="64969.40",
            volume="9.090",
            quote_volume="590577.96880",
            taker_volume="3.460",
            taker_quote_volume="224795.09440",
            trades=194,
            first_id=7960920076,
            last_id=7960920277,
            closed=True,
            time_ms=1786173360960,
            received_ms=0,
            at=0.0,
        ),
        Liquidation(
            SymbolKey(Market.USDM, "STGUSDT"),
            side=Side.SELL,
            price="0.1336000",
            average_price="0.1355000",
            qty="5",
            last_qty="5",
            filled_qty="5",
            status="FILLED",
            time_ms=1786172556607,
            event_ms=1786172557615,
            received_ms=0,
            at=0.0,
        ),
    ]


def _fixtures(name: str) -> Iterator[dict[str, Any]]:
    return (orjson.loads(line) for line in _lines(f"fixtures/{name}.jsonl"))


def test_the_market_data_of_other_projects_tests_is_read_whole() -> None:
    """Each payload comes back with the digits that stand in it."""
    seen: set[type] = set()
    for each in _fixtures("nautilus_binance_futures"):
        if "/market_data_json/" not in each["file"]:
            continue
        payload = each["msg"]
        (event,) = decode_usdm(orjson.dumps(payload), 0, 0.0).events
        seen.add(type(event))
        printed = orjson.dumps(payload).decode()
        for name in ("price", "qty", "bid", "ask_qty", "close", "volume", "last", "average_price"):
            value = getattr(event, name, None)
            assert value is None or f'"{value}"' in printed
    assert seen == {AggTrade, Quote, DepthDiff, Candle, Liquidation, MarkPrice, Ticker, Trade}


_MARKET_DATA = {
    "json_agg_trade.cpp": AggTrade,
    "json_book_ticker.cpp": Quote,
    "json_depth_ack.cpp": PartialDepth,
    "json_depth_update.cpp": DepthDiff,
    "json_mark_price_update.cpp": MarkPrice,
    "json_mini_ticker.cpp": MiniTicker,
    "json_trade.cpp": Trade,
}


def test_the_market_data_of_a_trading_engines_tests_is_read_whole() -> None:
    seen: set[str] = set()
    for each in _fixtures("roq_binance_futures_messages"):
        file = each["file"].rpartition("/")[2]
        if file in _MARKET_DATA:
            seen.add(file)
            for raw in each["raw"]:
                (event,) = decode_coinm(raw, 0, 0.0).events
                assert type(event) is _MARKET_DATA[file]
    assert seen == set(_MARKET_DATA)


def test_symbols_tell_their_market_in_every_list_that_was_recorded() -> None:
    (body,) = (
        each["raw"][0]
        for each in _fixtures("roq_binance_futures_messages")
        if each["case"] == "coin_m" and each["file"].endswith("json_exchange_info_ack.cpp")
    )
    coinm = [row["symbol"] for row in orjson.loads(body)["symbols"]]
    usdm = [row["symbol"] for row in orjson.loads(_first_usdm_list())["symbols"]]
    assert len(coinm) > 1
    assert len(usdm) == 122
    assert {family_of_symbol(symbol) for symbol in coinm} == {Market.COINM}
    assert {family_of_symbol(symbol) for symbol in usdm} == {Market.USDM}


def _first_usdm_list() -> bytes:
    return next(_lines("cryptofeed/BINANCE_FUTURES.0.gz")).partition(b": ")[2]


def test_every_symbol_of_a_real_exchange_info_is_readable() -> None:
    body = next(_lines("cryptofeed/BINANCE.0.gz")).partition(b": ")[2]
    listed = orjson.loads(body)["symbols"]
    found = instruments(body)
    assert [each.key.symbol for each in found] == [row["symbol"] for row in listed]
    assert len(found) == 1_695
