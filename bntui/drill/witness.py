"""Sees what a viewer of the engine sees, and writes it into a record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bntui.clock import Clock
from bntui.drill.history import History, Stand
from bntui.drill.record import Record, Said
from bntui.drill.tailing import Lines, Meeting, Unread, follow
from bntui.model.markets import SymbolKey
from bntui.model.states import Grade
from bntui.wire.carrier import Carrier
from bntui.wire.messages import Command, Message
from bntui.wire.mirror import LinkState, Mirror
from bntui.wire.viewer import ViewerLink

LOOK_EVERY_S = 0.1
"""As often as the screen is drawn."""

OWN_KINDS = ("link", "gap")
"""Lines of the tail that every drill wants, beside those of its scenario."""

AGREE_WITHIN_S = 1.5
"""Two viewers ask at different moments: ages that differ by less are the same."""

PATIENT_S = 3_600.0
"""A program that is stopped does not notice that time passes, so it never calls the engine silent."""


class StoppableCarrier:
    """A conversation whose viewer can be made to stop, as a program stops behind a stopped terminal."""

    def __init__(self, carrier: Carrier, running: asyncio.Event) -> None:
        """Say and read something only while `running` is set."""
        self._carrier = carrier
        self._running = running

    async def send(self, message: Message) -> None:
        """Hand a message over, as soon as the viewer goes on."""
        await self._running.wait()
        await self._carrier.send(message)

    async def receive(self) -> Message | None:
        """The next message, as soon as the viewer goes on."""
        await self._running.wait()
        return await self._carrier.receive()

    async def close(self) -> None:
        """End the conversation."""
        await self._carrier.close()


class Witness:
    """A viewer and a tail; where it is asked for, a second viewer with a tail that can be stopped."""

    name = "the drill's witness"

    def __init__(
        self,
        meeting: Meeting,
        clock: Clock,
        kinds: Sequence[str],
        record: Record,
        symbols: Sequence[SymbolKey] = (),
    ) -> None:
        """Write into `record` what the screen shows, and the tail's lines of these kinds; what no row of the
        watchlist needs flows for the symbols that are named."""
        self.mirror = Mirror(meeting.silence_s)
        self._second: Mirror | None = None
        self._running = asyncio.Event()
        self._meeting = meeting
        self._clock = clock
        self._kinds = (*kinds, *OWN_KINDS)
        self._record = record
        self._symbols = symbols
        self._link = self._viewer(meeting, self.mirror)
        self._tasks: asyncio.TaskGroup | None = None
        self._epoch = ""

    def send(self, command: Command) -> None:
        """Give the engine a command."""
        self._link.send(command)

    @property
    def grade(self) -> Grade:
        """What the top line says now."""
        return self.mirror.verdict(self._clock.monotonic()).grade

    async def run(self) -> None:
        """Look on until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._link.run())
            lines = Lines(self._record, self._clock)
            tasks.create_task(follow(self._meeting, self._kinds, lines, self._symbols))
            while True:
                self.look()
                looked_at = self._clock.monotonic()
                await asyncio.sleep(LOOK_EVERY_S)
                late_s = self._clock.monotonic() - looked_at - LOOK_EVERY_S
                self._record.late_s = max(self._record.late_s, late_s)

    def run_second(self) -> None:
        """Let a second viewer come, if it is not there, and let it go on, if it was stopped."""
        self._running.set()
        if self._second is None and self._tasks is not None:
            self._second = Mirror(PATIENT_S)
            meeting = replace(self._meeting, reach=self._reach_stoppable, silence_s=PATIENT_S)
            self._tasks.create_task(self._viewer(meeting, self._second).run())
            self._tasks.create_task(follow(meeting, ("trade", "quote", "ticker"), Unread()))

    def stop_second(self) -> None:
        """Let the second viewer stop where it stands."""
        self._running.clear()

    def _viewer(self, meeting: Meeting, mirror: Mirror) -> ViewerLink:
        return ViewerLink(
            meeting.reach,
            mirror,
            self._clock,
            meeting.hello,
            pull_interval_s=LOOK_EVERY_S,
            silence_s=meeting.silence_s,
        )

    async def _reach_stoppable(self) -> Carrier:
        return StoppableCarrier(await self._meeting.reach(), self._running)

    def look(self) -> None:
        """Note what the screen shows now."""
        mirror, record, now = self.mirror, self._record, self._clock.monotonic()
        verdict = mirror.verdict(now)
        record.verdicts.note(now, Said(verdict.grade, verdict.sentence, verdict.suspect))
        changes = mirror.take()
        if changes.streams:
            for key, view in mirror.streams.items():
                record.streams.setdefault(key.name, History()).note(now, Stand(view.state, view.reason))
        if changes.accounts:
            for owner, stream in mirror.accounts.streams.items():
                stand = Stand(stream.state, stream.reason)
                record.accounts.setdefault(owner.label, History()).note(now, stand)
            for owner, recovery in mirror.accounts.recoveries.items():
                stand = Stand(recovery.state, recovery.missing)
                record.recoveries.setdefault(owner.label, History()).note(now, stand)
        if mirror.epoch != self._epoch:
            record.restarts += bool(self._epoch)
            self._epoch = mirror.epoch
        for status in mirror.books.values():
            if (book := record.books.get(status.symbol)) is not None:
                book.resyncs = status.resyncs
        record.outages = tuple(mirror.outages)
        record.malformed = mirror.health.malformed_frames
        if self._second is not None:
            record.agrees.note(now, self._agrees(self._second, now))

    def _agrees(self, other: Mirror, now: float) -> bool:
        mirror = self.mirror
        return (
            mirror.link is LinkState.LIVE
            and other.link is LinkState.LIVE
            and mirror.verdict(now).grade is other.verdict(now).grade
            and mirror.rows.keys() == other.rows.keys()
            and all(
                _near(row.trade_at, other.rows[key].trade_at)
                and _near(row.quote_at, other.rows[key].quote_at)
                for key, row in mirror.rows.items()
            )
        )


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < AGREE_WITHIN_S
