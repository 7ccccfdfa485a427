"""Commands that look after what the user has set up, and after what may be in the way."""

from __future__ import annotations

import click

from bntui import log
from bntui.commandoptions import ALERTS_ACTIONS, KEYS_ACTIONS, AlertsOptions, DoctorOptions, KeysOptions
from bntui.commands import start
from bntui.commands.shared import (
    action_arguments,
    but_market_options,
    json_option,
    markets_option,
    settings_options,
)
from bntui.config import Settings
from bntui.errors import UsageError
from bntui.model.markets import Market

QUESTIONS = ("path", "template", "check", "explain", "keys")
"""What can be asked of the settings."""


@click.command()
@action_arguments(ALERTS_ACTIONS)
@json_option("Print the list as one JSON object.")
@settings_options
@click.pass_context
def alerts(ctx: click.Context, action: str, name: str, as_json: bool) -> int:
    """What you are told without looking: list the rules and what they told, or test [NAME].

    `test` makes each rule known once, by all its ways; it exits with 0 when everything arrived, else with 1.
    """
    settings = start.prepare(ctx, "headless")
    return start.load_compose().run_alerts(settings, AlertsOptions(action, name, as_json))


@click.command()
@action_arguments(KEYS_ACTIONS)
@markets_option("Where the events of a new account are followed.")
@but_market_options
@click.pass_context
def keys(ctx: click.Context, action: str, name: str, markets: tuple[Market, ...]) -> int:
    """The keys of your accounts: add NAME, list, remove NAME, check [NAME].

    `add` asks for the key without showing it, or reads it from stdin. `check` exits with 0 for keys that
    only read, 1 where one may do more or nobody can tell, 3 where the exchange does not take one.
    """
    settings = start.prepare(ctx, "headless")
    return start.load_compose().run_keys(settings, KeysOptions(action, name, markets))


@click.command()
@json_option("Print one JSON object.")
@settings_options
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> int:
    """Why am I blind? Looks at network, exchange, clock, terminal, settings, keys, disk and engine.

    Says for each what mends it, and how far away each host of the exchange is. Exits with 0 when all is
    well, 1 where something should be better, 2 when the engine is blind, 3 where settings, keys or folders
    cannot be used, 4 where the exchange cannot be had.
    """
    try:
        settings, options = start.prepare(ctx, "doctor"), DoctorOptions(as_json)
    except UsageError as error:
        log.silence()
        settings, options = Settings(), DoctorOptions(as_json, error.message, error.hint)
    return start.load_compose().run_doctor(settings, options)


@click.command()
@click.argument("what", metavar="|".join(QUESTIONS), type=click.Choice(QUESTIONS))
@settings_options
@click.pass_context
def config(ctx: click.Context, what: str) -> int:
    """Where the settings are, what can stand there, what is wrong, what holds and why, and all keys.

    `check` exits with 0 when no mistake was found, else with 3.
    """
    try:
        settings, _ = start.read_settings(ctx)
    except UsageError:
        if what not in ("path", "template"):
            raise
        settings = Settings()
    return start.load_compose().run_config(settings, what)
