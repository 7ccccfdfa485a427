"""What a bot is told of a symbol: yes, not proven, or blind, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.engine import trust
from bntui.engine.engine import Engine
from bntui.engine.trust import ANSWER_HOLDS_S, SHORTEST_AGE_S, USUAL_GAPS, TrustGate, read_question
from bntui.feed.core.evidence import GAPS_KNOWN, StreamRecord, SymbolFacts
from bntui.feed.feed import BOOK_WISH
from bntui.model.account import RecoveryChanged, UserStreamChanged
from bntui.model.judged import empty_health
from bntui.model.markets import Market, StreamKey, StreamKind
from bntui.model.states import RecoveryState, StreamState, UserStreamState
from bntui.model.status import HealthChanged, StreamChanged
from bntui.model.views import StreamView
from bntui.tape import read_tape
from bntui.venue.binance.limits import SPOT
from bntui.wire.messages import Welcome
from tests.model.account_samples import FUTURES, a_recovery, a_user_stream
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import MemoryExchange

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"

KINDS = ("bookTicker", "trade", "ticker")


@pytest.fixture
def engine(tmp_path: Path, clock: ManualClock) -> Engine:
    """It watches BTCUSDT, of which everything flows, and nothing runs."""
    engine = memory_engine(tmp_path, clock, MemoryExchange())
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    engine.begin([key("BTCUSDT")])
    for kind in KINDS:
        turn(engine, clock, f"btcusdt@{kind}", StreamState.LIVE)
    quote(engine, clock)
    return engine


@pytest.fixture
def gate(engine: Engine, clock: ManualClock) -> TrustGate:
    return TrustGate(engine, clock, Welcome("1.2", "epoch", 77, 0, "a test"))


def turn(engine: Engine, clock: ManualClock, name: str, state: StreamState, reason: str = "") -> None:
    """A stream comes into a state, now."""
    now = clock.monotonic()
    view = StreamView(Market.SPOT, name, 1, state, reason, now, now, None)
    engine.take([StreamChanged(StreamKey(Market.SPOT, name), view)])


def quote(engine: Engine, clock: ManualClock) -> None:
    """A quote of BTCUSDT comes."""
    engine.feed.market(Market.SPOT).pool.health.seen("btcusdt@bookTicker", [], clock.monotonic())


def asked(gate: TrustGate, clock: ManualClock, line: str) -> dict[str, Any]:
    """The answer to a question, looked for anew."""
    clock.advance(ANSWER_HOLDS_S)
    answer, _ = gate.answer(line)
    assert answer.endswith(b"\n")
    assert answer.count(b"\n") == 1
    told: dict[str, Any] = orjson.loads(answer)
    return told


def of_btc(gate: TrustGate, clock: ManualClock, options: str = "") -> tuple[str, str]:
    """(trust, reason) of BTCUSDT."""
    told = asked(gate, clock, f"BTCUSDT {options}")["symbols"]["BTCUSDT"]
    return told["trust"], told["reason"]


async def test_a_symbol_whose_streams_flow_is_trusted_with_the_age_of_its_quote(
    gate: TrustGate, clock: ManualClock
) -> None:
    told = asked(gate, clock, "btcusdt")
    assert told["trust"] == "ok"
    assert told["symbols"] == {"btcusdt": {"trust": "ok", "reason": "", "age_s": ANSWER_HOLDS_S}}
    assert (told["environment"], told["version"], told["pid"]) == ("a test", "1.2", 77)


async def test_a_stream_that_stalls_blinds_and_says_since_when_and_why(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    turn(engine, clock, "btcusdt@bookTicker", StreamState.STALE, "trades are ahead")
    clock.advance(2.0)
    assert of_btc(gate, clock) == (
        "blind",
        "on 1 of 3 streams for 2s: BTCUSDT quotes (trades are ahead)",
    )
    turn(engine, clock, "btcusdt@bookTicker", StreamState.LIVE)
    assert of_btc(gate, clock) == ("ok", "")


async def test_a_quiet_symbol_is_trusted_and_says_why_it_is_quiet(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    turn(engine, clock, "btcusdt@trade", StreamState.QUIET, "no trade since id 7 (ticker agrees)")
    assert of_btc(gate, clock) == ("ok", "no trade since id 7 (ticker agrees)")


async def test_what_has_just_begun_is_stale(engine: Engine, gate: TrustGate, clock: ManualClock) -> None:
    turn(engine, clock, "btcusdt@trade", StreamState.ACKED)
    trusted, reason = of_btc(gate, clock)
    assert (trusted, reason) == ("stale", "waiting for first data on 1 of 3 streams")


async def test_quotes_older_than_the_asker_takes_are_stale_whatever_is_known(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    clock.advance(0.9 - SPOT.own_gulp_s)
    assert of_btc(gate, clock, "max_age=1")[0] == "ok"
    clock.advance(0.1)
    trusted, reason = of_btc(gate, clock, "max_age=1")
    assert trusted == "stale"
    assert reason == "no quote for 1.1 s, more than 1 s", "it may have waited for its reading"
    assert of_btc(gate, clock)[0] == "ok", "nothing is known of what is usual: evidence decides"
    quote(engine, clock)
    assert of_btc(gate, clock, "max_age=1")[0] == "ok"


def quotes_each(engine: Engine, clock: ManualClock, gap_s: float) -> None:
    """Quotes of BTCUSDT come for a while, so far apart."""
    for _ in range(20):
        clock.advance(gap_s)
        quote(engine, clock)


async def test_a_busy_symbol_that_falls_silent_stops_a_bot_within_a_second_without_its_asking(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    quotes_each(engine, clock, 0.1)
    clock.advance(SHORTEST_AGE_S - 2 * ANSWER_HOLDS_S)
    assert of_btc(gate, clock)[0] == "ok"
    clock.advance(0.001)
    assert of_btc(gate, clock) == ("stale", "no quote for 0.9 s, more than the usual 0.9 s")
    assert of_btc(gate, clock, "max_age=3")[0] == "ok", "who says so takes more"


async def test_a_slow_symbol_may_be_silent_for_as_long_as_is_usual_there(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    quotes_each(engine, clock, 2.0)
    clock.advance(USUAL_GAPS * 2.0 - 2 * ANSWER_HOLDS_S)
    assert of_btc(gate, clock)[0] == "ok"
    clock.advance(ANSWER_HOLDS_S)
    assert of_btc(gate, clock)[0] == "stale"


@pytest.mark.parametrize("tape", ["spot_btcusdt", "usdm_btcusdt", "cm_btcusd_perp"])
def test_a_recorded_market_is_never_called_silent_by_its_rhythm(tape: str) -> None:
    path = RECORDINGS / "hftbacktest" / f"{tape}_20240808.gz"
    if not path.exists():
        pytest.skip(f"the recording {path} is not on this machine")
    record = StreamRecord("quotes", StreamKind.BOOK_TICKER, SymbolFacts("BTCUSDT"), 1, since=0.0)
    limits: list[float] = []
    for line in read_tape([path]):
        if "bookTicker" not in line.text[:120]:
            continue
        now = line.received_ns / 1e9
        if record.gaps >= GAPS_KNOWN and record.data_at is not None:
            limits.append(max(SHORTEST_AGE_S, USUAL_GAPS * record.rhythm_s))
            assert now - record.data_at < limits[-1]
        record.seen(now)
    assert len(limits) > 10_000
    assert max(limits) < 4.0, "and what is busy is not given much longer"


async def test_a_silence_of_which_there_is_evidence_is_no_matter_of_what_is_usual(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    quotes_each(engine, clock, 0.1)
    turn(engine, clock, "btcusdt@bookTicker", StreamState.QUIET, "REST shows the same best prices")
    clock.advance(20.0)
    assert of_btc(gate, clock) == ("ok", "REST shows the same best prices")


async def test_a_yes_is_not_repeated_once_its_quote_has_become_too_old(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    clock.advance(1.0 - SPOT.own_gulp_s - ANSWER_HOLDS_S / 2)
    assert b'"trust":"ok"' in gate.answer("BTCUSDT max_age=1")[0]
    clock.advance(ANSWER_HOLDS_S / 2)
    assert b'"trust":"stale"' in gate.answer("BTCUSDT max_age=1")[0]


async def test_what_is_not_watched_is_blind_and_watched_for_nobody(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    told = asked(gate, clock, "BTCUSDT ETHUSDT NOSUCH BTCUSDT.usdm")
    reasons = {word: each["reason"] for word, each in told["symbols"].items()}
    assert told["trust"] == "blind"
    assert reasons["BTCUSDT"] == ""
    assert reasons["ETHUSDT"] == "the engine does not watch ETHUSDT"
    assert reasons["NOSUCH"] == "NOSUCH is not listed"
    assert reasons["BTCUSDT.usdm"] == "the engine has no usdm market"
    assert engine.store.watchlist == (key("BTCUSDT"),)


async def test_what_a_viewer_opens_beside_the_row_stops_no_bot(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    engine.feed.want([key("BTCUSDT")], [BOOK_WISH])
    assert len(engine.store.streams) == 4
    assert of_btc(gate, clock)[0] == "ok"


async def test_rest_or_a_clock_say_nothing_of_a_symbols_data_but_a_late_loop_does(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    odd = replace(empty_health(), clock_offset_ms=5_000.0, rest_ok=False, rest_reason="down")
    engine.take([HealthChanged(odd)])
    assert of_btc(gate, clock)[0] == "ok"
    engine.take([HealthChanged(replace(empty_health(), loop_lag_ms=2_500.0))])
    assert of_btc(gate, clock) == ("stale", "loop lag 2.5 s")


async def test_fills_count_on_their_market_unless_the_asker_leaves_them_out(
    engine: Engine, gate: TrustGate, clock: ManualClock
) -> None:
    down = a_user_stream(UserStreamState.DOWN, "no answer", since=clock.monotonic())
    engine.take([UserStreamChanged(replace(down, owner=FUTURES))])
    assert of_btc(gate, clock)[0] == "ok", "another market's account"
    engine.take([UserStreamChanged(down)])
    clock.advance(3.0)
    told = asked(gate, clock, "BTCUSDT")
    assert told["symbols"]["BTCUSDT"]["trust"] == "blind"
    assert told["symbols"]["BTCUSDT"]["reason"] == "on fills of main.spot for 3s: no answer"
    assert told["accounts"] == {"main.usdm": "down", "main.spot": "down"}
    assert of_btc(gate, clock, "accounts=no")[0] == "ok"
    live = replace(down, state=UserStreamState.LIVE, reason="")
    missed = a_recovery(RecoveryState.INCOMPLETE, "trades of BTCUSDT")
    engine.take([UserStreamChanged(live), RecoveryChanged(missed)])
    assert of_btc(gate, clock)[0] == "stale"


async def test_an_answer_holds_for_a_moment_and_questions_are_not_kept_without_end(
    engine: Engine, gate: TrustGate, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, symbols = gate.answer("BTCUSDT")
    assert symbols == 1
    turn(engine, clock, "btcusdt@trade", StreamState.BLIND)
    clock.advance(ANSWER_HOLDS_S / 2)
    assert gate.answer("BTCUSDT")[0] is first
    clock.advance(ANSWER_HOLDS_S / 2)
    assert b'"trust":"blind"' in gate.answer("BTCUSDT")[0]
    monkeypatch.setattr(trust, "ANSWERS_KEPT", 3)
    for number in range(10):
        gate.answer(f"S{number}")
    assert len(gate._answers) <= 3


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "no symbol is named"),
        ("max_age=1", "no symbol is named"),
        ("BTCUSDT max_age=soon", "no number of seconds"),
        ("BTCUSDT max_age=-1", "no number of seconds"),
        ("BTCUSDT max_age=nan", "no number of seconds"),
        ("BTCUSDT accounts=maybe", "is none of"),
        ("BTCUSDT watch=yes", "is none of"),
        (" ".join(f"S{n}" for n in range(trust.MOST_SYMBOLS + 1)), "more than"),
    ],
)
async def test_a_question_that_cannot_be_understood_is_no_yes(
    gate: TrustGate, clock: ManualClock, line: str, why: str
) -> None:
    told = asked(gate, clock, line)
    assert told["trust"] == "blind"
    assert why in told["error"]


def test_a_bare_symbol_is_of_the_engines_own_market() -> None:
    question = read_question("btcusdt ETHUSDT.spot max_age=0.5 accounts=no", Market.USDM)
    assert [each.label for each in question.symbols.values()] == ["BTCUSDT.usdm", "ETHUSDT"]
    assert (question.max_age_s, question.accounts) == (0.5, False)
