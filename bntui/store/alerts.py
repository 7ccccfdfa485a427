"""Alerts, as the store keeps them for viewers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bntui.model.alerts import ALERTS_KEPT, AlertView, surplus
from bntui.store.tables import TOMBSTONES, ChangeTable


class AlertTable:
    """The last that is known of each alert. Beyond ALERTS_KEPT the lowest ids go, those that last never
    before the others. Which went is told: it depends on what lasted at that moment."""

    def __init__(self, stamp: Callable[[], int], tombstones: int = TOMBSTONES) -> None:
        """None is known. `stamp` gives the revision of a change that happens now."""
        self._stamp = stamp
        self._alerts: ChangeTable[int, AlertView] = ChangeTable(tombstones)

    def keep(self, alert: AlertView) -> None:
        """Keep an alert in place of what was known of it."""
        self._alerts.set(alert.id, alert, self._stamp())
        for gone in surplus(self._alerts.values, ALERTS_KEPT):
            self._alerts.remove(gone, self._stamp())

    def get(self, number: int) -> AlertView | None:
        """The alert of this id, if it is kept."""
        return self._alerts.values.get(number)

    def changed_since(self, revision: int) -> list[AlertView]:
        """The alerts that changed after a revision."""
        return self._alerts.changed_since(revision)

    def gone_since(self, revision: int) -> list[int]:
        """The ids of alerts that went after a revision."""
        return self._alerts.gone_since(revision)

    @property
    def forgotten(self) -> int:
        """The newest revision whose removals may be missing: a viewer that is older needs everything."""
        return self._alerts.forgotten

    def __iter__(self) -> Iterator[AlertView]:
        return iter(self._alerts.values.values())

    def __len__(self) -> int:
        return len(self._alerts)

    def __repr__(self) -> str:
        lasting = sum(alert.lasts for alert in self._alerts.values.values())
        return f"<AlertTable {len(self._alerts)} alerts, {lasting} last>"
