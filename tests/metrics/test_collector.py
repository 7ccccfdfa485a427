"""What the mirror holds is told as numbers; what is not known is not told, and labels are bounded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bntui.clock import ManualClock
from bntui.metrics import collector
from bntui.metrics.collector import MOST_DARK, MOST_SHARDS, MOST_SYMBOLS, EngineCollector
from bntui.metrics.table import METRICS
from bntui.model.delta import AccountsDelta, Delta
from bntui.model.judged import VerdictView
from bntui.model.markets import Market, SymbolKey
from bntui.model.states import Grade, RecoveryState, ShardState, StreamState, UserStreamState
from bntui.model.views import WatchView, WeightView
from bntui.wire.messages import Welcome
from bntui.wire.mirror import Mirror
from tests.model import build
from tests.model.account_samples import MAIN, a_fill
from tests.support import accounts

NOW = 100.0


@pytest.fixture
def mirror() -> Mirror:
    return Mirror(3.0)


def delta(**changes: Any) -> Delta:
    """A whole answer of an engine whose clock reads NOW."""
    return Delta("e1", 1, True, NOW, build.T0_MS, **changes)


def scraped(mirror: Mirror, clock: ManualClock | None = None) -> dict[str, float]:
    """What Prometheus reads, each row as it is written."""
    registry = CollectorRegistry()
    registry.register(EngineCollector(mirror, clock or ManualClock(1_000.0)))
    text = generate_latest(registry).decode()
    return {
        sample.name
        + "".join(f"/{label}={value}" for label, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told(mirror: Mirror, **changes: Any) -> dict[str, float]:
    """What is read right after such an answer."""
    mirror.begin(1_000.0)
    mirror.apply(delta(**changes), 1_000.0)
    return scraped(mirror)


def test_without_an_engine_that_is_what_is_told(mirror: Mirror) -> None:
    mirror.begin(900.0)
    rows = scraped(mirror)
    assert rows["bntui_engine_up"] == 0
    assert rows["bntui_verdict/grade=blind"] == 1
    assert "bntui_engine_answer_age_seconds" not in rows
    assert not [name for name in rows if name.startswith(("bntui_shard", "bntui_stream", "bntui_rest"))]


def test_an_engine_that_goes_takes_its_numbers_along_and_not_what_was_counted(mirror: Mirror) -> None:
    clock = ManualClock(1_000.0)
    mirror.apply(delta(shards=[build.shard()]), 1_000.0)
    mirror.lost("gone")
    clock.advance(10)
    rows = scraped(mirror, clock)
    assert rows["bntui_engine_up"] == 0
    assert rows["bntui_engine_answer_age_seconds"] == 10
    assert rows["bntui_verdict/grade=blind"] == 1
    assert rows["bntui_outages_total/kind=lost/market=spot"] == 0
    assert not [name for name in rows if name.startswith("bntui_shard")]


def test_one_grade_holds(mirror: Mirror) -> None:
    rows = told(mirror, verdict=VerdictView(Grade.DEGRADED, "…", NOW - 7))
    assert [rows[f"bntui_verdict/grade={grade}"] for grade in Grade] == [0, 1, 0]
    assert rows["bntui_verdict_age_seconds"] == 7


def test_the_engine_says_its_version(mirror: Mirror) -> None:
    mirror.welcome(Welcome("1.2.3", "e1", 1, 0, "Binance Spot, main"))
    assert told(mirror)["bntui_engine_info/environment=Binance Spot, main/version=1.2.3"] == 1


def test_streams_are_counted_by_state(mirror: Mirror) -> None:
    streams = [
        build.stream("a@trade"),
        build.stream("b@trade", StreamState.STALE),
        replace(build.stream("c@trade", StreamState.BLIND), dark_since=NOW - 30),
    ]
    rows = told(mirror, streams=streams)
    assert rows["bntui_streams/market=spot/state=live"] == 1
    assert rows["bntui_streams/market=spot/state=stale"] == 1
    assert rows["bntui_streams/market=spot/state=quiet"] == 0, "a state that nothing is in is told too"
    assert rows["bntui_stream_dark_seconds/market=spot/stream=c@trade"] == 30


def test_shards_are_told_one_by_one_in_seconds(mirror: Mirror) -> None:
    rows = told(mirror, shards=[build.shard(7, reconnects=2), build.shard(8, ShardState.WAITING)])
    own = "market=spot/shard=7"
    assert rows[f"bntui_shard_up/{own}"] == 1
    assert rows["bntui_shard_up/market=spot/shard=8"] == 0
    assert rows[f"bntui_shard_lag_seconds/{own}"] == -0.0035
    assert rows[f"bntui_shard_round_trip_seconds/{own}"] == 0.042
    assert rows[f"bntui_shard_frame_age_seconds/{own}"] == 90
    assert rows[f"bntui_shard_reconnects_total/{own}"] == 2
    assert rows[f"bntui_shard_streams/{own}/state=wanted"] == 3
    assert rows["bntui_shards/market=spot/state=waiting"] == 1
    assert rows["bntui_outages_open/market=spot"] == 0
    unknown = replace(build.shard(), lag_ms=None, round_trip_ms=None, opened_at=None, expires_at=None)
    rows = told(Mirror(3.0), shards=[unknown])
    assert not [name for name in rows if "lag" in name and "shard" in name], "what is not known is not told"


def test_the_budgets_of_all_pools_and_health_are_told(mirror: Mirror) -> None:
    budget = replace(
        build.budget(),
        weight_pool="spot",
        other_weights=[WeightView("futures", 9, 3, 480, 2_400)],
        rest_blocked_until_ms=ManualClock().wall_ms() + 30_000,
    )
    rows = told(mirror, budget=budget, health=build.health(rest_ok=False))
    assert rows["bntui_connection_attempts"] == 3
    assert rows["bntui_connection_attempts_limit"] == 300
    assert rows["bntui_request_weight/pool=spot"] == 40
    assert rows["bntui_request_weight_own/pool=futures"] == 3
    assert rows["bntui_rest_blocked_seconds"] == 30
    assert rows["bntui_rest_up"] == 0
    assert rows["bntui_clock_offset_seconds"] == 0.005


def test_books_are_counted_by_state(mirror: Mirror) -> None:
    rows = told(mirror, books=[build.book_status(resyncs=4)])
    assert rows["bntui_books/market=spot/state=synced"] == 1
    assert rows["bntui_books/market=spot/state=untrusted"] == 0
    assert rows["bntui_book_resyncs_total/market=spot"] == 4


def test_accounts_are_told_by_name_without_what_they_hold(mirror: Mirror) -> None:
    stream = replace(accounts.stream(MAIN), proof_at=NOW - 12, event_at=None, expires_at=NOW + 60)
    lost = AccountsDelta(
        streams=[stream], recoveries=[accounts.recovery(MAIN, state=RecoveryState.INCOMPLETE)]
    )
    rows = told(mirror, accounts=lost)
    own = f"account={MAIN.account}/market=spot"
    assert rows[f"bntui_account_up/{own}"] == 1
    assert rows[f"bntui_account_state/{own}/state=live"] == 1
    assert rows[f"bntui_account_state/{own}/state=no key"] == 0
    assert rows[f"bntui_account_proof_age_seconds/{own}"] == 12
    assert rows[f"bntui_account_expires_seconds/{own}"] == 60
    assert rows[f"bntui_account_complete/{own}"] == 0
    assert rows[f"bntui_fills_total/account={MAIN.account}/liquidity=maker/market=spot"] == 0
    assert f"bntui_account_event_age_seconds/{own}" not in rows
    down = AccountsDelta(streams=[replace(stream, state=UserStreamState.DOWN)])
    assert told(Mirror(3.0), accounts=down)[f"bntui_account_up/{own}"] == 0


def test_no_price_and_no_quantity_is_told(mirror: Mirror) -> None:
    row = WatchView(Market.SPOT, "BTCUSDT", bid="67123.45", last="67123.46", quote_at=NOW - 1)
    fill = a_fill(1, price="67123.47", qty="0.123456")
    mirror.accounts.fills[1] = fill
    rows = told(mirror, rows=[row], watchlist=[row.key])
    assert rows["bntui_quote_age_seconds/market=spot/symbol=BTCUSDT"] == 1
    assert not {67123.45, 67123.46, 67123.47, 0.123456} & set(rows.values())


def test_labels_have_a_bound_and_what_is_left_out_is_counted(mirror: Mirror) -> None:
    keys = [SymbolKey(Market.SPOT, f"S{n}USDT") for n in range(MOST_SYMBOLS + 3)]
    streams = [replace(build.stream(f"s{n}@trade"), dark_since=float(n)) for n in range(MOST_DARK + 2)]
    rows = told(
        mirror,
        watchlist=keys,
        rows=[WatchView(key.market, key.symbol, quote_at=1.0) for key in keys],
        streams=streams,
        shards=[build.shard(n) for n in range(MOST_SHARDS + 1)],
    )

    def rows_of(name: str) -> int:
        return len([row for row in rows if row.startswith(name)])

    assert rows_of("bntui_quote_age_seconds/") == MOST_SYMBOLS
    assert rows["bntui_omitted/what=symbols"] == 3
    assert rows_of("bntui_stream_dark_seconds/") == MOST_DARK
    assert "bntui_stream_dark_seconds/market=spot/stream=s0@trade" in rows, "the darkest come first"
    assert rows["bntui_omitted/what=dark streams"] == 2
    assert rows_of("bntui_shard_up/") == MOST_SHARDS
    assert rows["bntui_omitted/what=shards"] == 1


def test_names_of_the_exchange_break_no_line(mirror: Mirror) -> None:
    hostile = SymbolKey(Market.SPOT, 'X"} 1\nbntui_engine_up 0\\')
    row = WatchView(hostile.market, hostile.symbol, quote_at=NOW)
    rows = told(mirror, watchlist=[hostile], rows=[row])
    assert rows["bntui_engine_up"] == 1
    assert [name for name in rows if name.startswith("bntui_quote_age")] == [
        'bntui_quote_age_seconds/market=spot/symbol=X"} 1 bntui_engine_up 0\\'
    ]


def test_every_metric_of_the_table_is_explained_whether_it_has_rows_or_not(mirror: Mirror) -> None:
    registry = CollectorRegistry()
    registry.register(EngineCollector(mirror, ManualClock()))
    text = generate_latest(registry).decode()
    for metric in METRICS:
        kind = "counter" if metric.counts else "gauge"
        assert f"# TYPE {metric.name} {kind}\n" in text


def test_a_row_that_the_table_does_not_know_cannot_be_told() -> None:
    with pytest.raises(KeyError):
        collector.Sheet().put("bntui_nosuch", 1)
