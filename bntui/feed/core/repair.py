"""What to do about a stream that has gone silent without a reason: in steps, with a budget, and not for ever.

    stale ──▶ subscribe anew ──▶ still stale: replace its connection ──▶ still stale: say that repair failed

Replacing is a change of connection without loss, so the other streams of the shard are not hurt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

RESUBSCRIBE_AFTER_S = 2.0
"""A stream must have been stale for so long; what mends itself is left alone."""

STEP_WAIT_S = 12.0
"""Each step gets so long to show an effect before the next is taken."""

RETRY_AFTER_S = 600.0
"""After repair has failed, everything is tried again this much later."""

SHARD_PAUSE_S = 60.0
"""A connection is replaced at most once in this time, however many of its streams are stale."""

MOST_RESUBSCRIBED = 20
"""With more stale streams on one shard than this, the connection itself is at fault: it is replaced."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A stream that needs repair."""

    name: str
    shard: int
    since: float


@dataclass(frozen=True, slots=True)
class Resubscribe:
    """Subscribe these streams of a shard anew."""

    shard: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace a shard's connection."""

    shard: int
    reason: str


@dataclass(slots=True)
class _Case:
    """One stream under repair."""

    resubscribed_at: float | None = None
    replaced_at: float | None = None
    failed_at: float | None = None


class Repair:
    """Follows stale streams from step to step. Bounded by the streams that are stale."""

    def __init__(self) -> None:
        """Nothing is wrong."""
        self._cases: dict[str, _Case] = {}
        self._replaced_at: dict[int, float] = {}

    def tick(
        self, stale: Iterable[Stale], is_well: Callable[[str], bool], now: float
    ) -> list[Resubscribe | Replace]:
        """The steps that are due. A stream between two steps is neither stale nor well; its case goes on."""
        by_shard: dict[int, list[Stale]] = {}
        for each in stale:
            by_shard.setdefault(each.shard, []).append(each)
        self._cases = {name: case for name, case in self._cases.items() if not is_well(name)}
        self._replaced_at = {s: at for s, at in self._replaced_at.items() if now - at < SHARD_PAUSE_S}
        steps: list[Resubscribe | Replace] = []
        for shard, group in by_shard.items():
            steps += self._shard_steps(shard, group, now)
        return steps

    def failed(self, name: str) -> bool:
        """Whether everything was tried for the stream, without effect."""
        case = self._cases.get(name)
        return case is not None and case.failed_at is not None

    def _shard_steps(self, shard: int, group: list[Stale], now: float) -> list[Resubscribe | Replace]:
        again: list[str] = []
        replace: list[str] = []
        for each in group:
            case = self._cases.setdefault(each.name, _Case())
            if case.failed_at is not None:
                if now - case.failed_at >= RETRY_AFTER_S:
                    self._cases[each.name] = _Case()
            elif case.replaced_at is not None:
                if now - case.replaced_at >= STEP_WAIT_S:
                    case.failed_at = now
            elif case.resubscribed_at is not None:
                if now - case.resubscribed_at >= STEP_WAIT_S:
                    replace.append(each.name)
            elif now - each.since >= RESUBSCRIBE_AFTER_S:
                again.append(each.name)
        if len(again) > MOST_RESUBSCRIBED:
            replace += again
            again = []
        steps: list[Resubscribe | Replace] = []
        if again:
            for name in again:
                self._cases[name].resubscribed_at = now
            steps.append(Resubscribe(shard, tuple(again)))
        if replace and shard not in self._replaced_at:
            self._replaced_at[shard] = now
            for name in replace:
                self._cases[name].replaced_at = now
            are = "is" if len(replace) == 1 else "are"
            steps.append(Replace(shard, f"{len(replace)} of its streams {are} silent without a reason"))
        return steps

    def __repr__(self) -> str:
        return f"<Repair {len(self._cases)} streams>"
