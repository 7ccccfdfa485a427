"""`bntui demo` and `bntui sim` serve what was asked for."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from bntui import cli
from bntui.cli import main_group
from bntui.commandoptions import (
    DemoOptions,
    SimOptions,
)
from bntui.commands.exchange import HIGHEST_PORT
from bntui.config import Settings
from bntui.model.markets import Market
from tests.support.composed import RecordingCompose


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["demo"], ("demo", Settings(), (), DemoOptions(symbols=60, rate=600, seed=1))),
        (
            ["demo", "--symbols", "1500", "--rate", "5e3", "--seed", "-7", "BTCUSDT"],
            ("demo", Settings(), ("BTCUSDT",), DemoOptions(symbols=1500, rate=5000, seed=-7)),
        ),
        (["sim"], ("sim", Settings(), SimOptions(None, (), 1, False, 60, 600, 1))),
        (
            ["sim", "--port", "8000", "--speed", "10", "--loop", "--rate", "5", "--seed", "3"],
            ("sim", Settings(), SimOptions(8000, (), 10, True, 60, 5, 3)),
        ),
        (["sim", "--tied"], ("sim", Settings(), SimOptions(None, (), 1, False, 60, 600, 1, tied=True))),
        (
            ["sim", "--switch", "patience=3", "--switch", "shutdown_lead_s=5-600"],
            (
                "sim",
                Settings(),
                SimOptions(
                    *(None, (), 1, False, 60, 600, 1),
                    switches=(("patience", "3"), ("shutdown_lead_s", "5-600")),
                ),
            ),
        ),
    ],
)  # fmt: skip
def test_words_become_one_call(words: list[str], call: object, compose: RecordingCompose) -> None:
    assert compose.came_of(words) == call


def test_a_recording_is_given_as_a_path(compose: RecordingCompose, tmp_path: Path) -> None:
    files = [tmp_path / "a.gz", tmp_path / "b.gz"]
    for file in files:
        file.touch()
    assert cli.main(["sim", "--replay", str(files[0]), "--replay", str(files[1])]) == 0
    assert compose.calls == [("sim", Settings(), SimOptions(None, tuple(files), 1, False, 60, 600, 1))]


@pytest.mark.parametrize(
    ("words", "markets"),
    [
        ([], ()),
        (["--market", "usdm"], (Market.USDM,)),
        (["--market", "all"], tuple(Market)),
        (["--market", "COINM,spot"], (Market.COINM, Market.SPOT)),
        (["--market", "coinm", "--market", "all"], (Market.COINM, Market.SPOT, Market.USDM)),
    ],
)
@pytest.mark.parametrize("name", ["demo", "sim"])
def test_the_exchange_serves_the_markets_that_are_named(
    name: str, words: list[str], markets: tuple[Market, ...]
) -> None:
    # A command keeps the help option of its first context.
    context = main_group.commands[name].make_context(name, list(words), help_option_names=["-h", "--help"])
    assert context.params["markets"] == markets


def test_a_market_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(click.BadParameter, match="'options' is none of all, spot, usdm, coinm"):
        main_group.commands["sim"].make_context(
            "sim", ["--market", "options"], help_option_names=["-h", "--help"]
        )


def test_all_ports_from_the_highest_on_are_ports() -> None:
    assert HIGHEST_PORT + 3 * len(Market) - 1 == 65_535
