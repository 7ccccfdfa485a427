from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.model.markets import Market
from bntui.model.views import OutageView
from bntui.ui.tables.incidents import (
    ONGOING,
    Heading,
    heading_note,
    incident_columns,
    is_heading,
    tally,
    timeline,
)
from tests.support.market import NOW, WALL_MS, eventful, outage

DAY_MS = 86_400_000


def cells(row: OutageView | Heading, width: int = 0) -> dict[str, tuple[str, str]]:
    columns = incident_columns(lambda: WALL_MS)
    return {column.id: column.cell(row, width or column.width, NOW) for column in columns}


def lasting(**changes: Any) -> OutageView:
    return outage(9, **{"ended_ms": None, "blind_s": None, "began_ms": WALL_MS - 65_000} | changes)


def test_what_lasts_stands_first_then_the_days_each_with_its_sums() -> None:
    rows = timeline(eventful().outages, WALL_MS)
    assert list(rows) == [ONGOING, 8, "2026-01-01", 7, "2025-12-31", 6, 5, 4, 3, "2025-12-30", 2, 1]
    headings = [row.text for row in rows.values() if isinstance(row, Heading)]
    assert headings == [
        "Now: 1 connection is lost and not back, for 4m12s",
        "2026-01-01 Thu, today · 1 loss · blind for 16m40s",
        "2025-12-31 Wed · 1 loss · 3 planned changes · blind for 4.2s · 412 trades missing, 300 refilled",
        "2025-12-30 Tue · 2 losses · blind for 3m41s · 1,204 trades missing, 1,204 refilled",
    ]


def test_several_that_last_are_counted_from_the_first() -> None:
    rows = timeline([lasting(), lasting(id=10, began_ms=WALL_MS - 5_000)], WALL_MS)
    assert list(rows) == [ONGOING, 10, 9]
    heading = rows[ONGOING]
    assert isinstance(heading, Heading)
    assert heading.text == "Now: 2 connections are lost and not back, for 1m05s"


def test_a_planned_change_never_counts_as_lasting() -> None:
    assert ONGOING not in timeline([lasting(planned=True)], WALL_MS)


def test_a_moment_that_no_calendar_knows_has_a_heading_too() -> None:
    rows = timeline([outage(1, began_ms=10**18, ended_ms=10**18)], WALL_MS)
    assert len(rows) == 2
    assert all(heading_note(row, NOW) or cells(row) for row in rows.values())


def test_headings_are_told_from_incidents() -> None:
    rows = timeline(eventful().outages, WALL_MS)
    for key, row in rows.items():
        assert is_heading(key) == isinstance(row, Heading)
        assert (heading_note(row, NOW) is not None) == isinstance(row, Heading)
    assert set(cells(rows[ONGOING]).values()) == {("", "")}


def test_a_loss_is_one_line() -> None:
    row = outage(2, missing=412, refilled=300, close_code=1001, closed_by="server", cause="closed \x1b by")
    assert cells(row) == {
        "began": ("09:04:05", "strong"),
        "ended": ("09:04:09", ""),
        "connection": ("0", ""),
        "kind": ("loss", "degraded"),
        "blind": ("4.2s", ""),
        "code": ("1001", ""),
        "closed_by": ("server", ""),
        "trades": ("412/300", "degraded"),
        "cause": ("closed \ufffd by", ""),
    }


def test_one_that_lasts_is_marked_by_its_word_and_counts_on() -> None:
    row = cells(lasting(closed_by=""))
    assert row["kind"] == ("ongoing", "blind")
    assert row["blind"] == ("1m05s", "blind")
    assert row["ended"][0] == row["closed_by"][0] == row["trades"][0] == "—"


def test_a_planned_change_is_marked_and_claims_nothing_of_blindness() -> None:
    row = cells(outage(1, planned=True, blind_s=0.0, closed_by=""))
    assert row["kind"] == ("planned", "quiet")
    assert row["blind"] == ("—", "faint")
    assert cells(outage(1, blind_s=0.0))["blind"] == ("none", "faint")


def test_another_day_is_told_beside_the_time() -> None:
    over_midnight = outage(1, began_ms=WALL_MS - 4 * 3_600_000, ended_ms=WALL_MS)
    assert cells(over_midnight)["began"][0] == "23:04:05"
    assert cells(over_midnight)["ended"][0] == "+1d 03:04"
    assert cells(lasting(began_ms=WALL_MS - 2 * DAY_MS))["began"][0] == "-2d 03:04"


def test_the_market_is_named_where_there_is_room() -> None:
    row = outage(1, shard=12, market=Market.USDM)
    assert cells(row)["connection"][0] == "12"
    assert cells(row, width=8)["connection"][0] == "12 usdm"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (9_999, "9999"), (10_000, "10.0k"), (1_234_567, "1.23M"), (10**30, None)]
)
def test_trades_are_told_in_few_cells(count: int, shown: str | None) -> None:
    assert shown is None or tally(count) == shown
    assert len(tally(count)) <= 8


def test_every_column_fits_its_width() -> None:
    row = replace(
        lasting(began_ms=WALL_MS - 9 * DAY_MS),
        shard=999,
        close_code=4999,
        closed_by="network",
        missing=1_999_999,
        refilled=999_999,
        cause="",
    )
    for column in incident_columns(lambda: WALL_MS):
        assert len(column.cell(row, column.width, NOW)[0]) <= column.width, column.id
