from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.wire.messages import Rotate
from tests.support import market
from tests.support.viewing import SILENCE_S, desk


def test_now_is_the_engines_clock() -> None:
    at = desk(market.calm())
    at.clock.advance(2.5)
    assert at.app.viewer.now() == market.NOW + 2.5


@pytest.mark.parametrize(("offset_ms", "ahead_ms"), [(None, 0), (1_500.4, 1_500), (-300.0, -300)])
def test_candles_end_by_the_exchanges_clock(offset_ms: float | None, ahead_ms: int) -> None:
    calm = market.calm()
    assert calm.health is not None
    at = desk(replace(calm, health=replace(calm.health, clock_offset_ms=offset_ms)))
    assert at.app.viewer.exchange_ms() - at.clock.wall_ms() == ahead_ms


def test_it_is_dark_until_the_engine_answers_and_whenever_it_does_not() -> None:
    at = desk()
    seen = [at.app.viewer.is_dark]
    at.mirror.apply(market.calm(), at.clock.monotonic())
    seen.append(at.app.viewer.is_dark)
    at.clock.advance(SILENCE_S)
    seen.append(at.app.viewer.is_dark)
    at.answer()
    seen.append(at.app.viewer.is_dark)
    at.mirror.lost("closed")
    seen.append(at.app.viewer.is_dark)
    assert seen == [True, False, True, False, True]


def test_a_blind_engine_is_not_a_dark_one() -> None:
    assert not desk(market.troubled()).app.viewer.is_dark


def test_commands_go_out_with_words_and_only_to_an_engine_that_answers() -> None:
    at = desk(market.calm())
    viewer = at.app.viewer
    assert viewer.send(Rotate(1), "Asked.")
    assert viewer.board.current(at.clock.monotonic()) == ("Asked.", False)
    at.clock.advance(SILENCE_S)
    assert not viewer.send(Rotate(2), "Asked.")
    said = viewer.board.current(at.clock.monotonic())
    assert said is not None
    assert said[1]
    assert at.sent == [Rotate(1)]


def test_a_restarted_engine_knows_ticks_as_the_one_before_it_did() -> None:
    at = desk(market.calm())
    key = market.key_of("BTCUSDT")
    known = at.app.viewer.instrument(key)
    assert known is not None
    anew = replace(market.calm(), epoch="another", instruments=[])
    at.mirror.apply(anew, at.clock.monotonic())
    assert not at.mirror.instruments
    assert at.app.viewer.instrument(key) == known
    other = replace(known, price_decimals=1)
    at.mirror.apply(replace(anew, full=False, seq=2, instruments=[other]), at.clock.monotonic())
    assert at.app.viewer.instrument(key) == other
    assert at.app.viewer.instrument(market.key_of("ETHUSDT")) is None


def test_the_place_is_what_the_engine_says_it_is() -> None:
    assert desk().app.viewer.place == "binance main"
    at = desk(market.calm())
    at.app.viewer.environment = "something else"
    assert at.app.viewer.place == "binance main"


def test_symbols_are_flipped_in_the_order_they_were_opened_from() -> None:
    viewer = desk(market.calm()).app.viewer
    btc, eth, sol = (market.key_of(symbol) for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT"))
    viewer.flip_order, viewer.open_symbol = (sol, btc, eth), btc
    assert [viewer.flipped(step) for step in (-1, 1)] == [sol, eth]


def test_flipping_goes_round_and_through_symbols_that_came_later() -> None:
    viewer = desk(market.calm()).app.viewer
    first, last = viewer.mirror.watchlist[0], viewer.mirror.watchlist[-1]
    viewer.flip_order, viewer.open_symbol = (first,), first
    assert viewer.flipped(1) == viewer.mirror.watchlist[1]
    assert viewer.flipped(-1) == last


def test_from_a_symbol_that_is_not_listed_flipping_begins_at_an_end() -> None:
    viewer = desk(market.calm()).app.viewer
    viewer.open_symbol = market.key_of("GONEUSDT")
    assert viewer.flipped(1) == viewer.mirror.watchlist[0]
    assert viewer.flipped(-1) == viewer.mirror.watchlist[-1]
    assert desk(replace(market.calm(), watchlist=[], rows=[])).app.viewer.flipped(1) is None
