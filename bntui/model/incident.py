"""Incidents for people: what went dark, and why, as sentences that somebody understands at 3 a.m. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from bntui.model.endings import NO_CLOSE_FRAME, SERVER_CLOSED, Ending, ending, refusal
from bntui.model.text import counted, span
from bntui.model.views import OutageView

ENDED_MEANWHILE = "bntui ended before it was over"
"""What the journal adds to the cause of a loss that lasted when the program was stopped."""

CONNECTION_LOST_TOO = "then the connection was lost too"
"""How the story of a silence ends where the connection did not last as long; the loss is another incident."""

STOOD_STILL = "; bntui itself had stood still for "
"""In the cause of a loss that may be due to us; the length of the standstill follows."""

SILENT = "silent without a reason"
"""In the cause of a change by which bntui tries to bring silent streams back."""

REFILL_TAKES_MS = 10 * 60 * 1_000
"""REST refills within the courtesy budget, which takes a while: so long after the return it is «so far»."""

EARLIER_MS = 1_000
"""Data that stopped so much before the loss was noticed is worth a word."""

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
    """The UTC day, as in `2026-01-01`; empty like a moment's."""
    return moment(epoch_ms, "%Y-%m-%d")


def moment(epoch_ms: float, pattern: str) -> str:
    """A UTC time in the form of the pattern; empty for a moment that no calendar knows."""
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, tz=UTC).strftime(pattern)
    except (OverflowError, ValueError, OSError):
        return ""


def _date_and_time(epoch_ms: int) -> str:
    said = moment(epoch_ms, "%Y-%m-%d at %H:%M:%S UTC")
    return f"on {said}" if said else f"at {UNKNOWN_TIME}"


def clock_time(epoch_ms: float, beside_ms: int) -> str:
    """The time, with its date where that is another than the one beside it."""
    same = moment(epoch_ms, "%Y-%m-%d") == day_of(beside_ms)
    return moment(epoch_ms, "%H:%M:%S UTC" if same else "%Y-%m-%d %H:%M:%S UTC") or UNKNOWN_TIME


def lasting(seconds: float) -> str:
    """A span of time: `4.2s`, `17s`, `4m12s`, `3h05m`."""
    if not math.isfinite(seconds) or seconds > LONGEST_S:
        return UNKNOWN_TIME
    return span(seconds) if seconds >= 10 else f"{math.floor(max(seconds, 0.0) * 10 + 1e-6) / 10:.1f}s"


def named(outage: OutageView) -> str:
    """The connection as people call it."""
    return f"connection {outage.shard} ({outage.market})"


def is_hole(outage: OutageView) -> bool:
    """Were trades missing from a stream that flowed, so that nothing was dark?"""
    return outage.silent and outage.ended_ms is not None and outage.blind_s == 0 and not outage.hit


def is_ongoing(outage: OutageView) -> bool:
    """Has the connection not come back yet?"""
    return outage.ended_ms is None and not outage.planned


