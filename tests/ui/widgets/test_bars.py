from __future__ import annotations

import pytest

from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.keys import WATCHLIST
from bntui.ui.widgets.bars import (
    headline,
    key_line,
    message_part,
    place_line,
    suspect_lines,
    tabs,
    verdict_line,
    without_span,
)
from bntui.ui.widgets.lines import Line, cut, part_width
from tests.support.market import WALL_MS


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def verdict(grade: Grade, sentence: str) -> VerdictView:
    return VerdictView(grade, sentence, 0.0)


@pytest.mark.parametrize(
    ("sentence", "head", "rest"),
    [
        ("LIVE 12/12 streams (1 quiet)", "LIVE", "12/12 streams (1 quiet)"),
        ("BLIND on 3 of 214 streams", "BLIND", "on 3 of 214 streams"),
        ("DEGRADED: REST down", "DEGRADED", "REST down"),
        ("ENGINE SILENT 3s", "ENGINE SILENT", "3s"),
        ("REFUSED BY THE ENGINE: another version", "REFUSED BY THE ENGINE", "another version"),
        ("something is wrong", "BLIND", "something is wrong"),
        ("", "BLIND", ""),
    ],
)
def test_the_words_in_capitals_are_the_headline(sentence: str, head: str, rest: str) -> None:
    assert headline(verdict(Grade.BLIND, sentence)) == (head, rest)


@pytest.mark.parametrize(
    ("grade", "glyph", "style"),
    [
        (Grade.LIVE, "●", "chip-live"),
        (Grade.DEGRADED, "◐", "chip-degraded"),
        (Grade.BLIND, "✖", "chip-blind"),
    ],
)
def test_the_grade_is_told_by_glyph_word_and_colour(grade: Grade, glyph: str, style: str) -> None:
    line = verdict_line(verdict(grade, f"{grade.upper()} x"), 0.0, "demo", WALL_MS, 80)
    assert line[0] == (f" {glyph} {grade.upper()} ", style)


def test_the_line_ends_with_place_and_utc() -> None:
    line = verdict_line(verdict(Grade.LIVE, "LIVE 12/12 streams"), 10_940.0, "binance main", WALL_MS, 80)
    assert text(line).startswith(" ● LIVE  12/12 streams · for 3h02m ")
    assert text(line).endswith(" binance main  03:04:05 UTC ")
    assert part_width(line) == 80


def test_where_room_is_scarce_the_sentence_goes_before_the_place() -> None:
    sentence = "BLIND on 401 of 1131 streams for 4m12s: ETHUSDT quotes and 400 more"
    line = text(verdict_line(verdict(Grade.BLIND, sentence), 252.0, "binance main", WALL_MS, 80))
    assert "binance" not in line
    assert "on 401 of 1131 streams for 4m12s: ETHUSDT" in line
    assert line.endswith("… 03:04:05 UTC ")


def test_a_sentence_cannot_steer_the_terminal() -> None:
    line = text(verdict_line(verdict(Grade.BLIND, "BLIND \x1b[2J"), 0.0, "de\x07mo", WALL_MS, 80))
    assert "\x1b" not in line
    assert "\x07" not in line


@pytest.mark.parametrize(
    ("grade", "sentence", "shown"),
    [
        (Grade.LIVE, "LIVE 12/12 streams", " ● LIVE  12/12 streams · for 4m12s "),
        (Grade.DEGRADED, "DEGRADED: REST down (429)", " ◐ DEGRADED  for 4m12s: REST down (429) "),
        (Grade.BLIND, "BLIND on connection 1: HTTP 451", " ✖ BLIND  for 4m12s: on connection 1: HTTP 451 "),
        (Grade.BLIND, "BLIND on 3 of 9 streams for 1h02m: x", " ✖ BLIND  on 3 of 9 streams for 1h02m: x "),
        (Grade.BLIND, "ENGINE SILENT 7s", " ✖ ENGINE SILENT  7s "),
    ],
)
def test_the_line_says_how_long_and_only_once(grade: Grade, sentence: str, shown: str) -> None:
    assert text(verdict_line(verdict(grade, sentence), 252.0, "demo", WALL_MS, 120)).startswith(shown)


def test_how_long_stands_where_it_is_not_cut_off() -> None:
    sentence = f"DEGRADED: {'REST down, ' * 9}"
    assert "for 4m12s: REST" in text(verdict_line(verdict(Grade.DEGRADED, sentence), 252.0, "", WALL_MS, 80))


