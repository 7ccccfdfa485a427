"""A group of commands whose words may also be symbols, and which are loaded when they are asked for."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

import click

from bntui.words import closest


class CommandTable(UserDict[str, click.Command]):
    """Commands by name. The module of one is loaded when the command itself is asked for, not its name:
    the options of all commands together take as long to make as a screen."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        """Each command's name, and the module of `bntui.commands` that has it under this name."""
        super().__init__()
        self._modules = dict(modules)

    def __getitem__(self, name: str) -> click.Command:
        """The command, loaded now at the latest."""
        if name not in self.data:
            module = import_module(f"bntui.commands.{self._modules[name]}")
            self.data[name] = getattr(module, name.replace("-", "_"))
        return self.data[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a command; it is not loaded for that."""
        return name in self._modules or name in self.data

    def __iter__(self) -> Iterator[str]:
        """The names, in their order."""
        return iter(dict.fromkeys((*self._modules, *self.data)))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._modules.keys() | self.data.keys())


class CommandGroup(click.Group):
    """`bntui BTCUSDT` is the screen with that symbol: the command that is called `bntui` as the group is."""

    screen: click.Command
    """What runs when the first word is no command; the command line sets it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a user meets them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, else the screen, with that word as its first symbol."""
        word = args[0]
        if word in self.commands:
            return super().resolve_command(ctx, args)
        if meant := _mistyped(word, self.list_commands(ctx)):
            raise click.UsageError(f"There is no command {word}; did you mean {meant}?", ctx)
        return self.screen.name, self.screen, args


def _mistyped(word: str, commands: Sequence[str]) -> str | None:
    """The command that a word was probably meant to be; None for a word that reads like a symbol."""
    if word.lower() in commands:
        return word.lower()
    meant = closest(word, commands, likeness=0.75)
    return meant if meant and abs(len(meant) - len(word)) <= 2 else None
