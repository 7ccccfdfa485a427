"""Streams that are looked at only when something may have changed stand as if they were looked at always."""

from __future__ import annotations

from math import inf
from random import Random

import pytest

from bntui.feed.core.due import ask_again, judge_again
from bntui.feed.core.evidence import (
    GAPS_TO_STALE,
    GAPS_TOGETHER,
    GRACE_S,
    SETTLING_S,
    Sample,
    StreamRecord,
    SymbolFacts,
)
from bntui.feed.core.health import Health
from bntui.model.events import BlockTrade, Candle, DepthDiff
from bntui.model.markets import Market, Side, StreamKind
from bntui.model.states import StreamState
from bntui.model.status import Event
from bntui.venue.binance.limits import SPOT
from tests.feed.core.healthworld import BTC, health, quote, ticker, trade
from tests.support.feed import VENUE

FRESH_S = 75.0
BEAT_S = 0.5
STORY_BEATS = 400

KINDS = ("trade", "bookTicker", "ticker", "kline_1m", "depth", "blockTrade")
NAMES = tuple(f"btcusdt@{kind}" for kind in KINDS)


def stream(state: StreamState = StreamState.LIVE, data_at: float | None = 0.0) -> StreamRecord:
    facts = SymbolFacts("BTCUSDT")
    flowed = data_at is not None
    record = StreamRecord(NAMES[0], StreamKind.TRADE, facts, 1, state, acked_at=0.0, flowed=flowed)
    record.data_at = data_at
    facts.entries.append(record)
    return record


def test_a_live_stream_is_looked_at_when_its_data_has_settled_and_when_its_grace_ends() -> None:
    record = stream()
    assert judge_again(record, 0.5, SPOT, FRESH_S) == SETTLING_S
    assert judge_again(record, 1.5, SPOT, FRESH_S) == GRACE_S


def test_a_live_stream_is_looked_at_when_its_time_for_data_ends() -> None:
    assert judge_again(stream(), 6.0, SPOT, FRESH_S) == SPOT.own_first_data_s


def test_a_live_stream_is_looked_at_when_others_have_been_ahead_for_long_enough() -> None:
    record = stream()
    record.ahead_id, record.ahead_since = 7, 2.0
    assert judge_again(record, 6.0, SPOT, FRESH_S) == 2.0 + GRACE_S


def quiet_for(silence_s: float, usual_s: float = 0.0) -> tuple[StreamRecord, float]:
    record = stream(StreamState.QUIET)
    record.gap_s = usual_s
    return record, silence_s


def test_a_quiet_stream_is_looked_at_when_its_silence_is_no_usual_one_any_longer() -> None:
    record, now = quiet_for(20.0, usual_s=10.0)
    assert judge_again(record, now, SPOT, FRESH_S) == GAPS_TO_STALE * 10.0
    assert judge_again(record, 31.0, SPOT, FRESH_S) == FRESH_S
    assert judge_again(record, 76.0, SPOT, FRESH_S) == GAPS_TOGETHER * 10.0


def test_a_quiet_stream_is_looked_at_when_siblings_have_flowed_for_long_enough() -> None:
    record, now = quiet_for(20.0)
    record.apart_at = 18.0
    assert judge_again(record, now, SPOT, FRESH_S) == 18.0 + GRACE_S


def test_a_quiet_stream_is_looked_at_when_what_agreed_with_it_grows_old() -> None:
    record, now = quiet_for(80.0)
    record.facts.rest_at = 15.0
    assert judge_again(record, now, SPOT, FRESH_S) == 15.0 + FRESH_S
    record.facts.rest_at, record.facts.shown_at = None, 12.0
    assert judge_again(record, now, SPOT, FRESH_S) == 12.0 + FRESH_S
    record.facts.shown_at = None
    sibling = StreamRecord(NAMES[2], StreamKind.TICKER, record.facts, 1, StreamState.LIVE, acked_at=0.0)
    sibling.data_at = 13.0
    record.facts.entries.append(sibling)
    assert judge_again(record, now, SPOT, FRESH_S) == 13.0 + FRESH_S


def test_prices_that_differ_once_are_looked_at_again_when_the_moment_is_over() -> None:
    record, now = quiet_for(20.0)
    record.facts.shown_at = 19.0
    assert judge_again(record, now, SPOT, FRESH_S) == 19.0 + GRACE_S


def test_a_moment_that_has_just_come_is_looked_at_once_more() -> None:
    assert judge_again(stream(), GRACE_S, SPOT, FRESH_S) == GRACE_S


@pytest.mark.parametrize("state", sorted(set(StreamState) - {StreamState.LIVE, StreamState.QUIET}))
def test_what_is_neither_live_nor_quiet_is_looked_at_on_every_beat(state: StreamState) -> None:
    assert judge_again(stream(state), 7.0, SPOT, FRESH_S) == 7.0


