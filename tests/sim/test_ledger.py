"""What clients did is counted in full, and remembered in bounded rings."""

from __future__ import annotations

import json
from typing import Any

from bntui.sim.ledger import Breach, Ledger


def report(ledger: Ledger) -> dict[str, Any]:
    """The report, as it goes over the wire."""
    value: dict[str, Any] = json.loads(json.dumps(ledger.report({"a@trade": 3})))
    return value


def test_breaches_carry_time_text_and_connection() -> None:
    ledger = Ledger()
    ledger.breach(Breach.LONG_FRAME, "5,000 bytes", 17, 3)
    assert report(ledger)["breaches"] == {
        "total": 1,
        "by_kind": {"long frame": 1},
        "newest": [{"time": 17, "kind": "long frame", "text": "5,000 bytes", "connection": 3}],
    }


def test_every_breach_counts_while_only_the_newest_are_kept() -> None:
    ledger = Ledger()
    for number in range(1_500):
        ledger.breach(Breach.WEIGHT, str(number), number)
    breaches = report(ledger)["breaches"]
    assert breaches["total"] == 1_500
    assert len(breaches["newest"]) == 1_000
    assert breaches["newest"][-1]["text"] == "1499"


def test_connections_move_from_open_to_closed_and_their_frames_stay_counted() -> None:
    ledger = Ledger()
    first, second = ledger.opened("/ws", 1), ledger.opened("/stream", 2)
    first.frames_sent, first.pongs, second.frames_sent = 10, 2, 5
    first.closed_by, first.close_code = "client", 1000
    ledger.closed(first)
    ledger.closed(first)
    shown = report(ledger)
    assert [row["number"] for row in shown["connections"]["open"]] == [2]
    assert [(row["number"], row["closed_by"]) for row in shown["connections"]["closed"]] == [(1, "client")]
    assert (shown["frames"], shown["pongs"], shown["connections"]["total"]) == (15, 2, 2)
    assert shown["streams"] == {"a@trade": 3}


def test_only_the_newest_closed_connections_are_kept() -> None:
    ledger = Ledger()
    for number in range(500):
        record = ledger.opened("/ws", number)
        record.frames_sent = 1
        ledger.closed(record)
    shown = report(ledger)
    assert len(shown["connections"]["closed"]) == 200
    assert shown["connections"]["closed"][-1]["number"] == 500
    assert shown["frames"] == 500
