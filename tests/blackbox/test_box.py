"""The whole black box: no secret in it, no harm to the engine, and raw frames where they are wanted."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.blackbox.box import ALWAYS, BlackBox
from bntui.blackbox.records import Closed, Record, decode
from bntui.blackbox.segments import RAW_SUFFIX, SUFFIX, read_lines, segments
from bntui.clock import ManualClock
from bntui.feed.user import UserFeed
from bntui.model.access import UserMethod
from bntui.model.delta import Delta, NumberedFill
from bntui.model.judged import VerdictView
from bntui.model.markets import Market, SymbolKey
from bntui.model.states import Grade
from bntui.store.store import Store
from bntui.tape import read_tape
from bntui.wire.messages import Welcome
from tests.model.build import T0_MS, quote, trade
from tests.support.accounts import fill
from tests.support.userexchange import API_KEY, LISTEN_KEY, SECRET, UserRig

WELCOME = Welcome("1.0", "e1", 1, T0_MS, "demo")


def lines_of(folder: Path, suffix: str = SUFFIX) -> list[bytes]:
    return [line for segment in segments(folder, suffix) for line in read_lines(segment.path)]


def records_of(folder: Path) -> list[Record]:
    return [decode(line) for line in lines_of(folder)]


@pytest.mark.parametrize(
    ("market", "method"),
    [(Market.SPOT, UserMethod.SIGNATURE), (Market.USDM, UserMethod.LISTEN_KEY)],
    ids=["by signature", "by listen key"],
)
async def test_no_secret_is_ever_recorded(tmp_path: Path, market: Market, method: UserMethod) -> None:
    rig = UserRig(tmp_path, market, method)
    box = BlackBox(tmp_path / "box", rig.clock, raw=True)
    store = Store("e1", T0_MS)
    box.watch(store, WELCOME)
    rig.feed = UserFeed(replace(rig.parts, transport=box.tap.around(rig.exchange)))
    async with rig:
        await rig.live()
        (line, *_) = rig.exchange.open_lines
        line.say({"e": "listenKeyExpired", "listenKey": LISTEN_KEY, "signature": "s1gnature", "E": 1})
        line.drop(1008, f"listenKey={LISTEN_KEY} is not valid; apiKey={API_KEY}")
        await rig.until_lines(2)
        store.apply(rig.events)
        box.look()
    store.apply(rig.events)
    box.close()
    written = b"".join(lines_of(tmp_path / "box") + lines_of(tmp_path / "box", RAW_SUFFIX))
    assert b"1008" in written, "the end of the connection is there"
    for secret in (API_KEY, SECRET, LISTEN_KEY, "s1gnature"):
        assert secret.encode() not in written


def test_ends_of_connections_are_kept_from_the_moment_on_at_which_a_store_is_watched(tmp_path: Path) -> None:
    clock = ManualClock(wall_ms=T0_MS)
    box = BlackBox(tmp_path, clock)
    box.look()
    assert not segments(tmp_path)
    box.watch(Store("e1", T0_MS), WELCOME)
    assert box.tap.on_closed is not None
    box.tap.on_closed("example", 1006, "no close frame", False)
    box.close()
    assert Closed(T0_MS, "example", 1006, "no close frame", False) in records_of(tmp_path)


def test_raw_frames_are_a_tape(tmp_path: Path) -> None:
    clock = ManualClock(wall_ms=T0_MS)
    box = BlackBox(tmp_path, clock, raw=True)
    box.watch(Store("e1", T0_MS), WELCOME)
    assert box.tap.on_frames is not None
    box.tap.on_frames([b'{"a":1}', b'{"b":\n2}'])
    box.look()
    clock.advance(0.5)
    box.tap.on_frames([b'{"c":3}'])
    box.close()
    (segment,) = segments(tmp_path, RAW_SUFFIX)
    assert [(line.received_ns, line.text) for line in read_tape([segment.path])] == [
        (T0_MS * 1_000_000, '{"a":1}'),
        ((T0_MS + 500) * 1_000_000, '{"c":3}'),
    ]


def test_a_defect_ends_the_recording_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> float:
        raise RuntimeError("a defect")

    clock = ManualClock()
    box = BlackBox(tmp_path, clock)
    box.watch(Store("e1", T0_MS), WELCOME)
    monkeypatch.setattr(clock, "monotonic", broken)
    box.look()
    box.look()
    assert [record.message for record in caplog.records] == [
        "the black box broke: it records no more until bntui is started anew"
    ]
    box.close()


def test_a_day_of_a_busy_market_fits_into_what_is_kept(tmp_path: Path) -> None:
    """Two minutes of a hundred symbols that trade and quote each second, and a fill every other."""
    rng, clock = random.Random(11), ManualClock(wall_ms=T0_MS)
    box = BlackBox(tmp_path, clock)
    store = Store("e1", T0_MS)
    box.watch(store, WELCOME)
    keys = [SymbolKey(Market.SPOT, f"COIN{n}USDT") for n in range(100)]
    store.set_watchlist(keys)
    prices = dict.fromkeys(keys, 50_000.0)
    for second in range(120):
        now = clock.monotonic()
        for n, key in enumerate(keys):
            prices[key] *= 1 + rng.gauss(0, 1e-4)
            at, number = now - rng.random(), 1_000 * second + n
            store.apply(
                [
                    quote(key, f"{prices[key]:.2f}", f"{prices[key] + 0.01:.2f}", number, at),
                    trade(key, number, f"{prices[key]:.2f}", T0_MS + 1_000 * second, at),
                ]
            )
        store.accounts.add_fills([NumberedFill(second + 1, fill(second + 1))] * (second % 2))
        store.set_verdict(VerdictView(Grade.LIVE, f"LIVE 300/300 streams ({rng.randrange(40)} quiet)", 0.0))
        for _ in range(4):
            box.look()
            clock.advance(0.25)
    box.close()
    size = sum(segment.path.stat().st_size for segment in segments(tmp_path))
    assert sum(isinstance(record, Delta) for record in records_of(tmp_path)) >= 120
    assert size * 24 * 30 < ALWAYS.most_bytes
