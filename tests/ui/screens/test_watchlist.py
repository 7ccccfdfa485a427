from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Input

from bntui.model.delta import Notice
from bntui.model.states import StreamState
from bntui.preferences import Preferences
from bntui.ui.ordering import HOLD_S
from bntui.ui.screens.watchlist import SLOW_TURNS
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.painter import Painter
from bntui.ui.wishes import Told
from bntui.wire.messages import Unwatch, Watch
from tests.support import market
from tests.support.market import key_of
from tests.support.viewing import Desk, desk


def listed(at: Desk) -> list[str]:
    """The symbols in the order shown."""
    return [key.symbol for key in at.watchlist.grid.keys]


def cursor(at: Desk) -> str:
    key = at.watchlist.grid.cursor_key
    return "" if key is None else key.symbol


def row_text(at: Desk, symbol: str) -> str:
    grid = at.watchlist.grid
    line = grid.keys.index(key_of(symbol)) - grid.scroll_offset.y + 1
    return grid.render_line(line).text


IN_ORDER = [row[0] for row in market.QUOTED]


async def test_rows_stand_in_the_lists_order_until_one_sorts() -> None:
    at = desk(market.calm())
    async with at.running():
        assert listed(at) == IN_ORDER


async def test_new_prices_are_drawn_with_the_next_frame() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.answer(rows=[market.watch_row("ETHUSDT", last="3500.01", tick=1)])
        await at.frame(pilot)
        assert "▲  3500.01" in row_text(at, "ETHUSDT")


async def test_ages_grow_once_a_second_without_news() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.advance(7)
        await at.frame(pilot)
        assert "7.0s" in row_text(at, "BTCUSDT")


async def test_s_sorts_by_the_next_column_and_S_reverses() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("s")
        assert listed(at) == sorted(IN_ORDER)
        await pilot.press("S")
        assert listed(at) == sorted(IN_ORDER, reverse=True)
        await pilot.press("s", "s")
        assert listed(at)[:3] == ["币安人生USDT", "PEPEUSDT", "DOGEUSDT"]
        assert "↓24h %" in at.watchlist.grid.render_line(0).text


async def test_behind_the_last_column_comes_the_lists_own_order_again() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        for _ in range(1 + len(at.watchlist.sortable())):
            await pilot.press("s")
        assert listed(at) == IN_ORDER


async def test_a_click_on_a_title_sorts_and_another_reverses() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.click(Grid, offset=(3, 0))
        assert listed(at) == sorted(IN_ORDER)
        await pilot.click(Grid, offset=(3, 0))
        assert listed(at) == sorted(IN_ORDER, reverse=True)


async def test_rows_do_not_jump_under_the_cursor() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.watchlist.sort_by("change")
        await pilot.press("j", "j")
        before, under = listed(at), cursor(at)
        rows = [
            market.watch_row("BTCUSDT", change_percent="99.0"),
            market.watch_row(under, change_percent="-50"),
        ]
        at.answer(rows=rows)
        await at.frame(pilot)
        assert listed(at) == before
        at.advance(HOLD_S)
        await at.frame(pilot)
        assert listed(at)[0] == "BTCUSDT"
        assert listed(at)[-1] == under
        assert cursor(at) == under


async def test_an_untouched_cursor_stays_at_the_top_of_a_new_order() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("s", "S")
        assert at.watchlist.grid.cursor == 0


async def test_search_filters_while_one_types_and_esc_shows_all_again() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "e", "t", "h")
        assert listed(at) == ["ETHUSDT", "ETHBTC"]
        await pilot.press("escape")
        assert listed(at) == IN_ORDER
        assert cursor(at) == "ETHUSDT"
        await pilot.press("j")
        assert cursor(at) == "SOLUSDT"


async def test_what_is_typed_ahead_is_searched_for_and_no_command() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await at.burst(pilot, "slash", *"ada")
        assert listed(at) == ["ADAUSDT"]
        assert at.app.screen is at.watchlist
        assert at.sent == []


async def test_enter_keeps_the_filter_and_n_walks_the_matches() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "e", "t", "h", "enter", "n")
        assert listed(at) == ["ETHUSDT", "ETHBTC"]
        assert cursor(at) == "ETHBTC"
        await pilot.press("n")
        assert cursor(at) == "ETHUSDT"
        await pilot.press("N")
        assert cursor(at) == "ETHBTC"
        await at.frame(pilot)
        assert "/eth 2 of 16" in at.line("#status")
        await pilot.press("escape")
        assert listed(at) == IN_ORDER


async def test_a_search_without_a_match_says_how_to_get_back() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "q", "q")
        assert "No symbol of the list contains “qq”." in at.line("#empty")
        assert "esc shows all again" in at.line("#empty")
        await pilot.press("escape", "j")
        assert at.watchlist.grid.cursor == 1


