from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.model.alerts import AlertView
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.format import width_of
from bntui.ui.letters import BLOCK
from bntui.ui.panels.night import AIRY, ROOMY, TALL, Situation, page
from tests.support import accounts, market

BLIND = VerdictView(Grade.BLIND, "BLIND on 3 of 214 streams: ETHUSDT book", market.NOW - 252)
HOUR_S = 3_600

CALM = Situation(
    VerdictView(Grade.LIVE, "LIVE 1131/1131 streams", market.NOW - 100),
    100.0,
    False,
    market.WALL_MS,
    [],
    [],
    [],
)


def alert(number: int, began_s_ago: float, **changes: Any) -> AlertView:
    began_ms = market.WALL_MS - round(began_s_ago * 1000)
    return replace(
        AlertView(number, "btc", "price_above", "BTCUSDT", f"above {number}", began_ms, told_ms=began_ms),
        **changes,
    )


def text(situation: Situation, width: int = 120, height: int = 37) -> str:
    return "\n".join("".join(part for part, _ in line) for line in page(situation, width, height))


def part(situation: Situation, title: str) -> list[str]:
    """The lines below a title."""
    lines = [line.strip() for line in text(situation).splitlines()]
    below = lines[lines.index(title) + 1 :]
    return below[: below.index("")] if "" in below else below


@pytest.mark.parametrize("height", [1, 5, 9, 12, 13, ROOMY - 1, ROOMY, 22, AIRY - 1, AIRY, TALL, 58])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_page_is_as_large_as_its_place(width: int, height: int) -> None:
    full = replace(
        CALM,
        verdict=BLIND,
        outages=market.eventful().outages,
        alerts=[alert(n, 60) for n in range(20)],
        fills=[one.fill for one in accounts.fills()],
        keys=[("a", "say that you know"), ("3", "what was lost"), ("2", "whose fault it is")],
    )
    for situation in (CALM, full):
        lines = page(situation, width, height)
        assert len(lines) <= height
        assert height < 12 or len(lines) == height
        assert all(width_of("".join(said for said, _ in line)) <= width for line in lines)


def test_nothing_moves_when_something_gets_longer() -> None:
    longer = replace(
        CALM,
        verdict=replace(BLIND, sentence=f"BLIND {'on very many streams ' * 5}"),
        alerts=[alert(n, 60) for n in range(9)],
    )
    for height in (13, 21, 37):
        titles = [
            [at for at, line in enumerate(text(each, 80, height).splitlines()) if line.strip() == "LAST HOUR"]
            for each in (CALM, longer)
        ]
        assert titles[0] == titles[1] != []


def test_the_verdict_stands_in_large_letters_with_how_long_it_has_been_so() -> None:
    lines = [line for line in text(CALM, 80, 21).splitlines() if BLOCK in line]
    assert len(lines) == 5
    assert lines[0].split()[:1] == ["█"]
    assert "since 2026-01-01 03:02:25 UTC\n" in text(CALM)


def test_how_long_it_has_been_so_is_told_once() -> None:
    said = "on 3 of 214 streams for 4m19s: ETHUSDT book, silent for 4m19s"
    now = replace(CALM, verdict=replace(BLIND, sentence=f"BLIND {said}"), held_s=252.0)
    assert "  on 3 of 214 streams: ETHUSDT book, silent for 4m19s\n" in text(now)
    # Ten large letters have no room for the span in so narrow a terminal: it is told below them.
    narrow = replace(now, verdict=VerdictView(Grade.DEGRADED, "DEGRADED: REST is down", 0.0))
    assert ", for 4m12s" in text(narrow, 60, 21)
    assert "4m12s" not in text(narrow, 80, 21)


def test_what_lasts_is_not_timed_beside_the_verdict() -> None:
    ongoing = market.eventful().outages[-1:]
    lines = part(replace(CALM, outages=ongoing), "LAST HOUR")
    assert lines[0] == "incidents  1 loss"
    assert lines[3].endswith("connection 1 (spot) lost, not back yet")


def test_a_verdict_without_letters_of_its_size_is_written_small() -> None:
    refused = replace(CALM, verdict=VerdictView(Grade.BLIND, "REFUSED BY THE ENGINE: another version", 0.0))
    said = text(refused, 80, 21)
    assert BLOCK not in said
    assert "✖ REFUSED BY THE ENGINE" in said
    assert "another version" in said


def test_all_is_well() -> None:
    assert part(CALM, "NOW") == ["No incident is open, and no alert lasts."]
    assert part(CALM, "LAST HOUR") == ["incidents  none", "fills      none", "alerts     none"]


