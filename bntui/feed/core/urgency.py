"""How urgently a silent stream needs a proof by REST."""

from __future__ import annotations

from math import inf

from bntui.feed.core.evidence import GAPS_TO_STALE, GRACE_S, Sample, StreamRecord, together, usual_gap
from bntui.venue.limits import Limits

FIRST_SAMPLE = 0.2
"""A stream that never flowed gets a base line after this part of the time that it has for its first data."""

COMPARISON = 0.5
"""… and what is held against it after this part: then there is still time for repair."""

ALONE = 2 / 3
"""A stream that is silent while its siblings flow is asked about after this part of the silence that makes it
stale: REST has the rest of it to answer, and what ends by itself until then costs nothing."""


def urgency(entry: StreamRecord, sample: Sample, now: float, limits: Limits, fresh_s: float) -> float:
    """The stream's silence as a multiple of that which calls for such a proof; 0 when none is called for."""
    if entry.acked_at is None:
        return 0.0
    since, sampled_at = entry.silent_since(), entry.facts.sampled_at(sample)
    silence_s = now - since
    age_s = inf if sampled_at is None else now - sampled_at
    floor_s = limits.own_first_data_s
    undecided = not entry.flowed and not entry.agreed and silence_s <= 2 * floor_s
    # One sample of other prices may only be a moment ahead; a second one tells.
    if undecided or entry.differs == 1:
        if age_s < GRACE_S / 2:
            return 0.0
    elif age_s <= silence_s and age_s < limits.own_probe_interval_s:
        return 0.0
    if undecided:
        return silence_s / (floor_s * (COMPARISON if age_s <= fresh_s else FIRST_SAMPLE))
    gaps = GAPS_TO_STALE * (1.0 if together(entry) else ALONE)
    return silence_s / max(floor_s / 2, gaps * (usual_gap(entry) or 0.0))
