"""A rule speaks once, keeps quiet in its cool-down, and forgets nothing that lasts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bntui.alertrules import AlertRule
from bntui.engine.alerts import GONE_AFTER_S, MINUTE_S, TOLD_A_MINUTE, Alerts, Keep, Measure, Step, Tell
from bntui.errors import UsageError
from bntui.model.alerts import NOTE_CHARS, AlertKind, AlertView
from tests.support.alerts import BEGAN_MS, a_rule, an_alert

FILLS = a_rule(name="fills", kind=AlertKind.FILL, value=Decimal(0), clear=Decimal(0), cool_down_s=10.0)


class Watch:
    """Rules that see one price a second, and what came of it."""

    def __init__(self, *rules: AlertRule, remembered: tuple[AlertView, ...] = (), now: float = 0.0) -> None:
        self.now = now
        self.alerts = Alerts(rules, remembered, 10, now, self.wall_ms)
        self.rules = rules
        self.kept: dict[int, AlertView] = {}
        self.told: list[Tell] = []

    @property
    def wall_ms(self) -> int:
        return BEGAN_MS + round(self.now * 1_000)

    def sees(self, price: str | None, seconds: float = 1.0, subject: str = "BTCUSDT") -> list[Tell]:
        """What is told while the price is this for so long."""
        before = len(self.told)
        for _ in range(max(round(seconds), 1)):
            self.now += 1.0
            measure = Measure(subject, None if price is None else Decimal(price), f"{subject} is at {price}")
            self.take(self.alerts.tick({rule.name: [measure] for rule in self.rules}, self.now, self.wall_ms))
        return self.told[before:]

    def fills(self, words: str, worth: str = "10") -> list[Tell]:
        before = len(self.told)
        measure = Measure("BTCUSDT", Decimal(worth), words)
        self.take(self.alerts.happened(self.rules[0], measure, self.now, self.wall_ms))
        return self.told[before:]

    def take(self, steps: list[Step]) -> None:
        for step in steps:
            if isinstance(step, Keep):
                self.kept[step.alert.id] = step.alert
            else:
                self.told.append(step)

    def acknowledge(self, number: int, note: str = "") -> None:
        self.take(self.alerts.acknowledge(number, note, self.wall_ms))

    @property
    def only(self) -> AlertView:
        (alert,) = self.kept.values()
        return alert


def test_what_is_wrong_is_told_once_however_long_it_lasts() -> None:
    at = Watch(a_rule())
    (tell,) = at.sees("99")
    assert (tell.alert.id, tell.alert.told, tell.alert.text) == (10, 1, "BTCUSDT is at 99")
    assert at.sees("98", 86_400) == []
    assert at.only.lasts


def test_nothing_is_told_before_there_is_data_and_data_that_ceases_ends_nothing() -> None:
    at = Watch(a_rule())
    assert at.sees(None, 100) == []
    assert at.sees("99") != []
    assert at.sees(None, 100) == []
    assert at.only.lasts


def test_it_is_over_only_when_it_is_clearly_back() -> None:
    at = Watch(a_rule())
    at.sees("99")
    at.sees("100.5")
    at.sees("101")
    assert at.only.lasts
    at.sees("101.1")
    assert (at.only.lasts, at.only.ending) == (False, "BTCUSDT is at 101.1")


def test_the_other_way_round_above_is_wrong() -> None:
    at = Watch(a_rule(kind=AlertKind.PRICE_ABOVE, clear=Decimal(99)))
    assert at.sees("99.5") == []
    assert at.sees("100") != []
    at.sees("99")
    assert at.only.lasts
    at.sees("98.9")
    assert not at.only.lasts


def test_it_must_be_wrong_for_the_whole_time_that_the_rule_asks_for() -> None:
    at = Watch(a_rule(for_s=10.0))
    assert at.sees("99", 9) == []
    at.sees("100.5")
    assert at.sees("99", 10) == []
    assert len(at.sees("99")) == 1


def test_data_that_is_missing_for_a_moment_begins_that_time_anew() -> None:
    at = Watch(a_rule(for_s=10.0))
    at.sees("99", 9)
    at.sees(None)
    assert at.sees("99", 10) == []


def test_what_comes_back_within_the_cool_down_is_the_same_alert_and_told_after_it() -> None:
    at = Watch(a_rule())
    at.sees("99")
    at.sees("102")
    assert at.sees("99", 200) == []
    assert (at.only.lasts, at.only.count, at.only.told) == (True, 2, 1)
    (again,) = at.sees("99", 200)
    assert again.alert.told == 2


def test_what_flutters_is_told_once_in_each_cool_down() -> None:
    at = Watch(a_rule())
    for _ in range(450):
        at.sees("99")
        at.sees("102")
    assert [tell.alert.told for tell in at.told] == [1, 1, 1]
    assert len(at.kept) == 3


def test_what_comes_back_later_is_another_alert() -> None:
    at = Watch(a_rule())
    at.sees("99")
    at.sees("102", 300)
    (tell,) = at.sees("99")
    assert (tell.alert.id, tell.alert.count) == (11, 1)


def test_until_it_is_resolved_a_rule_can_repeat_itself() -> None:
    at = Watch(a_rule(repeat_s=60.0))
    at.sees("99", 180)
    assert [tell.alert.told for tell in at.told] == [1, 2, 3]
    at.sees("102")
    assert at.sees("102", 180) == []


def test_an_acknowledged_alert_is_silent_until_it_is_over() -> None:
    at = Watch(a_rule(repeat_s=60.0))
    at.sees("99")
    at.acknowledge(10, "known\x1b[31m, " + "x" * 500)
    assert at.sees("99", 1_000) == []
    assert at.only.acknowledged_ms is not None
    assert at.only.note.startswith("known [31m, xx")
    assert len(at.only.note) <= NOTE_CHARS


def test_an_acknowledged_alert_that_flutters_at_its_end_stays_silent() -> None:
    at = Watch(a_rule())
    at.sees("99", 1_000)
    at.acknowledge(10)
    at.sees("102")
    assert at.sees("99", 299) == []
    assert at.only.count == 2


def test_what_is_not_followed_cannot_be_acknowledged() -> None:
    with pytest.raises(UsageError, match="Alert 5 is over and done with"):
        Watch(a_rule()).acknowledge(5)


def test_the_end_is_told_where_the_rule_wants_it() -> None:
    at = Watch(a_rule(tells_over=True))
    at.sees("99")
    (tell,) = at.sees("102")
    assert not tell.alert.lasts


def test_symbols_are_told_apart() -> None:
    at = Watch(a_rule())
    assert len(at.sees("99", subject="BTCUSDT")) == len(at.sees("99", subject="ETHUSDT")) == 1


def test_a_rule_that_finds_too_much_lists_it_and_tells_how_much_it_kept_back() -> None:
    at = Watch(a_rule())
    many = [Measure(f"S{n}", Decimal(99), "low") for n in range(400)]
    at.take(at.alerts.tick({"btc-low": many}, 0.0, BEGAN_MS))
    assert len(at.told) == TOLD_A_MINUTE
    assert len(at.kept) == 400
    at.take(at.alerts.tick({"btc-low": [*many, Measure("T", Decimal(99), "low")]}, MINUTE_S, BEGAN_MS))
    assert at.told[-1].held_back == 400 - TOLD_A_MINUTE


def test_a_subject_that_is_not_looked_at_any_more_ends_its_alert() -> None:
    at = Watch(a_rule())
    at.sees("99")
    at.sees("102", GONE_AFTER_S, subject="ETHUSDT")
    assert at.kept[10].ending == "it is looked at no more"


def test_a_restart_takes_up_what_lasted_and_tells_it_to_nobody_again() -> None:
    at = Watch(a_rule(), remembered=(an_alert(3),))
    assert at.sees(None, 30) == []
    assert at.sees("99", 400) == []
    at.sees("102")
    assert at.only.id == 3
    assert not at.only.lasts


def test_the_cool_down_holds_over_a_restart() -> None:
    ended = an_alert(3, ended_ms=BEGAN_MS)
    at = Watch(a_rule(), remembered=(ended,), now=100.0)
    assert at.sees("99") == []
    assert at.only.id == 3
    assert len(at.sees("99", 300)) == 1


def test_alerts_of_rules_that_are_gone_are_over() -> None:
    at = Watch(a_rule(name="other"), remembered=(an_alert(3), an_alert(4, ended_ms=BEGAN_MS)))
    at.sees("102")
    assert at.only.ending == "its rule was taken away"


def test_a_fill_is_told_at_once_and_those_behind_it_together() -> None:
    at = Watch(FILLS)
    assert len(at.fills("first")) == 1
    assert at.fills("second") == at.fills("third") == []
    assert at.sees(None, 9) == []
    (tell,) = at.sees(None)
    assert (tell.alert.text, tell.alert.count, tell.alert.lasts) == ("third", 3, False)
    assert at.sees(None, 1_000) == []
    assert len(at.fills("later")) == 1
    assert len(at.kept) == 2


def test_a_fill_that_is_worth_too_little_is_passed_by() -> None:
    at = Watch(a_rule(name="fills", kind=AlertKind.FILL, value=Decimal(50)))
    assert at.fills("small", "49.9") == []
    assert at.fills("large", "50") != []


def test_what_became_of_a_message_stands_with_its_alert() -> None:
    at = Watch(a_rule())
    at.sees("99")
    at.take(at.alerts.sent(10, "webhook delivered"))
    at.take(at.alerts.sent(99, "of an alert that is gone"))
    assert at.only.sent == "webhook delivered"


def test_text_of_the_exchange_steers_no_terminal() -> None:
    at = Watch(a_rule())
    at.sees("99", subject="\x1b]0;x\x07")
    assert at.only.text == "]0;x is at 99"
