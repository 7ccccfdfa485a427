from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from bntui.model.account import Fill
from bntui.model.accounts import FILLS_A_PAGE
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.model.states import UserStreamState
from bntui.ui.tables import fills as table
from tests.model.account_samples import MAIN, a_fill
from tests.support import accounts, market
from tests.support.viewing import Desk, desk, resized


def row_text(at: Desk, line: int) -> str:
    return at.fills.grid.render_line(line + 1).text


def sums_text(at: Desk) -> list[str]:
    return [at.fills.sums.render_line(y + 1).text for y in range(len(at.fills.sums.keys))]


async def opened(at: Desk, pilot: Pilot[int]) -> None:
    await pilot.press("5")
    await at.frame(pilot)


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def tell(at: Desk, number: int, **changes: Any) -> None:
    """One more fill becomes known, and happened right now unless said otherwise."""
    now = at.clock.wall_ms()
    fill = a_fill(number, **{"time_ms": now, "received_ms": now} | changes)
    at.answer(accounts=AccountsDelta(fills=[NumberedFill(number, fill)], newest_fill=number))


async def test_5_opens_the_fills_the_newest_first_with_the_keys() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.app.screen is at.fills
        assert at.fills.grid.has_focus
        assert row_text(at, 0).split()[:4] == ["03:03:35", "spot", "BTCUSDT", "▲"]
        assert len(at.fills.grid.keys) == 26


async def test_how_far_the_accounts_can_be_trusted_stands_above() -> None:
    at = desk(accounts.ailing())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "✖ MARGIN CALL: ETHUSDT.usdm of main" in at.line("#trust")
        assert "hedge.usdm refused" in at.line("#trust")
        assert "◐ main.spot live; recovery incomplete: trades of XRPUSDT (HTTP 429)" in at.line("#trust")


async def test_a_new_fill_is_seen_at_once_unless_somebody_reads_another() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        tell(at, 27)
        await at.frame(pilot)
        assert at.fills.grid.cursor_key == 27
        await pilot.press("j", "j")
        reads = at.fills.grid.cursor_key
        tell(at, 28)
        await at.frame(pilot)
        assert at.fills.grid.cursor_key == reads


async def test_a_recovered_fill_stands_where_it_happened_and_is_marked() -> None:
    at = desk(accounts.traded())
    async with at.running(200, 50) as pilot:
        await opened(at, pilot)
        tell(at, 27, time_ms=market.WALL_MS - 45_000, recovered=True)
        await at.frame(pilot)
        assert at.fills.grid.keys[1] == 27
        assert row_text(at, 1).rstrip().endswith("recovered")


async def test_sums_follow_fill_by_fill() -> None:
    at = desk(accounts.traded())
    async with at.running(160, 40) as pilot:
        await opened(at, pilot)
        before = next(line for line in sums_text(at) if "ETHUSDT" in line).split()
        tell(at, 27, symbol="ETHUSDT", qty="0.5", quote_qty="1700")
        await at.frame(pilot)
        after = next(line for line in sums_text(at) if "ETHUSDT" in line).split()
        assert int(after[2]) == int(before[2]) + 1
        assert after[3] == "0.52000"


async def test_the_line_between_is_about_the_table_with_the_keys() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert at.line("#detail").startswith(" fill 1 of BTCUSDT · taker")
        await pilot.press("tab")
        await pilot.pause()
        assert at.line("#detail").startswith(" main.spot BTCUSDT · bought 0.11 at ")


# The filter


async def test_a_filter_hides_fills_and_their_sums_until_it_is_cleared() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        await at.burst(pilot, "slash", *"eth sell", "enter")
        assert {at.mirror.accounts.fills[n].symbol for n in at.fills.grid.keys} == {"ETHUSDT"}
        assert len(at.fills.sums.keys) == 1
        assert "/eth sell 2 of 26" in at.line("#status")
        assert at.fills.grid.has_focus
        await pilot.press("escape")
        assert len(at.fills.grid.keys) == 26


