"""Own accounts in the store: nothing of them is lost or told twice on its way to a viewer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.account import (
    AccountEvent,
    Balance,
    Fill,
    OrderUpdate,
    Position,
    RecoveryChanged,
    UserStreamChanged,
)
from bntui.model.accounts import FILLS_A_PAGE, FILLS_KEPT, ORDERS_KEPT, Accounts
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.model.states import RecoveryState, UserStreamState
from bntui.store import accounts as store_accounts
from bntui.store.store import Store
from bntui.wire.codec import HEADER_BYTES, decode, encode
from bntui.wire.messages import Delta
from bntui.wire.mirror import Mirror
from tests.model.account_samples import (
    FUTURES,
    a_balance,
    a_fill,
    a_position,
    a_recovery,
    a_user_stream,
    an_order,
)


def stream(reason: str) -> UserStreamChanged:
    return UserStreamChanged(a_user_stream(UserStreamState.DOWN, reason))


def recovery(found: int) -> RecoveryChanged:
    return RecoveryChanged(replace(a_recovery(RecoveryState.COMPLETE, owner=FUTURES), recovered=found))


class Viewer:
    """A mirror that asks as a viewer does, over the real encoding."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.mirror = Mirror(silence_s=3.0)

    def pull(self) -> None:
        m = self.mirror
        delta = self.store.delta(m.seq, m.epoch, None, 0.0, 0, last_fill=m.accounts.last_fill)
        answer = decode(encode(delta)[HEADER_BYTES:])
        assert isinstance(answer, Delta)
        m.apply(answer, 0.0)

    @property
    def lacks(self) -> bool:
        m = self.mirror
        return self.store.dirty(m.seq, m.epoch, m.accounts.last_fill)

    def catch_up(self) -> Accounts:
        while self.lacks:
            self.pull()
        return self.mirror.accounts


@pytest.fixture
def store() -> Store:
    return Store("epoch", 0)


def add(store: Store, *numbers: int) -> None:
    store.accounts.add_fills([NumberedFill(n, a_fill(n)) for n in numbers])


def test_many_fills_come_in_pages_and_each_comes_once(store: Store) -> None:
    add(store, *range(1, 2 * FILLS_A_PAGE + 2))
    viewer = Viewer(store)

    viewer.pull()
    assert list(viewer.mirror.accounts.fills) == list(range(1, FILLS_A_PAGE + 1))
    assert viewer.lacks

    assert list(viewer.catch_up().fills) == list(range(1, 2 * FILLS_A_PAGE + 2))


def test_fills_that_come_while_a_viewer_catches_up_come_behind_the_others(store: Store) -> None:
    add(store, *range(1, FILLS_A_PAGE + 11))
    viewer = Viewer(store)
    viewer.pull()
    add(store, FILLS_A_PAGE + 11)
    assert list(viewer.catch_up().fills) == list(range(1, FILLS_A_PAGE + 12))


def test_a_new_engine_tells_all_fills_anew(store: Store) -> None:
    add(store, 1, 2)
    viewer = Viewer(store)
    viewer.catch_up()

    viewer.store = Store("another", 0)
    add(viewer.store, 1, 2, 3)
    assert list(viewer.catch_up().fills) == [1, 2, 3]


def test_the_oldest_fills_leave_the_store(store: Store) -> None:
    add(store, *range(1, FILLS_KEPT + 2))
    assert len(list(store.accounts.fills)) == FILLS_KEPT
    assert store.accounts.newest_fill == FILLS_KEPT + 1


def test_orders_that_ended_longest_ago_go_first_and_open_ones_never(store: Store) -> None:
    store.apply([an_order(1), *[an_order(n, status="FILLED") for n in range(2, ORDERS_KEPT + 5)]])
    kept = [order.order_id for order in store.accounts.orders.values()]
    assert (len(kept), kept[:2]) == (ORDERS_KEPT, [1, 6])


def test_nothing_is_told_of_accounts_where_nothing_changed(store: Store) -> None:
    store.apply([a_balance("BTC")])
    viewer = Viewer(store)
    viewer.catch_up()
    assert not viewer.lacks
    delta = store.delta(viewer.mirror.seq, "epoch", None, 0.0, 0)
    assert delta.accounts is None


def test_a_change_of_an_account_wakes_who_waits(store: Store) -> None:
    woken: list[int] = []
    Viewer(store).catch_up()
    store.on_change = lambda: woken.append(1)
    add(store, 1)
    assert woken


def as_delta(event: AccountEvent) -> AccountsDelta:
    """An event as the answer that tells of it alone."""
    match event:
        case OrderUpdate():
            return AccountsDelta(orders=[event])
        case Balance():
            return AccountsDelta(balances=[event])
        case Position():
            return AccountsDelta(positions=[event])
        case UserStreamChanged(view):
            return AccountsDelta(streams=[view])
        case RecoveryChanged(view):
            return AccountsDelta(recoveries=[view])
        case Fill():
            raise AssertionError("a fill is told by its number")


events = st.one_of(
    st.builds(a_fill, st.integers(1, 3)),
    st.builds(an_order, st.integers(1, 4), status=st.sampled_from(["NEW", "FILLED", "CANCELED"])),
    st.builds(a_balance, st.sampled_from(["BTC", "USDT"]), free=st.sampled_from(["1", "2", None])),
    st.builds(a_position, st.sampled_from(["BTCUSDT", "币安人生USDT"]), qty=st.sampled_from(["0", "-3"])),
    st.builds(stream, st.text(max_size=3)),
    st.builds(recovery, st.integers(0, 3)),
)


@given(st.lists(st.one_of(events, st.sampled_from([0, 1])), max_size=40))
def test_whoever_asks_whenever_holds_what_was_told(script: list[AccountEvent | int]) -> None:
    store, told, number = Store("epoch", 0), Accounts(), 0
    viewers = [Viewer(store), Viewer(store)]
    for step in script:
        match step:
            case int():
                viewers[step].pull()
            case Fill():
                number += 1
                store.accounts.add_fills([NumberedFill(number, step)])
                told.apply(AccountsDelta(fills=[NumberedFill(number, step)], newest_fill=number))
            case _:
                store.apply([step])
                told.apply(as_delta(step))
    for viewer in viewers:
        held = viewer.catch_up()
        assert (held.fills, held.newest_fill) == (told.fills, told.newest_fill)
        assert (held.orders, held.balances, held.positions) == (told.orders, told.balances, told.positions)
        assert (held.streams, held.recoveries) == (told.streams, told.recoveries)


@given(
    st.lists(
        st.one_of(
            st.builds(an_order, st.integers(1, 8), status=st.sampled_from(["NEW", "FILLED"])),
            st.sampled_from([0, 1]),
        ),
        max_size=60,
    )
)
def test_orders_beyond_the_bound_leave_every_viewer_as_they_left_the_store(
    script: list[OrderUpdate | int],
) -> None:
    store = Store("epoch", 0)
    viewers = [Viewer(store), Viewer(store)]
    with pytest.MonkeyPatch.context() as bounds:
        bounds.setattr(store_accounts, "ORDERS_KEPT", 3)
        for step in script:
            if isinstance(step, int):
                viewers[step].pull()
            else:
                store.apply([step])
        for viewer in viewers:
            assert viewer.catch_up().orders == dict(store.accounts.orders)
