"""REST calls that need a key: what is signed, what is charged, what is refused; listen keys."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market
from bntui.sim.signedrest import bare, restrictions, unsigned
from bntui.sim.switches import Switches
from tests.sim.accounts import get_signed, key, signed_path, signer, with_account
from tests.sim.rig import Rig, running

LISTEN = "/fapi/v1/listenKey"


@pytest.mark.parametrize("name", ["hmac", "rsa", "ed25519"])
async def test_every_kind_of_key_signs_a_query(name: str) -> None:
    async with running() as rig:
        account = with_account(rig)
        answer = await get_signed(rig, "/api/v3/openOrders", name, symbol="BTCUSDT", recvWindow=5000)
        assert (answer.status_code, answer.json()) == (200, {"asked": "openOrders"})
        assert account.asked == [("openOrders", {"symbol": "BTCUSDT"})]


async def test_what_is_signed_is_what_is_sent_in_its_order() -> None:
    async with running() as rig:
        with_account(rig)
        url, headers = signed_path(rig, "/api/v3/account", symbol="A", omitZeroBalances="true")
        head, _, tail = url.partition("?")
        swapped = "&".join(sorted(tail.split("&")))
        assert (await rig.rest.get(url, headers=headers)).status_code == 200
        refused = await rig.rest.get(f"{head}?{swapped}", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, -1022)


def test_the_signature_is_left_out_wherever_it_stands() -> None:
    assert unsigned("a=1&signature=x&b=%E2%82%AC") == "a=1&b=%E2%82%AC"
    assert unsigned("signature=x") == unsigned("") == ""


def test_an_account_is_told_only_what_is_asked() -> None:
    given = {"symbol": "A", "timestamp": "1", "recvWindow": "2", "signature": "x", "apiKey": "y"}
    assert bare(given) == {"symbol": "A"}


@pytest.mark.parametrize(
    ("path", "more", "weight"),
    [
        ("account", {}, 20),
        ("openOrders", {}, 80),
        ("openOrders", {"symbol": "BTCUSDT"}, 6),
        ("allOrders", {"symbol": "BTCUSDT"}, 20),
        ("myTrades", {"symbol": "BTCUSDT"}, 20),
        ("myTrades", {"symbol": "BTCUSDT", "orderId": 1}, 5),
    ],
)
async def test_weights_are_the_documents(path: str, more: dict[str, str | int], weight: int) -> None:
    async with running() as rig:
        with_account(rig)
        answer = await get_signed(rig, f"/api/v3/{path}", **more)
        assert answer.headers["X-MBX-USED-WEIGHT-1M"] == str(weight)


async def test_refusals_have_the_exchanges_status_and_are_counted() -> None:
    async with running() as rig:
        with_account(rig)
        for name, status, code in (("elsewhere", 401, -2015), ("nothing", 401, -2015)):
            answer = await get_signed(rig, "/api/v3/account", name)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        answer = await rig.rest.get("/api/v3/account")
        assert (answer.status_code, answer.json()["code"]) == (401, -2014)
        answer = await get_signed(rig, "/api/v3/myTrades", symbol="NOSUCH")
        assert (answer.status_code, answer.json()) == (400, {"code": -1121, "msg": "Invalid symbol."})
        users = (await rig.rest.get("/_sim/report")).json()["users"]
        assert users["refusals"] == {"-2015": 2, "-2014": 1, "-1121": 1}


async def test_nothing_may_be_said_twice() -> None:
    async with running() as rig:
        with_account(rig)
        url, headers = signed_path(rig, "/api/v3/openOrders", symbol="A")
        answer = await rig.rest.get(url + "&symbol=B", headers=headers)
        assert answer.json() == {"code": -1101, "msg": "Duplicate values for a parameter detected."}


async def test_no_body_is_read_without_end() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        headers = {"X-MBX-APIKEY": key(rig).api_key}
        answer = await rig.rest.request("POST", LISTEN, content="x" * 1_000_000, headers=headers)
        assert set(answer.json()) == {"listenKey"}


async def test_a_clock_that_is_off_is_found_out() -> None:
    async with running() as rig:
        with_account(rig)
        rig.sim.fault({"fault": "clock_jump", "seconds": -3})
        answer = await get_signed(rig, "/api/v3/account", timestamp=rig.clock.wall_ms())
        assert answer.json()["code"] == -1021
        server = (await rig.rest.get("/api/v3/time")).json()["serverTime"]
        assert (await get_signed(rig, "/api/v3/account", timestamp=server)).status_code == 200


async def test_a_key_is_told_what_it_may() -> None:
    async with running() as rig:
        safe = (await get_signed(rig, "/sapi/v1/account/apiRestrictions")).json()
        assert safe == restrictions(key(rig))
        assert [name for name, value in safe.items() if value is True] == ["ipRestrict", "enableReading"]
        trader = (await get_signed(rig, "/sapi/v1/account/apiRestrictions", "trader")).json()
        assert trader["enableSpotAndMarginTrading"]
        assert trader["enableWithdrawals"]
        assert not trader["ipRestrict"]


# Listen keys


async def listen_key(rig: Rig, method: str, name: str = "hmac", path: str = LISTEN) -> object:
    """What a call for a listen key is answered."""
    headers = {"X-MBX-APIKEY": key(rig, name).api_key}
    return (await rig.rest.request(method, path, headers=headers)).json()


async def test_a_listen_key_needs_the_key_alone() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        made = await listen_key(rig, "POST")
        assert await listen_key(rig, "POST", "rsa") == made
        assert await listen_key(rig, "PUT") == made
        assert await listen_key(rig, "DELETE") == {}
        gone = {"code": -1125, "msg": "This listenKey does not exist."}
        assert await listen_key(rig, "PUT") == gone
        assert await listen_key(rig, "POST") != made
        assert rig.sim.exchange.users.listen_key_calls == {"POST": 3, "PUT": 2, "DELETE": 1}


async def test_a_listen_key_lasts_an_hour_from_its_last_extension() -> None:
    async with running(markets=(Market.COINM,), symbols=4) as rig:
        path = "/dapi/v1/listenKey"
        made = await listen_key(rig, "POST", path=path)
        rig.advance(3599)
        assert await listen_key(rig, "PUT", path=path) == made
        rig.advance(3600)
        assert await listen_key(rig, "PUT", path=path) == {
            "code": -1125,
            "msg": "This listenKey does not exist.",
        }


async def test_a_key_that_may_not_gets_no_listen_key() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        for name in ("elsewhere", "nothing"):
            answer = await listen_key(rig, "POST", name)
            assert answer == {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}


async def test_only_keeping_alive_may_fail() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        await listen_key(rig, "POST")
        rig.sim.fault({"fault": "rest_status", "status": 503, "path": LISTEN, "method": "PUT", "count": 1})
        headers = {"X-MBX-APIKEY": key(rig).api_key}
        statuses = [
            (await rig.rest.request(method, LISTEN, headers=headers)).status_code
            for method in ("POST", "PUT", "PUT")
        ]
        assert statuses == [200, 503, 200]


async def test_where_spot_still_has_listen_keys_the_key_itself_is_named() -> None:
    path = "/api/v3/userDataStream"
    async with running(switches=Switches(spot_listen_keys=True)) as rig:
        made = await listen_key(rig, "POST", path=path)
        assert isinstance(made, dict)
        assert await listen_key(rig, "PUT", path=f"{path}?listenKey={made['listenKey']}") == made
        assert await listen_key(rig, "PUT", path=f"{path}?listenKey=x") != made


async def test_a_body_is_signed_behind_the_query() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        with_account(rig)
        owner = key(rig)
        query, body = f"timestamp={rig.sim.exchange.now_ms}", "symbol=BTCUSDT"
        path = f"/fapi/v3/balance?{query}&signature={signer(owner)(query + body)}"
        headers = {"X-MBX-APIKEY": owner.api_key, "Content-Type": "application/x-www-form-urlencoded"}
        answer = await rig.rest.request("GET", path, content=body, headers=headers)
        assert answer.json() == {"asked": "balance"}
