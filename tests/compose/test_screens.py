"""A screen that would have nothing to show is not drawn, and a drill's engines are those of its settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bntui import paths
from bntui.compose.screens import drill_wiring, folder_to_share, run_attach
from bntui.config import Settings
from bntui.errors import ConnectError, StateFolderError
from bntui.model.markets import Market
from tests.support.engine import key

NOWHERE = Settings(
    rest_urls={Market.SPOT: "http://127.0.0.1:9"}, stream_urls={Market.SPOT: "ws://127.0.0.1:9"}
)


def test_nothing_is_drawn_where_no_engine_runs() -> None:
    with pytest.raises(ConnectError, match="No engine runs on this profile"):
        run_attach(NOWHERE)


def test_a_screen_lives_in_the_folder_of_its_profile() -> None:
    assert folder_to_share(Settings(profile="bot2")) == paths.state_dir("bot2")


def test_a_folder_that_cannot_be_written_is_of_no_use_without_its_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and may(path, mode))
    with pytest.raises(StateFolderError, match="may not be written"):
        folder_to_share(Settings())


def test_a_drill_starts_engines_on_its_own_exchange_which_say_what_they_are(tmp_path: Path) -> None:
    wiring = drill_wiring(NOWHERE, {})
    words = wiring.command(tmp_path, [key("BTCUSDT")])
    assert words[:4] == [sys.executable, "-m", "bntui", "engine"]
    assert "spot=http://127.0.0.1:9" in words
    assert words[words.index("--label") + 1] == "drill"
    assert words[words.index("--folder") + 1] == str(tmp_path)
    assert wiring.socket(tmp_path) == paths.socket_path(tmp_path)
