"""Frames that say nothing are all counted, and the log is not theirs to fill."""

from __future__ import annotations

import pytest

from bntui.feed.odd import LOGGED_OF, OddFrames
from bntui.model.events import Malformed, UnknownEvent


@pytest.mark.parametrize("event", [Malformed("no JSON", "{"), UnknownEvent("newThing")])
def test_all_are_counted_and_one_of_many_is_logged(
    event: Malformed | UnknownEvent, caplog: pytest.LogCaptureFixture
) -> None:
    odd = OddFrames()
    with caplog.at_level("INFO"):
        for _ in range(2 * LOGGED_OF):
            odd.note(event)
    assert odd.unknown + odd.malformed == 2 * LOGGED_OF
    assert len(caplog.records) == 2
    assert f"{LOGGED_OF} before it" in caplog.messages[1]


def test_each_kind_is_counted_for_itself() -> None:
    odd = OddFrames()
    odd.note(Malformed("no JSON", "{"))
    odd.note(UnknownEvent("newThing"))
    odd.note(UnknownEvent("newThing"))
    assert repr(odd) == "<OddFrames 2 unknown, 1 malformed>"
