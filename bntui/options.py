"""The options of the command line: their words, and the checks that need nothing but the word itself."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import click

from bntui.accountsettings import parse_given
from bntui.commandoptions import ALERTS_ACTIONS, BOOK_LEVELS, KEYS_ACTIONS, MOST_BOOK_LEVELS
from bntui.model.markets import Market
from bntui.model.panels import CANDLES_KEPT
from bntui.schema import BY_KEY, SETTINGS, TABLES, Setting, Shape
from bntui.venue.binance.streams import INTERVALS, is_symbol_text
from bntui.words import (
    DEFAULT_INTERVAL,
    KINDS,
    METRICS_ADDRESS,
    parse_duration,
    parse_interval,
    parse_kinds,
    parse_listen,
    parse_step,
    sentence,
)

_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")

MOST_SYMBOLS = 3_000
"""Symbols of the synthetic market; twice as many as Binance Spot lists."""

HIGHEST_PORT = 65_527
"""From its REST port on the embedded exchange takes nine ports in a row, where it serves three markets."""


def _checked(parse: Callable[[str], _T]) -> Callable[[click.Context, click.Parameter, str | None], _T | None]:
    """A click callback from a function that raises ValueError in words."""

    def callback(ctx: click.Context, param: click.Parameter, text: str | None) -> _T | None:
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            raise click.BadParameter(sentence(str(error)), ctx, param) from None

    return callback


def _positive_duration(text: str) -> float:
    seconds = parse_duration(text)
    if not seconds > 0:
        raise ValueError(f"{text!r} is no time at all")
    return seconds


def _positive_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
    if not (isfinite(number) and number > 0):
        raise ValueError(f"{text} is not above 0")
    return number


def _switches(
    ctx: click.Context, param: click.Parameter, words: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """`NAME=VALUE` as pairs; which names there are, the embedded exchange says."""
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"{word!r} does not read like NAME=VALUE.", ctx, param)
        pairs.append((name, value))
    return tuple(pairs)


def _symbols(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    """Symbols as typed, each once; `BTCUSDT,ETHUSDT` are two.

    A word that holds none is a variable of a script that is not set: it must not mean all symbols.
    """
    for word in words:
        if not word.strip(","):
            raise click.BadParameter(f"{word!r} names no symbol.", ctx, param)
    symbols = dict.fromkeys(part for word in words for part in word.split(",") if part)
    root = ctx.find_root().command
    commands = root.commands if isinstance(root, click.Group) else {}
    for symbol in symbols:
        if symbol in commands:
            raise click.UsageError(f"{symbol} is a command; put it first: bntui {symbol} …", ctx)
        if not is_symbol_text(symbol):
            raise click.BadParameter(f"{symbol!r} is no symbol; Binance writes BTCUSDT.", ctx, param)
    return tuple(symbols)


def _markets(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> tuple[Market, ...]:
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


def _symbol(ctx: click.Context, param: click.Parameter, word: str) -> str:
    """One symbol as typed."""
    if not is_symbol_text(word):
        raise click.BadParameter(f"{word!r} is no symbol.", ctx, param)
    return word


def _remember(ctx: click.Context, param: click.Parameter, value: str | tuple[str, ...] | None) -> None:
    """Keep a shared option for `load`. The group and its command share one dict; the later word wins."""
    flags: dict[str, str | tuple[str, ...]] = ctx.ensure_object(dict)
    if value is None or value == () or param.name is None:
        return
    earlier = flags.get(param.name, ())
    flags[param.name] = (*earlier, *value) if isinstance(value, tuple) else value


def _remember_switch(ctx: click.Context, param: click.Parameter, value: bool | None) -> None:
    """The same for one that is on or off."""
    if value is not None:
        _remember(ctx, param, "on" if value else "off")


def _shared(setting: Setting) -> Callable[[_F], _F]:
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
        callback=_remember,
        help=setting.about + default,
    )


_CONFIG_OPTION = click.option(
    "--config",
    "config",
    metavar="FILE",
    expose_value=False,
    callback=_remember,
    help="Settings file to read instead of the usual one.",
)

_MARKET_OPTION = _shared(BY_KEY["market"])

_OTHER_OPTIONS = (
    *(_shared(BY_KEY[key]) for key in ("env", "profile", "proxy")),
    _CONFIG_OPTION,
    *(_shared(BY_KEY[key]) for key in TABLES),
)

_SHARED_OPTIONS = (_MARKET_OPTION, *_OTHER_OPTIONS)

_SCREEN_OPTIONS = tuple(_shared(setting) for setting in SETTINGS if setting.draws)


QUESTIONS = ("path", "template", "check", "explain", "keys")
"""What can be asked of the settings."""


def _with(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    def decorate(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


shared_options = _with(*_SHARED_OPTIONS)
"""The options of every command."""

screen_options = _with(*_SHARED_OPTIONS, *_SCREEN_OPTIONS)
"""The options of commands that draw."""

_SERVED_OPTION = click.option(
    "--market",
    "markets",
    metavar="|".join((*Market, "all")),
    multiple=True,
    callback=_markets,
    help="Markets that the exchange serves. Repeatable. [default: spot]",
)

exchange_options = _with(_SERVED_OPTION, *_OTHER_OPTIONS)
"""The options of every command, for one that is the exchange: it may serve several markets."""

demo_screen_options = _with(_SERVED_OPTION, *_OTHER_OPTIONS, *_SCREEN_OPTIONS)
"""The same for one that draws too."""

symbols_argument = click.argument("symbols", nargs=-1, metavar="[SYMBOL]…", callback=_symbols)

market_options = _with(
    click.option(
        "--symbols",
        "count",
        metavar="N",
        type=click.IntRange(1, MOST_SYMBOLS),
        default=60,
        show_default=True,
        help="Symbols of the synthetic market.",
    ),
    click.option(
        "--rate",
        metavar="MSGS",
        default="600",
        show_default=True,
        callback=_checked(_positive_number),
        help="Its mean messages a second, were every symbol subscribed to.",
    ),
    click.option(
        "--seed",
        metavar="N",
        type=int,
        default=1,
        show_default=True,
        help="The same seed makes the same market.",
    ),
)
"""The options of the synthetic market."""

sim_options = _with(
    click.option(
        "--port",
        metavar="N",
        type=click.IntRange(1, HIGHEST_PORT),
        help="REST port; streams and WebSocket API take the next ones. [default: any free ports]",
    ),
    click.option(
        "--replay",
        type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
        multiple=True,
        help="Play a recording instead of the synthetic market. Repeatable: the files follow one another.",
    ),
    click.option(
        "--speed",
        metavar="FACTOR",
        default="1",
        show_default=True,
        callback=_checked(_positive_number),
        help="How fast the recording plays.",
    ),
    click.option("--loop", is_flag=True, help="Start the recording again at its end."),
    click.option(
        "--switch",
        "switches",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_switches,
        help="What it does where the real exchange is not certain. Repeatable.",
    ),
    click.option(
        "--keys",
        metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help="Write the keys of its accounts there, as bntui reads them from its own folder of that name.",
    ),
    click.option(
        "--fills",
        metavar="RATE",
        type=click.FloatRange(0, 100),
        help="Fills a second of its accounts on each market. [default: one every few seconds]",
    ),
    click.option("--tied", is_flag=True, hidden=True, help="End when stdin closes."),
)
"""The options of the embedded exchange where it runs alone."""

_TRUST_SOCKET_OPTION = _shared(BY_KEY["trust_socket"])

engine_options = _with(
    _TRUST_SOCKET_OPTION,
    _shared(BY_KEY["trust_group"]),
    click.option("--leaves", is_flag=True, hidden=True, help="End with the last viewer."),
    click.option(
        "--folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        hidden=True,
        help="A throw-away state folder, removed at the end.",
    ),
    click.option("--label", default="", hidden=True, help="What the screen calls the environment."),
    click.option(
        "--accounts", default=None, callback=_checked(parse_given), hidden=True, help="Instead of the file's."
    ),
)
"""The options with which a viewer starts its engine."""

keys_options = _with(
    click.argument("action", type=click.Choice(KEYS_ACTIONS), metavar="|".join(KEYS_ACTIONS)),
    click.argument("name", metavar="[NAME]", default=""),
    click.option(
        "--market",
        "markets",
        metavar="|".join((*Market, "all")),
        multiple=True,
        callback=_markets,
        help="Where the events of a new account are followed. Repeatable. [default: spot]",
    ),
    *_OTHER_OPTIONS,
)
"""What `bntui keys` is told. A key is none of it: other users see command lines."""

alerts_options = _with(
    click.argument("action", type=click.Choice(ALERTS_ACTIONS), metavar="|".join(ALERTS_ACTIONS)),
    click.argument("name", metavar="[NAME]", default=""),
    click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON object."),
)
"""What `bntui alerts` is told."""

drill_options = _with(
    click.argument("names", nargs=-1, metavar="[NAME]…"),
    click.option("--all", "every", is_flag=True, help="Every drill of the list."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each."),
    click.option("--list", "as_list", is_flag=True, help="Only say which drills there are."),
)
"""What `bntui drill` is told."""

doctor_options = _with(
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
)
"""What `bntui doctor` is told."""

metrics_options = _with(
    click.option(
        "--listen",
        metavar="HOST:PORT",
        default=METRICS_ADDRESS,
        show_default=True,
        callback=_checked(parse_listen),
        help="Where to serve them.",
    ),
)
"""What `bntui serve-metrics` is told."""

headless_options = _with(
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option(
        "--for",
        "for_s",
        metavar="DURATION",
        callback=_checked(_positive_duration),
        help="How long to look, such as 500ms, 20s or 5m.",
    ),
    click.option(
        "--kinds",
        metavar="KIND,…",
        callback=_checked(parse_kinds),
        help=f"Kinds of events: {', '.join(KINDS)}; candle:5m for an interval.",
    ),
    click.option(
        "--own", is_flag=True, help="Make connections of its own instead of asking the running engine."
    ),
)
"""The options of commands without a screen."""

_GATE_OPTIONS = (
    click.option(
        "--max-age",
        "max_age_s",
        metavar="DURATION",
        callback=_checked(_positive_duration),
        help="Trust no older quote, whatever is known of it, such as 1s.",
    ),
    click.option(
        "--accounts/--no-accounts",
        "accounts",
        default=True,
        show_default=True,
        help="Whether fills of own accounts on the symbols' markets count too.",
    ),
    _TRUST_SOCKET_OPTION,
)

trust_options = _with(click.option("--json", "as_json", is_flag=True, help="Print JSON."), *_GATE_OPTIONS)
"""What `bntui trust` is told."""

wait_options = _with(
    click.option(
        "--trust",
        "symbols",
        metavar="SYMBOL",
        multiple=True,
        required=True,
        callback=_symbols,
        help="What to trust. Repeatable.",
    ),
    click.option(
        "--for",
        "for_s",
        metavar="DURATION",
        default="5s",
        show_default=True,
        callback=_checked(_positive_duration),
        help="How long it must have been trusted without a break.",
    ),
    click.option(
        "--timeout",
        "timeout_s",
        metavar="DURATION",
        callback=_checked(_positive_duration),
        help="When to give up. [default: never]",
    ),
    *_GATE_OPTIONS,
)
"""What `bntui wait` is told."""

watch_options = _with(
    click.option("--watch", is_flag=True, help="Go on, and print a line at each change."),
    click.option(
        "--every",
        "every_s",
        metavar="DURATION",
        default="10s",
        show_default=True,
        callback=_checked(_positive_duration),
        help="How often a watch looks.",
    ),
)
"""What `bntui status` is told beside what every headless command is told."""

named_symbols_argument = click.argument(
    "symbols", nargs=-1, required=True, metavar="SYMBOL…", callback=_symbols
)
"""One symbol at least."""

book_options = _with(
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option(
        "--for",
        "for_s",
        metavar="DURATION",
        callback=_checked(_positive_duration),
        help="How long to wait for a synced book. [default: 20s]",
    ),
    click.option(
        "--own", is_flag=True, help="Make connections of its own instead of asking the running engine."
    ),
    click.option(
        "--step",
        metavar="PRICE",
        callback=_checked(parse_step),
        help="Group levels by this price step, such as 0.5 or 10.",
    ),
    click.option("--partial", is_flag=True, help="The best 20 levels alone, without a snapshot."),
)
"""What `bntui book` is told."""

levels_option = click.option(
    "--levels",
    metavar="N",
    type=click.IntRange(1, MOST_BOOK_LEVELS),
    default=BOOK_LEVELS,
    show_default=True,
    help="Levels of each side of a book.",
)
"""How much of a book is printed."""

CANDLES_SHOWN = 100
"""Candles that are printed where nobody says how many."""


def _count_or_limit(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> int:
    """`--limit` counts here; in its other meaning, which every command has, it is kept for `load`."""
    flags: dict[str, str | tuple[str, ...]] = ctx.ensure_object(dict)
    entries = tuple(word for word in words if "=" in word)
    if entries:
        flags["limit"] = (*flags.get("limit", ()), *entries)
    counts = [word for word in words if "=" not in word]
    if not counts:
        return CANDLES_SHOWN
    count: int = click.IntRange(1, CANDLES_KEPT)(counts[-1], param, ctx)
    return count


fills_options = _with(
    click.option(
        "--since",
        "since_s",
        metavar="TIME",
        callback=_checked(_positive_duration),
        help="How far back, such as 24h. [default: all that are kept]",
    ),
    click.option("--account", default="", metavar="NAME", help="Of one account. [default: of all]"),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)
"""What `bntui fills` is told, beside what every command is told."""

symbol_argument = click.argument("symbol", metavar="SYMBOL", callback=_symbol)

candles_options = _with(
    click.option(
        "--interval",
        metavar="INTERVAL",
        default=DEFAULT_INTERVAL,
        show_default=True,
        callback=_checked(parse_interval),
        help=f"Of the candles: {', '.join(INTERVALS)}.",
    ),
    click.option(
        "--limit",
        "count",
        metavar="N",
        multiple=True,
        callback=_count_or_limit,
        help="How many of the newest candles; NAME=VALUE is an entry of the limits table, as everywhere. "
        f"[default: {CANDLES_SHOWN}]",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option("--own", is_flag=True, help="Ask the exchange instead of the running engine."),
)
"""What `bntui candles` is told, beside what every command is told; `--limit` has two meanings here."""

shared_but_limit = _with(*_SHARED_OPTIONS[:-1])
"""The options of every command but for `--limit`."""
