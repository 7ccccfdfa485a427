"""How an alert leaves the program: the facts of it, to the rule's command and to its webhook."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from bntui.alertrules import AlertRule
from bntui.clock import Clock
from bntui.engine.alert_command import Call, Commands
from bntui.engine.alert_webhook import Message, Webhook
from bntui.engine.alerts import Tell
from bntui.engine.forms import utc
from bntui.model.alerts import AlertKind
from bntui.model.text import counted, span

OnSent = Callable[[int, str], None]


def facts_of(tell: Tell, environment: str) -> dict[str, str]:
    """What is told of an alert, by the names that commands know it under; `environment` is which exchange."""
    alert = tell.alert
    return {
        "rule": alert.rule,
        "kind": alert.kind,
        "subject": alert.subject,
        "state": "on" if alert.lasts or alert.kind == AlertKind.FILL else "over",
        "text": said(tell),
        "id": str(alert.id),
        "began": utc(alert.began_ms),
        "ended": "" if alert.ended_ms is None else utc(alert.ended_ms),
        "count": str(alert.count),
        "told": str(alert.told),
        "held": str(tell.held_back),
        "exchange": environment,
    }


def said(tell: Tell) -> str:
    """The alert in a sentence."""
    alert = tell.alert
    if not alert.lasts and alert.kind != AlertKind.FILL:
        lasted = span(((alert.ended_ms or alert.began_ms) - alert.began_ms) / 1_000)
        return f"bntui: {alert.rule} is over after {lasted}: {alert.ending}"
    times = f" ({alert.count} times)" if alert.count > 1 else ""
    others = (
        f" (and {counted(tell.held_back, 'more alert', 'more alerts')} of this rule)"
        if tell.held_back
        else ""
    )
    return f"bntui: {alert.rule}: {alert.text}{times}{others}"


class Senders:
    """A queue of programs for all rules, and one of messages for each address."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        clock: Clock,
        chance: random.Random,
        place: str = "",
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`place` is which exchange, for people; `environment` what programs are given, without secrets."""
        self.on_sent: OnSent = lambda number, words: None
        """Told what became of each."""
        self._place = place
        self._commands = Commands(environment, self._sent)
        addresses = {rule.webhook for rule in rules if rule.webhook}
        self._webhooks = {
            address: Webhook(address, self._sent, clock.monotonic, chance.uniform) for address in addresses
        }

    def send(self, tell: Tell) -> None:
        """Make an alert known; returns at once."""
        facts = facts_of(tell, self._place)
        if tell.rule.command:
            self._commands.put(Call(tell.alert.id, tell.rule.command, facts))
        if tell.rule.webhook:
            self._webhooks[tell.rule.webhook].put(Message(tell.alert.id, body_of(facts)))

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commands.run())
            for webhook in self._webhooks.values():
                tasks.create_task(webhook.run())

    def _sent(self, number: int, words: str) -> None:
        self.on_sent(number, words)

    def __repr__(self) -> str:
        return f"<Senders {self._commands!r} {list(self._webhooks.values())!r}>"


def body_of(facts: Mapping[str, str]) -> dict[str, object]:
    """The facts as a JSON object. `text` is what Slack and Mattermost show, `content` what Discord does."""
    numbers = {name: int(facts[name]) for name in ("id", "count", "told", "held")}
    return {"source": "bntui", **facts, **numbers, "content": facts["text"]}
