"""Alerts in the engine: measured once a second, kept in store and journal, and sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from bntui.alertrules import AlertRule
from bntui.clock import Clock
from bntui.engine.alert_measures import Measures, fill_measure
from bntui.engine.alert_senders import Senders
from bntui.engine.alerts import Alerts, Step, Tell
from bntui.journal import Journal
from bntui.model.account import Fill
from bntui.model.alerts import AlertKind
from bntui.model.markets import SymbolKey
from bntui.model.status import Event
from bntui.store.store import Store

log = logging.getLogger(__name__)

MEASURE_EVERY_S = 1.0
"""How soon something wrong is seen."""


LATE_MS = 60_000
"""A fill that no gap explains and that was done so long ago is the past of an account, and no news."""


class Alerting:
    """The rules at work on one store."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rules: Sequence[AlertRule] = (),
        journal: Journal | None = None,
        senders: Senders | None = None,
    ) -> None:
        """Take up what an earlier run has left. Without senders only viewers make alerts known."""
        self._store = store
        self._clock = clock
        self._journal = journal
        self._senders = senders
        remembered = journal.remembered.alerts if journal is not None else []
        for alert in remembered:
            store.alerts.keep(alert)
        self._alerts = Alerts(
            rules,
            remembered,
            journal.next_alert_id if journal is not None else 1,
            clock.monotonic(),
            clock.wall_ms(),
        )
        self._measures = Measures(store, rules)
        self._of_fills = [rule for rule in rules if rule.kind is AlertKind.FILL]
        self._measured_at: float | None = None
        if senders is not None:
            senders.on_sent = self._sent

    @property
    def symbols(self) -> tuple[SymbolKey, ...]:
        """The symbols that rules name: who is not watched cannot be measured."""
        return tuple(dict.fromkeys(key for rule in self._alerts.rules for key in rule.symbols))

    def rules_about(self, keys: Iterable[SymbolKey]) -> list[str]:
        """The rules that name one of these symbols."""
        gone = set(keys)
        return [rule.name for rule in self._alerts.rules if not gone.isdisjoint(rule.symbols)]

    def tick(self, now: float) -> None:
        """Measure and judge, if it is time."""
        if self._measured_at is None or now - self._measured_at >= MEASURE_EVERY_S:
            self._measured_at = now
            wall_ms = self._clock.wall_ms()
            self._do(self._alerts.tick(self._measures.take(now, wall_ms), now, wall_ms))

    def take(self, events: Iterable[Event]) -> None:
        """Look for fills among what the feed says."""
        if not self._of_fills:
            return
        for event in events:
            if isinstance(event, Fill):
                self._take_fill(event)

    def _take_fill(self, fill: Fill) -> None:
        if not fill.recovered and fill.received_ms - fill.time_ms > LATE_MS:
            return
        for rule in self._of_fills:
            measure = fill_measure(rule, fill)
            if measure is not None:
                now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
                self._do(self._alerts.happened(rule, measure, now, wall_ms))

    def acknowledge(self, number: int, note: str) -> None:
        """Somebody knows of an alert. Raises UsageError for one that is not followed any more."""
        self._do(self._alerts.acknowledge(number, note, self._clock.wall_ms()))

    async def run(self) -> None:
        """Send until cancelled."""
        if self._senders is not None:
            await self._senders.run()

    def _sent(self, number: int, words: str) -> None:
        self._do(self._alerts.sent(number, words))

    def _do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if isinstance(step, Tell):
                log.warning("alert %s, rule %s: %s", step.alert.id, step.rule.name, step.alert.text)
                if self._senders is not None:
                    self._senders.send(step)
                continue
            self._store.alerts.keep(step.alert)
            if self._journal is not None:
                self._journal.keep(step.alert)

    def __repr__(self) -> str:
        return f"<Alerting {self._alerts!r}>"
