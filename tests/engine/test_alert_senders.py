"""What leaves the program for an alert: every fact that the settings promise, in words and as JSON."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from bntui.alertrules import FACTS
from bntui.clock import ManualClock
from bntui.engine.alert_command import DONE
from bntui.engine.alert_senders import Senders, body_of, facts_of
from bntui.engine.alerts import Tell
from bntui.model.alerts import AlertKind
from bntui.secret import Secret
from tests.support.alerts import BEGAN_MS, a_rule, an_alert
from tests.support.pages import named_in


def test_the_facts_are_those_that_the_settings_promise() -> None:
    facts = facts_of(Tell(a_rule(), an_alert(count=3), held_back=2), "binance main")
    assert tuple(facts) == FACTS
    assert facts["state"] == "on"
    assert facts["text"] == (
        "bntui: btc-low: BTCUSDT is at 59999.90, at or below 60000 (3 times) (and 2 more alerts of this rule)"
    )
    assert facts["exchange"] == "binance main"


def test_the_end_is_told_with_how_long_it_lasted() -> None:
    over = an_alert(ended_ms=BEGAN_MS + 252_000, ending="BTCUSDT is at 60100")
    facts = facts_of(Tell(a_rule(), over), "")
    assert (facts["state"], facts["text"]) == (
        "over",
        "bntui: btc-low is over after 4m12s: BTCUSDT is at 60100",
    )
    assert facts["ended"] == "2026-01-01T00:04:12.000Z"


def test_a_fill_is_news_and_no_end() -> None:
    fill = an_alert(kind=str(AlertKind.FILL), ended_ms=BEGAN_MS, text="BUY 1 BTCUSDT @ 60000 of main.spot")
    facts = facts_of(Tell(a_rule(kind=AlertKind.FILL), fill), "")
    assert (facts["state"], facts["text"]) == ("on", "bntui: btc-low: BUY 1 BTCUSDT @ 60000 of main.spot")


def test_numbers_are_numbers_in_json() -> None:
    body = body_of(facts_of(Tell(a_rule(), an_alert(7)), "demo"))
    assert body.keys() <= named_in("alerts.md")
    assert (body["id"], body["told"], body["count"], body["held"]) == (7, 1, 1, 0)
    assert body["content"] == body["text"]


async def test_a_rule_without_command_and_webhook_sends_nothing() -> None:
    senders = Senders([a_rule()], ManualClock(), random.Random(1))
    senders.send(Tell(a_rule(), an_alert()))
    assert repr(senders) == "<Senders <Commands 0 waiting, 0 dropped> []>"


async def test_a_command_runs_and_its_alert_hears_of_it() -> None:
    rule = a_rule(command=("true",))
    senders = Senders([rule], ManualClock(), random.Random(1), environment={"PATH": "/usr/bin:/bin"})
    heard: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
    senders.on_sent = lambda number, words: heard.set_result((number, words))
    running = asyncio.ensure_future(senders.run())
    senders.send(Tell(rule, an_alert(5)))
    async with asyncio.timeout(60):
        assert await heard == (5, DONE)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_rules_with_one_address_share_its_queue() -> None:
    one = a_rule(webhook=Secret("http://127.0.0.1:9/a"))
    other = replace(one, name="other", webhook=Secret("http://127.0.0.1:9/a"))
    senders = Senders([one, other], ManualClock(), random.Random(1))
    senders.send(Tell(one, an_alert()))
    senders.send(Tell(other, an_alert()))
    assert "[<Webhook 127.0.0.1: 2 waiting, 0 dropped>]" in repr(senders)
