"""What the user wants of the screen: what he changed last holds, wherever he did."""

from __future__ import annotations

from bntui.preferences import Preferences
from bntui.ui.choices import Choices
from bntui.ui.lists import ListTold
from bntui.ui.wishes import Told, Wishes


def test_without_wishes_the_usual_holds() -> None:
    wishes = Wishes(Told(), Choices(), "usual")
    assert (wishes.theme, wishes.swap_colours, wishes.mouse) == ("usual", False, True)
    assert wishes.problems == ()


def test_settings_beat_the_usual_and_choices_beat_settings() -> None:
    kept: dict[str, str] = {}
    told = Told(Preferences(theme="nord", mouse=False))
    wishes = Wishes(told, Choices(keep=kept.__setitem__), "usual")
    assert (wishes.theme, wishes.mouse) == ("nord", False)
    wishes.choose_theme("dracula")
    wishes.choose_mouse(True)
    wishes.choose_swap_colours(True)
    again = Wishes(told, Choices(kept), "usual")
    assert (again.theme, again.mouse, again.swap_colours) == ("dracula", True, True)


def test_settings_that_were_changed_after_a_choice_hold() -> None:
    kept: dict[str, str] = {}
    Wishes(Told(Preferences(theme="nord")), Choices(keep=kept.__setitem__), "usual").choose_theme("dracula")
    assert Wishes(Told(Preferences(theme="gruvbox")), Choices(kept), "usual").theme == "gruvbox"


def test_the_command_line_beats_choices_until_another_is_made() -> None:
    kept: dict[str, str] = {}
    Wishes(Told(), Choices(keep=kept.__setitem__), "usual").choose_theme("dracula")
    fixed = Told(Preferences(theme="nord", fixed=frozenset({"theme"})))
    wishes = Wishes(fixed, Choices(kept), "usual")
    assert wishes.theme == "nord"
    wishes.choose_theme("gruvbox")
    assert wishes.theme == "gruvbox"


def test_what_changed_in_the_settings_is_named() -> None:
    wishes = Wishes(Told(Preferences(theme="nord")), Choices(), "usual")
    assert wishes.changes(wishes.told) == []
    told = Told(Preferences(theme="nord", mouse=False, keys={"move.up": ("x",)}), (ListTold("a", ()),))
    assert wishes.changes(told) == ["mouse", "keys", "watchlists"]


def test_problems_of_settings_and_keys_stand_together() -> None:
    wishes = Wishes(Told(Preferences(keys={"nosuch": ("x",)}), problems=("one.",)), Choices(), "usual")
    assert len(wishes.problems) == 2


def test_a_replays_own_keys_come_first_once_it_has_begun() -> None:
    wishes = Wishes(Told(Preferences(keys={"watchlist.sort": ("x",)})), Choices(), "usual")
    assert wishes.keymap.name("watchlist.sort") == "x"
    wishes.begin_replay()
    assert wishes.keymap.name("watchlist.sort") == "s"
    assert len(wishes.problems) == 1
