"""Which incident a hole in the trades is due to; a hole that no other explains is one of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bntui.model.status import Gap, OutageChanged
from bntui.model.views import OutageView

DUE_WITHIN_MS = 15 * 60 * 1000
"""A hole shows when the symbol's next trade comes; later than this after the return it is due to something
else."""


def counted_on(event: OutageChanged, outages: Iterable[OutageView]) -> OutageChanged:
    """News of an incident, with the trades counted on it so far, of which its teller knows nothing."""
    view = event.view
    known = next((each for each in outages if each.id == view.id), None)
    if known is None or (known.missing, known.refilled) == (view.missing, view.refilled):
        return event
    missing, refilled = max(known.missing, view.missing), max(known.refilled, view.refilled)
    return OutageChanged(replace(view, missing=missing, refilled=refilled))


def hole(gap: Gap, shard: int | None, incident: int, now_ms: int) -> OutageView | None:
    """An incident of missing trades on a stream that flowed; None where nothing is missing (any more)."""
    if gap.interval or gap.repaired or gap.to_id < gap.from_id:
        return None
    return OutageView(
        id=incident,
        shard=shard or 0,
        market=gap.key.market,
        began_ms=now_ms,
        cause=gap.cause,
        close_code=None,
        streams=1,
        ended_ms=now_ms,
        blind_s=0.0,
        planned=False,
        missing=gap.to_id - gap.from_id + 1,
        silent=True,
    )


def blame(gap: Gap, shard: int | None, outages: Iterable[OutageView], now_ms: int) -> OutageView | None:
    """The incident with the hole counted on it, or None when no incident explains it.

    A hole is due to the newest unplanned loss, of the stream's own shard where there is one: the shard may
    have been replaced since.
    """
    if gap.interval or gap.aggregated or gap.to_id < gap.from_id:
        return None
    recent = [
        each
        for each in outages
        if not each.planned and (each.ended_ms is None or now_ms - each.ended_ms <= DUE_WITHIN_MS)
    ]
    own = [each for each in recent if each.shard == shard]
    found = max(own or recent, key=lambda each: each.began_ms, default=None)
    if found is None:
        return None
    count = gap.to_id - gap.from_id + 1
    if gap.repaired:
        return replace(found, refilled=min(found.missing, found.refilled + count))
    return replace(found, missing=found.missing + count)
