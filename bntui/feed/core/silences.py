"""Streams that fall silent while their connection stands: the other way to be blind, for the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from bntui.model.incident import CONNECTION_LOST_TOO
from bntui.model.labels import stream_label
from bntui.model.markets import Market, StreamKey
from bntui.model.views import OutageView, StreamView

STREAMS_NAMED = 6
"""Streams that a line of the history names."""


def some_of(market: Market, names: Iterable[str]) -> str:
    """The first few streams in words, for the history."""
    labels = [stream_label(StreamKey(market, name)) for name in islice(names, STREAMS_NAMED)]
    return ", ".join(labels)


@dataclass(slots=True)
class _Open:
    view: OutageView
    blind_since: float
    names: dict[str, None] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    """What bntui did about it, with how often: a few kinds."""

    def told(self, *more: str) -> OutageView:
        steps = [step if times == 1 else f"{step} ({times} times)" for step, times in self.steps.items()]
        return replace(
            self.view,
            streams=len(self.names),
            hit=some_of(self.view.market, self.names),
            later="; ".join((*steps, *more)),
        )


class Silences:
    """Keeps the one silence that lasts: streams that join it later are of the same incident."""

    def __init__(self, market: Market, take_id: Callable[[], int]) -> None:
        """Nothing is silent. `take_id` gives ids that no other line of the history has."""
        self._market = market
        self._take_id = take_id
        self._open: _Open | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The streams of the silence that lasts."""
        return () if self._open is None else tuple(self._open.names)

    def follow(self, silent: Sequence[StreamView], lost: bool, now: float, wall_ms: int) -> OutageView | None:
        """Take in which streams are silent without a reason; the line of history, where it has changed.

        `lost`: the connection of streams of this silence is lost by now; then that tells the rest.
        """
        known = self._open
        if known is None:
            return self._begin(silent, now, wall_ms) if silent else None
        if not silent:
            self._open = None
            ended = known.told(CONNECTION_LOST_TOO) if lost else known.told()
            return replace(ended, ended_ms=wall_ms, blind_s=max(0.0, now - known.blind_since))
        before = len(known.names)
        known.names.update(dict.fromkeys(stream.name for stream in silent))
        return known.told() if len(known.names) > before else None

    def _begin(self, silent: Sequence[StreamView], now: float, wall_ms: int) -> OutageView:
        first = silent[0]
        # Of several the one that spoke last tells best since when something is amiss.
        data_at = max((stream.data_at for stream in silent if stream.data_at is not None), default=now)
        label = stream_label(StreamKey(self._market, first.name))
        view = OutageView(
            id=self._take_id(),
            shard=first.shard or 0,
            market=self._market,
            began_ms=wall_ms,
            cause=f"{label}: {first.reason}",
            close_code=None,
            streams=len(silent),
            ended_ms=None,
            blind_s=None,
            planned=False,
            silent=True,
        )
        self._open = _Open(view, data_at, dict.fromkeys(stream.name for stream in silent))
        return self._open.told()

    def did(self, step: str, names: Iterable[str]) -> OutageView | None:
        """Something was done about these streams; the line of history, where they belong to one."""
        known = self._open
        if known is None or not known.names.keys() & set(names):
            return None
        known.steps[step] = known.steps.get(step, 0) + 1
        return known.told()

    def __repr__(self) -> str:
        return f"<Silences {len(self.names)} streams>"
