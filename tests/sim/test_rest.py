"""The routes of a host: other paths are not found, what was retired is gone, the back door is behind them."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market
from tests.sim.rig import running

API = "/api/v3/"


async def test_other_paths_are_not_found_and_cost_nothing() -> None:
    async with running() as rig:
        response = await rig.rest.get(API + "nosuch")
        assert response.status_code == 404
        assert "X-MBX-USED-WEIGHT" not in response.headers
        assert (await rig.rest.post(API + "time")).status_code == 405


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_listen_keys_are_gone(method: str) -> None:
    async with running() as rig:
        answer = await rig.rest.request(method, API + "userDataStream")
        assert (answer.status_code, answer.content) == (410, b"")
        assert rig.sim.exchange.ledger.answers == {"410": 1}


@pytest.mark.parametrize(
    ("market", "path"), [(Market.USDM, "/fapi/v1/time"), (Market.COINM, "/dapi/v1/time")]
)
async def test_every_host_has_its_own_paths_and_the_back_door(market: Market, path: str) -> None:
    async with running(markets=(market,), symbols=4) as rig:
        assert (await rig.rest.get(path)).json() == {"serverTime": rig.clock.wall_ms()}
        assert (await rig.rest.get("/api/v3/time")).status_code == 404
        assert (await rig.rest.get("/_sim/report")).json()["requests"] == {path: 1, "unknown path": 1}
