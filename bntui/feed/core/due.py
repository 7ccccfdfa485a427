"""When a stream must be looked at again though nothing has come: until then every look would say the same.

Of some thousand streams most are well, or quiet with a reason, most of the time. They are judged when
something comes for their symbol, and at the times that are named here; they stand then as if each were judged
on every beat.
"""

from __future__ import annotations

from math import inf

from bntui.feed.core.evidence import (
    GAPS_TO_STALE,
    GAPS_TOGETHER,
    GRACE_S,
    SETTLING_S,
    StreamRecord,
    usual_gap,
)
from bntui.feed.core.urgency import ALONE
from bntui.model.states import StreamState
from bntui.venue.limits import Limits

A_HAIR_S = 0.001
"""A time that has just come is looked at once more: at that very moment some limits hold, others do not."""


def judge_again(entry: StreamRecord, now: float, limits: Limits, fresh_s: float) -> float:
    """When the judgement of a stream may change by time alone, at the earliest."""
    if entry.state not in (StreamState.LIVE, StreamState.QUIET):
        # What is being found out, repaired or waited for is looked at on every beat.
        return now
    since, facts, floor_s = entry.silent_since(), entry.facts, limits.own_first_data_s
    just_now = now - A_HAIR_S
    times = [since + SETTLING_S, since + GRACE_S, since + floor_s]
    if entry.ahead_id is not None:
        times.append(entry.ahead_since + GRACE_S)
    if entry.state is StreamState.LIVE:
        # It has this time whatever others show; only one that is ahead ends it sooner.
        return min([at for at in times if at > just_now], default=inf)
    gap_s = usual_gap(entry) or 0.0
    times += (since + GAPS_TO_STALE * gap_s, since + GAPS_TOGETHER * gap_s)
    if entry.apart_at is not None:
        times.append(entry.apart_at + GRACE_S)
    if facts.rest_at is not None:
        times.append(facts.rest_at + fresh_s)
    if facts.shown_at is not None:
        times += (facts.shown_at + GRACE_S, facts.shown_at + fresh_s)
    times += (other.data_at + fresh_s for other in facts.entries if other.data_at is not None)
    return min([at for at in times if at > just_now], default=inf)


def ask_again(entry: StreamRecord, now: float, limits: Limits) -> float:
    """When a proof by REST may be called for, at the earliest."""
    if entry.sample is None or entry.acked_at is None:
        return inf
    since, floor_s = entry.silent_since(), limits.own_first_data_s
    if entry.differs == 1 or (not entry.flowed and now - since <= 2 * floor_s):
        return now
    at = since + max(floor_s / 2, GAPS_TO_STALE * ALONE * (usual_gap(entry) or 0.0))
    sampled_at = entry.facts.sampled_at(entry.sample)
    if sampled_at is not None and sampled_at >= since:
        at = max(at, sampled_at + limits.own_probe_interval_s)
    return at - A_HAIR_S