def test_no_proof_is_called_for_before_half_of_the_time_for_first_data() -> None:
    assert ask_again(stream(), 1.0, SPOT) == pytest.approx(SPOT.own_first_data_s / 2, abs=0.01)


def test_a_proof_that_is_there_is_renewed_a_probe_later() -> None:
    record = stream()
    record.facts.rest_at = 6.0
    assert ask_again(record, 7.0, SPOT) == pytest.approx(6.0 + SPOT.own_probe_interval_s, abs=0.01)


def test_a_stream_that_is_not_subscribed_calls_for_none() -> None:
    record = stream()
    record.acked_at = None
    assert ask_again(record, 7.0, SPOT) == inf


def test_a_stream_that_never_flowed_may_call_for_one_at_any_time_at_first() -> None:
    assert ask_again(stream(data_at=None), 3.0, SPOT) == 3.0


# Stories


class Thorough(Health):
    """Looks at everything, always, and closely."""

    def tick(self, now: float) -> list[str]:
        self._doubt_all()
        return super().tick(now)

    def unproven(self, now: float) -> dict[Sample, list[str]]:
        self._doubt_all()
        return super().unproven(now)

    def _doubt_all(self) -> None:
        for facts in self._facts.values():
            facts.happened()
            for entry in facts.entries:
                entry.judged = False


def thorough_health() -> Thorough:
    state = Thorough(Market.SPOT, SPOT, VENUE.parse_stream)
    for name in NAMES:
        state.want(name, 1, 0.0)
    state.acked(NAMES, 0.0)
    return state


def news(kind: str, newest: int, chance: Random) -> list[Event]:
    match kind:
        case "trade":
            return [trade(newest)]
        case "bookTicker":
            return [quote(chance.choice(("1.0", "1.01")))]
        case "ticker":
            return [ticker(newest, chance.choice(("1.0", "1.01")))]
        case "depth":
            return [DepthDiff(BTC, newest, newest, None, (), (), 0, 0, 0.0)]
        case "blockTrade":
            return [BlockTrade(BTC, newest, "1.0", "1", Side.BUY, 0, 0, 0, 0.0)]
        case _:
            texts = ("1",) * 8
            return [Candle(BTC, "1m", "", 0, 1, *texts, 1, newest, newest, False, 0, 0, 0.0)]


def happen(chance: Random, now: float, newest: int, told: tuple[Health, Health]) -> None:
    """Something at random, told to both."""
    what = chance.random()
    some = chance.sample(NAMES, chance.randint(1, len(NAMES)))
    shown = ticker(newest - chance.randint(0, 1), chance.choice(("1.0", "1.01")))
    events = {name: news(name.partition("@")[2], newest, chance) for name in some}
    for state in told:
        if what < 0.75:
            for name, brought in events.items():
                state.seen(name, brought, now)
        elif what < 0.85:
            state.probed(shown, now - 0.1)
        elif what < 0.89:
            state.acked(some, now)
        elif what < 0.92:
            state.down(some, "connection lost", now)
        elif what < 0.94:
            state.moved(some, 2)
        elif what < 0.95:
            state.refused(some[0], "no")
        elif what < 0.97:
            state.unwant(some[0])
            state.want(some[0], 1, now)
        else:
            state.no_weight_until = now + 2.0


def flowing(state: Health) -> int:
    """Counted one by one; behind a beat all are judged."""
    return sum(state.state(name) in (StreamState.LIVE, StreamState.QUIET) for name in NAMES)


@pytest.mark.parametrize("seed", range(60))
def test_streams_stand_as_if_each_were_judged_on_every_beat(seed: int) -> None:
    chance = Random(seed)
    sparing, thorough = health(*NAMES), thorough_health()
    now, newest = 0.0, 1
    often = chance.choice((0.02, 0.1, 0.4, 0.9))
    ask_at = 0.0
    for _ in range(STORY_BEATS):
        # Beats on the very moments at which limits end, and beats between them.
        now += chance.choice((BEAT_S, BEAT_S, BEAT_S, chance.random()))
        if chance.random() < often:
            newest += chance.randint(0, 2)
            happen(chance, now, newest, (sparing, thorough))
        assert sorted(sparing.tick(now)) == sorted(thorough.tick(now))
        assert [sparing.view(name) for name in NAMES] == [thorough.view(name) for name in NAMES]
        assert sparing.stale() == thorough.stale()
        assert sparing.flowing(NAMES) == thorough.flowing(NAMES) == flowing(thorough)
        lacking = sparing.unproven(now)
        assert lacking == thorough.unproven(now)
        if any(lacking.values()) and now >= ask_at and chance.random() < 0.5:
            ask_at = now + 2.0
            for state in (sparing, thorough):
                state.probed(ticker(newest), now)
        failed = set(NAMES) if chance.random() < 0.02 else set()
        for state in (sparing, thorough):
            state.repair_failed(failed.__contains__)
