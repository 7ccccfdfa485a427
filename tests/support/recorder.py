"""A receiver of one connection that writes down what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bntui.feed.runs import Run


class Recorder:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.gulps: list[int] = []
        self.floods: list[int] = []
        self.binaries: list[int] = []
        self.pings: list[bytes] = []
        self.pongs: list[bytes] = []
        self.losses: list[tuple[int | None, str, bool]] = []
        self.changed = asyncio.Event()

    def frames(self, frames: list[bytes]) -> None:
        self.got += frames
        self.gulps.append(len(frames))
        self.changed.set()

    def flood(self, run: Run) -> None:
        self.got += run.all()
        self.floods.append(len(run))
        self.changed.set()

    def binary(self, size: int) -> None:
        self.binaries.append(size)
        self.changed.set()

    def pinged(self, payload: bytes) -> None:
        self.pings.append(payload)
        self.changed.set()

    def ponged(self, payload: bytes) -> None:
        self.pongs.append(payload)
        self.changed.set()

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        self.losses.append((code, reason, by_us))
        self.changed.set()

    async def until(self, done: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not done():
                self.changed.clear()
                await self.changed.wait()
