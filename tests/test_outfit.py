"""What a viewer is given of its user: settings as the screen understands them, and what takes a new start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bntui import journal, journal_state
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market, SymbolKey
from bntui.outfit import changed_at_start, is_plain, outfit, rereader, told
from bntui.preferences import NamedList, Preferences
from bntui.sources import load
from bntui.ui.choices import PREFIX

BTC, PERPETUAL = SymbolKey(Market.SPOT, "BTCUSDT"), SymbolKey(Market.USDM, "BTCUSDT")


def listing(*symbols: str) -> Preferences:
    """Preferences with one list."""
    return Preferences(watchlists=(NamedList("mine", symbols),))


def test_symbols_of_lists_are_read_as_the_run_s_market_has_them() -> None:
    said = told(Settings(preferences=listing("btcusdt", "BTCUSDT.usdm", "BTCUSDT")))
    assert said.lists[0].keys == (BTC, PERPETUAL)
    assert told(Settings(market=Market.USDM, preferences=listing("btcusdt"))).lists[0].keys == (PERPETUAL,)


def test_a_symbol_of_a_market_that_the_run_has_not_is_left_out_and_said() -> None:
    settings = Settings(
        rest_urls={Market.SPOT: "http://a"},
        stream_urls={Market.SPOT: "ws://b"},
        preferences=listing("BTCUSDT", "BTCUSDT.usdm"),
        warnings=("one.",),
    )
    said = told(settings)
    assert said.lists[0].keys == (BTC,)
    assert said.problems[0] == "one."
    assert said.problems[1].startswith("watchlists.mine: BTCUSDT.usdm: no address of the usdm market")


def test_its_line_of_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[watchlists.mine]\nsymbols = ["BTCUSD_PERP.coinm"]\n[rest_url]\nspot = "http://a"\n')
    said = told(load({"config": str(path)}, {}, path)[0])
    assert said.problems[0].startswith(f"{path}:2: watchlists.mine.symbols: BTCUSD_PERP.coinm: no address")


def test_choices_of_earlier_runs_are_taken_up_and_new_ones_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal.open_journal(path, 0).close()
    wears = outfit(Settings(preferences=listing("BTCUSDT")), path)
    assert wears.listed == [BTC]
    wears.wishes.choose_mouse(False)
    wears.choices.close()
    assert f"{PREFIX}mouse" in journal_state.kept_state(path)
    assert not outfit(Settings(), path).wishes.mouse


def test_settings_are_read_anew_from_where_they_came(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("")
    settings, _ = load({"config": str(path)}, {}, path)
    reread = rereader(settings)
    assert reread().elsewhere == ()
    path.write_text('theme = "nord"\nenv = "testnet"')
    said = reread()
    assert said.preferences.theme == "nord"
    assert said.elsewhere == ("environment",)
    path.write_text("theme = ")
    with pytest.raises(UsageError, match="no valid TOML"):
        reread()


def test_what_takes_a_new_start_is_named() -> None:
    old = Settings()
    assert changed_at_start(old, Settings()) == ()
    new = replace(old, market=Market.USDM, preferences=Preferences(theme="nord", fps=5, ascii=True))
    assert changed_at_start(old, new) == ("market", "fps", "ascii")


def test_addresses_of_an_embedded_exchange_are_no_change() -> None:
    demo = Settings(rest_urls={Market.SPOT: "http://a"}, stream_urls={Market.SPOT: "ws://b"})
    assert changed_at_start(demo, Settings()) == ()


@pytest.mark.parametrize(
    ("wanted", "term", "plain"),
    [(None, "linux", True), (False, "linux", False), (True, "xterm", True)],
)
def test_what_the_user_says_of_ascii_beats_what_the_terminal_says(
    wanted: bool | None, term: str, plain: bool
) -> None:
    assert is_plain(Settings(preferences=Preferences(ascii=wanted)), {"TERM": term}) is plain
