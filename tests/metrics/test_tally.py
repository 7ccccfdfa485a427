"""Outages and fills are counted once each, from the first look on, whatever engines come and go."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from bntui.metrics.tally import LOST, PLANNED, SILENT, Tally, kind_of
from bntui.model.delta import AccountsDelta, Delta, NumberedFill
from bntui.model.markets import Market
from bntui.model.views import OutageView
from bntui.wire.mirror import Mirror
from tests.model.account_samples import MAIN, a_fill
from tests.model.build import T0_MS, outage

SPOT = Market.SPOT


class Engines:
    """A mirror, and a tally that looks at it after every answer."""

    def __init__(self) -> None:
        self.mirror = Mirror(3.0)
        self.tally = Tally()
        self._seqs = count(1)
        self._epoch = ""

    def say(self, *outages: OutageView, fills: tuple[NumberedFill, ...] = (), epoch: str = "e1") -> None:
        """An answer of the engine; one of another epoch holds everything."""
        newest = max((each.number for each in fills), default=self.mirror.accounts.newest_fill)
        accounts = AccountsDelta(list(fills), newest)
        changes: dict[str, Any] = {"outages": list(outages), "accounts": accounts}
        self.mirror.apply(Delta(epoch, next(self._seqs), epoch != self._epoch, 0.0, T0_MS, **changes), 1.0)
        self._epoch = epoch
        self.tally.look(self.mirror)


@pytest.fixture
def engines() -> Engines:
    return Engines()


def fill(number: int, **changes: Any) -> NumberedFill:
    """One's own trade."""
    return NumberedFill(number, a_fill(number, **changes))


def test_before_any_answer_there_is_no_history_and_no_news(engines: Engines) -> None:
    engines.tally.look(engines.mirror)
    engines.say(outage(7, T0_MS + 5_000))
    assert engines.tally.outages.total() == 0, "it was there before"


def test_an_outage_is_counted_when_it_begins_and_its_length_when_it_ends(engines: Engines) -> None:
    engines.say(outage(7, T0_MS + 5_000))
    engines.say(outage(8))
    assert engines.tally.outages == {(SPOT, LOST): 1}
    assert engines.tally.blind_s == {}
    engines.say(outage(8, T0_MS + 2_500))
    engines.say(outage(8, T0_MS + 2_500))
    assert engines.tally.outages == {(SPOT, LOST): 1}
    assert engines.tally.blind_s == {SPOT: 2.5}


def test_missing_trades_are_counted_as_they_become_known(engines: Engines) -> None:
    engines.say()
    engines.say(replace(outage(1), missing=3))
    engines.say(replace(outage(1, T0_MS + 1_000), missing=5, refilled=2))
    engines.say(replace(outage(1, T0_MS + 1_000), missing=5, refilled=5))
    assert engines.tally.missing == {SPOT: 5}
    assert engines.tally.refilled == {SPOT: 5}


def test_the_kinds_of_outages() -> None:
    assert kind_of(outage(1)) == LOST
    assert kind_of(replace(outage(1), silent=True)) == SILENT
    assert kind_of(replace(outage(1), planned=True)) == PLANNED


def test_an_engine_that_remembers_goes_on_where_the_last_one_was(engines: Engines) -> None:
    engines.say(outage(7))
    engines.say(outage(8))
    engines.say(outage(7), outage(8, T0_MS + 1_000), outage(9), epoch="e2")
    assert engines.tally.outages == {(SPOT, LOST): 2}
    assert engines.tally.blind_s == {SPOT: 1.0}


def test_an_engine_that_remembers_nothing_numbers_anew_and_is_counted_all_the_same(engines: Engines) -> None:
    engines.say(outage(7), fills=(fill(9),))
    engines.say(outage(8))
    engines.say(outage(1), fills=(fill(1),), epoch="e2")
    assert engines.tally.outages == {(SPOT, LOST): 2}
    assert engines.tally.fills == {(MAIN, fill(1).fill.maker): 1}


def test_each_fill_is_counted_once_and_old_ones_are_not(engines: Engines) -> None:
    engines.say(fills=(fill(1), fill(2)))
    assert engines.tally.fills.total() == 0, "they were there before"
    engines.say(fills=(fill(3, maker=True), fill(4, maker=False), fill(5, maker=False, recovered=True)))
    engines.say()
    assert engines.tally.fills == {(MAIN, True): 1, (MAIN, False): 2}
    assert engines.tally.recovered[MAIN] == 1
