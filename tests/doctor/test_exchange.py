"""Each thing that the exchange can say has its line; the embedded exchange says them on order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bntui.clock import SystemClock
from bntui.doctor.exchange import Answer, ask_rest, fix_for, shake_hands
from bntui.doctor.findings import Finding, Outcome
from bntui.doctor.network import Patience, place_of
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.sim.server import Sim
from bntui.venue.places import Endpoints
from tests.support.feed import VENUE
from tests.support.programs import exchange

PATIENT = Patience(10.0, SystemClock())
HASTY = Patience(0.3, SystemClock())


@pytest.fixture
async def sim() -> AsyncIterator[Sim]:
    async with exchange() as sim:
        yield sim


@pytest.fixture
def attempts(tmp_path: Path) -> AttemptsFile:
    return AttemptsFile(tmp_path / "attempts.json", AttemptLimit(2, 300_000), SystemClock())


def of(sim: Sim) -> Endpoints:
    """Where it is reached."""
    return Endpoints(sim.urls.rest, sim.urls.streams, sim.urls.ws_api)


async def rest(sim: Sim, patience: Patience = PATIENT) -> Answer:
    """What REST says."""
    return await ask_rest(VENUE, of(sim), patience)


def by_check(answer: Answer) -> dict[str, Finding]:
    """The findings by what was looked at."""
    return {finding.check: finding for finding in answer.findings}


async def test_an_exchange_that_answers_is_good_and_costs_two_of_its_weight(
    sim: Sim, attempts: AttemptsFile
) -> None:
    answer = await rest(sim)
    assert {finding.outcome for finding in answer.findings} == {Outcome.OK}
    assert (answer.good, answer.left_alone) == (True, False)
    assert by_check(answer)["rest"].subject == place_of(sim.urls.rest)
    found = await shake_hands(VENUE, of(sim), attempts, PATIENT)
    assert (found.check, found.outcome) == ("handshake", Outcome.OK)
    report = sim.report()
    assert report["attempts"] == attempts.count() == 1
    breaches = report["breaches"]
    assert isinstance(breaches, dict)
    assert breaches["total"] == 0
    async with httpx.AsyncClient(trust_env=False) as client:
        one_more = await client.get(f"{sim.urls.rest}/api/v3/time")
    used = int(one_more.headers["X-MBX-USED-WEIGHT-1M"])
    assert used <= 3, "two of ours, this one, and no more; fewer where a minute has just begun"


@pytest.mark.parametrize(
    ("status", "said", "fix"),
    [
        (403, "The exchange's firewall refused the request", "use another IP"),
        (418, "The exchange has banned this IP", "each attempt makes the ban longer"),
        (429, "The exchange wants fewer requests", "Another program on this IP asks too much"),
        (451, "does not serve this location", "Run it in a country that Binance serves"),
        (503, "The exchange has trouble of its own", "Nothing on this machine needs a change"),
    ],
)
async def test_each_refusal_of_rest_has_its_line(sim: Sim, status: int, said: str, fix: str) -> None:
    sim.fault({"fault": "rest_status", "status": status})
    answer = await rest(sim)
    found = by_check(answer)["rest"]
    assert (found.outcome, found.code) == (Outcome.BAD, 4)
    assert said in found.said
    assert fix in found.fix
    assert by_check(answer)["clock"].outcome is Outcome.SKIPPED
    assert answer.left_alone is (status in (418, 429))


@pytest.mark.parametrize(
    ("status", "said", "fix"),
    [
        (403, "firewall (403)", "use another IP"),
        (418, "this IP is banned (418)", "each attempt makes the ban longer"),
        (429, "too many connection attempts", "Another program on this IP"),
        (451, "not served at this location (451)", "--rest-url https://data-api.binance.vision"),
        (404, "no such path", "Check --env"),
        (503, "HTTP 503", "trouble of its own"),
    ],
)
async def test_each_refusal_of_a_handshake_has_its_line(
    sim: Sim, attempts: AttemptsFile, status: int, said: str, fix: str
) -> None:
    sim.fault({"fault": "handshake_status", "status": status})
    found = await shake_hands(VENUE, of(sim), attempts, PATIENT)
    assert (found.outcome, found.code) == (Outcome.BAD, 4)
    assert said in found.said
    assert fix in found.fix


async def test_a_ban_says_when_it_ends(sim: Sim) -> None:
    sim.fault({"fault": "ban", "for": 600})
    answer = await rest(sim)
    assert "The ban ends at" in by_check(answer)["rest"].said
    assert answer.left_alone


@pytest.mark.parametrize(
    ("seconds", "outcome", "said"),
    [(0.6, Outcome.WARN, "behind"), (-0.6, Outcome.WARN, "ahead of"), (-30, Outcome.BAD, "ahead of")],
)
async def test_a_clock_that_is_off_is_told(sim: Sim, seconds: float, outcome: Outcome, said: str) -> None:
    sim.fault({"fault": "clock_jump", "seconds": seconds})
    found = by_check(await rest(sim))["clock"]
    assert found.outcome is outcome
    assert said in found.said
    assert "timedatectl set-ntp true" in found.fix


async def test_a_handshake_that_hangs_is_told_in_time(sim: Sim, attempts: AttemptsFile) -> None:
    sim.fault({"fault": "hang_handshake"})
    found = await shake_hands(VENUE, of(sim), attempts, HASTY)
    assert found.said == "no answer within 0.3 s"
    assert "a firewall or proxy in between" in found.fix


async def test_a_connection_that_falls_silent_once_open_is_told(sim: Sim, attempts: AttemptsFile) -> None:
    sim.fault({"fault": "silence"})
    limits = VENUE.limits.override({"own_close_timeout_s": 0.1})
    found = await shake_hands(replace(VENUE, limits=limits), of(sim), attempts, HASTY)
    assert (found.outcome, found.said) == (Outcome.WARN, "it opens, and then nothing comes back")


async def test_rest_that_is_slow_or_cut_is_told_in_time(sim: Sim) -> None:
    sim.fault({"fault": "rest_slow", "seconds": 30})
    found = by_check(await rest(sim, HASTY))["rest"]
    assert "no answer in time" in found.said
    sim.fault({"fault": "clear"})
    sim.fault({"fault": "rest_down"})
    assert "broke off" in by_check(await rest(sim))["rest"].said


async def test_something_that_is_no_exchange_is_told(sim: Sim) -> None:
    sim.fault({"fault": "rest_garbage", "body": "<html>Please log in</html>"})
    found = by_check(await rest(sim))["rest"]
    assert "what came is no answer" in found.said
    assert "login page" in found.fix


async def test_no_attempt_is_made_beyond_our_share(sim: Sim, attempts: AttemptsFile) -> None:
    attempts.take()
    attempts.take()
    found = await shake_hands(VENUE, of(sim), attempts, PATIENT)
    assert found.outcome is Outcome.WARN
    assert "share of the IP's connection attempts is used up" in found.said
    assert sim.report()["attempts"] == 0


def test_every_status_has_something_to_do() -> None:
    assert "login page" in fix_for(302)
    assert all(fix_for(status) for status in (0, 302, 400, 403, 404, 418, 429, 451, 500))
