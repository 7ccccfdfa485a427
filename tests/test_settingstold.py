"""`bntui config` says where settings are, what is wrong with them, and where each value came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui import journal, journal_state, paths
from bntui.settingstold import _masked, keys, places, tell
from bntui.sources import load
from bntui.ui.choices import PREFIX

BROKEN = """\
theme = "bntui-contras"
fps = "fast"
thme = 1
[watchlists.majors]
symbols = ["BTCUSDT", "BTC/USDT"]
[keys]
move.down = "s"
app.nosuch = "x"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file in the config folder; the state folder is empty."""
    monkeypatch.setenv("BNTUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("BNTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "xterm-256color")
    (tmp_path / "config" / "themes").mkdir(parents=True)
    return tmp_path / "config" / "config.toml"


def answer(word: str, file: Path) -> tuple[int, list[str]]:
    """Exit code and lines."""
    lines: list[str] = []
    return tell(word, load({}, {}, file)[0], lines.append), lines


def test_every_mistake_is_one_line_with_its_place(file: Path) -> None:
    file.write_text(BROKEN)
    (file.parent / "themes" / "mine.toml").write_text('name = "mine"\nprimary = "bleu"')
    code, lines = answer("check", file)
    assert code == 3
    assert lines == [
        f"{file}:1: theme: no theme is called bntui-contras; did you mean bntui-contrast?",
        f"{file}:2: fps: 'fast' is no number.",
        f"{file}:3: thme is no setting and has no effect; did you mean theme?",
        f"{file}:5: watchlists.majors.symbols: 'BTC/USDT' is no symbol; Binance writes BTCUSDT.",
        f"{file}:7: keys.move.down: s is watchlist.sort already; move.down stays on j Down.",
        f"{file}:8: keys.app.nosuch: no action is called so; did you mean app.night?",
        f"{file.parent}/themes/mine.toml:2: primary: 'bleu' is no colour; did you mean blue?",
    ]


def test_a_file_without_mistakes_is_said_to_be_so(file: Path) -> None:
    file.write_text('theme = "nord"\n[watchlists]\na = ["BTCUSDT.usdm"]\n')
    assert answer("check", file) == (0, ["No mistake was found."])


def test_where_each_value_came_from(file: Path) -> None:
    file.write_text('theme = "nord"\n[keys]\nmove.down = "x"\n[accounts.bot]\n')
    settings, _ = load({"fps": "5"}, {"BNTUI_MOUSE": "no"}, file)
    told = answer("explain", file)[1]
    lines = {line.split()[0]: line for line in told}
    assert lines["theme"].split() == ["theme", "nord", f"{file}:1"]
    assert lines["market"].split() == ["market", "spot", "default"]
    assert lines["keys.move.down"].split() == ["keys.move.down", "x", f"{file}:3"]
    assert lines["accounts.bot"].split() == ["accounts.bot", "spot", f"{file}"]
    given: list[str] = []
    tell("explain", settings, given.append)
    with_flags = {line.split()[0]: line.split()[1:] for line in given}
    assert with_flags["fps"] == ["5", "--fps"]
    assert with_flags["mouse"] == ["off", "BNTUI_MOUSE"]


def test_what_was_changed_in_the_program_is_said_to_be_so(file: Path) -> None:
    path = paths.state_dir("default") / "journal.db"
    journal.open_journal(path, 0).close()
    journal_state.keep_state(path, f"{PREFIX}theme", '["dracula", "bntui-dark"]')
    lines = {line.split()[0]: line for line in answer("explain", file)[1]}
    assert lines["theme"].split() == ["theme", "dracula", "changed", "in", "the", "program"]
    assert lines["mouse"].split() == ["mouse", "on", "default"]


def test_keys_that_an_action_cannot_have_are_said_to_have_no_effect(file: Path) -> None:
    file.write_text('[keys]\n"watchlist.sort" = "q"\n"app.nosuch" = "b"\n"live.freeze" = "F"\n')
    lines = {line.split()[0]: line.split()[1:] for line in answer("explain", file)[1]}
    assert lines["keys.watchlist.sort"] == ["s", "default;", f"{file}:2", "has", "no", "effect"]
    assert lines["keys.app.nosuch"] == ["-", "default;", f"{file}:3", "has", "no", "effect"]
    assert lines["keys.live.freeze"] == ["F", f"{file}:4"]


def test_what_looks_like_a_secret_is_not_shown(file: Path) -> None:
    assert _masked("accounts.bot.secret", "geheim") == "…"
    assert _masked("accounts.bot.api_key", "geheim") == "…"
    assert _masked("keys.move.down", "x") == "x"


def test_the_table_of_keys_shows_them_as_they_are(file: Path) -> None:
    file.write_text('[keys]\n"watchlist.undo" = "b"\n"app.quit" = []\n')
    lines = [line.split() for line in keys(load({}, {}, file)[0])]
    assert ["app.quit", "none", "Quit", "(yours)"] in lines
    assert ["watchlist.undo", "b", "Put", "back", "what", "was", "removed", "last", "(yours)"] in lines
    assert ["move.down", "j", "Down", "One", "line", "down"] in lines


def test_every_place_is_named(file: Path) -> None:
    said = "\n".join(places(load({}, {}, file)[0]))
    for path in (file, file.parent / "themes", paths.asked_state_dir("default") / "journal.db"):
        assert str(path) in said
    assert "there is none" in said
    file.write_text("")
    assert "there is none" not in "\n".join(places(load({}, {}, file)[0]))


def test_the_template_is_printed_line_by_line(file: Path) -> None:
    code, lines = answer("template", file)
    assert code == 0
    assert '#theme = "bntui-light"' in lines
