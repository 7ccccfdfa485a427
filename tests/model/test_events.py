"""Events are values: equal where they say the same, and as small as what they say."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import pytest

from bntui.model import events
from bntui.model.events import MarketEvent, Quote
from bntui.model.markets import Market, SymbolKey

KEY = SymbolKey(Market.SPOT, "BTCUSDT")
QUOTE = Quote(KEY, "99.9", "1", "100.1", "2", 7, None, 1_700_000_000_000, 5.0)


def test_two_that_say_the_same_are_one() -> None:
    assert replace(QUOTE) == QUOTE
    assert len({QUOTE, replace(QUOTE), replace(QUOTE, update_id=8)}) == 2


@pytest.mark.parametrize("kind", get_args(MarketEvent))
def test_an_event_holds_its_fields_and_nothing_else(kind: type[Quote]) -> None:
    assert tuple(vars(kind)["__slots__"]) == tuple(field.name for field in fields(kind))
    assert not hasattr(QUOTE, "__dict__")


def test_the_type_checker_is_told_that_nobody_changes_them() -> None:
    told = vars(events)["_event"].__dataclass_transform__
    # Python 3.11 does not know the word yet, and keeps it with others.
    assert {**told, **told["kwargs"]}["frozen_default"] is True
