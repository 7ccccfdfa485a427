"""Every metric in one table: its name, its labels, and what it tells. The dashboard uses these names.

Labels are few and bounded: markets, states, shards, accounts; symbols and streams up to a number, beyond
which only their sums are told. No price, no balance, no key and no quantity is among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

COUNTER_ENDS = "_total"
"""How the names of counters end; all others may go down as well."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table."""

    name: str
    about: str
    labels: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it only ever grows while what it counts lives."""
        return self.name.endswith(COUNTER_ENDS)


_SHARD = ("shard", "market")
_ACCOUNT = ("account", "market")

METRICS = (
    Metric("bntui_engine_up", "1 while the engine answers, 0 when it is gone, silent, or refuses."),
    Metric("bntui_engine_answer_age_seconds", "Since the engine's last answer; absent before the first."),
    Metric("bntui_engine_info", "1, with the engine's version and environment.", ("version", "environment")),
    Metric("bntui_verdict", "1 for the grade that holds: live, degraded or blind.", ("grade",)),
    Metric("bntui_verdict_age_seconds", "Since when the grade holds."),
    Metric("bntui_watched_symbols", "Symbols on the watchlist."),
    Metric("bntui_streams", "Wanted streams by their state.", ("market", "state")),
    Metric("bntui_stream_dark_seconds", "Since when a stream brings nothing.", ("market", "stream")),
    Metric("bntui_quote_age_seconds", "Since the last best prices of a symbol.", ("market", "symbol")),
    Metric("bntui_shards", "Connections of the pool by their state.", ("market", "state")),
    Metric("bntui_shard_up", "1 while every wanted stream of the shard is acknowledged.", _SHARD),
    Metric("bntui_shard_streams", "Streams of the shard that are wanted, acked, live.", (*_SHARD, "state")),
    Metric("bntui_shard_messages_per_second", "Messages that the shard brings.", _SHARD),
    Metric("bntui_shard_bytes_per_second", "Bytes that the shard brings.", _SHARD),
    Metric("bntui_shard_lag_seconds", "Event time to receipt, less the clock offset.", _SHARD),
    Metric("bntui_shard_round_trip_seconds", "From our ping to its pong.", _SHARD),
    Metric("bntui_shard_frame_age_seconds", "Since the last frame of any kind.", _SHARD),
    Metric("bntui_shard_uptime_seconds", "Since the connection opened.", _SHARD),
    Metric("bntui_shard_time_left_seconds", "Until the exchange ends the connection.", _SHARD),
    Metric("bntui_shard_reconnects_total", "Reconnects of the shard since the engine started.", _SHARD),
    Metric("bntui_books", "Local order books by their state.", ("market", "state")),
    Metric("bntui_book_resyncs_total", "How often open books had to be built anew.", ("market",)),
    Metric("bntui_outages_total", "Outages seen here, by kind: lost, silent, planned.", ("market", "kind")),
    Metric("bntui_outages_open", "Outages that last.", ("market",)),
    Metric("bntui_blind_seconds_total", "Seconds of missing data, of outages that are over.", ("market",)),
    Metric("bntui_gap_trades_total", "Trades that were missing after outages.", ("market",)),
    Metric("bntui_gap_trades_refilled_total", "Those of them that REST has brought since.", ("market",)),
    Metric("bntui_fills_total", "Own fills seen here, by how: maker or taker.", (*_ACCOUNT, "liquidity")),
    Metric("bntui_fills_recovered_total", "Own fills that no stream told and REST found.", _ACCOUNT),
    Metric("bntui_account_up", "1 while the account's events are proven to come.", _ACCOUNT),
    Metric("bntui_account_state", "1 for the state of the account's stream.", (*_ACCOUNT, "state")),
    Metric("bntui_account_event_age_seconds", "Since the account's last event.", _ACCOUNT),
    Metric("bntui_account_proof_age_seconds", "Since events were known to come.", _ACCOUNT),
    Metric("bntui_account_expires_seconds", "Until its connection or listen key ends.", _ACCOUNT),
    Metric("bntui_account_reconnects_total", "Reconnects since the engine started.", _ACCOUNT),
    Metric("bntui_account_complete", "1 when nothing is known to be missing of the account.", _ACCOUNT),
    Metric("bntui_account_open_orders", "Orders that may still be filled.", _ACCOUNT),
    Metric("bntui_connection_attempts", "Of this machine, in the exchange's window."),
    Metric("bntui_connection_attempts_own_limit", "What bntui allows itself of them."),
    Metric("bntui_connection_attempts_limit", "What the exchange allows the IP."),
    Metric("bntui_request_weight", "Used in the running minute, by everybody on the IP.", ("pool",)),
    Metric("bntui_request_weight_own", "bntui's part of it.", ("pool",)),
    Metric("bntui_request_weight_own_limit", "What bntui allows itself.", ("pool",)),
    Metric("bntui_request_weight_limit", "What the exchange allows the IP.", ("pool",)),
    Metric("bntui_rest_up", "1 while REST answers."),
    Metric("bntui_rest_blocked_seconds", "How long the exchange asks to be left alone; 0: not."),
    Metric("bntui_clock_offset_seconds", "The exchange's clock less this machine's."),
    Metric("bntui_loop_lag_seconds", "How late the engine's own loop is."),
    Metric("bntui_messages_per_second", "Messages of all connections."),
    Metric("bntui_bytes_per_second", "Bytes of all connections."),
    Metric("bntui_conflated_quotes_total", "Quotes passed by, because the machine could not keep up."),
    Metric("bntui_unknown_events_total", "Events of a kind that bntui does not know."),
    Metric("bntui_malformed_frames_total", "Frames that could not be read."),
    Metric("bntui_omitted", "Rows left out, because a label would have too many values.", ("what",)),
)
"""In the order in which they are served."""

BY_NAME: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in METRICS})
