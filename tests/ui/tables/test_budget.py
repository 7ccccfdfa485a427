from __future__ import annotations

from dataclasses import replace

from bntui.model.judged import HealthView, empty_health
from bntui.model.views import BudgetView, WeightView
from bntui.ui.tables.budget import budget_lines
from tests.support.market import WALL_MS, shard

PANEL = 66
"""Its width where it stands beside the history (bntui.tcss); below it there are 80 cells."""

BUDGET = BudgetView(84, 100, 300, 3_120, 220, 1_200, 6_000, None, "")
HEALTH = HealthView(-312.0, 41.0, True, "", 2, 1, 1_420.0, 250_000.0)


def shown(budget: BudgetView | None, health: HealthView) -> list[str]:
    lines = budget_lines(budget, health, [shard(0, frames_per_s=0.4), shard(1, frames_per_s=2.0)], WALL_MS)
    return ["".join(text for text, _ in line) for line in lines]


def test_what_the_ip_has_left() -> None:
    assert shown(BUDGET, HEALTH) == [
        " connects ████████▍·  84 of 100 own in 5 min  exchange 300",
        " frames   ████······  2.0 of 5 a second  busiest: shard 1",
        " weight   █████▎····  3120 of 6000 by IP  bntui 220 of 1200",
        " REST     answers",
        " clock    -312 ms exchange less ours  loop lag 41 ms",
        " traffic  1420 msg/s  250 kB/s  unknown 2, malformed 1",
    ]


def test_it_fits_its_panel() -> None:
    worst = BudgetView(300, 100, 300, 6_000, 1_200, 1_200, 6_000, None, "")
    health = HealthView(-99_999.0, 99_999.0, True, "", 999, 999, 99_999.0, 9e7)
    assert max(len(line) for line in shown(worst, health)) <= PANEL


FUTURES = WeightView("futures", 1_920, 96, 480, 2_400)


def test_of_several_pools_of_weight_the_tightest_is_shown_by_name() -> None:
    both = replace(BUDGET, weight_pool="spot", other_weights=[FUTURES])
    assert " weight   ████████··  1920 of 2400 by IP (futures)  bntui 96 of 480" in shown(both, HEALTH)
    idle = replace(both, other_weights=[replace(FUTURES, used=1)])
    assert " weight   █████▎····  3120 of 6000 by IP (spot)  bntui 220 of 1200" in shown(idle, HEALTH)


def test_a_block_says_until_when_and_why() -> None:
    blocked = BudgetView(1, 100, 300, 1, 1, 1_200, 6_000, WALL_MS + 41_000, "418: banned")
    assert " REST     blocked until 03:04:46 UTC  418: banned" in shown(blocked, HEALTH)


def test_a_block_that_is_over_is_not_shown() -> None:
    over = BudgetView(1, 100, 300, 1, 1, 1_200, 6_000, WALL_MS - 1, "418: banned")
    assert " REST     answers" in shown(over, HEALTH)


def test_a_rest_side_that_is_down_says_why() -> None:
    down = HealthView(None, 0.0, False, "no answer in 10 s", 0, 0, 0.0, 0.0)
    lines = shown(BUDGET, down)
    assert " REST     down  no answer in 10 s" in lines
    assert " clock    — exchange less ours  loop lag 0.0 ms" in lines


def test_a_tight_budget_warns() -> None:
    def gauge_style(used: int) -> str:
        budget = BudgetView(used, 100, 300, 0, 0, 1_200, 6_000, None, "")
        return budget_lines(budget, HEALTH, [], WALL_MS)[0][1][1]

    assert [gauge_style(used) for used in (79, 80, 100)] == ["live", "degraded", "blind"]


def test_before_the_engine_told_anything() -> None:
    assert shown(None, empty_health())[0] == " IP       its budget is not known yet"


def test_quotes_that_were_conflated_are_told_and_only_then() -> None:
    assert "conflated" not in shown(BUDGET, HEALTH)[-1]
    assert shown(BUDGET, replace(HEALTH, conflated=1234))[-1].endswith(", 1,234 quotes conflated")
