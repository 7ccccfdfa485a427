"""Every command has the same shared options, under the words that the settings file has."""

from __future__ import annotations

import click
import pytest

from bntui.cli import main_group, screen
from bntui.model.markets import Market
from bntui.options import HIGHEST_PORT
from bntui.schema import SCALARS, SETTINGS, TABLES

COMMANDS = [main_group, screen, *main_group.commands.values()]
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
