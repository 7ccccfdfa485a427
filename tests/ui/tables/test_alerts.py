"""The list of alerts: what lasts stands first, and every line says how it stands in a word."""

from __future__ import annotations

from bntui.ui.tables.alerts import Row, alert_columns, card, listed
from bntui.ui.tables.incidents import ONGOING, Heading
from tests.support.alerts import BEGAN_MS, an_alert

NOW_MS = BEGAN_MS + 90_000
DAY_MS = 86_400_000


def cells(row: Row) -> dict[str, str]:
    return {column.id: column.cell(row, 20, 0.0)[0] for column in alert_columns(lambda: NOW_MS)}


def test_what_nobody_knows_of_stands_before_what_is_known_and_that_before_the_past() -> None:
    rows = listed(
        [
            an_alert(1, ended_ms=NOW_MS, began_ms=BEGAN_MS - DAY_MS),
            an_alert(2),
            an_alert(3, acknowledged_ms=NOW_MS),
            an_alert(4, ended_ms=NOW_MS),
        ]
    )
    assert list(rows) == [ONGOING, 2, 3, "2026-01-01", 4, "2025-12-31", 1]
    headings = [row.text for row in rows.values() if isinstance(row, Heading)]
    assert headings == [
        "Now: 2 alerts last, 1 not acknowledged",
        "2026-01-01 · 1 alert",
        "2025-12-31 · 1 alert",
    ]


def test_when_all_are_known_the_heading_says_so() -> None:
    (heading, _) = listed([an_alert(1, acknowledged_ms=NOW_MS)]).values()
    assert isinstance(heading, Heading)
    assert (heading.text, heading.style) == ("Now: 1 alert lasts, all acknowledged", "title")


def test_a_row_says_when_what_about_whom_and_for_how_long() -> None:
    assert cells(an_alert(1)) == {
        "began": "00:00:00",
        "state": "ALERT",
        "rule": "btc-low",
        "subject": "BTCUSDT",
        "held": "1m30s",
        "count": "—",
        "text": "BTCUSDT is at 59999.90, at or below 60000",
    }
    assert cells(an_alert(1, acknowledged_ms=NOW_MS))["state"] == "known"
    over = cells(an_alert(1, ended_ms=BEGAN_MS + 5_000, count=3, subject=""))
    assert (over["state"], over["held"], over["count"], over["subject"]) == ("over", "5.0s", "3×", "all")


def test_what_has_lasted_since_another_day_says_which() -> None:
    assert cells(an_alert(1, began_ms=BEGAN_MS - DAY_MS))["began"] == "12-31 00:00"


def test_text_of_the_exchange_steers_no_terminal() -> None:
    assert "\x1b" not in "".join(cells(an_alert(1, text="\x1b[2J", subject="\x1b]0;x")).values())


def test_the_card_tells_the_story() -> None:
    assert card(an_alert(1), NOW_MS, "a") == [
        "btc-low: BTCUSDT is at 59999.90, at or below 60000.",
        "It began at 00:00:00 UTC and has lasted for 1m30s.",
        "It was made known once.",
        "Nobody has acknowledged it: press a when you know.",
    ]
    over = an_alert(
        1,
        ended_ms=BEGAN_MS + 5_000,
        ending="BTCUSDT is at 60100",
        told=2,
        count=2,
        acknowledged_ms=BEGAN_MS + 1_000,
        note="known",
        sent="webhook delivered with try 4",
    )
    assert card(over, NOW_MS, "a")[1:] == [
        "It began at 00:00:00 UTC and was over after 5.0s: BTCUSDT is at 60100.",
        "It is 2 in one, since they came soon after one another.",
        "It was made known 2 times, the last time at 00:00:00 UTC.",
        "Sent: webhook delivered with try 4.",
        "Acknowledged at 00:00:01 UTC with the note “known”.",
    ]


def test_what_was_kept_back_and_what_was_over_at_once_are_said() -> None:
    assert "It was listed only: its rule had made itself known too often." in card(
        an_alert(1, told=0, told_ms=None), NOW_MS, "a"
    )
    assert card(an_alert(1, ended_ms=BEGAN_MS), NOW_MS, "a")[1] == "It happened at 00:00:00 UTC."
