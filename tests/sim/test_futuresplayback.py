"""Recordings of the futures are played byte for byte, and a book that joins anywhere stays right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.errors import UsageError
from bntui.model.markets import Market
from bntui.sim import futuresanswers
from bntui.sim.building import SimConfig, built
from bntui.sim.futuresplayback import FuturesPlayback
from bntui.sim.hub import Hub
from bntui.sim.recording import survey
from bntui.tape import TapeWriter, read_tape
from bntui.venue.base import StreamSpec
from bntui.venue.binance.futures_streams import parse_coinm, parse_usdm
from tests.sim.rig import RECORDINGS, Ear, running
from tests.sim.tape import START_MS, START_NS, combined

FOLDER = RECORDINGS.parent


class Deck:
    """A recording of the futures, somebody who listens, and a clock."""

    def __init__(self, *paths: Path, speed: float = 1.0) -> None:
        self.clock = ManualClock()
        self.recording = survey(paths)
        self.playback = FuturesPlayback(self.clock, self.recording, speed=speed)
        self.hub = Hub()

    def parse(self, name: str) -> StreamSpec:
        return (parse_coinm if self.recording.market is Market.COINM else parse_usdm)(name)

    def listen(self, *names: str) -> Ear:
        ear = Ear()
        for name in names:
            audience = self.hub.join(name, ear)
            assert audience is not None
            self.playback.open(self.parse(name), audience)
        return ear

    def run(self, seconds: float, step_s: float = 0.02) -> None:
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            self.playback.advance()

    def depth(self, symbol: str) -> dict[str, Any]:
        desk = self.playback.desk(symbol)
        assert desk is not None
        body: dict[str, Any] = json.loads(futuresanswers.depth(desk, 1_000, self.playback.now_us()))
        return body


def usdm(stream: str, at_ms: int, **fields: object) -> tuple[int, str]:
    moment = {"E": START_MS + at_ms, "T": START_MS + at_ms - 2, "s": stream.partition("@")[0].upper()}
    return at_ms, combined(stream, {**fields, **moment})


def trade(trade_id: int, at_ms: int, price: str, quantity: str = "0.100") -> tuple[int, str]:
    return usdm("btcusdt@trade", at_ms, e="trade", t=trade_id, p=price, q=quantity, X="MARKET", m=False)


def diff(first: int, last: int, previous: int, at_ms: int, bid: str) -> tuple[int, str]:
    changes = {"U": first, "u": last, "pu": previous, "b": [[bid, "1.000"]], "a": [["61900.00", "2.000"]]}
    return usdm("btcusdt@depth@0ms", at_ms, e="depthUpdate", **changes)


SNAPSHOT = '{"lastUpdateId":25,"E":1,"T":1,"bids":[["61800.20","2.500"]],"asks":[["61900.00","1.500"]]}'
FRAMES = (
    diff(11, 15, 8, 0, "61700.00"),
    usdm("btcusdt@bookTicker", 5, e="bookTicker", u=26, b="61800.20", B="1.0", a="61900.00", A="2.0"),
    (10, SNAPSHOT),
    diff(21, 30, 15, 100, "61810.00"),
    trade(701, 150, "61810.00"),
    trade(702, 190, "61810.00"),
    trade(703, 260, "61810.00"),
    diff(41, 44, 30, 300, "61820.00"),
    trade(704, 900, "61820.00"),
    trade(705, 61_500, "61830.00"),
)


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    path = tmp_path / "tape.gz"
    with TapeWriter(path) as writer:
        for at_ms, frame in FRAMES:
            writer.write(START_NS + at_ms * 1_000_000, frame)
    return path


# What is made of a small recording


def test_a_recording_says_which_market_it_is_of(tape: Path) -> None:
    recording = survey([tape])
    pair = FuturesPlayback(ManualClock(), recording).pairs[0]
    assert recording.market is Market.USDM
    assert (pair.price(618_102), pair.quantity(1)) == ("61810.20", "0.100")
    assert pair.contract is not None
    assert pair.contract.kind == "PERPETUAL"


@pytest.mark.parametrize("speed", ["", "@100ms", "@500ms", "@0ms"])
def test_every_speed_of_a_book_is_the_recorded_one(tape: Path, speed: str) -> None:
    deck = Deck(tape)
    ear = deck.listen(f"btcusdt@depth{speed}")
    deck.run(1)
    assert [diff["u"] for diff in ear.payloads(f"btcusdt@depth{speed}")] == [15, 30, 44]


def test_a_snapshot_is_rolled_forward_by_the_changes_that_follow_it(tape: Path) -> None:
    deck = Deck(tape)
    assert deck.depth("BTCUSDT")["lastUpdateId"] == 25
    deck.listen("btcusdt@depth")
    deck.run(0.2)
    book = deck.depth("BTCUSDT")
    assert (book["lastUpdateId"], book["bids"][0], book["asks"]) == (
        30,
        ["61810.00", "1.000"],
        [["61900.00", "2.000"]],
    )
    deck.run(0.2)
    assert deck.depth("BTCUSDT")["lastUpdateId"] == 44


def test_aggregates_candles_and_statistics_are_made_from_the_trades(tape: Path) -> None:
    deck = Deck(tape)
    names = ("btcusdt@aggTrade", "btcusdt@kline_1m", "btcusdt_perpetual@continuousKline_1m", "btcusdt@ticker")
    ear = deck.listen("btcusdt@trade", *names)
    deck.run(64, 0.05)
    aggregates = ear.payloads("btcusdt@aggTrade")
    assert [(agg["f"], agg["l"], agg["q"], agg["nq"]) for agg in aggregates] == [
        (701, 702, "0.200", "0.200"),
        (703, 703, "0.100", "0.100"),
        (704, 704, "0.100", "0.100"),
        (705, 705, "0.100", "0.100"),
    ]
    for name in names[1:3]:
        (closed,) = (candle["k"] for candle in ear.payloads(name) if candle["k"]["x"])
        assert (closed["n"], closed["c"], closed["v"]) == (4, "61820.00", "0.400")
    ticker = ear.payloads("btcusdt@ticker")[-1]
    assert (ticker["c"], ticker["L"], ticker["st"]) == ("61830.00", 705, 1)


def test_a_mark_price_is_the_middle_of_the_book_and_nothing_is_invented_beside_it(tape: Path) -> None:
    deck = Deck(tape)
    unknown = ("btcusdt@forceOrder", "!forceOrder@arr", "btcusdt@rpiDepth@500ms", "!contractInfo")
    ear = deck.listen("btcusdt@depth", "btcusdt@markPrice@1s", *unknown)
    deck.run(3)
    mark = ear.payloads("btcusdt@markPrice@1s")[-1]
    assert (mark["p"], mark["i"], mark["r"], mark["T"]) == (
        "61860.00000000",
        "61860.00000000",
        "0.00000000",
        0,
    )
    assert all(ear.payloads(name) == [] for name in unknown)
    assert deck.playback.trade_steps("BTCUSDT") == 0


def test_where_only_aggregates_were_recorded_candles_and_statistics_are_made_of_them(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    with TapeWriter(path) as writer:
        for place, (first, last, price) in enumerate(((701, 703, "7.6110"), (704, 704, "7.6120"))):
            fields = {
                "e": "aggTrade",
                "a": 5 + place,
                "p": price,
                "q": "30",
                "f": first,
                "l": last,
                "m": True,
            }
            at_ms, frame = usdm("sushiusdt@aggTrade", 100 * place, st=1, **fields)
            writer.write(START_NS + at_ms * 1_000_000, frame)
    deck = Deck(path)
    ear = deck.listen("sushiusdt@aggTrade", "sushiusdt@kline_1m", "sushiusdt@ticker")
    deck.run(3)
    candle = ear.payloads("sushiusdt@kline_1m")[-1]["k"]
    assert (candle["f"], candle["L"], candle["n"], candle["v"]) == (701, 704, 4, "60")
    assert (candle["o"], candle["c"], candle["V"]) == ("7.6110", "7.6120", "0")
    assert ear.payloads("sushiusdt@ticker")[-1]["c"] == "7.6120"


async def test_it_is_served_on_the_paths_of_its_market(tape: Path) -> None:
    async with running(replay=(tape,)) as rig:
        assert list(rig.sim.urls.as_json()) == ["usdm"]
        assert rig.sim.exchange.house.market is Market.USDM
        book = (await rig.rest.get("/fapi/v1/depth?symbol=BTCUSDT&limit=5")).json()
        assert book["lastUpdateId"] == 25
        held = await rig.rest.get("/fapi/v1/openInterest?symbol=BTCUSDT")
        assert (held.status_code, held.json()["code"]) == (400, -1122)
        assert (await rig.rest.post("/_sim/rewind")).json() == {}


def test_a_recording_of_another_market_than_was_asked_for_is_refused_in_words(tape: Path) -> None:
    with pytest.raises(UsageError, match="recording of usdm, and --market names another"):
        built(SimConfig(replay=(tape,), markets=(Market.COINM,)), ManualClock())


# The real things


class Book:
    """A local book that is kept by the futures' rule, and counts how often it was wrong."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.sides: dict[str, dict[float, str]] = {"b": {}, "a": {}}
        self.joined = False
        self.last: int = snapshot["lastUpdateId"]
        self.put("b", snapshot["bids"])
        self.put("a", snapshot["asks"])

    def put(self, side: str, levels: list[list[str]]) -> None:
        for price, quantity in levels:
            if float(quantity):
                self.sides[side][float(price)] = quantity
            else:
                self.sides[side].pop(float(price), None)

    def take(self, diff: dict[str, Any]) -> None:
        if not self.joined:
            if diff["u"] < self.last:
                return
            assert diff["U"] <= self.last <= diff["u"] or diff["pu"] == self.last
            self.joined = True
        else:
            assert diff["pu"] == self.last
        self.put("b", diff["b"])
        self.put("a", diff["a"])
        self.last = diff["u"]

    def best(self) -> tuple[float, str, float, str]:
        bid, ask = max(self.sides["b"]), min(self.sides["a"])
        return bid, self.sides["b"][bid], ask, self.sides["a"][ask]


