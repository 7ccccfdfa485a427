"""The command line: words to settings, and settings to one function of `bntui.compose`.

What a command needs is imported when it runs, so that `bntui --version` and usage errors come at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bntui import __version__, log, paths
from bntui.boxoptions import record_options, replay_options
from bntui.commandgroup import CommandGroup
from bntui.commandoptions import (
    AlertsOptions,
    BookOptions,
    CandlesOptions,
    DemoOptions,
    DoctorOptions,
    DrillOptions,
    EngineOptions,
    FillsOptions,
    KeysOptions,
    MetricsOptions,
    RecordOptions,
    ReplayOptions,
    SimOptions,
    StatusOptions,
    TailOptions,
    TrustOptions,
    WaitOptions,
)
from bntui.commands import Compose
from bntui.config import AccountSettings, Settings
from bntui.errors import BntuiError, UsageError
from bntui.exits import explain
from bntui.model.markets import Market
from bntui.options import (
    QUESTIONS,
    alerts_options,
    book_options,
    candles_options,
    demo_screen_options,
    doctor_options,
    drill_options,
    engine_options,
    exchange_options,
    fills_options,
    headless_options,
    keys_options,
    levels_option,
    market_options,
    metrics_options,
    named_symbols_argument,
    screen_options,
    shared_but_limit,
    shared_options,
    sim_options,
    symbol_argument,
    symbols_argument,
    trust_options,
    wait_options,
    watch_options,
)
from bntui.sources import load


def load_compose() -> Compose:
    """The module that builds everything, imported only when a command runs. Tests put theirs here."""
    from bntui import compose

    return compose


def has_terminal() -> bool:
    """Whether there is a terminal to draw on: keys come from stdin, and Textual draws on stderr."""
    return not is_dumb() and all(s is not None and s.isatty() for s in (sys.stdin, sys.stderr))


def is_dumb() -> bool:
    """Whether the terminal is of a kind that knows no cursor movement (terminfo: dumb, unknown)."""
    return os.environ.get("TERM", "") in ("dumb", "unknown")


def is_in_browser() -> bool:
    """Whether Textual draws in a browser: textual-serve says so by the driver that it sets.

    Only the demo is drawn there, since whoever reaches the page sees and does what its user may.
    """
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


@click.group(
    "bntui",
    cls=CommandGroup,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND | SYMBOL…] [OPTION]…",
    options_metavar="[OPTION]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 live or done, 1 degraded or failed, 2 blind, 3 usage or settings, "
    "4 cannot connect, 70 crash, 130 interrupted.",
)
@click.version_option(__version__, message="bntui %(version)s")
@screen_options
@click.pass_context
def main_group(ctx: click.Context) -> int | None:
    """See at once whether your Binance streams still flow.

    Without a command, opens the screen on the live exchange, with the given symbols added to the watchlist.
    """
    return _draw(ctx, ()) if ctx.invoked_subcommand is None else None


def _group_help(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and ctx.parent:
        click.echo(ctx.parent.get_help())
        ctx.exit()


@click.command("bntui", add_help_option=False)
@click.option("-h", "--help", is_flag=True, is_eager=True, expose_value=False, callback=_group_help)
@screen_options
@symbols_argument
@click.pass_context
def screen(ctx: click.Context, symbols: tuple[str, ...]) -> int:
    """What runs when the first word is a symbol."""
    return _draw(ctx, symbols)


main_group.screen = screen


def _draw(ctx: click.Context, symbols: tuple[str, ...]) -> int:
    settings = _prepare(ctx, "viewer", draws=True)
    return load_compose().run_tui(settings, symbols)


@main_group.command()
@market_options
@demo_screen_options
@symbols_argument
@click.pass_context
def demo(
    ctx: click.Context,
    symbols: tuple[str, ...],
    count: int,
    rate: float,
    seed: int,
    markets: tuple[Market, ...],
) -> int:
    """The screen on an embedded exchange: no network, no key."""
    settings = _prepare(ctx, "viewer", draws=not is_in_browser())
    return load_compose().run_demo(settings, symbols, DemoOptions(count, rate, seed, markets))


@main_group.command()
@sim_options
@market_options
@exchange_options
@click.pass_context
def sim(
    ctx: click.Context,
    port: int | None,
    replay: tuple[Path, ...],
    speed: float,
    loop: bool,
    count: int,
    rate: float,
    seed: int,
    tied: bool,
    switches: tuple[tuple[str, str], ...],
    markets: tuple[Market, ...],
    keys: Path | None,
    fills: float | None,
) -> int:
    """The embedded exchange alone, to practise and test against.

    Prints one JSON line with its addresses when it is ready.
    """
    settings = _prepare(ctx, "sim")
    options = SimOptions(port, replay, speed, loop, count, rate, seed, tied, switches, markets, keys, fills)
    return load_compose().run_sim(settings, options)


@main_group.command()
@engine_options
@shared_options
@symbols_argument
@click.pass_context
def engine(
    ctx: click.Context,
    symbols: tuple[str, ...],
    leaves: bool,
    folder: Path | None,
    label: str,
    accounts: tuple[AccountSettings, ...] | None,
) -> int:
    """The engine alone, to stay when the last viewer leaves."""
    settings = _prepare(ctx, "engine")
    return load_compose().run_engine(settings, symbols, EngineOptions(leaves, folder, label, accounts))


@main_group.command()
@screen_options
@click.pass_context
def attach(ctx: click.Context) -> int:
    """The screen on an engine that runs already."""
    settings = _prepare(ctx, "viewer", draws=True)
    return load_compose().run_attach(settings)


@main_group.command()
@headless_options
@watch_options
@shared_options
@symbols_argument
@click.pass_context
def status(
    ctx: click.Context,
    symbols: tuple[str, ...],
    as_json: bool,
    for_s: float | None,
    kinds: tuple[str, ...] | None,
    own: bool,
    watch: bool,
    every_s: float,
) -> int:
    """Am I blind? Judges without a screen.

    Exits with 0 when live, 1 when degraded, 2 when blind. With --watch it goes on, prints a line at each
    change, and exits with 0 when it is told to end; with --for as well, with the last verdict's code.
    """
    settings = _prepare(ctx, "headless")
    options = StatusOptions(as_json, for_s, kinds or (), own, watch, every_s)
    return load_compose().run_status(settings, symbols, options)


@main_group.command()
@trust_options
@shared_options
@named_symbols_argument
@click.pass_context
def trust(
    ctx: click.Context,
    symbols: tuple[str, ...],
    as_json: bool,
    max_age_s: float | None,
    accounts: bool,
) -> int:
    """May a bot trust these symbols now? Asks the running engine.

    Exits with 0 for yes, 1 for data that is not proven now, 2 when blind, 4 without an engine.
    """
    settings = _prepare(ctx, "headless")
    return load_compose().run_trust(settings, symbols, TrustOptions(as_json, max_age_s, accounts))


@main_group.command()
@wait_options
@shared_options
@click.pass_context
def wait(
    ctx: click.Context,
    symbols: tuple[str, ...],
    for_s: float,
    timeout_s: float | None,
    max_age_s: float | None,
    accounts: bool,
) -> int:
    """Wait until symbols can be trusted, and have been for a while.

    Exits with 0 then; when the time is up, with the code of `bntui trust`.
    """
    settings = _prepare(ctx, "headless")
    options = WaitOptions(for_s, timeout_s, max_age_s, accounts)
    return load_compose().run_wait(settings, symbols, options)


@main_group.command()
@headless_options
@levels_option
@shared_options
@symbols_argument
@click.pass_context
def tail(
    ctx: click.Context,
    symbols: tuple[str, ...],
    as_json: bool,
    for_s: float | None,
    kinds: tuple[str, ...] | None,
    own: bool,
    levels: int,
) -> int:
    """Events as they come, one a line."""
    settings = _prepare(ctx, "headless")
    options = TailOptions(as_json, for_s, kinds or (), own, levels)
    return load_compose().run_tail(settings, symbols, options)


@main_group.command()
@candles_options
@shared_but_limit
@symbol_argument
@click.pass_context
def candles(ctx: click.Context, symbol: str, interval: str, count: int, as_json: bool, own: bool) -> int:
    """A symbol's last candles, once."""
    settings = _prepare(ctx, "headless")
    return load_compose().run_candles(settings, symbol, CandlesOptions(interval, count, as_json, own))


