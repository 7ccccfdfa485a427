"""Columns of the connections screen: shards, the reconnect history, the streams of one shard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bntui.model.incident import is_ongoing
from bntui.model.markets import StreamKey
from bntui.model.states import BADNESS, ShardState, StreamState
from bntui.model.verdict import successors
from bntui.model.views import OutageView, ShardView, StreamView
from bntui.ui.format import NONE, age, clean, duration, kilobytes, millis, rate, utc
from bntui.ui.tables.incidents import kind
from bntui.ui.tables.states import DOWN, SHARD_STYLES, STATE_STYLES, STATE_WORDS, UNKNOWN
from bntui.ui.widgets.columns import Cell, Column

NOTE_FROM = "messages"
"""The column from which on a shard that is down says why."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Which connections are about to take over from which."""

    successors: Mapping[int, int]
    """By the old one; as long as it carries the streams."""
    replaced: Mapping[int, int]
    """The same, by the new one."""

    def words(self, row: ShardView) -> str:
        """`replaced by 3`, `replaces 1`, or why the connection is as it is."""
        if row.id in self.successors:
            return f"replaced by {self.successors[row.id]}"
        if row.id in self.replaced:
            return f"replaces {self.replaced[row.id]}"
        return clean(row.reason)


def handover(rows: Iterable[ShardView]) -> Handover:
    """Read it from what the pool says of the old ones."""
    taking_over = successors(rows)
    return Handover(taking_over, {new: old for old, new in taking_over.items()})


def is_mixed(rows: Iterable[ShardView]) -> bool:
    """Do the connections serve several markets, or several parts of one?"""
    return len({(row.market, row.path) for row in rows}) > 1


def place(row: ShardView) -> str:
    """Where the connection goes: the host, and its path where the exchange parts streams by that."""
    return clean(row.host + row.path)


def shard_columns(handed: Callable[[], Handover], *, mixed: bool = False) -> tuple[Column[ShardView], ...]:
    """One row a connection. `handed`: who takes over from whom. `mixed`: of several markets."""

    def name(row: ShardView, _width: int, _now: float) -> Cell:
        return str(row.id), "strong"

    def market(row: ShardView, _width: int, _now: float) -> Cell:
        return f"{row.market}{row.path}", ""

    def state(row: ShardView, _width: int, _now: float) -> Cell:
        return str(row.state), SHARD_STYLES[row.state]

    def streams(row: ShardView, _width: int, _now: float) -> Cell:
        behind = row.state is ShardState.LIVE and row.live < row.wanted
        return f"{row.live}/{row.acked}/{row.wanted}", "degraded" if behind else ""

    def cap(row: ShardView, _width: int, _now: float) -> Cell:
        return str(row.cap), "faint"

    def messages(row: ShardView, _width: int, _now: float) -> Cell:
        return rate(row.messages_per_s), ""

    def volume(row: ShardView, _width: int, _now: float) -> Cell:
        return kilobytes(row.bytes_per_s), ""

    def ping(row: ShardView, _width: int, now: float) -> Cell:
        return (NONE if row.server_ping_at is None else duration(now - row.server_ping_at)), ""

    def round_trip(row: ShardView, _width: int, _now: float) -> Cell:
        return millis(row.round_trip_ms), ""

    def lag(row: ShardView, _width: int, _now: float) -> Cell:
        return millis(row.lag_ms, signed=True), ""

    def up(row: ShardView, _width: int, now: float) -> Cell:
        return (NONE if row.opened_at is None else duration(now - row.opened_at)), ""

    def left(row: ShardView, _width: int, now: float) -> Cell:
        return (NONE if row.expires_at is None else duration(row.expires_at - now)), "faint"

    def reconnects(row: ShardView, _width: int, _now: float) -> Cell:
        return str(row.reconnects), "degraded" if row.reconnects else "faint"

    def host(row: ShardView, _width: int, _now: float) -> Cell:
        return place(row), "faint"

    def reason(row: ShardView, _width: int, _now: float) -> Cell:
        return handed().words(row), SHARD_STYLES[row.state] if row.state in DOWN else "faint"

    return (
        Column("shard", "#", 3, name),
        *((Column("market", "market", 12, market, rank=5),) if mixed else ()),
        Column("state", "state", 11, state, in_the_dark=UNKNOWN),
        Column("streams", "live/ack/want", 13, streams, align="right", widest=15),
        Column("cap", "of cap", 6, cap, rank=5, align="right"),
        Column("messages", "msg/s", 5, messages, align="right"),
        Column("bytes", "kB/s", 5, volume, rank=3, align="right"),
        Column("ping", "ping", 5, ping, rank=4, align="right"),
        Column("round_trip", "rtt", 5, round_trip, align="right"),
        Column("lag", "lag", 5, lag, align="right"),
        Column("up", "up", 6, up, align="right"),
        Column("left", "left", 6, left, rank=1, align="right"),
        Column("reconnects", "rec", 3, reconnects, rank=2, align="right"),
        Column("host", "host", 26, host, rank=6, widest=30),
        Column("reason", "why", 24, reason, rank=7, widest=80),
    )


