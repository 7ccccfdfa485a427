"""Incidents for people: a loss or change of a connection as sentences that somebody understands at 3 a.m.,
as Markdown for a ticket, and the sums of a day. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType

from bntui.model.endings import NO_CLOSE_FRAME, SERVER_CLOSED, Ending, ending
from bntui.model.verdict import span
from bntui.model.views import OutageView

ENDED_MEANWHILE = "bntui ended before it was over"
"""What the journal adds to the cause of a loss that lasted when the program was stopped."""

SILENT = "silent without a reason"
"""In the cause of a change by which bntui tries to bring silent streams back."""

REFILL_TAKES_MS = 10 * 60 * 1_000
"""REST refills within the courtesy budget, which takes a while: so long after the return it is «so far»."""

EARLIER_MS = 1_000
"""Data that stopped so much before the loss was noticed is worth a word."""

MARKDOWN_CARDS = 40
"""Cards in one text; the older ones are only counted. Terminals take some 70 kB at once by OSC 52."""

TEXT_CHARS = 280
"""Characters of outside text in a sentence; the rest is cut off."""

LONGEST_S = 10 * 365 * 86_400.0
"""A longer span is no measurement."""

UNKNOWN_TIME = "a time that is not known"


# Pieces


def plain(text: str) -> str:
    """Outside text as one line without anything that steers a terminal."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text[: 2 * TEXT_CHARS]).split())
    return words if len(words) <= TEXT_CHARS else f"{words[: TEXT_CHARS - 1]}…"


def day_of(epoch_ms: int) -> str:
    """The UTC day, as in `2026-01-01`; empty for a moment that no calendar knows."""
    return _moment(epoch_ms, "%Y-%m-%d")


def _moment(epoch_ms: float, pattern: str) -> str:
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, tz=UTC).strftime(pattern)
    except (OverflowError, ValueError, OSError):
        return ""


def _date_and_time(epoch_ms: int) -> str:
    said = _moment(epoch_ms, "%Y-%m-%d at %H:%M:%S UTC")
    return f"on {said}" if said else f"at {UNKNOWN_TIME}"


def _time(epoch_ms: float, beside_ms: int) -> str:
    """The time, with its date where that is another than the one beside it."""
    same = _moment(epoch_ms, "%Y-%m-%d") == day_of(beside_ms)
    return _moment(epoch_ms, "%H:%M:%S UTC" if same else "%Y-%m-%d %H:%M:%S UTC") or UNKNOWN_TIME


def lasting(seconds: float) -> str:
    """A span of time: `4.2s`, `17s`, `4m12s`, `3h05m`."""
    if not math.isfinite(seconds) or seconds > LONGEST_S:
        return UNKNOWN_TIME
    return span(seconds) if seconds >= 10 else f"{math.floor(max(seconds, 0.0) * 10 + 1e-6) / 10:.1f}s"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def named(outage: OutageView) -> str:
    """The connection as people call it."""
    return f"connection {outage.shard} ({outage.market})"


def is_ongoing(outage: OutageView) -> bool:
    """Has the connection not come back yet?"""
    return outage.ended_ms is None and not outage.planned


def blind_span(outage: OutageView, now_ms: int) -> tuple[float, float] | None:
    """From when to when its streams brought nothing, in epoch milliseconds; None where they always did.

    It begins with the last data, which may be well before the loss was noticed.
    """
    if is_ongoing(outage):
        return outage.began_ms, max(now_ms, outage.began_ms)
    if outage.ended_ms is None or not outage.blind_s or outage.blind_s < 0 or math.isnan(outage.blind_s):
        return None
    return outage.ended_ms - min(outage.blind_s, LONGEST_S) * 1000, outage.ended_ms


_NOTE = f" ({ENDED_MEANWHILE})"


def _cause(outage: OutageView) -> str:
    """Why, less what the journal added."""
    return plain(outage.cause.removesuffix(_NOTE))


def _stopped_meanwhile(outage: OutageView) -> bool:
    return outage.cause.endswith(_NOTE)


def _known_end(outage: OutageView) -> Ending | None:
    return ending(outage.closed_by, outage.close_code, _cause(outage))