@main_group.command()
@book_options
@levels_option
@shared_options
@symbol_argument
@click.pass_context
def book(
    ctx: click.Context,
    symbol: str,
    as_json: bool,
    for_s: float | None,
    own: bool,
    levels: int,
    step: str | None,
    partial: bool,
) -> int:
    """The order book of a symbol, once, with how far it can be trusted.

    Waits for a synced book. Exits with 0 for one, with 2 for one that cannot be trusted.
    """
    settings = _prepare(ctx, "headless")
    options = BookOptions(as_json, for_s, own, levels, step or "", partial)
    return load_compose().run_book(settings, symbol, options)


@main_group.command()
@drill_options
@screen_options
@click.pass_context
def drill(ctx: click.Context, names: tuple[str, ...], every: bool, as_json: bool, as_list: bool) -> int:
    """Faults on order against the embedded exchange, and a judge of what was seen.

    A single drill is shown on the screen, if there is one; several run without. A NAME may be a file
    of your own, *.toml. Exits with 0 when every drill passed, else with 1.
    """
    single = len(names) == 1 and not (every or as_json or as_list)
    on_screen = single and has_terminal() and sys.stdout.isatty()
    settings = _prepare(ctx, "viewer" if on_screen else "headless", draws=on_screen)
    return load_compose().run_drill(settings, DrillOptions(names, every, as_json, as_list, on_screen))


