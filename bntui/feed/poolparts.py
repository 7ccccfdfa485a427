"""What the pool of a market is built of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bntui.clock import Clock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.backoff import Uniform
from bntui.feed.transport import Transport
from bntui.model.status import Event
from bntui.venue.base import Venue


@dataclass(frozen=True, slots=True)
class PoolParts:
    """What a pool is built of; the seams of its tests."""

    venue: Venue
    stream_url: str
    transport: Transport
    attempts: AttemptsFile
    clock: Clock
    uniform: Uniform
    take_shard_id: Callable[[], int]
    take_outage_id: Callable[[], int]
    emit: Callable[[Sequence[Event]], None]
    """One call a gulp."""
