"""The shape of a limits table; the numbers of a market are in its own folder, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import NamedTuple


class LimitRow(NamedTuple):
    """One number, with where it comes from."""

    name: str
    """A field of `Limits`."""
    value: float
    unit: str
    source: str
    """Document and section, report, or `own choice: why`."""
    read: str
    """ISO date on which the source was read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of one market. Fields with `own_` are this program's choices, the rest the exchange's."""

    client_frames_per_s: float
    """Frames a client may send on one connection in a second: text, PING and PONG."""
    client_frames_burst: float
    """Frames tolerated at once."""
    streams_per_connection: float
    connection_attempts: float
    """Per IP, within `connection_attempts_window_s`."""
    connection_attempts_window_s: float
    connection_life_s: float
    server_ping_interval_s: float
    pong_timeout_s: float
    subscribe_frame_bytes: float
    """A longer text frame is ignored by the server."""
    url_chars: float
    request_id_chars: float
    invalid_stream_close_delay_s: float
    """From the refusal of a malformed stream name to the close."""
    ban_first_s: float
    ban_longest_s: float
    request_weight: float
    """Per IP, within `request_weight_window_s`."""
    request_weight_window_s: float
    depth_levels: float
    klines_rows: float
    trades_rows: float

    own_stream_cap: float
    """Streams on one connection."""
    own_frames_per_s: float
    own_subscribe_names: float
    own_subscribe_bytes: float
    own_attempts: float
    """Connection attempts within the window, by all bntui programs of the machine."""
    own_attempts_per_s: float
    own_attempts_burst: float
    own_weight_share: float
    """Part of `request_weight` that bntui takes at most."""
    own_weight_stop_share: float
    """Optional requests stop when the IP has used this part."""
    own_ping_interval_s: float
    own_pong_timeout_s: float
    own_pong_spacing_s: float
    """PINGs that come faster are answered this often, the newest of them."""
    own_frame_silence_s: float
    """A connection without any frame for so long is dead."""
    own_subscribe_timeout_s: float
    own_first_data_s: float
    """A stream of a liquid symbol should bring data within this."""
    own_open_timeout_s: float
    own_close_timeout_s: float
    own_backoff_base_s: float
    own_backoff_cap_s: float
    own_backoff_reset_s: float
    """The backoff starts anew after a connection brought data for so long."""
    own_backoff_too_many_s: float
    """Least wait after a close for too many requests."""
    own_backoff_forbidden_s: float
    """Least wait after a 403."""
    own_host_probe_s: float
    """While a host is down, one attempt at it in this time."""
    own_rotate_after_s: float
    own_rotate_spread_s: float
    own_rotate_overlap_s: float
    own_frame_bytes: float
    """A larger incoming message ends the connection."""
    own_gulp_s: float
    """Busy connections are read this often."""
    own_clock_warn_ms: float
    own_loop_lag_warn_s: float
    own_hole_wait_s: float
    """Trades behind a missing id wait so long for it."""
    own_engine_silence_s: float
    """A viewer without an answer for so long says that the engine is silent."""
    own_pull_wait_s: float
    """An engine answers a Pull within this, empty if need be."""
    own_book_levels: float
    """Levels of each side in the snapshot of a local book."""
    own_book_snapshots: float
    """Snapshots that are asked for at the same time, over all markets."""
    own_book_tries: float
    """Snapshots in a row that may fail to join before a book is given up for a while."""
    own_book_backoff_base_s: float
    own_book_backoff_cap_s: float
    own_book_retry_s: float
    """A book that was given up asks for a snapshot this often."""
    own_book_refresh_s: float
    """A book that is well asks for another snapshot at most this often, when the price nears its end."""
    own_book_grace_s: float
    """A missing update may still come, on another connection, within this."""
    own_focus_settle_s: float
    """A symbol is opened at once when no other was looked at for so long."""
    own_focus_dwell_s: float
    """… and else after it was looked at for so long."""
    own_focus_linger_s: float
    """Streams of a symbol that nobody has open any longer flow on for so long."""
    own_focus_lingering: float
    """Symbols of which streams flow though nobody has them open."""
    own_candles_rows: float
    """Candles that are fetched when a symbol is opened."""
    own_probe_interval_s: float
    """How often silent symbols are checked by REST."""
    own_user_proof_s: float
    """How often a subscription to own events is asked for a proof that it stands."""
    own_user_reconcile_s: float
    """How often what it told is compared with what REST knows, beside every change of connection."""
    own_user_retry_s: float
    """Least wait after an unexpected answer, and before a comparison that failed is tried again."""
    own_key_renew_s: float
    """A listen key is extended after so long …"""
    own_key_renew_spread_s: float
    """… and a random time up to this."""

    @classmethod
    def from_rows(cls, rows: Iterable[LimitRow]) -> Limits:
        """Build the value from its table. Raises TypeError when a field is missing or unknown."""
        return cls(**{row.name: row.value for row in rows})

    def override(self, values: Mapping[str, float]) -> Limits:
        """The same with some numbers replaced. Raises ValueError, in words, for one that is unknown, or that
        no program could live with."""
        known = {f.name for f in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no limit is called {name}")
            if not 0 <= value <= MOST:
                raise ValueError(f"{name} cannot be {value:g}")
            if value < LEAST.get(name, 0.0):
                raise ValueError(f"{name} cannot be {value:g}: {LEAST[name]:g} is the least")
            if name in SHARES and value > 1:
                raise ValueError(f"{name} cannot be {value:g}: it is a share, from 0 to 1")
        changed = replace(self, **dict(values))
        tells_silence = {"own_pull_wait_s", "own_engine_silence_s"} & values.keys()
        if tells_silence and changed.own_pull_wait_s >= changed.own_engine_silence_s:
            raise ValueError(
                f"own_pull_wait_s ({changed.own_pull_wait_s:g}) must be below own_engine_silence_s "
                f"({changed.own_engine_silence_s:g}), or an engine with no news would count as silent"
            )
        return changed


MOST = 1e9
"""No limit may be larger: some thirty years, or more than any machine holds."""

SHARES = frozenset({"own_weight_share", "own_weight_stop_share"})

LEAST: Mapping[str, float] = MappingProxyType(
    {
        # Of what there is none, nothing can be done with: no frame, no stream, no row.
        **dict.fromkeys(
            (
                "client_frames_per_s",
                "client_frames_burst",
                "streams_per_connection",
                "subscribe_frame_bytes",
                "url_chars",
                "request_id_chars",
                "depth_levels",
                "klines_rows",
                "trades_rows",
                "own_stream_cap",
                "own_frames_per_s",
                "own_subscribe_names",
                "own_subscribe_bytes",
                "own_attempts",
                "own_attempts_burst",
                "own_book_levels",
                "own_book_snapshots",
                "own_book_tries",
                "own_candles_rows",
            ),
            1.0,
        ),
        # In less than a second nothing is counted, and nobody should connect or be banned anew each moment.
        **dict.fromkeys(
            (
                "connection_attempts_window_s",
                "connection_life_s",
                "request_weight_window_s",
                "ban_first_s",
                "ban_longest_s",
                "own_rotate_after_s",
            ),
            1.0,
        ),
        # What is done again after no time at all is done without end, and what gets no time always fails.
        **dict.fromkeys(
            (
                "server_ping_interval_s",
                "pong_timeout_s",
                "own_ping_interval_s",
                "own_pong_timeout_s",
                "own_frame_silence_s",
                "own_subscribe_timeout_s",
                "own_first_data_s",
                "own_open_timeout_s",
                "own_host_probe_s",
                "own_loop_lag_warn_s",
                "own_engine_silence_s",
                "own_book_retry_s",
                "own_book_refresh_s",
                "own_probe_interval_s",
                "own_user_proof_s",
                "own_user_reconcile_s",
                "own_user_retry_s",
                "own_key_renew_s",
            ),
            0.1,
        ),
        "own_pull_wait_s": 0.01,
        "own_attempts_per_s": 0.001,
        # Clocks are read in whole milliseconds.
        "own_clock_warn_ms": 10.0,
        # A message of the exchange has a few hundred bytes.
        "own_frame_bytes": 1_000.0,
    }
)
"""What a limit must be at least; all others may be 0."""


def with_rows(rows: Iterable[LimitRow], *changed: LimitRow) -> tuple[LimitRow, ...]:
    """A table with some rows replaced, in its order. Raises ValueError for a row that it does not have."""
    new = {row.name: row for row in changed}
    table = tuple(new.pop(row.name, row) for row in rows)
    if new:
        raise ValueError(f"the table has no row {', '.join(new)}")
    return table
