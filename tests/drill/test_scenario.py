"""Scenarios are read whole, and refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bntui.config import Settings
from bntui.drill.expect import VerdictExpected
from bntui.drill.runner import AT_ONCE, drilled
from bntui.drill.scenario import LONGEST_S, load, names, parse
from bntui.drill.steps import Fault, Order
from bntui.drill.tables import BadScenario
from bntui.errors import UsageError
from bntui.model.markets import Market, SymbolKey
from bntui.sim import listings
from bntui.sim.server import HostUrls

SMALL = """
about = "A stream falls silent."
seconds = 10

[[step]]
at = 2
say = "It falls silent."
fault = "stall_stream"
streams = ["btcusdt@trade"]

[[expect]]
verdict = "blind"
within = 9

[lost]
trades = "nothing"
"""

NOW_MS = 1_767_225_600_000
"""2026-01-01."""

ITEM_7 = {
    "silent-stall",
    "stalled-stream",
    "half-open",
    "abrupt-close",
    "accept-then-close",
    "out-of-order",
    "zombie-reconnect",
    "delayed-ack",
    "missing-ack",
    "dropped-trades",
    "rotation-under-load",
    "shutdown-warned",
    "shutdown-unwarned",
    "too-many-requests",
    "handshake-429",
    "ban",
    "clock-jump",
    "rest-down",
    "slow-consumer",
    "stopped-terminal",
    "hung-engine",
    "wrong-path",
    "unrouted-socket",
    "late-first-ping",
    "market-path-down",
}
"""Drills that there must be; more are welcome."""


def changed(old: str, new: str) -> str:
    """The small scenario with one part of it replaced."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_a_scenario_is_what_its_file_says() -> None:
    scenario = parse("small", SMALL)
    assert (scenario.name, scenario.about, scenario.seconds) == ("small", "A stream falls silent.", 10.0)
    (step,) = scenario.steps
    assert (step.at, step.say) == (2.0, "It falls silent.")
    assert step.act == Fault({"fault": "stall_stream", "streams": ["btcusdt@trade"]})
    (expected,) = scenario.expected
    assert isinstance(expected, VerdictExpected)


def test_what_is_not_said_is_ordinary() -> None:
    scenario = parse("small", SMALL)
    assert (scenario.cold, scenario.tail, scenario.limits) == (False, ("trade",), {})
    assert scenario.watch == (SymbolKey(Market.SPOT, "BTCUSDT"), SymbolKey(Market.SPOT, "ETHUSDT"))
    assert [scenario.needs_process, scenario.needs_clock, scenario.expects_breaches] == [False] * 3


def test_market_limits_and_start_can_be_chosen() -> None:
    scenario = parse(
        "small",
        changed(
            "seconds = 10",
            'seconds = 10\nstarts = "cold"\ntail = ["trade", "quote"]\n'
            '[market]\nsymbols = 3\nrate = 50\nseed = 7\nwatch = ["SOLUSDT"]\n[limits]\nown_first_data_s = 3',
        ),
    )
    assert scenario.cold
    assert scenario.tail == ("trade", "quote")
    assert (scenario.symbols, scenario.rate, scenario.seed) == (("BTCUSDT", "ETHUSDT", "SOLUSDT"), 50.0, 7)
    assert scenario.watch == (SymbolKey(Market.SPOT, "SOLUSDT"),)
    assert scenario.limits == {"own_first_data_s": 3.0}


@pytest.mark.parametrize(
    ("market", "first"),
    [(Market.SPOT, "BTCUSDT"), (Market.USDM, "BTCUSDT"), (Market.COINM, "BTCUSD_PERP")],
)
def test_a_drill_is_about_one_market_and_its_symbols_that_never_expire(market: Market, first: str) -> None:
    scenario = parse(
        "small", changed("seconds = 10", f'seconds = 10\n[market]\nname = "{market}"\nsymbols = 12')
    )
    assert scenario.market is market
    assert scenario.watch[0] == SymbolKey(market, first)
    assert len(scenario.symbols) == 12
    assert not [symbol for symbol in scenario.symbols if re.search(r"_[0-9]", symbol)]
    listed = listings.names(market, scenario.listed(NOW_MS), NOW_MS)
    assert {*scenario.symbols} <= {*listed}


def test_the_limits_of_a_drill_are_those_of_its_market() -> None:
    text = changed("seconds = 10", 'seconds = 10\n[market]\nname = "usdm"\n[limits]\nown_stream_cap = 7')
    assert parse("small", text).limits == {"own_stream_cap": 7.0}
    usdm = drilled(Settings(), parse("small", text), HostUrls("http://r", "ws://s", "ws://a"))
    assert (usdm.market, usdm.rest_urls, usdm.stream_urls) == (
        Market.USDM,
        {Market.USDM: "http://r"},
        {Market.USDM: "ws://s"},
    )


@pytest.mark.parametrize("kind", ["book", "candle"])
def test_what_no_row_shows_flows_where_symbols_are_named(kind: str) -> None:
    scenario = parse("small", changed("seconds = 10", f'seconds = 10\ntail = ["trade", "{kind}"]'))
    assert scenario.tailed == scenario.watch
    assert parse("small", SMALL).tailed == ()


