"""The words that several commands are told, and the settings, which all are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import click

from bntui.commands import checks
from bntui.model.markets import Market
from bntui.schema import BY_KEY, SETTINGS, TABLES, Setting, Shape

_F = TypeVar("_F", bound=Callable[..., Any])


class Decorator(Protocol):
    """What an option or an argument is, or several of them: a decorator of commands."""

    def __call__(self, command: _F, /) -> _F:
        """The command with them."""
        ...


def together(*words: Decorator) -> Decorator:
    """Several options and arguments as one decorator, in the order in which the help lists them."""

    def decorate(command: _F) -> _F:
        for word in reversed(words):
            command = word(command)
        return command

    return decorate


# Settings


def remember(ctx: click.Context, param: click.Parameter, value: str | tuple[str, ...] | None) -> None:
    """Keep a setting for `sources.load`. The group and its command share one dict; the later word wins."""
    flags: dict[str, str | tuple[str, ...]] = ctx.ensure_object(dict)
    if value is None or value == () or param.name is None:
        return
    earlier = flags.get(param.name, ())
    flags[param.name] = (*earlier, *value) if isinstance(value, tuple) else value


def _remember_switch(ctx: click.Context, param: click.Parameter, value: bool | None) -> None:
    if value is not None:
        remember(ctx, param, "on" if value else "off")


def _option(setting: Setting) -> Decorator:
    default = f" [default: {setting.default}]" if setting.default else ""
    if setting.shape is Shape.SWITCH:
        return click.option(
            f"{setting.option}/--no-{setting.option.removeprefix('--')}",
            setting.key,
            default=None,
            expose_value=False,
            callback=_remember_switch,
            help=setting.about + default,
        )
    return click.option(
        setting.option,
        setting.key,
        metavar=setting.form,
        multiple=setting.shape is Shape.ENTRIES,
        expose_value=False,
        callback=remember,
        help=setting.about + default,
    )


_CONFIG = click.option(
    "--config",
    "config",
    metavar="FILE",
    expose_value=False,
    callback=remember,
    help="Settings file to read instead of the usual one.",
)

_BUT_LIMIT = (
    *(_option(BY_KEY[key]) for key in ("env", "profile", "proxy")),
    _CONFIG,
    *(_option(BY_KEY[key]) for key in TABLES if key != "limit"),
)

_BUT_MARKET = (*_BUT_LIMIT, _option(BY_KEY["limit"]))

_MARKET = _option(BY_KEY["market"])

_DRAWN = tuple(_option(setting) for setting in SETTINGS if setting.draws)

settings_options = together(_MARKET, *_BUT_MARKET)
"""The settings of every command."""

screen_options = together(_MARKET, *_BUT_MARKET, *_DRAWN)
"""Those of commands that draw."""

but_market_options = together(*_BUT_MARKET)
"""Those of commands whose `--market` means something else."""

screen_but_market_options = together(*_BUT_MARKET, *_DRAWN)
"""The same of one that draws."""

but_limit_options = together(_MARKET, *_BUT_LIMIT)
"""Those of commands whose `--limit` means something else too."""

trust_socket_option = _option(BY_KEY["trust_socket"])
trust_group_option = _option(BY_KEY["trust_group"])


# Symbols and markets

symbols_argument = click.argument("symbols", nargs=-1, metavar="[SYMBOL]…", callback=checks.symbols)

named_symbols_argument = click.argument(
    "symbols", nargs=-1, required=True, metavar="SYMBOL…", callback=checks.symbols
)
"""One symbol at least."""

symbol_argument = click.argument("symbol", metavar="SYMBOL", callback=checks.symbol)


def markets_option(about: str) -> Decorator:
    """`--market` where several may be named."""
    return click.option(
        "--market",
        "markets",
        metavar="|".join((*Market, "all")),
        multiple=True,
        callback=checks.markets,
        help=f"{about} Repeatable. [default: spot]",
    )


# What commands do, and how they print


def action_arguments(actions: Sequence[str]) -> Decorator:
    """One of a few actions, and the name of what it is about."""
    return together(
        click.argument("action", type=click.Choice(actions), metavar="|".join(actions)),
        click.argument("name", metavar="[NAME]", default=""),
    )


def json_option(about: str = "Print JSON.") -> Decorator:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=about)


def duration_option(word: str, name: str, about: str, default: str | None = None) -> Decorator:
    """A time span, which the command takes in seconds under this name."""
    return click.option(
        word,
        name,
        metavar="DURATION",
        default=default,
        show_default=default is not None,
        callback=checks.checked(checks.positive_duration),
        help=about,
    )


own_option = click.option(
    "--own", is_flag=True, help="Make connections of its own instead of asking the running engine."
)
