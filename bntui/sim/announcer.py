"""Tells an account's events to whoever listens."""

from __future__ import annotations

from bntui.sim.accounts import Sink, Unsubscribe


class Announcer:
    """Everybody who listens to one account. Nothing is kept: who comes later hears what comes later."""

    def __init__(self) -> None:
        """Nobody listens."""
        self._sinks: dict[int, Sink] = {}
        self._last = 0
        self.silent = False
        """Nothing is told while this is so: the past is made up."""
        self.told = 0
        """Events, each counted once however many listen."""

    def __repr__(self) -> str:
        return f"<Announcer {len(self._sinks)} listen, {self.told} told>"

    def join(self, sink: Sink) -> Unsubscribe:
        """Listen from now on."""
        self._last += 1
        number = self._last
        self._sinks[number] = sink

        def leave() -> None:
            self._sinks.pop(number, None)

        return leave

    def tell(self, event: dict[str, object]) -> None:
        """Tell one event; somebody may leave while he hears it."""
        if self.silent:
            return
        self.told += 1
        for sink in list(self._sinks.values()):
            sink(event)
