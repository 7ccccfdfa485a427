"""The panel of what the IP has left: connection attempts, client frames, request weight, clock and loop."""

from __future__ import annotations

from collections.abc import Iterable

from bntui.model.judged import HealthView
from bntui.model.text import counted
from bntui.model.views import BudgetView, ShardView, WeightView
from bntui.ui.format import clean, gauge, kilobytes, millis, rate, utc
from bntui.ui.widgets.lines import Line, Part

LABEL = 9
GAUGE = 10

TIGHT = 0.8
"""From this part of a limit on, its gauge warns."""


def budget_lines(
    budget: BudgetView | None, health: HealthView, shards: Iterable[ShardView], wall_ms: int
) -> tuple[Line, ...]:
    """The panel's lines; a budget that the engine has not told yet reads as such."""
    if budget is None:
        lines: list[Line] = [_line("IP", ("its budget is not known yet", "faint"))]
    else:
        lines = [
            _measured(
                "connects",
                budget.attempts,
                budget.attempts_own_limit,
                f"{budget.attempts} of {budget.attempts_own_limit} own in 5 min",
                f"exchange {budget.attempts_limit}",
            ),
            _frames(shards),
            _weight(budget),
        ]
    lines.append(_line("REST", *_rest(budget, health, wall_ms)))
    offset = millis(health.clock_offset_ms, signed=True)
    lines.append(
        _line(
            "clock",
            (f"{_with_unit(offset)} exchange less ours", ""),
            (f"loop lag {_with_unit(millis(health.loop_lag_ms))}", "faint"),
        )
    )
    odd = health.unknown_events + health.malformed_frames + health.conflated
    conflated = f", {counted(health.conflated, 'quote', 'quotes')} conflated" if health.conflated else ""
    lines.append(
        _line(
            "traffic",
            (f"{rate(health.messages_per_s)} msg/s", ""),
            (f"{kilobytes(health.bytes_per_s)} kB/s", ""),
            (
                f"unknown {health.unknown_events}, malformed {health.malformed_frames}{conflated}",
                "degraded" if odd else "faint",
            ),
        )
    )
    return tuple(lines)


def _with_unit(millis_shown: str) -> str:
    """Milliseconds with their unit, where they are not told in words already."""
    return f"{millis_shown} ms" if millis_shown[-1].isdigit() else millis_shown


def _line(label: str, *parts: Part) -> Line:
    line: list[Part] = [(f" {label.ljust(LABEL)}", "title")]
    for text, style in parts:
        line += [(text, style), ("  ", "")]
    return tuple(line[:-1])


def _measured(label: str, used: float, limit: float, own: str, other: str) -> Line:
    share = used / limit if limit > 0 else 0.0
    style = "blind" if share >= 1 else "degraded" if share >= TIGHT else "live"
    return _line(label, (gauge(share, GAUGE), style), (own, ""), (other, "faint"))


def _weight(budget: BudgetView) -> Line:
    """The request weight; where markets draw on several pools, that of which the most is used."""
    first = WeightView(
        budget.weight_pool,
        budget.weight_used,
        budget.weight_own,
        budget.weight_own_limit,
        budget.weight_limit,
    )
    tightest = max(
        (first, *budget.other_weights), key=lambda pool: pool.used / pool.limit if pool.limit else 0
    )
    name = f" ({tightest.pool})" if budget.other_weights else ""
    return _measured(
        "weight",
        tightest.used,
        tightest.limit,
        f"{tightest.used} of {tightest.limit} by IP{name}",
        f"bntui {tightest.own} of {tightest.own_limit}",
    )


def _frames(shards: Iterable[ShardView]) -> Line:
    busiest = max(shards, key=lambda shard: shard.frames_per_s, default=None)
    if busiest is None:
        return _line("frames", ("no connection", "faint"))
    used, limit = rate(busiest.frames_per_s), busiest.frames_limit
    return _measured(
        "frames",
        busiest.frames_per_s,
        limit,
        f"{used} of {limit} a second",
        f"busiest: shard {busiest.id}",
    )


def _rest(budget: BudgetView | None, health: HealthView, wall_ms: int) -> tuple[Part, ...]:
    until = None if budget is None else budget.rest_blocked_until_ms
    if budget is not None and until is not None and until > wall_ms:
        why = clean(budget.rest_block_reason)
        return (f"blocked until {utc(until)} UTC", "blind"), (why, "faint")
    if not health.rest_ok:
        return ("down", "blind"), (clean(health.rest_reason), "faint")
    return (("answers", "live"),)
