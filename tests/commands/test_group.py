"""The first word is a command, or else a symbol; a slip of the finger is neither."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from bntui.commands.group import CommandGroup, CommandTable


@click.group("tool", cls=CommandGroup)
def tool() -> None:
    """A group with two commands."""


@tool.command()
def status() -> str:
    """One."""
    return "status"


@tool.command()
def tail() -> str:
    """Another."""
    return "tail"


@click.command("tool")
@click.argument("words", nargs=-1)
def screen(words: tuple[str, ...]) -> tuple[str, ...]:
    """What runs otherwise."""
    return words


tool.screen = screen


def run(*words: str) -> object:
    """What a command line comes to."""
    with tool.make_context("tool", list(words)) as context:
        return tool.invoke(context)


def test_a_command_is_a_command_and_everything_else_a_symbol() -> None:
    assert run("tail") == "tail"
    assert run("BTCUSDT", "tail") == ("BTCUSDT", "tail")


@pytest.mark.parametrize(("word", "meant"), [("STATUS", "status"), ("statsu", "status"), ("tial", "tail")])
def test_a_slip_of_the_finger_is_refused_with_what_was_meant(word: str, meant: str) -> None:
    with pytest.raises(click.UsageError, match=f"did you mean {meant}"):
        run(word)


def test_commands_are_listed_in_the_order_in_which_a_user_meets_them() -> None:
    assert tool.list_commands(click.Context(tool)) == ["status", "tail"]


def test_a_command_of_a_table_is_known_by_its_name_and_loaded_when_it_is_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["True", "False", "serve-metrics", "True"]


LOOK = """
import sys
from bntui.commands.group import CommandTable
table = CommandTable({"serve-metrics": "engines", "sim": "exchange"})
print("sim" in table and len(table) == 2, "bntui.commands.engines" in sys.modules)
print(table["serve-metrics"].name, "bntui.commands.engines" in sys.modules)
"""


def test_a_table_says_in_its_order_what_it_has_and_takes_more() -> None:
    table = CommandTable({"sim": "exchange", "demo": "exchange"})
    table["tail"] = tool.commands["tail"]
    assert list(table) == ["sim", "demo", "tail"]
    assert [command.name for command in table.values()] == list(table)
    with pytest.raises(KeyError):
        table["nonsense"]
