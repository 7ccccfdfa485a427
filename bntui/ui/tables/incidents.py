"""The timeline of incidents: one row each under headings, what lasts first, then day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby

from bntui.model.incident import blind_span, day_of, is_hole, is_ongoing
from bntui.model.text import counted
from bntui.model.ticket import sums
from bntui.model.views import OutageView
from bntui.ui.format import NONE, Align, age, clean, duration, human, utc
from bntui.ui.widgets.columns import Cell, Column

ONGOING = "ongoing"
"""The key of the heading above what lasts."""

EXACT = 10_000
"""Below this, trades are counted to the last one."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Key = int | str
"""An incident's id, or a heading's word: the day, or ONGOING."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line between the incidents."""

    key: str
    text: str
    style: str


Row = OutageView | Heading


def is_heading(key: Key) -> bool:
    """Is it a heading's key?"""
    return isinstance(key, str)


def timeline(outages: Iterable[OutageView], now_ms: int) -> dict[Key, Row]:
    """The rows in the order to show them: what lasts, then the days, the newest of each first."""
    newest = sorted(outages, key=lambda row: (row.began_ms, row.id), reverse=True)
    rows: dict[Key, Row] = {}
    lasting = [row for row in newest if is_ongoing(row)]
    if lasting:
        silent = sum(row.streams for row in lasting if row.silent)
        lost = len([row for row in lasting if not row.silent])
        parts = [f"{counted(lost, 'connection is', 'connections are')} lost and not back"] if lost else []
        if silent:
            parts.append(f"{counted(silent, 'stream is', 'streams are')} silent")
        since = lasting[-1].began_ms
        text = f"Now: {', '.join(parts)}, for {duration((now_ms - since) / 1000)}"
        rows[ONGOING] = Heading(ONGOING, text, "blind")
        rows.update((row.id, row) for row in lasting)
    for day, of_day in groupby(
        (row for row in newest if not is_ongoing(row)), lambda row: day_of(row.began_ms)
    ):
        kept = list(of_day)
        rows[day] = Heading(day, " · ".join([_day_name(day, now_ms), *sums(kept, now_ms).parts]), "title")
        rows.update((row.id, row) for row in kept)
    return rows


def _day_name(day: str, now_ms: int) -> str:
    try:
        weekday = _DAYS[datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).weekday()]
    except ValueError:
        return "on a day that is not known"
    return f"{day} {weekday}{', today' if day == day_of(now_ms) else ''}"


def heading_note(row: object, _now: float) -> Cell | None:
    """A heading takes the whole line."""
    return (row.text, row.style) if isinstance(row, Heading) else None


def _clock(epoch_ms: int | None, beside_ms: int) -> str:
    """The time; of another day than the one beside it without seconds, with the days between."""
    if epoch_ms is None:
        return NONE
    days = epoch_ms // 86_400_000 - beside_ms // 86_400_000
    return utc(epoch_ms) if not days else f"{days:+d}d {utc(epoch_ms, '%H:%M')}"


def tally(count: int) -> str:
    """A number of trades in five cells."""
    return str(count) if 0 <= count < EXACT else human(Decimal(count))


def kind(row: OutageView, _width: int, _now: float) -> Cell:
    """What an incident is, in a word."""
    if row.planned:
        return "planned", "quiet"
    if is_ongoing(row):
        return "ongoing", "blind"
    return "hole" if is_hole(row) else "silent" if row.silent else "loss", "degraded"


def incident_columns(now_ms: Callable[[], int]) -> tuple[Column[Row], ...]:
    """One row an incident. `now_ms`: the wall clock, for those that last."""

    def began(row: OutageView, _width: int, _now: float) -> Cell:
        # Those of a day stand below its date; what lasts stands below none.
        return _clock(row.began_ms, now_ms() if is_ongoing(row) else row.began_ms), "strong"

    def ended(row: OutageView, _width: int, _now: float) -> Cell:
        return _clock(row.ended_ms, row.began_ms), ""

    def connection(row: OutageView, width: int, _now: float) -> Cell:
        whole = f"{row.shard} {row.market}"
        return (whole if len(whole) <= width else str(row.shard)), ""

    def blind(row: OutageView, _width: int, _now: float) -> Cell:
        dark = blind_span(row, now_ms())
        if dark is None or not row.streams:
            return ("none" if row.blind_s is not None and not row.planned else NONE), "faint"
        return age((dark[1] - dark[0]) / 1000), "blind" if is_ongoing(row) else ""

    def code(row: OutageView, _width: int, _now: float) -> Cell:
        return (NONE if row.close_code is None else str(row.close_code)), ""

    def closed_by(row: OutageView, _width: int, _now: float) -> Cell:
        return clean(row.closed_by) or NONE, ""

    def trades(row: OutageView, _width: int, _now: float) -> Cell:
        if not row.missing:
            return NONE, "faint"
        back = min(row.refilled, row.missing)
        return f"{tally(row.missing)}/{tally(back)}", "" if back == row.missing else "degraded"

    def cause(row: OutageView, _width: int, _now: float) -> Cell:
        return clean(row.cause), ""

    return (
        _column("began", "began UTC", 9, began),
        _column("ended", "back", 9, ended, rank=1),
        _column("connection", "#", 3, connection, widest=8),
        _column("kind", "kind", 7, kind),
        _column("blind", "blind", 6, blind, align="right"),
        _column("code", "code", 4, code, align="right", rank=3),
        _column("closed_by", "by", 7, closed_by, rank=2),
        _column("trades", "miss/back", 11, trades, align="right"),
        _column("cause", "why", 14, cause, widest=200),
    )


def _column(
    id: str,
    title: str,
    width: int,
    cell: Callable[[OutageView, int, float], Cell],
    align: Align = "left",
    widest: int = 0,
    rank: int = 0,
) -> Column[Row]:
    def of_row(row: Row, width: int, now: float) -> Cell:
        # A heading stands in place of all cells.
        return ("", "") if isinstance(row, Heading) else cell(row, width, now)

    return Column(id, title, width, of_row, rank=rank, align=align, widest=widest)
