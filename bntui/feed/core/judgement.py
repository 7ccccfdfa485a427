"""What the silence of one stream means: evidence first, then what is usual for it."""

from __future__ import annotations

from collections.abc import Callable

from bntui.feed.core.evidence import (
    A_MOMENT,
    GAPS_TO_STALE,
    GAPS_TOGETHER,
    GRACE_S,
    SAMPLES,
    SETTLING_S,
    StreamRecord,
    evidence,
    knows_gap,
    usual_gap,
)
from bntui.model.states import StreamState
from bntui.venue.limits import Limits

NOTHING_CAME = "acknowledged, but no data came"
NOTHING_YET = "subscribed anew, and no data yet"
TOO_EARLY = "too early to know which silences are usual here; REST is asked"
TOO_DEAR = "our share of the request weight is used up; REST is asked as soon as it is not"

RARE = "nothing to tell lately, and nothing can prove it; other streams flow on its connection"
RARE_ALONE = "nothing to tell lately, and nothing can prove it; it is alone on its connection, which stands"


class Judgement:
    """How a stream stands."""

    def __init__(self, limits: Limits, fresh_s: float, carries: Callable[[int | None], bool | None]) -> None:
        """Evidence counts for `fresh_s`. `carries`: whether any stream of a shard is well, of those whose
        silence can be judged; None where it has none of them."""
        self._limits = limits
        self._fresh_s = fresh_s
        self._carries = carries
        self.weightless = False
        """REST cannot be asked for want of weight: what only it can prove may wait."""

    def of(self, entry: StreamRecord, now: float) -> tuple[StreamState, str]:
        """State and reason; what was noticed on the way is noted in the record."""
        if entry.refusal:
            return StreamState.BLIND, f"refused by the exchange: {entry.refusal}"
        if entry.down_reason:
            return StreamState.BLIND, entry.down_reason
        if entry.acked_at is None:
            return StreamState.WANTED, ""
        fresh_data = entry.flowed and entry.data_at is not None and now - entry.data_at < GRACE_S
        if fresh_data and now - entry.silent_since() < SETTLING_S:
            entry.ahead_id = None
            return StreamState.LIVE, ""
        # Looked at while the data is still fresh too: since when others are ahead is noted then.
        agrees, against = evidence(entry, now, self._fresh_s)
        entry.agreed = bool(agrees) and not agrees.endswith(A_MOMENT)
        if fresh_data:
            return StreamState.LIVE, ""
        entry.look_around(now)
        if against:
            return StreamState.STALE, against
        floor_s = self._limits.own_first_data_s
        silence_s = now - entry.silent_since()
        if entry.rare:
            return self._rare(entry, silence_s, floor_s)
        if not entry.flowed:
            return self._unproven(entry, agrees, silence_s, now)
        if silence_s <= floor_s:
            return StreamState.LIVE, ""
        if agrees:
            return StreamState.QUIET, agrees
        return self._by_gaps(entry, silence_s, now)

    def _rare(self, entry: StreamRecord, silence_s: float, floor_s: float) -> tuple[StreamState, str]:
        """A stream of whose silence nothing speaks is as good as its connection."""
        carries = self._carries(entry.shard)
        if carries is None:
            return StreamState.QUIET, RARE_ALONE
        if carries:
            return StreamState.QUIET, RARE
        return (StreamState.STALE, NOTHING_CAME) if silence_s > floor_s else (StreamState.ACKED, "")

    def _by_gaps(self, entry: StreamRecord, silence_s: float, now: float) -> tuple[StreamState, str]:
        """No evidence, fresh enough, speaks of the silence: what is usual decides."""
        gap_s = usual_gap(entry) or 0.0
        if silence_s <= GAPS_TO_STALE * gap_s:
            return StreamState.QUIET, f"silences of {gap_s:.0f} s are usual here"
        # A sibling that wakes first leaves REST a moment to say why the others do not.
        apart = entry.apart_at is not None and now - entry.apart_at > GRACE_S
        if silence_s <= GAPS_TOGETHER * gap_s and not apart:
            return StreamState.QUIET, "all streams of the symbol are silent; REST is asked"
        waits = entry.sample is not None and not knows_gap(entry)
        if waits and silence_s <= self._patience_s:
            return StreamState.ACKED, TOO_DEAR if self.weightless else TOO_EARLY
        return StreamState.STALE, "no data, and nothing says that there was none to send"

    @property
    def _patience_s(self) -> float:
        """How long a stream may wait for REST to say whether there was anything to send."""
        if self.weightless:
            return 2 * self._limits.own_probe_interval_s
        return 2 * self._limits.own_first_data_s

    def _unproven(
        self, entry: StreamRecord, agrees: str, silence_s: float, now: float
    ) -> tuple[StreamState, str]:
        """A subscription that brought nothing yet. What was usual before it says nothing of it."""
        floor_s, decided = self._limits.own_first_data_s, not agrees.endswith(A_MOMENT)
        # Two samples that agree prove as much before the deadline as after it.
        if agrees and decided and (entry.probes >= SAMPLES or silence_s > floor_s):
            return StreamState.QUIET, agrees
        # REST may still be on its way to say whether there was anything to send.
        waits = entry.sample is not None and (entry.probes < SAMPLES or not decided)
        if silence_s <= floor_s or (waits and silence_s <= self._patience_s):
            # A step of repair is a hope: what was stale before it stays so until there is proof.
            why = TOO_DEAR if silence_s > floor_s and self.weightless else ""
            return (StreamState.STALE, NOTHING_YET) if entry.stale else (StreamState.ACKED, why)
        return StreamState.STALE, NOTHING_CAME