def test_what_is_wrong_now_are_alerts_that_last_and_incidents_that_are_not_over() -> None:
    known = alert(3, 60, acknowledged_ms=market.WALL_MS)
    over = alert(4, 60, ended_ms=market.WALL_MS)
    now = replace(CALM, alerts=[known, alert(2, 60), over], outages=market.eventful().outages)
    lines = part(now, "NOW")
    assert lines[0].startswith("alert: btc")
    assert "above 2" in lines[0]
    assert lines[1].startswith("Connection 1 (spot) was lost on 2026-01-01 at 02:59:53 UTC")
    assert lines[-1].startswith("known: btc"), "what he knows comes last"
    assert not any("above 4" in line for line in lines)


def test_a_sentence_that_stands_out_does_so_in_all_of_its_lines() -> None:
    shown = page(replace(CALM, verdict=BLIND, outages=market.eventful().outages), 60, 37)
    strong = " ".join(said.strip() for line in shown for said, style in line if style == "strong")
    assert "UTC; not all of its data flows again yet." in strong
    assert "bntui goes on trying" not in strong


def test_an_alert_of_the_verdict_does_not_repeat_it() -> None:
    of_verdict = alert(5, 60, rule="blind", kind="blind", subject="", text=f"{BLIND.sentence} for 10s")
    now = replace(CALM, verdict=BLIND, alerts=[of_verdict])
    assert part(now, "NOW") == ["alert: blind"]
    assert part(now, "LAST HOUR")[-1] == "03:03:05 UTC  alert blind"


def test_the_last_hour_has_what_began_or_ended_in_it_and_nothing_older() -> None:
    minute_ms = 60_000
    old = market.outage(1, began_ms=market.WALL_MS - 70 * minute_ms, ended_ms=market.WALL_MS - 65 * minute_ms)
    back = market.outage(
        2, began_ms=market.WALL_MS - 70 * minute_ms, ended_ms=market.WALL_MS - 50 * minute_ms
    )
    now = replace(CALM, outages=[back, old], alerts=[alert(7, HOUR_S + 1), alert(8, HOUR_S - 1)])
    lines = part(now, "LAST HOUR")
    assert lines[0].startswith("incidents  1 loss")
    assert lines[2] == "alerts     1, 1 not acknowledged"
    assert [line.split()[0] for line in lines[3:]] == ["02:04:06", "01:54:05"]
    assert lines[4].endswith("back after 20m00s")


def test_fills_are_counted_by_symbol_and_recovered_ones_named() -> None:
    now = replace(CALM, fills=[one.fill for one in accounts.fills()])
    assert part(now, "LAST HOUR")[1] == (
        "fills      26: BTCUSDT 16, BTCUSDT.usdm 6, ETHUSDT 4; 2 recovered that no stream told"
    )


def test_a_fill_that_was_recovered_just_now_belongs_to_the_hour_though_it_is_older() -> None:
    late = accounts.fill(1, time_ms=market.WALL_MS - 2 * HOUR_S * 1000, received_ms=market.WALL_MS)
    old = accounts.fill(2, time_ms=late.time_ms, received_ms=late.time_ms)
    assert part(replace(CALM, fills=[late, old]), "LAST HOUR")[1] == "fills      1: BTCUSDT 1"


def test_what_was_known_before_the_engine_fell_silent_is_faint_and_says_its_age() -> None:
    silent = VerdictView(Grade.BLIND, "ENGINE SILENT 1m07s", 0.0)
    now = replace(CALM, verdict=silent, held_s=67.0, is_dark=True, outages=market.eventful().outages)
    lines = page(now, 120, 37)
    assert "NOW, as known 1m07s ago" in text(now)
    at = next(at for at, line in enumerate(lines) if line and line[-1][0].startswith("NOW"))
    assert {style for line in lines[at + 1 : at + 3] for _, style in line[1:]} == {"faint"}


def test_what_does_not_fit_is_counted() -> None:
    now = replace(CALM, alerts=[alert(n, 60) for n in range(30)])
    assert "more lines" in part(now, "NOW")[-1]


def test_only_whole_keys_are_told() -> None:
    keys = [("a", "say that you know"), ("3", "what was lost"), ("2", "whose fault it is")]
    told = text(replace(CALM, keys=keys), 60, 13).splitlines()[-1]
    assert "what was lost" in told
    assert "whose" not in told


def test_text_of_the_exchange_is_harmless() -> None:
    bad = market.outage(1, cause="\x1b[2Jboom", ended_ms=None, blind_s=None, began_ms=market.WALL_MS)
    hostile = replace(
        CALM,
        outages=[bad],
        alerts=[alert(1, 60, text="\x1b]52;c;eA==\x07")],
        verdict=replace(BLIND, sentence="BLIND \x1b[31m"),
    )
    assert all(line.isprintable() for line in text(hostile).splitlines())
