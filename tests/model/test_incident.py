"""The card of an incident says what happened, to somebody who has never heard of a close frame."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.failures import describe_close
from bntui.feed.core.repair import MOST_RESUBSCRIBED, Repair, Replace, Stale
from bntui.journal_tables import CLOSED_MEANWHILE
from bntui.model.incident import (
    CONNECTION_LOST_TOO,
    ENDED_MEANWHILE,
    REFILL_TAKES_MS,
    STOOD_STILL,
    TEXT_CHARS,
    card,
    day_of,
    is_hole,
    lasting,
    plain,
)
from bntui.model.ticket import markdown, sums
from bntui.model.views import OutageView
from tests.model.incidents import BEGAN_MS, HOSTILE, LATER_MS, closed, hole, incident, ongoing, silence


def told(outage: OutageView, now_ms: int = LATER_MS) -> str:
    return "\n".join(card(outage, now_ms))


# The card


def test_a_loss_is_told_from_what_happened_to_what_remains() -> None:
    assert card(incident(missing=412, refilled=412), LATER_MS) == [
        "Connection 3 (spot) was lost on 2025-12-31 at 23:59:00 UTC; its data flowed again at 23:59:20 UTC.",
        "It broke off without a word from the exchange (no close frame, code 1006): mostly the network in "
        "between, or a server that died.",
        "Some or all of its 400 streams were blind for 20s: from 23:59:00 UTC to 23:59:20 UTC.",
        "Streams on it: BTCUSDT quotes, BTCUSDT trades and 398 more.",
        "412 trades were missing, all of them refilled by REST.",
        "Nothing is left for you to do. If it lasts or comes back, look at this machine's network; a bot "
        "here may have lost its connections too.",
    ]


def test_a_planned_change_says_that_nothing_was_lost() -> None:
    change = incident(
        planned=True,
        cause="its 24 hours end soon",
        closed_by="",
        close_code=None,
        ended_ms=BEGAN_MS,
        blind_s=0.0,
        hit="",
    )
    assert card(change, LATER_MS) == [
        "Connection 3 (spot) was replaced by a new one on 2025-12-31 at 23:59:00 UTC, on purpose: its 24 "
        "hours end soon (the exchange ends every connection after a day).",
        "Nothing was lost by it: the new connection took over its 400 streams before the old one was closed.",
        "Nothing is left for you to do.",
    ]


def test_a_change_that_mends_silent_streams_does_not_deny_that_they_were_blind() -> None:
    names = [f"s{number}@trade" for number in range(MOST_RESUBSCRIBED + 1)]
    (step,) = Repair().tick([Stale(name, 3, 0.0) for name in names], lambda name: False, 100.0)
    assert isinstance(step, Replace)
    change = incident(planned=True, cause=step.reason, closed_by="", ended_ms=BEGAN_MS, blind_s=0.0)
    assert "Those silent streams were blind until then. The change itself lost nothing:" in told(change)


def test_what_kept_a_connection_away_is_told_beside_its_first_cause() -> None:
    row = incident(later="connection refused (2 times); this IP is banned (418)")
    lines = card(row, LATER_MS)
    assert lines[2] == "After that: connection refused (2 times); this IP is banned (418)."
    assert "Every program on this IP address counts" in lines[-1]
    assert "Nothing is left" not in lines[-1]
    assert lines[-1].count("Every program") == 1


def test_a_silence_is_told_as_one_and_never_as_a_loss() -> None:
    row = silence(later="subscribed to anew (2 times); moved to a new connection")
    assert card(row, LATER_MS) == [
        "2 streams of connection 3 (spot) fell silent while the connection stood, as bntui found on "
        "2025-12-31 at 23:59:00 UTC; all data flowed again at 23:59:20 UTC.",
        "How bntui knows: BTCUSDT trades: REST shows id 9, this stream stopped at 4.",
        "What bntui did about it: subscribed to anew (2 times); moved to a new connection.",
        "Some or all of the 2 streams were blind for 26s: from 23:58:54 UTC (the last data) to 23:59:20 UTC.",
        "Silent: BTCUSDT trades, BTCUSDT quotes.",
        "No trade is known to be missing.",
        "Nothing is left for you to do. A bot that reads the same streams from the exchange may have been "
        "blind as well.",
    ]


def test_a_loss_just_after_a_standstill_points_at_this_machine() -> None:
    lines = card(incident(cause=f"lost without a close frame{STOOD_STILL}7.7s"), LATER_MS)
    assert lines[1] == (
        "It broke off without a word from the exchange (no close frame, code 1006), just after bntui itself "
        "had stood still for 7.7s: mostly the exchange gives up who reads nothing."
    )
    assert lines[-1].startswith("Look at this machine's load at that time")


def test_trades_that_never_came_on_a_stream_that_flowed_are_no_blindness() -> None:
    assert card(hole(refilled=3), LATER_MS) == [
        "Trades were missing from streams of connection 3 (spot) that flowed all the same, as bntui found on "
        "2025-12-31 at 23:59:00 UTC.",
        "How bntui knows: the exchange numbers its trades, and some numbers never came (ids missing on a "
        "live stream).",
        "No stream was blind.",
        "3 trades were missing, all of them refilled by REST.",
        "Nothing is left for you to do. A bot that adds up the trades of the exchange may lack them as well.",
    ]
    assert "3 trades were missing, 0 refilled: they stay missing." in told(hole())
    assert "Do not count on volumes" in told(hole())
    assert not is_hole(silence())
    assert not is_hole(incident(blind_s=0.0))


def test_one_silent_stream_is_the_stream() -> None:
    one = told(silence(streams=1, hit="BTCUSDT trades"))
    assert one.startswith("1 stream of connection 3 (spot) fell silent")
    assert "The stream was blind for 26s:" in one


def test_a_silence_ends_in_its_own_words() -> None:
    assert "It came back by itself." in told(silence())
    lasts = silence(ended_ms=None, blind_s=None)
    assert "; data is missing still." in told(lasts)
    assert "bntui goes on trying by itself." in told(lasts)
    assert "by itself." not in told(lasts).replace("trying by itself.", "")
    lost = told(silence(later=f"subscribed to anew; {CONNECTION_LOST_TOO}"))
    assert "at 23:59:20 UTC the connection was lost too, which is an incident of its own." in lost
    assert "What bntui did about it: subscribed to anew." in lost
    assert "came back" not in told(silence(later=CONNECTION_LOST_TOO))
    stopped = told(silence(cause=f"x ({CLOSED_MEANWHILE})"))
    assert "bntui was stopped before that was over, and started again at 23:59:20 UTC." in stopped
    assert "came back" not in stopped


def test_what_lasts_counts_on_and_promises_nothing() -> None:
    lasts = ongoing()
    assert told(lasts, BEGAN_MS + 30_000).splitlines()[0].endswith("; not all of its data flows again yet.")
    assert "for 30s, since 23:59:00 UTC." in told(lasts, BEGAN_MS + 30_000)
    assert "for 2m00s, since 2025-12-31 23:59:00 UTC." in told(lasts, BEGAN_MS + 120_000)
    assert "Whether trades are missing shows once the data flows again." in told(lasts)
    assert "bntui goes on trying by itself." in told(lasts)
    assert "flowed again at" not in told(lasts)


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    assert "for 0.0s, since" in told(ongoing(), BEGAN_MS - 5_000)


def test_the_date_stands_wherever_the_day_is_another() -> None:
    over_midnight = incident(ended_ms=BEGAN_MS + 90_000, blind_s=90.0)
    assert "again at 2026-01-01 00:00:30 UTC" in told(over_midnight)
    assert "from 23:59:00 UTC to 2026-01-01 00:00:30 UTC" in told(over_midnight)


def test_blindness_begins_with_the_last_sign_of_life_and_says_so() -> None:
    half_open = incident(blind_s=65.0, closed_by="bntui", cause="no answer to our ping for 20 s")
    assert "for 1m05s: from 23:58:15 UTC (its last sign of life) to 23:59:20 UTC" in told(half_open)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            closed(1008, "Too many requests"),
            "The exchange closed it with code 1008, saying “Too many requests”: bntui sent more in "
            "a second than the exchange allows; it sends more slowly now.",
        ),
        (closed(1008, "Pong timeout"), "the exchange had asked for a sign of life, and got none in time."),
        (closed(1001, ""), "The exchange closed it with code 1001: the server went away, as for a restart."),
        (closed(4999, "x"), "The exchange closed it with code 4999, saying “x”."),
        (
            incident(closed_by="bntui", close_code=1000, cause="no frame for 60 s"),
            "bntui closed it itself, because of this: no frame for 60 s (the exchange sends pings all",
        ),
        (
            incident(closed_by="server", cause="this IP is banned (418)"),
            "The exchange refused it: this IP is banned (418).",
        ),
        (
            incident(cause="connection refused"),
            "The reason: connection refused: at that address nobody takes connections now.",
        ),
        (
            incident(closed_by="", cause="closed by the server: 1006, no close frame", close_code=1006),
            "The cause on record: closed by the server: 1006, no close frame.",
        ),
        (incident(closed_by="", cause=""), "Who closed it, and why, is not on record."),
    ],
)
def test_who_closed_it_and_why(row: OutageView, said: str) -> None:
    assert said in told(row)


def test_a_connection_that_never_opened_was_not_lost() -> None:
    assert "could not be opened on 2025-12-31 at 23:59:00 UTC; its data flowed from 23:59:20 UTC." in told(
        incident(cause="connection refused")
    )
    assert "could not be opened" in told(incident(closed_by="server", cause="not served here (451)"))
    for code in (None, 1006, 1000):
        lost = incident(cause=describe_close(code, "", False), close_code=code)
        assert "was lost" in told(lost)


def test_a_run_that_ended_meanwhile_knows_no_return() -> None:
    assert ENDED_MEANWHILE == CLOSED_MEANWHILE
    stopped = incident(cause=f"connection refused ({CLOSED_MEANWHILE})")
    assert "bntui was stopped before it came back, and started again at 23:59:20 UTC." in told(stopped)
    assert "The reason: connection refused:" in told(stopped)
    assert "flowed" not in told(stopped)


@pytest.mark.parametrize(
    ("missing", "refilled", "said"),
    [
        (0, 0, "No trade is known to be missing."),
        (1, 1, "1 trade was missing, it was refilled by REST."),
        (1, 0, "1 trade was missing, 0 refilled: it stays missing."),
        (412, 412, "412 trades were missing, all of them refilled by REST."),
        (412, 0, "412 trades were missing, 0 refilled: they stay missing."),
        (412, 300, "412 trades were missing, 300 refilled: 112 stay missing."),
        (1_234_567, 1_234_566, "1,234,567 trades were missing, 1,234,566 refilled: it stays missing."),
        (3, 9, "3 trades were missing, all of them refilled by REST."),
    ],
)
def test_missing_trades(missing: int, refilled: int, said: str) -> None:
    assert said in told(incident(missing=missing, refilled=refilled))


def test_while_rest_may_still_refill_nothing_is_given_up() -> None:
    row = incident(missing=5, refilled=2)
    soon = BEGAN_MS + 20_000 + REFILL_TAKES_MS - 1
    assert "5 trades were missing, 2 refilled by REST so far." in told(row, soon)
    assert "Do not count on" not in told(row, soon)
    assert "5 trades were missing, 2 refilled: 3 stay missing." in told(row, soon + 1)
    assert "Do not count on volumes or candles" in told(row, soon + 1)
    assert "5 trades were missing, 2 refilled by REST so far." in told(ongoing(missing=5, refilled=2))


def test_what_asks_for_somebody_is_never_called_done() -> None:
    for row in (
        closed(1008, "Too many requests"),
        closed(1008, "Pong timeout"),
        incident(closed_by="server", cause="too many connection attempts from this IP (429)"),
        incident(missing=5),
        ongoing(),
    ):
        assert "Nothing is left" not in told(row)
    for row in (incident(), closed(1001, ""), incident(missing=5, refilled=5)):
        assert "Nothing is left for you to do." in told(row)


def test_what_bntui_has_given_up_says_why_and_which_key_tries_again() -> None:
    last = card(ongoing(), LATER_MS, "not served at this location (451)\x1b")[-1]
    assert last.startswith(
        "bntui has given it up: not served at this location (451). Mend that, then renew the connection."
    )
    assert "goes on trying" not in last
    assert "given it up" not in card(incident(), LATER_MS, "it came back since")[-1]
    shown = markdown([ongoing()], "", LATER_MS, {3: "HTTP 451", 4: "not this one"})
    assert "given it up: HTTP 451." in shown


def test_without_streams_nothing_was_missed() -> None:
    empty = incident(streams=0, hit="", blind_s=0.0)
    assert "No stream was on it, so you missed nothing." in told(empty)
    assert "trade" not in told(empty)
    assert "Streams on it" not in told(empty)
    assert sums([empty], LATER_MS).blind_s == 0


def test_one_stream_is_no_streams() -> None:
    assert "Its 1 stream was blind for 20s:" in told(incident(streams=1, hit="BTCUSDT quotes"))
    assert "Streams on it: BTCUSDT quotes." in told(incident(streams=1, hit="BTCUSDT quotes"))


def test_a_length_that_was_not_recorded_is_not_made_up() -> None:
    assert "How long its 400 streams were blind is not on record." in told(incident(blind_s=None))
    assert "Its 400 streams were blind for no moment." in told(incident(blind_s=0.0))


@pytest.mark.parametrize(
    "changes",
    [
        {"began_ms": 10**18, "ended_ms": 10**18},
        {"began_ms": -(10**18), "ended_ms": None},
        {"blind_s": float("inf")},
        {"blind_s": float("nan")},
        {"blind_s": -5.0},
        {"blind_s": 1e300, "ended_ms": 10**15},
        {"streams": 10**12, "missing": 10**30, "refilled": 10**29},
        {"close_code": -1, "closed_by": "server"},
    ],
)
def test_odd_numbers_break_nothing(changes: dict[str, Any]) -> None:
    row = incident(**changes)
    assert card(row, LATER_MS)[0].startswith("Connection 3 (spot) was lost")
    assert markdown([row], "demo", LATER_MS)
    assert sums([row], LATER_MS).parts


def test_text_of_the_exchange_is_one_harmless_line() -> None:
    row = closed(1008, HOSTILE, hit=HOSTILE)
    for each in card(row, LATER_MS):
        assert each.isprintable()
    assert "[bold]x[/] [2J # <b>y</b> *z*" in told(row)
    long = incident(closed_by="", cause="x" * 10_000)
    assert max(len(each) for each in card(long, LATER_MS)) < TEXT_CHARS + 100


@given(st.text(max_size=400), st.text(max_size=200), st.sampled_from(["", "server", "network", "bntui", "?"]))
def test_no_text_makes_a_second_line(cause: str, hit: str, closed_by: str) -> None:
    row = incident(cause=cause, hit=hit, closed_by=closed_by)
    assert all(each.isprintable() for each in card(row, LATER_MS))
    shown = markdown([row], cause, LATER_MS)
    assert len(shown.splitlines()) == 2 + len(card(row, LATER_MS))


@given(st.text())
def test_plain_text_is_printable_and_bounded(text: str) -> None:
    assert plain(text).isprintable()
    assert len(plain(text)) <= TEXT_CHARS


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.04, "0.0s"), (4.25, "4.2s"), (9.99, "9.9s"), (10, "10s"), (252, "4m12s")]
)
def test_spans_of_time(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


def test_days_are_of_utc() -> None:
    assert day_of(BEGAN_MS) == "2025-12-31"
    assert day_of(BEGAN_MS + 60_000) == "2026-01-01"
    assert day_of(10**18) == ""
