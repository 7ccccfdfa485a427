"""Who may connect: paced for the IP, one probe at a time for a host that is down."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.failures import Failure, policy
from bntui.feed.core.gate import Gate
from bntui.venue.binance.limits import SPOT

REFUSED = policy(Failure("connection refused"), SPOT)
HOST = "stream:9443"


def gate() -> Gate:
    return Gate(SPOT, lambda low, high: high)


def let_through(the_gate: Gate, now: float) -> list[int]:
    through = []
    while (shard := the_gate.next_candidate(now)) is not None:
        the_gate.granted(shard, now)
        through.append(shard)
    return through


def test_shards_pass_in_a_burst_and_then_one_a_second() -> None:
    the_gate = gate()
    for shard in range(1, 9):
        the_gate.ask(shard, HOST)
    assert let_through(the_gate, 0.0) == [1, 2, 3, 4]
    assert let_through(the_gate, 0.5) == []
    assert let_through(the_gate, 1.0) == [5]
    assert the_gate.deadline(1.0) == 2.0


def test_a_host_that_is_down_gets_one_probe_in_its_interval() -> None:
    the_gate = gate()
    for shard in (1, 2, 3):
        the_gate.ask(shard, HOST)
    for shard in let_through(the_gate, 0.0):
        the_gate.failed(shard, REFUSED, 0.1)
        the_gate.ask(shard, HOST)
    probes = []
    for tenth in range(1, 310):
        now = tenth / 10
        for shard in let_through(the_gate, now):
            probes.append(now)
            the_gate.failed(shard, REFUSED, now)
            the_gate.ask(shard, HOST)
    assert 5 <= len(probes) <= 6
    gaps = [later - earlier for earlier, later in pairwise(probes)]
    assert all(gap >= SPOT.own_host_probe_s for gap in gaps)


def test_the_probe_that_succeeds_releases_the_others() -> None:
    the_gate = gate()
    the_gate.ask(1, HOST)
    (first,) = let_through(the_gate, 0.0)
    the_gate.failed(first, REFUSED, 0.0)
    for shard in (1, 2, 3):
        the_gate.ask(shard, HOST)
    (probe,) = let_through(the_gate, 6.0)
    assert let_through(the_gate, 7.0) == []
    the_gate.opened(probe)
    assert sorted([probe, *let_through(the_gate, 7.0)]) == [1, 2, 3]


def test_a_probe_that_is_given_up_lets_another_one_go() -> None:
    the_gate = gate()
    the_gate.ask(1, HOST)
    let_through(the_gate, 0.0)
    the_gate.failed(1, REFUSED, 0.0)
    the_gate.ask(1, HOST)
    the_gate.ask(2, HOST)
    assert let_through(the_gate, 6.0) == [1]
    the_gate.withdraw(1)
    assert let_through(the_gate, 12.0) == [2]


def test_another_host_is_not_held_up() -> None:
    the_gate = gate()
    the_gate.ask(1, HOST)
    let_through(the_gate, 0.0)
    the_gate.failed(1, REFUSED, 0.0)
    the_gate.ask(1, HOST)
    the_gate.ask(2, "other:443")
    assert let_through(the_gate, 0.1) == [2]


def test_an_ip_that_is_refused_waits_as_long_as_it_was_told() -> None:
    the_gate = gate()
    the_gate.ask(1, HOST)
    let_through(the_gate, 0.0)
    the_gate.failed(1, policy(Failure("429", 429, retry_after_s=90.0), SPOT), 0.0)
    the_gate.ask(1, HOST)
    the_gate.ask(2, "other:443")
    assert let_through(the_gate, 89.9) == []
    assert let_through(the_gate, 90.0) == [1, 2]


def test_nobody_passes_before_the_machines_budget_is_free() -> None:
    the_gate = gate()
    the_gate.ask(1, HOST)
    the_gate.defer(42.0)
    assert the_gate.next_candidate(41.9) is None
    assert the_gate.due_at(1, 10.0) == 42.0
    assert the_gate.next_candidate(42.0) == 1


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(1, 12), st.booleans()), max_size=200))
def test_whatever_happens_the_pace_holds(story: list[tuple[float, int, bool]]) -> None:
    the_gate, now, attempts = gate(), 0.0, list[float]()
    for step, shard, works in story:
        now += step
        the_gate.ask(shard, HOST)
        for through in let_through(the_gate, now):
            attempts.append(now)
            if works:
                the_gate.opened(through)
            else:
                the_gate.failed(through, REFUSED, now)
    for last in attempts:
        recent = sum(1 for at in attempts if last - 5.0 < at <= last)
        assert recent <= SPOT.own_attempts_burst + 5 * SPOT.own_attempts_per_s + 1e-9
