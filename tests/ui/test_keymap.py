"""The user's keys are taken as far as they can be; for the rest he gets one line each."""

from __future__ import annotations

import re

import pytest

from bntui.model.delta import AccountsDelta
from bntui.model.states import RecoveryState
from bntui.preferences import Preferences
from bntui.ui.keymap import UNBOUND, Keymap, parse_key
from bntui.ui.keys import APP, MOVE, WATCHLIST
from bntui.ui.wishes import Told
from tests.model.account_samples import MAIN
from tests.support import accounts, opened
from tests.support.viewing import desk


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("x", "x"),
        ("X", "X"),
        ("shift+x", "X"),
        ("?", "question_mark"),
        ("question_mark", "question_mark"),
        ("[", "left_square_bracket"),
        ("%", "percent_sign"),
        ("é", "é"),
        ("ctrl+K", "ctrl+k"),
        ("Ctrl+Alt+k", "alt+ctrl+k"),
        ("esc", "escape"),
        ("PgDn", "pagedown"),
        ("pagedown", "pagedown"),
        ("↓", "down"),
        ("F5", "f5"),
        ("space", "space"),
        ("comma", "comma"),
        ("+", "plus"),
        ("ctrl+left", "ctrl+left"),
    ],
)
def test_keys_are_read_as_people_write_them(written: str, key: str) -> None:
    assert parse_key(written) == key


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("pagedwn", "'pagedwn' is no key; did you mean pagedown?"),
        ("crtl+k", "there is no 'crtl'; did you mean ctrl?"),
        ("zz", "'zz' is no key"),
        ("\x1b", "is no key"),
        ("ctrl+", "is no key"),
    ],
)
def test_what_is_no_key_is_said_with_the_nearest_one(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_key(written)


def test_without_wishes_every_action_has_its_usual_keys() -> None:
    keymap = Keymap()
    assert keymap.moved == {}
    assert keymap.group(MOVE) == MOVE
    assert keymap.name("watchlist.undo") == "u"


def test_an_action_gets_the_keys_that_are_wished_for() -> None:
    keymap = Keymap({"move.down": ("b", "PgDn", "ctrl+n"), "move.page_down": ("ctrl+y",), "app.quit": ()})
    assert keymap.problems == ()
    assert keymap.moved == {"move.down": "b,pagedown,ctrl+n", "move.page_down": "ctrl+y", "app.quit": UNBOUND}
    assert {key.id: key.keys for key in keymap.group(MOVE).keys}["move.down"] == "b,pagedown,ctrl+n"
    assert [key.keys for key in keymap.group(APP).keys if key.id == "app.quit"] == [""]
    assert keymap.name("move.down") == "b"
    assert keymap.name("app.quit") == "(app.quit)"


def test_two_actions_can_change_their_keys() -> None:
    keymap = Keymap({"move.down": ("k",), "move.up": ("j",)})
    assert keymap.problems == ()
    assert keymap.moved == {"move.down": "k", "move.up": "j"}


def test_a_clash_is_one_line_and_leaves_the_usual_keys() -> None:
    places = {"keys.move.down": "/home/you/config.toml:12: keys.move.down"}
    keymap = Keymap({"move.down": ("s",)}, places)
    assert keymap.problems == (
        "/home/you/config.toml:12: keys.move.down: s is watchlist.sort already; move.down stays on j Down.",
    )
    assert keymap.moved == {}


def test_of_two_that_want_one_key_the_later_stays_where_it_was() -> None:
    keymap = Keymap({"watchlist.sort": ("b",), "watchlist.add": ("b",)})
    assert keymap.moved == {"watchlist.sort": "b"}
    assert keymap.problems == (
        "keys.watchlist.add: b is watchlist.sort already; watchlist.add stays on a +.",
    )


def test_an_action_that_stays_takes_its_key_back_from_one_that_got_it() -> None:
    # `add` cannot have q, so a remains its own, and `sort` cannot have that.
    keymap = Keymap({"watchlist.sort": ("a",), "watchlist.add": ("q",)})
    assert keymap.moved == {}
    assert len(keymap.problems) == 2


def test_keys_of_places_that_are_never_together_do_not_clash() -> None:
    keymap = Keymap({"connections.rotate": ("s",), "book.middle": ("a",)})
    assert keymap.problems == ()


def test_a_key_of_replays_is_free_while_none_is_shown() -> None:
    wanted = {"watchlist.sort": ("x",)}
    assert Keymap(wanted).problems == ()
    assert Keymap(wanted).moved == {"watchlist.sort": "x"}
    keymap = Keymap(wanted, replaying=True)
    assert keymap.problems == (
        "keys.watchlist.sort: x is replay.next in a replay; watchlist.sort stays on s.",
    )
    assert keymap.moved == {}


@pytest.mark.parametrize("replaying", [False, True])
def test_a_replays_key_that_is_taken_is_said_before_any_is_shown(replaying: bool) -> None:
    keymap = Keymap({"replay.next": ("s",)}, replaying=replaying)
    assert keymap.problems == ("keys.replay.next: s is watchlist.sort already; replay.next stays on x.",)


def test_the_key_that_freezes_is_free_in_a_replay() -> None:
    wanted = {"replay.pause": ("F",), "live.freeze": ("F",)}
    assert Keymap(wanted).problems == Keymap(wanted, replaying=True).problems == ()


def test_problems_come_in_the_order_of_the_settings() -> None:
    keymap = Keymap({"app.theme": ("q",), "move.dwn": ("b",), "watchlist.sort": ("S",)})
    assert [said.partition(":")[0] for said in keymap.problems] == [
        "keys.app.theme",
        "keys.move.dwn",
        "keys.watchlist.sort",
    ]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"move.dwn": ("x",)}, "keys.move.dwn: no action is called so; did you mean move.down?"),
        ({"move.down": ("zz",)}, "keys.move.down: 'zz' is no key."),
    ],
)
def test_what_there_is_not_is_said(wanted: dict[str, tuple[str, ...]], problem: str) -> None:
    keymap = Keymap(wanted)
    assert keymap.problems == (problem,)
    assert keymap.group(WATCHLIST) == WATCHLIST


