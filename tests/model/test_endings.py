from __future__ import annotations

import pytest

from bntui.feed.core.failures import describe_close
from bntui.model.endings import ENDINGS, NO_CLOSE_FRAME, REPORT, SERVER_CLOSED, Ending, ending


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1011, 1012, 1013, 1014])
def test_every_code_that_a_server_may_send_has_words(code: int) -> None:
    found = ending("server", code, describe_close(code, "", False))
    assert found is not None
    assert found.words


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Too many requests", "more in a second than the exchange allows"),
        ("Pong timeout", "a sign of life"),
        ("Invalid request", "a request of bntui"),
        ("anything else", "one of its rules"),
    ],
)
def test_the_reasons_of_1008_that_users_saw_are_told_apart(reason: str, said: str) -> None:
    found = ending("server", 1008, describe_close(1008, reason, False))
    assert found is not None
    assert said in found.words


def test_a_breach_by_the_server_is_not_blamed_on_bntui() -> None:
    found = ending("server", 1002, describe_close(1002, "protocol error: invalid opcode", False))
    assert found is not None
    assert found.advice != REPORT


def test_unknown_codes_and_closers_have_no_words() -> None:
    assert ending("server", 4999, "closed by the server: 4999") is None
    assert ending("", 1008, "closed by the server: 1008 Too many requests") is None


def test_causes_begin_as_the_feed_words_them() -> None:
    assert describe_close(None, "", False).startswith(NO_CLOSE_FRAME)
    assert describe_close(1006, "x", False).startswith(NO_CLOSE_FRAME)
    assert describe_close(1001, "x", False).startswith(SERVER_CLOSED)


@pytest.mark.parametrize("row", ENDINGS, ids=lambda row: f"{row.closed_by} {row.code} {row.holding}")
def test_no_row_stands_behind_one_that_always_speaks_first(row: Ending) -> None:
    before = ENDINGS[: ENDINGS.index(row)]
    assert not [
        each
        for each in before
        if each.closed_by == row.closed_by and each.code in (None, row.code) and each.holding in row.holding
    ]
