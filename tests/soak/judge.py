"""Whether figures stayed flat: the second fifth of the run against its last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from bntui.sim.history import TradeRow
from tests.soak.measure import Reading

MEGABYTE = 1_000_000

HISTORY_S = 900.0
"""For so long the embedded exchange keeps single trades (bntui.sim.actor)."""

TRADE_BYTES = 8 * len(TradeRow._fields)
"""What it keeps of each (bntui.sim.tradelog)."""

ARRAY_SLACK = 1.2
"""Arrays grow ahead of what they hold."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much more the last fifth may show: the larger of a share and an amount."""

    share: float
    amount: float

    def holds(self, before: float, after: float) -> bool:
        """Whether what grew grew no more than that."""
        return after - before <= max(self.share * abs(before), self.amount)


TOLERANCES = {
    "MB": Tolerance(0.10, 8.0),
    "CPU %": Tolerance(0.5, 10.0),
    "descriptors": Tolerance(0.0, 3.0),
    "sockets": Tolerance(0.0, 3.0),
    "threads": Tolerance(0.0, 1.0),
    "tasks": Tolerance(0.0, 3.0),
}
"""By the figure. Memory also grows by what fragments it; CPU follows which faults fell into which fifth;
a connection that is being changed has two sockets; a pool of threads may start one more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one process."""

    who: str
    what: str
    before: float
    """Median of the second fifth; the first is warming up."""
    after: float
    """Median of the last fifth."""
    most: float
    explained: float = 0.0
    """What it had to grow by."""

    @property
    def flat(self) -> bool:
        """Whether it grew no more than is tolerated, beyond what is explained."""
        return TOLERANCES[self.what].holds(self.before, self.after - self.explained)

    @property
    def judgement(self) -> str:
        """The same in a word or two."""
        because = f" but for {self.explained:.1f} of history" if self.explained else ""
        return f"{'flat' if self.flat else 'GREW'}{because}"


def line(who: str, what: str, values: Sequence[float]) -> Line:
    """A figure over the whole run. Raises ValueError where there are too few values for five fifths."""
    count = len(values)
    if count < 5:
        raise ValueError(f"{count} values of {what} are too few to judge by")
    fifth = count // 5
    return Line(who, what, median(values[fifth : 2 * fifth]), median(values[-fifth:]), max(values))


def lines(who: str, readings: Sequence[Reading]) -> list[Line]:
    """Every figure of one process."""
    cpu = [
        100 * (later.cpu_s - earlier.cpu_s) / (later.at - earlier.at)
        for earlier, later in pairwise(readings)
        if later.at > earlier.at
    ]
    return [
        line(who, "MB", [reading.rss_bytes / MEGABYTE for reading in readings]),
        line(who, "CPU %", cpu),
        line(who, "descriptors", [reading.descriptors for reading in readings]),
        line(who, "sockets", [reading.sockets for reading in readings]),
        line(who, "threads", [reading.threads for reading in readings]),
    ]


def with_history(found: Sequence[Line], trades_per_s: float, seconds: float) -> list[Line]:
    """The lines of the exchange, which remembers the trades of so many minutes to serve them by REST.

    Between the middles of the second and the last fifth lie three fifths of the run. Only what is known to
    be kept is granted: a long run fills the history in its first fifths, and then nothing is.
    """
    filling_s = max(0.0, min(0.9 * seconds, HISTORY_S) - 0.3 * seconds)
    grown = trades_per_s * filling_s * TRADE_BYTES * ARRAY_SLACK / MEGABYTE
    return [replace(one, explained=grown) if one.what == "MB" else one for one in found]


def rendered(found: Sequence[Line]) -> str:
    """The table."""
    head = f"{'process':<9}{'figure':<13}{'2nd fifth':>10}{'last fifth':>12}{'most':>10}"
    rows = [
        f"{one.who:<9}{one.what:<13}{one.before:>10.1f}{one.after:>12.1f}{one.most:>10.1f}  {one.judgement}"
        for one in found
    ]
    return "\n".join([head, *rows])
