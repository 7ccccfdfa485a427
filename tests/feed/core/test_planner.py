"""Streams find a shard and keep it; no shard ever holds more than its cap."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.planner import Planner

NAMES = st.lists(st.integers(0, 60).map(lambda n: f"s{n}@trade"), max_size=40)
MOVES = st.lists(st.tuples(st.sampled_from(["want", "unwant", "succeed"]), NAMES), max_size=20)


def planner(cap: int) -> Planner:
    return Planner(cap, count(1).__next__)


@given(MOVES, st.integers(1, 12))
def test_no_stream_is_lost_and_no_shard_passes_its_cap(moves: list[tuple[str, list[str]]], cap: int) -> None:
    plan, wanted = planner(cap), set[str]()
    for move, names in moves:
        homes = {name: plan.home(name) for name in wanted}
        if move == "want":
            plan.want(names)
            wanted |= set(names)
        elif move == "unwant":
            plan.unwant(names)
            wanted -= set(names)
        elif plan.shards():
            old = plan.shards()[0]
            new = plan.succeed(old)
            homes = {name: new if home == old else home for name, home in homes.items()}
        assert all(plan.home(name) == home for name, home in homes.items() if name in wanted), "stable"
        held = [name for shard in plan.shards() for name in plan.streams(shard)]
        assert sorted(held) == sorted(wanted)
        assert all(0 < len(plan.streams(shard)) <= cap for shard in plan.shards())


def test_new_streams_go_to_the_least_loaded_shard() -> None:
    plan = planner(3)
    plan.want([f"s{n}@trade" for n in range(6)])
    plan.unwant(["s0@trade", "s1@trade"])
    emptier = min(plan.shards(), key=lambda shard: len(plan.streams(shard)))
    assert list(plan.want(["new@trade"]).added) == [emptier]


def test_room_that_was_freed_is_used_before_a_new_shard_opens() -> None:
    plan = planner(2)
    plan.want(["a@trade", "b@trade", "c@trade"])
    plan.unwant(["a@trade"])
    assert plan.want(["d@trade", "e@trade"]).opened == []
    assert plan.want(["f@trade"]).opened != []


def test_wanting_twice_changes_nothing() -> None:
    plan = planner(5)
    plan.want(["a@trade"])
    again = plan.want(["a@trade", "a@trade"])
    assert not again.added
    assert not again.opened


def test_a_shard_without_streams_is_given_up() -> None:
    plan = planner(5)
    (shard,) = plan.want(["a@trade"]).opened
    assert plan.unwant(["a@trade"]).emptied == [shard]
    assert plan.shards() == ()
