"""Paths of every shape that real clients use are understood."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bntui.sim.handshake import GEO_BLOCK, Target, refusal


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


def test_refusals_say_when_to_come_back() -> None:
    response = refusal(429, 17)
    assert (response.status_code, response.headers["Retry-After"], response.body) == (429, "17", b"")
    assert "Retry-After" not in refusal(404).headers


def test_a_geo_block_has_its_body() -> None:
    response = refusal(451)
    assert response.body == GEO_BLOCK
    assert response.headers["Content-Length"] == str(len(GEO_BLOCK))