@main_group.command()
@fills_options
@shared_options
@symbols_argument
@click.pass_context
def fills(
    ctx: click.Context, symbols: tuple[str, ...], since_s: float | None, account: str, as_json: bool
) -> int:
    """Own fills that are kept, oldest first; no engine is needed for it."""
    settings = _prepare(ctx, "fills")
    return load_compose().run_fills(settings, symbols, FillsOptions(since_s, as_json, account))


@main_group.command()
@alerts_options
@shared_options
@click.pass_context
def alerts(ctx: click.Context, action: str, name: str, as_json: bool) -> int:
    """What you are told without looking: list the rules and what they told, or test [NAME].

    `test` makes each rule known once, by all its ways; it exits with 0 when everything arrived, else with 1.
    """
    settings = _prepare(ctx, "headless")
    return load_compose().run_alerts(settings, AlertsOptions(action, name, as_json))


@main_group.command()
@record_options
@shared_options
@symbols_argument
@click.pass_context
def record(
    ctx: click.Context,
    symbols: tuple[str, ...],
    folder: Path,
    for_s: float | None,
    raw: bool,
    most_mb: int,
) -> int:
    """A recording beside the one that each engine keeps always, on connections of its own.

    Play it with `bntui replay FOLDER`.
    """
    settings = _prepare(ctx, "headless")
    return load_compose().run_record(settings, symbols, RecordOptions(folder, for_s, raw, most_mb))


@main_group.command()
@replay_options
@screen_options
@click.pass_context
def replay(
    ctx: click.Context, paths: tuple[Path, ...], at: str, speed: float, as_list: bool, as_json: bool
) -> int:
    """What could be seen at an earlier time, in the same screens.

    Without a name: what the profile's engine has kept of the last 24 hours.
    """
    draws = not (as_list or as_json)
    settings = _prepare(ctx, "viewer" if draws else "headless", draws=draws)
    return load_compose().run_replay(settings, ReplayOptions(paths, at, speed, not draws, as_json))


