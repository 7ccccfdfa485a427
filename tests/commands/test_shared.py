"""Every command has the same settings as options, under the words that the settings file has."""

from __future__ import annotations

import click
import pytest

from bntui import cli
from bntui.cli import main_group
from bntui.config import Settings
from bntui.model.markets import Market
from bntui.schema import SCALARS, SETTINGS, TABLES
from bntui.venue.binance.endpoints import Environment
from tests.support.composed import RecordingCompose

COMMANDS = [main_group, main_group.screen, *main_group.commands.values()]
SCREENS = ("bntui", "demo", "attach")


def options_of(command: click.Command) -> dict[str, click.Option]:
    """A command's options by their first word."""
    return {param.opts[0]: param for param in command.params if isinstance(param, click.Option)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_setting_is_an_option_of_every_command(command: click.Command) -> None:
    settings = {f"--{key.replace('_', '-')}" for key in (*SCALARS, *TABLES)} | {"--config"}
    if command.name not in SCREENS:
        settings -= {setting.option for setting in SETTINGS if setting.draws}
    settings -= {
        setting.option for setting in SETTINGS if setting.commands and command.name not in setting.commands
    }
    assert settings <= set(options_of(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_exactly_the_tables_are_repeatable_settings(command: click.Command) -> None:
    repeatable = {name for name, option in options_of(command).items() if option.multiple}
    assert repeatable - {"--replay", "--switch", "--market", "--trust"} == {
        f"--{key.replace('_', '-')}" for key in TABLES
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_option_says_what_it_does(command: click.Command) -> None:
    for name, option in options_of(command).items():
        if name != "-h":
            assert option.help, f"{command.name} {name}"
            assert option.help.rstrip("]").endswith((".", "seconds")) or "[default" in option.help


@pytest.mark.parametrize(
    "command", ["", "demo", "engine", "attach", "status", "tail", "candles BTCUSDT", "sim", "drill"]
)
def test_shared_options_are_taken_before_and_after_the_command(
    command: str, compose: RecordingCompose
) -> None:
    shared = ["--env", "testnet", "--profile", "bot2", "--limit", "own_attempts=5", "--rest-url", "http://x"]
    words = command.split()
    wanted = Settings(
        environment=Environment.TESTNET,
        profile="bot2",
        limits={"own_attempts": 5},
        rest_urls={Market.SPOT: "http://x"},
    )
    for line in ([*shared, *words], [*words, *shared], [*shared[:4], *words, *shared[4:]]):
        assert cli.main(line) == 0
    assert [call[1] for call in compose.calls] == [wanted] * 3


def test_the_later_of_two_words_wins_and_repeatable_ones_add_up(compose: RecordingCompose) -> None:
    line = ["--env", "demo", "--limit", "own_attempts=5", "status", "--env", "us", "--limit", "own_gulp_s=1"]
    assert cli.main(line) == 0
    settings = Settings(environment=Environment.US, limits={"own_attempts": 5, "own_gulp_s": 1})
    assert compose.calls[0][1] == settings