async def test_words_on_screens_name_the_keys_as_the_user_has_them() -> None:
    keys = {
        "search.clear": ("ctrl+x",),
        "symbol.panel": ("ctrl+t",),
        "user_stream.accept": ("w",),
    }
    at = desk(accounts.traded(), told=Told(Preferences(keys=keys)))
    assert at.app.wishes.problems == ()
    at.answer(
        accounts=AccountsDelta(
            recoveries=[accounts.recovery(MAIN, state=RecoveryState.INCOMPLETE, missing="USDT +5")]
        )
    )
    async with at.running(80, 24) as pilot:
        await pilot.press("slash")
        await at.frame(pilot)
        assert "ctrl+x clears" in at.line("#search-found")
        await pilot.press("ctrl+x", "enter")
        await at.frame(pilot)
        assert "ctrl+t switches" in at.line("#second")
        await pilot.press("backslash")
        assert "ctrl+t switches" in at.line("#status")
        await pilot.press("2", "tab", "enter")
        await at.frame(pilot)
        assert "w takes the account as it is now" in at.user_stream.page.text


async def test_panels_name_the_keys_as_the_user_has_them() -> None:
    told = Told(Preferences(keys={"book.down": ("n",), "book.up": ("b",), "candles.accept": ("w",)}))
    at = desk(opened.opened(), told=told)
    async with at.running(200, 60) as pilot:
        await pilot.press("enter")
        await at.frame(pilot)
        assert " n b cost of eating up to a level" in at.symbol.ladder.text
        await pilot.press("tab", "tab", "c")
        await at.frame(pilot)
        assert "w takes it" in at.symbol.chart.text
