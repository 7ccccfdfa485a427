"""Keys and watchlists of the settings file: each mistake is one line, and what is right beside it holds."""

from __future__ import annotations

import pytest

from bntui.config import Origin
from bntui.preferences import LISTED_MOST, LISTS_MOST, NamedList
from bntui.screensettings import Section, read_keys, read_lists


def place(*keys: str) -> str:
    return f"c.toml:7: {'.'.join(keys)}"


def section(**entries: object) -> Section:
    return {name: (raw, place) for name, raw in entries.items()}


def lists_of(**entries: object) -> tuple[tuple[NamedList, ...], list[str]]:
    """The lists, and what is wrong with them."""
    warnings: list[str] = []
    return read_lists(section(**entries), warnings, {}), warnings


def test_a_list_is_symbols_and_maybe_columns() -> None:
    origins: dict[str, Origin] = {}
    lists = read_lists(
        section(a={"symbols": ["A", "B.usdm"], "columns": ["age", "symbol"]}, b=["C"]), [], origins
    )
    assert lists == (NamedList("a", ("A", "B.usdm"), ("age", "symbol")), NamedList("b", ("C",)))
    assert origins["watchlists.a.columns"] == Origin("age symbol", "c.toml:7: watchlists.a.columns")
    assert origins["watchlists.b.symbols"] == Origin("C", "c.toml:7: watchlists.b")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"thin": 5}, "watchlists.thin: 5 is no list of texts."),
        (
            {"thin": {"symbol": []}},
            "watchlists.thin.symbol: a watchlist has no such key; did you mean symbols?",
        ),
        (
            {"thin": {"theme": "x"}},
            "watchlists.thin.theme: a watchlist has no such key; theme belongs to the file itself, above its "
            "first [table].",
        ),
        (
            {"thin": {"columns": ["lsat"]}},
            "watchlists.thin.columns: no column is called 'lsat'; did you mean last?",
        ),
        (
            {"all": ["BTCUSDT"]},
            "watchlists.all: no list can be called so: all has all symbols, 24 letters are most.",
        ),
    ],
)
def test_a_mistake_in_a_list_is_one_line(entries: dict[str, object], said: str) -> None:
    _, warnings = lists_of(**entries)
    assert warnings == [f"c.toml:7: {said}"]


def test_every_text_that_is_no_symbol_is_named_and_the_others_stay() -> None:
    lists, warnings = lists_of(a={"symbols": ["BTC/USDT", "BTCUSDT", "eth usdt"]})
    assert lists == (NamedList("a", ("BTCUSDT",)),)
    assert warnings == [
        "c.toml:7: watchlists.a.symbols: 'BTC/USDT' is no symbol; Binance writes BTCUSDT.",
        "c.toml:7: watchlists.a.symbols: 'eth usdt' is no symbol; Binance writes BTCUSDT.",
    ]


def test_lists_and_what_they_hold_are_bounded() -> None:
    (one,), _ = lists_of(a=[f"S{number}" for number in range(LISTED_MOST + 1)])
    assert len(one.symbols) == LISTED_MOST
    lists, warnings = lists_of(**{f"l{number}": ["A"] for number in range(LISTS_MOST + 1)})
    assert len(lists) == LISTS_MOST
    assert warnings == [f"Of {LISTS_MOST + 1} watchlists the first {LISTS_MOST} are shown."]


def test_keys_may_be_written_with_dots_or_in_quotes() -> None:
    origins: dict[str, Origin] = {}
    keys, places = read_keys(section(**{"move.up": "k", "move": {"down": ["j", "n"]}}), [], origins)
    assert keys == {"move.up": ("k",), "move.down": ("j", "n")}
    assert places["keys.move.down"] == "c.toml:7: keys.move.down"
    assert origins["keys.move.down"].value == "j n"


def test_a_setting_below_the_keys_is_told_where_it_belongs() -> None:
    warnings: list[str] = []
    keys, _ = read_keys(section(theme="x", **{"app.quit": "x"}), warnings, {})
    assert keys == {"app.quit": ("x",)}
    assert warnings == [
        "c.toml:7: keys.theme: no action is called so; theme belongs to the file itself, above its first "
        "[table]."
    ]
