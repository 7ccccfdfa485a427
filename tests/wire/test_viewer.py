"""The viewer's side: it follows whatever engine there is, through death, silence and junk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bntui.clock import SystemClock
from bntui.engine.tail import Tails
from bntui.errors import ConnectError, EngineRefused, ProtocolError, UsageError
from bntui.store.store import Store
from bntui.wire import viewer as viewer_module
from bntui.wire.carrier import SocketListener, connect, memory_pair
from bntui.wire.messages import (
    Bye,
    Delta,
    Message,
    Pull,
    Refused,
    Rotate,
    TailLines,
    Unwatch,
    Watch,
    Welcome,
)
from bntui.wire.mirror import LinkState, Mirror
from bntui.wire.server import ViewerServer
from bntui.wire.viewer import ViewerLink, greet
from tests.model.build import BTC, ETH, T0_MS, quote
from tests.wire.viewing import HELLO, SILENCE_S, Engine, Engines, WatchedMirror, linked, met, soon


async def test_the_first_question_asks_for_everything_and_the_next_goes_on() -> None:
    async with linked() as (_, mirror, engines, _):
        engine = Engine(await soon(engines.reached.get()), "e1")
        await engine.welcome()
        assert await engine.hear_pull() == Pull(0, "", None)
        await engine.answer(full=True)
        assert await engine.hear_pull() == Pull(1, "e1", None)

        assert mirror.link is LinkState.LIVE
        assert mirror.engine is not None
        assert mirror.engine.environment == "demo"


async def test_the_focus_goes_with_the_questions() -> None:
    async with linked() as (link, _, engines, _):
        engine = await met(engines)
        link.focus_shard = 3
        await engine.hear_pull()
        await engine.answer()

        assert (await engine.hear_pull()).focus_shard == 3


async def test_questions_keep_their_distance() -> None:
    async with linked(pull_interval_s=0.05) as (_, _, engines, _):
        began_at = asyncio.get_running_loop().time()
        engine = await met(engines)
        for _ in range(3):
            await engine.hear_pull()
            await engine.answer()

        # A timer may fire within the loop's resolution before its time.
        assert asyncio.get_running_loop().time() - began_at > 3 * 0.045


async def test_commands_go_out_while_a_question_waits() -> None:
    async with linked() as (link, _, engines, _):
        engine = await met(engines)
        await engine.hear_pull()
        link.send(Rotate(1))
        link.send(Unwatch([BTC]))

        assert [await engine.hear(), await engine.hear()] == [Rotate(1), Unwatch([BTC])]


async def test_commands_wait_for_an_engine() -> None:
    async with linked() as (link, _, engines, _):
        link.send(Watch([ETH]))
        engine = Engine(await soon(engines.reached.get()), "e1")
        await engine.welcome()

        assert Watch([ETH]) in [await engine.hear(), await engine.hear()]


async def test_waiting_commands_are_bounded_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_module, "COMMANDS_WAITING", 2)
    async with linked() as (link, _, engines, _):
        for shard in range(4):
            link.send(Rotate(shard))
        engine = Engine(await soon(engines.reached.get()), "e1")
        await engine.welcome()
        heard = [await engine.hear() for _ in range(3)]

        assert [message for message in heard if isinstance(message, Rotate)] == [Rotate(2), Rotate(3)]


async def test_an_engine_that_dies_is_told_and_its_successor_followed() -> None:
    async with linked() as (_, mirror, engines, _):
        first = await met(engines)
        await first.hear_pull()
        await first.carrier.close()
        await mirror.until_link(LinkState.RESTARTING)
        assert "closed the connection" in mirror.link_reason

        second = Engine(await soon(engines.reached.get()), "e2")
        await second.welcome()
        pull = await second.hear_pull()
        assert (pull.seq, pull.epoch) == (1, "e1")
        await second.answer(full=True)
        await mirror.until_link(LinkState.LIVE)
        assert mirror.epoch == "e2"


async def test_a_command_that_was_not_heard_is_said_to_the_successor() -> None:
    async with linked() as (link, _, engines, _):
        first = await met(engines)
        await first.hear_pull()
        await first.carrier.close()
        link.send(Rotate(1))
        second = Engine(await soon(engines.reached.get()), "e2")
        await second.welcome()

        assert Rotate(1) in [await second.hear(), await second.hear()]


async def test_a_silent_engine_is_told_and_its_late_answer_taken() -> None:
    async with linked(silence_s=SILENCE_S) as (_, mirror, engines, _):
        engine = await met(engines)
        await engine.hear_pull()
        await mirror.until_link(LinkState.SILENT)
        await engine.answer()
        await mirror.until_link(LinkState.LIVE)

        assert engines.attempts == 1


async def test_an_engine_that_is_silent_for_too_long_is_asked_anew() -> None:
    async with linked(silence_s=SILENCE_S) as (_, mirror, engines, _):
        first = await met(engines)
        await first.hear_pull()
        assert await first.hear() == Bye()
        assert mirror.link is LinkState.SILENT

        await met(engines)
        await mirror.until_link(LinkState.LIVE)


async def test_an_engine_that_does_not_welcome_is_not_waited_for() -> None:
    async with linked(silence_s=SILENCE_S) as (_, mirror, engines, _):
        silent = Engine(await soon(engines.reached.get()), "e1")
        assert await silent.hear() == HELLO
        await soon(engines.reached.get())

        assert mirror.link is LinkState.SILENT


async def send_junk(engine: Engine) -> None:
    await engine.carrier.send_bytes(b"junk")


async def send_what_is_no_answer(engine: Engine) -> None:
    await engine.carrier.send(TailLines(1, 0, []))


async def send_what_does_not_follow_on(engine: Engine) -> None:
    await engine.carrier.send(Delta("another", 1, False, 1.0, 1))


@pytest.mark.parametrize("junk", [send_junk, send_what_is_no_answer, send_what_does_not_follow_on])
async def test_an_engine_that_sends_junk_is_left_and_looked_for_again(
    junk: Callable[[Engine], Awaitable[None]],
) -> None:
    async with linked() as (_, mirror, engines, _):
        first = await met(engines)
        await first.hear_pull()
        await junk(first)
        assert await first.hear() == Bye()
        assert await first.hear() is None

        await met(engines)
        await mirror.until_link(LinkState.LIVE)


async def test_a_refusal_is_final() -> None:
    async with linked() as (_, mirror, engines, running):
        engine = Engine(await soon(engines.reached.get()), "e1")
        assert await engine.hear() == HELLO
        await engine.carrier.send(Refused("another version", "Start it again."))

        with pytest.raises(EngineRefused, match="another version"):
            await soon(running)
        assert mirror.link is LinkState.REFUSED
        assert mirror.link_reason == "another version Start it again."


@pytest.mark.parametrize("failure", [ConnectError("no engine"), OSError(2, "nothing there")])
async def test_no_engine_is_looked_for_again(failure: Exception) -> None:
    engines = Engines()
    engines.failures = [failure] * 3
    mirror = WatchedMirror(30.0)
    link = ViewerLink(
        engines.connect,
        mirror,
        SystemClock(),
        HELLO,
        pull_interval_s=0.0,
        silence_s=30.0,
        retry_first_s=0.001,
    )
    running = asyncio.create_task(link.run())
    await met(engines)
    await mirror.until_link(LinkState.LIVE)
    assert engines.attempts == 4

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_attempts_grow_rarer(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    engines = Engines()
    engines.failures = [*(ConnectError("no engine") for _ in range(6)), UsageError("stop here")]
    link = ViewerLink(engines.connect, Mirror(3.0), SystemClock(), HELLO, pull_interval_s=0.1, silence_s=3.0)
    with pytest.raises(UsageError):
        await soon(link.run())

    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0]


async def test_who_leaves_says_so() -> None:
    async with linked() as (_, _, engines, running):
        engine = await met(engines)
        await engine.hear_pull()
        running.cancel()

        assert await engine.hear() == Bye()
        assert await engine.hear() is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Refused("no", ""), EngineRefused),
        (Bye(), ProtocolError),
        (None, ConnectError),
    ],
)
async def test_a_greeting_ends_in_a_welcome_or_in_words(
    answer: Message | None, error: type[Exception]
) -> None:
    here, there = memory_pair()
    if answer is None:
        await there.close()
    else:
        await there.send(answer)
    with pytest.raises(error):
        await soon(greet(here, HELLO, 1.0))
    await here.close()
    await there.close()


async def test_a_greeting_without_an_answer_ends() -> None:
    here, there = memory_pair()
    with pytest.raises(ConnectError, match="does not answer"):
        await soon(greet(here, HELLO, 0.01))
    await here.close()
    await there.close()


async def live_and_die(path: Path, epoch: str, bid: str, mirror: WatchedMirror) -> None:
    """A whole engine, from its socket to its death, seen through the mirror."""
    store = Store(epoch, T0_MS)
    store.set_watchlist([BTC])
    server = ViewerServer(
        store,
        Tails(),
        welcome=Welcome("0.1", epoch, 1, T0_MS, "demo"),
        own=HELLO,
        handle_command=lambda command: None,
        handle_focus=lambda viewer, focus: focus,
        on_viewers=lambda count: None,
        clock=SystemClock(),
        pull_wait_s=1.0,
    )
    listener = SocketListener(path)
    serving = asyncio.create_task(server.run(listener))
    await mirror.until(lambda mirror: mirror.epoch == epoch)
    store.apply([quote(BTC, bid=bid)])
    await mirror.until(lambda mirror: mirror.rows[BTC].bid == bid)
    assert mirror.rows == store.rows

    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    listener.close()
    await mirror.until_link(LinkState.RESTARTING)


async def test_over_a_socket_through_an_engines_death(folder: Path) -> None:
    path = folder / "engine.sock"
    mirror = WatchedMirror(3.0)
    link = ViewerLink(
        lambda: connect(path),
        mirror,
        SystemClock(),
        HELLO,
        pull_interval_s=0.01,
        silence_s=3.0,
        retry_first_s=0.01,
    )
    following = asyncio.create_task(link.run())
    await live_and_die(path, "e1", "1.0", mirror)
    await live_and_die(path, "e2", "2.0", mirror)

    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_link_that_is_cancelled_while_its_engine_goes_ends_all_the_same() -> None:
    here, there = memory_pair()
    links: list[asyncio.Task[None]] = []

    class Breaking:
        """An engine's end that breaks at the moment at which the link is cancelled."""

        async def send(self, message: Message) -> None:
            if isinstance(message, Rotate):
                links[0].cancel()
                raise ConnectError("the engine closed the connection")
            await here.send(message)

        async def receive(self) -> Message | None:
            return await here.receive()

        async def close(self) -> None:
            await here.close()

    async def reach() -> Breaking:
        return Breaking()

    mirror = WatchedMirror(SILENCE_S)
    link = ViewerLink(reach, mirror, SystemClock(), HELLO, pull_interval_s=0.01, silence_s=20.0)
    links.append(asyncio.create_task(link.run()))
    engine = Engine(there, "e1")
    await engine.welcome()
    await engine.hear_pull()
    link.send(Rotate(1))
    done, _ = await asyncio.wait(links, timeout=20)
    assert done == set(links)
    assert links[0].cancelled()
