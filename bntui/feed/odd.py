"""Frames that say nothing to us: counted all, logged a few, since a server may send any number of them."""

from __future__ import annotations

import logging

from bntui.model.events import Malformed, UnknownEvent

log = logging.getLogger(__name__)

LOGGED_OF = 100
"""The first of so many is logged."""


class OddFrames:
    """How many there were since the start; the screen shows it."""

    def __init__(self) -> None:
        """None yet."""
        self.unknown = 0
        self.malformed = 0

    def note(self, event: UnknownEvent | Malformed) -> None:
        """Count one, and log the first of each hundred."""
        if isinstance(event, Malformed):
            if self.malformed % LOGGED_OF == 0:
                log.warning("malformed frame, %d before it: %s: %r", self.malformed, event.reason, event.head)
            self.malformed += 1
        else:
            if self.unknown % LOGGED_OF == 0:
                log.info("unknown event, %d before it: %r", self.unknown, event.name)
            self.unknown += 1

    def __repr__(self) -> str:
        return f"<OddFrames {self.unknown} unknown, {self.malformed} malformed>"
