"""The engine's side of the seam: who asks, gets what changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Protocol

from bntui.errors import BntuiError, ConnectError, ProtocolError
from bntui.model.markets import SymbolKey
from bntui.model.panels import Focus
from bntui.wire.carrier import Carrier
from bntui.wire.messages import (
    AcceptAccount,
    Acknowledge,
    Bye,
    Command,
    Delta,
    Hello,
    Look,
    Pull,
    Refused,
    RenewAccount,
    Rotate,
    TailLines,
    TailPull,
    Unwatch,
    Watch,
    Welcome,
)

if TYPE_CHECKING:
    from bntui.clock import Clock

log = logging.getLogger(__name__)

MOST_VIEWERS = 32
"""Conversations at a time; one more is refused in words."""

HELLO_WAIT_S = 5.0
"""A connection that does not say who it is for so long is closed."""

LINES_PER_ANSWER = 5_000
"""Lines in one answer to a TailPull; the rest comes with the next."""

ACCEPT_PAUSE_S = 0.5
"""Pause after the machine could not take a connection, as when it is out of file descriptors."""


class Source(Protocol):
    """What the server needs of the store."""

    on_change: Callable[[], None] | None

    def dirty(self, seq: int, epoch: str, last_fill: int) -> bool:
        """Whether a viewer that was answered up to `seq`, and has fills up to `last_fill`, lacks anything."""
        ...

    def delta(
        self,
        seq: int,
        epoch: str,
        focus_shard: int | None,
        now: float,
        wall_ms: int,
        focus: Focus | None = None,
        shown: Focus | None = None,
        last_fill: int = 0,
    ) -> Delta:
        """What changed since `seq`, and the fills behind `last_fill`; of `focus` too, of which the viewer has
        what `shown` told."""
        ...

    def notice(self, text: str, bad: bool = False) -> None:
        """Leave a line for the user."""
        ...


class Ring(Protocol):
    """What the server needs of the ring of one tail."""

    seq: int

    def take(self, most: int, *, plain: bool) -> tuple[int, int, list[str]]:
        """(seq for the next question, lines lost, lines); `plain` lines are for people, the rest JSON."""
        ...

    def close(self) -> None:
        """The reader has left."""

    def __len__(self) -> int: ...


class Tailing(Protocol):
    """What the server needs to serve tails."""

    def open(
        self, symbols: Iterable[SymbolKey], kinds: Iterable[str], on_line: Callable[[], None], levels: int
    ) -> Ring:
        """A ring of what comes from now on, of books so many levels."""
        ...


class Listener(Protocol):
    """Where viewers come from."""

    async def accept(self) -> Carrier:
        """The next viewer."""
        ...


class _Viewer:
    """One conversation: at most one question of each kind waits for its answer."""

    def __init__(self, carrier: Carrier, number: int) -> None:
        self.carrier = carrier
        self.number = number
        """Of this conversation; no other has it."""
        self.pull: Pull | None = None
        self.tail: TailPull | None = None
        self.focus_shard: int | None = None
        """Whose streams' ages the viewer has."""
        self.asked: Focus | None = None
        """What it wants to have open, in its own words."""
        self.focus: Focus | None = None
        """The same as far as it can be had."""
        self.shown: Focus | None = None
        """What its last answer was for."""
        self.asked_pull = asyncio.Event()
        self.asked_tail = asyncio.Event()
        self.changed = asyncio.Event()
        """Set when something changed, to wake a Pull that waits for that."""