def _was_open(outage: OutageView) -> bool:
    """Was a connection lost, rather than none to be had?"""
    return (
        outage.close_code is not None
        or outage.closed_by in ("", "bntui")
        or _cause(outage).startswith((NO_CLOSE_FRAME, SERVER_CLOSED))
    )


# The card


def card(outage: OutageView, now_ms: int, given_up: str = "") -> list[str]:
    """The incident in sentences: what, who, how long blind, which streams, which trades, what remains.

    `given_up`: why bntui does not try to connect again; empty while it does.
    """
    sentences = [make(outage, now_ms) for make in (_what, _who, _blind, _streams, _trades)]
    return [sentence for sentence in (*sentences, _remains(outage, now_ms, given_up)) if sentence]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _what(outage: OutageView, now_ms: int) -> str:
    who, when = _sentence(named(outage)), _date_and_time(outage.began_ms)
    if outage.planned:
        return f"{who} was replaced by a new one {when}, on purpose: {_cause(outage) or 'no reason given'}."
    began = f"{who} {'was lost' if _was_open(outage) else 'could not be opened'} {when}"
    if outage.ended_ms is None:
        return f"{began}; not all of its data flows again yet."
    back = _time(outage.ended_ms, outage.began_ms)
    if _stopped_meanwhile(outage):
        return f"{began}. bntui was stopped before it came back, and started again at {back}."
    return f"{began}; its data flowed {'again at' if _was_open(outage) else 'from'} {back}."


def _who(outage: OutageView, _now_ms: int) -> str:
    if outage.planned:
        return ""
    cause, known = _cause(outage), _known_end(outage)
    why = cause or "no reason given"
    means = f": {known.words}" if known is not None and known.words else ""
    if outage.closed_by == "server" and outage.close_code is not None:
        said = cause.removeprefix(SERVER_CLOSED).strip().removeprefix(str(outage.close_code)).strip()
        quoted = f", saying “{said}”" if said else ""
        return f"The exchange closed it with code {outage.close_code}{quoted}{means}."
    if outage.closed_by == "server":
        return f"The exchange refused it: {why}."
    if outage.closed_by == "bntui":
        note = f" ({known.words})" if known is not None and known.words else ""
        return f"bntui closed it itself, because of this: {why}{note}."
    if outage.closed_by == "network" and _was_open(outage):
        return (
            "It broke off without a word from the exchange (no close frame, code 1006): mostly the network "
            "in between, or a server that died."
        )
    if outage.closed_by == "network":
        return f"The reason: {why}{means}."
    return f"The cause on record: {why}." if cause else "Who closed it, and why, is not on record."


def _blind(outage: OutageView, now_ms: int) -> str:
    if not outage.streams:
        return "No stream was on it, so you missed nothing."
    one = outage.streams == 1
    streams = f"its {_count(outage.streams, 'stream', 'streams')}"
    which, were = (streams, "was") if one else (f"some or all of {streams}", "were")
    dark = blind_span(outage, now_ms)
    if is_ongoing(outage) and dark is not None:
        long, since = lasting((dark[1] - dark[0]) / 1000), _time(dark[0], now_ms)
        return _sentence(f"{which} {'has' if one else 'have'} been blind for {long}, since {since}.")
    if dark is not None and outage.ended_ms is not None:
        long = lasting(outage.blind_s or 0.0)
        since, until = _time(dark[0], outage.began_ms), _time(dark[1], outage.began_ms)
        last = " (its last data)" if outage.began_ms - dark[0] >= EARLIER_MS else ""
        return _sentence(f"{which} {were} blind for {long}: from {since}{last} to {until}.")
    if outage.planned:
        change = f"the new connection took over {streams} before the old one was closed."
        if SILENT in outage.cause:
            return f"Those silent streams were blind until then. The change itself lost nothing: {change}"
        return f"Nothing was lost by it: {change}"
    if outage.blind_s == 0:
        return _sentence(f"{streams} {were} blind for no moment.")
    return f"How long {streams} {were} blind is not on record."


