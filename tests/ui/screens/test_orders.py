from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rich.color import Color
from textual.pilot import Pilot

from bntui.model.account import OrderUpdate
from bntui.model.delta import AccountsDelta
from bntui.model.states import UserStreamState
from tests.model.account_samples import MAIN, an_order
from tests.support import accounts, market
from tests.support.viewing import Desk, desk, resized


async def opened(at: Desk, pilot: Pilot[int]) -> None:
    await pilot.press("6")
    await at.frame(pilot)


def open_text(at: Desk, line: int) -> str:
    return at.orders.open.render_line(line + 1).text


def closed_text(at: Desk, line: int) -> str:
    return at.orders.closed.render_line(line + 1).text


def tell(at: Desk, *orders: OrderUpdate) -> None:
    at.answer(accounts=AccountsDelta(orders=list(orders)))


def an_open(number: int, **changes: Any) -> OrderUpdate:
    return an_order(number, **{"placed_ms": market.WALL_MS, "time_ms": market.WALL_MS} | changes)


async def test_6_opens_the_orders_those_that_are_open_by_symbol_from_the_highest_price_down() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.app.screen is at.orders
        assert at.orders.open.has_focus
        assert [key[2] for key in at.orders.open.keys] == [3, 2, 1, 5, 4]
        assert [key[2] for key in at.orders.closed.keys] == [11, 12, 13, 14, 15, 16]


async def test_distances_follow_the_market_and_ages_the_clock() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "2.80%" in open_text(at, 0)
        assert "12m34s" in open_text(at, 0)
        at.clock.advance(1)
        at.answer(rows=[market.watch_row("BTCUSDT", bid="68900.00")])
        await at.frame(pilot)
        assert "14.5 bps" in open_text(at, 0)
        assert "12m35s" in open_text(at, 0)


async def test_an_order_that_ends_goes_below_with_its_reason() -> None:
    at = desk(accounts.traded())
    async with at.running(200, 40) as pilot:
        await opened(at, pilot)
        order = at.mirror.accounts.orders[MAIN, "ETHUSDT", 4, False]
        tell(
            at,
            replace(order, status="EXPIRED", reason="INSUFFICIENT_LIQUIDITY", time_ms=market.WALL_MS),
        )
        await at.frame(pilot)
        assert [key[2] for key in at.orders.open.keys] == [3, 2, 1, 5]
        assert "INSUFFICIENT_LIQUIDITY: the book had no more" in closed_text(at, 0)


async def test_the_line_between_is_about_the_order_under_the_cursor() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        await pilot.press("j")
        assert at.line("#detail").startswith(" order 2 of BTCUSDT")
        await pilot.press("tab", "j", "j")
        await pilot.pause()
        assert at.line("#detail").startswith(
            " order 13 of ETHUSDT · REJECTED · WOULD_MATCH_IMMEDIATELY: it would have taken"
        )
        await pilot.press("enter")
        assert at.app.viewer.open_symbol == market.key_of("ETHUSDT")


async def test_where_none_is_open_the_others_have_the_keys() -> None:
    over = [order for order in accounts.orders() if not order.open]
    at = desk(accounts.traded(orders=over))
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.line("#no-open") == "No order is open."
        assert at.orders.closed.has_focus
        tell(at, an_open(20))
        await at.frame(pilot)
        await pilot.pause()
        assert at.orders.open.display
        assert not at.orders.query_one("#no-open").display


async def test_without_any_order_the_screen_says_so_and_takes_any_key() -> None:
    at = desk(accounts.traded(orders=[]))
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        assert "No order is known" in at.line("#empty")
        await pilot.press("j", "enter", "tab", "G")
        tell(at, an_open(20))
        await at.frame(pilot)
        await pilot.pause()
        assert at.orders.open.has_focus


async def test_without_an_account_it_says_how_to_add_one() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        assert "bntui keys add NAME" in at.line("#empty")


def detail_styles(at: Desk) -> set[tuple[Color | None, bool | None]]:
    """How the line about the order under the cursor is drawn."""
    drawn = at.orders.detail.render_line(0)
    return {(part.style.color, part.style.bold) for part in drawn if part.text.strip() and part.style}


async def test_open_orders_of_an_account_that_cannot_be_heard_are_dimmed() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        order = at.mirror.accounts.orders[MAIN, "BTCUSDT", 2, False]
        assert not at.orders.is_doubtful(order.owner)
        assert len(detail_styles(at)) > 1
        at.answer(accounts=AccountsDelta(streams=[accounts.stream(MAIN, state=UserStreamState.DOWN)]))
        await at.frame(pilot)
        assert at.orders.is_doubtful(order.owner)
        assert "✖ main.spot down" in at.line("#trust")
        assert len(detail_styles(at)) == 1


@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_both_tables_have_room_at_every_size(width: int, height: int) -> None:
    at = desk(accounts.ailing())
    async with at.running(width, height) as pilot:
        await opened(at, pilot)
        await resized(pilot, width, height)
        assert at.orders.open.region.height >= 3
        assert at.orders.closed.region.height >= 3
        assert at.orders.closed.region.bottom == height - 1


async def test_many_open_orders_leave_room_for_the_others() -> None:
    at = desk(accounts.traded(orders=[*accounts.orders(), *(an_open(n) for n in range(100, 200))]))
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        await resized(pilot, 80, 24)
        assert at.orders.closed.region.height >= 6
