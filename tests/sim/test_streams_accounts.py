"""Listen keys at the websockets: where they bring events, in which envelope, and where they are silent."""

from __future__ import annotations

import json

import pytest

from bntui.model.markets import Market
from bntui.sim.switches import Switches
from tests.sim.accounts import key, said, with_account
from tests.sim.clients import everybody_left, settled
from tests.sim.rig import Rig, ask, running

ORDER, ACCOUNT = "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"


def listen_key(rig: Rig, name: str = "hmac") -> str:
    """An account's listen key."""
    return rig.sim.exchange.users.listen_key(key(rig, name)).text


@pytest.mark.parametrize(
    "path", ["/private/ws?listenKey={}&events=" + ORDER, "/private/ws/{}", "/private/ws?listenKey={}"]
)
async def test_events_come_bare_in_every_form_of_the_address(path: str) -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        account = with_account(rig)
        async with rig.connect(path.format(listen_key(rig))) as ws:
            account.happen(ORDER)
            rig.advance(0.02)
            assert await said(ws) == {"e": ORDER}


async def test_only_the_events_that_are_named_come() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        account = with_account(rig)
        path = f"/private/ws?listenKey={listen_key(rig)}&events={ORDER}/listenKeyExpired"
        async with rig.connect(path) as ws:
            for event in (ACCOUNT, ORDER):
                account.happen(event)
            rig.advance(0.02)
            assert await said(ws) == {"e": ORDER}
            rig.sim.fault({"fault": "expire_listen_keys"})
            rig.advance(0.02)
            assert (await said(ws))["e"] == "listenKeyExpired"


async def test_an_address_may_name_several_keys_each_with_its_events() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        one, two = listen_key(rig), listen_key(rig, "other")
        main, other = with_account(rig), with_account(rig, name="other")
        path = f"/private/stream?listenKey={one}&events={ORDER}&listenKey={two}&events={ACCOUNT}"
        async with rig.connect(path) as ws:
            for account in (main, other):
                for event in (ORDER, ACCOUNT):
                    account.happen(event)
            rig.advance(0.02)
            assert [await said(ws), await said(ws)] == [
                {"stream": one, "data": {"e": ORDER}},
                {"stream": two, "data": {"e": ACCOUNT}},
            ]


@pytest.mark.parametrize("path", ["/ws/{}", "/public/ws/{}", "/market/ws?listenKey={}", "/ws?listenKey={}"])
async def test_on_another_path_there_is_silence(path: str) -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        account = with_account(rig)
        async with rig.connect(path.format(listen_key(rig))):
            assert account.sinks == []


async def test_a_key_may_be_subscribed_to_and_left() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        account, text = with_account(rig), listen_key(rig)
        async with rig.connect("/private/ws") as ws:
            assert await ask(ws, "SUBSCRIBE", [text]) == {"result": None, "id": 1}
            assert len(account.sinks) == 1
            await ask(ws, "UNSUBSCRIBE", [text])
            assert account.sinks == []


async def test_coin_margined_futures_have_no_paths() -> None:
    async with running(markets=(Market.COINM,), symbols=4) as rig:
        account = with_account(rig)
        async with rig.connect(f"/ws/{listen_key(rig)}") as ws:
            account.happen(ORDER)
            rig.advance(0.02)
            assert await said(ws) == {"e": ORDER}


async def test_spot_has_none_but_where_it_is_asked_for() -> None:
    for switch in (False, True):
        async with running(switches=Switches(spot_listen_keys=switch)) as rig:
            account = with_account(rig)
            async with rig.connect(f"/ws/{listen_key(rig)}"):
                assert bool(account.sinks) is switch


@pytest.mark.parametrize(
    ("switches", "path"),
    [
        (Switches(no_events_means_all=False), "/private/ws?listenKey={}"),
        (Switches(listen_keys_in_path=False), "/private/ws/{}"),
    ],
)
async def test_where_reports_differ_it_can_be_silent(switches: Switches, path: str) -> None:
    async with running(markets=(Market.USDM,), symbols=4, switches=switches) as rig:
        account = with_account(rig)
        async with rig.connect(path.format(listen_key(rig))) as ws:
            account.happen(ORDER)
            rig.advance(0.02)
            await settled(ws)
            assert rig.sim.exchange.ledger.open[1].frames_sent == 0


async def test_an_expired_key_leaves_the_socket_open_and_silent_until_another_is_used() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        account = with_account(rig)
        async with rig.connect(f"/private/ws?listenKey={listen_key(rig)}") as ws:
            rig.advance(3600)
            assert (await said(ws))["e"] == "listenKeyExpired"
            account.happen(ORDER)
            rig.advance(0.02)
            assert (await ask(ws, "SUBSCRIBE", [listen_key(rig)]))["result"] is None
            account.happen(ACCOUNT)
            rig.advance(0.02)
            assert await said(ws) == {"e": ACCOUNT}
        await everybody_left(rig)
        assert account.sinks == []


async def test_the_report_shows_no_listen_key() -> None:
    async with running(markets=(Market.USDM,), symbols=4) as rig:
        with_account(rig)
        text = listen_key(rig)
        async with rig.connect(f"/private/ws?listenKey={text}&events={ORDER}"):
            report = json.dumps(rig.sim.report())
            assert text not in report
            assert f"/private/ws?listenKey=****&events={ORDER}" in report
