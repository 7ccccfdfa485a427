"""What is checked of a word on the command line, where that needs nothing but the word itself."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TypeVar

import click

from bntui.model.markets import Market
from bntui.venue.binance.names import is_symbol_text
from bntui.words import parse_duration, sentence

_T = TypeVar("_T")


def checked(parse: Callable[[str], _T]) -> Callable[[click.Context, click.Parameter, str | None], _T | None]:
    """A click callback from a function that raises ValueError in words."""

    def callback(ctx: click.Context, param: click.Parameter, text: str | None) -> _T | None:
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            raise click.BadParameter(sentence(str(error)), ctx, param) from None

    return callback


def positive_duration(text: str) -> float:
    """Seconds, more than none. Raises ValueError, in words, for anything else."""
    seconds = parse_duration(text)
    if not seconds > 0:
        raise ValueError(f"{text!r} is no time at all")
    return seconds


def positive_number(text: str) -> float:
    """A number above 0. Raises ValueError, in words, for anything else."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
    if not (isfinite(number) and number > 0):
        raise ValueError(f"{text} is not above 0")
    return number


def names_and_values(
    ctx: click.Context, param: click.Parameter, words: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """`NAME=VALUE` as pairs; which names there are, others say."""
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"{word!r} does not read like NAME=VALUE.", ctx, param)
        pairs.append((name, value))
    return tuple(pairs)


def symbol(ctx: click.Context, param: click.Parameter, word: str) -> str:
    """One symbol as typed."""
    if not is_symbol_text(word):
        raise click.BadParameter(f"{word!r} is no symbol.", ctx, param)
    return word


def symbols(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    """Symbols as typed, each once; `BTCUSDT,ETHUSDT` are two.

    A word that holds none is a variable of a script that is not set: it must not mean all symbols.
    """
    for word in words:
        if not word.strip(","):
            raise click.BadParameter(f"{word!r} names no symbol.", ctx, param)
    found = dict.fromkeys(part for word in words for part in word.split(",") if part)
    root = ctx.find_root().command
    commands = root.commands if isinstance(root, click.Group) else {}
    for each in found:
        if each in commands:
            raise click.UsageError(f"{each} is a command; put it first: bntui {each} …", ctx)
        if not is_symbol_text(each):
            raise click.BadParameter(f"{each!r} is no symbol; Binance writes BTCUSDT.", ctx, param)
    return tuple(found)


def markets(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> tuple[Market, ...]:
    """Markets as named, each once; `usdm,coinm` are two, and `all` is every one."""
    found: dict[Market, None] = {}
    for name in (part for word in words for part in word.lower().split(",") if part):
        if name == "all":
            found.update(dict.fromkeys(Market))
        elif name in set(Market):
            found[Market(name)] = None
        else:
            raise click.BadParameter(f"{name!r} is none of all, {', '.join(Market)}.", ctx, param)
    return tuple(found)