def shard_note(row: ShardView, handed: Handover, now: float) -> Cell | None:
    """What stands in place of a shard's rates while it carries nothing."""
    if row.id in handed.replaced:
        old = handed.replaced[row.id]
        return (
            f"replaces {old}, which still carries the streams: {row.live} of {row.wanted} flow here",
            "waiting",
        )
    if row.state not in DOWN:
        return None
    parts = []
    if row.state is not ShardState.FAILED and row.retry_at is not None:
        parts.append(
            f"next attempt in {duration(row.retry_at - now)}" if row.retry_at > now else "trying now"
        )
    if row.state is ShardState.FAILED:
        parts.append("given up")
    parts.append(clean(row.reason) or "no reason given")
    return ": ".join(parts), SHARD_STYLES[row.state]


def shard_detail(row: ShardView, handed: Handover, now: float) -> tuple[tuple[str, str], ...]:
    """What is known of a shard beyond its columns, the most important first, as (text, style)."""
    parts = [(f"shard {row.id}", "strong"), (str(row.state), SHARD_STYLES[row.state])]
    if why := handed.words(row):
        parts.append((why, SHARD_STYLES[row.state] if row.state in DOWN else "faint"))
    parts.append((f"{row.wanted} of {row.cap} streams taken", ""))
    if row.frame_at is not None:
        parts.append((f"last frame {age(now - row.frame_at)} ago", ""))
    if row.pong_at is not None:
        parts.append((f"last pong {age(now - row.pong_at)} ago", ""))
    parts.append((f"sends {rate(row.frames_per_s)} of {row.frames_limit} frames/s", ""))
    parts.append((place(row), "faint"))
    return tuple(parts)


def outage_columns(wall_ms: Callable[[], int]) -> tuple[Column[OutageView], ...]:
    """One row a loss or planned change of a connection. `wall_ms`: how long an ongoing one has lasted."""

    def began(row: OutageView, _width: int, _now: float) -> Cell:
        return utc(row.began_ms, "%m-%d %H:%M:%S"), "blind" if is_ongoing(row) else ""

    def blind(row: OutageView, _width: int, _now: float) -> Cell:
        if is_ongoing(row) and not row.planned:
            return duration((wall_ms() - row.began_ms) / 1000), "blind"
        return ("none" if row.blind_s == 0 else age(row.blind_s)), "faint" if not row.blind_s else ""

    def shard(row: OutageView, _width: int, _now: float) -> Cell:
        return str(row.shard), "strong"

    def streams(row: OutageView, _width: int, _now: float) -> Cell:
        return str(row.streams), ""

    def code(row: OutageView, _width: int, _now: float) -> Cell:
        return (NONE if row.close_code is None else str(row.close_code)), ""

    def cause(row: OutageView, _width: int, _now: float) -> Cell:
        return clean(row.cause), ""

    def ended(row: OutageView, _width: int, _now: float) -> Cell:
        return utc(row.ended_ms), "faint"

    return (
        Column("began", "lost (UTC)", 14, began),
        Column("ended", "back", 8, ended, rank=3),
        Column("shard", "#", 3, shard),
        Column("kind", "kind", 7, kind),
        Column("blind", "blind", 6, blind, align="right"),
        Column("streams", "strms", 5, streams, rank=2, align="right"),
        Column("code", "code", 5, code, rank=1, align="right"),
        Column("cause", "why", 24, cause, widest=200),
    )


def stream_columns(
    data_at: Callable[[StreamView], float | None],
) -> tuple[Column[StreamView], ...]:
    """One row a stream. `data_at`: the last own data, fresher than the view's while its shard is focused."""

    def name(row: StreamView, _width: int, _now: float) -> Cell:
        return clean(row.name), "strong"

    def state(row: StreamView, _width: int, _now: float) -> Cell:
        return STATE_WORDS[row.state], STATE_STYLES[row.state]

    def newest(row: StreamView, _width: int, now: float) -> Cell:
        at = data_at(row)
        return age(None if at is None else now - at), ""

    def gap(row: StreamView, _width: int, _now: float) -> Cell:
        return (NONE if row.normal_gap_s is None else age(row.normal_gap_s)), "faint"

    def since(row: StreamView, _width: int, now: float) -> Cell:
        return duration(now - row.since), "faint"

    def reason(row: StreamView, _width: int, _now: float) -> Cell:
        return clean(row.reason), "faint"

    return (
        Column("stream", "stream", 22, name, widest=32),
        Column("state", "state", 6, state, in_the_dark=UNKNOWN),
        Column("since", "for", 6, since, rank=2, align="right"),
        Column("age", "age", 6, newest, align="right"),
        Column("gap", "normal", 6, gap, rank=1, align="right"),
        Column("reason", "why", 20, reason, widest=200),
    )


def stream_badness(row: StreamView, data_at: float | None) -> tuple[int, float, str]:
    """Sort key of a shard's streams: the worst state first, and of one state the longest silent.

    Live ones stand by name: their silences are noise, and rows that change places cannot be read.
    """
    silent_since = float("-inf") if data_at is None else data_at
    return -BADNESS[row.state], 0.0 if row.state is StreamState.LIVE else silent_since, row.name


def stream_key(row: StreamView) -> StreamKey:
    """The key of a stream's view."""
    return StreamKey(row.market, row.name)
