from __future__ import annotations

from bntui.wire.messages import Rotate
from tests.support import market
from tests.support.viewing import SILENCE_S, desk


def test_now_is_the_engines_clock() -> None:
    at = desk(market.calm())
    at.clock.advance(2.5)
    assert at.app.viewer.now() == market.NOW + 2.5


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


def test_the_place_is_what_the_engine_says_it_is() -> None:
    assert desk().app.viewer.place == "binance main"
    at = desk(market.calm())
    at.app.viewer.environment = "something else"
    assert at.app.viewer.place == "binance main"
