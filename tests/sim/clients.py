"""Clients of the embedded exchange, and what they wait for."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

from tests.sim.rig import WAIT_S, Rig

QUOTES = "/stream?streams=btcusdt@bookTicker"
"""A path for one busy stream."""


async def closed(ws: ClientConnection) -> tuple[int, str]:
    """Read on until the connection is closed: code and reason; 1006 without a close frame."""
    try:
        async with asyncio.timeout(WAIT_S):
            while True:
                await ws.recv()
    except ConnectionClosed as ended:
        return (ended.rcvd.code, ended.rcvd.reason) if ended.rcvd else (1006, "")


async def everybody_left(rig: Rig) -> None:
    """Wait until the server has noticed that every connection is gone."""
    for _ in range(10_000):
        if not rig.sim.exchange.members:
            return
        await asyncio.sleep(0)
    raise AssertionError("somebody is still there")


async def settled(ws: ClientConnection) -> None:
    """Wait until the server has read everything that was sent so far."""
    async with asyncio.timeout(WAIT_S):
        await (await ws.ping())


async def next_data(rig: Rig, ws: ClientConnection) -> str:
    """Let the market go on until something comes."""
    for _ in range(200):
        rig.advance(0.1)
        try:
            return str(await asyncio.wait_for(ws.recv(), 0.02))
        except TimeoutError:
            continue
    raise AssertionError("nothing came")


async def refused(rig: Rig, path: str = "/stream") -> tuple[int, str | None]:
    """Status and Retry-After of a handshake that fails."""
    with pytest.raises(InvalidStatus) as status:
        async with rig.connect(path):
            pass
    response = status.value.response
    return response.status_code, response.headers.get("Retry-After")


def frames_sent(rig: Rig, number: int = 1) -> int:
    """Messages that a connection got so far."""
    return rig.sim.exchange.ledger.open[number].frames_sent


async def heard(rig: Rig, ws: ClientConnection, seconds: float = 2) -> list[Any]:
    """Everything that comes in some time."""
    rig.advance(seconds, steps=round(seconds * 10))
    await settled(ws)
    return await drained(ws)


async def drained(ws: ClientConnection) -> list[Any]:
    """Everything that has come."""
    messages = []
    while True:
        try:
            messages.append(json.loads(await asyncio.wait_for(ws.recv(), 0.01)))
        except TimeoutError:
            return messages


class Silent(ClientConnection):
    """A client whose pongs are sent by the test, if at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pings: list[bytes] = []

    def send_data(self) -> None:
        for frame in (write for write in self.protocol.writes[:] if write[:1] == b"\x8a"):
            self.protocol.writes.remove(frame)
        super().send_data()

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pings.append(bytes(event.data))
        super().process_event(event)

    async def pong_by_hand(self, payload: bytes) -> None:
        """Send a pong although pongs are held back."""
        self.protocol.send_pong(payload)
        super().send_data()
