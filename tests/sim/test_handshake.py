"""Paths of every shape that real clients use are understood."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bntui.sim.handshake import FIREWALL, GEO_BLOCK, RequestHead, Target, refusal
from bntui.sim.house import USDM_HOUSE


@pytest.mark.parametrize(
    ("path", "combined", "names"),
    [
        ("/ws", False, []),
        ("/ws/", False, []),
        ("/ws/0", False, []),
        ("/ws/btcusdt@trade", False, ["btcusdt@trade"]),
        ("/ws/btcusdt@trade/ethusdt@depth@100ms", False, ["btcusdt@trade", "ethusdt@depth@100ms"]),
        ("/ws/btcusdt%40trade", False, ["btcusdt@trade"]),
        ("/ws/!miniTicker@arr", False, ["!miniTicker@arr"]),
        (f"/ws/{quote('币安人生usdt@trade')}", False, ["币安人生usdt@trade"]),
        ("/ws/\udcc3\udca9usdt@trade", False, ["éusdt@trade"]),
        ("/stream", True, []),
        ("/stream?streams=", True, []),
        ("/stream?streams=btcusdt@trade/ethusdt@ticker", True, ["btcusdt@trade", "ethusdt@ticker"]),
        ("/stream?streams=btcusdt%40trade%2Fethusdt%40ticker", True, ["btcusdt@trade", "ethusdt@ticker"]),
        ("/stream?streams=btcusdt@kline_1d@%2B08:00", True, ["btcusdt@kline_1d@+08:00"]),
        ("/stream/?streams=btcusdt@trade", True, ["btcusdt@trade"]),
    ],
)
def test_targets(path: str, combined: bool, names: list[str]) -> None:
    target = Target(path)
    assert (target.combined, target.names, target.micro) == (combined, names, False)


@pytest.mark.parametrize("path", ["/ws/btcusdt@trade?timeUnit=MICROSECOND", "/stream?timeUnit=microsecond"])
def test_times_in_microseconds_are_asked_for_in_the_path(path: str) -> None:
    assert Target(path).micro


@pytest.mark.parametrize("path", ["/", "", "/wsx", "/streams", "/ws-api/v3", "/public/ws", "/stream/ws"])
def test_there_is_nothing_elsewhere(path: str) -> None:
    with pytest.raises(ValueError, match="there is nothing at"):
        Target(path)


@pytest.mark.parametrize(
    ("path", "root", "combined", "names"),
    [
        ("/ws", "/public", False, []),
        ("/stream?streams=btcusdt@trade", "/public", True, ["btcusdt@trade"]),
        ("/public/ws/btcusdt@trade", "/public", False, ["btcusdt@trade"]),
        ("/market/stream?streams=btcusdt@aggTrade", "/market", True, ["btcusdt@aggTrade"]),
        ("/market/ws?timeUnit=MICROSECOND", "/market", False, []),
        (
            "/private/ws/somebodyslistenkey",
            "/private",
            False,
            [],
        ),
        ("/private/ws?listenKey=abc&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE", "/private", False, []),
    ],
)
def test_usdm_has_three_paths_and_one_for_who_names_none(
    path: str, root: str, combined: bool, names: list[str]
) -> None:
    target = Target(path, USDM_HOUSE)
    assert (target.root, target.combined, target.names, target.micro) == (root, combined, names, False)


@pytest.mark.parametrize("path", ["/publics/ws", "/public", "/market/streams", "/pm/ws/x", "/publicws"])
def test_usdm_has_no_other_paths(path: str) -> None:
    with pytest.raises(ValueError, match="there is nothing at"):
        Target(path, USDM_HOUSE)


def test_refusals_say_when_to_come_back() -> None:
    response = refusal(429, 17)
    assert (response.status_code, response.headers["Retry-After"], response.body) == (429, "17", b"")
    assert "Retry-After" not in refusal(404).headers


def test_a_geo_block_has_its_body() -> None:
    response = refusal(451)
    assert response.body == GEO_BLOCK
    assert response.headers["Content-Length"] == str(len(GEO_BLOCK))
    assert response.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_a_firewall_answers_in_html() -> None:
    response = refusal(403)
    assert (response.body, response.headers["Content-Type"]) == (FIREWALL, "text/html")


HEADERS = b"Host: x\r\nUpgrade: websocket\r\n\r\n"


def fed(head: RequestHead, data: bytes, step: int) -> list[bytes]:
    """Feed some bytes so many at a time; what is passed on."""
    pieces = (data[start : start + step] for start in range(0, len(data), step))
    return [passed for piece in pieces if (passed := head.feed(piece)) is not None]


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_a_short_head_is_passed_on_as_it_is(step: int) -> None:
    head, data = RequestHead(100), b"GET /ws/a@trade HTTP/1.1\r\n" + HEADERS
    passed = fed(head, data, step)[0]
    assert data.startswith(passed)
    assert (head.path, head.too_long) == (None, False)


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_a_long_path_is_taken_out_of_the_head(step: int) -> None:
    path = "/ws/" + "a" * 6_000
    head = RequestHead(len(path))
    passed = fed(head, f"GET {path} HTTP/1.1\r\n".encode() + HEADERS, step)[0]
    assert passed.startswith(b"GET / HTTP/1.1\r\n")
    assert (head.path, head.too_long, head.complete) == (path, False, False)


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_a_path_that_is_too_long_is_read_to_its_end_and_forgotten(step: int) -> None:
    path = "/ws/" + "a" * 6_000
    head = RequestHead(len(path) - 1)
    data = f"GET {path} HTTP/1.1\r\n".encode() + HEADERS
    assert fed(head, data[:-1], step) == []
    assert (head.too_long, head.complete) == (True, False)
    assert fed(head, data[-1:], step) == []
    assert head.complete


def test_listen_keys_of_the_query_have_their_events_behind_them() -> None:
    target = Target(
        "/private/ws?events=X&listenKey=K1&events=A/B&listenKey=K2&listenKey=K3&events=", USDM_HOUSE
    )
    assert target.listen_keys == {"K1": frozenset({"A", "B"}), "K2": None, "K3": None}
    assert target.names == []


def test_no_address_names_listen_keys_without_end() -> None:
    query = "&".join(f"listenKey=K{number}" for number in range(1_000))
    assert len(Target(f"/private/ws?{query}", USDM_HOUSE).listen_keys) == 100
