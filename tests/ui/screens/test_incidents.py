from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from bntui.model.incident import card
from bntui.model.states import ShardState
from bntui.model.ticket import markdown
from bntui.ui.tables.incidents import ONGOING
from tests.support import market
from tests.support.viewing import Desk, desk, until


def row_text(at: Desk, line: int) -> str:
    return at.incidents.timeline.render_line(line + 1).text


def shown_lines(at: Desk) -> int:
    """Lines of the card that hold something."""
    prose = at.incidents.card
    return sum(bool(prose.render_line(y).text.strip()) for y in range(prose.size.height))


async def opened(at: Desk, pilot: Pilot[int]) -> None:
    await pilot.press("3")
    await at.frame(pilot)


async def test_3_opens_the_incidents_with_what_lasts_under_the_cursor() -> None:
    at = desk(market.eventful())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.app.screen is at.incidents
        assert at.incidents.timeline.has_focus
        assert row_text(at, 0).strip() == "Now: 1 connection is lost and not back, for 4m12s"
        assert at.incidents.timeline.cursor_key == 8
        assert row_text(at, 1).split()[:4] == ["02:59:53", "—", "1", "spot"]
        assert at.incidents.card.text.splitlines() == card(at.mirror.outages[0], market.WALL_MS)


async def test_the_card_follows_the_cursor_over_the_headings() -> None:
    at = desk(market.eventful())
    async with at.running() as pilot:
        await opened(at, pilot)
        await pilot.press("j")
        assert at.incidents.timeline.cursor_key == 7
        await pilot.press("G")
        assert "this IP is banned for a while (418)" in at.incidents.card.text
        await pilot.press("g")
        assert "not all of its data flows again yet" in at.incidents.card.text


async def test_what_lasts_counts_on_and_goes_to_its_day_when_it_is_over() -> None:
    at = desk(market.eventful())
    async with at.running() as pilot:
        await opened(at, pilot)
        at.advance(8)
        await at.frame(pilot)
        assert "for 4m20s" in row_text(at, 0)
        assert "for 4m20s, since" in at.incidents.card.text
        over = replace(at.mirror.outages[0], ended_ms=at.clock.wall_ms(), blind_s=260.0)
        at.answer(outages=[over])
        await at.frame(pilot)
        assert ONGOING not in at.incidents.timeline.keys
        assert at.incidents.timeline.cursor_key == 8
        assert "its data flowed again at 03:04:13 UTC" in at.incidents.card.text


async def test_a_connection_that_was_given_up_meanwhile_is_not_said_to_be_tried() -> None:
    at = desk(market.eventful())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "bntui goes on trying by itself." in at.incidents.card.text
        at.answer(shards=[market.shard(1, state=ShardState.FAILED, reason="not served here (451)")])
        at.advance(1)
        await at.frame(pilot)
        assert "bntui has given it up: not served here (451)." in at.incidents.card.text
        await pilot.press("y")
        assert "has given it up: not served here (451)." in at.app.clipboard


async def test_y_copies_the_card_and_says_so_with_its_doubt() -> None:
    at = desk(market.eventful())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        await pilot.press("j", "y")
        await at.frame(pilot)
        row = at.incidents.selected
        assert row is not None
        assert at.app.clipboard == markdown([row], "binance main", market.WALL_MS)
        assert at.app.clipboard.startswith("### 2026-01-01 01:04:05 UTC, connection 2 (spot): lost")
        assert at.line("#status") == (
            " 3 Incidents   Copied 01:04:05 UTC as Markdown by OSC 52 (a terminal may refuse)"
        )
        assert len(at.line("#status")) <= 80


async def test_shift_y_copies_the_whole_day_of_the_incident() -> None:
    at = desk(market.eventful())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        await pilot.press("j", "j", "Y")
        await at.frame(pilot)
        assert at.app.clipboard.count("\n### ") == 4
        assert at.app.clipboard.startswith("## Connections on 2025-12-31, UTC (binance main)\n")
        assert "Copied 2025-12-31, 4 incidents by OSC 52 (a terminal may refuse" in at.line("#status")


