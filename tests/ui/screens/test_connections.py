from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.states import ShardState
from bntui.wire.messages import RenewAccount, Rotate
from tests.model.account_samples import MAIN
from tests.support import accounts, market
from tests.support.viewing import Desk, desk, resized


def shard_line(at: Desk, line: int) -> str:
    return at.connections.shards.render_line(line + 1).text


def history_line(at: Desk, line: int) -> str:
    return at.connections.history.render_line(line + 1).text


async def test_2_opens_the_connections_and_1_the_watchlist() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2")
        assert at.connections.shards.keys == (0, 1, 2)
        await pilot.press("1")
        assert at.watchlist.grid.has_focus


async def test_a_shard_that_is_down_says_why_in_place_of_rates_also_at_80_columns() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24) as pilot:
        await pilot.press("2")
        assert "next attempt in 17s: closed by the server: 1008" in shard_line(at, 1)
        at.advance(5)
        await at.frame(pilot)
        assert "next attempt in 12s" in shard_line(at, 1)


async def test_everything_is_there_at_80_columns() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24) as pilot:
        await pilot.press("2")
        titles = at.connections.shards.render_line(0).text.split()
        assert titles == [
            "#",
            "state",
            "live/ack/want",
            "msg/s",
            "kB/s",
            "ping",
            "rtt",
            "lag",
            "up",
            "left",
            "rec",
        ]
        assert shard_line(at, 2).split() == [
            "2",
            "live",
            "329/331/331",
            "612",
            "108",
            "10s",
            "86",
            "-6",
            "3h01m",
            "20h58m",
            "0",
        ]
        assert "331 of 400 streams" not in at.line("#detail")
        await pilot.press("j", "j")
        assert "331 of 400 streams taken" in at.line("#detail")
        assert "3120 of 6000 by IP" in at.line("#budget")
        assert at.connections.query_one("#budget").region.bottom <= 23


async def test_what_lasts_stands_first_in_the_history_then_the_newest() -> None:
    delta = market.troubled()
    newer = market.outage(4, shard=2)
    at = desk(replace(delta, outages=[*delta.outages, newer]))
    async with at.running() as pilot:
        await pilot.press("2")
        assert at.connections.history.keys == (3, 4, 2, 1)
        assert "ongoing  4m12s" in " ".join(history_line(at, 0).split(" ")).replace("   ", "  ")
        assert "closed by the server: 1008 Too many requests" in history_line(at, 0)


async def test_an_ongoing_loss_counts_on_and_ends() -> None:
    at = desk(market.troubled())
    async with at.running() as pilot:
        await pilot.press("2")
        at.advance(8)
        await at.frame(pilot)
        assert "4m20s" in history_line(at, 0)
        over = market.outage(3, shard=1, began_ms=market.WALL_MS - 252_000, blind_s=260.0)
        at.answer(outages=[over])
        await at.frame(pilot)
        assert "loss" in history_line(at, 0)


async def test_r_asks_for_another_connection_and_says_so() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2", "j", "r")
        assert at.sent == [Rotate(1)]
        assert "Shard 1: a new connection takes over before the old one closes." in at.line("#status")


async def test_tab_goes_to_the_history_and_back() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "j")
        assert at.connections.history.cursor == 1
        assert at.connections.shards.cursor == 0
        await pilot.press("tab", "j")
        assert at.connections.shards.cursor == 1


async def test_shards_come_and_go() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2")
        at.answer(shards=[market.shard(3)], shards_gone=[0, 1, 2])
        await at.frame(pilot)
        assert at.connections.shards.keys == (3,)
        at.answer(shards_gone=[3])
        await at.frame(pilot)
        assert "No connection is open: nothing is watched." in at.line("#no-shards")


async def test_without_a_loss_the_history_says_so() -> None:
    at = desk(replace(market.calm(), outages=[]))
    async with at.running() as pilot:
        await pilot.press("2")
        assert "No connection was lost so far." in at.line("#no-history")


async def test_a_hidden_screen_draws_everything_when_it_comes_back() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2", "1")
        at.answer(shards=[market.shard(0, state=ShardState.FAILED, reason="HTTP 451")])
        await at.frame(pilot)
        await pilot.press("2")
        await pilot.pause()
        assert "given up: HTTP 451" in shard_line(at, 0)


async def test_while_the_engine_is_silent_no_shard_says_live() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2")
        at.clock.advance(5)
        await at.frame(pilot)
        assert [shard_line(at, line).split()[1] for line in range(3)] == ["silent"] * 3


async def test_before_the_engine_told_anything() -> None:
    at = desk()
    async with at.running(80, 24) as pilot:
        await pilot.press("2", "enter", "r", "j")
        assert at.sent == []
        assert "Connecting to the engine …" in at.line("#no-shards")
        assert "its budget is not known yet" in at.line("#budget")


async def test_many_shards_leave_room_for_the_history() -> None:
    at = desk(replace(market.calm(), shards=[market.shard(number) for number in range(40)]))
    async with at.running(80, 24) as pilot:
        await pilot.press("2")
        await pilot.pause()
        assert at.connections.shards.region.height >= 5
        assert at.connections.history.region.height >= 5
        await pilot.press("G")
        assert at.connections.shards.cursor_key == 39


# User streams


async def test_without_an_account_there_is_no_table_of_user_streams() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2")
        assert not at.connections.users.display
        await pilot.press("tab")
        assert at.connections.history.has_focus


async def test_user_streams_stand_between_shards_and_history() -> None:
    at = desk(accounts.ailing())
    async with at.running(120, 40) as pilot:
        await pilot.press("2")
        await at.frame(pilot)
        users = at.connections.users
        assert [key.label for key in users.keys] == ["hedge.usdm", "main.spot", "main.usdm"]
        assert "✖ refused" in users.render_line(1).text
        assert "(-2015)" in users.render_line(1).text
        assert "● live" in users.render_line(2).text
        await pilot.press("tab", "j")
        await pilot.pause()
        assert at.line("#detail").startswith(" main.spot · live for 2h00m · event 4.2s executionReport")


async def test_with_a_user_stream_under_the_cursor_its_connection_is_changed_and_no_shard() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await pilot.press("2", "tab", "r")
        assert at.sent == [RenewAccount(MAIN)]
        assert "main.spot: asked for another connection" in at.line("#status")


@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_all_tables_have_room_at_every_size(width: int, height: int) -> None:
    at = desk(accounts.ailing())
    async with at.running(width, height) as pilot:
        await pilot.press("2")
        await at.frame(pilot)
        await resized(pilot, width, height)
        screen = at.connections
        assert screen.shards.region.height >= 2
        assert screen.users.region.height >= 2
        assert screen.history.region.height >= 1
