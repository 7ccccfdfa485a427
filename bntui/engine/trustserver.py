"""The trust gate's own socket: one line in, one line out, and nothing else can be said there.

It may be open to other users of the machine, so whoever comes is given little: a bounded line, a pace, and
no more room than for one answer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

import orjson

from bntui.clock import Clock
from bntui.engine.trust import TrustGate
from bntui.errors import StateFolderError
from bntui.model.trust import Trust
from bntui.wire.unixdoor import UnixDoor

log = logging.getLogger(__name__)

MOST_ASKERS = 16
"""Connections at a time; one more is told so, and closed."""

MOST_LINE_BYTES = 4_000
"""A longer question ends its connection."""

MOST_WAITING_BYTES = 64_000
"""Answers that an asker has not read; beyond it nothing more is taken from him."""

ANSWERS_PER_S = 500.0
"""An asker who asks faster waits. A question of many symbols counts for as many as take its time."""

ANSWERS_AT_ONCE = 50.0

SYMBOLS_PER_ANSWER = 2.0
"""Symbols beyond the first so many cost as much as another answer."""


@dataclass(frozen=True, slots=True)
class TrustPlace:
    """Where the gate stands, and who may use it."""

    path: Path
    group: str = ""
    """Whose members may ask too; empty: this user alone."""
    unlocked: bool = False
    """The place is not covered by the lock of the state folder."""


class TrustServer:
    """Answers bots until it is closed. A bot that does not read, or floods, only slows itself down."""

    def __init__(self, gate: TrustGate, place: TrustPlace, clock: Clock) -> None:
        """Nothing is opened yet."""
        self._gate = gate
        self._place = place
        self._clock = clock
        self._askers: set[_Asker] = set()
        self._door: UnixDoor | None = None
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. Raises StateFolderError where that cannot be."""
        place = self._place
        self._door = UnixDoor(place.path, "the trust gate's socket", place.group, unlocked=place.unlocked)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._meet, sock=self._door.socket)
        log.info("the trust gate answers at %s%s", place.path, f", group {place.group}" * bool(place.group))

    def close(self) -> None:
        """Listen no longer, and leave everybody. May be called again."""
        if self._server is not None:
            self._server.close()
        if self._door is not None:
            self._door.close()
        for asker in list(self._askers):
            asker.leave()

    def _meet(self) -> _Asker:
        return _Asker(self._gate, self._clock, self._askers)

    def __repr__(self) -> str:
        return f"<TrustServer {self._place.path}, {len(self._askers)} askers>"


class _Asker(asyncio.BufferedProtocol):
    """One connection, with a small buffer of its own: an ordinary protocol is given a new one of a quarter of
    a megabyte for each read, which costs as much as everything else together (measured)."""

    def __init__(self, gate: TrustGate, clock: Clock, askers: set[_Asker]) -> None:
        self._gate = gate
        self._clock = clock
        self._askers = askers
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray(MOST_LINE_BYTES)
        self._held = b""
        """What was asked and not answered: a line's worth, and what one read brings at most."""
        self._paid_until = 0.0
        """Until when what was answered is paid for, at the pace that an asker has."""
        self._resting: asyncio.TimerHandle | None = None
        self._is_full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=MOST_WAITING_BYTES)
        if len(self._askers) >= MOST_ASKERS:
            self._refuse(f"{len(self._askers)} others are asking, more cannot")
            return
        self._askers.add(self)
        self._gate.asked(len(self._askers))

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self._askers:
            self._askers.discard(self)
            self._gate.asked(len(self._askers))
        self._held = b""
        if self._resting is not None:
            self._resting.cancel()

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._held += self._buffer[:nbytes]
        self._answer()

    def pause_writing(self) -> None:
        self._is_full = True
        self._hold()

    def resume_writing(self) -> None:
        self._is_full = False
        self._answer()

    def leave(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _answer(self) -> None:
        """Answer the lines that are here, as far as pace and room allow."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        while not self._is_full and self._resting is None:
            line, end, rest = self._held.partition(b"\n")
            if len(line) > MOST_LINE_BYTES:
                self._refuse(f"a question has at most {MOST_LINE_BYTES} bytes")
                return
            if not end:
                break
            self._held = rest
            answer, symbols = self._gate.answer(line.decode(errors="replace"))
            transport.write(answer)
            self._pay(max(1.0, symbols / SYMBOLS_PER_ANSWER))
        self._hold()

    def _pay(self, answers: float) -> None:
        now = self._clock.monotonic()
        paid_until = max(self._paid_until, now - ANSWERS_AT_ONCE / ANSWERS_PER_S)
        self._paid_until = paid_until + answers / ANSWERS_PER_S
        if self._paid_until > now:
            loop = asyncio.get_running_loop()
            self._resting = loop.call_later(self._paid_until - now, self._go_on)

    def _go_on(self) -> None:
        self._resting = None
        self._answer()

    def _hold(self) -> None:
        """Take no more while what is here cannot be answered."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._is_full or self._resting is not None:
            transport.pause_reading()
        else:
            transport.resume_reading()

    def _refuse(self, why: str) -> None:
        """Say why there is no answer, in the form of one that no bot takes for a yes, and end."""
        self._held = b""
        if self._transport is not None:
            told = {"trust": Trust.BLIND, "symbols": {}, "error": why}
            self._transport.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
            self._transport.close()


async def opened(gate: TrustGate, place: TrustPlace, clock: Clock) -> tuple[TrustServer | None, str]:
    """The gate, open; or none, and why: an engine without it still shows everything to people."""
    server = TrustServer(gate, place, clock)
    try:
        await server.open()
    except StateFolderError as error:
        log.error("bots cannot ask: %s", error)
        return None, str(error)
    return server, ""
