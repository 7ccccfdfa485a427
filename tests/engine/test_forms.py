"""Every type of market event has its line, and only what belongs there."""

from __future__ import annotations

from typing import get_args

from bntui.engine.forms import FORMS, WINDOW_TICKER
from bntui.model.events import Gap, LinkChanged, MarketEvent


def test_every_market_event_and_what_explains_its_absence_has_a_form() -> None:
    assert set(FORMS) == {*get_args(MarketEvent), Gap, LinkChanged}


def test_every_form_is_of_another_kind() -> None:
    kinds = [form.kind for form in (*FORMS.values(), WINDOW_TICKER)]

    assert len(set(kinds)) == len(kinds)
