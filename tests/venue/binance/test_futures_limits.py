"""The numbers of the futures markets: complete, sourced, and consistent with one another."""

from __future__ import annotations

from datetime import date

import pytest

from bntui.venue.binance.futures_limits import (
    COINM,
    COINM_CALLS,
    DEPTH_LEVELS,
    FUTURES_ROWS,
    USDM,
    USDM_CALLS,
)
from bntui.venue.binance.limits import SPOT, weight_of
from bntui.venue.limits import LimitRow


@pytest.mark.parametrize("row", FUTURES_ROWS, ids=lambda row: row.name)
def test_every_row_has_a_unit_a_source_and_a_date(row: LimitRow) -> None:
    assert row.unit
    assert date.fromisoformat(row.read).year == 2026
    own = row.source.startswith("own choice: ")
    assert own is row.name.startswith("own_")


def test_no_number_of_the_exchange_is_taken_from_spot_without_saying_so() -> None:
    borrowed = {row.name for row in FUTURES_ROWS if row.source.startswith("binance-spot-api-docs/")}
    assert borrowed == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_frames_per_s", 10),
        ("client_frames_burst", 15),
        ("streams_per_connection", 1024),
        ("connection_life_s", 24 * 3600),
        ("server_ping_interval_s", 3 * 60),
        ("pong_timeout_s", 10 * 60),
        ("request_weight", 2400),
        ("own_stream_cap", 200),
        ("own_frames_per_s", 6),
        ("own_subscribe_names", 150),
        ("own_subscribe_bytes", 3500),
    ],
)
def test_the_numbers_that_users_know(name: str, value: float) -> None:
    assert getattr(USDM, name) == value
    assert getattr(COINM, name) == value


def test_own_choices_stay_within_what_the_exchange_allows() -> None:
    assert USDM.own_stream_cap < USDM.streams_per_connection
    assert USDM.own_frames_per_s < USDM.client_frames_per_s
    assert USDM.own_subscribe_bytes < USDM.subscribe_frame_bytes
    assert USDM.own_frame_silence_s > USDM.server_ping_interval_s
    assert USDM.own_rotate_after_s + USDM.own_rotate_overlap_s < USDM.connection_life_s


def test_a_machine_has_one_budget_of_attempts_for_all_markets() -> None:
    assert (USDM.own_attempts, USDM.connection_attempts) == (SPOT.own_attempts, SPOT.connection_attempts)


@pytest.mark.parametrize(
    ("limit", "weight"), [(5, 2), (10, 2), (20, 2), (50, 2), (100, 5), (500, 10), (1000, 20), (None, 10)]
)
def test_a_deeper_book_weighs_more(limit: int | None, weight: int) -> None:
    assert limit is None or limit in DEPTH_LEVELS
    assert weight_of("depth", limit=limit, calls=USDM_CALLS) == weight


@pytest.mark.parametrize(
    ("limit", "weight"),
    [(1, 1), (99, 1), (100, 2), (499, 2), (500, 5), (None, 5), (1000, 5), (1001, 10), (1500, 10)],
)
def test_more_candles_weigh_more(limit: int | None, weight: int) -> None:
    assert weight_of("klines", limit=limit, calls=COINM_CALLS) == weight


@pytest.mark.parametrize(
    ("name", "one", "every"), [("tickers", 1, 40), ("premium_index", 1, 10), ("book_tickers", 2, 5)]
)
def test_one_symbol_is_cheaper_than_all(name: str, one: int, every: int) -> None:
    assert weight_of(name, symbols=1, calls=USDM_CALLS) == one
    assert weight_of(name, calls=USDM_CALLS) == every


@pytest.mark.parametrize(
    ("name", "weight"),
    [
        ("ping", 1),
        ("time", 1),
        ("exchange_info", 1),
        ("trades", 5),
        ("historical_trades", 20),
        ("agg_trades", 20),
        ("open_interest", 1),
    ],
)
def test_other_calls_weigh_the_same_however_much_they_ask(name: str, weight: int) -> None:
    assert weight_of(name, calls=USDM_CALLS) == weight_of(name, limit=1000, calls=USDM_CALLS) == weight


def test_both_markets_have_the_same_calls_under_their_own_roots() -> None:
    assert USDM_CALLS.keys() == COINM_CALLS.keys()
    for name, cost in USDM_CALLS.items():
        other = COINM_CALLS[name]
        assert cost.name == name
        assert cost.path.startswith("/fapi/v1/")
        assert other.path == cost.path.replace("/fapi/", "/dapi/")
        assert (other.bands, other.counts) == (cost.bands, cost.counts)
        assert [most for most, _ in cost.bands] == sorted(most for most, _ in cost.bands)
