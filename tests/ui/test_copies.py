from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.preferences import Preferences
from bntui.ui.clipboard import Way
from bntui.ui.wishes import Told
from tests.support import accounts, market, opened
from tests.support.viewing import Desk, desk
from tests.ui.screens.sitting import sitting


async def copied(at: Desk, *keys: str, says: str = "Copied ") -> str:
    async with at.running(80, 24) as pilot:
        await pilot.press(*keys)
        await at.frame(pilot)
        assert says in at.line("#status")
        return at.app.clipboard


async def test_y_copies_the_row_under_the_cursor_whole_with_where_and_when() -> None:
    at = desk(market.calm())
    text = await copied(at, "j", "y", says="Copied ETHUSDT by OSC 52")
    assert text.startswith("ETHUSDT; last ")
    assert "; 24h low " in text, "80 cells leave that column out"
    assert "; age " in text
    assert "minutes" not in text, "a drawing is no text"
    assert text.endswith("; state live (binance main, 2026-01-01 03:04:05 UTC, LIVE)\n")


async def test_a_row_of_a_silent_engine_says_that_it_cannot_be_trusted() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.clock.advance(5)
        await at.frame(pilot)
        await pilot.press("y")
        assert "; state silent" in at.app.clipboard
        assert "ENGINE SILENT" in at.app.clipboard


async def test_y_copies_a_fill_in_the_exchange_s_own_figures() -> None:
    at = desk(accounts.traded())
    text = await copied(at, "5", "y", says="Copied fill")
    fill = at.mirror.accounts.fills[at.mirror.accounts.last_fill]
    assert f"; price {fill.price}; qty {fill.qty}; " in text
    assert f"; id {fill.id}; order_id {fill.order_id}; " in text
    assert f"; side {fill.side}; " in text


async def test_y_copies_the_sums_where_they_have_the_keys() -> None:
    text = await copied(desk(accounts.traded()), "5", "tab", "y")
    assert "order_id" not in text
    assert "; bought " in text or "; fills " in text


@pytest.mark.parametrize("keys", [["V"], ["2", "V"], ["3", "V"], ["5", "V"], ["6", "V"], ["7", "V"]])
async def test_the_verdict_is_copied_from_every_screen(keys: list[str]) -> None:
    text = await copied(desk(market.troubled()), *keys)
    assert text.startswith("✖ BLIND ")
    assert "\nsince 2026-01-01 " in text


async def test_a_screen_without_rows_copies_the_verdict() -> None:
    text = await copied(desk(market.calm()), "5", "y")
    assert text.startswith("● LIVE ")


async def test_an_open_symbol_is_copied_with_its_prices() -> None:
    async with sitting(opened.opened()) as (at, pilot):
        await pilot.press("y")
        assert at.app.clipboard.startswith(" BTCUSDT") or at.app.clipboard.startswith("BTCUSDT")
        assert at.app.clipboard.endswith(", LIVE)\n")


async def test_text_of_the_exchange_cannot_steer_what_is_pasted() -> None:
    row = replace(market.watch_row("BTCUSDT"), reason="bad\x1b[2J\r\nrm -rf ~")
    at = desk(market.calm())
    at.answer(rows=[row])
    text = await copied(at, "y")
    assert text.count("\n") == 1
    assert "\x1b" not in text


async def test_in_the_linux_console_the_text_is_only_kept() -> None:
    at = desk(market.calm())
    at.app.viewer.copies_by = Way.NOBODY
    assert await copied(at, "y", says="Not copied: no clipboard here, and no file can be") == ""


async def test_a_row_is_named_by_its_symbol_wherever_that_stands() -> None:
    at = desk(market.calm(), told=Told(Preferences(columns=("last", "symbol", "age"))))
    text = await copied(at, "y", says="Copied BTCUSDT by OSC 52")
    assert text.startswith("BTCUSDT; last ")


@pytest.mark.parametrize(("code", "says"), [(0, "through tmux"), (1, "tmux needs set-clipboard on")])
async def test_in_tmux_it_is_said_what_tmux_made_of_it(
    code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/taken\nexit {code}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    at = desk(market.calm())
    at.app.viewer.copies_by = Way.TMUX
    at.app.viewer.log_path = str(tmp_path / "viewer.log")
    async with at.running(120, 24) as pilot:
        await pilot.press("y")
        await at.app.workers.wait_for_complete()
        await at.frame(pilot)
        assert says in at.line("#status")
        assert "copied.txt" in at.line("#status")
    assert (tmp_path / "taken").read_text() == (tmp_path / "copied.txt").read_text()
    assert bool(at.app.clipboard) == bool(code), "the terminal is asked where tmux did not take it"
