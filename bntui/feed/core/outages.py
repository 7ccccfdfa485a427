"""The reconnect history: when a connection was lost, why, what kept it away, and how long it was dark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

from bntui.feed.core.failures import NOT_BEFORE
from bntui.model.incident import STOOD_STILL, lasting
from bntui.model.markets import Market
from bntui.model.views import OutageView

CAUSES_TOLD = 4
"""Of what kept a connection away so many different causes are told; the rest is only said to exist."""

STOOD_STILL_WITHIN_S = 3.0
"""A standstill of our own that ended so shortly before a loss may have caused it."""

WORTH_A_WORD_S = 3.0
"""Data that comes so much later than its connection did is worth a word."""


@dataclass(slots=True)
class _Open:
    view: OutageView
    lost_at: float
    blind_since: float
    failures: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Why it did not come back, as said last and how often, by its kind; bounded by CAUSES_TOLD."""
    untold: bool = False
    """There were yet other causes."""
    back_at: float | None = None
    """Since when a connection has been subscribed that has not failed."""

    def told(self, *more: str) -> OutageView:
        """The line with what has happened since the loss."""
        parts = [
            cause if times == 1 else f"{cause} ({times} times)" for cause, times in self.failures.values()
        ]
        if self.untold:
            parts.append("other causes besides")
        return replace(self.view, later="; ".join((*parts, *more)))


class Outages:
    """Keeps the outages that last, at most one a shard, and hands out every change as a whole line."""

    def __init__(self, market: Market, take_id: Callable[[], int]) -> None:
        """No outage. `take_id` gives ids that no other outage has, of other markets and earlier runs."""
        self._market = market
        self._take_id = take_id
        self._open: dict[int, _Open] = {}
        self._stood: tuple[float, float] = (-inf, 0.0)
        """When our own process stood still last, and for how long."""

    def lost(
        self,
        shard: int,
        cause: str,
        code: int | None,
        streams: int,
        now: float,
        blind_since: float,
        wall_ms: int,
        closed_by: str = "",
        hit: str = "",
        named: int | None = None,
    ) -> OutageView | None:
        """A shard is without a connection. None where there is nothing new to be told.

        `named`: the connection that was lost, where the shard was only about to take its place.

        The first cause stays that of the line. Why a connection did not come back since is told beside it;
        a change that says nothing of `closed_by` is no failure, only another step on the way.
        """
        if not streams:
            return None
        if (known := self._open.get(shard)) is not None:
            return self._failed_again(known, cause) if closed_by else None
        stood_at, stood_s = self._stood
        if closed_by != "bntui" and now - stood_at <= STOOD_STILL_WITHIN_S:
            cause = f"{cause}{STOOD_STILL}{lasting(stood_s)}"
        view = OutageView(
            id=self._take_id(),
            shard=shard if named is None else named,
            market=self._market,
            began_ms=wall_ms,
            cause=cause,
            close_code=code,
            streams=streams,
            ended_ms=None,
            blind_s=None,
            planned=False,
            closed_by=closed_by,
            hit=hit,
        )
        self._open[shard] = _Open(view, now, blind_since)
        return view

    @staticmethod
    def _failed_again(known: _Open, cause: str) -> OutageView:
        known.back_at = None
        kind = cause.partition(NOT_BEFORE)[0]
        if kind in known.failures or len(known.failures) < CAUSES_TOLD:
            _, times = known.failures.get(kind, ("", 0))
            known.failures[kind] = (cause, times + 1)
        else:
            known.untold = True
        return known.told()

    def stood_still(self, seconds: float, now: float) -> list[OutageView]:
        """Our own process did not run for so long: what was lost then, or is soon, may be due to that.

        The lines of losses that were noticed a moment before this was, with that in them.
        """
        self._stood = (now, seconds)
        changed = []
        for known in self._open.values():
            fresh = now - known.lost_at <= STOOD_STILL_WITHIN_S
            if fresh and known.view.closed_by != "bntui" and STOOD_STILL not in known.view.cause:
                known.view = replace(known.view, cause=f"{known.view.cause}{STOOD_STILL}{lasting(seconds)}")
                changed.append(known.told())
        return changed

    def subscribed(self, shard: int, now: float) -> None:
        """A connection stands again; whether its streams flow is another matter."""
        known = self._open.get(shard)
        if known is not None and known.back_at is None:
            known.back_at = now

    def moved(self, shard: int, successor: int) -> None:
        """Another connection has taken over the streams of a shard, and with them what they suffer from."""
        if shard in self._open and successor not in self._open:
            self._open[successor] = self._open.pop(shard)

    def flowing(self, shard: int, now: float, wall_ms: int) -> OutageView | None:
        """The shard's streams flow again. None when nothing was lost."""
        outage = self._open.pop(shard, None)
        if outage is None:
            return None
        more = []
        if outage.back_at is not None and now - outage.back_at >= WORTH_A_WORD_S:
            after, late = lasting(outage.back_at - outage.lost_at), lasting(now - outage.back_at)
            more = [
                f"a connection stood again after {after}, but it took {late} until all of its data flowed"
            ]
        return replace(outage.told(*more), ended_ms=wall_ms, blind_s=max(0.0, now - outage.blind_since))

    def planned(self, shard: int, cause: str, streams: int, wall_ms: int) -> OutageView:
        """A change of connection that lost nothing."""
        return OutageView(
            self._take_id(), shard, self._market, wall_ms, cause, None, streams, wall_ms, 0.0, True
        )

    def lasts(self, shard: int | None) -> bool:
        """Whether the shard is in an outage."""
        return shard in self._open

    def __repr__(self) -> str:
        return f"<Outages {len(self._open)} open>"
