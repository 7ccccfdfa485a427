"""The 3 a.m. page: the verdict in large letters, what is wrong now, what the last hour brought, what next.

Each part has its place by the size of the terminal alone. So nothing that gets longer moves what stands below
it, and over a thin line only what changed is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bntui.model.account import Fill
from bntui.model.alerts import AlertKind, AlertView
from bntui.model.incident import card, clock_time, is_hole, is_ongoing, lasting, named
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.model.text import counted
from bntui.model.ticket import sums
from bntui.model.views import OutageView
from bntui.ui import letters
from bntui.ui.alertbell import words
from bntui.ui.format import clean, duration, utc, wrap
from bntui.ui.tables.states import GRADE_GLYPHS
from bntui.ui.widgets.bars import CHIPS, headline, without_span
from bntui.ui.widgets.lines import Line, Part, cut, part_width

HOUR_MS = 3_600_000

MARGIN = 2
"""Cells at either edge."""

ROOMY, AIRY = 18, 28
"""From so many lines on the sentence may take two lines; from so many on the parts stand apart."""

NOW_LINES = 12
"""Of what is wrong now, at most: what the last hour brought stands near it in a tall terminal too."""

TALL = 34
"""From so many lines on, the verdict's letters are twice as large."""

SYMBOLS_NAMED = 4

