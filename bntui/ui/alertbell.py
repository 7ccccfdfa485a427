"""Which alerts this viewer makes heard: those told while it runs, and an engine that says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bntui.model.alerts import AlertView
from bntui.ui.format import clean

DARK_S = 10.0
"""So long without an engine is a silence that must be heard: who is told nothing hears of no alert."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is to be made heard now."""

    bell: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    """Notifications for the desktop: the way, and the text."""
    message: str = ""
    """Of the newest alert; empty: nothing to say."""


class AlertBell:
    """Follows the alerts from the moment on in which the viewer began: what was told before is not new."""

    def __init__(self) -> None:
        """Nothing was heard."""
        self._since_ms: int | None = None
        self._told: dict[int, int] = {}
        """How often each alert had been told when it was looked at last."""
        self._dark_since: float | None = None
        self._rung_for_dark = False

    def take(self, alerts: Mapping[int, AlertView], dark: bool, wall_ms: int, now: float) -> Heard:
        """Look for alerts that were told since the last call. `dark`: the engine does not answer."""
        if self._since_ms is None:
            self._since_ms = wall_ms
        new = [
            alert
            for alert in alerts.values()
            if alert.told > self._told.get(alert.id, 0) and (alert.told_ms or 0) >= self._since_ms
        ]
        if new or len(alerts) != len(self._told):
            self._told = {alert.id: alert.told for alert in alerts.values()}
        silence = self._fell_silent(dark, now)
        newest = max(new, key=lambda alert: (alert.told_ms or 0, alert.id), default=None)
        return Heard(
            bell=silence or any(alert.bell for alert in new),
            notes=tuple((alert.desktop, words(alert)) for alert in new if alert.desktop),
            message="" if newest is None else words(newest),
        )

    def _fell_silent(self, dark: bool, now: float) -> bool:
        """Whether the engine has been silent for long enough, once for each silence."""
        if not dark:
            self._dark_since, self._rung_for_dark = None, False
            return False
        if self._dark_since is None:
            self._dark_since = now
        if self._rung_for_dark or now - self._dark_since < DARK_S:
            return False
        self._rung_for_dark = True
        return True

    def __repr__(self) -> str:
        return f"<AlertBell {len(self._told)} heard>"


def words(alert: AlertView) -> str:
    """An alert in a line."""
    return clean(f"{alert.rule}: {alert.text}")