TITLES = {"Watchlist": "Watch", "Connections": "Conn", "Incidents": "Incid"}


def test_the_open_screen_stands_out() -> None:
    assert tabs(TITLES, "Connections", 100) == (
        (" 1 Watchlist ", "title"),
        (" 2 Connections ", "chip-tab"),
        (" 3 Incidents ", "title"),
    )


@pytest.mark.parametrize(
    ("room", "most", "shown"),
    [
        (41, 41, " 1 Watchlist  2 Connections  3 Incidents "),
        (40, 40, " 1 Watch 2 Conn 3 Incidents "),
        (27, 27, " 1 Watch 2 Conn 3 Incid "),
        (10, 24, " 1 Watch 2 Conn 3 Incid "),
        (10, 23, " 1 2 3 Incidents "),
        (10, 16, " 3 Incidents "),
    ],
)
def test_in_less_room_screens_have_short_names_then_keys(room: int, most: int, shown: str) -> None:
    assert text(tabs(TITLES, "Incidents", room, most)) == shown


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (50, " 1 Watchlist  2 Connections +3  3 Incidents "),
        (40, " 1 Watch 2 Conn +3 3 Incidents "),
        (28, " 1 Watch 2 Conn +3 3 Incid "),
        (22, " 1 2 +3 3 Incidents "),
        (5, " 2 +3 3 Incidents "),
    ],
)
def test_what_is_new_stays_named_in_any_room(room: int, shown: str) -> None:
    line = tabs(TITLES, "Incidents", room, marks={"Connections": "+3"})
    assert text(line) == shown
    assert ("+3", "mark") in line


def test_the_open_screen_does_not_run_into_the_mark_before_it() -> None:
    line = tabs(TITLES, "Incidents", 40, marks={"Connections": "+3"})
    at = line.index(("+3", "mark"))
    assert line[at + 1 :] == ((" ", ""), ("3 Incidents ", "chip-tab"))


def test_the_open_screen_needs_no_mark() -> None:
    assert text(tabs(TITLES, "Incidents", 41, marks={"Incidents": "+3"})).endswith(" 3 Incidents ")


LONG = (
    "your network or this machine: neither streams nor REST can be reached, nor another host of the exchange"
)


def test_the_suspect_is_told_in_one_line_or_whole() -> None:
    label, named = ("suspect: ", "title"), (LONG, "")
    assert [text(line) for line in suspect_lines(label, named, 80, 1)] == [f" suspect: {LONG}"]
    whole = suspect_lines(label, named, 80, 4)
    assert [text(line) for line in whole] == [
        " suspect: your network or this machine: neither streams",
        " nor REST can be reached, nor another host of the exchange",
    ]
    assert whole[0][1] == label
    assert all(part_width(line) <= 80 for line in whole)


def test_more_than_the_lines_hold_is_cut_with_an_ellipsis() -> None:
    shown = suspect_lines(("suspect: ", "title"), (LONG, ""), 40, 2)
    assert len(shown) == 2
    assert text(cut(shown[1], 40)).endswith("…")


def test_keys_are_shown_whole_or_not_at_all() -> None:
    keys = [key for key in WATCHLIST.keys if key.label]
    assert text(key_line(keys, 24)) == "enter open  / search"
    assert text(key_line(keys, 3)) == ""


def test_a_bad_message_is_marked_by_more_than_colour() -> None:
    assert message_part("refused", bad=True) == ("! refused", "blind")
    assert message_part("added", bad=False) == ("added", "live")


@pytest.mark.parametrize(
    ("sentence", "less"),
    [
        ("on 3 of 6 streams for 4m12s: ETHUSDT quotes", "on 3 of 6 streams: ETHUSDT quotes"),
        ("7s", ""),
        ("for 1h05m: no route", ": no route"),
        ("REST is down: tried again in 20s", "REST is down: tried again in 20s"),
        ("12/12 (1 quiet)", "12/12 (1 quiet)"),
    ],
)
def test_a_sentence_can_be_had_without_how_long_it_has_been_so(sentence: str, less: str) -> None:
    assert without_span(sentence) == less


def test_above_a_page_that_says_the_rest_stand_verdict_place_and_time() -> None:
    blind = verdict(Grade.BLIND, "BLIND on 3 of 6 streams for 4m12s: ETHUSDT quotes")
    line = text(place_line(blind, "binance main", WALL_MS, 60))
    assert line.startswith(" ✖ BLIND ")
    assert line.endswith(" binance main  03:04:05 UTC ")
    assert "streams" not in line
