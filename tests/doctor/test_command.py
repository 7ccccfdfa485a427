"""`bntui doctor` from end to end, on the embedded exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui import paths
from bntui.clock import SystemClock
from bntui.config import Settings
from bntui.doctor import command
from bntui.doctor.command import Seen, distant
from bntui.doctor.findings import Finding, Outcome, warn
from bntui.doctor.network import Way
from bntui.errors import StateFolderError
from bntui.feed.credentials import Credentials
from bntui.model.access import UserMethod
from bntui.model.markets import Market
from bntui.model.views import BudgetView
from bntui.secret import Secret
from bntui.sim.server import Sim
from bntui.venue.binance.signing import hmac_signer
from bntui.venue.places import Endpoints
from bntui.world import world
from tests.support.command_line import CommandLine, Said, at
from tests.support.programs import exchange, reaching

LOCAL = {"settings", "disk", "terminal", "engine", "budget", "keys", "proxy"}
DISTANT = {"dns", "tcp", "tls", "rest", "clock", "handshake"}


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


def told(said: Said) -> dict[str, dict[str, Any]]:
    """What `--json` printed, by what was looked at; the last of several."""
    return {each["check"]: each for each in orjson.loads(said.out)["checks"]}


def found_by(found: list[Finding], check: str) -> list[Finding]:
    """The findings of one kind."""
    return [finding for finding in found if finding.check == check]


async def test_all_is_well_where_all_is_well(bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui("doctor", *at(sim))
        as_json = await bntui("doctor", "--json", *at(sim))
    assert said.code == as_json.code == 0, said.out
    assert said.out.endswith("\nAll is well.\n")
    assert told(as_json).keys() == LOCAL | DISTANT
    assert orjson.loads(as_json.out)["outcome"] == "ok"


async def test_an_exchange_that_bans_us_is_asked_once_and_for_nothing_else(bntui: CommandLine) -> None:
    async with exchange() as sim:
        sim.fault({"fault": "ban", "for": 600})
        said = await bntui("doctor", "--json", *at(sim))
        assert said.code == 4
        assert told(said)["rest"]["outcome"] == "bad"
        assert told(said)["handshake"] | {"subject": ""} == {
            "check": "handshake",
            "subject": "",
            "outcome": "skipped",
            "said": "the exchange asks to be left alone",
            "fix": "",
            "ms": None,
        }
        assert sim.report()["attempts"] == 0


async def test_a_host_that_is_gone_is_told_and_what_follows_is_left_out(bntui: CommandLine) -> None:
    words = ("--rest-url", "http://127.0.0.1:9", "--stream-url", "ws://127.0.0.1:9")
    said = await bntui("doctor", "--json", *words)
    assert said.code == 4
    found = told(said)
    assert (found["tcp"]["outcome"], found["tcp"]["said"]) == ("bad", "connection refused")
    assert found["rest"]["outcome"] == found["handshake"]["outcome"] == "skipped"


async def test_settings_that_cannot_be_read_keep_it_from_asking_anybody(
    bntui: CommandLine, home: Path
) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text('env = "nosuch"\n')
    said = await bntui("doctor", "--json")
    assert said.code == 3
    found = told(said)
    assert found["settings"]["outcome"] == "bad"
    assert "nosuch" in found["settings"]["said"]
    assert found["exchange"]["outcome"] == "skipped"
    assert not found.keys() & DISTANT


async def test_a_state_folder_of_somebody_else_is_told_and_the_rest_is_looked_at(
    bntui: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(profile: str = "") -> Path:
        raise StateFolderError("The folder belongs to another user.", "Set BNTUI_STATE_DIR.")

    for name in ("state_dir", "asked_state_dir", "attempts_file", "log_file"):
        monkeypatch.setattr(paths, name, lambda *_: refuse())
    async with exchange() as sim:
        said = await bntui("doctor", "--json", *at(sim))
    assert said.code == 3
    found = told(said)
    assert found["disk"]["fix"] == found["engine"]["fix"] == "Set BNTUI_STATE_DIR."
    assert found["handshake"]["outcome"] == "ok"


async def test_a_key_that_is_not_there_is_told(bntui: CommandLine, home: Path) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text('[accounts.main]\nmarkets = ["spot"]\n')
    async with exchange() as sim:
        words = (*at(sim), "--ws-api-url", sim.urls.ws_api)
        said = await bntui("doctor", "--json", *words)
    assert said.code == 3
    assert told(said)["keys"]["fix"] == "`bntui keys add` writes it."


async def test_a_proxy_that_cannot_be_used_is_told(bntui: CommandLine) -> None:
    words = ("--rest-url", "http://exchange.invalid", "--stream-url", "ws://exchange.invalid")
    said = await bntui("doctor", "--json", *words, "--proxy", "http://127.0.0.1:9")
    assert said.code == 4
    found = told(said)
    assert (found["proxy"]["outcome"], found["proxy"]["subject"]) == ("bad", "http://127.0.0.1:9")
    assert "--proxy none" in found["proxy"]["fix"]
    assert (found["rest"]["outcome"], found["rest"]["said"]) == ("skipped", "the way to it is not open")


def seen(sim: Sim, folder: Path, settings: Settings, *accounts: Credentials) -> Seen:
    """What the settings mean, and nothing elsewhere."""
    return Seen(world(settings), accounts, folder / "attempts.json", {})


async def test_a_proxy_with_an_odd_name_keeps_everything_from_going_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://10.0.0.1")
    settings = Settings(
        rest_urls={Market.SPOT: "http://exchange.invalid"}, stream_urls={Market.SPOT: "ws://exchange.invalid"}
    )
    the_world = world(settings)
    found = await distant(settings, Seen(the_world, (), tmp_path / "a.json", {}), SystemClock())
    (proxy,) = found_by(found, "proxy")
    assert (proxy.outcome, proxy.code) == (Outcome.BAD, 3)
    assert {f.outcome for f in found_by(found, "rest") + found_by(found, "handshake")} == {Outcome.SKIPPED}


async def test_a_key_is_shown_to_the_exchange_and_told_what_it_may(tmp_path: Path) -> None:
    async with exchange() as sim:
        settings = reaching(sim)
        stranger = Credentials(
            "main",
            Market.SPOT,
            Secret("nobody-knows-this-key"),
            hmac_signer(Secret("private")),
            UserMethod.SIGNATURE,
        )
        found = await distant(settings, seen(sim, tmp_path, settings, stranger), SystemClock())
        (permissions,) = found_by(found, "permissions")
        assert (permissions.outcome, permissions.code, permissions.subject) == (Outcome.BAD, 3, "main")
        assert "bntui keys add main" in permissions.fix
        assert "nobody-knows-this-key" not in repr(found)

        sim.fault({"fault": "ban", "for": 600})
        found = await distant(settings, seen(sim, tmp_path, settings, stranger), SystemClock())
        (permissions,) = found_by(found, "permissions")
        assert permissions.outcome is Outcome.SKIPPED


async def test_what_the_engine_knows_of_a_ban_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_ms = SystemClock().wall_ms() + 60_000
    banned = BudgetView(3, 100, 300, 0, 0, 1200, 6000, until_ms, "this IP is banned (418)")

    async def asked(*args: object) -> tuple[Finding, BudgetView]:
        return Finding("engine", "", Outcome.BAD, "blind"), banned

    monkeypatch.setattr(command, "check_engine", asked)
    async with exchange() as sim:
        settings = reaching(sim)
        found = await distant(settings, seen(sim, tmp_path, settings), SystemClock())
        assert {f.outcome for f in found_by(found, "rest") + found_by(found, "handshake")} == {
            Outcome.SKIPPED
        }
        assert "this IP is banned (418); it asks to be left alone" in found_by(found, "rest")[0].said
        assert sim.report()["attempts"] == 0


async def test_every_host_is_measured_and_the_nearest_stands_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    milliseconds = {"wss://far.test": 90.0, "https://near.test": 3.0, "https://main.test": 40.0}

    async def measured(url: str, patience: object) -> Finding:
        return Finding("latency", url, Outcome.OK, "at 10.0.0.1", ms=milliseconds.get(url))

    monkeypatch.setattr(command, "latency", measured)
    settings = Settings(
        rest_urls={Market.SPOT: "https://main.test"}, stream_urls={Market.SPOT: "ws://127.0.0.1:9"}
    )
    elsewhere = {Market.SPOT: (Endpoints("https://near.test", "wss://far.test", "https://near.test"),)}
    measured_ones = Seen(world(settings), (), tmp_path / "attempts.json", elsewhere)

    async def open_way(url: str, patience: object) -> Way:
        return Way((), False)

    monkeypatch.setattr(command, "way_to", open_way)
    found = found_by(await distant(settings, measured_ones, SystemClock()), "latency")
    assert [finding.subject for finding in found] == [
        "https://near.test",
        "https://main.test",
        "wss://far.test",
    ]


async def test_a_machine_that_is_cut_off_is_told_so_once_and_not_of_each_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def measured(url: str, patience: object) -> Finding:
        return warn("latency", url, "the name cannot be resolved", "…")

    monkeypatch.setattr(command, "latency", measured)
    gone = "http://exchange.invalid"
    settings = Settings(rest_urls={Market.SPOT: gone}, stream_urls={Market.SPOT: "ws://127.0.0.1:9"})
    elsewhere = {Market.SPOT: (Endpoints("https://one.test", "wss://two.test", gone),)}
    measured_ones = Seen(world(settings), (), tmp_path / "attempts.json", elsewhere)
    (said,) = found_by(await distant(settings, measured_ones, SystemClock()), "latency")
    assert said.said == "none of 2 other hosts can be reached"
    assert "resolv.conf" in said.fix
