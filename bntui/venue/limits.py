"""The shape of a limits table; the numbers of a market are in its own folder, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class LimitRow:
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

    @classmethod
    def from_rows(cls, rows: Iterable[LimitRow]) -> Limits:
        """Build the value from its table. Raises TypeError when a field is missing or unknown."""
        return cls(**{row.name: row.value for row in rows})

    def override(self, values: Mapping[str, float]) -> Limits:
        """The same with some numbers replaced. Raises ValueError, naming an unknown or negative one."""
        known = {f.name for f in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no limit is called {name}")
            if not value >= 0:
                raise ValueError(f"{name} cannot be {value}")
        return replace(self, **dict(values))


def with_rows(rows: Iterable[LimitRow], *changed: LimitRow) -> tuple[LimitRow, ...]:
    """A table with some rows replaced, in its order. Raises ValueError for a row that it does not have."""
    new = {row.name: row for row in changed}
    table = tuple(new.pop(row.name, row) for row in rows)
    if new:
        raise ValueError(f"the table has no row {', '.join(new)}")
    return table
