"""What is known of the program's health before an engine has answered."""

from __future__ import annotations

from bntui.model.judged import empty_health


def test_nothing_bad_is_said_of_what_is_not_known_yet() -> None:
    health = empty_health()
    assert health.rest_ok
    assert health.clock_offset_ms is None
    assert health.rest_at is None
