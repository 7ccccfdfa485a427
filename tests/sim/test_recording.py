"""A recording is surveyed before it is played: streams, symbols, digits, clocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bntui.errors import UsageError
from bntui.sim.book import BookSide
from bntui.sim.payloads import time_us
from bntui.sim.recording import amount_e8, in_unit, set_levels, survey, take_apart
from bntui.tape import TapeLine
from tests.sim.rig import PAIR, RECORDINGS
from tests.sim.tape import FRAMES, SNAPSHOT, START_NS, combined, diff, trade, write_tape


def test_a_survey_finds_streams_symbols_and_digits(tmp_path: Path) -> None:
    found = survey([write_tape(tmp_path / "tape")])
    assert found.streams == {
        "btcusdt@depth@100ms": "BTCUSDT",
        "btcusdt@bookTicker": "BTCUSDT",
        "btcusdt@trade": "BTCUSDT",
        "ethusdt@bookTicker": "ETHUSDT",
    }
    assert (found.frames, found.skipped, found.first_ns) == (len(FRAMES), 0, START_NS)
    bitcoin, ether = found.symbols["BTCUSDT"].pair(), found.symbols["ETHUSDT"].pair()
    assert (bitcoin.tick_e8, bitcoin.step_e8, bitcoin.base, bitcoin.quote) == (
        10_000_000,
        1_000_000,
        "BTC",
        "USDT",
    )
    assert (ether.tick_e8, ether.step_e8) == (10_000, 10_000_000)


def test_a_survey_finds_snapshot_trades_and_aggregates(tmp_path: Path) -> None:
    known = survey([write_tape(tmp_path / "tape")]).symbols["BTCUSDT"]
    assert known.snapshot is not None
    assert known.snapshot["lastUpdateId"] == 12
    assert (known.depth_stream, known.depth_ids) == ("btcusdt@depth@100ms", (8, 14))
    assert (known.first_id, known.first_price_e8) == (701, 10_010_000_000)
    assert list(known.aggregates) == [702, 703, 704, 705]


def test_the_exchanges_clock_is_ahead_of_every_event(tmp_path: Path) -> None:
    found = survey([write_tape(tmp_path / "tape")])
    assert found.ahead_us == 1_270_000
    assert found.slowest_us == 1_270_000 - 1_270_000 + 12_000


def test_a_snapshot_goes_to_the_symbol_whose_diffs_it_joins(tmp_path: Path) -> None:
    other = diff(500, 600, 0, [], [["7.10000000", "1.00000000"]]).replace("btcusdt", "ethusdt")
    frames = ((0, other), *FRAMES)
    found = survey([write_tape(tmp_path / "tape", frames)])
    assert found.symbols["BTCUSDT"].snapshot is not None
    assert found.symbols["ETHUSDT"].snapshot is None


def test_other_lines_are_counted_and_skipped(tmp_path: Path) -> None:
    frames = ((0, '{"result":null,"id":1}'), (1, "[]"), *FRAMES)
    assert survey([write_tape(tmp_path / "tape", frames)]).skipped == 2


def test_several_files_are_one_recording(tmp_path: Path) -> None:
    paths = [write_tape(tmp_path / "1", FRAMES[:5]), write_tape(tmp_path / "2", FRAMES[5:])]
    assert (
        survey(paths).symbols["BTCUSDT"].aggregates
        == survey([write_tape(tmp_path / "3")]).symbols["BTCUSDT"].aggregates
    )


@pytest.mark.parametrize(
    ("frame", "complaint"),
    [
        ('{"result":null}', "no frame of a stream to play"),
        (SNAPSHOT, "no frame of a stream to play"),
        (combined("btcusdt@trade", {"e": "trade", "p": "1"}), "Frame 1 of the recording"),
        ('{"stream":"btcusdt@trade","data":{"e":}}', "Frame 1 of the recording"),
        ('{"stream":"btcusdt@trade","data":[]}', "Frame 1 of the recording"),
        (trade(1, "abc", "1", 0), "Frame 1 of the recording"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(frame: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=complaint):
        survey([write_tape(tmp_path / "tape", ((0, frame),))])


def test_frames_are_taken_apart_byte_for_byte() -> None:
    text = '{"stream":"a@trade","data":{"x" : "}"}}'
    frame = take_apart(TapeLine(5, text))
    assert frame is not None
    assert (frame.stream, frame.payload, frame.text, frame.fields()) == (
        "a@trade",
        '{"x" : "}"}',
        text,
        {"x": "}"},
    )
    snapshot = take_apart(TapeLine(5, SNAPSHOT))
    assert snapshot is not None
    assert (snapshot.stream, snapshot.payload) == ("", SNAPSHOT)
    assert take_apart(TapeLine(5, '{"id":1}')) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"stream": "btcusdt@trade", "data": {"e":"trade","s":"BTCUSDT"}}',
        '{"data":{"e":"trade","s":"BTCUSDT"},"stream":"btcusdt@trade"}',
        '{"e":"trade","s":"BTCUSDT"}',
    ],
)
def test_frames_in_other_forms_go_out_as_the_exchange_sends_them(text: str) -> None:
    frame = take_apart(TapeLine(5, text))
    assert frame is not None
    assert (frame.stream, frame.payload) == ("btcusdt@trade", '{"e":"trade","s":"BTCUSDT"}')
    assert frame.text == '{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT"}}'


@pytest.mark.parametrize(
    ("payload", "stream"),
    [
        ('{"e":"depthUpdate","s":"BTCUSDT","U":1,"u":2,"b":[],"a":[]}', "btcusdt@depth"),
        ('{"e":"kline","s":"BTCUSDT","k":{"i":"5m"}}', "btcusdt@kline_5m"),
        ('{"e":"24hrTicker","s":"BTCUSDT"}', "btcusdt@ticker"),
        ('{"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"}', "btcusdt@bookTicker"),
    ],
)
def test_a_raw_frame_says_which_stream_it_came_from(payload: str, stream: str) -> None:
    frame = take_apart(TapeLine(5, payload))
    assert frame is not None
    assert frame.stream == stream


@pytest.mark.parametrize("text", ['{"e":"newKind","s":"BTCUSDT"}', "[1]", '{"s":1}', '{"e":', "hello"])
def test_other_texts_are_no_frames(text: str) -> None:
    assert take_apart(TapeLine(5, text)) is None


def test_a_snapshot_goes_to_the_symbol_that_was_asked_for() -> None:
    frame = take_apart(TapeLine(5, SNAPSHOT, "https://api.binance.com/api/v3/depth?symbol=ethusdt&limit=5"))
    assert frame is not None
    assert frame.symbol == "ETHUSDT"


def test_numbers_and_times() -> None:
    assert [amount_e8(text) for text in ("1", "0.5", "61837.63000000", "0.00000001")] == [
        100_000_000,
        50_000_000,
        6_183_763_000_000,
        1,
    ]
    assert (time_us(1_723_161_255_342), time_us(1_723_161_255_342_017)) == (
        1_723_161_255_342_000,
        1_723_161_255_342_017,
    )


def test_levels_are_set_in_ticks_and_steps() -> None:
    asks = BookSide()
    set_levels(asks, PAIR, [["100.10", "0.5"], ["100.20", "1"], ["100.10", "0"]], -1)
    assert asks.steps == {-10_020: 100_000}


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the real recordings are not on this machine")
def test_the_real_recordings_are_surveyed() -> None:
    found = survey(sorted(RECORDINGS.glob("spot_btcusdt_*.gz")))
    known = found.symbols["BTCUSDT"]
    assert (found.frames, found.skipped) == (99_574, 0)
    assert known.pair().tick_e8 == 1_000_000
    assert known.pair().step_e8 == 100
    assert known.snapshot is not None
    assert 1_270_000 < found.ahead_us < 1_280_000
    assert 0 < found.slowest_us < 300_000


def test_times_are_given_in_the_wanted_unit_and_ids_left_alone() -> None:
    trade = '{"e":"trade","E":1723161254001,"s":"BTCUSDT","t":1723161254001,"T":1723161254000,"m":true}'
    finer = '{"e":"trade","E":1723161254001000,"s":"BTCUSDT","t":1723161254001,"T":1723161254000000,"m":true}'
    assert in_unit(trade, True) == finer
    assert in_unit(finer, False) == trade
    assert (in_unit(trade, False), in_unit(finer, True)) == (trade, finer)
    candle = '{"e":"kline","E":1723161254001,"k":{"t":1723161240000,"n":5}}'
    assert json.loads(in_unit(candle, True)) == {
        "e": "kline",
        "E": 1723161254001000,
        "k": {"t": 1723161240000000, "n": 5},
    }
