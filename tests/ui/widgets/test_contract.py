"""What only a contract has takes as many lines as it needs, and none where there is no contract."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market
from bntui.model.states import StreamState
from bntui.ui.widgets.contract import ContractLines
from tests.support import opened
from tests.support.market import NOW
from tests.ui.screens.sitting import sitting


@pytest.mark.parametrize(("width", "height", "lines"), [(80, 24, 2), (200, 60, 1)])
async def test_a_contract_is_told_in_as_few_lines_as_fit(width: int, height: int, lines: int) -> None:
    async with sitting(opened.contract(), width, height) as (at, _):
        told = at.app.screen.query_one(ContractLines)
        assert told.display
        assert told.size.height == lines
        assert told.text.startswith(" mark 67130.1650 · index 67120.0950 · premium +1.50 bps")
        assert "funding +0.0100% in " in told.text


async def test_what_is_no_contract_has_no_such_line() -> None:
    async with sitting() as (at, _):
        assert not at.app.screen.query_one(ContractLines).display


async def test_the_countdown_runs() -> None:
    async with sitting(opened.contract()) as (at, pilot):
        told = at.app.screen.query_one(ContractLines)
        before = told.text
        at.clock.advance(1.0)
        await at.frame(pilot)
        assert told.text != before


async def test_marks_are_doubted_by_their_own_stream_though_the_book_flows() -> None:
    delta = opened.contract(Market.COINM)
    for at_index, stream in enumerate(delta.streams):
        if stream.name == "btcusdt@markPrice":
            delta.streams[at_index] = type(stream)(
                stream.market, stream.name, 0, StreamState.STALE, "no data", NOW - 20, NOW - 30, 3.0
            )
    async with sitting(delta) as (at, _):
        assert at.app.screen.query_one(ContractLines).text.startswith(" ✖ stale · mark ")
        assert "● synced" in at.symbol.ladder.text