REAL = {
    "usdm": (["hftbacktest/usdm_btcusdt_20240808.gz"], ["BTCUSDT"], 200.0),
    "coinm": (["hftbacktest/cm_btcusd_perp_20240808.gz"], ["BTCUSD_PERP"], 200.0),
    "cryptofeed": (
        ["cryptofeed/BINANCE_FUTURES.http.0.0.gz", "cryptofeed/BINANCE_FUTURES.ws.1.0.gz"],
        ["SUSHIUSDT", "AKROUSDT", "KEEPUSDT", "CTKUSDT"],
        20.0,
    ),
}


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the real recordings are not on this machine")
@pytest.mark.parametrize(("name", "join_s"), [("usdm", 0.5), ("coinm", 0.5), ("cryptofeed", 0.0)])
def test_a_real_recording_is_played_whole_and_its_books_are_right(name: str, join_s: float) -> None:
    files, symbols, speed = REAL[name]
    paths = [FOLDER / file for file in files]
    deck = Deck(*paths, speed=speed)
    streams = [f"{symbol.lower()}@{kind}" for symbol in symbols for kind in ("depth", "bookTicker", "trade")]
    ear = deck.listen(*streams)
    deck.run(join_s)
    books = {symbol: Book(deck.depth(symbol)) for symbol in symbols}
    while not deck.playback.over:
        deck.run(0.2)
    messages = [(text, orjson.loads(text)["data"]) for text in ear.texts]
    checks = 0
    quotes: dict[tuple[str, int], tuple[float, str, float, str]] = {}
    for _, data in messages:
        if data["e"] == "bookTicker":
            best = (float(data["b"]), data["B"], float(data["a"]), data["A"])
            quotes[data["s"], data["u"]] = best
    for _, data in messages:
        if data["e"] == "depthUpdate":
            book = books[data["s"]]
            book.take(data)
            if book.joined and (best_then := quotes.get((data["s"], book.last))) is not None:
                assert book.best() == best_then
                checks += 1
    assert all(book.joined for book in books.values())
    assert checks > (3 if name == "cryptofeed" else 200)
    recorded = [line.text for line in read_tape(paths) if '@trade"' in line.text[:60]]
    assert [text for text, data in messages if data["e"] == "trade"] == recorded