def test_orders_say_what_they_need() -> None:
    stopped = parse(
        "small", changed('fault = "stall_stream"\nstreams = ["btcusdt@trade"]', 'do = "stop_engine"')
    )
    assert stopped.needs_process
    assert isinstance(stopped.steps[0].act, Order)
    jumped = changed('fault = "stall_stream"\nstreams = ["btcusdt@trade"]', 'do = "jump_clock"\nseconds = 5')
    assert parse("small", jumped).needs_clock


def test_a_scenario_may_count_breaches_and_wrong_paths_itself() -> None:
    breaches = parse("small", changed('verdict = "blind"\nwithin = 9', 'exchange = "breaches"\ncount = 1'))
    assert (breaches.expects_breaches, breaches.expects_astray) == (True, False)
    astray = parse("small", changed('verdict = "blind"\nwithin = 9', 'exchange = "astray"\ncount = 1'))
    assert (astray.expects_breaches, astray.expects_astray) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("seconds = 10", "seconds = 10\nsymbols = 2", "nothing is called 'symbols' here"),
        ('about = "A stream falls silent."', "", "about must be a text"),
        ("seconds = 10", "seconds = 0", "seconds must be a number from 1 on"),
        ("seconds = 10", f"seconds = {LONGEST_S + 1}", "seconds must be at most 600"),
        ("at = 2", "at = 11", "a step comes after the end"),
        ("at = 2", "at = -1", "step 1: at must be a number from 0 on"),
        ('say = "It falls silent."', "", "step 1: say must be a text"),
        ('"stall_stream"', '"stal_stream"', "step 1: .*stal_stream"),
        ("streams =", "stream =", "step 1: .*stream"),
        ('fault = "stall_stream"\nstreams = ["btcusdt@trade"]', "", "step 1: neither fault nor do"),
        (
            'fault = "stall_stream"\nstreams = ["btcusdt@trade"]',
            'do = "stop_engin"',
            "step 1: do cannot be 'stop_engin'; did you mean stop_engine",
        ),
        (
            'fault = "stall_stream"\nstreams = ["btcusdt@trade"]',
            'do = "stop_engine"\nsoon = true',
            "step 1: nothing is called 'soon' here",
        ),
        ('verdict = "blind"', 'veredict = "blind"', "expectation 1: it needs one of verdict, stream"),
        (
            "within = 9",
            "within = 9\nwordz = 1",
            "expectation 1: nothing is called 'wordz'.*did you mean words",
        ),
        ('[[expect]]\nverdict = "blind"\nwithin = 9', "", "nothing is expected"),
        ('trades = "nothing"', "", "lost: trades is missing"),
        ('trades = "nothing"', 'trades = "nothing"\nquotes = 1', "lost: nothing is called 'quotes'"),
        ("[lost]", "[market]\nrate = 0\n[lost]", "market: rate must be a number from 1 on"),
        ("[lost]", '[market]\nwatch = "SOLUSDT"\n[lost]', "market: watch names SOLUSDT, .* the 2 symbols"),
        ("[lost]", '[market]\nname = "coin"\n[lost]', "market: name cannot be 'coin'; did you mean coinm"),
        ("[lost]", "[market]\nsymbols = 5000\n[lost]", "market: symbols must be at most 1000"),
        ("[lost]", "[limits]\nown_first_data = 3\n[lost]", "limits: no limit is called own_first_data"),
        ("[lost]", "[limits]\nown_first_data_s = -3\n[lost]", "limits: own_first_data_s cannot be -3"),
        ("[lost]", "[lost", "it is no TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, complaint: str) -> None:
    with pytest.raises(BadScenario, match=complaint):
        parse("small", changed(old, new))


def test_the_engine_s_process_and_its_clock_do_not_go_together() -> None:
    more = '[[step]]\nat = 1\nsay = "a"\ndo = "stop_engine"\n[[step]]\nat = 1\nsay = "b"\ndo = "jump_clock"\n'
    with pytest.raises(BadScenario, match="process and to its clock"):
        parse("small", changed("[[expect]]", f"{more}seconds = 5\n[[expect]]"))


@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_can_be_played(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert scenario.about.endswith(".")
    assert all(step.say.endswith(".") for step in scenario.steps)


def test_no_drill_is_missing() -> None:
    assert set(names()) >= ITEM_7


def test_all_of_them_together_fit_into_three_minutes() -> None:
    starts_s, three_minutes_s = 8.0, 180.0
    assert sum(load(name).seconds + starts_s for name in names()) / AT_ONCE < three_minutes_s * 0.9


def test_a_drill_that_there_is_not_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="There is no drill half-opne; did you mean half-open"):
        load("half-opne")


def test_a_user_s_own_file_is_a_drill_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SMALL, encoding="utf-8")
    assert load(str(file)).name == "mine"
    file.write_text(changed("seconds = 10", "seconds = 0"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.toml cannot be played: seconds must be"):
        load(str(file))
    with pytest.raises(UsageError, match=r"nosuch\.toml cannot be read: No such file"):
        load(str(tmp_path / "nosuch.toml"))
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="it is no text"):
        load(str(file))
