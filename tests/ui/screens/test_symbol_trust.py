from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.panels import PanelsDelta
from bntui.model.states import BookState, StreamState
from tests.support import market
from tests.support.opened import book, opened, panels, status
from tests.ui.screens.sitting import sitting

BTC = market.key_of("BTCUSDT")


async def test_a_book_that_is_built_anew_is_faint_with_its_reason_and_the_rest_is_not() -> None:
    bad = status(state=BookState.RESYNC, reason="an update is missing", since=market.NOW - 3)
    async with sitting(opened(book=replace(book(), status=bad))) as (at, _):
        assert "◐ resync for 3s" in at.symbol.ladder.text
        assert "an update is missing" in at.symbol.ladder.text
        assert "● live" in at.symbol.tape.text


async def test_a_stale_stream_of_trades_dims_the_tape() -> None:
    delta = opened()
    streams = [
        replace(stream, state=StreamState.STALE, since=market.NOW - 38)
        if stream.name == "btcusdt@trade"
        else stream
        for stream in delta.streams
    ]
    async with sitting(replace(delta, streams=streams), 80, 24) as (at, pilot):
        assert " Trades ✖ " in at.line("#second")
        await pilot.press("tab")
        assert "✖ stale for 38s" in at.symbol.tape.text


@pytest.mark.parametrize("status_word", ["BREAK", "HALT"])
async def test_a_symbol_that_was_halted_while_open_says_so_and_dims(status_word: str) -> None:
    async with sitting() as (at, pilot):
        halted = market.instrument("BTCUSDT", "BTC", "USDT", "0.01", status_word)
        at.answer(instruments=[halted])
        await at.frame(pilot)
        assert "✖ not trading" in at.line("#heading")
        assert status_word in at.line("#second")
        assert "✖ not trading" in at.symbol.ladder.text
        assert "✖ not trading" in at.symbol.tape.text


async def test_a_symbol_that_was_delisted_while_open_says_so() -> None:
    async with sitting() as (at, pilot):
        at.answer(instruments=[each for each in market.instruments() if each.key != BTC])
        await at.frame(pilot)
        assert "✖ not listed" in at.line("#heading")


async def test_a_silent_engine_dims_everything() -> None:
    async with sitting() as (at, pilot):
        at.clock.advance(7)
        await at.frame(pilot)
        assert "silent" in at.line("#heading")
        assert "does not answer" in at.line("#second")
        assert "✖ silent" in at.symbol.ladder.text
        assert "✖ silent" in at.symbol.tape.text


async def test_an_engine_that_comes_anew_fills_the_panels_again() -> None:
    async with sitting() as (at, pilot):
        at.mirror.apply(replace(market.calm(), epoch="other"), at.clock.monotonic())
        await at.frame(pilot)
        assert "opening" in at.symbol.ladder.text
        at.answer(epoch="other", panels=panels(), books=[status()])
        await at.frame(pilot)
        assert "spread 0.01" in at.symbol.ladder.text


async def test_a_symbol_of_which_nothing_is_known_yet_breaks_nothing() -> None:
    bare = replace(market.calm(), streams=[], instruments=[], rows=[])
    async with sitting(replace(bare, panels=PanelsDelta(BTC.market, "BTCUSDT", True))) as (at, _):
        assert "no prices yet" in at.line("#heading")
        assert "opening" in at.symbol.ladder.text