async def test_while_a_filter_is_typed_its_letters_are_letters(tmp_path: Path) -> None:
    at = desk(accounts.traded())
    at.app.viewer.export_folder = tmp_path
    async with at.running() as pilot:
        await opened(at, pilot)
        await pilot.press("slash", *"e5E", "slash")
        assert at.app.screen is at.fills
        assert not files(tmp_path)
        assert "None of 26 fills holds “e5E/”." in at.line("#empty")
        await pilot.press("escape")
        assert len(at.fills.grid.keys) == 26


# Export


@pytest.mark.parametrize(("key", "kind"), [("e", "csv"), ("E", "json")])
async def test_what_is_listed_is_written_to_a_file_whose_path_is_said(
    key: str, kind: str, tmp_path: Path
) -> None:
    at = desk(accounts.traded())
    at.app.viewer.export_folder = tmp_path
    async with at.running(200, 40) as pilot:
        await opened(at, pilot)
        await at.burst(pilot, "slash", *"eth", "enter")
        await pilot.press(key)
        (path,) = files(tmp_path)
        assert path.name == f"bntui-fills-20260101-030405.{kind}"
        assert f"4 fills written: {path.name} in {tmp_path}" in at.line("#status")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_text()
        if kind == "json":
            times = [row["time"] for row in json.loads(text)]
            assert len(times) == 4
            assert times == sorted(times)
        else:
            assert len(text.splitlines()) == 5


async def test_a_folder_that_takes_no_file_is_said_in_words(tmp_path: Path) -> None:
    at = desk(accounts.traded())
    at.app.viewer.export_folder = tmp_path / "gone"
    async with at.running(200, 40) as pilot:
        await opened(at, pilot)
        await pilot.press("e")
        assert "! Nothing exported to" in at.line("#status")
        assert "No such file or directory" in at.line("#status")


async def test_without_a_fill_there_is_nothing_to_export(tmp_path: Path) -> None:
    at = desk(accounts.traded(fills=[], newest_fill=0))
    at.app.viewer.export_folder = tmp_path
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "No fill so far." in at.line("#empty")
        await pilot.press("e")
        assert "Nothing to export: no fill is listed." in at.line("#status")
        tell(at, 1)
        await at.frame(pilot)
        await pilot.pause()
        assert at.fills.grid.has_focus


# Opening, and what is not there


async def test_enter_opens_the_symbol_of_the_fill_or_of_the_sums() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        await pilot.press("j", "enter")
        assert at.app.viewer.open_symbol == market.key_of("ETHUSDT")
        await pilot.press("5", "tab", "j", "enter")
        assert at.app.viewer.open_symbol == accounts.PERPETUAL


async def test_no_account_is_a_calm_page_that_says_how_to_add_one() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        assert at.line("#empty").splitlines() == [
            "No account is configured: there is nothing to show here.",
            "bntui keys add NAME in a shell adds one;",
            "a key that can only read is enough.",
        ]
        assert at.line("#trust") == ""
        await pilot.press("j", "e", "enter", "escape", "tab", "G")


async def test_before_the_engine_told_anything() -> None:
    at = desk()
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        assert "Connecting to the engine" in at.line("#empty")


async def test_pages_that_are_still_on_their_way_are_said() -> None:
    at = desk(accounts.traded(newest_fill=FILLS_A_PAGE + 1))
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "more fills are on their way" in at.line("#status")


async def test_while_the_engine_is_silent_everything_is_faint() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        await opened(at, pilot)
        at.clock.advance(5)
        await at.frame(pilot)
        assert {style for line in at.fills.trust._lines for _, style in line} == {"faint"}


