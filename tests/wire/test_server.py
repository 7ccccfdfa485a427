"""The engine's side: one answer a question, no faster than asked, and nobody harms anybody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.model.markets import Market
from bntui.wire import server as server_module
from bntui.wire.carrier import SocketListener, connect, memory_pair
from bntui.wire.messages import (
    Bye,
    Hello,
    Message,
    Pull,
    Refused,
    Rotate,
    TailLines,
    TailPull,
    Unwatch,
    Watch,
)
from tests.model.build import BTC, ETH, quote
from tests.wire.serving import HELLO, WELCOME, Engine, Viewer, greeted, running, soon

# Hello


async def test_a_viewer_that_means_the_same_is_welcome() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        delta = await viewer.pull()

        assert delta.full
        assert (delta.now, delta.wall_ms) == (engine.clock.monotonic(), engine.clock.wall_ms())
        assert engine.viewers == [1]


@pytest.mark.parametrize(
    ("hello", "words"),
    [
        (replace(HELLO, version="9.9"), ["0.1", "9.9"]),
        (replace(HELLO, fingerprint="f2", description="testnet"), ["binance main", "testnet"]),
    ],
)
async def test_a_viewer_that_means_something_else_is_refused_naming_both(
    hello: Hello, words: list[str]
) -> None:
    async with running() as (engine, come, _):
        viewer = await come()
        await viewer.say(hello)
        refusal = await viewer.hear()

        assert isinstance(refusal, Refused)
        assert all(word in refusal.reason for word in words)
        assert refusal.hint
        assert await viewer.hear() is None
        assert engine.viewers == []


async def test_one_viewer_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MOST_VIEWERS", 1)
    async with running() as (_, come, _):
        first = await greeted(come)
        second = await come()
        await second.say(HELLO)
        refusal = await second.hear()
        assert isinstance(refusal, Refused)
        assert (await first.pull()).full


async def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HELLO_WAIT_S", 0.01)
    async with running() as (_, come, _):
        viewer = await come()

        assert await viewer.hear() is None


# Pull


async def test_what_is_dirty_is_answered_at_once() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        engine.store.apply([quote(BTC, bid="1.0")])

        assert [row.bid for row in (await viewer.pull(seq)).rows] == ["1.0"]


async def test_a_pull_has_what_waits_in_the_connections_in_its_answer() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        first = await viewer.pull()
        # Something else has changed, so that nobody would wait for the quote.
        engine.store.set_watchlist([BTC, ETH])
        engine.unread = [quote(bid="100.5")]
        delta = await viewer.pull(first.seq)
        assert {row.symbol: row.bid for row in delta.rows} == {"BTCUSDT": "100.5", "ETHUSDT": None}


async def test_a_pull_waits_for_a_change() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        await viewer.say(Pull(seq, "e1"))
        await viewer.hears_nothing()
        engine.store.apply([quote(BTC, bid="1.0")])
        answer = await viewer.hear_delta()

        assert [row.bid for row in answer.rows] == ["1.0"]
        await viewer.say(Pull(answer.seq, "e1"))
        await viewer.hears_nothing()


async def test_a_pull_is_answered_empty_when_nothing_changes() -> None:
    async with running(pull_wait_s=0.02) as (_, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        delta = await viewer.pull(seq)

        assert not delta.full
        assert delta.rows == []
        assert delta.seq > seq


async def test_nothing_is_sent_that_was_not_asked_for() -> None:
    async with running(pull_wait_s=0.01) as (engine, come, _):
        viewer = await greeted(come)
        await viewer.pull()
        engine.store.apply([quote(BTC)])

        await viewer.hears_nothing()


async def test_every_waiting_viewer_is_answered_by_one_change() -> None:
    async with running() as (engine, come, _):
        viewers = [await greeted(come) for _ in range(3)]
        for viewer in viewers:
            await viewer.say(Pull((await viewer.pull()).seq, "e1"))
        for viewer in viewers:
            await viewer.hears_nothing()
        engine.store.apply([quote(BTC, bid="1.0")])

        for viewer in viewers:
            assert [row.bid for row in (await viewer.hear_delta()).rows] == ["1.0"]


async def test_a_new_focus_is_answered_at_once_with_its_ages() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        delta = await viewer.pull(seq, focus=3)

        assert delta.stream_ages == [(Market.SPOT, "btcusdt@trade", 1.5)]
        assert engine.asked_ages == [3]
        await viewer.say(Pull(delta.seq, "e1", 3))
        await viewer.hears_nothing()


# Commands


async def test_commands_are_taken_at_any_time() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        await viewer.say(Pull(seq, "e1"), Rotate(2))
        engine.store.apply([quote(BTC)])
        await viewer.hear_delta()

        assert engine.commands == [Rotate(2)]


async def test_why_a_command_failed_is_said_to_the_user() -> None:
    async with running() as (_, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        await viewer.say(Pull(seq, "e1"), Watch([ETH]))

        (notice,) = (await viewer.hear_delta()).notices
        assert notice.bad
        assert notice.text == "no such symbol: NOPE Did you mean NOPEUSDT?"


# The end of a conversation, by will or by fault


@pytest.mark.parametrize("word", ["bye", "close"])
async def test_a_viewer_that_leaves_is_counted_out(word: str) -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        await viewer.say(Pull(seq, "e1"))
        if word == "bye":
            await viewer.say(Bye())
            assert await viewer.hear() is None
        else:
            await viewer.carrier.close()
        await soon(engine.ended.wait())

        assert engine.viewers == [1, 0]
        assert engine.server.viewers == 0


@pytest.mark.parametrize(
    "breach",
    [
        [Pull(1, "e1"), Pull(1, "e1"), Pull(1, "e1"), Pull(1, "e1")],
        [TailPull(0, [], []), TailPull(0, [], []), TailPull(0, [], [])],
        [TailPull(5, [], [])],
        [WELCOME],
        [HELLO],
        [TailLines(1, 0, [])],
        [Unwatch([BTC])],
    ],
    ids=["pulls", "tails", "a tail's middle", "welcome", "hello again", "lines", "a fault of the engine"],
)
async def test_a_breach_ends_that_conversation_only(
    breach: list[Message], caplog: pytest.LogCaptureFixture
) -> None:
    async with running() as (engine, come, _):
        good, bad = await greeted(come), await greeted(come)
        seq = (await good.pull()).seq
        await bad.pull()
        await good.say(Pull(seq + 1, "e1"))
        await bad.say(*breach)
        assert await bad.hear() is None
        engine.store.apply([quote(BTC)])

        assert (await good.hear_delta()).rows
        assert engine.viewers == [1, 2, 1]
        assert caplog.records


async def test_junk_ends_that_conversation_only() -> None:
    async with running() as (engine, come, listener):
        good = await greeted(come)
        here, there = memory_pair()
        listener.coming.put_nowait(there)
        await here.send(HELLO)
        assert await soon(here.receive()) == WELCOME
        await here.send_bytes(b"junk")
        assert await soon(here.receive()) is None

        assert (await good.pull()).full
        assert engine.viewers == [1, 2, 1]


async def test_a_machine_that_cannot_take_more_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "ACCEPT_PAUSE_S", 0.0)
    async with running() as (_, come, listener):
        listener.coming.put_nowait(OSError(24, "Too many open files"))

        await greeted(come)


# On a real socket


async def test_over_a_socket(folder: Path) -> None:
    engine = Engine(pull_wait_s=30.0)
    listener = SocketListener(folder / "engine.sock")
    serving = asyncio.create_task(engine.server.run(listener))
    viewer = Viewer(await connect(listener.path))
    await viewer.say(HELLO)
    assert await viewer.hear() == WELCOME
    seq = (await viewer.pull()).seq
    await viewer.say(Pull(seq, "e1"))
    engine.store.apply([quote(BTC, bid="1.0")])
    assert [row.bid for row in (await viewer.hear_delta()).rows] == ["1.0"]

    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert await viewer.hear() is None
    await viewer.carrier.close()
    listener.close()


async def test_a_viewer_that_stops_reading_holds_up_nobody(folder: Path) -> None:
    engine = Engine(pull_wait_s=0.01)
    listener = SocketListener(folder / "engine.sock")
    serving = asyncio.create_task(engine.server.run(listener))
    stuck, good = Viewer(await connect(listener.path)), Viewer(await connect(listener.path))
    for viewer in (stuck, good):
        await viewer.say(HELLO)
        assert await viewer.hear() == WELCOME
    engine.store.notice("x" * 2_000_000)
    await stuck.say(Pull(0, ""))
    for _ in range(3):
        assert len((await good.pull()).notices[0].text) == 2_000_000

    serving.cancel()
    await soon(asyncio.gather(serving, return_exceptions=True))
    for viewer in (stuck, good):
        await viewer.carrier.close()
    listener.close()
