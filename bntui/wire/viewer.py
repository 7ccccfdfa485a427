"""The viewer's side of the seam: finds an engine, asks it, and never gives up on one that went."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bntui.errors import ConnectError, EngineRefused, ProtocolError
from bntui.model.panels import Focus
from bntui.wire.carrier import Carrier
from bntui.wire.messages import Bye, Command, Delta, Hello, Look, Message, Pull, Refused, Welcome
from bntui.wire.mirror import Mirror

if TYPE_CHECKING:
    from bntui.clock import Clock

COMMANDS_WAITING = 100
"""Commands kept while no engine takes them; beyond it the oldest are dropped."""

RETRY_FIRST_S = 0.1
RETRY_LONGEST_S = 2.0
"""Waits between attempts to reach an engine, doubling; short, since the engine is on this machine."""

RETRY_RESET_S = 5.0
"""A conversation that lasted so long was a good one: the next wait is the shortest again."""

SILENCES_TO_GIVE_UP = 4
"""After so many times the silence that is shown, the conversation is begun anew."""

BYE_WAIT_S = 0.2
"""A last word may take so long."""


class _EngineSilent(ConnectError):
    """An engine is there, and does not answer."""


async def greet(carrier: Carrier, hello: Hello, wait_s: float) -> Welcome:
    """Begin a conversation. Raises EngineRefused, ConnectError without an answer, ProtocolError for junk."""
    try:
        async with asyncio.timeout(wait_s):
            await carrier.send(hello)
            answer = await carrier.receive()
    except TimeoutError as error:
        raise _EngineSilent("the engine does not answer") from error
    match answer:
        case Welcome():
            return answer
        case Refused(reason, hint):
            raise EngineRefused(reason, hint)
        case None:
            raise ConnectError("the engine closed the connection")
        case _:
            raise ProtocolError(f"the engine answered a Hello with a {type(answer).__name__}")


class ViewerLink:
    """Keeps a mirror in step with whatever engine `connect` reaches.

    `connect` finds or starts an engine; it raises ConnectError when that may work later. An engine that
    dies, stops or sends junk is told by the mirror, and looked for again.
    """

    name = "link"

    def __init__(
        self,
        connect: Callable[[], Awaitable[Carrier]],
        mirror: Mirror,
        clock: Clock,
        hello: Hello,
        *,
        pull_interval_s: float,
        silence_s: float,
        retry_first_s: float = RETRY_FIRST_S,
    ) -> None:
        """Ask at most every `pull_interval_s`; call an engine silent after `silence_s`."""
        self.focus_shard: int | None = None
        """The shard whose streams' ages are wanted."""
        self._focus: Focus | None = None
        self._told_focus: Focus | None = None
        """What the engine of this conversation knows of it."""
        self._connect = connect
        self._mirror = mirror
        self._clock = clock
        self._hello = hello
        self._pull_interval_s = pull_interval_s
        self._silence_s = silence_s
        self._retry_first_s = retry_first_s
        self._commands: deque[Command] = deque(maxlen=COMMANDS_WAITING)
        self._commanded = asyncio.Event()

    def send(self, command: Command) -> None:
        """Hand a command over; it goes out at once, or when an engine is there again."""
        self._commands.append(command)
        self._commanded.set()

    @property
    def focus(self) -> Focus | None:
        """The symbol that is open, and how it is looked at. A change goes out at once."""
        return self._focus

    @focus.setter
    def focus(self, focus: Focus | None) -> None:
        self._focus = focus
        self._commanded.set()

    async def run(self) -> None:
        """Follow the engine until cancelled. Raises EngineRefused, which trying again would not mend."""
        self._mirror.begin(self._clock.monotonic())
        wait_s = self._retry_first_s
        while True:
            began_at = self._clock.monotonic()
            try:
                self._mirror.lost(await self._converse(await self._connect()))
            except EngineRefused as refusal:
                self._mirror.refused(str(refusal))
                raise
            except _EngineSilent as error:
                self._mirror.silent(str(error))
            except (ConnectError, ProtocolError, OSError) as error:
                self._mirror.lost(str(error))
            if self._clock.monotonic() - began_at >= RETRY_RESET_S:
                wait_s = self._retry_first_s
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, RETRY_LONGEST_S)

    async def _converse(self, carrier: Carrier) -> str:
        """One conversation to its end; why it ended, unless that is said by an error."""
        reason = ""
        failure: BaseException | None = None
        try:
            self._mirror.welcome(await greet(carrier, self._hello, self._silence_s))
            self._told_focus = None
            try:
                async with asyncio.TaskGroup() as group:
                    commanding = group.create_task(self._command(carrier))
                    reason = await self._pull(carrier)
                    commanding.cancel()
            except* (ConnectError, ProtocolError) as errors:
                failure = errors.exceptions[0]
        finally:
            await _leave(carrier)
        _stay_cancelled()
        if failure is not None:
            raise failure
        return reason

    async def _command(self, carrier: Carrier) -> None:
        while True:
            self._commanded.clear()
            while self._commands:
                # Out of the queue only when it is on its way: a command must not die with an engine.
                command = self._commands[0]
                await carrier.send(command)
                if self._commands and self._commands[0] is command:
                    self._commands.popleft()
            while self._told_focus != self._focus:
                await carrier.send(Look(self._tell_focus()))
            await self._commanded.wait()

    async def _pull(self, carrier: Carrier) -> str:
        mirror = self._mirror
        loop = asyncio.get_running_loop()
        while True:
            asked_at = loop.time()
            focus, last_fill = self._tell_focus(), mirror.accounts.last_fill
            await carrier.send(Pull(mirror.seq, mirror.epoch, self.focus_shard, focus, last_fill))
            answer = await self._answer(carrier)
            if answer is None:
                return "the engine closed the connection"
            if not isinstance(answer, Delta):
                raise ProtocolError(f"the engine answered a Pull with a {type(answer).__name__}")
            mirror.apply(answer, self._clock.monotonic())
            await asyncio.sleep(max(0.0, asked_at + self._pull_interval_s - loop.time()))

    def _tell_focus(self) -> Focus | None:
        self._told_focus = self._focus
        return self._focus

    async def _answer(self, carrier: Carrier) -> Message | None:
        """The next message, however long it takes: up to the time at which waiting makes no sense."""
        try:
            async with asyncio.timeout(self._silence_s):
                return await carrier.receive()
        except TimeoutError:
            self._mirror.silent("the engine does not answer")
        try:
            async with asyncio.timeout(self._silence_s * (SILENCES_TO_GIVE_UP - 1)):
                return await carrier.receive()
        except TimeoutError as error:
            raise _EngineSilent("the engine does not answer") from error


def _stay_cancelled() -> None:
    """Raise CancelledError where somebody has cancelled this task: before Python 3.13 a task group that ends
    with an error of its own at that moment forgets it, and a link that goes on would never end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _leave(carrier: Carrier) -> None:
    """Say so, if anybody is there to hear it."""
    try:
        async with asyncio.timeout(BYE_WAIT_S):
            await carrier.send(Bye())
    except (ConnectError, TimeoutError):
        pass
    finally:
        await carrier.close()
