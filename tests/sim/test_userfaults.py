"""Faults of accounts: each is in the table, and does what it says to whom it concerns."""

from __future__ import annotations

import pytest

from bntui.sim.faults import FAULTS, Fault
from bntui.sim.userfaults import USER_FAULTS
from tests.sim.test_faults import began, done_to


def test_each_is_in_the_table_of_all_faults() -> None:
    assert {Fault(name) for name in USER_FAULTS} <= set(FAULTS)


def test_listen_keys_end_at_once() -> None:
    assert began(fault="expire_listen_keys")[1].done == ["expire"]


def test_streams_end_on_the_connections_that_are_named() -> None:
    assert done_to(fault="terminate_streams", connections=[1]) == [["terminate"], []]


@pytest.mark.parametrize("fault", [Fault.REVOKE_KEY, Fault.REFUSE_ADDRESS, Fault.REFUSE_SIGNATURE])
def test_a_key_that_is_not_named_is_left_alone(fault: Fault) -> None:
    troubles, _ = began(fault=str(fault), key="rsa")
    assert troubles.on(fault, key="rsa")
    assert not troubles.on(fault, key="hmac")
    troubles, _ = began(fault=str(fault))
    assert troubles.on(fault, key="hmac")
