"""How states and grades look: a word says it, the style only supports it."""

from __future__ import annotations

from bntui.model.states import Grade, ShardState, StreamState

UNKNOWN = "silent"
"""In place of every state while the engine does not answer."""

STATE_WORDS = {
    **{state: str(state) for state in StreamState},
    # Nobody who reads «wanted» beside a price would know that nothing comes yet.
    StreamState.WANTED: "queued",
}
"""What the screens call the states of streams."""

STATE_STYLES = {
    StreamState.WANTED: "waiting",
    StreamState.ACKED: "waiting",
    StreamState.LIVE: "live",
    StreamState.QUIET: "quiet",
    StreamState.STALE: "stale",
    StreamState.BLIND: "blind",
}

SHARD_STYLES = {
    ShardState.IDLE: "faint",
    ShardState.GATED: "waiting",
    ShardState.CONNECTING: "waiting",
    ShardState.SUBSCRIBING: "degraded",
    ShardState.LIVE: "live",
    ShardState.WAITING: "blind",
    ShardState.FAILED: "blind",
    ShardState.CLOSING: "faint",
    ShardState.CLOSED: "faint",
}

DOWN = frozenset({ShardState.GATED, ShardState.CONNECTING, ShardState.WAITING, ShardState.FAILED})
"""States in which a shard carries nothing, and its row says why in place of its rates."""

GRADE_GLYPHS = {Grade.LIVE: "●", Grade.DEGRADED: "◐", Grade.BLIND: "✖"}
"""Beside the word, for eyes that cannot tell the colours apart."""

STATE_MEANINGS = {
    StreamState.WANTED: "asked for, not yet on a connection",
    StreamState.ACKED: "subscribed, no data of its own yet",
    StreamState.LIVE: "data arrives",
    StreamState.QUIET: "nothing to send, by evidence or by habit",
    StreamState.STALE: "silent although there should be data",
    StreamState.BLIND: "no connection carries it",
}
"""For the help."""
