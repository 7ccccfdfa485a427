"""Incidents in numbers: the sums of a day, and the cards as Markdown for a ticket. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from bntui.model.incident import (
    UNKNOWN_TIME,
    blind_span,
    card,
    day_of,
    is_hole,
    is_ongoing,
    lasting,
    moment,
    named,
    plain,
)
from bntui.model.text import counted
from bntui.model.views import OutageView

MARKDOWN_CARDS = 40
"""Cards in one text; the older ones are only counted. Terminals take some 70 kB at once by OSC 52."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Some incidents, counted."""

    losses: int
    silences: int
    holes: int
    ongoing: int
    """Of the losses and silences."""
    planned: int
    blind_s: float
    """Time in which at least one connection was dark; two at once count once."""
    missing: int
    refilled: int

    @property
    def parts(self) -> list[str]:
        """The sums in words."""
        parts = [counted(self.losses, "loss", "losses") if self.losses else "no loss"]
        if self.silences:
            parts.append(counted(self.silences, "silence", "silences"))
        if self.holes:
            parts.append(counted(self.holes, "hole", "holes"))
        if self.planned:
            parts.append(counted(self.planned, "planned change", "planned changes"))
        if self.blind_s:
            parts.append(f"blind for {lasting(self.blind_s)}")
        if self.missing:
            parts.append(f"{counted(self.missing, 'trade', 'trades')} missing, {self.refilled:,} refilled")
        return parts


def sums(outages: Iterable[OutageView], now_ms: int) -> Sums:
    """Count; what began on a day counts whole for that day."""
    rows = list(outages)
    dark_rows = [row for row in rows if not row.planned]
    holes = sum(is_hole(row) for row in rows)
    silences = sum(row.silent for row in rows) - holes
    spans = sorted(dark for row in dark_rows if row.streams and (dark := blind_span(row, now_ms)) is not None)
    blind_ms, reached = 0.0, -math.inf
    for since, until in spans:
        blind_ms += max(until - max(since, reached), 0.0)
        reached = max(reached, until)
    return Sums(
        len(dark_rows) - silences - holes,
        silences,
        holes,
        sum(is_ongoing(row) for row in rows),
        len(rows) - len(dark_rows),
        blind_ms / 1000,
        sum(row.missing for row in rows),
        sum(min(row.refilled, row.missing) for row in rows),
    )


NONE_GIVEN_UP: Mapping[int, str] = MappingProxyType({})

_MARKUP = re.compile(r"[\\`*_\[\]<>|~&#@$]|:(?=//)|(?<=www)\.")
"""What Markdown, or a page that shows it, would take for more than text."""


def escaped(text: str) -> str:
    """A line of text that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\g<0>", text)


def markdown(
    outages: Sequence[OutageView], environment: str, now_ms: int, given_up: Mapping[int, str] = NONE_GIVEN_UP
) -> str:
    """The cards as Markdown, the newest first; more than one under their days, with the sums of each.

    `given_up`: by connection, as for a card. Of more than MARKDOWN_CARDS the oldest are only counted.
    """
    newest = sorted(outages, key=lambda row: (row.began_ms, row.id), reverse=True)
    shown, left_out = newest[:MARKDOWN_CARDS], len(newest) - MARKDOWN_CARDS
    lines: list[str] = []
    where = f" ({escaped(plain(environment))})" if environment else ""
    if len(newest) == 1:
        lines += [
            f"### {_title(newest[0], '%Y-%m-%d %H:%M:%S UTC')}{where}",
            "",
            *_items(newest[0], now_ms, given_up),
        ]
    else:
        for day, rows in groupby(shown, lambda row: day_of(row.began_ms)):
            of_day = [row for row in newest if day_of(row.began_ms) == day]
            lines += [f"## Connections on {day or UNKNOWN_TIME}, UTC{where}", ""]
            lines += [f"{', '.join(sums(of_day, now_ms).parts)}.", ""]
            for row in rows:
                lines += [f"### {_title(row, '%H:%M:%S')}", "", *_items(row, now_ms, given_up), ""]
    if left_out > 0:
        lines.append(f"And {left_out:,} older ones, which are left out here.")
    return "".join(f"{line}\n" for line in lines).strip("\n") + "\n" if lines else ""


def _title(outage: OutageView, pattern: str) -> str:
    if outage.planned:
        what = "planned change"
    elif is_hole(outage):
        what = "trades missing"
    elif outage.silent:
        what = "streams silent" if outage.ended_ms is not None else "streams silent still"
    else:
        what = "lost" if outage.ended_ms is not None else "not back yet"
    return f"{moment(outage.began_ms, pattern) or UNKNOWN_TIME}, {named(outage)}: {what}"


def _items(outage: OutageView, now_ms: int, given_up: Mapping[int, str]) -> list[str]:
    sentences = card(outage, now_ms, given_up.get(outage.shard, ""))
    return [f"- {escaped(sentence)}" for sentence in sentences]
