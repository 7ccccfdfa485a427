"""What is wanted comes to be subscribed, in batches, within a budget, each name once at a time."""

from __future__ import annotations

from math import inf

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core.budget import SlidingBudget
from bntui.feed.core.facts import Command, StreamRefused, StreamsAcked
from bntui.feed.core.subscriptions import PATIENCE, Subscriptions
from bntui.model.events import Ack, Refusal
from bntui.venue.binance.limits import SPOT
from tests.support.feed import VENUE, sent

TIMEOUT_S = SPOT.own_subscribe_timeout_s
NO = "Invalid request: invalid stream"


def names(count: int) -> tuple[str, ...]:
    return tuple(f"sym{n:04}usdt@trade" for n in range(count))


class Talk:
    """Subscriptions, with the frame budget of their connection and what they ask for."""

    def __init__(self, wanted: int = 0) -> None:
        self.held = Subscriptions(VENUE)
        self.held.want(names(wanted))
        self.frames = SlidingBudget(SPOT.client_frames_per_s, 1.0)

    def asks(self, now: float = 0.0) -> list[tuple[int, str, tuple[str, ...]]]:
        """(id, method, names) of each request that is due."""
        requests = [orjson.loads(text) for text in sent(self.held.due(now, self.frames))]
        return [(each["id"], each["method"], tuple(each["params"])) for each in requests]

    def is_complete(self) -> bool:
        return self.held.complete

    def is_unheard(self) -> bool:
        return self.held.unheard

    def ack(self, request_id: int) -> list[Command]:
        return self.held.replied(Ack(request_id, None))

    def subscribe(self, now: float = 0.0) -> None:
        """Ask for everything and have it acknowledged."""
        while requests := self.asks(now):
            for request_id, _, _ in requests:
                self.ack(request_id)
            now += 1.0


def test_what_is_wanted_is_asked_for_once_and_held_when_it_is_acknowledged() -> None:
    talk = Talk(2)
    ((request_id, method, asked),) = talk.asks()
    assert (method, asked) == ("SUBSCRIBE", names(2))
    assert talk.held.awaits(request_id)
    assert not talk.asks(1.0)
    assert not talk.is_complete()
    assert repr(talk.held) == "<Subscriptions 0/2, 1 requests wait>"
    assert talk.ack(request_id) == [StreamsAcked(names(2))]
    assert talk.is_complete()
    assert talk.held.deadline(1.0, talk.frames) == inf


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    talk = Talk(1)
    ((request_id, _, _),) = talk.asks()
    for other in (request_id + 1, str(request_id), None):
        assert not talk.held.awaits(other)
        assert talk.held.replied(Ack(other, None)) == []
    assert not talk.held.acked


def test_what_is_no_longer_wanted_is_unsubscribed_after_what_shall_flow() -> None:
    talk = Talk(2)
    talk.subscribe()
    talk.held.unwant(names(1))
    talk.held.want(["new@trade"])
    assert [(method, asked) for _, method, asked in talk.asks(5.0)] == [
        ("SUBSCRIBE", ("new@trade",)),
        ("UNSUBSCRIBE", names(1)),
    ]


def test_a_stream_wanted_again_in_time_is_told_to_be_held_and_not_asked_for() -> None:
    talk = Talk(2)
    talk.subscribe()
    talk.held.unwant(names(2))
    assert talk.held.want(names(2)) == names(2)
    assert not talk.asks(5.0)


def test_a_stream_wanted_again_while_it_is_unsubscribed_is_asked_for_after_the_answer() -> None:
    talk = Talk(1)
    talk.subscribe()
    talk.held.unwant(names(1))
    ((request_id, _, _),) = talk.asks(5.0)
    assert talk.held.want(names(1)) == ()
    assert not talk.asks(6.0)
    talk.ack(request_id)
    assert [(method, asked) for _, method, asked in talk.asks(7.0)] == [("SUBSCRIBE", names(1))]


def test_a_renewed_stream_is_unsubscribed_first() -> None:
    talk = Talk(2)
    talk.subscribe()
    talk.held.renew([*names(1), "unknown@trade"])
    ((request_id, method, asked),) = talk.asks(5.0)
    assert (method, asked) == ("UNSUBSCRIBE", names(1))
    talk.ack(request_id)
    assert [(method, asked) for _, method, asked in talk.asks(6.0)] == [("SUBSCRIBE", names(1))]


