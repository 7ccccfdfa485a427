"""`bntui alerts list` and `test`: which rules hold, what they have told, and whether it arrives."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from bntui.alertrules import AlertRule
from bntui.clock import Clock
from bntui.commandoptions import AlertsOptions
from bntui.engine.alert_command import DONE, Call, Commands
from bntui.engine.alert_senders import body_of, facts_of
from bntui.engine.alert_webhook import DELIVERED, Message, Webhook
from bntui.engine.alerts import Tell
from bntui.engine.forms import utc
from bntui.errors import UsageError
from bntui.journal import kept_alerts
from bntui.model.alerts import AlertView
from bntui.model.desktop import notification
from bntui.model.text import escaped
from bntui.model.verdict import ExitCode
from bntui.words import nearest, sentence

FAILED = 1
"""The exit code where something did not arrive."""


def run(
    rules: tuple[AlertRule, ...],
    journal: Path,
    options: AlertsOptions,
    clock: Clock,
    environ: Mapping[str, str],
    place: str,
) -> int:
    """Do what was asked for. `environ` is what commands are given, `place` which exchange, for people."""
    chosen = _chosen(rules, options.name)
    if options.action == "test":
        return asyncio.run(_test(chosen, clock, environ, place))
    alerts = [alert for alert in kept_alerts(journal) if not options.name or alert.rule == options.name]
    if options.json:
        _say(orjson.dumps(_told(chosen, alerts)).decode())
    else:
        for line in _lines(chosen, alerts):
            _say(escaped(line))
    sys.stdout.flush()
    return ExitCode.LIVE


def _chosen(rules: tuple[AlertRule, ...], name: str) -> tuple[AlertRule, ...]:
    chosen = tuple(rule for rule in rules if not name or rule.name == name)
    if name and not chosen:
        names = [rule.name for rule in rules]
        raise UsageError(
            sentence(f"No alert is called {name}{nearest(name, names)}"), "See `bntui alerts list`."
        )
    return chosen


# What there is


def _lines(rules: Iterable[AlertRule], alerts: Iterable[AlertView]) -> Iterable[str]:
    for rule in rules:
        yield f"rule {rule.name}: {rule.words()}; {rule.ways()} ({rule.place})"
    for alert in alerts:
        state = "lasts" if alert.lasts else f"over {utc(alert.ended_ms or 0)}"
        known = f", acknowledged{f': {alert.note}' if alert.note else ''}" if alert.acknowledged_ms else ""
        times = f", {alert.count} times" if alert.count > 1 else ""
        sent = f", {alert.sent}" if alert.sent else ""
        became = f"told {alert.told}{times}{known}{sent}"
        yield f"{utc(alert.began_ms)} {state} {alert.rule}: {alert.text} ({became})"


def _told(rules: Iterable[AlertRule], alerts: Iterable[AlertView]) -> dict[str, object]:
    return {
        "rules": [
            {"name": rule.name, "kind": rule.kind, "looks_at": rule.words(), "tells_by": rule.ways()}
            for rule in rules
        ],
        "alerts": list(alerts),
    }


# A rehearsal


async def _test(rules: Iterable[AlertRule], clock: Clock, environ: Mapping[str, str], place: str) -> int:
    """Make each rule known once, by each of its ways, without trying again."""
    failed = False
    for rule in rules:
        subject = rule.symbols[0].label if rule.symbols else ""
        alert = AlertView(
            0, rule.name, str(rule.kind), subject, "this is a test", clock.wall_ms(), told=1, bell=rule.bell
        )
        facts = facts_of(Tell(rule, alert), place)
        words: list[str] = []
        if sys.stderr.isatty():
            sys.stderr.write("\a" if rule.bell else "")
            sys.stderr.write(notification(facts["text"], rule.desktop, os.environ) if rule.desktop else "")
            sys.stderr.flush()
            words += [
                way for way, on in (("bell rung", rule.bell), ("notification asked for", rule.desktop)) if on
            ]
        if rule.command:
            done = await Commands(environ, _nobody).call(Call(0, rule.command, facts))
            failed |= done != DONE
            words.append(done)
        if rule.webhook:
            webhook = Webhook(rule.webhook, _nobody, clock.monotonic, random.Random(0).uniform)
            try:
                posted = await webhook.post_once(Message(0, body_of(facts)))
            finally:
                await webhook.close()
            failed |= posted != DELIVERED
            words.append(posted)
        _say(escaped(f"{rule.name}: {', '.join(words) or 'nothing to try but in a viewer'}"))
    sys.stdout.flush()
    return FAILED if failed else ExitCode.LIVE


def _nobody(_number: int, _words: str) -> None:
    """Nobody keeps what became of a test."""


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
