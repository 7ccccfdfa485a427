"""The list of alerts: one row each under headings, those that last first, then day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from bntui.model.alerts import AlertView
from bntui.model.incident import clock_time, day_of, lasting
from bntui.model.text import counted
from bntui.ui.format import NONE, Align, age, clean, utc
from bntui.ui.tables.incidents import ONGOING, Heading, Key
from bntui.ui.widgets.columns import Cell, Column

Row = AlertView | Heading


def listed(alerts: Iterable[AlertView]) -> dict[Key, Row]:
    """The rows in the order to show them: what lasts, those first that nobody acknowledged, then the days."""
    newest = sorted(alerts, key=lambda row: (row.began_ms, row.id), reverse=True)
    rows: dict[Key, Row] = {}
    active = sorted((row for row in newest if row.lasts), key=lambda row: not row.open)
    if active:
        waiting = sum(row.open for row in active)
        known = f", {waiting} not acknowledged" if waiting else ", all acknowledged"
        text = f"Now: {counted(len(active), 'alert lasts', 'alerts last')}{known}"
        rows[ONGOING] = Heading(ONGOING, text, "blind" if waiting else "title")
        rows.update((row.id, row) for row in active)
    for day, of_day in groupby((row for row in newest if not row.lasts), lambda row: day_of(row.began_ms)):
        kept = list(of_day)
        text = f"{day or 'on a day that is not known'} · {counted(len(kept), 'alert', 'alerts')}"
        rows[day] = Heading(day, text, "title")
        rows.update((row.id, row) for row in kept)
    return rows


def heading_note(row: Row, _now: float) -> Cell | None:
    """A heading takes the whole line."""
    return (row.text, row.style) if isinstance(row, Heading) else None


def state(row: AlertView) -> Cell:
    """How it stands with an alert, in a word."""
    if row.open:
        return "ALERT", "blind"
    return ("known", "degraded") if row.lasts else ("over", "faint")


def alert_columns(now_ms: Callable[[], int]) -> tuple[Column[Row], ...]:
    """One row an alert. `now_ms`: the wall clock, for those that last."""

    def began(row: AlertView) -> Cell:
        same_day = not row.lasts or day_of(row.began_ms) == day_of(now_ms())
        return utc(row.began_ms, "%H:%M:%S" if same_day else "%m-%d %H:%M"), "strong"

    def held(row: AlertView) -> Cell:
        return age(max((row.ended_ms or now_ms()) - row.began_ms, 0) / 1_000), ""

    def times(row: AlertView) -> Cell:
        return (NONE, "faint") if row.count == 1 else (f"{row.count}×", "")

    return (
        _column("began", "began UTC", 12, began),
        _column("state", "state", 6, state),
        _column("rule", "rule", 10, lambda row: (clean(row.rule), "strong"), widest=18),
        _column("subject", "about", 9, lambda row: (clean(row.subject) or "all", ""), widest=14),
        _column("held", "for", 6, held, align="right"),
        _column("count", "times", 5, times, align="right", rank=1),
        _column("text", "what", 16, lambda row: (clean(row.text), ""), widest=200),
    )


def _column(
    id: str,
    title: str,
    width: int,
    cell: Callable[[AlertView], Cell],
    align: Align = "left",
    widest: int = 0,
    rank: int = 0,
) -> Column[Row]:
    def of_row(row: Row, _width: int, _now: float) -> Cell:
        # A heading stands in place of all cells.
        return ("", "") if isinstance(row, Heading) else cell(row)

    return Column(id, title, width, of_row, rank=rank, align=align, widest=widest)


def card(row: AlertView, now_ms: int, key: str) -> list[str]:
    """An alert in sentences: what, since when, who was told, who knows, how it ended. `key` acknowledges."""
    began = clock_time(row.began_ms, now_ms)
    held = lasting(max((row.ended_ms or now_ms) - row.began_ms, 0) / 1_000)
    sentences = [f"{row.rule}: {row.text}."]
    if row.ended_ms is None:
        sentences.append(f"It began at {began} and has lasted for {held}.")
    elif row.ended_ms == row.began_ms:
        sentences.append(f"It happened at {began}.")
    else:
        ending = f": {row.ending}" if row.ending else ""
        sentences.append(f"It began at {began} and was over after {held}{ending}.")
    if row.count > 1:
        sentences.append(f"It is {row.count} in one, since they came soon after one another.")
    if row.told_ms is None:
        sentences.append("It was listed only: its rule had made itself known too often.")
    else:
        last = f"{row.told} times, the last time at {clock_time(row.told_ms, now_ms)}"
        sentences.append(f"It was made known {last if row.told > 1 else 'once'}.")
    if row.sent:
        sentences.append(f"Sent: {row.sent}.")
    if row.acknowledged_ms is not None:
        note = f" with the note “{row.note}”" if row.note else ""
        sentences.append(f"Acknowledged at {clock_time(row.acknowledged_ms, now_ms)}{note}.")
    elif row.lasts:
        sentences.append(f"Nobody has acknowledged it: press {key} when you know.")
    return sentences
