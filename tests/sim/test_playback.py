"""A recording is played byte for byte at its pace, and everything else is made from it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bntui.clock import ManualClock
from bntui.sim import answers
from bntui.sim.hub import COMBINED, MICROSECONDS, Hub
from bntui.sim.playback import Playback
from bntui.sim.recording import survey
from bntui.tape import read_tape
from bntui.venue.binance.streams import parse_spot
from tests.sim.rig import RECORDINGS, Ear
from tests.sim.tape import AHEAD_MS, FRAMES, START_MS, trade, write_tape


class Deck:
    """A recording, somebody who listens, and a clock."""

    def __init__(self, *paths: Path, speed: float = 1.0, loop: bool = False) -> None:
        self.clock = ManualClock()
        self.playback = Playback(self.clock, survey(paths), speed=speed, loop=loop)
        self.hub = Hub()

    def listen(self, *names: str, shape: int = COMBINED) -> Ear:
        ear = Ear(shape)
        for name in names:
            audience = self.hub.join(name, ear)
            if audience is not None:
                self.playback.open(parse_spot(name), audience)
        return ear

    def leave(self, ear: Ear, *names: str) -> None:
        for audience in self.hub.leave(names, ear):
            self.playback.close(audience)

    def run(self, seconds: float, step_s: float = 0.01) -> None:
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            self.playback.advance()

    def depth(self) -> dict[str, Any]:
        desk = self.playback.desk("BTCUSDT")
        assert desk is not None
        body: dict[str, Any] = json.loads(answers.depth(desk, 5_000))
        return body


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return write_tape(tmp_path / "tape.gz")


def recorded(*streams: str) -> list[str]:
    """The recorded frames of some streams, in order."""
    return [frame for _, frame in FRAMES if any(f'"stream":"{name}"' in frame for name in streams)]


RECORDED = ("btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@100ms", "ethusdt@bookTicker")


# Recorded streams


def test_recorded_frames_are_sent_byte_for_byte_and_in_order(tape: Path) -> None:
    deck = Deck(tape)
    ear = deck.listen(*RECORDED)
    deck.run(62)
    assert ear.texts == recorded(*RECORDED)


def test_raw_listeners_get_the_data_part(tape: Path) -> None:
    deck = Deck(tape)
    ear = deck.listen("btcusdt@trade", shape=0)
    deck.run(62)
    assert ear.texts == [frame.partition('"data":')[2][:-1] for frame in recorded("btcusdt@trade")]


def test_nothing_is_played_before_somebody_listens_to_a_recorded_stream(tape: Path) -> None:
    deck = Deck(tape)
    before = deck.playback.now_us()
    deck.listen("btcusdt@ticker", "nosuch@trade")
    deck.run(5)
    assert deck.playback.played == 0
    assert deck.playback.now_us() == before == (START_MS + AHEAD_MS) * 1000
    assert repr(deck.playback) == f"<Playback waiting, 0 of {len(FRAMES)} frames>"
    ear = deck.listen("btcusdt@trade")
    deck.run(62)
    assert ear.texts == recorded("btcusdt@trade"), "not one trade is lost"
    assert repr(deck.playback).startswith("<Playback over")


@pytest.mark.parametrize("speed", [0.5, 1.0, 10.0])
def test_the_recorded_pace_is_kept(tape: Path, speed: float) -> None:
    deck, seen_s = Deck(tape, speed=speed), 0.0
    ear = deck.listen("btcusdt@trade")
    for until_s, heard in ((0.149, 0), (0.153, 3), (1.499, 3), (1.501, 4), (60.99, 4), (61.01, 5)):
        deck.clock.advance((until_s - seen_s) / speed)
        deck.playback.advance()
        seen_s = until_s
        assert len(ear.texts) == heard


@pytest.mark.parametrize("name", ["btcusdt@depth", "btcusdt@depth@100ms"])
def test_every_speed_of_a_book_is_the_recorded_one(tape: Path, name: str) -> None:
    deck = Deck(tape)
    ear = deck.listen(name)
    deck.run(2)
    assert [payload["u"] for payload in ear.payloads(name)] == [10, 13, 14]


def test_a_later_listener_does_not_move_the_tape(tape: Path) -> None:
    deck = Deck(tape)
    trades = deck.listen("btcusdt@trade")
    deck.run(1.2)
    quotes = deck.listen("btcusdt@bookTicker", "ethusdt@bookTicker")
    deck.run(0.31)
    assert (len(trades.texts), len(quotes.texts)) == (4, 0)


def test_two_files_play_one_after_the_other(tmp_path: Path) -> None:
    deck = Deck(write_tape(tmp_path / "1", FRAMES[:6]), write_tape(tmp_path / "2", FRAMES[6:]))
    ear = deck.listen(*RECORDED)
    deck.run(62)
    assert ear.texts == recorded(*RECORDED)


def test_too_much_at_once_slows_the_tape_and_loses_nothing(tmp_path: Path) -> None:
    frames = tuple((number, trade(number + 1, "1.0", "1.0", number)) for number in range(5_000))
    deck = Deck(write_tape(tmp_path / "tape", frames), speed=1_000)
    ear = deck.listen("btcusdt@trade")
    deck.clock.advance(5)
    deck.playback.advance()
    assert len(ear.texts) == 2_000
    assert deck.playback.now_us() == (START_MS + AHEAD_MS + 2_000) * 1000
    deck.run(2, 0.5)
    assert ear.texts == [frame for _, frame in frames]


# Time, and the end


def test_time_follows_the_tape(tape: Path) -> None:
    deck = Deck(tape, speed=10)
    deck.listen("btcusdt@trade")
    deck.run(3)
    assert deck.playback.now_us() == (START_MS + AHEAD_MS + 30_000) * 1000


def test_the_end_is_silent_and_time_goes_on(tape: Path) -> None:
    deck = Deck(tape)
    ear = deck.listen("btcusdt@trade", "btcusdt@kline_1m", "btcusdt@avgPrice")
    deck.run(70, 0.1)
    heard, now_us = len(ear.texts), deck.playback.now_us()
    deck.run(200, 0.1)
    assert len(ear.texts) == heard
    assert deck.playback.now_us() == now_us + 200_000_000


def test_a_loop_begins_again(tape: Path) -> None:
    deck = Deck(tape, loop=True, speed=10)
    ear = deck.listen("btcusdt@trade")
    deck.run(6.2 * 3)
    assert ear.texts[:15] == recorded("btcusdt@trade") * 3


def test_rewinding_begins_again_for_everything(tape: Path) -> None:
    deck = Deck(tape)
    ear = deck.listen("btcusdt@trade", "btcusdt@kline_1m")
    deck.run(62, 0.1)
    snapshot = deck.depth()
    deck.playback.rewind()
    assert deck.depth()["lastUpdateId"] == 12 < snapshot["lastUpdateId"]
    deck.run(2.5, 0.1)
    ids = [payload["t"] for payload in ear.payloads("btcusdt@trade")]
    assert ids == [701, 702, 703, 704, 705, 701, 702, 703, 704]
    assert ear.payloads("btcusdt@kline_1m")[-1]["k"]["n"] == 4
    deck.leave(ear, "btcusdt@trade")
    deck.playback.rewind()
    deck.run(5, 0.1)
    assert deck.playback.played == 0, "it waits for a listener again"


# Books


def test_the_book_is_the_snapshot_rolled_forward(tape: Path) -> None:
    deck = Deck(tape)
    assert deck.depth() == {
        "lastUpdateId": 12,
        "bids": [["100.10000000", "1.50000000"], ["100.00000000", "3.00000000"]],
        "asks": [["100.30000000", "2.00000000"], ["100.40000000", "0.01000000"]],
    }
    ear = deck.listen("btcusdt@depth@100ms", "btcusdt@depth5")
    deck.run(0.12)
    assert deck.depth()["lastUpdateId"] == 13
    deck.run(1)
    assert deck.depth() == {
        "lastUpdateId": 14,
        "bids": [
            ["100.20000000", "5.00000000"],
            ["100.10000000", "1.25000000"],
            ["100.00000000", "3.00000000"],
        ],
        "asks": [["100.40000000", "0.01000000"]],
    }
    assert ear.payloads("btcusdt@depth5")[-1] == deck.depth()


def test_without_a_snapshot_the_book_is_what_the_diffs_told(tmp_path: Path) -> None:
    frames = tuple(row for row in FRAMES if '{"lastUpdateId"' not in row[1])
    deck = Deck(write_tape(tmp_path / "tape", frames))
    assert deck.depth() == {"lastUpdateId": 7, "bids": [], "asks": []}
    deck.listen("btcusdt@trade")
    deck.run(1)
    assert deck.depth()["lastUpdateId"] == 14


def test_without_diffs_the_best_levels_are_the_book(tape: Path) -> None:
    deck = Deck(tape)
    deck.listen("btcusdt@trade")
    deck.run(1)
    desk = deck.playback.desk("ETHUSDT")
    assert desk is not None
    assert json.loads(answers.depth(desk, 5))["bids"] == [["7.12340000", "1.50000000"]]


def test_quotes_that_were_not_recorded_are_made_from_the_book(tmp_path: Path) -> None:
    frames = tuple(row for row in FRAMES if "bookTicker" not in row[1])
    deck = Deck(write_tape(tmp_path / "tape", frames))
    ear = deck.listen("btcusdt@trade", "btcusdt@bookTicker")
    deck.run(1)
    quotes = [(quote["u"], quote["b"], quote["a"]) for quote in ear.payloads("btcusdt@bookTicker")]
    assert quotes == [(13, "100.10000000", "100.40000000"), (14, "100.20000000", "100.40000000")]


# What is made from the trades


def test_aggregates_candles_and_statistics_are_made_from_the_trades(tape: Path) -> None:
    deck = Deck(tape)
    ear = deck.listen("btcusdt@trade", "btcusdt@aggTrade", "btcusdt@kline_1m", "btcusdt@ticker")
    deck.run(62)
    aggregates = ear.payloads("btcusdt@aggTrade")
    assert [(row["f"], row["l"], row["q"], row["m"]) for row in aggregates] == [
        (701, 702, "0.30000000", True),
        (703, 703, "0.10000000", True),
        (704, 704, "0.01000000", False),
        (705, 705, "2.00000000", False),
    ]
    closed = [row["k"] for row in ear.payloads("btcusdt@kline_1m") if row["k"]["x"]]
    assert [(candle["n"], candle["o"], candle["c"], candle["l"]) for candle in closed] == [
        (4, "100.10000000", "100.40000000", "100.00000000")
    ]
    ticker = ear.payloads("btcusdt@ticker")[-1]
    assert (ticker["n"], ticker["c"], ticker["F"], ticker["L"]) == (5, "100.50000000", 701, 705)
    assert Decimal(ticker["q"]) == Decimal("0.30") * Decimal("100.1") + 10 + Decimal("1.004") + 201


def test_a_trade_that_was_received_late_still_belongs_to_its_minute(tmp_path: Path) -> None:
    minute_ms = 60_000 - (START_MS + AHEAD_MS) % 60_000
    frames = (
        *FRAMES[:5],
        (minute_ms + 400, trade(702, "100.20000000", "1.00000000", minute_ms - 100)),
        (minute_ms + 5_000, trade(703, "100.30000000", "1.00000000", minute_ms + 5_000)),
    )
    deck = Deck(write_tape(tmp_path / "tape", frames))
    ear = deck.listen("btcusdt@trade", "btcusdt@kline_1m")
    deck.run(minute_ms / 1000 + 6)
    closed = [row["k"] for row in ear.payloads("btcusdt@kline_1m") if row["k"]["x"]]
    assert [(candle["n"], candle["c"]) for candle in closed] == [(2, "100.20000000")]


def test_rest_is_made_from_the_trades_too(tape: Path) -> None:
    deck = Deck(tape)
    deck.listen("btcusdt@trade")
    deck.run(62)
    desk = deck.playback.desk("BTCUSDT")
    assert desk is not None
    assert [row["id"] for row in json.loads(answers.trades(desk.pair, answers.newest_trades(desk, 3)))] == [
        703,
        704,
        705,
    ]
    candles = answers.candles_of(desk, "1m", deck.playback.now_us(), 500)
    assert [bar.trades for _, _, bar in candles] == [4, 1]
    aggregates = json.loads(answers.agg_trades(desk.pair, desk.log.from_agg(1), 10))
    assert [(row["f"], row["l"]) for row in aggregates] == [(701, 702), (703, 703), (704, 704), (705, 705)]


def test_only_recorded_symbols_are_listed(tape: Path) -> None:
    deck = Deck(tape)
    assert [pair.symbol for pair in deck.playback.pairs] == ["BTCUSDT", "ETHUSDT"]
    assert deck.playback.desk("SOLUSDT") is None
    ear = deck.listen("solusdt@trade", "!miniTicker@arr", "btcusdt@trade")
    deck.run(3)
    assert {row["s"] for rows in ear.payloads("!miniTicker@arr") for row in rows} == {"BTCUSDT"}
    deck.leave(ear, "solusdt@trade", "!miniTicker@arr", "btcusdt@trade")
    deck.run(1)


def test_what_cannot_be_made_from_trades_and_books_stays_silent(tape: Path) -> None:
    deck = Deck(tape)
    ear = deck.listen("btcusdt@blockTrade", "btcusdt@trade")
    deck.run(62, 0.1)
    assert ear.payloads("btcusdt@blockTrade") == []
    deck.leave(ear, "btcusdt@blockTrade")


# The real thing


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the real recordings are not on this machine")
def test_a_real_recording_is_played_whole_and_agrees_with_itself() -> None:
    path = RECORDINGS / "spot_btcusdt_20240808.gz"
    deck = Deck(path, speed=100)
    names = ("btcusdt@trade", "btcusdt@depth@100ms", "btcusdt@bookTicker")
    ear = deck.listen(*names)
    made = deck.listen("btcusdt@kline_1m", "btcusdt@aggTrade", "btcusdt@ticker")
    start = deck.depth()
    deck.run(4, 0.02)
    assert deck.playback.over
    lines = [line.text for line in read_tape([path])]
    assert ear.texts == [text for text in lines if text.startswith('{"stream":')]
    trades = ear.payloads("btcusdt@trade")
    closed = [row["k"] for row in made.payloads("btcusdt@kline_1m") if row["k"]["x"]]
    assert closed
    for candle in closed:
        assert candle["n"] == sum(1 for row in trades if candle["t"] <= row["T"] <= candle["T"])
    aggregates = made.payloads("btcusdt@aggTrade")
    assert sum(Decimal(row["q"]) for row in aggregates) == sum(Decimal(row["q"]) for row in trades)
    ticker = made.payloads("btcusdt@ticker")[-1]
    assert (ticker["c"], ticker["L"]) == (trades[-1]["p"], trades[-1]["t"])
    end = deck.depth()
    assert start["lastUpdateId"] == 50_093_239_218 < end["lastUpdateId"]
    diffs = ear.payloads("btcusdt@depth@100ms")
    assert end["lastUpdateId"] == diffs[-1]["u"]


def test_a_recordings_clock_cannot_be_moved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the clock of a recording cannot be moved"):
        Deck(write_tape(tmp_path / "tape")).playback.shift(1)


def test_who_asks_for_microseconds_gets_them_and_others_get_the_recorded_frames(tmp_path: Path) -> None:
    deck = Deck(write_tape(tmp_path / "tape"))
    as_recorded = deck.listen("btcusdt@trade")
    finer = deck.listen("btcusdt@trade", shape=COMBINED | MICROSECONDS)
    deck.run(2)
    trades = [frame for _, frame in FRAMES if "@trade" in frame][:4]
    assert as_recorded.texts == trades
    for text, frame in zip(finer.texts, trades, strict=True):
        recorded, given = json.loads(frame)["data"], json.loads(text)["data"]
        assert (given["E"], given["T"]) == (recorded["E"] * 1000, recorded["T"] * 1000)
        assert given | {"E": recorded["E"], "T": recorded["T"]} == recorded


def test_a_recording_in_microseconds_is_played_in_either_unit(tmp_path: Path) -> None:
    frames = tuple(
        (at, re.sub(r'"([ET])":(\d+)', r'"\1":\g<2>007', frame)) for at, frame in FRAMES if "@trade" in frame
    )
    deck = Deck(write_tape(tmp_path / "tape", frames))
    usual = deck.listen("btcusdt@trade")
    as_recorded = deck.listen("btcusdt@trade", shape=COMBINED | MICROSECONDS)
    deck.run(2)
    assert as_recorded.texts == [frame for _, frame in frames][:4]
    assert usual.texts == [frame for _, frame in FRAMES if "@trade" in frame][:4]
