"""What the embedded exchange says of itself, and how it is told to misbehave."""

from __future__ import annotations

import pytest

from bntui.sim.faults import FAULTS
from bntui.sim.switches import Switches
from tests.sim.rig import running


async def test_the_report_tells_of_connections_and_requests() -> None:
    async with running() as rig, rig.connect("/ws/btcusdt@trade"):
        await rig.rest.get("/api/v3/time")
        await rig.rest.get("/api/v3/nosuch")
        rig.advance(2, steps=10)
        shown = (await rig.rest.get("/_sim/report")).json()
        assert shown["connections"]["open"][0]["path"] == "/ws/btcusdt@trade"
        assert shown["connections"]["open"][0]["streams"] == 1
        assert shown["requests"] == {"/api/v3/time": 1, "unknown path": 1}
        assert shown["answers"] == {"200": 1, "404": 1}
        assert shown["breaches"]["total"] == 0
        assert shown["addresses"]["127.0.0.1"] == {
            "attempts_in_window": 1,
            "used_weight": 1,
            "banned_until": None,
        }


async def test_faults_are_switched_on_over_http_and_shown_in_the_report() -> None:
    async with running() as rig:
        answer = await rig.rest.post("/_sim/fault", json={"fault": "no_ack", "for": 30})
        begun = {"time": rig.clock.wall_ms(), "fault": "no_ack", "for": 30}
        faults = {"running": [{"fault": "no_ack", "for": 30, "ends_in": 30.0}], "begun": [begun]}
        assert (answer.status_code, answer.json()) == (200, {"faults": faults})
        rig.advance(12)
        faults["running"][0]["ends_in"] = 18.0
        assert (await rig.rest.get("/_sim/report")).json()["faults"] == faults
        await rig.rest.post("/_sim/fault", json={"fault": "clear"})
        assert (await rig.rest.get("/_sim/report")).json()["faults"]["running"] == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "Expecting value"),
        (b"[]", "a fault is a JSON object"),
        (b"{", "Expecting property name"),
        (b"\xff", "invalid start byte"),
        (b"[" * 100_000, "recursion"),
        (b"{}", "fault is missing; one of stall_all, stall_stream, "),
        (b'{"fault":5}', "there is no fault 5; there are stall_all, "),
        (b'{"fault":"nosuch"}', "there is no fault nosuch; there are stall_all, stall_stream, "),
        (b'{"fault":"delay_ack"}', "seconds is missing"),
        (b'{"fault":"delay_ack","seconds":1e999}', "seconds must be a number from 0.001 to 3600"),
        (b'{"fault":"\\ud800"}', "there is no fault ?"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(content: bytes, complaint: str) -> None:
    async with running() as rig:
        answer = await rig.rest.post("/_sim/fault", content=content)
        assert answer.status_code == 400
        assert complaint in answer.json()["error"]
        assert rig.sim.exchange.faults.report(0.0) == {"running": [], "begun": []}


async def test_the_faults_are_listed_with_their_words() -> None:
    async with running() as rig:
        shown = (await rig.rest.get("/_sim/faults")).json()
        assert list(shown) == [str(fault) for fault in FAULTS]
        assert shown["drop_diff"]["words"]["streams"] == "a list of names of depth streams; needed"


async def test_the_switches_are_listed_with_what_they_are_set_to() -> None:
    async with running(switches=Switches(patience=3)) as rig:
        shown = (await rig.rest.get("/_sim/switches")).json()
        assert (shown["patience"]["default"], shown["patience"]["value"]) == (10, 3)
        assert (await rig.rest.get("/_sim/report")).json()["switches"]["patience"] == 3


async def test_a_synthetic_market_cannot_be_rewound() -> None:
    async with running() as rig:
        answer = await rig.rest.post("/_sim/rewind")
        assert (answer.status_code, answer.json()) == (409, {"error": "no recording is played"})


@pytest.mark.parametrize("path", ["report", "faults", "switches"])
async def test_what_it_says_is_not_part_of_the_market(path: str) -> None:
    async with running() as rig:
        answer = await rig.rest.get(f"/_sim/{path}")
        assert "X-MBX-USED-WEIGHT" not in answer.headers
        assert rig.sim.exchange.ledger.requests == {}


async def test_an_account_is_told_over_http_how_often_to_trade() -> None:
    async with running() as rig:
        answer = await rig.rest.post("/_sim/account", json={"account": "main", "fills_per_s": 5})
        assert answer.status_code == 200
        assert answer.json()["fills_per_s"] == 5.0
        for content, complaint in ((b"[]", "a JSON object"), (b'{"account":"x"}', "there are main, other")):
            refused = await rig.rest.post("/_sim/account", content=content)
            assert refused.status_code == 400
            assert complaint in refused.json()["error"]


async def test_what_the_accounts_have_traded_is_told_since_a_time() -> None:
    async with running() as rig:
        told = await rig.rest.get("/_sim/fills?since=5")
        assert (told.status_code, told.json()) == (200, {"fills": [], "forgotten": 0})
        assert (await rig.rest.get("/_sim/fills?since=soon")).status_code == 400
