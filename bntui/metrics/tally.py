"""What is counted from here on: outages and fills come in lists that forget, and counters may not."""

from __future__ import annotations

from collections import Counter

from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.model.views import OutageView
from bntui.wire.mirror import Mirror

PLANNED, SILENT, LOST = KINDS = ("planned", "silent", "lost")
"""Of outages: a change of connection without loss; one that stood and brought nothing; all others."""


class Tally:
    """Counts what a mirror shows, each thing once. What was there at the first look is history, not news.

    Bounded by the mirror: it remembers what the mirror still holds, and sums.
    """

    def __init__(self) -> None:
        """Nothing was seen."""
        self.markets: set[Market] = set()
        """That had a connection."""
        self.outages: Counter[tuple[Market, str]] = Counter()
        """By market and kind."""
        self.blind_s: dict[Market, float] = {}
        self.missing: Counter[Market] = Counter()
        self.refilled: Counter[Market] = Counter()
        self.fills: Counter[tuple[AccountKey, bool]] = Counter()
        """By account, and whether as a maker."""
        self.recovered: Counter[AccountKey] = Counter()
        self._epoch = ""
        self._known: dict[int, OutageView] = {}
        self._history = 0
        """The newest outage of the first look; it and those before are history."""
        self._last_fill = 0
        """The newest fill that was counted, or was there at the first look."""

    def look(self, mirror: Mirror) -> None:
        """Count what is new. A mirror that no engine has filled yet says nothing of what is history."""
        if not mirror.epoch:
            return
        newest = max((outage.id for outage in mirror.outages), default=0)
        newest_fill = mirror.accounts.newest_fill
        if not self._epoch:
            self._history, self._last_fill = newest, newest_fill
        elif mirror.epoch != self._epoch:
            # An engine that remembers nothing numbers anew, and has no history.
            self._history = self._history if newest >= self._history else 0
            self._last_fill = self._last_fill if newest_fill >= self._last_fill else 0
            self._known = self._known if newest >= max(self._known, default=0) else {}
        self._epoch = mirror.epoch
        self.markets.update(shard.market for shard in mirror.shards.values())
        self._look_at_outages(mirror)
        self._look_at_fills(mirror)

    def _look_at_outages(self, mirror: Mirror) -> None:
        known = self._known
        self._known = {outage.id: outage for outage in mirror.outages}
        for outage in mirror.outages:
            if outage.id <= self._history:
                continue
            before, market = known.get(outage.id), outage.market
            self.markets.add(market)
            if before is None:
                self.outages[market, kind_of(outage)] += 1
            self.missing[market] += max(0, outage.missing - (before.missing if before else 0))
            self.refilled[market] += max(0, outage.refilled - (before.refilled if before else 0))
            if outage.blind_s is not None and (before is None or before.blind_s is None):
                self.blind_s[market] = self.blind_s.get(market, 0.0) + outage.blind_s

    def _look_at_fills(self, mirror: Mirror) -> None:
        accounts = mirror.accounts
        for number in reversed(accounts.fills):
            if number <= self._last_fill:
                break
            fill = accounts.fills[number]
            self.fills[fill.owner, fill.maker] += 1
            self.recovered[fill.owner] += fill.recovered
        self._last_fill = max(self._last_fill, accounts.last_fill)


def kind_of(outage: OutageView) -> str:
    """Which of KINDS an outage is."""
    if outage.planned:
        return PLANNED
    return SILENT if outage.silent else LOST
