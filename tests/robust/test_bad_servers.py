"""A server that breaks every expectation in turn costs what it carries, says why, and costs nothing else.

Each symbol has a connection of its own, and its name says what the exchange does there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from websockets.frames import Opcode

from bntui.model.states import StreamState
from bntui.venue.binance.limits import SPOT
from tests.robust.hostile import FASTER, HostileExchange, Visit, Watch, faster, opened, watching

GOOD = "GOODUSDT"
BIG_BYTES = 5_000_000
TOO_BIG_BYTES = 7_000_000

LIVE, BLIND = StreamState.LIVE, StreamState.BLIND
NOT_SEEN = frozenset(StreamState) - {LIVE, StreamState.QUIET}


async def between(visit: Visit, play: Callable[[Visit], Awaitable[None]]) -> None:
    """Obey, and do something else in between, again and again."""
    async with asyncio.TaskGroup() as tasks:
        obeying = tasks.create_task(visit.obey())
        while not obeying.done():
            await play(visit)
            await asyncio.sleep(0.05)


async def closes(visit: Visit) -> None:
    await visit.hear()
    await visit.socket.close(1001, "going away \x1b[2J[red]")


async def aborts(visit: Visit) -> None:
    await visit.hear()
    visit.socket.transport.abort()


async def is_mute(visit: Visit) -> None:
    visit.note(await visit.hear())
    await visit.trade()


async def says_nothing(visit: Visit) -> None:
    await visit.hear()
    await visit.socket.wait_closed()


async def only_acks(visit: Visit) -> None:
    while True:
        await visit.take(await visit.hear())
        for name in visit.streams:
            visit.exchange.next_trade(name)


async def answers_other_ids(visit: Visit) -> None:
    while True:
        request = await visit.hear()
        visit.note(request)
        for other in (str(request["id"]), None, 1.5, [request["id"]], {"id": 1}, True, 2**63 - 1):
            await visit.say({"result": None, "id": other})


async def refuses(visit: Visit) -> None:
    while True:
        request = await visit.hear()
        error = {"code": 2, "msg": "no such \x1b]0;owned\x07[b]thing[/b] \u202e" + "x" * 100_000}
        await visit.say({"error": error, "id": request["id"]})


async def brings_what_nobody_asked_for(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        for name in ("othersusdt@trade", "good@nothing", "!all@arr", "", "x" * 1000, "goodusdt@trade@trade"):
            await visit.socket.send(visit.exchange.next_trade(name))

    await between(visit, play)


async def sends_junk(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        for text in ("", "{", "null", "[]", "1e999", '{"a":1}', '{"stream":1,"data":2}', "\x00", '{"id":1}'):
            await visit.socket.send(text)
        name = visit.streams[0] if visit.streams else "x"
        payloads: list[object] = [None, [], {}, {"e": "trade"}, {"e": 5}, {"e": "trade", "s": "X", "t": "x"}]
        for data in payloads:
            await visit.say({"stream": name, "data": data})
        visit.frame(Opcode.TEXT, b"\xff\xfe\xfd")

    await between(visit, play)


async def sends_binary(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        await visit.socket.send(b"\x00\x01")
        await visit.socket.send([b"in ", b"parts"])

    await between(visit, play)


async def sends_fragments(visit: Visit) -> None:
    request = await visit.hear()
    await visit.take(request)
    while True:
        text = visit.exchange.next_trade(visit.streams[0]).encode()
        visit.frame(Opcode.TEXT, text[:10], fin=False)
        visit.frame(Opcode.PING, b"in between")
        for at in range(10, len(text)):
            visit.frame(Opcode.CONT, text[at : at + 1], fin=False)
            visit.frame(Opcode.CONT, b"", fin=False)
        visit.frame(Opcode.CONT, b"")
        await asyncio.sleep(0.05)


async def never_finishes_a_message(visit: Visit) -> None:
    await visit.take(await visit.hear())
    visit.frame(Opcode.TEXT, b"{", fin=False)
    while True:
        visit.raw(b"\x00\x00" * 1_000)
        await asyncio.sleep(0.02)


async def sends_a_big_frame(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        if not sent and visit.streams:
            sent.append(True)
            await visit.socket.send("[" + "1," * (BIG_BYTES // 2) + "1]")
            await visit.socket.send(visit.exchange.next_trade(visit.streams[0], p="1" * BIG_BYTES))

    sent: list[bool] = []
    await between(visit, play)


async def sends_too_big_a_frame(visit: Visit) -> None:
    await visit.take(await visit.hear())
    await visit.socket.send("x" * TOO_BIG_BYTES)
    await visit.socket.wait_closed()


async def sends_deep_json(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        for levels in (64, 20_000):
            nested = "[" * levels + "]" * levels
            await visit.socket.send(nested)
            await visit.socket.send(
                '{"stream":"deepusdt@trade","data":' + '{"a":' * levels + "1" + "}" * levels + "}"
            )

    await between(visit, play)


async def sends_compressed(visit: Visit) -> None:
    await visit.take(await visit.hear())
    # "Hello", as RFC 7692, 7.2.3.1 has it: the first reserved bit says that it is compressed.
    visit.raw(bytes.fromhex("c107f248cdc9c90700"))
    await visit.socket.wait_closed()


async def sends_masked(visit: Visit) -> None:
    await visit.take(await visit.hear())
    visit.raw(b"\x81\x82\x00\x00\x00\x00{}")
    await visit.socket.wait_closed()


async def sends_an_unknown_opcode(visit: Visit) -> None:
    await visit.take(await visit.hear())
    visit.raw(b"\x83\x00")
    await visit.socket.wait_closed()


async def closes_with_nonsense(visit: Visit) -> None:
    await visit.take(await visit.hear())
    visit.raw(b"\x88\x04\x00\x01\xff\xff")
    await visit.socket.wait_closed()


async def floods_with_pings(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        for number in range(100):
            visit.frame(Opcode.PING, b"%d" % number)

    await between(visit, play)


async def says_goodbye_without_end(visit: Visit) -> None:
    async def play(visit: Visit) -> None:
        await visit.say({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}})
        await visit.say({"e": "serverShutdown", "E": 1}, {"event": {"e": "serverShutdown", "E": 1}})

    await between(visit, play)


class Trouble(NamedTuple):
    """What a connection does, and what is shown of it."""

    play: Callable[[Visit], Awaitable[None]]
    states: frozenset[StreamState]
    """The states that its stream may be in after a while."""
    words: str = ""
    """What its stream or its connection says."""


SEEN = frozenset({LIVE})

TROUBLES = {
    "CLOSEUSDT": Trouble(closes, NOT_SEEN, r"closed by the server: 1001 going away"),
    "ABORTUSDT": Trouble(aborts, NOT_SEEN, r"lost without a close frame"),
    "MUTEUSDT": Trouble(is_mute, NOT_SEEN, r"no answer to SUBSCRIBE"),
    "SILENTUSDT": Trouble(says_nothing, NOT_SEEN, r"no answer to SUBSCRIBE"),
    "ONLYACKSUSDT": Trouble(only_acks, NOT_SEEN, r"came|stopped at|no data"),
    "OTHERIDSUSDT": Trouble(answers_other_ids, NOT_SEEN, r"no answer to SUBSCRIBE"),
    "REFUSEDUSDT": Trouble(refuses, frozenset({BLIND}), r"refused by the exchange: no such"),
    "UNASKEDUSDT": Trouble(brings_what_nobody_asked_for, SEEN),
    "JUNKUSDT": Trouble(sends_junk, SEEN),
    "BINARYUSDT": Trouble(sends_binary, SEEN),
    "PARTSUSDT": Trouble(sends_fragments, SEEN),
    "ENDLESSUSDT": Trouble(never_finishes_a_message, NOT_SEEN, r"came|no data"),
    "BIGUSDT": Trouble(sends_a_big_frame, SEEN),
    "TOOBIGUSDT": Trouble(sends_too_big_a_frame, NOT_SEEN, r"protocol error"),
    "DEEPUSDT": Trouble(sends_deep_json, SEEN),
    "COMPRESSEDUSDT": Trouble(sends_compressed, NOT_SEEN, r"protocol error: reserved bits"),
    "MASKEDUSDT": Trouble(sends_masked, NOT_SEEN, r"protocol error"),
    "OPCODEUSDT": Trouble(sends_an_unknown_opcode, NOT_SEEN, r"protocol error"),
    "CLOSECODEUSDT": Trouble(closes_with_nonsense, NOT_SEEN, r"protocol error"),
    "PINGSUSDT": Trouble(floods_with_pings, SEEN),
    "GOODBYEUSDT": Trouble(says_goodbye_without_end, SEEN),
}


async def play_by_name(visit: Visit) -> None:
    """Look at what is subscribed to first, and do what its name says."""
    request = await visit.hear()
    visit.heard_before.append(request)
    symbol = request["params"][0].partition("@")[0].upper()
    visit.exchange.by_symbol.setdefault(symbol, []).append(visit)
    trouble = TROUBLES.get(symbol)
    await (trouble.play(visit) if trouble else visit.obey())


async def test_each_trouble_is_told_and_costs_nothing_else(tmp_path: Path) -> None:
    exchange = HostileExchange([GOOD, *TROUBLES], play_by_name)
    limits = faster(own_stream_cap=1, own_frame_bytes=6_000_000)
    since_live: dict[str, set[StreamState]] = {}
    """Of those that nothing should happen to: every state since they were live first."""

    def all_is_told(watch: Watch) -> bool:
        states = watch.states()
        for symbol in (GOOD, *(s for s, trouble in TROUBLES.items() if trouble.states == SEEN)):
            if states[symbol] is LIVE or symbol in since_live:
                since_live.setdefault(symbol, set()).add(states[symbol])
        return all(
            states[symbol] in trouble.states and re.search(trouble.words, watch.said_of(symbol))
            for symbol, trouble in TROUBLES.items()
        )

    async with opened(exchange), watching(exchange, tmp_path, limits) as watch:
        began = watch.clock.monotonic()
        try:
            await watch.until(lambda: all_is_told(watch))
        except TimeoutError:
            told = {s: (watch.states()[s], watch.said_of(s)) for s in TROUBLES}
            pytest.fail(str({s: told[s] for s, t in TROUBLES.items() if told[s][0] not in t.states} or told))
        passed_s = (watch.clock.monotonic() - began) * FASTER
        assert {s: states for s, states in since_live.items() if states != {LIVE}} == {}
        assert len(exchange.by_symbol[GOOD]) == 1
        for symbol, visits in exchange.by_symbol.items():
            assert len(visits) <= 8 + passed_s / 10, f"{symbol} is tried too often"
            for visit in visits:
                assert visit.socket.most_in_a_second() <= SPOT.client_frames_per_s, symbol
        assert exchange.handshakes <= limits.own_attempts
        assert watch.engine.store.health.malformed_frames > 0
        assert watch.sentence.startswith("BLIND on ")
        assert all(watch.said_of(symbol).isprintable() for symbol in TROUBLES)


async def test_a_flood_of_pings_is_answered_by_the_newest_and_not_too_often(tmp_path: Path) -> None:
    exchange = HostileExchange([GOOD], floods_with_pings)
    async with opened(exchange), watching(exchange, tmp_path, faster(own_pong_spacing_s=0.5)) as watch:
        await watch.until(lambda: exchange.visits and len(exchange.visits[0].socket.pongs) >= 3)
        (visit,) = exchange.visits
        assert visit.socket.most_in_a_second() <= SPOT.client_frames_per_s
        assert watch.states() == {GOOD: LIVE}
