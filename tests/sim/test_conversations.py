"""The embedded exchange answers as the real one did when others wrote the conversation down.

The scripts and bodies are those of Binance.Net's own tests (MIT): `>` is what a client sends, `<` the ack,
`=` what is pushed. They are read from beside the checkout, and skipped where they are absent.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from bntui.venue.binance.limits import SPOT_CALLS
from tests.sim.clients import next_data
from tests.sim.rig import RECORDINGS, Rig, receive, running

FIXTURES = RECORDINGS.parent / "fixtures"
CONVERSATIONS = FIXTURES / "binance_net_spot_conversations.jsonl"
BODIES = FIXTURES / "binance_net_spot_rest_exchange_data.jsonl"

Shape = dict[str, Any] | list[Any] | str
"""Field names in their order, down to the types of the values."""


@cache
def scripts(folder: str) -> dict[str, list[list[str]]]:
    """The conversations of a folder, by their names."""
    if not CONVERSATIONS.exists():
        return {}
    found = {}
    for line in CONVERSATIONS.read_text(encoding="utf-8").splitlines():
        script = json.loads(line)
        place, _, name = script["file"].rpartition("/")
        if place == folder:
            found[name.removesuffix(".txt")] = script["steps"]
    return found


STREAMS = "Subscriptions/Spot/ExchangeData"
WS_API = "Socket/Spot/ExchangeData"

NOT_SERVED_YET = {
    f"{WS_API}/{name}": "a request of the WebSocket API"
    for name in (
        *("GetAggregatedTradeHistory", "GetBookTickers", "GetCurrentAvgPrice", "GetExchangeInfo"),
        *("GetKlines", "GetOrderBook", "GetRecentTrades", "GetRollingWindowTickers", "GetTickers"),
        *("GetTradeHistory", "GetUIKlines"),
    )
}
"""Scripts of what the embedded exchange does not serve, and what they need."""

PLAYED = (
    *("AggregatedTrades", "BookTicker", "Concurrent", "Klines", "MiniTicker", "PartialBook"),
    *("RollingWindowTicker", "Ticker", "Trades"),
)

REMOVED = {"Trades": {"a", "b"}}
"""Fields that the exchange sent when the script was written: order ids, until 2024-06-18."""


def script(name: str) -> list[list[str]]:
    """One conversation about streams. Skips where the recordings are absent."""
    if not CONVERSATIONS.exists():
        pytest.skip("the recorded conversations are not beside the checkout")
    return scripts(STREAMS)[name]


def test_every_script_is_played_or_known_not_to_be_served() -> None:
    if not CONVERSATIONS.exists():
        pytest.skip("the recorded conversations are not beside the checkout")
    recorded = {
        json.loads(line)["file"].removesuffix(".txt")
        for line in CONVERSATIONS.read_text(encoding="utf-8").splitlines()
    }
    assert recorded == {f"{STREAMS}/{name}" for name in PLAYED} | set(NOT_SERVED_YET)


def shape(value: Any) -> Shape:
    """What a value is made of: of lists the first element speaks for all."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict | list) else [shape(v) for v in value]
    return type(value).__name__


def in_order(value: Shape) -> str:
    """A shape as text, so that the order of fields counts."""
    return json.dumps(value)


@pytest.mark.parametrize("request_id", [1, "3f2b8a5e-9c1d-4e7f-8a6b-5c4d3e2f1a0b"])
@pytest.mark.parametrize("name", [name for name in PLAYED if name != "Concurrent"])
async def test_a_subscription_goes_as_it_was_written_down(name: str, request_id: object) -> None:
    (_, asked), (_, acked), (_, pushed) = script(name)
    written = json.dumps(request_id)
    expected = json.loads(pushed)
    for field in REMOVED.get(name, ()):
        del expected["data"][field]
    async with running() as rig, rig.connect() as ws:
        await ws.send(asked.replace('"|1|"', written))
        assert json.loads(await receive(ws)) == json.loads(acked.replace("|1|", written))
        given = json.loads(await next_data(rig, ws))
        assert given["stream"] == expected["stream"]
        assert in_order(shape(given)) == in_order(shape(expected))


