"""Who hears which account, and until when; and what the report tells of it."""

from __future__ import annotations

from random import Random

import pytest

from bntui.clock import ManualClock
from bntui.sim.keys import Keyring
from bntui.sim.parameters import Refused
from bntui.sim.troubles import Troubles
from bntui.sim.users import Event, Users
from tests.sim.accounts import Account
from tests.sim.test_faults import Place

RING = Keyring(1)
MINE = RING.named("hmac")
ONE, TWO = 1, 2
"""Connections."""


class Stage:
    """Accounts of a host without its sockets."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.troubles = Troubles(Place())
        self.users = Users(RING, self.clock, self.clock.wall_ms, Random(1), self.troubles)
        self.account = Account()
        self.users.accounts["main"] = self.account
        self.said: list[str] = []

    def fault(self, **words: object) -> None:
        self.troubles.begin(words, self.clock.monotonic(), 0)

    def listen(self, text: str, *names: str) -> None:
        self.users.listen(text, frozenset(names) if names else None, ONE, self.said.append)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.users.advance()


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_who_hears_an_account_hears_it_until_he_leaves(stage: Stage) -> None:
    heard: list[Event] = []
    hearing = stage.users.hear(MINE, ONE, heard.append)
    stage.account.fill(1)
    hearing.close()
    hearing.close()
    stage.account.fill(2)
    assert [event["t"] for event in heard] == [1]
    assert stage.users.report()["subscriptions"] == []


def test_silence_may_be_for_one_connection_alone(stage: Stage) -> None:
    heard: dict[int, list[Event]] = {ONE: [], TWO: []}
    for number in heard:
        stage.users.hear(MINE, number, heard[number].append)
    stage.fault(fault="user_silence", connections=[ONE])
    stage.account.fill()
    assert [len(events) for events in heard.values()] == [0, 1]


def test_a_listen_key_brings_the_events_that_were_asked_for(stage: Stage) -> None:
    text = stage.users.listen_key(MINE).text
    stage.listen(text, "ORDER_TRADE_UPDATE")
    for event in ("ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"):
        stage.account.happen(event)
    assert stage.said == ['{"e":"ORDER_TRADE_UPDATE"}']


def test_an_expired_listen_key_says_so_and_falls_silent(stage: Stage) -> None:
    text = stage.users.listen_key(MINE).text
    stage.listen(text)
    stage.wait(3599)
    assert stage.said == []
    stage.wait(1)
    expired = f'{{"e":"listenKeyExpired","E":{stage.clock.wall_ms()},"listenKey":"{text}"}}'
    stage.account.fill()
    assert stage.said == [expired]
    assert stage.account.sinks == []


def test_who_does_not_ask_for_it_is_not_told_that_his_key_expired(stage: Stage) -> None:
    stage.listen(stage.users.listen_key(MINE).text, "ORDER_TRADE_UPDATE")
    stage.wait(3600)
    assert stage.said == []


def test_what_is_no_listen_key_brings_nothing_and_is_not_refused(stage: Stage) -> None:
    stage.listen("x" * 64)
    stage.account.fill()
    assert stage.said == []


def test_a_closed_listen_key_falls_silent_without_a_word(stage: Stage) -> None:
    stage.listen(stage.users.listen_key(MINE).text)
    stage.users.close_listen_key(MINE)
    stage.account.fill()
    assert stage.said == []
    with pytest.raises(Refused, match="This listenKey does not exist"):
        stage.users.extend_listen_key(MINE)


def test_listen_keys_may_last_shorter_and_end_at_once(stage: Stage) -> None:
    stage.fault(fault="short_listen_keys", seconds=10)
    text = stage.users.listen_key(MINE).text
    stage.listen(text)
    stage.wait(10)
    assert len(stage.said) == 1
    stage.troubles.end()
    stage.listen(stage.users.listen_key(MINE).text)
    stage.users.expire_listen_keys()
    assert len(stage.said) == 2
    assert stage.users.report()["listen_keys"] == []


def test_accounts_move_with_the_exchange(stage: Stage) -> None:
    stage.wait(1)
    assert stage.account.advanced == 1


def test_a_key_without_an_account_here_is_answered_that_there_is_none(stage: Stage) -> None:
    stage.users.hear(RING.named("other"), ONE, lambda event: None)
    with pytest.raises(Refused, match="no longer available"):
        stage.users.account(RING.named("other"))


def test_the_report_tells_who_hears_and_no_key(stage: Stage) -> None:
    text = stage.users.listen_key(MINE).text
    stage.listen(text)
    stage.account.fill()
    report = stage.users.report()
    assert report["subscriptions"] == [
        {"connection": ONE, "account": "main", "key": "hmac", "since": stage.clock.wall_ms(), "events": 1}
    ]
    assert report["listen_keys"] == [{"account": "main", "valid_for_s": 3600.0}]
    assert report["listen_key_sockets"] == 1
    assert text not in str(report)
    assert MINE.api_key not in str(report)