async def test_rows_stand_sorted_at_once_when_the_filter_goes() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("s", "slash", "e", "t", "h", "escape")
        assert listed(at) == sorted(IN_ORDER)


async def test_a_match_that_comes_back_leaves_the_keys_to_the_search() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "q", "backspace", "a", "d")
        assert listed(at) == ["ADAUSDT"]
        assert at.sent == []
        await pilot.press("enter", "d")
        assert at.sent == [Unwatch([key_of("ADAUSDT")])]


async def test_enter_without_a_match_goes_on_searching() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "q", "enter", "d", "backspace", "backspace", "e")
        assert len(listed(at)) > 1
        assert at.sent == []


async def test_a_click_into_the_rows_ends_the_search() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "e", "t", "h")
        await pilot.click(Grid, offset=(3, 2))
        assert not at.watchlist.has_class("-searching")
        assert listed(at) == ["ETHUSDT", "ETHBTC"]
        await pilot.press("d")
        assert at.sent == [Unwatch([key_of("ETHBTC")])]


async def test_d_removes_and_u_puts_back() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("j", "d")
        assert at.sent == [Unwatch([key_of("ETHUSDT")])]
        assert "Removed ETHUSDT. Press u to put it back." in at.line("#status")
        at.answer(watchlist=[key_of(symbol) for symbol in IN_ORDER if symbol != "ETHUSDT"])
        await at.frame(pilot)
        assert cursor(at) == "SOLUSDT"
        await pilot.press("u")
        assert at.sent[1:] == [Watch([key_of("ETHUSDT")])]
        await pilot.press("u")
        assert len(at.sent) == 2
        assert "Nothing to put back." in at.line("#status")


async def test_nothing_is_sent_to_an_engine_that_does_not_answer() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.mirror.lost("the socket was closed")
        await pilot.press("d", "u")
        assert at.sent == []
        assert "Nothing to put back." in at.line("#status")


async def test_the_detail_line_follows_the_cursor() -> None:
    at = desk(market.troubled())
    async with at.running() as pilot:
        await pilot.press("j")
        assert at.line("#detail").startswith(" ETHUSDT · blind: shard 1 is down, newest data 4m12s old · ")


async def test_untrusted_rows_are_faint_but_for_what_says_so() -> None:
    at = desk(market.troubled())
    async with at.running():
        grid = at.watchlist.grid
        strip = grid.render_line(2)
        styles = {segment.text.strip(): segment.style for segment in strip if segment.text.strip()}
        state = styles.pop("blind")
        assert state is not None
        assert state.bold
        faint = grid._painter._style("", True, False)
        assert [style for text, style in styles.items() if "4m12s" not in text] == [faint]


async def test_while_the_engine_is_silent_everything_is_faint_and_no_row_says_live() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.clock.advance(5)
        await at.frame(pilot)
        assert "✖ ENGINE SILENT  5s" in at.line("#verdict")
        grid = at.watchlist.grid
        for y in range(2, 17):
            strip = grid.render_line(y)
            assert {segment.style for segment in strip} == {grid._painter._style("", True, False)}
            assert strip.text.split()[-1] == "silent"
        at.advance(1)
        await at.frame(pilot)
        assert "live" in row_text(at, "ETHUSDT")
        assert "● LIVE" in at.line("#verdict")


async def test_before_the_first_answer_it_says_what_it_does() -> None:
    at = desk()
    async with at.running() as pilot:
        assert "Connecting to the engine …" in at.line("#empty")
        at.mirror.lost("no socket at /run/x")
        at.clock.advance(4)
        await at.frame(pilot)
        assert "no socket at /run/x" in at.line("#empty")
        assert "✖ NO ENGINE" in at.line("#verdict")


async def test_a_refusal_says_why() -> None:
    at = desk()
    async with at.running() as pilot:
        at.mirror.refused("another version: 0.9. Stop it first.")
        await at.frame(pilot)
        assert "The engine does not take this viewer." in at.line("#empty")
        assert "another version: 0.9. Stop it first." in at.line("#empty")


async def test_an_empty_list_says_how_to_fill_it() -> None:
    at = desk(replace(market.calm(), rows=[], watchlist=[]))
    async with at.running() as pilot:
        assert "The watchlist is empty." in at.line("#empty")
        assert "a adds symbols" in at.line("#empty")
        await pilot.press("d", "j", "s", "n")
        assert at.sent == []
        at.answer(rows=[market.watch_row("BTCUSDT")], watchlist=[key_of("BTCUSDT")])
        await at.frame(pilot)
        assert "67123.45" in row_text(at, "BTCUSDT")


async def test_a_notice_of_the_engine_is_shown() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.answer(notices=[Notice(1, "XYZUSDT is no symbol of Binance Spot", True)])
        await at.frame(pilot)
        assert "! XYZUSDT is no symbol of Binance Spot" in at.line("#status")


