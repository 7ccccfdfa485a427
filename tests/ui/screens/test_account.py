from __future__ import annotations

from dataclasses import replace

import pytest
from rich.color import Color
from textual.pilot import Pilot

from bntui.model.delta import AccountsDelta
from bntui.model.states import UserStreamState
from bntui.ui.tables.positions import CLOSED_SHOWN_MS
from tests.model.account_samples import FUTURES, MAIN, a_balance
from tests.support import accounts, market
from tests.support.viewing import Desk, desk, resized


async def opened(at: Desk, pilot: Pilot[int]) -> None:
    await pilot.press("7")
    await at.frame(pilot)


def position_text(at: Desk, line: int) -> str:
    return at.account.positions.render_line(line + 1).text


def held(at: Desk) -> list[str]:
    return [f"{owner.market} {asset}" for owner, asset in at.account.balances.keys]


def detail_colours(at: Desk) -> set[Color]:
    """The colours in the line about the position under the cursor."""
    drawn = at.account.detail.render_line(0)
    return {part.style.color for part in drawn if part.text.strip() and part.style and part.style.color}


async def test_7_opens_positions_and_balances() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.app.screen is at.account
        assert at.account.positions.has_focus
        assert "▲ LONG" in position_text(at, 0)
        assert at.line("#detail").startswith(" main.usdm BTCUSDT · unrealised +3564.2 USDT")
        assert len(detail_colours(at)) > 2


async def test_profit_follows_the_mark_price_within_a_frame() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "+3564.2" in position_text(at, 0)
        row, _ = accounts.perpetual()
        at.clock.advance(0.1)
        at.answer(rows=[replace(row, mark_price="59000.0")])
        await at.frame(pilot)
        assert "-500" in position_text(at, 0)
        assert "now" in position_text(at, 0)


async def test_a_mark_price_that_stopped_coming_is_not_used_any_more() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        at.advance(15)
        await at.frame(pilot)
        assert "+12.5" in position_text(at, 0)
        assert "57s" in position_text(at, 0)


async def test_a_margin_call_is_loud_in_its_row_and_above() -> None:
    at = desk(accounts.ailing())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "✖ CALL" in position_text(at, 1)
        assert at.line("#trust").startswith(" ✖ MARGIN CALL: ETHUSDT.usdm of main")


async def test_below_a_doubtful_position_only_its_margin_call_is_not_faint() -> None:
    at = desk(accounts.ailing())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert len(detail_colours(at)) == 1
        await pilot.press("j")
        await at.frame(pilot)
        assert "MARGIN CALL: add margin" in at.line("#detail")
        assert len(detail_colours(at)) == 2


async def test_a_closed_position_is_shown_as_such_for_a_while() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        gone = replace(accounts.positions()[0], qty="0.000", time_ms=at.clock.wall_ms())
        at.answer(accounts=AccountsDelta(positions=[gone]))
        await at.frame(pilot)
        assert "closed" in position_text(at, 1)
        at.advance(CLOSED_SHOWN_MS / 1000 + 1)
        await at.frame(pilot)
        assert [key[1] for key in at.account.positions.keys] == ["ETHUSDT"]


async def test_balances_of_nothing_are_hidden_until_they_are_asked_for() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert held(at) == ["spot BTC", "spot USDT", "spot 币安人生", "usdm USDT"]
        await pilot.press("e")
        assert "spot BNB" in held(at)
        await pilot.press("e")
        assert "spot BNB" not in held(at)


async def test_a_balance_that_came_is_there_with_the_next_frame() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        at.answer(accounts=AccountsDelta(balances=[a_balance("SOL", free="3")]))
        await at.frame(pilot)
        assert "spot SOL" in held(at)


async def test_spot_alone_shows_balances_alone() -> None:
    spot = [balance for balance in accounts.balances() if balance.owner == MAIN]
    at = desk(
        accounts.traded(
            positions=[],
            balances=spot,
            streams=[accounts.stream(MAIN)],
            recoveries=[accounts.recovery(MAIN)],
        )
    )
    async with at.running() as pilot:
        await opened(at, pilot)
        assert not at.account.positions.display
        assert not at.account.query_one("#no-position").display
        assert at.account.balances.has_focus
        assert "1 empty balance hidden" in at.line("#detail")


async def test_futures_without_a_position_say_so() -> None:
    at = desk(accounts.traded(positions=[]))
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.line("#no-position") == "No position is open."


async def test_enter_opens_the_symbol_of_a_position_and_nothing_for_a_balance() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        await pilot.press("tab", "enter")
        assert at.app.screen is at.account
        await pilot.press("shift+tab", "enter")
        assert at.app.viewer.open_symbol == accounts.PERPETUAL


async def test_what_is_told_of_an_account_that_cannot_be_heard_is_dimmed() -> None:
    at = desk(accounts.traded(streams=[accounts.stream(MAIN, state=UserStreamState.REFUSED)]))
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.account.is_doubtful(MAIN)
        assert at.account.is_doubtful(FUTURES)


async def test_before_anything_is_told_the_screen_says_what_is_missing() -> None:
    at = desk(accounts.traded(positions=[], balances=[]))
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        assert "No balance is known yet" in at.line("#empty")
        await pilot.press("j", "e", "enter", "tab")
    none = desk(market.calm())
    async with none.running(80, 24) as pilot:
        await opened(none, pilot)
        assert "bntui keys add NAME" in none.line("#empty")


@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_both_tables_have_room_at_every_size(width: int, height: int) -> None:
    at = desk(accounts.ailing())
    async with at.running(width, height) as pilot:
        await opened(at, pilot)
        await resized(pilot, width, height)
        assert at.account.positions.region.height >= 3
        assert at.account.balances.region.height >= 3
        assert at.account.balances.region.bottom == height - 1
