"""The numbers of Spot: complete, sourced, and consistent with one another."""

from __future__ import annotations

from datetime import date

import pytest

from bntui.venue.binance.limits import SPOT, SPOT_CALLS, SPOT_ROWS, US, US_ROWS, weight_of
from bntui.venue.limits import LimitRow


@pytest.mark.parametrize("row", SPOT_ROWS, ids=lambda row: row.name)
def test_every_row_has_a_unit_a_source_and_a_date(row: LimitRow) -> None:
    assert row.unit
    assert date.fromisoformat(row.read).year == 2026
    own = row.source.startswith("own choice: ")
    assert own is row.name.startswith("own_")
    assert own or row.source.startswith(("binance-spot-api-docs/", "report: "))


def test_binance_us_pings_as_the_older_rules_say_and_is_spot_otherwise() -> None:
    assert (US.server_ping_interval_s, US.pong_timeout_s) == (180, 600)
    assert US.own_frame_silence_s > US.server_ping_interval_s
    changed = {row.name for row, spot in zip(US_ROWS, SPOT_ROWS, strict=True) if row != spot}
    assert changed == {"server_ping_interval_s", "pong_timeout_s", "own_frame_silence_s"}


def test_no_number_stands_in_the_table_twice() -> None:
    names = [row.name for row in SPOT_ROWS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_frames_per_s", 5),
        ("streams_per_connection", 1024),
        ("connection_attempts", 300),
        ("connection_attempts_window_s", 300),
        ("connection_life_s", 24 * 3600),
        ("server_ping_interval_s", 20),
        ("pong_timeout_s", 60),
        ("subscribe_frame_bytes", 4096),
        ("request_weight", 6000),
        ("ban_longest_s", 3 * 24 * 3600),
        ("own_rotate_after_s", 23 * 3600),
        ("own_frame_bytes", 16 * 2**20),
    ],
)
def test_the_numbers_that_users_know(name: str, value: float) -> None:
    assert getattr(SPOT, name) == value


def test_own_choices_stay_within_what_the_exchange_allows() -> None:
    assert SPOT.own_stream_cap < SPOT.streams_per_connection
    assert SPOT.own_frames_per_s < SPOT.client_frames_per_s
    assert SPOT.own_subscribe_bytes < SPOT.subscribe_frame_bytes
    assert SPOT.own_attempts <= SPOT.connection_attempts / 3
    assert SPOT.own_weight_share < SPOT.own_weight_stop_share < 1
    assert SPOT.own_frame_silence_s > 2 * SPOT.server_ping_interval_s
    assert SPOT.own_rotate_after_s + SPOT.own_rotate_overlap_s < SPOT.connection_life_s
    assert SPOT.own_rotate_spread_s < SPOT.own_rotate_after_s
    assert SPOT.own_pull_wait_s < SPOT.own_engine_silence_s


@pytest.mark.parametrize(
    ("limit", "weight"),
    [(None, 5), (1, 5), (100, 5), (101, 25), (500, 25), (501, 50), (1000, 50), (1001, 250), (5000, 250)],
)
def test_a_deeper_book_weighs_more(limit: int | None, weight: int) -> None:
    assert weight_of("depth", limit=limit) == weight


@pytest.mark.parametrize(("symbols", "weight"), [(1, 2), (20, 2), (21, 40), (100, 40), (101, 80), (None, 80)])
def test_statistics_of_more_symbols_weigh_more(symbols: int | None, weight: int) -> None:
    assert weight_of("tickers", symbols=symbols) == weight


@pytest.mark.parametrize(
    ("name", "symbols", "weight"),
    [
        ("window_tickers", 1, 4),
        ("window_tickers", 50, 200),
        ("day_tickers", 3, 12),
        ("day_tickers", 51, 200),
        ("day_tickers", None, 200),
        ("execution_rules", 2, 4),
        ("execution_rules", 21, 40),
        ("execution_rules", None, 40),
    ],
)
def test_some_calls_weigh_so_much_for_each_symbol_up_to_a_cap(
    name: str, symbols: int | None, weight: int
) -> None:
    assert weight_of(name, symbols=symbols) == weight


@pytest.mark.parametrize("name", ["price_tickers", "book_tickers"])
def test_a_single_price_is_cheaper_than_several(name: str) -> None:
    assert (weight_of(name, symbols=1), weight_of(name)) == (2, 4)


@pytest.mark.parametrize(
    ("name", "weight"),
    [
        ("ping", 1),
        ("time", 1),
        ("exchange_info", 20),
        ("klines", 2),
        ("trades", 25),
        ("historical_trades", 25),
        ("agg_trades", 4),
        ("block_trades", 25),
        ("ui_klines", 2),
        ("average_price", 2),
        ("reference_price", 2),
        ("reference_calculation", 2),
    ],
)
def test_other_calls_weigh_the_same_however_much_they_ask(name: str, weight: int) -> None:
    assert weight_of(name) == weight_of(name, limit=1000) == weight


def test_a_call_outside_the_table_has_no_weight() -> None:
    with pytest.raises(ValueError, match="no call is named nonsense"):
        weight_of("nonsense")


def test_every_call_has_a_path_and_a_source() -> None:
    for name, cost in SPOT_CALLS.items():
        assert cost.name == name
        assert cost.path.startswith("/api/v3/")
        assert cost.source.startswith("binance-spot-api-docs/rest-api.md")
        assert [most for most, _ in cost.bands] == sorted(most for most, _ in cost.bands)