async def test_an_engine_that_starts_again_is_shown_whole() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        fresh = replace(market.calm(), epoch="another", rows=[market.watch_row("ADAUSDT", last="9.9999")])
        at.mirror.apply(replace(fresh, watchlist=[key_of("ADAUSDT")]), at.clock.monotonic())
        await at.frame(pilot)
        assert listed(at) == ["ADAUSDT"]
        assert "9.9999" in row_text(at, "ADAUSDT")


async def test_prices_that_outgrow_their_column_widen_it() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.answer(rows=[market.watch_row("BTCUSDT", last="1234567.89", bid="1234567.88", ask="1234567.90")])
        await at.frame(pilot)
        assert "1234567.89" in row_text(at, "BTCUSDT")
        assert "1234567.88" in row_text(at, "BTCUSDT")


async def test_prices_stay_aligned_when_the_room_is_shared_out_anew() -> None:
    wide = market.watch_row("BTCUSDT", last="1234567.8", bid="1234567.7", ask="1234567.9")
    small = market.watch_row("PEPEUSDT")
    at = desk(replace(market.calm(), rows=[small], watchlist=[small.key]))
    async with at.running() as pilot:
        keys = [wide.key, small.key]
        at.answer(rows=[wide], watchlist=keys)
        await at.frame(pilot)
        lines = [row_text(at, key.symbol) for key in keys]
        assert len({line.index(".") for line in lines}) == 1


async def test_the_essential_columns_stand_at_80_and_all_of_them_at_200() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24) as pilot:
        grid = at.watchlist.grid
        essential = ["symbol", "last", "change", "bid", "ask", "age", "state"]
        assert [slot.column.id for slot in grid.slots] == essential
        assert grid.slots[-1].end <= 80
        await at.resize(pilot, 200, 60)
        assert len(grid.slots) == 13
        assert "no trade since id 1011" in row_text(at, "DOTUSDT")


async def test_hundreds_of_symbols_scroll() -> None:
    rows = [market.watch_row("BTCUSDT", symbol=f"S{number:03}USDT") for number in range(800)]
    at = desk(replace(market.calm(), rows=rows, watchlist=[row.key for row in rows]))
    async with at.running() as pilot:
        await pilot.press("G")
        assert cursor(at) == "S799USDT"
        assert "S799USDT" in at.watchlist.grid.render_line(at.watchlist.grid.size.height - 1).text


async def test_a_frame_costs_no_more_than_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [market.watch_row("BTCUSDT", symbol=f"S{number:03}USDT") for number in range(300)]
    at = desk(replace(market.calm(), rows=rows, watchlist=[row.key for row in rows]))
    async with at.running(160, 50) as pilot:
        painted: list[Any] = []
        plain = Painter.row

        def counting(painter: Painter[Any], row: Any, *args: Any) -> Any:
            painted.append(row)
            return plain(painter, row, *args)

        monkeypatch.setattr(Painter, "row", counting)
        for frame in range(5):
            changed = [replace(row, last=f"6700{frame}.00") for row in rows[frame : frame + 4]]
            at.answer(rows=[*changed, replace(rows[200], last=f"6600{frame}.00")])
            painted.clear()
            await at.frame(pilot)
            assert len(painted) <= len(changed) + 1
        at.advance(1)
        at.answer(rows=[replace(row, last="68000.00") for row in rows])
        painted.clear()
        await at.frame(pilot)
        assert len(painted) == len({row.symbol for row in painted}), "each once, though all ages are new too"
        assert 0 < len(painted) < 50, "those on screen"


async def test_the_search_field_does_not_blink() -> None:
    at = desk(market.calm())
    async with at.running():
        assert not at.watchlist.query_one(Input).cursor_blink


async def test_states_of_rows_are_words_at_every_width() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24):
        words = {row_text(at, symbol).split()[-1] for symbol in listed(at)}
        assert words == {str(state) for state in StreamState if state is not StreamState.WANTED}


async def test_on_a_thin_line_rows_are_drawn_in_turns_but_lost_trust_at_once() -> None:
    at = desk(market.calm(), told=Told(Preferences(slow=True)))
    async with at.running() as pilot:

        def seen() -> list[bool]:
            return ["99999.99" in at.watchlist.grid.render_line(y).text for y in (2, 3)]

        for _ in range(SLOW_TURNS):  # every row has had its turn
            at.advance(1)
            await at.frame(pilot)
        dear = [replace(market.watch_row(one), last="99999.99000000") for one in ("ETHUSDT", "SOLUSDT")]
        at.answer(rows=dear)
        await at.frame(pilot)
        assert seen() == [False, False]
        counts = []
        for _ in range(SLOW_TURNS):
            at.advance(1)
            await at.frame(pilot)
            counts.append(sum(seen()))
        assert 1 in counts, "one after the other"
        assert counts[-1] == 2
        at.answer(rows=[replace(dear[0], state=StreamState.STALE, last="88888.88000000")])
        await at.frame(pilot)
        assert "stale" in at.watchlist.grid.render_line(2).text
