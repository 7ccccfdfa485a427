"""The mirror: what screens see of the engine, its age, and whether there is an engine at all."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bntui.errors import ProtocolError
from bntui.model.judged import VerdictView
from bntui.model.markets import Market, StreamKey
from bntui.model.states import Grade
from bntui.model.views import WatchView
from bntui.wire.messages import Delta, Notice, Welcome
from bntui.wire.mirror import Changes, LinkState, Mirror
from tests.model.build import BTC, ETH, budget, health, instrument, outage, shard, stream

SILENCE_S = 3.0
LIVE = VerdictView(Grade.LIVE, "LIVE 3/3 streams", 90.0)
FULL = Delta("e1", 1, True, 100.0, 0, verdict=LIVE)
NEXT = Delta("e1", 2, False, 101.0, 0)


def mirror() -> Mirror:
    return Mirror(SILENCE_S)


def following(at: float = 10.0) -> Mirror:
    """A mirror that an engine answered just now."""
    made = mirror()
    made.begin(at)
    made.apply(FULL, at)
    made.take()
    return made


def test_who_waits_for_an_answer_hears_of_it_when_all_of_it_is_there() -> None:
    m = mirror()
    seen: list[tuple[int, bool]] = []
    m.on_answer = lambda: seen.append((m.seq, BTC in m.instruments))
    m.apply(replace(FULL, instruments=[instrument(BTC)]), 10.0)
    m.apply(NEXT, 10.1)
    assert seen == [(1, True), (2, True)]
    with pytest.raises(ProtocolError):
        m.apply(replace(NEXT, epoch="another"), 10.2)
    assert len(seen) == 2


def test_what_the_panels_of_an_open_symbol_show_is_told_from_all_else() -> None:
    assert not Changes().in_panels
    assert not Changes({BTC}, watchlist=True, shards=True, outages=True, budget=True, health=True).in_panels
    for name in ("panels", "books", "streams", "instruments", "verdict", "accounts"):
        changes = Changes()
        setattr(changes, name, True)
        assert changes.in_panels, name


# The link and the verdict


def test_before_an_engine_answers_the_verdict_is_degraded_then_blind() -> None:
    m = mirror()
    assert m.link is LinkState.CONNECTING
    m.begin(10.0)

    assert m.verdict(12.9) == VerdictView(Grade.DEGRADED, "DEGRADED: connecting to the engine", 10.0)
    m.lost("no engine answers")
    assert m.link is LinkState.CONNECTING
    assert m.verdict(15.0) == VerdictView(Grade.BLIND, "NO ENGINE for 5s: no engine answers", 10.0)


def test_an_engine_that_has_no_verdict_yet_is_starting() -> None:
    m = mirror()
    m.apply(replace(FULL, verdict=None), 10.0)

    assert m.verdict(10.0).grade is Grade.DEGRADED
    assert m.verdict(10.0).sentence == "DEGRADED: the engine is starting"


def test_the_engines_verdict_holds_while_it_answers() -> None:
    m = following(at=10.0)

    assert m.link is LinkState.LIVE
    assert m.verdict(11.4) == LIVE


def test_silence_is_blindness_whatever_the_last_verdict_was() -> None:
    m = following(at=10.0)

    assert m.verdict(13.0) == VerdictView(Grade.BLIND, "ENGINE SILENT 3s", 100.0)
    assert m.verdict(85.0).sentence == "ENGINE SILENT 1m15s"

    m.apply(NEXT, 85.0)
    assert m.verdict(85.0) == LIVE


def test_an_answer_that_is_overdue_leaves_nothing_live_and_what_is_worse_as_it_was() -> None:
    m = following()
    m.apply(replace(NEXT, verdict=LIVE), 10.0)
    assert m.verdict(11.4) == LIVE
    assert m.verdict(11.5) == VerdictView(Grade.DEGRADED, "DEGRADED: no answer from the engine", 101.0)
    blind = VerdictView(Grade.BLIND, "BLIND on everything", 0.0)
    m.apply(replace(NEXT, verdict=blind), 12.0)
    assert m.verdict(14.9) == blind


def test_a_viewer_that_stood_still_itself_blames_the_engine_only_after_it_could_have_answered() -> None:
    m = following(at=10.0)
    m.stood_still(30.0)

    assert m.take().verdict
    assert m.verdict(30.0) == VerdictView(
        Grade.DEGRADED, "DEGRADED: this screen itself stood still for 20s", 100.0
    )
    assert m.verdict(32.9).grade is Grade.DEGRADED
    assert m.verdict(33.0) == VerdictView(Grade.BLIND, "ENGINE SILENT 23s", 100.0)
    m.apply(NEXT, 33.1)
    assert m.verdict(33.1) == LIVE


def test_a_viewer_that_stands_still_again_and_again_does_not_hide_a_silent_engine() -> None:
    m = following(at=10.0)
    for at in (20.0, 22.0, 24.0):
        m.stood_still(at)

    assert m.verdict(24.0).sentence == "ENGINE SILENT 14s"


def test_a_standstill_makes_nothing_better_than_it_was_said_to_be() -> None:
    blind = VerdictView(Grade.BLIND, "BLIND on everything", 0.0)
    m = following(at=10.0)
    m.apply(replace(NEXT, verdict=blind), 10.0)
    m.stood_still(30.0)
    assert m.verdict(30.0) == blind


def test_a_standstill_before_the_first_answer_is_no_lack_of_an_engine() -> None:
    m = mirror()
    m.begin(10.0)
    m.stood_still(30.0)

    assert m.verdict(30.0).sentence == "DEGRADED: connecting to the engine"
    assert m.verdict(33.0).sentence == "NO ENGINE for 23s"


def test_an_engine_that_went_is_blindness_at_once() -> None:
    m = following(at=10.0)
    m.lost("the engine closed the connection")

    assert m.link is LinkState.RESTARTING
    assert m.verdict(10.5) == VerdictView(
        Grade.BLIND, "ENGINE GONE 0s: the engine closed the connection", 100.0
    )


def test_a_refusal_is_blindness_and_says_why() -> None:
    m = mirror()
    m.refused("another version")

    assert (m.link, m.link_reason) == (LinkState.REFUSED, "another version")
    assert m.verdict(10.0).grade is Grade.BLIND
    assert m.verdict(10.0).sentence == "REFUSED BY THE ENGINE: another version"


def test_the_engine_is_known_from_its_welcome() -> None:
    welcome = Welcome("0.1", "e1", 7, 0, "demo")
    m = mirror()
    m.welcome(welcome)

    assert (mirror().engine, m.engine) == (None, welcome)
    assert m.link is LinkState.CONNECTING


# The engine's clock


def test_ages_are_measured_by_the_engines_clock() -> None:
    m = mirror()
    assert m.now(10.0) == 10.0
    m.apply(FULL, 10.0)

    assert m.now(12.5) == 102.5


def test_an_answer_that_waited_to_be_read_does_not_make_data_look_young() -> None:
    m = following(at=10.0)
    m.apply(replace(NEXT, now=101.0), 31.0)

    assert m.now(31.0) == 121.0


def test_another_engine_has_another_clock() -> None:
    m = following(at=10.0)
    m.apply(Delta("e2", 1, True, 5.0, 0), 20.0)

    assert m.now(20.0) == 5.0


# What answers bring


def test_an_answer_that_does_not_follow_on_is_refused() -> None:
    m = following()
    with pytest.raises(ProtocolError):
        m.apply(replace(NEXT, epoch="e2"), 11.0)
    with pytest.raises(ProtocolError):
        mirror().apply(NEXT, 11.0)


def test_a_full_answer_forgets_what_was() -> None:
    m = mirror()
    m.apply(
        replace(
            FULL,
            rows=[WatchView(*BTC)],
            watchlist=[BTC],
            shards=[shard()],
            streams=[stream()],
            outages=[outage(1)],
            notices=[Notice(1, "old", False)],
            instruments=[instrument()],
            budget=budget(),
            health=health(),
        ),
        10.0,
    )
    m.take()
    m.apply(Delta("e2", 1, True, 5.0, 0), 20.0)

    assert (m.watchlist, m.rows, m.shards, m.streams, m.outages, m.notices) == ((), {}, {}, {}, [], [])
    assert (m.instruments, m.budget) == ({}, None)
    assert m.verdict(20.0).sentence == "DEGRADED: the engine is starting"
    assert m.take().rows == {BTC}


def test_history_is_newest_first_and_one_line_an_outage() -> None:
    m = following()
    m.apply(replace(NEXT, outages=[outage(1), outage(2)]), 11.0)
    ended = outage(1, ended_ms=1_767_225_605_000)
    m.apply(replace(NEXT, outages=[ended]), 12.0)

    assert m.outages == [outage(2), ended]


def test_what_is_gone_goes() -> None:
    m = following()
    m.apply(
        replace(
            NEXT,
            rows=[WatchView(*BTC), WatchView(*ETH)],
            watchlist=[BTC, ETH],
            shards=[shard(1), shard(2)],
            streams=[stream("a@trade"), stream("b@trade")],
        ),
        11.0,
    )
    m.apply(
        replace(NEXT, watchlist=[ETH], shards_gone=[1, 9], streams_gone=[(Market.SPOT, "a@trade")]),
        12.0,
    )

    assert (m.watchlist, set(m.rows)) == ((ETH,), {ETH})
    assert set(m.shards) == {2}
    assert set(m.streams) == {StreamKey(Market.SPOT, "b@trade")}


# What screens are told


def test_the_first_answer_changes_everything_and_then_nothing_does() -> None:
    m = mirror()
    m.apply(FULL, 10.0)

    everything = Changes(set(), *[True] * (len(fields(Changes)) - 1))
    assert m.take() == everything
    assert not m.take()
    m.apply(NEXT, 11.0)
    assert not m.take()


@pytest.mark.parametrize(
    ("delta", "expected"),
    [
        (replace(NEXT, rows=[WatchView(*BTC)]), Changes(rows={BTC})),
        (replace(NEXT, watchlist=[]), Changes(watchlist=True)),
        (replace(NEXT, shards=[shard()]), Changes(shards=True)),
        (replace(NEXT, shards_gone=[1]), Changes(shards=True)),
        (replace(NEXT, streams=[stream()]), Changes(streams=True)),
        (replace(NEXT, streams_gone=[(Market.SPOT, "a@trade")]), Changes(streams=True)),
        (replace(NEXT, stream_ages=[(Market.SPOT, "a@trade", 1.0)]), Changes(streams=True)),
        (replace(NEXT, outages=[outage(1)]), Changes(outages=True)),
        (replace(NEXT, notices=[Notice(1, "x", False)]), Changes(notices=True)),
        (replace(NEXT, instruments=[]), Changes(instruments=True)),
        (replace(NEXT, budget=budget()), Changes(budget=True)),
        (replace(NEXT, health=health()), Changes(health=True)),
        (replace(NEXT, verdict=LIVE), Changes(verdict=True)),
    ],
)
def test_each_part_of_an_answer_is_told_as_what_it_is(delta: Delta, expected: Changes) -> None:
    m = following()
    m.apply(delta, 11.0)

    changes = m.take()
    assert changes == expected
    assert changes


def test_changes_add_up_until_they_are_taken() -> None:
    m = following()
    m.apply(replace(NEXT, rows=[WatchView(*BTC)]), 11.0)
    m.apply(replace(NEXT, rows=[WatchView(*ETH)], health=health()), 12.0)

    assert m.take() == Changes(rows={BTC, ETH}, health=True)


def test_ages_of_the_focused_shard_go_with_the_focus() -> None:
    m = following()
    m.apply(replace(NEXT, stream_ages=[(Market.SPOT, "a@trade", 1.0)]), 11.0)
    assert m.stream_ages == {StreamKey(Market.SPOT, "a@trade"): 1.0}

    m.apply(NEXT, 12.0)
    assert m.stream_ages == {}


def test_a_change_of_the_link_is_a_change_of_the_verdict() -> None:
    m = following()
    m.silent("no answer")
    assert (m.link, m.take()) == (LinkState.SILENT, Changes(verdict=True))
    m.silent("no answer")
    assert not m.take()
    m.apply(NEXT, 20.0)
    assert (m.link, m.link_reason, m.take()) == (LinkState.LIVE, "", Changes(verdict=True))
