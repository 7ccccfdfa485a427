"""What carries messages between engine and viewer: a Unix socket, or memory for tests."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Protocol

from bntui.errors import ConnectError
from bntui.wire.codec import HEADER_BYTES, MOST_BYTES, body_length, decode, encode
from bntui.wire.messages import Message
from bntui.wire.unixdoor import UnixDoor

READ_BUFFER_BYTES = 1 << 20
"""So much of a message is taken from the socket before its reader has to come and fetch it."""

MOST_QUESTION_BYTES = 1 << 20
"""What a viewer may send in one message; adding every symbol of an exchange takes a tenth of it."""

CLOSE_WAIT_S = 0.5
"""A peer that does not read gets so long to take what was sent to it."""

MESSAGES_IN_MEMORY = 16
"""What the memory carrier holds for a side that does not read; its peer waits then, as on a socket."""

GONE = "the other side has closed the connection"


class Carrier(Protocol):
    """One conversation. `receive` may be under way once at a time.

    Either may be cancelled: a message is sent whole or not at all, and none that comes is torn.
    """

    async def send(self, message: Message) -> None:
        """Hand a message over; waits while the peer does not read. Raises ConnectError when it is gone."""
        ...

    async def receive(self) -> Message | None:
        """The next message; None when the peer is gone. Raises ProtocolError for junk."""
        ...

    async def close(self) -> None:
        """End the conversation. May be called again."""
        ...


class SocketCarrier:
    """A conversation over a connected stream socket."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most_bytes: int = MOST_BYTES
    ) -> None:
        """Take over both ends of the stream. A message that comes may have so many bytes."""
        self._reader = reader
        self._writer = writer
        self._most_bytes = most_bytes
        self._body_bytes = 0
        """What the header of the message that is being received said; 0 between messages."""
        self._closed = False
        # Without a mark to fall below, `drain` waits until the kernel has everything: so a peer that
        # does not read never has more than one message waiting for it here.
        writer.transport.set_write_buffer_limits(high=0)

    async def send(self, message: Message) -> None:
        """Hand a message over; waits while the peer does not read. Raises ConnectError when it is gone."""
        data = encode(message)
        if not self._writer.is_closing():
            try:
                self._writer.write(data)
                await self._writer.drain()
            except OSError as error:
                raise ConnectError(GONE) from error
        # A connection that is given up lets `drain` go as if all had been taken.
        if self._writer.is_closing():
            raise ConnectError(GONE)

    async def receive(self) -> Message | None:
        """The next message; None when the peer is gone. Raises ProtocolError for junk."""
        # A receiver that gives up waiting comes back later: what it has of the message must stay valid.
        try:
            if not self._body_bytes:
                self._body_bytes = body_length(await self._reader.readexactly(HEADER_BYTES), self._most_bytes)
            body = await self._reader.readexactly(self._body_bytes)
        except (asyncio.IncompleteReadError, OSError):
            return None
        self._body_bytes = 0
        return decode(body)

    async def close(self) -> None:
        """End the conversation. May be called again."""
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSE_WAIT_S):
                await self._writer.wait_closed()
        except (TimeoutError, OSError):
            pass
        finally:
            self._writer.transport.abort()


async def connect(path: Path) -> Carrier:
    """Speak to the engine whose socket this is. Raises ConnectError when none listens."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=READ_BUFFER_BYTES)
    except OSError as error:
        raise ConnectError(f"no engine answers at {path}: {error.strerror or error}") from error
    return SocketCarrier(reader, writer)


class SocketListener:
    """The engine's socket, for this user only. Only the holder of the profile's lock may open it."""

    def __init__(self, path: Path) -> None:
        """Listen, in place of a socket that an engine left behind. Raises StateFolderError."""
        self.path = path
        self._door = UnixDoor(path, "the engine's socket")

    async def accept(self) -> Carrier:
        """The next viewer. Raises OSError when the machine cannot take one more just now."""
        connection, _ = await asyncio.get_running_loop().sock_accept(self._door.socket)
        try:
            reader, writer = await asyncio.open_unix_connection(sock=connection, limit=READ_BUFFER_BYTES)
        except BaseException:
            connection.close()
            raise
        return SocketCarrier(reader, writer, MOST_QUESTION_BYTES)

    def close(self) -> None:
        """Listen no longer and take the socket away. May be called again."""
        self._door.close()


class MemoryCarrier:
    """One side of a conversation within a process; what is said still goes through the codec."""

    def __init__(self) -> None:
        """A side without a peer; `memory_pair` makes two that have one another."""
        self._inbox: deque[bytes] = deque()
        self._changed = asyncio.Condition()
        self._closed = False
        self._peer = self

    def join(self, peer: MemoryCarrier) -> None:
        """Speak to this peer."""
        self._peer = peer

    async def send(self, message: Message) -> None:
        """Hand a message over; waits while the peer does not read. Raises ConnectError when it is gone."""
        await self.send_bytes(encode(message)[HEADER_BYTES:])

    async def send_bytes(self, body: bytes) -> None:
        """Hand over a body that may be no message."""
        peer = self._peer
        async with peer._changed:
            await peer._changed.wait_for(
                lambda: self._closed or peer._closed or len(peer._inbox) < MESSAGES_IN_MEMORY
            )
            if self._closed or peer._closed:
                raise ConnectError(GONE)
            peer._inbox.append(body)
            peer._changed.notify_all()

    async def receive(self) -> Message | None:
        """The next message; None when the peer is gone. Raises ProtocolError for junk."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._inbox or self._closed or self._peer._closed)
            if self._closed or not self._inbox:
                return None
            body = self._inbox.popleft()
            self._changed.notify_all()
        return decode(body)

    async def close(self) -> None:
        """End the conversation. May be called again."""
        self._closed = True
        for side in (self, self._peer):
            async with side._changed:
                side._changed.notify_all()


def memory_pair() -> tuple[MemoryCarrier, MemoryCarrier]:
    """Two carriers, each the other's peer."""
    one, other = MemoryCarrier(), MemoryCarrier()
    one.join(other)
    other.join(one)
    return one, other
