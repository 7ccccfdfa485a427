"""Keeps what a viewer would have seen, once a second and at each change of the verdict."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from bntui.blackbox.records import FORMAT, Begun, Closed, encode
from bntui.clock import Clock
from bntui.model.delta import Delta
from bntui.model.judged import VerdictView
from bntui.wire.messages import Welcome

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""How often prices, ages and rates are kept: of each symbol the newest of that time."""

SEGMENT_S = 5 * 60.0
"""A segment is read from its beginning, so that this is what a jump to a time costs at most."""

MOST_BYTES = 512 << 20
KEEP_S = 24 * 3600.0
"""What an engine keeps always: so much, and no longer. The oldest segments go first."""

RETRY_S = 60.0
"""After the disk took nothing, it is tried again so much later."""

CLOSINGS_KEPT = 1_000
"""Ends of connections between two records; beyond it the oldest are dropped."""

FILL_PAGES = 100
"""Pages of fills that one record may be followed by; the rest comes with the next."""

CloseSink = Callable[[str, int | None, str, bool], None]
"""Is told of the end of a connection: host, code, reason, and whether bntui began it."""


class Shown(Protocol):
    """What the recorder needs of the store."""

    epoch: str
    started_ms: int

    @property
    def verdict(self) -> VerdictView | None:
        """The answer to «am I blind?»."""
        ...

    def delta(
        self,
        seq: int,
        epoch: str,
        focus_shard: int | None,
        now: float,
        wall_ms: int,
        *,
        last_fill: int = 0,
    ) -> Delta:
        """What changed since `seq`, and the fills behind `last_fill`."""
        ...

    def notice(self, text: str, bad: bool = False) -> None:
        """Leave a line for the user."""
        ...


class Kept(Protocol):
    """What the recorder needs of the writer."""

    failure: str
    segment_bytes: int

    @property
    def segment_full(self) -> bool:
        """Whether the running segment has taken its part of the disk."""
        ...

    def begin(self, wall_ms: int, lines: bytes) -> bool:
        """Begin another segment."""
        ...

    def add(self, lines: bytes) -> bool:
        """Add to the segment."""
        ...


class Recorder:
    """A viewer that looks at nothing. `look` is called a few times a second and returns at once.

    Where the disk takes nothing it says so once, and stops; once a minute it tries again.
    """

    def __init__(self, shown: Shown, kept: Kept, clock: Clock, welcome: Welcome) -> None:
        """Nothing is kept yet. `welcome` says which engine this is."""
        self._shown = shown
        self._kept = kept
        self._clock = clock
        self._welcome = welcome
        self._closings: deque[Closed] = deque(maxlen=CLOSINGS_KEPT)
        self._seq = 0
        self._last_fill = 0
        self._began_at: float | None = None
        """When the running segment began; None: there is none."""
        self._kept_at = 0.0
        self._verdict: VerdictView | None = None
        self._stopped_at: float | None = None

    @property
    def stopped(self) -> bool:
        """Whether the disk takes nothing."""
        return self._stopped_at is not None

    def closed(self, host: str, code: int | None, reason: str, by_us: bool) -> None:
        """Keep how a connection ended."""
        self._closings.append(Closed(self._clock.wall_ms(), host, code, reason, by_us))

    def look(self) -> None:
        """Keep what changed, if it is time."""
        now = self._clock.monotonic()
        if self._kept.failure:
            self._stop(now)
            return
        if self._began_at is None:
            self._begin(now, follows=False)
            return
        verdict = self._shown.verdict
        if verdict == self._verdict and now - self._kept_at < EVERY_S:
            return
        self._kept.add(self._news(now, full=False))
        if now - self._began_at >= SEGMENT_S or self._kept.segment_full:
            self._begin(now, follows=True)
        self._go_on(now)

    def _stop(self, now: float) -> None:
        if self._stopped_at is None:
            log.warning("the black box records nothing: %s", self._kept.failure)
            self._shown.notice(
                f"The black box records nothing: {self._kept.failure}. All else goes on; "
                f"it tries again every {RETRY_S:.0f} s.",
                bad=True,
            )
            self._stopped_at = now
        elif now - self._stopped_at >= RETRY_S:
            self._stopped_at = now
            self._begin(now, follows=False)

    def _go_on(self, now: float) -> None:
        """Say so, once the disk has taken something again."""
        if self._stopped_at is not None and self._kept.segment_bytes:
            self._stopped_at = None
            log.warning("the black box records again")
            self._shown.notice("The black box records again.")

    def _begin(self, now: float, *, follows: bool) -> None:
        wall_ms, welcome = self._clock.wall_ms(), self._welcome
        begun = Begun(
            FORMAT,
            welcome.version,
            welcome.epoch,
            welcome.pid,
            welcome.started_ms,
            welcome.environment,
            wall_ms,
            follows,
        )
        self._kept.begin(wall_ms, encode(begun) + self._news(now, full=True))
        self._began_at = now

    def _news(self, now: float, *, full: bool) -> bytes:
        """What changed, as lines: ends of connections, then the answer that a viewer would get."""
        wall_ms = self._clock.wall_ms()
        lines = [encode(closing) for closing in self._closings]
        self._closings.clear()
        self._kept_at = now
        self._verdict = self._shown.verdict
        if full:
            self._seq = self._last_fill = 0
        for _ in range(FILL_PAGES):
            delta = self._shown.delta(
                self._seq, self._shown.epoch, None, now, wall_ms, last_fill=self._last_fill
            )
            self._seq = delta.seq
            lines.append(encode(delta))
            if delta.accounts is None or not delta.accounts.fills:
                break
            self._last_fill = delta.accounts.fills[-1].number
            if self._last_fill >= delta.accounts.newest_fill:
                break
        return b"".join(lines)

    def __repr__(self) -> str:
        return f"<Recorder {self._seq}, {'stopped' if self.stopped else 'recording'}>"
