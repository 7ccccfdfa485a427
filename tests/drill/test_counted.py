"""What there must be a number of."""

from __future__ import annotations

from typing import Any

import pytest

from bntui.drill.counted import CardExpected, ExchangeExpected, GapExpected, LinkExpected, OutageExpected
from bntui.drill.record import Record
from bntui.drill.tables import BadScenario
from tests.drill.records import gap, link, outage, record, report, table


def seen(**parts: Any) -> Record:
    found = record(exchange=report())
    for name, value in parts.items():
        setattr(found, name, value)
    return found


LINKS = seen(
    links=[
        link(2, "waiting", "closed by the server: 1008 Too many requests", 1008),
        link(3, "connecting"),
        link(9, "connecting"),
    ]
)


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ({"link": "connecting", "count": 2}, True),
        ({"link": "connecting", "count": 1}, False),
        ({"link": "connecting", "count": 0, "seconds": [4, 8]}, True),
        ({"link": "connecting", "count": 0, "seconds": [4, 9]}, False),
        ({"link": "waiting", "reason": "Too many", "code": 1008}, True),
        ({"link": "waiting", "code": 1001}, False),
        ({"link": "live"}, False),
    ],
)
def test_changes_of_connections_are_counted(words: dict[str, object], met: bool) -> None:
    assert LinkExpected.read(table(**words)).judge(LINKS).passed is met


OUTAGES = seen(
    outages=(
        outage("closed by the server: 1001", code=1001, blind_s=4.0),
        outage("its 24 hours end soon", blind_s=0.0, planned=True),
        outage("connection refused", blind_s=None),
    )
)


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ({"outage": "1001", "code": 1001, "blind_s": [3, 5], "over": True, "count": 1}, True),
        ({"outage": "1001", "blind_s": [5, 9]}, False),
        ({"outage": "refused", "over": False}, True),
        ({"outage": "refused", "blind_s": [0, 99]}, False),
        ({"outage": [], "planned": False, "count": 2}, True),
        ({"outage": [], "planned": True, "count": 1}, True),
        ({"outage": [], "count": 3}, True),
        ({"outage": "ban"}, False),
    ],
)
def test_lines_of_the_history_are_counted(words: dict[str, object], met: bool) -> None:
    assert OutageExpected.read(table(**words)).judge(OUTAGES).passed is met


GAPS = seen(gaps=[gap(5, 7, "connection lost: 1006"), gap(5, 7, "connection lost: 1006", repaired=True)])


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ({"gap": "1006", "symbol": "BTCUSDT", "trades": 3, "repaired": True, "count": 1}, True),
        ({"gap": [], "count": 2}, True),
        ({"gap": [], "symbol": "ETHUSDT", "count": 0}, True),
        ({"gap": "1006", "trades": [4, 9]}, False),
        ({"gap": "REST"}, False),
    ],
)
def test_gap_lines_are_counted(words: dict[str, object], met: bool) -> None:
    assert GapExpected.read(table(**words)).judge(GAPS).passed is met


def test_when_nothing_fits_the_finding_says_what_there_was_instead() -> None:
    finding = OutageExpected.read(table(outage="ban")).judge(OUTAGES)
    assert finding.expected == "line of the history with «ban» 1 or more times"
    assert finding.seen == (
        "0: shard 1: closed by the server: 1001 [1001], blind for 4.0 s; "
        "shard 1: its 24 hours end soon, blind for 0.0 s; shard 1: connection refused, lasting"
    )
    finding = GapExpected.read(table(gap="ban", symbol="BTCUSDT", repaired=False)).judge(GAPS)
    assert finding.expected == "gap line of BTCUSDT with «ban», not repaired 1 or more times"
    assert "BTCUSDT 5 to 7 (connection lost: 1006)" in finding.seen


def test_of_many_the_first_are_named_and_the_rest_counted() -> None:
    many = seen(links=[link(n, "connecting") for n in range(5)])
    finding = LinkExpected.read(table(link="connecting", seconds=[0, 9])).judge(many)
    assert finding.seen == "5: second 0.0 connecting; second 1.0 connecting; second 2.0 connecting and 2 more"
    assert finding.expected == "connection connecting 1 or more times in seconds 0 to 9"


EXCHANGE = seen(
    exchange=report(
        attempts=4,
        connections={
            "total": 3,
            "open": [{}],
            "closed": [
                {"close_code": 1000, "closed_by": "client"},
                {"close_code": 1008, "closed_by": "server"},
            ],
        },
        breaches={"total": 2, "by_kind": {"frame rate": 2}, "newest": []},
        answers={"200": 9, "418": 1},
    )
)


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ({"exchange": "attempts", "count": 4}, True),
        ({"exchange": "attempts", "count": [1, 3]}, False),
        ({"exchange": "connections", "count": 3}, True),
        ({"exchange": "open", "count": 1}, True),
        ({"exchange": "closes", "count": 2}, True),
        ({"exchange": "closes", "code": 1000, "by": "client", "count": 1}, True),
        ({"exchange": "closes", "code": 1000, "by": "server", "count": 1}, False),
        ({"exchange": "breaches", "count": 2}, True),
        ({"exchange": "breaches", "kind": "frame rate", "count": 2}, True),
        ({"exchange": "breaches", "kind": "pong timeout", "count": 0}, True),
        ({"exchange": "answers", "status": 418, "count": 1}, True),
        ({"exchange": "answers", "status": 429, "count": [1, 9]}, False),
    ],
)
def test_the_exchange_s_own_counts_are_asked(words: dict[str, object], met: bool) -> None:
    assert ExchangeExpected.read(table(**words)).judge(EXCHANGE).passed is met


def test_a_count_of_the_exchange_is_said_with_what_it_is_made_of() -> None:
    finding = ExchangeExpected.read(table(exchange="closes", code=1000, by="client", count=[0, 2])).judge(
        EXCHANGE
    )
    assert finding.expected == "the exchange counts 0 to 2 closes with code 1000 by client"
    assert finding.seen == "1 of 1000 by client, 1008 by server"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"exchange": "storms", "count": 1}, "exchange cannot be 'storms'"),
        ({"exchange": "attempts"}, "count is missing"),
        ({"exchange": "answers", "count": 1}, "status must be a number"),
    ],
)
def test_wrong_words_are_refused(words: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadScenario, match=complaint):
        ExchangeExpected.read(table(**words))


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ({"card": ["Connection 1 (spot) was lost", "server: 1001"], "count": 1}, True),
        ({"card": "on purpose: its 24 hours end soon"}, True),
        ({"card": "on purpose", "without": "24 hours"}, False),
        ({"card": [], "count": 3}, True),
        ({"card": "banned"}, False),
        ({"card": "banned", "count": 0}, True),
    ],
)
def test_incidents_are_read_as_their_screen_tells_them(words: dict[str, object], met: bool) -> None:
    finding = CardExpected.read(table(**words)).judge(OUTAGES)
    assert finding.passed is met


def test_pongs_and_subscriptions_on_a_wrong_path_are_counted() -> None:
    seen = record(exchange=report(pongs=3, streams_on_wrong_path={"a@ticker": 2, "b@ticker": 1}))
    pongs = ExchangeExpected.read(table(exchange="pongs", count=3)).judge(seen)
    assert pongs.passed
    astray = ExchangeExpected.read(table(exchange="astray", count=[1, 3])).judge(seen)
    assert astray.passed
    assert astray.seen == "3 of 2 a@ticker, 1 b@ticker"