def blind_span(outage: OutageView, now_ms: int) -> tuple[float, float] | None:
    """From when to when its streams brought nothing, in epoch milliseconds; None where they always did.

    It begins with the last sign of life, which may be well before the loss was noticed.
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
    """The incident in sentences: what, who, what kept it so, how long blind, which streams and trades, what
    remains.

    `given_up`: why bntui does not try to connect again; empty while it does.
    """
    sentences = [make(outage, now_ms) for make in (_what, _who, _later, _blind, _streams, _trades)]
    return [sentence for sentence in (*sentences, _remains(outage, now_ms, given_up)) if sentence]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _what(outage: OutageView, now_ms: int) -> str:
    who, when = _sentence(named(outage)), _date_and_time(outage.began_ms)
    if is_hole(outage):
        which = f"streams of {named(outage)} that flowed all the same"
        return f"Trades were missing from {which}, as bntui found {when}."
    if outage.silent:
        return _what_fell_silent(outage, when)
    if outage.planned:
        known = ending("planned", None, _cause(outage))
        means = f" ({known.words})" if known is not None else ""
        why = _cause(outage) or "no reason given"
        return f"{who} was replaced by a new one {when}, on purpose: {why}{means}."
    began = f"{who} {'was lost' if _was_open(outage) else 'could not be opened'} {when}"
    if outage.ended_ms is None:
        return f"{began}; not all of its data flows again yet."
    back = clock_time(outage.ended_ms, outage.began_ms)
    if _stopped_meanwhile(outage):
        return f"{began}. bntui was stopped before it came back, and started again at {back}."
    return f"{began}; its data flowed {'again at' if _was_open(outage) else 'from'} {back}."


def _what_fell_silent(outage: OutageView, when: str) -> str:
    streams = counted(outage.streams, "stream", "streams")
    began = f"{streams} of {named(outage)} fell silent while the connection stood, as bntui found {when}"
    if outage.ended_ms is None:
        return f"{began}; data is missing still."
    back = clock_time(outage.ended_ms, outage.began_ms)
    if _stopped_meanwhile(outage):
        return f"{began}. bntui was stopped before that was over, and started again at {back}."
    if outage.later.endswith(CONNECTION_LOST_TOO):
        return f"{began}; at {back} the connection was lost too, which is an incident of its own."
    return f"{began}; all data flowed again at {back}."


def _who(outage: OutageView, _now_ms: int) -> str:
    if outage.planned:
        return ""
    if is_hole(outage):
        why = "the exchange numbers its trades, and some numbers never came"
        return f"How bntui knows: {why} ({_cause(outage)})."
    if outage.silent:
        return f"How bntui knows: {_cause(outage) or 'that is not on record'}."
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
        if STOOD_STILL in outage.cause:
            stood = f"just after bntui itself had stood still for {cause.rpartition(STOOD_STILL)[2]}"
            return (
                f"It broke off without a word from the exchange (no close frame, code 1006), {stood}: mostly "
                "the exchange gives up who reads nothing."
            )
        return (
            "It broke off without a word from the exchange (no close frame, code 1006): mostly the network "
            "in between, or a server that died."
        )
    if outage.closed_by == "network":
        return f"The reason: {why}{means}."
    return f"The cause on record: {why}." if cause else "Who closed it, and why, is not on record."


def _later(outage: OutageView, _now_ms: int) -> str:
    """What happened between the beginning and the end."""
    if is_hole(outage):
        return ""
    later = plain(outage.later.removesuffix(CONNECTION_LOST_TOO).removesuffix("; "))
    if outage.silent:
        if later:
            return f"What bntui did about it: {later}."
        ended = outage.ended_ms is not None and not outage.later
        return "It came back by itself." if ended and not _stopped_meanwhile(outage) else ""
    return f"After that: {later}." if later else ""


def _blind(outage: OutageView, now_ms: int) -> str:
    if is_hole(outage):
        return "No stream was blind."
    if not outage.streams:
        return "No stream was on it, so you missed nothing."
    one = outage.streams == 1
    streams = f"{'the' if outage.silent else 'its'} {counted(outage.streams, 'stream', 'streams')}"
    if one and outage.silent:
        streams = "the stream"
    which, were = (streams, "was") if one else (f"some or all of {streams}", "were")
    dark = blind_span(outage, now_ms)
    if is_ongoing(outage) and dark is not None:
        long, since = lasting((dark[1] - dark[0]) / 1000), clock_time(dark[0], now_ms)
        return _sentence(f"{which} {'has' if one else 'have'} been blind for {long}, since {since}.")
    if dark is not None and outage.ended_ms is not None:
        long = lasting(outage.blind_s or 0.0)
        since, until = clock_time(dark[0], outage.began_ms), clock_time(dark[1], outage.began_ms)
        sign = "the last data" if outage.silent else "its last sign of life"
        last = f" ({sign})" if outage.began_ms - dark[0] >= EARLIER_MS else ""
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
    which = "Silent" if outage.silent else "Streams on it"
    return f"{which}: {', '.join(names)}{f' and {more:,} more' if more > 0 else ''}."


def _trades(outage: OutageView, now_ms: int) -> str:
    if not outage.streams:
        return ""
    if not outage.missing:
        if is_ongoing(outage):
            return "Whether trades are missing shows once the data flows again."
        return "" if outage.planned else "No trade is known to be missing."
    were = counted(outage.missing, "trade was", "trades were")
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
    known = None if outage.planned or outage.silent else _known_end(outage)
    advice = [known.advice] if known is not None and known.advice else []
    if not outage.silent:
        advice += [each.advice for cause in plain(outage.later).split("; ") if (each := refusal(cause))]
    todo: list[str] = []
    if is_ongoing(outage) and given_up:
        todo.append(f"bntui has given it up: {plain(given_up)}. Mend that, then renew the connection.")
    elif is_ongoing(outage):
        todo.append("bntui goes on trying by itself.")
    todo += dict.fromkeys(advice)
    left = outage.missing - min(outage.refilled, outage.missing)
    if left and outage.ended_ms is not None and now_ms - outage.ended_ms >= REFILL_TAKES_MS:
        todo.append("Do not count on volumes or candles that are made of the trades of this time.")
    if not todo:
        todo.append("Nothing is left for you to do.")
    if known is not None and known.hint:
        todo.append(known.hint)
    if is_hole(outage):
        todo.append("A bot that adds up the trades of the exchange may lack them as well.")
    elif outage.silent:
        todo.append("A bot that reads the same streams from the exchange may have been blind as well.")
    return " ".join(todo)