def test_a_refused_name_is_found_by_halving_and_not_asked_for_again_until_it_is_wanted_anew() -> None:
    talk = Talk(8)
    bad = names(8)[5]
    told: list[Command] = []
    for second in range(20):
        for request_id, _, asked in talk.asks(float(second)):
            answer = Refusal(request_id, 2, NO) if bad in asked else Ack(request_id, None)
            told += talk.held.replied(answer)
    assert [each for each in told if isinstance(each, StreamRefused)] == [StreamRefused(bad, NO)]
    assert talk.is_complete()
    talk.held.want([bad])
    assert [asked for _, _, asked in talk.asks(30.0)] == [(bad,)]


def test_a_request_without_an_answer_is_repeated_in_halves_and_then_the_server_counts_as_deaf() -> None:
    talk = Talk(8)
    talk.asks()
    assert talk.held.deadline(0.0, talk.frames) == TIMEOUT_S
    assert not talk.held.take_back_overdue(TIMEOUT_S - 0.1)
    assert talk.held.take_back_overdue(TIMEOUT_S)
    assert not talk.is_unheard()
    assert [asked for _, _, asked in talk.asks(TIMEOUT_S)] == [names(8)[:4], names(8)[4:]]
    for number in range(2, PATIENCE + 1):
        assert talk.held.take_back_overdue(number * TIMEOUT_S)
    assert talk.is_unheard()
    talk.held.opened()
    assert not talk.is_unheard(), "the next connection has another server"


def test_batches_grow_again_when_everything_is_held() -> None:
    talk = Talk(8)
    talk.asks()
    talk.held.take_back_overdue(TIMEOUT_S)
    talk.subscribe(TIMEOUT_S)
    talk.held.went_well()
    talk.held.lost()
    assert [asked for _, _, asked in talk.asks(100.0)] == [names(8)]


def test_a_successor_asks_as_gently_as_its_predecessor_has_learned_to() -> None:
    talk = Talk(8)
    talk.asks()
    talk.held.take_back_overdue(TIMEOUT_S)
    talk.held.slow_down()
    successor = Talk(8)
    successor.held.inherit(talk.held)
    requests = successor.asks()
    assert len(requests) == SPOT.own_frames_per_s // 2
    assert requests[0][2] == names(8)[:4]


def test_a_standstill_of_our_own_counts_against_no_server() -> None:
    talk = Talk(1)
    talk.asks()
    talk.held.overslept(60.0, 61.0)
    assert not talk.held.take_back_overdue(61.0)
    assert talk.held.take_back_overdue(60.0 + TIMEOUT_S)


def test_with_the_connection_every_subscription_ends_but_no_wish() -> None:
    talk = Talk(2)
    talk.subscribe()
    talk.held.brought(names(1)[0])
    talk.held.lost()
    assert not talk.held.acked
    assert not talk.held.delivered
    assert [asked for _, _, asked in talk.asks(5.0)] == [names(2)]


def test_a_connection_that_is_being_closed_waits_for_no_answer() -> None:
    talk = Talk(1)
    ((request_id, _, _),) = talk.asks()
    talk.held.forget_requests()
    assert not talk.held.awaits(request_id)
    assert not talk.held.take_back_overdue(TIMEOUT_S)


def test_proven_means_that_all_that_is_served_brought_data() -> None:
    talk = Talk(2)
    first, second = names(2)
    talk.held.brought("unknown@trade")
    talk.held.brought(first)
    assert not talk.held.proven
    talk.held.brought(second)
    assert talk.held.proven


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.integers(0, 30)), max_size=20))
def test_whatever_is_wanted_in_whatever_order_just_that_is_held_in_the_end(
    wishes: list[tuple[bool, int, int]],
) -> None:
    talk = Talk(5)
    for now, (wants, first, count) in enumerate(wishes):
        some = names(60)[first : first + count]
        if wants:
            talk.held.want(some)
        else:
            talk.held.unwant(some)
        asked = [name for _, _, each in talk.asks(float(now)) for name in each]
        assert len(asked) == len(set(asked))
    for now in range(100, 140):
        for request_id in range(1, 200):
            talk.ack(request_id)
        talk.asks(float(now))
    assert set(talk.held.acked) == set(talk.held.wanted)
