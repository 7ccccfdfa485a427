"""Repair goes in steps, spares what is well, and gives up in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.repair import (
    MOST_RESUBSCRIBED,
    RESUBSCRIBE_AFTER_S,
    RETRY_AFTER_S,
    SHARD_PAUSE_S,
    STEP_WAIT_S,
    Repair,
    Replace,
    Resubscribe,
    Stale,
)


def stale(*names: str, shard: int = 1, since: float = 0.0) -> list[Stale]:
    return [Stale(name, shard, since) for name in names]


def ill(name: str) -> bool:
    return False


def test_first_subscribe_anew_then_replace_then_say_that_it_failed() -> None:
    repair, story = Repair(), []
    for tenth in range(600):
        now = tenth / 10
        story += [(now, type(step)) for step in repair.tick(stale("a"), ill, now)]
        if repair.failed("a"):
            break
    assert story == [
        (RESUBSCRIBE_AFTER_S, Resubscribe),
        (RESUBSCRIBE_AFTER_S + STEP_WAIT_S, Replace),
    ]
    assert now == RESUBSCRIBE_AFTER_S + 2 * STEP_WAIT_S


def test_a_stream_that_flows_again_is_forgotten() -> None:
    repair = Repair()
    repair.tick(stale("a"), ill, 3.0)
    assert repair.tick([], lambda name: True, 4.0) == []
    assert repair.tick(stale("a", since=20.0), ill, 22.0) == [Resubscribe(1, ("a",))]


def test_a_stream_that_waits_for_the_effect_of_a_step_is_not_forgotten() -> None:
    repair = Repair()
    repair.tick(stale("a"), ill, 3.0)
    assert repair.tick([], ill, 8.0) == []
    (step,) = repair.tick(stale("a", since=14.0), ill, 3.0 + STEP_WAIT_S)
    assert isinstance(step, Replace)


def test_streams_of_one_shard_are_taken_together() -> None:
    assert Repair().tick(stale("a", "b"), ill, 3.0) == [Resubscribe(1, ("a", "b"))]


def test_a_shard_with_very_many_stale_streams_is_replaced_at_once() -> None:
    many = stale(*(f"s{n}" for n in range(MOST_RESUBSCRIBED + 1)))
    (step,) = Repair().tick(many, ill, 3.0)
    assert isinstance(step, Replace)


def test_after_a_failure_everything_is_tried_again_much_later() -> None:
    repair = Repair()
    for now in (3.0, 3.0 + STEP_WAIT_S, 3.0 + 2 * STEP_WAIT_S):
        repair.tick(stale("a"), ill, now)
    assert repair.failed("a")
    failed_at = 3.0 + 2 * STEP_WAIT_S
    repair.tick(stale("a"), ill, failed_at + RETRY_AFTER_S)
    assert not repair.failed("a")
    assert repair.tick(stale("a"), ill, failed_at + RETRY_AFTER_S + 1) == [Resubscribe(1, ("a",))]


@given(
    st.lists(
        st.tuples(st.floats(0, 15), st.lists(st.sampled_from("abcdefgh"), unique=True), st.integers(1, 2)),
        max_size=80,
    )
)
def test_a_connection_is_never_replaced_twice_within_its_pause(
    story: list[tuple[float, list[str], int]],
) -> None:
    repair, now, replaced = Repair(), 0.0, dict[int, float]()
    for step_s, names, shard in story:
        now += step_s
        well = set("abcdefgh") - set(names)
        for step in repair.tick(stale(*names, shard=shard), well.__contains__, now):
            if isinstance(step, Replace):
                assert now - replaced.get(step.shard, -1e9) >= SHARD_PAUSE_S
                replaced[step.shard] = now
