"""What a status says is what the views say."""

from __future__ import annotations

from dataclasses import replace

import orjson

from bntui.engine.status import LISTED, Findings, lines, report
from bntui.model.judged import HealthView, VerdictView
from bntui.model.markets import Market
from bntui.model.states import BookState, Grade, ShardState, StreamState
from bntui.model.views import BudgetView, ShardView, StreamView, WeightView
from tests.model.build import BTC, ETH, book_status

NOW = 1_000.0
VERDICT = VerdictView(Grade.BLIND, "BLIND on 1 of 2 streams for 5s: BTCUSDT trades", 995.0)
SHARD = ShardView(
    id=1,
    market=Market.SPOT,
    host="stream:9443",
    state=ShardState.LIVE,
    reason="",
    live=1,
    acked=2,
    wanted=2,
    cap=400,
    messages_per_s=12.5,
    bytes_per_s=2_000.0,
    server_ping_at=990.0,
    pong_at=None,
    frame_at=999.5,
    round_trip_ms=21.0,
    lag_ms=-3.0,
    opened_at=400.0,
    expires_at=86_800.0,
    reconnects=0,
    retry_at=None,
    frames_per_s=1.0,
    frames_limit=5,
)
BUDGET = BudgetView(3, 100, 300, 40, 20, 1_200, 6_000, None, "")
HEALTH = HealthView(-12.0, 1.0, True, "", 0, 0, 12.5, 2_000.0)


def stream(name: str, state: StreamState, reason: str = "") -> StreamView:
    return StreamView(Market.SPOT, name, 1, state, reason, 995.0, 994.0, 1.5)


STREAMS = [stream("btcusdt@ticker", StreamState.LIVE), stream("btcusdt@trade", StreamState.STALE, "why")]


def test_the_report_has_verdict_shards_streams_budget_and_clock() -> None:
    told = orjson.loads(orjson.dumps(report(Findings(VERDICT, [SHARD], STREAMS, [], BUDGET, HEALTH, NOW))))
    assert (told["verdict"], told["sentence"]) == ("blind", VERDICT.sentence)
    assert told["clock_offset_ms"] == -12.0
    assert told["budget"]["attempts"] == 3
    streams = told["streams"]
    assert (streams["total"], streams["live"], streams["stale"], streams["quiet"]) == (2, 1, 1, 0)
    (silent,) = streams["not_live"]
    assert (silent["stream"], silent["state"], silent["reason"]) == ("btcusdt@trade", "stale", "why")
    assert (silent["since_s"], silent["data_age_s"]) == (5.0, 6.0)


def test_times_on_the_engines_clock_go_out_as_spans() -> None:
    (shard,) = report(Findings(VERDICT, [SHARD], [], [], BUDGET, HEALTH, NOW))["shards"]
    assert (shard["server_ping_age_s"], shard["uptime_s"], shard["time_left_s"]) == (10.0, 600.0, 85_800.0)
    assert shard["pong_age_s"] is None
    assert not [name for name in shard if name.endswith("_at")]


def test_the_lines_begin_with_the_sentence_and_name_what_is_silent() -> None:
    told = lines(Findings(VERDICT, [SHARD], STREAMS, [], BUDGET, HEALTH, NOW))
    assert told[0] == VERDICT.sentence
    assert "1/2/2 streams live/acked/wanted" in told[1]
    assert "lag -3 ms" in told[1]
    assert "  BTCUSDT trades: stale, why" in told


def test_every_pool_of_weight_is_told() -> None:
    both = replace(BUDGET, weight_pool="spot", other_weights=[WeightView("futures", 1_920, 96, 480, 2_400)])
    told = lines(Findings(VERDICT, [SHARD], STREAMS, [], both, HEALTH, NOW))
    assert "  request weight of futures: 1920/2400 in this minute, 96 of it bntui's" in told
    budget = report(Findings(VERDICT, [SHARD], STREAMS, [], both, HEALTH, NOW))["budget"]
    assert budget["other_weights"][0]["pool"] == "futures"


def test_a_connection_for_a_part_of_the_streams_says_for_which() -> None:
    usdm = replace(SHARD, market=Market.USDM, path="/market")
    assert "usdm/market live" in lines(Findings(VERDICT, [usdm], STREAMS, [], BUDGET, HEALTH, NOW))[1]


def test_no_text_of_the_exchange_steers_the_terminal() -> None:
    evil = stream("a\x1b[2j\u202e@trade", StreamState.STALE)
    told = lines(Findings(VERDICT, [], [evil], [], None, HEALTH, NOW))
    assert all(line.isprintable() for line in told)
    assert any("\\x1b" in line for line in told)


def test_a_long_list_of_silent_streams_is_cut_and_counted() -> None:
    many = [stream(f"s{n}usdt@trade", StreamState.BLIND) for n in range(LISTED + 7)]
    told = lines(Findings(VERDICT, [], many, [], None, HEALTH, NOW))
    assert any("and 7 more" in line for line in told)


def test_people_are_told_when_a_connection_is_tried_again() -> None:
    def told(shard: ShardView) -> str:
        return lines(Findings(VERDICT, [shard], STREAMS, [], BUDGET, HEALTH, NOW))[1]

    banned = replace(SHARD, state=ShardState.GATED, reason="banned (418)", retry_at=NOW + 90.0)
    assert told(banned).endswith(", 0 reconnects, tried again in 1m30s")
    refused = replace(SHARD, state=ShardState.FAILED, reason="not served here (451)")
    assert told(refused).endswith(", 0 reconnects, not tried again")
    assert told(SHARD).endswith(", 0 reconnects")


def test_books_are_told_with_their_trust() -> None:
    good = book_status(BTC, since=995.0)
    wrong = book_status(ETH, BookState.UNTRUSTED, "3 updates missing", since=940.0, resyncs=2)
    told = lines(Findings(VERDICT, [], [], [good, wrong], None, HEALTH, NOW))
    assert "  book of BTCUSDT: synced for 5s" in told
    assert "  book of ETHUSDT: untrusted for 1m00s: 3 updates missing, built anew 2 times" in told
    books = report(Findings(VERDICT, [], [], [good, wrong], None, HEALTH, NOW))["books"]
    assert [(b["symbol"], b["state"], b["reason"], b["resyncs"], b["since_s"]) for b in books] == [
        ("BTCUSDT", "synced", "", 0, 5.0),
        ("ETHUSDT", "untrusted", "3 updates missing", 2, 60.0),
    ]
    assert (books[0]["market"], books[0]["partial"], books[0]["update_id"]) == ("spot", False, 7)


def test_a_book_of_the_best_levels_says_so() -> None:
    best = replace(book_status(BTC, resyncs=1), partial=True)
    (_, told) = lines(Findings(VERDICT, [], [], [best], None, HEALTH, 10.0))[:2]
    assert told == "  book of BTCUSDT, the best levels alone: synced for 0s, built anew once"