def _streams(outage: OutageView, _now_ms: int) -> str:
    names = [name for part in plain(outage.hit).split(",") if (name := part.strip())]
    if not names or not outage.streams:
        return ""
    more = outage.streams - len(names)
    if more > 0:
        return f"Streams on it: {', '.join(names)} and {more:,} more."
    return f"Streams on it: {', '.join(names)}."


def _trades(outage: OutageView, now_ms: int) -> str:
    if not outage.streams:
        return ""
    if not outage.missing:
        if is_ongoing(outage):
            return "Whether trades are missing shows once its data flows again."
        return "" if outage.planned else "No trade is known to be missing."
    were = _count(outage.missing, "trade was", "trades were")
    back = min(outage.refilled, outage.missing)
    left = outage.missing - back
    if not left:
        return f"{were} missing, {'it was' if outage.missing == 1 else 'all of them'} refilled by REST."
    if outage.ended_ms is None or now_ms - outage.ended_ms < REFILL_TAKES_MS:
        return f"{were} missing, {back:,} refilled by REST so far."
    stay = "it stays missing" if left == 1 else f"{'they' if not back else f'{left:,}'} stay missing"
    return f"{were} missing, {back:,} refilled: {stay}."


def _remains(outage: OutageView, now_ms: int, given_up: str) -> str:
    """What is left to the user."""
    known = None if outage.planned else _known_end(outage)
    todo: list[str] = []
    if is_ongoing(outage) and given_up:
        todo.append(f"bntui has given it up: {plain(given_up)}. Mend that, then press r on the connection.")
    elif is_ongoing(outage):
        todo.append("bntui goes on trying by itself.")
    if known is not None and known.advice:
        todo.append(known.advice)
    left = outage.missing - min(outage.refilled, outage.missing)
    if left and outage.ended_ms is not None and now_ms - outage.ended_ms >= REFILL_TAKES_MS:
        todo.append("Do not count on volumes or candles that are made of the trades of this time.")
    if not todo:
        todo.append("Nothing is left for you to do.")
    if known is not None and known.hint:
        todo.append(known.hint)
    return " ".join(todo)


# Days


@dataclass(frozen=True, slots=True)
class Sums:
    """Some incidents, counted."""

    losses: int
    ongoing: int
    """Of the losses."""
    planned: int
    blind_s: float
    """Time in which at least one connection was dark; two at once count once."""
    missing: int
    refilled: int

    @property
    def parts(self) -> list[str]:
        """The sums in words."""
        parts = [_count(self.losses, "loss", "losses") if self.losses else "no loss"]
        if self.planned:
            parts.append(_count(self.planned, "planned change", "planned changes"))
        if self.blind_s:
            parts.append(f"blind for {lasting(self.blind_s)}")
        if self.missing:
            parts.append(f"{_count(self.missing, 'trade', 'trades')} missing, {self.refilled:,} refilled")
        return parts


def sums(outages: Iterable[OutageView], now_ms: int) -> Sums:
    """Count; what began on a day counts whole for that day."""
    rows = list(outages)
    losses = [row for row in rows if not row.planned]
    spans = sorted(dark for row in losses if row.streams and (dark := blind_span(row, now_ms)) is not None)
    blind_ms, reached = 0.0, -math.inf
    for since, until in spans:
        blind_ms += max(until - max(since, reached), 0.0)
        reached = max(reached, until)
    return Sums(
        len(losses),
        sum(is_ongoing(row) for row in rows),
        len(rows) - len(losses),
        blind_ms / 1000,
        sum(row.missing for row in rows),
        sum(min(row.refilled, row.missing) for row in rows),
    )


# Markdown

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
    what = "planned change" if outage.planned else "not back yet" if outage.ended_ms is None else "lost"
    return f"{_moment(outage.began_ms, pattern) or UNKNOWN_TIME}, {named(outage)}: {what}"


def _items(outage: OutageView, now_ms: int, given_up: Mapping[int, str]) -> list[str]:
    sentences = card(outage, now_ms, given_up.get(outage.shard, ""))
    return [f"- {escaped(sentence)}" for sentence in sentences]