GRADE_STYLES = {Grade.LIVE: "live", Grade.DEGRADED: "degraded", Grade.BLIND: "blind"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the page is about."""

    verdict: VerdictView
    held_s: float
    """How long the verdict has been of this grade."""
    is_dark: bool
    """The engine does not answer: all below the verdict is what was known before."""
    wall_ms: int
    outages: Sequence[OutageView]
    fills: Iterable[Fill]
    alerts: Iterable[AlertView]
    keys: Sequence[tuple[str, str]] = ()
    """What to press next, and what for."""


def page(now: Situation, width: int, height: int) -> list[Line]:
    """The whole page, in exactly so many lines."""
    airy = height >= AIRY
    inner = width - 2 * MARGIN
    blank: list[Line] = [()] if airy else []
    top = [*blank, *_large(now, inner, height), *([()] if height >= ROOMY else [])]
    words, scale = _in_letters(now, inner, height)
    timed = not scale or duration(now.held_s) in words
    said = _sentence(now, inner, 2 if height >= ROOMY else 1, timed=timed)
    keys = [*blank, _keys(now.keys, inner)]
    room = max(height - len(top) - len(said) - len(keys), 0)
    first = min(room - room // 2, NOW_LINES)
    style, known = ("faint", f", as known {duration(now.held_s)} ago") if now.is_dark else ("", "")
    parts = [*_place(f"NOW{known}", _wrong_now(now, inner), first, len(blank), style)]
    parts += _place(f"LAST HOUR{known}", _last_hour(now), room - first, len(blank), style)
    lines = [*top, *said, *parts, *keys]
    return [_inset(line, width) for line in lines[:height]]


def _inset(line: Line, width: int) -> Line:
    return ((" " * MARGIN, ""), *cut(line, width - 2 * MARGIN)) if line else ()


def _in_letters(now: Situation, width: int, height: int) -> tuple[str, int]:
    """What is said in large letters, and how large; 0: there is no room for any."""
    word, both = headline(now.verdict)[0], f"{headline(now.verdict)[0]} {duration(now.held_s)}"
    scale = letters.scale_for(word, width, _letters_height(height))
    fits = letters.can_draw(both) and letters.width_of(both, scale) <= width
    return (both if fits else word), scale


def _letters_height(height: int) -> int:
    return letters.HEIGHT * (2 if height >= TALL else 1)


def _large(now: Situation, width: int, height: int) -> list[Line]:
    """The verdict's first words, and how long it has been so where both fit."""
    most = _letters_height(height)
    words, scale = _in_letters(now, width, height)
    if scale:
        style = GRADE_STYLES[now.verdict.grade]
        drawn: list[Line] = [((line, style),) for line in letters.large(words, scale)]
    else:
        chip = (f" {GRADE_GLYPHS[now.verdict.grade]} {headline(now.verdict)[0]} ", CHIPS[now.verdict.grade])
        drawn = [(chip, (f"  {duration(now.held_s)}", "strong"))]
    above = (most - len(drawn)) // 2
    return [*[()] * above, *drawn, *[()] * (most - len(drawn) - above)]


def _sentence(now: Situation, width: int, most: int, *, timed: bool) -> list[Line]:
    """The verdict in words, and since when, always in as many lines; how long that is too, unless it is
    `timed` by the large letters: spans that differ a little would be compared."""
    rest = without_span(headline(now.verdict)[1]).lstrip(": ")
    lines = wrap(rest, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    since = utc(now.wall_ms - round(max(now.held_s, 0.0) * 1000), "%Y-%m-%d %H:%M:%S UTC")
    span = "" if timed else f", for {duration(now.held_s)}"
    told: Line = ((f"since {since}{span}", "title"),)
    return [*(((line, "strong"),) for line in lines), told, *[()] * (most - len(lines))]


def _place(title: str, lines: Sequence[Line], height: int, gap: int, style: str) -> list[Line]:
    """A titled part in exactly so many lines; what does not fit is counted."""
    room = height - 1 - gap
    if room < 1:
        return [()] * height
    kept = list(lines)
    if len(kept) > room:
        left_out = len(kept) - room + 1
        kept = [*kept[: room - 1], ((f"and {left_out} more lines", "title"),)] if room > 1 else kept[:1]
    if style:
        kept = [tuple((text, style) for text, _ in line) for line in kept]
    kept += [()] * (room - len(kept))
    return [*[()] * gap, ((title, "key"),), *kept]


# What is wrong now


def _wrong_now(now: Situation, width: int) -> list[Line]:
    """Alerts that nobody has acknowledged, then incidents that last, and at last what is known."""
    lasting = sorted((one for one in now.alerts if one.lasts), key=lambda one: -one.id)
    lines: list[Line] = [(("alert: ", "blind"), (_alert(alert), "strong")) for alert in lasting if alert.open]
    for outage in now.outages:
        if is_ongoing(outage):
            what, *_, remains = [clean(sentence) for sentence in card(outage, now.wall_ms)]
            lines += [((line, "strong"),) for line in wrap(what, width)]
            lines += [((line, ""),) for line in wrap(remains, width)]
    lines += [(("known: ", "title"), (_alert(alert), "")) for alert in lasting if not alert.open]
    return lines or [(("No incident is open, and no alert lasts.", "title"),)]


def _alert(alert: AlertView) -> str:
    """One alert in a line; one of the verdict by its name alone, since the page begins with the verdict."""
    return clean(alert.rule) if alert.kind == AlertKind.BLIND else words(alert)


# The last hour


def _last_hour(now: Situation) -> list[Line]:
    """Incidents, fills and alerts, each in a line with its sums; then the single ones, the newest first."""
    begin_ms = now.wall_ms - HOUR_MS
    outages = [row for row in now.outages if max(row.began_ms, row.ended_ms or 0) >= begin_ms]
    fills = [fill for fill in now.fills if fill.time_ms >= begin_ms or fill.received_ms >= begin_ms]
    alerts = [row for row in now.alerts if max(row.began_ms, row.ended_ms or 0, row.told_ms or 0) >= begin_ms]
    lines: list[Line] = [
        (("incidents  ", "title"), (_incidents(outages, now.wall_ms), "")),
        (("fills      ", "title"), *_fills(fills)),
        (("alerts     ", "title"), (f"{len(alerts)}, {_open(alerts)}" if alerts else "none", "")),
    ]
    events = [(row.began_ms, _outage(row, now.wall_ms)) for row in outages]
    events += [(row.began_ms, f"alert {_alert(row)}") for row in alerts]
    for began_ms, said in sorted(events, reverse=True):
        lines.append(((f"{clock_time(began_ms, now.wall_ms)}  ", "title"), (said, "")))
    return lines


def _fills(fills: Sequence[Fill]) -> tuple[Part, ...]:
    if not fills:
        return (("none", ""),)
    counts = Counter(clean(fill.key.label) for fill in fills).most_common()
    told = [f"{symbol} {count}" for symbol, count in counts[:SYMBOLS_NAMED]]
    left_out = len(counts) - SYMBOLS_NAMED
    more = [counted(left_out, "more symbol", "more symbols")] if left_out > 0 else []
    parts: list[Part] = [(f"{len(fills)}: {', '.join([*told, *more])}", "")]
    recovered = sum(fill.recovered for fill in fills)
    if recovered:
        parts.append((f"; {recovered} recovered that no stream told", "degraded"))
    return tuple(parts)


def _incidents(outages: Sequence[OutageView], wall_ms: int) -> str:
    """How many, and how long they blinded. Of those that last alone only how many: what the large letters
    count is not counted beside them."""
    if not outages:
        return "none"
    told = sums(outages, wall_ms)
    if told.ongoing == told.losses + told.silences:
        told = replace(told, blind_s=0.0)
    return ", ".join(told.parts)


def _open(alerts: Sequence[AlertView]) -> str:
    waiting = sum(alert.open for alert in alerts)
    return f"{waiting} not acknowledged" if waiting else "all acknowledged or over"


def _outage(row: OutageView, wall_ms: int) -> str:
    """One incident in a few words."""
    if row.planned:
        return f"{named(row)} changed on purpose"
    if is_hole(row):
        return f"{named(row)}: trades missing"
    what = "streams silent" if row.silent else "lost"
    if row.ended_ms is None:
        return f"{named(row)} {what}, not back yet"
    return f"{named(row)} {what}, back after {lasting((row.ended_ms - row.began_ms) / 1000)}"


def _keys(keys: Sequence[tuple[str, str]], width: int) -> Line:
    """As many whole ones as fit."""
    parts: list[Part] = []
    for name, what in keys:
        more: list[Part] = [("   ", "")] if parts else []
        more += [(f" {name} ", "chip-tab"), (f" {what}", "strong")]
        if part_width([*parts, *more]) <= width:
            parts += more
    return tuple(parts)
