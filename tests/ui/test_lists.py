"""Named watchlists: what each shows, and how it remembers what the user did to it."""

from __future__ import annotations

from bntui.model.markets import Market, SymbolKey
from bntui.ui.choices import PREFIX, Choices
from bntui.ui.lists import ALL, Lists, ListTold

BTC, ETH, DOGE, SOL = (SymbolKey(Market.SPOT, f"{base}USDT") for base in ("BTC", "ETH", "DOGE", "SOL"))
PERPETUAL = SymbolKey(Market.USDM, "BTCUSDT")

TOLD = (
    ListTold("majors", (ETH, BTC), ("symbol", "age")),
    ListTold("memes", (DOGE,)),
)
WATCHED = [BTC, ETH, DOGE, SOL]


def test_the_list_of_everything_comes_first() -> None:
    lists = Lists(TOLD, Choices())
    assert lists.names == (ALL, "majors", "memes")
    assert lists.current == ALL
    assert lists.shown(WATCHED) == WATCHED


def test_a_named_list_has_its_own_order_and_shows_only_what_is_watched() -> None:
    lists = Lists(TOLD, Choices(), "majors")
    assert lists.shown(WATCHED) == [ETH, BTC]
    assert lists.shown([BTC]) == [BTC]


def test_going_through_the_lists_goes_around_the_ends() -> None:
    lists = Lists(TOLD, Choices())
    assert [lists.step(1) for _ in range(3)] == ["majors", "memes", ALL]
    assert lists.step(-1) == "memes"


def test_the_list_that_was_shown_last_is_shown_again() -> None:
    kept: dict[str, str] = {}
    Lists(TOLD, Choices(keep=kept.__setitem__), "majors").step(1)
    assert Lists(TOLD, Choices(kept), "majors").current == "memes"
    assert Lists(TOLD, Choices(kept), "majors", fixed=True).current == "majors"
    assert Lists(TOLD[:1], Choices(kept), "majors").current == ALL


def test_what_is_added_and_removed_is_remembered_beside_what_the_file_says() -> None:
    kept: dict[str, str] = {}
    lists = Lists(TOLD, Choices(keep=kept.__setitem__), "majors")
    lists.remove(ETH, "majors")
    lists.add(PERPETUAL, "majors")
    later = (ListTold("majors", (SOL, ETH, BTC)),)
    assert Lists(later, Choices(kept), "majors").shown([*WATCHED, PERPETUAL]) == [SOL, BTC, PERPETUAL]


def test_a_symbol_says_which_lists_hold_it() -> None:
    lists = Lists(TOLD, Choices())
    lists.add(BTC, "memes")
    assert lists.holding(BTC) == ["majors", "memes"]
    assert lists.holding(SOL) == []


def test_a_list_has_its_own_columns_or_those_of_all() -> None:
    lists = Lists(TOLD, Choices(), columns=("symbol", "last"))
    assert lists.columns() == ("symbol", "last")
    lists.step(1)
    assert lists.columns() == ("symbol", "age")


def test_chosen_columns_are_remembered_for_their_list_alone() -> None:
    kept: dict[str, str] = {}
    lists = Lists(TOLD, Choices(keep=kept.__setitem__), "majors")
    lists.choose_columns(("symbol", "bid", "ask"))
    again = Lists(TOLD, Choices(kept), "majors")
    assert again.columns() == ("symbol", "bid", "ask")
    again.step(1)
    assert again.columns() == ()
    again.step(-1)
    again.choose_columns(())
    assert again.columns() == ("symbol", "age")


def test_columns_of_the_command_line_beat_those_that_were_chosen_until_others_are() -> None:
    kept: dict[str, str] = {}
    Lists((), Choices(keep=kept.__setitem__)).choose_columns(("symbol", "bid"))
    lists = Lists((), Choices(kept), columns=("symbol", "age"), columns_fixed=True)
    assert lists.columns() == ("symbol", "age")
    lists.choose_columns(("symbol",))
    assert lists.columns() == ("symbol",)


def test_what_cannot_be_read_changes_nothing() -> None:
    for text in ('["5", ""]', '["[[5], []]", ""]', '["{}", ""]', '["[1", ""]'):
        lists = Lists(TOLD, Choices({f"{PREFIX}list.majors": text}), "majors")
        assert lists.shown(WATCHED) == [ETH, BTC]
