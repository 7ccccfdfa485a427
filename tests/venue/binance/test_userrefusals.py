"""What follows from a refusal, and what people read of it."""

from __future__ import annotations

import pytest

from bntui.venue.binance.userrefusals import judge
from bntui.venue.user import RefusalKind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, -2015, RefusalKind.KEY),
        (400, -2014, RefusalKind.KEY),
        (400, -1022, RefusalKind.KEY),
        (400, -2028, RefusalKind.KEY),
        (401, 0, RefusalKind.KEY),
        (410, 0, RefusalKind.KEY),
        (451, 0, RefusalKind.KEY),
        (400, -1021, RefusalKind.CLOCK),
        (400, -1121, RefusalKind.NO_SYMBOL),
        (400, -1125, RefusalKind.NO_LISTEN_KEY),
        (400, -2035, RefusalKind.SUBSCRIBED),
        (400, -2036, RefusalKind.NOT_SUBSCRIBED),
        (429, -1003, RefusalKind.PATIENCE),
        (418, 0, RefusalKind.PATIENCE),
        (403, 0, RefusalKind.PATIENCE),
        (503, -1008, RefusalKind.TROUBLE),
        (500, 0, RefusalKind.TROUBLE),
        (0, 0, RefusalKind.TROUBLE),
        (400, -9999, RefusalKind.OTHER),
    ],
)
def test_codes_say_more_than_statuses_and_both_say_what_follows(
    status: int, code: int, kind: RefusalKind
) -> None:
    assert judge(status, code, "words").kind is kind


def test_the_exchanges_own_words_are_told_beside_ours_and_what_to_do() -> None:
    refused = judge(401, -2015, "Invalid API-key, IP, or permissions for action.")
    assert refused.reason.endswith("It said: Invalid API-key, IP, or permissions for action. (-2015)")
    assert refused.hint == "Check that the key exists, may read, and allows this IP."


def test_words_that_are_told_already_are_not_told_twice() -> None:
    assert judge(400, -9999, "A new rule.").reason.count("A new rule.") == 1


def test_its_words_are_data() -> None:
    assert "\x1b" not in judge(401, -2015, "\x1b[2J gone").reason


def test_a_key_that_cannot_log_on_is_told_the_other_way() -> None:
    assert "method signature" in judge(400, -2028, "HMAC-SHA-256 API key is not supported.").hint


def test_what_the_exchange_no_longer_has_is_said_to_be_gone() -> None:
    assert "no longer" in judge(410, 0, "").reason


def test_without_an_answer_there_are_only_our_own_words() -> None:
    refused = judge(0, 0, "no answer in time", 3.0)
    assert (refused.reason, refused.wait_s) == ("no answer in time", 3.0)
