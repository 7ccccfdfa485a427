"""Which alerts begin, are told, told again, and end: rules applied to measures. No clock, no I/O.

A rule fires once for each subject. It is over when the measure is clearly back (`AlertRule.clear`); what
comes back within the cool-down is the same alert, and is told again only after that. Where nothing is known
of a subject, nothing changes: what has no data is neither wrong nor well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from bntui.alertrules import AlertRule
from bntui.errors import UsageError
from bntui.model.alerts import NOTE_CHARS, AlertKind, AlertView
from bntui.model.text import one_line

TOLD_A_MINUTE = 10
"""A rule makes itself known so often in a minute; alerts beyond it are listed, counted, and not told."""

MINUTE_S = 60.0

GONE_AFTER_S = 60.0
"""A subject that is not measured for so long is looked at no more: its alert is over."""


class Measure(NamedTuple):
    """What a rule sees of one subject."""

    subject: str
    value: Decimal | None
    """None: nothing can be said of it now."""
    words: str
    """For people: what is so."""


class Keep(NamedTuple):
    """The alert began or changed."""

    alert: AlertView


class Tell(NamedTuple):
    """The alert is to be made known by the rule's command and webhook; viewers see it by its `told`."""

    rule: AlertRule
    alert: AlertView
    held_back: int = 0
    """Alerts of the rule that were not told since it was told last."""


Step = Keep | Tell


@dataclass(slots=True)
class _Track:
    """One subject of one rule."""

    wrong_since: float | None = None
    alert: AlertView | None = None
    """The last one, over or not."""
    told_at: float | None = None
    """When it was told last, or held back."""
    over_at: float | None = None
    owes: bool = False
    """It came back, or more happened, within the cool-down, and nobody was told."""
    seen_at: float = 0.0


