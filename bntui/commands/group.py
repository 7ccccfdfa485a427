"""A group of commands whose words may also be symbols."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bntui.words import closest


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
