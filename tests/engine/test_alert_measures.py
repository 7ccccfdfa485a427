"""What rules look at: nothing where nothing is known, and no price that may be wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bntui.engine.alert_measures import STARTING_S, Measures, PriceTrail, fill_measure
from bntui.engine.alerts import Measure
from bntui.model.account import Renewal, UserStreamChanged
from bntui.model.alerts import AlertKind
from bntui.model.judged import VerdictView
from bntui.model.states import Grade, StreamState, UserStreamState
from bntui.model.status import OutageChanged
from bntui.store.store import Store
from tests.model.account_samples import a_fill, a_position, a_user_stream
from tests.model.build import BTC, ETH, T0_MS, outage, quote, stream_changed, trade
from tests.support.alerts import a_rule

NOW = 20.0


@pytest.fixture
def store() -> Store:
    """Two symbols are watched, and nothing was said of them."""
    store = Store("e1", T0_MS)
    store.set_watchlist([BTC, ETH])
    return store


def measured(
    store: Store, kind: AlertKind, now: float = NOW, wall_ms: int = T0_MS, **changes: Any
) -> list[Measure]:
    rule = a_rule(kind=kind, **changes)
    return Measures(store, [rule]).take(now, wall_ms)[rule.name]


def values(found: list[Measure]) -> dict[str, Decimal | None]:
    return {measure.subject: measure.value for measure in found}


@pytest.mark.parametrize(
    "kind", [AlertKind.PRICE_ABOVE, AlertKind.PRICE_BELOW, AlertKind.SPREAD, AlertKind.AGE]
)
def test_before_there_is_data_there_is_nothing_to_measure(store: Store, kind: AlertKind) -> None:
    assert values(measured(store, kind)) == {"BTCUSDT": None, "ETHUSDT": None}


def test_a_price_counts_while_its_streams_can_be_trusted(store: Store) -> None:
    store.apply([stream_changed(), trade(BTC, price="99.50")])
    (found,) = measured(store, AlertKind.PRICE_BELOW, symbols=(BTC,))
    assert (found.value, found.words) == (Decimal("99.50"), "BTCUSDT is at 99.50, at or below 100")
    store.apply([stream_changed(state=StreamState.STALE)])
    assert values(measured(store, AlertKind.PRICE_BELOW, symbols=(BTC,))) == {"BTCUSDT": None}


def test_a_spread_is_counted_in_hundredths_of_a_per_cent_of_the_mid(store: Store) -> None:
    store.apply([stream_changed(), quote(bid="99.95", ask="100.05")])
    found = measured(store, AlertKind.SPREAD)[0]
    assert found.value == Decimal(10)
    assert "10.0 bps: 99.95 to 100.05" in found.words


def test_an_empty_side_of_the_book_is_no_spread(store: Store) -> None:
    store.apply([stream_changed(), quote(bid="0.00000000", ask="100.05")])
    assert measured(store, AlertKind.SPREAD)[0].value is None


def test_an_age_is_that_of_the_newest_and_grows_while_nothing_can_be_trusted(store: Store) -> None:
    store.apply([quote(at=5.0), trade(at=10.0), stream_changed(state=StreamState.BLIND, reason="1006")])
    found = measured(store, AlertKind.AGE)[0]
    assert found.value == Decimal(10)
    assert found.words == "the newest of BTCUSDT is 10s old (1006)"


def test_a_change_is_known_once_the_price_was_followed_for_the_whole_span() -> None:
    trail = PriceTrail(60.0)
    assert trail.change(Decimal(100), 0.0) is None
    for second in range(1, 60):
        assert trail.change(Decimal(105), float(second)) is None
    assert trail.change(Decimal(103), 60.0) == Decimal(3)
    assert trail.change(Decimal(105), 61.0) == Decimal(0)


def test_a_time_without_a_price_begins_the_span_anew() -> None:
    trail = PriceTrail(60.0)
    trail.change(Decimal(100), 0.0)
    trail.change(None, 30.0)
    assert trail.change(Decimal(200), 61.0) is None


def test_a_standstill_of_our_own_begins_the_span_anew() -> None:
    trail = PriceTrail(60.0)
    trail.change(Decimal(100), 0.0)
    assert trail.change(Decimal(200), 600.0) is None


def test_a_long_span_keeps_few_prices() -> None:
    trail = PriceTrail(86_400.0)
    for second in range(0, 100_000, 10):
        trail.change(Decimal(100 + second), float(second))
    assert len(trail._samples) <= 62
    assert trail.change(Decimal(100), 100_000.0) is not None


def test_a_fall_is_a_change_too(store: Store) -> None:
    rule = a_rule(kind=AlertKind.CHANGE, over_s=60.0, symbols=(BTC,))
    measures = Measures(store, [rule])
    store.apply([stream_changed(), trade(price="100", trade_id=1)])
    for second in range(60):
        measures.take(float(second), T0_MS)
    store.apply([trade(price="95", trade_id=2)])
    (found,) = measures.take(60.0, T0_MS)[rule.name]
    assert (found.value, found.words) == (Decimal(5), "BTCUSDT fell by 5.00% within 1m00s, to 95")


def test_trails_of_symbols_that_left_the_watchlist_are_forgotten(store: Store) -> None:
    rule = a_rule(kind=AlertKind.CHANGE, over_s=60.0)
    measures = Measures(store, [rule])
    store.apply([stream_changed(), stream_changed("ethusdt@trade"), trade(BTC), trade(ETH)])
    measures.take(0.0, T0_MS)
    store.set_watchlist([BTC])
    measures.take(1.0, T0_MS)
    assert list(measures._trails[rule.name]) == [BTC]


def test_streams_that_bring_nothing_are_counted_and_some_named(store: Store) -> None:
    assert values(measured(store, AlertKind.STREAMS)) == {"": None}
    names = [f"btcusdt@kline_{n}m" for n in range(1, 6)]
    store.apply([stream_changed(name, StreamState.STALE) for name in names])
    store.apply([stream_changed("ethusdt@trade", StreamState.BLIND), stream_changed("ethusdt@ticker")])
    (found,) = measured(store, AlertKind.STREAMS)
    assert found.value == 6
    assert found.words.startswith("6 streams bring nothing: btcusdt@kline_1m, btcusdt@kline_2m")
    assert found.words.endswith("and 3 more")
    assert measured(store, AlertKind.STREAMS, symbols=(ETH,))[0].value == 1


def test_the_verdict_is_blind_or_not_and_unknown_before_the_first(store: Store) -> None:
    assert measured(store, AlertKind.BLIND)[0].value is None
    for grade, value in ((Grade.DEGRADED, 0), (Grade.BLIND, 1), (Grade.LIVE, 0)):
        store.set_verdict(VerdictView(grade, f"{grade}: x", 1.0))
        assert measured(store, AlertKind.BLIND) == [Measure("", Decimal(value), f"{grade}: x")]


def test_losses_within_the_span_are_counted_planned_changes_and_silences_are_not(store: Store) -> None:
    lost = [replace(outage(n), began_ms=T0_MS + n * 600_000) for n in range(1, 10)]
    others = [replace(outage(20), planned=True), replace(outage(21), silent=True)]
    store.apply([OutageChanged(view) for view in (*lost, *others)])
    (found,) = measured(store, AlertKind.RECONNECTS, wall_ms=T0_MS + 5_400_000, over_s=3_600.0)
    assert found.value == 7
    assert found.words == "7 connections were lost within 1h00m, the last one: closed: 1006"


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, 0),
        ({"state": UserStreamState.DOWN, "reason": "1006"}, 1),
        ({"state": UserStreamState.NO_KEY}, 1),
        ({"state": UserStreamState.STARTING, "since": NOW}, None),
        ({"state": UserStreamState.STARTING, "since": NOW - STARTING_S}, 1),
        ({"renewals": [Renewal(T0_MS, "key kept alive", "timed out")]}, 1),
        (
            {
                "renewals": [
                    Renewal(T0_MS, "key kept alive", "timed out"),
                    Renewal(T0_MS, "key kept alive", ""),
                ]
            },
            0,
        ),
    ],
)
def test_an_account_is_wrong_while_its_fills_may_be_missed(
    store: Store, changes: dict[str, Any], value: int | None
) -> None:
    assert measured(store, AlertKind.ACCOUNT) == []
    view = replace(a_user_stream(UserStreamState.LIVE), **changes)
    store.apply([UserStreamChanged(view)])
    assert values(measured(store, AlertKind.ACCOUNT)) == {"main.spot": value}


def test_a_margin_call_lasts_until_the_exchange_says_nothing_of_it(store: Store) -> None:
    store.apply([a_position("BTCUSDT", margin_call_ms=T0_MS)])
    assert values(measured(store, AlertKind.MARGIN)) == {"main.usdm BTCUSDT BOTH": 1}
    assert measured(store, AlertKind.MARGIN, symbols=(BTC,)) == []
    store.apply([a_position("BTCUSDT")])
    assert values(measured(store, AlertKind.MARGIN)) == {"main.usdm BTCUSDT BOTH": 0}


def test_a_fill_is_told_with_its_worth_and_whether_it_was_late() -> None:
    fill = a_fill(7, recovered=True, quote_qty="25.5")
    found = fill_measure(a_rule(kind=AlertKind.FILL), fill)
    assert found is not None
    assert found.value == Decimal("25.5")
    assert found.words.endswith("of main.spot, found by REST")
    assert fill_measure(a_rule(kind=AlertKind.FILL, symbols=(ETH,)), fill) is None