class ViewerServer:
    """Serves viewers, each in a task of its own, so that none can hold up another or the feed.

    A viewer is given nothing that it did not ask for, and one answer at a time: one that stops reading
    costs the memory of that answer. One that sends junk loses its conversation, and nobody else does.
    """

    def __init__(
        self,
        store: Source,
        tails: Tailing,
        *,
        welcome: Welcome,
        own: Hello,
        handle_command: Callable[[Command], None],
        handle_focus: Callable[[int, Focus | None], Focus | None],
        on_viewers: Callable[[int], None],
        clock: Clock,
        pull_wait_s: float,
        wanted: Callable[[], None] = lambda: None,
    ) -> None:
        """`own` is what this engine would say of itself: a viewer must say the same. `wanted` has what waits
        in the exchange's connections read in the same round of the loop.

        `handle_focus` is told which symbol a conversation has open, and gives back what of that can be had.
        """
        self._store = store
        self._tails = tails
        self._welcome = welcome
        self._own = own
        self._handle_command = handle_command
        self._handle_focus = handle_focus
        self._on_viewers = on_viewers
        self._clock = clock
        self._pull_wait_s = pull_wait_s
        self._wanted = wanted
        self._viewers: list[_Viewer] = []
        self._numbers = count(1)
        store.on_change = self._wake

    @property
    def viewers(self) -> int:
        """Conversations that were welcomed and have not ended."""
        return len(self._viewers)

    async def run(self, listener: Listener) -> None:
        """Serve whoever comes, until cancelled; then every conversation is closed."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    carrier = await listener.accept()
                except OSError as error:
                    log.warning("a viewer could not be accepted: %s", error)
                    await asyncio.sleep(ACCEPT_PAUSE_S)
                    continue
                group.create_task(self.serve(carrier))

    async def serve(self, carrier: Carrier) -> None:
        """One conversation, to its end. Whatever goes wrong in it ends it, and nothing else."""
        try:
            if await self._greet(carrier):
                await self._converse(_Viewer(carrier, next(self._numbers)))
        except* ConnectError:
            # The viewer left while something was on its way to it.
            pass
        except* ProtocolError as errors:
            log.warning("a conversation was ended: %s", _first(errors))
        except* Exception:
            log.exception("a conversation with a viewer failed")
        finally:
            await carrier.close()

    async def _greet(self, carrier: Carrier) -> bool:
        try:
            async with asyncio.timeout(HELLO_WAIT_S):
                hello = await carrier.receive()
        except TimeoutError:
            return False
        if hello is None:
            return False
        if not isinstance(hello, Hello):
            raise ProtocolError(f"a conversation began with a {type(hello).__name__}")
        answer = self._refusal(hello) or self._welcome
        await carrier.send(answer)
        return isinstance(answer, Welcome)

    def _refusal(self, hello: Hello) -> Refused | None:
        own = self._own
        if hello.version != own.version:
            return Refused(
                f"the running engine is bntui {own.version}, this is bntui {hello.version}",
                "Quit all viewers of that engine, or end the engine, and start again.",
            )
        if hello.fingerprint != own.fingerprint:
            return Refused(
                f"the running engine serves {own.description}, this command asks for {hello.description}",
                "Use another --profile for another exchange or other limits, or end that engine first.",
            )
        if self.viewers >= MOST_VIEWERS:
            return Refused(f"the engine has {self.viewers} viewers, it takes no more", "Close one of them.")
        return None

    async def _converse(self, viewer: _Viewer) -> None:
        self._viewers.append(viewer)
        self._on_viewers(len(self._viewers))
        try:
            async with asyncio.TaskGroup() as group:
                answering = (
                    group.create_task(self._answer_pulls(viewer)),
                    group.create_task(self._answer_tails(viewer)),
                )
                await self._listen(viewer)
                for task in answering:
                    task.cancel()
        finally:
            self._look(viewer, None)
            self._viewers.remove(viewer)
            self._on_viewers(len(self._viewers))

    async def _listen(self, viewer: _Viewer) -> None:
        """Take in what the viewer says, until it leaves."""
        while True:
            message = await viewer.carrier.receive()
            match message:
                case None | Bye():
                    return
                case Pull():
                    if viewer.pull is not None:
                        raise ProtocolError("a Pull came before the answer to the last one")
                    self._look(viewer, message.focus)
                    self._wanted()
                    viewer.pull = message
                    viewer.asked_pull.set()
                case Look(focus):
                    self._look(viewer, focus)
                    viewer.changed.set()
                case TailPull():
                    if viewer.tail is not None:
                        raise ProtocolError("a TailPull came before the answer to the last one")
                    viewer.tail = message
                    viewer.asked_tail.set()
                case Watch() | Unwatch() | Rotate() | RenewAccount() | AcceptAccount():
                    self._obey(message)
                case Acknowledge():
                    self._obey(message)
                case _:
                    raise ProtocolError(f"a viewer does not send a {type(message).__name__}")

    def _obey(self, command: Command) -> None:
        try:
            self._handle_command(command)
        except BntuiError as error:
            self._store.notice(str(error), bad=True)

    def _look(self, viewer: _Viewer, focus: Focus | None) -> None:
        if focus != viewer.asked:
            viewer.asked = focus
            viewer.focus = self._handle_focus(viewer.number, focus)

    async def _answer_pulls(self, viewer: _Viewer) -> None:
        while True:
            await viewer.asked_pull.wait()
            viewer.asked_pull.clear()
            pull = viewer.pull
            if pull is None:
                continue
            viewer.changed.clear()
            refocused = pull.focus_shard != viewer.focus_shard or viewer.focus != viewer.shown
            viewer.focus_shard = pull.focus_shard
            # What waits in the sockets is read in this round of the loop.
            await asyncio.sleep(0)
            if not refocused and not self._store.dirty(pull.seq, pull.epoch, pull.last_fill):
                await _at_most(self._pull_wait_s, viewer.changed)
            now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
            focus, shown = viewer.focus, viewer.shown
            delta = self._store.delta(
                pull.seq, pull.epoch, pull.focus_shard, now, wall_ms, focus, shown, pull.last_fill
            )
            viewer.shown = focus
            # The next question may come as soon as the viewer has the answer, so before `send` returns.
            viewer.pull = None
            await viewer.carrier.send(delta)

    async def _answer_tails(self, viewer: _Viewer) -> None:
        ring: Ring | None = None
        asked_for: tuple[Sequence[SymbolKey], Sequence[str]] | None = None
        came = asyncio.Event()
        try:
            while True:
                await viewer.asked_tail.wait()
                viewer.asked_tail.clear()
                tail = viewer.tail
                if tail is None:
                    continue
                if tail.seq == 0 or ring is None or asked_for != (tail.symbols, tail.kinds):
                    if tail.seq != 0:
                        raise ProtocolError("a tail that was not begun here cannot go on")
                    if ring is not None:
                        ring.close()
                    ring = self._tails.open(tail.symbols, tail.kinds, came.set, tail.levels)
                    asked_for = (tail.symbols, tail.kinds)
                elif tail.seq != ring.seq:
                    raise ProtocolError("a tail goes on where its last answer ended, nowhere else")
                came.clear()
                if not len(ring):
                    await _at_most(self._pull_wait_s, came)
                answer = TailLines(*ring.take(LINES_PER_ANSWER, plain=tail.plain))
                viewer.tail = None
                await viewer.carrier.send(answer)
        finally:
            if ring is not None:
                ring.close()

    def _wake(self) -> None:
        for viewer in self._viewers:
            viewer.changed.set()

    def __repr__(self) -> str:
        return f"<ViewerServer {len(self._viewers)} viewers>"


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
