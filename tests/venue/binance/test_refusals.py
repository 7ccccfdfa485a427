"""What the exchange says when it refuses: found, made harmless, and told with what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.venue.binance.refusals import error, explain


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"code":-1121,"msg":"Invalid symbol."}', (-1121, "Invalid symbol.")),
        (b'{"code":0,"msg":"restricted"}', (0, "restricted")),
        (b"<html>403 Forbidden</html>", (0, "<html>403 Forbidden</html>")),
        (b"", (0, "")),
        (b"[]", (0, "[]")),
        (b'{"msg":"x"}', (0, '{"msg":"x"}')),
        (b'{"code":"x","msg":"y"}', (0, '{"code":"x","msg":"y"}')),
        (b'{"code":true,"msg":"y"}', (0, '{"code":true,"msg":"y"}')),
        (b'{"code":-1,"msg":"a\\u001b[31mb\\nc\\td"}', (-1, "a [31mb c d")),
        ('{"code":-1,"msg":"a\u202eb"}'.encode(), (-1, "a b")),
        (b"\xff\xfe", (0, "\ufffd\ufffd")),
    ],
)
def test_the_exchange_s_own_words_are_found_and_made_harmless(body: bytes, expected: tuple[int, str]) -> None:
    assert error(body) == expected


@given(st.binary(max_size=600))
def test_any_body_has_words_of_bounded_length(body: bytes) -> None:
    code, words = error(body)
    assert isinstance(code, int)
    assert len(words) <= 200
    assert words.isprintable()


@pytest.mark.parametrize(
    ("status", "code", "text", "message", "hint"),
    [
        (403, 0, "<html>", "firewall refused", "VPN"),
        (418, -1003, "Way too much", "banned this IP", "nothing until the ban ends"),
        (429, -1003, "Too much", "fewer requests", "pauses its requests"),
        (
            451,
            0,
            "Service unavailable from a restricted location",
            "does not serve this location",
            "not try again",
        ),
        (404, 0, "", "no such address", "--env"),
        (400, -1121, "Invalid symbol.", "no such symbol", "spelling"),
        (400, -1021, "Timestamp", "clocks disagree", "clock is synchronised"),
        (401, -2015, "Invalid API-key", "refused the API key", "allows this IP"),
        (502, 0, "<html>", "trouble of its own (HTTP 502)", "tries again"),
        (302, 0, "<html>", "not the exchange's API (HTTP 302)", "proxy"),
        (407, 0, "", "not the exchange's API (HTTP 407)", "proxy"),
        (400, -1100, "Illegal characters found.", "Illegal characters found.", "report"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    status: int, code: int, text: str, message: str, hint: str
) -> None:
    told, advice = explain(status, code, text)
    assert message in told
    assert hint in advice


@pytest.mark.parametrize("status", [403, 451])
def test_a_blocked_user_is_told_of_the_hosts_that_often_work(status: int) -> None:
    _, hint = explain(status, 0, "")
    assert "https://data-api.binance.vision" in hint
    assert "wss://data-stream.binance.vision" in hint


def test_a_ban_is_told_with_its_end() -> None:
    message, _ = explain(
        418, -1003, "Way too much request weight used; IP banned until 1659146400000. Please"
    )
    assert message.endswith("The ban ends at 2022-07-30 02:00:00 UTC.")


def test_a_page_of_a_proxy_is_not_shown_to_people() -> None:
    assert "<html>" not in " ".join(explain(502, 0, "<html>bad gateway</html>"))


@given(st.integers(0, 999), st.integers(-10_000, 10_000), st.text(max_size=300))
def test_any_refusal_can_be_told_on_one_line(status: int, code: int, text: str) -> None:
    message, hint = explain(status, code, text)
    assert message
    assert hint
    assert f"{message} {hint}".isprintable()


@pytest.mark.parametrize("status", [403, 451])
def test_hosts_that_do_not_serve_the_market_are_not_recommended(status: int) -> None:
    _, hint = explain(status, 0, "", other_hosts="")
    assert "binance.vision" not in hint
    assert hint
