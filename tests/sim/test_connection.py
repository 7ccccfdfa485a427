"""What a connection of every kind does alike, where nothing is said on it."""

from __future__ import annotations

import pytest

from bntui.sim.connection import Connection
from tests.sim.accounts import connect_api
from tests.sim.clients import closed
from tests.sim.rig import running


async def test_both_kinds_are_connections_and_share_their_numbers() -> None:
    async with running() as rig, rig.connect(), connect_api(rig):
        members = rig.sim.exchange.members
        assert sorted(members) == [1, 2]
        assert all(isinstance(member, Connection) for member in members.values())
        assert sorted(member.path for member in members.values()) == ["/stream", "/ws-api/v3"]


@pytest.mark.parametrize("fault", ["abort", "end_life"])
async def test_faults_find_both_kinds(fault: str) -> None:
    async with running() as rig, rig.connect() as streams, connect_api(rig) as api:
        rig.sim.fault({"fault": fault})
        assert await closed(streams) == await closed(api)


async def test_a_host_may_be_down_by_its_path() -> None:
    async with running() as rig, rig.connect() as streams, connect_api(rig) as api:
        rig.sim.fault({"fault": "path_down", "path": "/ws-api"})
        assert await closed(api) == (1006, "")
        await (await streams.ping())


async def test_no_connection_has_a_record_before_its_handshake() -> None:
    async with running() as rig, rig.connect():
        fresh = object.__new__(Connection)
        fresh._record = None
        assert fresh.number == 0
        with pytest.raises(RuntimeError, match="handshake"):
            str(fresh.record)
