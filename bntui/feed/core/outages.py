"""The reconnect history: when a connection was lost, why, and how long its streams were blind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bntui.model.markets import Market
from bntui.model.views import OutageView


@dataclass(slots=True)
class _Open:
    view: OutageView
    blind_since: float


class Outages:
    """Keeps the outages that last, at most one a shard, and hands out every change as a whole line."""

    def __init__(self, market: Market, take_id: Callable[[], int]) -> None:
        """No outage. `take_id` gives ids that no other outage has, of other markets and earlier runs."""
        self._market = market
        self._take_id = take_id
        self._open: dict[int, _Open] = {}

    def lost(
        self,
        shard: int,
        cause: str,
        code: int | None,
        streams: int,
        blind_since: float,
        wall_ms: int,
        closed_by: str = "",
        hit: str = "",
    ) -> OutageView | None:
        """A shard is without a connection. None when that is known already: the first cause stays."""
        if shard in self._open or not streams:
            return None
        view = OutageView(
            id=self._take_id(),
            shard=shard,
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
        self._open[shard] = _Open(view, blind_since)
        return view

    def flowing(self, shard: int, now: float, wall_ms: int) -> OutageView | None:
        """The shard's streams flow again. None when nothing was lost."""
        outage = self._open.pop(shard, None)
        if outage is None:
            return None
        return replace(outage.view, ended_ms=wall_ms, blind_s=max(0.0, now - outage.blind_since))

    def planned(self, shard: int, cause: str, streams: int, wall_ms: int) -> OutageView:
        """A change of connection that lost nothing."""
        return OutageView(
            self._take_id(), shard, self._market, wall_ms, cause, None, streams, wall_ms, 0.0, True
        )

    def lasts(self, shard: int) -> bool:
        """Whether the shard is in an outage."""
        return shard in self._open

    def __repr__(self) -> str:
        return f"<Outages {len(self._open)} open>"
