"""`bntui status`: what is judged, as one JSON object or as lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bntui.engine.account_status import account_lines, account_report
from bntui.model.account import RecoveryView, UserStreamView
from bntui.model.judged import HealthView, VerdictView
from bntui.model.labels import stream_label
from bntui.model.markets import StreamKey
from bntui.model.panels import BookStatus
from bntui.model.states import ShardState, StreamState
from bntui.model.text import counted, escaped, span
from bntui.model.views import BudgetView, ShardView, StreamView

LISTED = 20
"""Streams that the lines for people name; JSON has them all."""

_TIMES = ("server_ping_at", "pong_at", "frame_at", "opened_at", "expires_at", "retry_at")
"""Fields of a shard on the engine's own clock, which mean nothing to a reader: they go out as spans."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a status is made of. `now` is of the clock that the views' times are of."""

    verdict: VerdictView
    shards: Sequence[ShardView]
    streams: Sequence[StreamView]
    books: Sequence[BookStatus]
    budget: BudgetView | None
    health: HealthView
    now: float
    accounts: Sequence[UserStreamView] = ()
    recoveries: Sequence[RecoveryView] = ()


def report(found: Findings) -> dict[str, Any]:
    """Everything as plain values."""
    verdict, budget, health, now = found.verdict, found.budget, found.health, found.now
    streams = found.streams
    recoveries = {recovery.owner: recovery for recovery in found.recoveries}
    counts = Counter(stream.state for stream in streams)
    return {
        "verdict": verdict.grade,
        "sentence": verdict.sentence,
        "since_s": _age(verdict.since, now),
        "shards": [_shard(shard, now) for shard in found.shards],
        "streams": {
            "total": len(streams),
            **{str(state): counts[state] for state in StreamState},
            "not_live": [_stream(s, now) for s in streams if s.state is not StreamState.LIVE],
        },
        "books": [_book(book, now) for book in found.books],
        "accounts": [account_report(stream, recoveries.get(stream.owner), now) for stream in found.accounts],
        "budget": None if budget is None else asdict(budget),
        "clock_offset_ms": health.clock_offset_ms,
        "loop_lag_ms": health.loop_lag_ms,
        "rest": {"ok": health.rest_ok, "reason": health.rest_reason},
        "unknown_events": health.unknown_events,
        "malformed_frames": health.malformed_frames,
        "conflated": health.conflated,
        "suspect": verdict.suspect,
    }


def lines(found: Findings) -> list[str]:
    """The same for people: the sentence first, then what it rests on."""
    verdict, budget, health, now = found.verdict, found.budget, found.health, found.now
    out = [verdict.sentence]
    if verdict.suspect:
        out.append(f"  suspect: {verdict.suspect}")
    for s in found.shards:
        ping = (
            f"last server ping {span(now - s.server_ping_at)} ago"
            if s.server_ping_at is not None
            else "no ping yet"
        )
        trip = f", round trip {s.round_trip_ms:.0f} ms" if s.round_trip_ms is not None else ""
        lag = f", lag {s.lag_ms:+.0f} ms" if s.lag_ms is not None else ""
        why = f" ({s.reason})" if s.reason else ""
        again = ", not tried again" if s.state is ShardState.FAILED else ""
        if s.retry_at is not None:
            again = f", tried again in {span(s.retry_at - now)}"
        lost = counted(s.reconnects, "reconnect", "reconnects")
        out.append(
            f"  shard {s.id} {s.market}{s.path} {s.state}{why}: "
            f"{s.live}/{s.acked}/{s.wanted} streams live/acked/wanted, "
            f"{s.messages_per_s:.0f} msg/s, {ping}{trip}{lag}, {lost}{again}"
        )
    silent = [stream for stream in found.streams if stream.state is not StreamState.LIVE]
    for stream in silent[:LISTED]:
        label = stream_label(StreamKey(stream.market, stream.name))
        out.append(f"  {label}: {stream.state}{f', {stream.reason}' if stream.reason else ''}")
    if len(silent) > LISTED:
        more = counted(len(silent) - LISTED, "more stream that is", "more streams that are")
        out.append(f"  and {more} not live; --json lists them")
    for book in found.books:
        mode = ", the best levels alone" if book.partial else ""
        why = f": {book.reason}" if book.reason else ""
        out.append(
            f"  book of {book.key.label}{mode}: {book.state} for {span(now - book.since)}{why}"
            f"{f', built anew {_times(book.resyncs)}' if book.resyncs else ''}"
        )
    out += account_lines(found.accounts, found.recoveries, now)
    if budget is not None:
        out.append(
            f"  IP budget: {budget.attempts} of {budget.attempts_own_limit} own connection attempts in 5 min "
            f"(the exchange allows {budget.attempts_limit}), "
            f"request weight {budget.weight_used}/{budget.weight_limit} "
            f"in this minute, {budget.weight_own} of it bntui's"
        )
        out += [
            f"  request weight of {other.pool}: {other.used}/{other.limit} in this minute, "
            f"{other.own} of it bntui's"
            for other in budget.other_weights
        ]
    if health.clock_offset_ms is not None:
        out.append(f"  clock offset {health.clock_offset_ms:+.0f} ms")
    # Symbols are the exchange's text, and this goes to a terminal.
    return [escaped(line) for line in out]


def _shard(shard: ShardView, now: float) -> dict[str, Any]:
    fields = asdict(shard)
    at = {name: fields.pop(name) for name in _TIMES}
    return {
        **fields,
        "server_ping_age_s": _age(at["server_ping_at"], now),
        "pong_age_s": _age(at["pong_at"], now),
        "frame_age_s": _age(at["frame_at"], now),
        "uptime_s": _age(at["opened_at"], now),
        "time_left_s": _left(at["expires_at"], now),
        "retry_in_s": _left(at["retry_at"], now),
    }


def _stream(stream: StreamView, now: float) -> dict[str, Any]:
    return {
        "market": stream.market,
        "stream": stream.name,
        "shard": stream.shard,
        "state": stream.state,
        "reason": stream.reason,
        "since_s": _age(stream.since, now),
        "data_age_s": _age(stream.data_at, now),
    }


def _book(book: BookStatus, now: float) -> dict[str, Any]:
    return {
        "market": book.market,
        "symbol": book.symbol,
        "state": book.state,
        "reason": book.reason,
        "since_s": _age(book.since, now),
        "resyncs": book.resyncs,
        "partial": book.partial,
        "update_id": book.update_id,
    }


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _age(at: float | None, now: float) -> float | None:
    return None if at is None else round(max(0.0, now - at), 3)


def _left(at: float | None, now: float) -> float | None:
    return None if at is None else round(at - now, 3)
