"""What systemd is told: ready, how it stands, alive, ending.

The protocol is a datagram of `NAME=VALUE` lines to the socket that NOTIFY_SOCKET names (sd_notify(3)). Where
nobody asked to be told, nothing is sent.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping

from bntui.model.text import one_line

log = logging.getLogger(__name__)

BEATS_PER_WATCHDOG = 3.0
"""So many signs of life are sent within the time after which systemd gives a service up."""

LOOK_EVERY_S = 1.0
"""How often the status is compared with what was told."""


class Supervisor:
    """Whoever started this process and wants to know how it goes."""

    def __init__(self, environ: Mapping[str, str], pid: int) -> None:
        """Read from the environment who wants to be told, and how often (sd_watchdog_enabled(3))."""
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._failed = False
        self._told = ""
        self._owes_ready = False
        """The start is over, and nobody could be told of it yet."""
        self.beat_every_s: float | None = None
        """How often a sign of life is due; None: never."""
        usec = environ.get("WATCHDOG_USEC", "")
        meant = environ.get("WATCHDOG_PID", "") in ("", str(pid))
        if self._address and meant and usec.isdecimal() and int(usec) > 0:
            self.beat_every_s = int(usec) / 1_000_000 / BEATS_PER_WATCHDOG

    @property
    def listens(self) -> bool:
        """Whether anybody wants to be told."""
        return bool(self._address)

    def ready(self) -> None:
        """The start is over. A service whose supervisor does not hear of it is killed: it is said until
        somebody takes it."""
        self._owes_ready = not self._send("READY=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; the same one is not sent twice."""
        line = one_line(text)
        if line != self._told and self._send(f"STATUS={line}"):
            self._told = line

    def alive(self) -> None:
        """A sign of life; the service is restarted when they stay away."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    async def keep_told(self, status: Callable[[], str], is_well: Callable[[], bool]) -> None:
        """Tell until cancelled. Signs of life are sent while all is well: a loop that hangs sends none."""
        if not self.listens:
            return
        pause_s = min(LOOK_EVERY_S, self.beat_every_s or LOOK_EVERY_S)
        while True:
            if self._owes_ready:
                self.ready()
            self.status(status())
            if self.beat_every_s is not None and is_well():
                self.alive()
            await asyncio.sleep(pause_s)

    def _send(self, text: str) -> bool:
        """Whether it was taken, or nobody wants it."""
        if not self._address:
            return True
        # An abstract address begins with a zero byte, which the variable writes as @.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(
                socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0)
            ) as sender:
                # Whoever listens may be slow: it must not hold up the loop.
                sender.setblocking(False)
                sender.sendto(os.fsencode(text), address)
        except OSError as error:
            if not self._failed:
                log.warning("the supervisor at %s cannot be told: %s", self._address, error)
            self._failed = True
            return False
        self._failed = False
        return True