async def test_without_an_incident_the_screen_says_so_and_copies_no_day() -> None:
    at = desk(replace(market.calm(), outages=[]))
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "No connection was lost or changed, and no stream fell silent so far." in at.line("#empty")
        await pilot.press("Y")
        assert "Nothing to copy: no incident is known." in at.line("#status")
        assert at.app.clipboard == ""
        at.answer(outages=[market.outage(1)])
        await at.frame(pilot)
        await pilot.pause()
        assert at.incidents.timeline.has_focus
        assert "Connection 0 (spot) was lost" in at.incidents.card.text


@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_enough_of_the_card_is_seen_at_every_size(width: int, height: int) -> None:
    at = desk(market.eventful())
    async with at.running(width, height) as pilot:
        await opened(at, pilot)
        await until(pilot, lambda: at.incidents.card.region.bottom == height - 1)
        assert shown_lines(at) >= 5


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
async def test_a_short_timeline_leaves_its_room_to_the_card(width: int, height: int) -> None:
    at = desk(replace(market.calm(), outages=[market.outage(1)]))
    async with at.running(width, height) as pilot:
        await opened(at, pilot)
        heading, row, titles, apart = 1, 1, 1, 1
        await until(pilot, lambda: at.incidents.timeline.region.height == heading + row + titles + apart)
        assert at.incidents.card.region.y == at.incidents.timeline.region.bottom
        await until(pilot, lambda: at.incidents.card.region.bottom == height - 1)


async def test_a_usual_card_is_whole_at_80_by_24() -> None:
    at = desk(market.eventful())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        await until(pilot, lambda: at.incidents.card.size.height == 12)
        for _ in at.mirror.outages:
            await pilot.pause()
            assert shown_lines(at) == at.incidents.card.virtual_size.height
            await pilot.press("j")


async def test_the_whole_card_can_be_read_by_tab_where_it_is_too_long() -> None:
    at = desk(market.eventful())
    async with at.running(60, 15) as pilot:
        await opened(at, pilot)
        prose = at.incidents.card
        await until(pilot, lambda: prose.virtual_size.height > prose.size.height > 0)
        await pilot.press("tab", "G")
        assert prose.has_focus
        assert "report it" in prose.render_line(prose.size.height - 1).text


async def test_text_of_the_exchange_cannot_steer_the_terminal() -> None:
    hostile = "closed by the server: 1008 [bold]x[/]\x1b[2J\r\nZ"
    bad = market.outage(1, cause=hostile, close_code=1008, closed_by="server", hit="\x1b]52;c;eA==\x07")
    at = desk(replace(market.calm(), outages=[bad]))
    async with at.running(200, 40) as pilot:
        await opened(at, pilot)
        strips = at.app.screen._compositor.render_strips()
        everything = "".join(strip.text for strip in strips)
        assert "[bold]x[/]" in everything
        assert everything.isprintable()
        await pilot.press("y")
        assert "\x1b" not in at.app.clipboard


async def test_while_the_engine_is_silent_everything_is_faint_and_the_days_stay() -> None:
    at = desk(market.eventful())
    async with at.running() as pilot:
        await opened(at, pilot)
        at.clock.advance(5)
        await at.frame(pilot)
        assert {name for _, name in at.incidents.card._paragraphs} == {"faint"}
        assert "2026-01-01 Thu, today" in row_text(at, 2)


async def test_the_palette_copies_too() -> None:
    at = desk(market.eventful())
    async with at.running() as pilot:
        await opened(at, pilot)
        commands = {c.title: c for c in at.app.get_system_commands(at.app.screen)}
        commands["Copy"].callback()
        assert at.app.clipboard.startswith("### 2026-01-01 02:59:53 UTC, connection 1 (spot): not back yet")
        commands["Copy day"].callback()
        assert at.app.clipboard.startswith("## Connections on 2026-01-01, UTC")