@main_group.command()
@keys_options
@click.pass_context
def keys(ctx: click.Context, action: str, name: str, markets: tuple[Market, ...]) -> int:
    """The keys of your accounts: add NAME, list, remove NAME, check [NAME].

    `add` asks for the key without showing it, or reads it from stdin. `check` exits with 0 for keys that
    only read, 1 where one may do more or nobody can tell, 3 where the exchange does not take one.
    """
    settings = _prepare(ctx, "headless")
    return load_compose().run_keys(settings, KeysOptions(action, name, markets))


@main_group.command()
@doctor_options
@shared_options
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> int:
    """Why am I blind? Looks at network, exchange, clock, terminal, settings, keys, disk and engine.

    Says for each what mends it, and how far away each host of the exchange is. Exits with 0 when all is
    well, 1 where something should be better, 2 when the engine is blind, 3 where settings, keys or folders
    cannot be used, 4 where the exchange cannot be had.
    """
    try:
        settings, options = _prepare(ctx, "doctor"), DoctorOptions(as_json)
    except UsageError as error:
        log.silence()
        settings, options = Settings(), DoctorOptions(as_json, error.message, error.hint)
    return load_compose().run_doctor(settings, options)


@main_group.command("serve-metrics")
@metrics_options
@shared_options
@click.pass_context
def serve_metrics(ctx: click.Context, listen: tuple[str, int]) -> int:
    """What the running engine sees, as metrics for Prometheus."""
    settings = _prepare(ctx, "metrics")
    return load_compose().run_metrics(settings, MetricsOptions(*listen))


@main_group.command()
@click.argument("what", metavar="|".join(QUESTIONS), type=click.Choice(QUESTIONS))
@shared_options
@click.pass_context
def config(ctx: click.Context, what: str) -> int:
    """Where the settings are, what can stand there, what is wrong, what holds and why, and all keys.

    `check` exits with 0 when no mistake was found, else with 3.
    """
    try:
        settings, _ = load(ctx.ensure_object(dict), os.environ, paths.config_file())
    except UsageError:
        if what not in ("path", "template"):
            raise
        settings = Settings()
    return load_compose().run_config(settings, what)


def _prepare(ctx: click.Context, process: str, *, draws: bool = False) -> Settings:
    """Settings read, warnings said, log open: what comes before every command."""
    settings, warnings = load(ctx.ensure_object(dict), os.environ, paths.config_file())
    for warning in warnings:
        click.echo(f"bntui: {log.printable(warning)}", err=True)
    if draws and not has_terminal():
        if is_dumb():
            raise UsageError(
                f"This terminal cannot be drawn on (TERM={os.environ['TERM']}).",
                "Set TERM to what it is, such as xterm-256color. `bntui status` and `bntui tail` need none.",
            )
        raise UsageError(
            "There is no terminal to draw on.",
            "Over SSH use `ssh -t`; `bntui status` and `bntui tail` need none.",
        )
    try:
        log.set_up(paths.log_file(settings.profile, process))
    except (BntuiError, OSError) as error:
        log.silence()
        click.echo(f"bntui: nothing is logged: {log.printable(str(error))}", err=True)
    return settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line to its end. Returns the exit code; whatever goes wrong is said in words."""
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        if sys.stdout is not None:  # closed by `>&-`
            sys.stdout.flush()
        return code
    except SystemExit:
        raise
    except BaseException as error:
        return explain(error)


def _run(words: list[str]) -> int:
    if instruction := os.environ.get("_BNTUI_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(main_group, {}, "bntui", "_BNTUI_COMPLETE", instruction)
    try:
        with main_group.make_context("bntui", words) as ctx:
            return main_group.invoke(ctx) or 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        raise _in_our_words(error) from None


def _in_our_words(error: click.ClickException) -> UsageError:
    message = error.format_message()
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        message = f"{error.param.opts[0]}: {error.message}"
    elif isinstance(error, click.BadParameter):
        # What is missing has no message of its own.
        message = error.message or message
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command.name if context else None
    where = f"bntui {command}" if command in main_group.commands else "bntui"
    return UsageError(message, f"See `{where} -h`.")