@pytest.mark.parametrize("backwards", [False, True])
async def test_two_requests_at_once_are_answered_each_with_its_id(backwards: bool) -> None:
    asked = [step.partition(" ") for kind, step in script("Concurrent") if kind == ">"]
    acked = dict(step.partition(" ")[::2] for kind, step in script("Concurrent") if kind == "<")
    pushed = dict(step.partition(" ")[::2] for kind, step in script("Concurrent") if kind == "=")
    if backwards:
        asked.reverse()
    async with running() as rig, rig.connect() as ws:
        for number, _, request in asked:
            await ws.send(request.replace("|*|", number))
        for number, _, _ in asked:
            assert json.loads(await receive(ws)) == json.loads(acked[number].replace("|id|", number))
        wanted = {json.loads(push)["stream"]: json.loads(push)["data"] for push in pushed.values()}
        heard: dict[str, Any] = {}
        for _ in range(20):
            message = json.loads(await next_data(rig, ws))
            heard[message["stream"]] = message["data"]
            if set(heard) == set(wanted):
                break
        assert {name: (data["e"], data["s"]) for name, data in heard.items()} == {
            name: (data["e"], data["s"]) for name, data in wanted.items()
        }


# REST bodies


@cache
def bodies() -> dict[str, Any]:
    """The answer of each call that was written down, by its path."""
    if not BODIES.exists():
        return {}
    found = {}
    for line in BODIES.read_text(encoding="utf-8").splitlines():
        ((_, text),) = json.loads(line)["steps"]
        _, path, _, body = text.split("\n", 3)
        found[path] = json.loads(body)
    return found


QUERIES = {
    "/api/v3/aggTrades": "symbol=BTCUSDT&limit=1",
    "/api/v3/avgPrice": "symbol=BTCUSDT",
    "/api/v3/exchangeInfo": "symbol=BTCUSDT",
    "/api/v3/historicalTrades": "symbol=BTCUSDT&limit=1",
    "/api/v3/klines": "symbol=BTCUSDT&interval=1m&limit=1",
    "/api/v3/referencePrice": "symbol=BTCUSDT",
    "/api/v3/ticker": "symbol=BTCUSDT",
    "/api/v3/ticker/24hr": "symbol=BTCUSDT",
    "/api/v3/ticker/bookTicker": "symbol=BTCUSDT",
    "/api/v3/ticker/price": "symbol=BTCUSDT",
    "/api/v3/ticker/tradingDay": "symbol=BTCUSDT",
    "/api/v3/time": "",
    "/api/v3/trades": "symbol=BTCUSDT&limit=1",
    "/api/v3/uiKlines": "symbol=BTCUSDT&interval=1m&limit=1",
}

OTHERWISE = {
    "/api/v3/executionRules": "no symbol has rules here: nothing can be ordered",
    "/api/v3/referencePrice/calculation": "the reference price is made elsewhere, so without buckets",
}
"""Calls that are served and whose written body has another shape, and why that is right."""


async def answer(rig: Rig, path: str) -> Any:
    """What the embedded exchange answers."""
    return (await rig.rest.get(f"{path}?{QUERIES[path]}")).json()


def test_every_written_body_of_a_served_call_is_compared() -> None:
    if not BODIES.exists():
        pytest.skip("the recorded bodies are not beside the checkout")
    served = {cost.path for cost in SPOT_CALLS.values()}
    assert set(bodies()) & served == set(QUERIES) | set(OTHERWISE)


@pytest.mark.parametrize("path", [path for path in QUERIES if path != "/api/v3/exchangeInfo"])
async def test_an_answer_has_the_fields_that_were_written_down_in_their_order(path: str) -> None:
    if not BODIES.exists():
        pytest.skip("the recorded bodies are not beside the checkout")
    async with running() as rig:
        rig.advance(2, steps=10)
        assert in_order(shape(await answer(rig, path))) == in_order(shape(bodies()[path]))


SINCE_ADDED = {
    *("baseCommissionPrecision", "quoteCommissionPrecision", "otoAllowed", "opoAllowed", "amendAllowed"),
    *("pegInstructionsAllowed", "permissionSets"),
}
"""Fields of a symbol that exchangeInfo has and the written body, which is older or shortened, has not."""


async def test_exchange_info_has_the_fields_that_were_written_down_and_those_since_added() -> None:
    if not BODIES.exists():
        pytest.skip("the recorded bodies are not beside the checkout")
    path = "/api/v3/exchangeInfo"
    recorded = bodies()[path]
    async with running() as rig:
        given = await answer(rig, path)
    assert list(given) == list(recorded)
    (symbol,), (recorded_symbol,) = given["symbols"], recorded["symbols"]
    assert [name for name in symbol if name not in SINCE_ADDED] == list(recorded_symbol)
    assert {name for name in symbol if name in SINCE_ADDED} == SINCE_ADDED
    for name, value in recorded_symbol.items():
        assert type(symbol[name]) is type(value), name