async def test_text_of_the_exchange_cannot_steer_the_terminal() -> None:
    hostile = a_fill(1, symbol=accounts.HOSTILE, client_order_id=accounts.HOSTILE, fee_asset="币\u202e安\x07")
    at = desk(accounts.traded(fills=[NumberedFill(1, hostile)], newest_fill=1))
    async with at.running(200, 40) as pilot:
        await opened(at, pilot)
        strips = at.app.screen._compositor.render_strips()
        everything = "".join(strip.text for strip in strips)
        assert "[bold]x[/]" in everything
        assert everything.isprintable()
        assert {strip.cell_length for strip in strips} == {200}


# Cost


async def test_of_ten_thousand_fills_only_those_on_screen_are_written_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[Fill] = []

    def counted(fill: Fill) -> None:
        written.append(fill)

    monkeypatch.setattr(table, "slippage_bps", counted)
    many = [NumberedFill(n, a_fill(n, time_ms=n, received_ms=n)) for n in range(1, 10_001)]
    at = desk(accounts.traded(fills=many, newest_fill=10_000))
    async with at.running(200, 40) as pilot:
        await opened(at, pilot)
        assert len(at.fills.grid.keys) == 10_000
        assert 0 < len(written) < 3 * 40
        written.clear()
        tell(at, 10_001)
        await at.frame(pilot)
        assert at.fills.grid.cursor_key == 10_001
        assert len(written) < 2 * 40


# Elsewhere: what is unread, and what was missed


async def test_fills_that_come_while_another_screen_is_open_are_counted_on_the_tab() -> None:
    at = desk(accounts.traded())
    async with at.running(200, 40) as pilot:
        assert "5 Fills  6" in at.line("#status")
        tell(at, 27)
        tell(at, 28)
        await at.frame(pilot)
        assert "5 Fills +2  6" in at.line("#status")
        await opened(at, pilot)
        await pilot.press("1")
        await at.frame(pilot)
        assert "5 Fills  6" in at.line("#status")


async def test_recovered_fills_ring_once_and_a_message_says_how_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = desk(accounts.traded())
    rung: list[None] = []
    async with at.running(160, 40) as pilot:
        monkeypatch.setattr(at.app, "bell", lambda: rung.append(None))
        for number in (27, 28, 29):
            tell(at, number, recovered=True)
            await at.frame(pilot)
        assert len(rung) == 1
        assert "! 3 fills recovered that no stream told: BTCUSDT. 5 shows them." in at.line("#status")
        tell(at, 30)
        await at.frame(pilot)
        assert len(rung) == 1


async def test_a_margin_call_is_named_on_every_screen_while_it_lasts() -> None:
    at = desk(accounts.ailing())
    async with at.running(160, 40) as pilot:
        for key in ("1", "2", "3", "6"):
            await pilot.press(key)
            await at.frame(pilot)
            assert "! MARGIN CALL: ETHUSDT.usdm of main. 7 shows it." in at.line("#status")
        await pilot.press("7")
        await at.frame(pilot)
        assert at.line("#status").rstrip().endswith("! MARGIN CALL: ETHUSDT.usdm of main.")
        over = [replace(position, margin_call_ms=None) for position in accounts.positions()]
        at.answer(accounts=AccountsDelta(positions=over))
        await at.frame(pilot)
        assert "MARGIN CALL" not in at.line("#status")


@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_every_part_has_room_at_every_size(width: int, height: int) -> None:
    at = desk(accounts.ailing())
    async with at.running(width, height) as pilot:
        await opened(at, pilot)
        await resized(pilot, width, height)
        screen = at.fills
        assert screen.grid.region.height >= 5
        assert screen.sums.region.height >= 2
        assert screen.trust.region.height >= 1
        assert screen.sums.region.bottom == height - 1


async def test_a_down_stream_says_so_and_leaves_the_fills_as_they_are() -> None:
    down = accounts.stream(MAIN, state=UserStreamState.DOWN, reason="closed: 1006")
    at = desk(accounts.traded(streams=[down]))
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "✖ main.spot down for 2h00m: closed: 1006" in at.line("#trust")
        assert len(at.fills.grid.keys) == 26
