"""The states that streams, shards and the whole program can be in."""

from __future__ import annotations

from enum import StrEnum


class StreamState(StrEnum):
    """What is known of one wanted stream."""

    WANTED = "wanted"
    """Asked for by a viewer; not yet acknowledged on a connection."""
    ACKED = "acked"
    """The exchange took the subscription; that proves nothing, no own data has come yet."""
    LIVE = "live"
    """Own data arrives."""
    QUIET = "quiet"
    """No data lately, and evidence or the learned gap says that there was none to send."""
    STALE = "stale"
    """No data, though a sibling stream or the learned gap says that there should be."""
    BLIND = "blind"
    """No connection carries the stream, or repair has failed."""


BADNESS = {
    StreamState.LIVE: 0,
    StreamState.QUIET: 1,
    StreamState.ACKED: 2,
    StreamState.WANTED: 3,
    StreamState.STALE: 4,
    StreamState.BLIND: 5,
}
"""The states of a stream, best first: a row shows the worst of its streams; the worst rows stand first."""


class ShardState(StrEnum):
    """The life of one connection of the pool."""

    IDLE = "idle"
    """Nothing is wanted on it."""
    GATED = "gated"
    """Waits for the connection budget or for the host's probe."""
    CONNECTING = "connecting"
    SUBSCRIBING = "subscribing"
    """Open; some wanted streams are not acknowledged yet."""
    LIVE = "live"
    """Open, and every wanted stream is acknowledged."""
    WAITING = "waiting"
    """Down; the backoff is running."""
    FAILED = "failed"
    """Down for a reason that trying again cannot mend, such as a geo block."""
    CLOSING = "closing"
    CLOSED = "closed"
    """Ended for good; final."""


class BookState(StrEnum):
    """How far a local order book can be trusted."""

    SYNCING = "syncing"
    """Opened; updates are held until a snapshot joins them."""
    SYNCED = "synced"
    """Every update since the snapshot was applied, in order."""
    RESYNC = "resync"
    """It was found wrong and is being built anew."""
    UNTRUSTED = "untrusted"
    """It is wrong or may be, and nothing mends it now."""


class Grade(StrEnum):
    """The three words of the verdict, in order of badness."""

    LIVE = "live"
    DEGRADED = "degraded"
    BLIND = "blind"


class UserStreamState(StrEnum):
    """How far the events of an account can be trusted to come."""

    STARTING = "starting"
    """Not proven since the program started; no failure yet."""
    LIVE = "live"
    """Subscribed, and proven within its time."""
    DOWN = "down"
    """It was lost, or could not be had; it is tried again."""
    REFUSED = "refused"
    """The exchange does not take the key. Not tried again before the user changes something."""
    NO_KEY = "no key"
    """Configured, but its key cannot be read. Counts as blind."""


class RecoveryState(StrEnum):
    """Is everything known that happened while nobody listened?"""

    RUNNING = "running"
    """Being asked for."""
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    """Something could not be had: fills may be missing."""