class Alerts:
    """Follows the rules. Subjects are as many as a rule has symbols, accounts and positions."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        remembered: Iterable[AlertView] = (),
        next_id: int = 1,
        now: float = 0.0,
        wall_ms: int = 0,
    ) -> None:
        """Take up the alerts that lasted when the last run ended, as if there had been no end: they are not
        told once more."""
        self.rules = tuple(rules)
        self._next_id = next_id
        self._tracks: dict[str, dict[str, _Track]] = {rule.name: {} for rule in rules}
        self._told: dict[str, deque[float]] = {rule.name: deque(maxlen=TOLD_A_MINUTE) for rule in rules}
        self._held: dict[str, int] = {}
        self._orphans: list[AlertView] = []
        """Alerts that last, of rules that there are no more."""
        kinds = {rule.name: str(rule.kind) for rule in rules}
        for alert in remembered:
            if kinds.get(alert.rule) != alert.kind:
                self._orphans += [alert] if alert.lasts else []
                continue
            told_at = None if alert.told_ms is None else now - max(wall_ms - alert.told_ms, 0) / 1_000
            over_at = None if alert.ended_ms is None else now - max(wall_ms - alert.ended_ms, 0) / 1_000
            self._tracks[alert.rule][alert.subject] = _Track(
                now if alert.lasts else None, alert, told_at, over_at, seen_at=now
            )

    # What comes in

    def tick(self, measures: Mapping[str, Iterable[Measure]], now: float, wall_ms: int) -> list[Step]:
        """Apply each rule to what was measured for it, by the rules' names."""
        steps: list[Step] = [
            Keep(replace(orphan, ended_ms=wall_ms, ending="its rule was taken away"))
            for orphan in self._orphans
        ]
        self._orphans = []
        for rule in self.rules:
            tracks = self._tracks[rule.name]
            if rule.kind is AlertKind.FILL:
                for track in tracks.values():
                    self._settle_fills(rule, track, now, wall_ms, steps)
                continue
            for measure in measures.get(rule.name, ()):
                track = tracks.setdefault(measure.subject, _Track())
                track.seen_at = now
                self._judge(rule, track, measure, now, wall_ms, steps)
            for subject in [s for s, track in tracks.items() if now - track.seen_at >= GONE_AFTER_S]:
                gone = tracks.pop(subject).alert
                if gone is not None and gone.lasts:
                    steps.append(Keep(replace(gone, ended_ms=wall_ms, ending="it is looked at no more")))
        return steps

    def happened(self, rule: AlertRule, measure: Measure, now: float, wall_ms: int) -> list[Step]:
        """Something happened that is over at once, such as a fill. Those that follow one another within the
        cool-down are one alert, told once more at its end."""
        if measure.value is not None and measure.value < rule.value:
            return []
        steps: list[Step] = []
        track = self._tracks[rule.name].setdefault(measure.subject, _Track())
        text, alert = one_line(measure.words), track.alert
        if alert is not None and track.told_at is not None and now - track.told_at < rule.cool_down_s:
            track.owes = True
            track.alert = replace(alert, text=text, count=alert.count + 1, ended_ms=wall_ms)
            return [Keep(track.alert)]
        track.alert = replace(self._begun(rule, measure, wall_ms), ended_ms=wall_ms)
        self._tell(rule, track, track.alert, now, wall_ms, steps)
        return steps

    def acknowledge(self, number: int, note: str, wall_ms: int) -> list[Step]:
        """Somebody knows of it. Raises UsageError for an alert that no rule follows any more."""
        for tracks in self._tracks.values():
            for track in tracks.values():
                if track.alert is not None and track.alert.id == number:
                    track.alert = replace(
                        track.alert, acknowledged_ms=wall_ms, note=one_line(note, NOTE_CHARS)
                    )
                    track.owes = False
                    return [Keep(track.alert)]
        raise UsageError(f"Alert {number} is over and done with.")

    def sent(self, number: int, words: str) -> list[Step]:
        """What became of a command or a webhook."""
        for tracks in self._tracks.values():
            for track in tracks.values():
                if track.alert is not None and track.alert.id == number:
                    track.alert = replace(track.alert, sent=one_line(words))
                    return [Keep(track.alert)]
        return []

    # One subject

    def _judge(
        self, rule: AlertRule, track: _Track, measure: Measure, now: float, wall_ms: int, steps: list[Step]
    ) -> None:
        value, alert = measure.value, track.alert
        if value is None:
            if alert is None or not alert.lasts:
                track.wrong_since = None
            return
        wrong = value <= rule.value if rule.below else value >= rule.value
        over = value > rule.clear if rule.below else value < rule.clear
        if alert is not None and alert.lasts:
            if over:
                self._end(rule, track, alert, measure, now, wall_ms, steps)
            elif self._is_due(rule, track, alert, now):
                self._tell(rule, track, replace(alert, text=one_line(measure.words)), now, wall_ms, steps)
            return
        if not wrong:
            track.wrong_since = None
            return
        track.wrong_since = now if track.wrong_since is None else track.wrong_since
        if now - track.wrong_since < rule.for_s:
            return
        if alert is not None and now < self._quiet_until(rule, track, alert):
            track.owes = True
            track.alert = replace(
                alert, ended_ms=None, ending="", count=alert.count + 1, text=one_line(measure.words)
            )
            steps.append(Keep(track.alert))
            return
        self._tell(rule, track, self._begun(rule, measure, wall_ms), now, wall_ms, steps)

    def _end(
        self,
        rule: AlertRule,
        track: _Track,
        alert: AlertView,
        measure: Measure,
        now: float,
        wall_ms: int,
        steps: list[Step],
    ) -> None:
        track.wrong_since, track.over_at, track.owes = None, now, False
        track.alert = replace(alert, ended_ms=wall_ms, ending=one_line(measure.words))
        steps.append(Keep(track.alert))
        if rule.tells_over and alert.told:
            steps.append(Tell(rule, track.alert))

    def _settle_fills(
        self, rule: AlertRule, track: _Track, now: float, wall_ms: int, steps: list[Step]
    ) -> None:
        if track.owes and track.alert is not None and now >= self._quiet_until(rule, track, track.alert):
            self._tell(rule, track, track.alert, now, wall_ms, steps)

    def _quiet_until(self, rule: AlertRule, track: _Track, alert: AlertView) -> float:
        """Up to then what comes back is not told. Who acknowledged it knows, and wants quiet from its end."""
        since = track.told_at
        if alert.acknowledged_ms is not None and track.over_at is not None:
            since = max(track.over_at, since or track.over_at)
        return since + rule.cool_down_s if since is not None else 0.0

    def _is_due(self, rule: AlertRule, track: _Track, alert: AlertView, now: float) -> bool:
        """Whether it is told again while it lasts."""
        if alert.acknowledged_ms is not None:
            return False
        if track.owes:
            return now >= self._quiet_until(rule, track, alert)
        return bool(rule.repeat_s) and track.told_at is not None and now - track.told_at >= rule.repeat_s

    def _begun(self, rule: AlertRule, measure: Measure, wall_ms: int) -> AlertView:
        number, self._next_id = self._next_id, self._next_id + 1
        return AlertView(
            number,
            rule.name,
            str(rule.kind),
            one_line(measure.subject),
            one_line(measure.words),
            wall_ms,
            bell=rule.bell,
            desktop=rule.desktop,
        )

    def _tell(
        self, rule: AlertRule, track: _Track, alert: AlertView, now: float, wall_ms: int, steps: list[Step]
    ) -> None:
        """Make it known, unless the rule has made itself known too often."""
        told = self._told[rule.name]
        while told and now - told[0] >= MINUTE_S:
            told.popleft()
        track.told_at, track.owes = now, False
        if len(told) == TOLD_A_MINUTE:
            self._held[rule.name] = self._held.get(rule.name, 0) + 1
            track.alert = alert
            steps.append(Keep(alert))
            return
        told.append(now)
        track.alert = replace(alert, told=alert.told + 1, told_ms=wall_ms)
        steps += [Keep(track.alert), Tell(rule, track.alert, self._held.pop(rule.name, 0))]

    def __repr__(self) -> str:
        lasting = sum(
            track.alert is not None and track.alert.lasts
            for tracks in self._tracks.values()
            for track in tracks.values()
        )
        return f"<Alerts {len(self.rules)} rules, {lasting} last>"
